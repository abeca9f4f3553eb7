package outbox

import (
	"errors"
	"runtime/debug"

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
