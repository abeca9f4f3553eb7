package call

import "testing"

// The number is constant while the goroutine runs, and no other goroutine has it.
func TestGoroutineID(t *testing.T) {
	t.Parallel()
	other := make(chan uint64)
	go func() { other <- goroutineID() }()
	if mine, its := goroutineID(), <-other; mine == 0 || its == 0 || mine == its || mine != goroutineID() {
		t.Errorf("got %d and %d", mine, its)
	}
}
