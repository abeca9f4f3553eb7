package notify

import "time"

// A RetryError is returned by a channel for a notification that it could not deliver now
// and may be able to deliver later.
type RetryError struct {
	After time.Duration // the minimum time to wait; 0: unknown
	Cause error
}

func (e *RetryError) Error() string {
	if e.Cause == nil {
		return "the delivery may succeed later"
	}
	return e.Cause.Error()
}

// Unwrap returns Cause.
func (e *RetryError) Unwrap() error { return e.Cause }

// RetryAfter returns After.
func (e *RetryError) RetryAfter() time.Duration { return e.After }
