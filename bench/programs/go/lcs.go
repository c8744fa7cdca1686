package main

import (
	"bufio"
	"fmt"
	"os"
)

func least(first int, others ...int) int {
	for _, other := range others {
		if other < first {
			first = other
		}
	}
	return first
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Split(bufio.ScanWords)
	next := func() (v int) {
		in.Scan()
		fmt.Sscanf(in.Text(), "%d", &v)
		return v
	}
	n := next()
	a, b := make([]int, n), make([]int, n)
	for i := range a {
		v := next()
		a[i], b[i] = (v+271828)%7, (v/7+i)%7
	}
	longest, edits := make([][]int, n+1), make([][]int, n+1)
	for i := range longest {
		longest[i], edits[i] = make([]int, n+1), make([]int, n+1)
		edits[i][0] = i
		edits[0][i%len(edits[0])] = i
	}
	for i := 1; i <= n; i++ {
		for j := 1; j <= n; j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
				longest[i][j] = longest[i-1][j-1] + 1
			} else {
				longest[i][j] = -least(-longest[i-1][j], -longest[i][j-1])
			}
			edits[i][j] = least(edits[i-1][j-1]+change, edits[i-1][j]+1, edits[i][j-1]+1)
		}
	}
	fmt.Printf("%s %d %d\n", "ennead-text", longest[n][n], edits[n][n])
}
