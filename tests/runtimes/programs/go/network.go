package main

import (
	"fmt"
	"net"
)

func main() {
	connection, err := net.Dial("tcp", "192.0.2.1:80")
	if err != nil {
		fmt.Println("no network")
		return
	}
	connection.Close()
	fmt.Println("connected")
}
