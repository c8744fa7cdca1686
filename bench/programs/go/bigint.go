package main

import (
	"fmt"
	"math/big"
)

func main() {
	factorial := big.NewInt(1)
	for factor := int64(2); factor <= 30+271828%20; factor++ {
		factorial.Mul(factorial, big.NewInt(factor))
	}
	text := factorial.String()
	sum, run, longest := 0, 0, 0
	for i, digit := range text {
		sum += int(digit - '0')
		if i > 0 && text[i] == text[i-1] {
			run++
		} else {
			run = 1
		}
		if run > longest {
			longest = run
		}
	}
	fmt.Println("ennead-text", text)
	fmt.Println(sum, longest)
}
