package call

import (
	"bytes"
	"runtime"
	"strconv"
)

// goroutineID returns the number of the calling goroutine, which Go shows only at the
// head of a stack trace. Nothing else distinguishes a call from inside a hook or a
// channel, which would wait for itself, from a concurrent call that may wait. If Go ever
// changes that line, the number is 0, and a hook that reloads without its context runs
// into its time limit instead.
func goroutineID() uint64 {
	var head [64]byte
	text := bytes.TrimPrefix(head[:runtime.Stack(head[:], false)], []byte("goroutine "))
	number, _, _ := bytes.Cut(text, []byte(" "))
	id, err := strconv.ParseUint(string(number), 10, 64)
	if err != nil {
		return 0
	}
	return id
}
