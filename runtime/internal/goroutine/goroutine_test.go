package goroutine

import "testing"

// The number is that of the goroutine as long as it runs, and no other has it.
func TestID(t *testing.T) {
	t.Parallel()
	other := make(chan uint64)
	go func() { other <- ID() }()
	if mine, its := ID(), <-other; mine == 0 || its == 0 || mine == its || mine != ID() {
		t.Errorf("got %d and %d", mine, its)
	}
}
