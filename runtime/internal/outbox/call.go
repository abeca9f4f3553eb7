package outbox

import (
	"errors"
	"time"
)

// An outcome is the result of a call.
type outcome struct {
	err     error
	text    string        // of err, whose methods are not called again
	retry   retryable     // in err; nil: it is not worth another try
	after   time.Duration // the least time to wait before that
	settled bool          // it was counted before
}

// A retryable is an error of a channel after which a notification is sent again, such as
// a *notify.RetryError.
type retryable interface {
	error
	RetryAfter() time.Duration
}

// judge returns the outcome for the error of a channel.
func judge(err error) outcome {
	if err == nil {
		return outcome{}
	}
	o := failure(err)
	if errors.As(err, &o.retry) {
		o.after = o.retry.RetryAfter()
	}
	return o
}

func failure(err error) outcome { return outcome{err: err, text: err.Error()} }
