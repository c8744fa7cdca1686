package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	in := bufio.NewReader(os.Stdin)
	var n, score, endingHere, best int
	fmt.Fscan(in, &n, &score)
	endingHere, best = score, score
	for i := 1; i < n; i++ {
		fmt.Fscan(in, &score)
		if endingHere < 0 {
			endingHere = 0
		}
		endingHere += score
		if endingHere > best {
			best = endingHere
		}
	}
	fmt.Println(best)
}
