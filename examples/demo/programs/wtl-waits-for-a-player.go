// Waits for a game that nobody plays: hardly any CPU time, and all the time there is.
package main

import "time"

func main() {
	time.Sleep(time.Minute)
}
