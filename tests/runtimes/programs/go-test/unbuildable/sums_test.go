package sums

import "testing"

func TestAdds(t *testing.T) {
	if sum := Add(2, 3); sum != 5 {
		t.Errorf("2 + 3 is %d", sum)
	}
}
