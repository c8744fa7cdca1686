package main

import (
	"bufio"
	"fmt"
	"os"
	"sort"
	"strings"
)

type entry struct {
	key, count int
}

func main() {
	reader := bufio.NewReader(os.Stdin)
	var n, v int
	fmt.Fscan(reader, &n)
	counts := make(map[int]int)
	for i := 0; i < n; i++ {
		fmt.Fscan(reader, &v)
		counts[(v+271828)%37]++
	}
	var entries []entry
	for key := 0; key < 37; key++ {
		entries = append(entries, entry{key, counts[key]})
	}
	sort.Slice(entries, func(i, j int) bool {
		if entries[i].count != entries[j].count {
			return entries[i].count > entries[j].count
		}
		return entries[i].key < entries[j].key
	})
	var words []string
	for _, each := range entries[:10] {
		words = append(words, fmt.Sprintf("%d:%d", each.key, each.count))
	}
	fmt.Println("ennead-text")
	fmt.Println(strings.Join(words, " "))
}
