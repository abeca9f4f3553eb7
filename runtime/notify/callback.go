package notify

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/call"

	rt "github.com/hotbind/hotbind/runtime"
)

// Callback returns a channel that calls fn for each notification, in order, one call at a
// time. Fn must return when ctx ends. An error or a panic counts as a failure. If fn
// returns a [*RetryError], it is called again for the same notification.
func Callback(name string, fn func(ctx context.Context, n rt.Notification) error) rt.Channel {
	return &callback{name, fn}
}

type callback struct {
	name string
	fn   func(ctx context.Context, n rt.Notification) error
}

func (c *callback) Name() string { return c.name }

func (c *callback) Send(ctx context.Context, n rt.Notification) error { return c.fn(ctx, n) }

// AsyncCallback returns a channel that calls fn for each notification in its own
// goroutine, with at most the given number of calls at a time; less than 1 counts as 1.
// Calls begin in the order of the notifications and may end in any order. If all are busy,
// the next notification waits, and the wait counts towards its timeout. An error or a
// panic counts as a failure and is not retried. Close ends the contexts of the calls and
// waits half a second for them.
func AsyncCallback(name string, fn func(ctx context.Context, n rt.Notification) error, most int) rt.Channel {
	a := &asyncCallback{name: name, fn: fn, free: make(chan struct{}, max(most, 1))}
	a.ctx, a.cancel = context.WithCancel(context.Background())
	return a
}

type asyncCallback struct {
	name   string
	fn     func(ctx context.Context, n rt.Notification) error
	free   chan struct{}   // holds a token for each running call
	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	closes sync.Once
}

func (a *asyncCallback) Name() string { return a.name }

// Send delivers a notification and waits for the result. A live configuration uses Deliver
// instead.
func (a *asyncCallback) Send(ctx context.Context, n rt.Notification) error {
	result := make(chan error, 1)
	a.Deliver(ctx, n, func(err error) { result <- err })
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Deliver starts to deliver a notification. It waits only if the maximum number of calls
// is running. Done is called once, with the result. Ctx applies to the whole delivery.
func (a *asyncCallback) Deliver(ctx context.Context, n rt.Notification, done func(error)) {
	select {
	case a.free <- struct{}{}:
	case <-a.ctx.Done():
		done(rt.ErrClosed)
		return
	case <-ctx.Done():
		done(fmt.Errorf("all %d calls are still running: %w", cap(a.free), context.Cause(ctx)))
		return
	}
	if a.ctx.Err() != nil { // Close may have been waiting for this token
		<-a.free
		done(rt.ErrClosed)
		return
	}
	go a.call(ctx, n, done)
}

// call runs in the goroutine of one call.
func (a *asyncCallback) call(ctx context.Context, n rt.Notification, done func(error)) {
	defer func() { <-a.free }()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(a.ctx, cancel)()
	err := call.ErrExited // unless it returns or panics
	defer func() { done(err) }()
	err = call.Guard(func() error { return a.fn(ctx, n) })
}

// closeTime is how long Close waits for calls; it must return sooner than the engine's
// limit for Close.
const closeTime = 500 * time.Millisecond

// Close ends the contexts of the calls and waits half a second until they have returned.
// Further calls of Close do nothing.
func (a *asyncCallback) Close() (err error) {
	a.closes.Do(func() {
		a.cancel()
		timer := time.NewTimer(closeTime)
		defer timer.Stop()
		for ended := range cap(a.free) { // holding all tokens means that all calls have ended
			select {
			case a.free <- struct{}{}:
			case <-timer.C:
				err = fmt.Errorf("%d calls have not returned within %v", cap(a.free)-ended, closeTime)
				return
			}
		}
	})
	return err
}
