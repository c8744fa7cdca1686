package main

import (
	"bufio"
	"container/heap"
	"fmt"
	"math"
	"os"
)

const nodes = 60

type item struct {
	far, node int
}

type queue []item

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].far < q[j].far }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(item)) }
func (q *queue) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}

type edge struct {
	to, weight int
}

func main() {
	in := bufio.NewReader(os.Stdin)
	var n, v int
	fmt.Fscan(in, &n)
	graph := make([][]edge, nodes)
	for i := range graph {
		graph[i] = append(graph[i], edge{(i + 1) % nodes, 50})
	}
	for i := 0; i < n; i++ {
		fmt.Fscan(in, &v)
		graph[v%nodes] = append(graph[v%nodes], edge{v / nodes % nodes, 1 + (v+271828)%97})
	}
	distance := make([]int, nodes)
	for i := range distance {
		distance[i] = math.MaxInt
	}
	distance[0] = 0
	q := &queue{{0, 0}}
	for q.Len() > 0 {
		top := heap.Pop(q).(item)
		if top.far > distance[top.node] {
			continue
		}
		for _, e := range graph[top.node] {
			if far := top.far + e.weight; far < distance[e.to] {
				distance[e.to] = far
				heap.Push(q, item{far, e.to})
			}
		}
	}
	sum, most := 0, 0
	for _, far := range distance {
		sum += far
		if far > most {
			most = far
		}
	}
	fmt.Println("ennead-text", sum, most)
}
