package call

import (
	"bytes"
	"runtime"
	"strconv"
)

// goroutineID is the number of the calling goroutine. Go offers it nowhere but at the head of a
// stack trace, and nothing else tells what is asked for inside a hook or a channel,
// which would wait for itself, from what somebody else asks for at the same moment, who
// wants to wait. If Go ever wrote that head differently the number would be 0, and a
// hook that asks for a reload without its context would run into its time limit
// instead.
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
