package sums

import (
	"os"
	"testing"
)

func TestAdds(t *testing.T) {
	if 2+3 != 5 {
		t.Fail()
	}
}

func TestEndsTheProcess(t *testing.T) {
	os.Exit(0)
}
