package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	const capacity = 300
	in := bufio.NewReader(os.Stdin)
	var n, v int
	fmt.Fscan(in, &n)
	best := make([]int, capacity+1)
	for i := 0; i < 60 && i < n; i++ {
		fmt.Fscan(in, &v)
		weight, value := 1+v%50, 1+(v+271828)%100
		for room := capacity; room >= weight; room-- {
			if with := best[room-weight] + value; with > best[room] {
				best[room] = with
			}
		}
	}
	distinct := map[int]struct{}{}
	for _, each := range best {
		distinct[each] = struct{}{}
	}
	fmt.Printf("%s %d %d\n", "ennead-text", best[capacity], len(distinct))
}
