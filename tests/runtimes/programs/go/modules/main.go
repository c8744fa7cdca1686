package main

import (
	"fmt"

	"example.com/greeter/greetings"
)

func main() {
	fmt.Println(greetings.Greeting())
}
