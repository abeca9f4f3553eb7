package outbox

import (
	"errors"

	rt "github.com/hotbind/hotbind/runtime"
)

// An outcome is what a call came to.
type outcome struct {
	err     error
	text    string         // of err, whose methods are asked no more
	retry   *rt.RetryError // in err; nil: it is not worth another try
	settled bool           // it was counted before
}

// judge is what a call of a channel came to by its error.
func judge(err error) outcome {
	if err == nil {
		return outcome{}
	}
	o := failure(err)
	errors.As(err, &o.retry)
	return o
}

func failure(err error) outcome { return outcome{err: err, text: err.Error()} }
