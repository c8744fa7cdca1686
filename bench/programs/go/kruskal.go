package main

import (
	"bufio"
	"fmt"
	"os"
	"sort"
)

type edge struct {
	weight, a, b int
}

type forest struct {
	parents    []int
	components int
}

func newForest(size int) *forest {
	f := &forest{make([]int, size), size}
	for i := range f.parents {
		f.parents[i] = i
	}
	return f
}

func (f *forest) find(x int) int {
	for f.parents[x] != x {
		f.parents[x] = f.parents[f.parents[x]]
		x = f.parents[x]
	}
	return x
}

func (f *forest) unite(a, b int) bool {
	a, b = f.find(a), f.find(b)
	if a == b {
		return false
	}
	f.parents[a] = b
	f.components--
	return true
}

func main() {
	in, out := bufio.NewReader(os.Stdin), bufio.NewWriter(os.Stdout)
	defer out.Flush()
	var n, v, total int
	fmt.Fscan(in, &n)
	edges := make([]edge, n)
	for i := range edges {
		fmt.Fscan(in, &v)
		edges[i] = edge{1 + (v+271828)%97, v % 60, v / 60 % 60}
	}
	sort.SliceStable(edges, func(i, j int) bool { return edges[i].weight < edges[j].weight })
	f := newForest(60)
	for _, e := range edges {
		if f.unite(e.a, e.b) {
			total += e.weight
		}
	}
	fmt.Fprintln(out, "ennead-text", total, f.components)
}
