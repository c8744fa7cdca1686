package main

import (
	"fmt"
	"os"
)

func main() {
	if err := os.WriteFile("scratch.txt", []byte("written and read\n"), 0o644); err != nil {
		panic(err)
	}
	text, err := os.ReadFile("scratch.txt")
	if err != nil {
		panic(err)
	}
	fmt.Print(string(text))
}
