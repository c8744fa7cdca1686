package main

import (
	"fmt"
	"strings"
)

const size = 6 + 271828%2

func safe(columns []int, column int) bool {
	for i, other := range columns {
		if apart := len(columns) - i; column == other || column-other == apart || other-column == apart {
			return false
		}
	}
	return true
}

func place(columns []int, found func([]int)) {
	if len(columns) == size {
		found(columns)
		return
	}
	for column := 0; column < size; column++ {
		if safe(columns, column) {
			place(append(columns, column), found)
		}
	}
}

func main() {
	count, first := 0, ""
	place(make([]int, 0, size), func(columns []int) {
		if count++; count == 1 {
			first = strings.ReplaceAll(strings.Trim(fmt.Sprint(columns), "[]"), " ", ",")
		}
	})
	fmt.Println("ennead-text", count, first)
}
