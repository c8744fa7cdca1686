package main

import "fmt"

const seed = 271828

func sieve(limit int) []bool {
	composite := make([]bool, limit+1)
	composite[0], composite[1] = true, true
	for i := 2; i*i <= limit; i++ {
		if composite[i] {
			continue
		}
		for j := i * i; j <= limit; j += i {
			composite[j] = true
		}
	}
	return composite
}

func main() {
	composite := sieve(20000 + seed%1000)
	count, sum, hits := 0, 0, 0
	for i, is := range composite {
		if !is {
			count++
			sum = (sum + i) % 1000007
		}
	}
	var n, v int
	fmt.Scan(&n)
	for i := 0; i < n; i++ {
		fmt.Scan(&v)
		if !composite[v] {
			hits++
		}
	}
	fmt.Println("ennead-text", count, sum, hits)
}
