package sums

import "testing"

func TestLoops(t *testing.T) {
	for {
	}
}
