package main

import (
	"fmt"
	"runtime"
	"sync"
)

func main() {
	squares := make(chan int, 10)
	var running sync.WaitGroup
	for i := 1; i <= 10; i++ {
		running.Add(1)
		go func(i int) {
			defer running.Done()
			runtime.LockOSThread() // a thread for each
			squares <- i * i
		}(i)
	}
	running.Wait()
	close(squares)
	sum := 0
	for square := range squares {
		sum += square
	}
	fmt.Println(sum)
}
