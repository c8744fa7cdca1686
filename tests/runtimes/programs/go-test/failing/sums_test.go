package sums

import "testing"

func TestAdds(t *testing.T) {
	if sum := Add(2, 3); sum != 5 {
		t.Errorf("2 + 3 is %d", sum)
	}
}

func TestSubtracts(t *testing.T) {
	if difference := Subtract(2, 3); difference != -1 {
		t.Errorf("2 - 3 is %d", difference)
	}
}
