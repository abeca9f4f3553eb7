package call

import "testing"

// The number is that of the goroutine as long as it runs, and no other has it.
func TestGoroutineID(t *testing.T) {
	t.Parallel()
	other := make(chan uint64)
	go func() { other <- goroutineID() }()
	if mine, its := goroutineID(), <-other; mine == 0 || its == 0 || mine == its || mine != goroutineID() {
		t.Errorf("got %d and %d", mine, its)
	}
}
