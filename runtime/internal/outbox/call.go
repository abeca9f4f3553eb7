package outbox

import (
	"bytes"
	"errors"
	goruntime "runtime"
	"runtime/debug"
	"strconv"

	rt "github.com/hotbind/hotbind/runtime"
)

// errExited is the error of a call that ended its goroutine.
var errExited = errors.New("it ended its goroutine")

// An outcome is what a call came to.
type outcome struct {
	err     error
	text    string         // of err, whose methods are asked no more
	retry   *rt.RetryError // in err; nil: it is not worth another try
	settled bool           // it was counted before
}

// guarded calls f, which is code of the application and may panic or end the
// goroutine, and sends one outcome, whatever happens. It is what a goroutine does.
func guarded(ended chan<- outcome, f func() error) {
	o := failure(errExited)
	defer func() { ended <- o }()
	o = attempt(f)
}

// attempt calls f and looks at its error, with a panic as the error.
func attempt(f func() error) (o outcome) {
	defer func() {
		if v := recover(); v != nil {
			o = failure(&rt.PanicError{Value: v, Stack: debug.Stack()})
		}
	}()
	return judge(f())
}

// judge looks at an error once, where a panic in it is caught: its methods are code
// of the application as well.
func judge(err error) outcome {
	if err == nil {
		return outcome{}
	}
	var retry *rt.RetryError
	if errors.As(err, &retry) && retry.Cause == nil {
		retry = &rt.RetryError{After: retry.After, Cause: errors.New("it gave no reason")}
		err = retry
	}
	o := failure(err)
	o.retry = retry
	return o
}

func failure(err error) outcome { return outcome{err: err, text: err.Error()} }

// goroutineID is the number of the calling goroutine, which Go tells nowhere but at
// the head of a stack trace. With it a channel may remove itself. If Go ever wrote
// that head differently, doing so would only take a second longer.
func goroutineID() uint64 {
	var head [64]byte
	text := bytes.TrimPrefix(head[:goruntime.Stack(head[:], false)], []byte("goroutine "))
	number, _, _ := bytes.Cut(text, []byte(" "))
	id, err := strconv.ParseUint(string(number), 10, 64)
	if err != nil {
		return 0
	}
	return id
}
