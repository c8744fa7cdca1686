package main

import "fmt"

const modulus = 10007

type matrix [3][3]int

func (a matrix) times(b matrix) (product matrix) {
	for i := range a {
		for j := range b {
			for k := range b {
				product[i][j] = (product[i][j] + a[i][k]*b[k][j]) % modulus
			}
		}
	}
	return product
}

func (a matrix) power(exponent int) matrix {
	result := matrix{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
	for ; exponent > 0; exponent >>= 1 {
		if exponent&1 == 1 {
			result = result.times(a)
		}
		a = a.times(a)
	}
	return result
}

func main() {
	var n int
	var base matrix
	fmt.Scan(&n)
	for i := range base {
		for j := range base[i] {
			fmt.Scan(&base[i][j])
			base[i][j] %= 1000
		}
	}
	fmt.Println("ennead-text")
	for _, row := range base.power(271828) {
		fmt.Println(row[0], row[1], row[2])
	}
}
