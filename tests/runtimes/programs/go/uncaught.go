package main

func main() {
	var nothing map[string]int
	nothing["key"] = 1
}
