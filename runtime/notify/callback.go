package notify

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/call"

	rt "github.com/hotbind/hotbind/runtime"
)

// Callback returns a channel that calls fn for one notification after the other, in
// their order. Fn must return when ctx ends; an error of it, and a panic, count as a
// failure, and a *RetryError has it called again for the same notification.
func Callback(name string, fn func(ctx context.Context, n rt.Notification) error) rt.Channel {
	return &callback{name, fn}
}

type callback struct {
	name string
	fn   func(ctx context.Context, n rt.Notification) error
}

func (c *callback) Name() string { return c.name }

func (c *callback) Send(ctx context.Context, n rt.Notification) error { return c.fn(ctx, n) }

// AsyncCallback returns a channel that calls fn for each notification in a goroutine
// of its own, at most so many at once; less than 1 counts as 1. They begin in the order
// of the notifications and may end in any other. When all are busy the next one waits,
// which counts towards its time. An error of fn, and a panic, count as a failure, and
// nothing is tried again. Closing it ends the contexts of the calls and waits for
// them for half a second.
func AsyncCallback(name string, fn func(ctx context.Context, n rt.Notification) error, most int) rt.Channel {
	a := &asyncCallback{name: name, fn: fn, free: make(chan struct{}, max(most, 1))}
	a.ctx, a.cancel = context.WithCancel(context.Background())
	return a
}

type asyncCallback struct {
	name   string
	fn     func(ctx context.Context, n rt.Notification) error
	free   chan struct{}   // holds a token for each call
	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	closes sync.Once
}

func (a *asyncCallback) Name() string { return a.name }

// Send delivers a notification and waits for the result. A configuration uses Deliver.
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

// Deliver begins to deliver a notification, and waits only where there are as many
// calls as there may be. Done is called once, with the result. Ctx holds for all of it.
func (a *asyncCallback) Deliver(ctx context.Context, n rt.Notification, done func(error)) {
	select {
	case a.free <- struct{}{}:
	case <-a.ctx.Done():
		done(rt.ErrClosed)
		return
	case <-ctx.Done():
		done(fmt.Errorf("%d calls are under way, which is as many as there may be: %w", cap(a.free), context.Cause(ctx)))
		return
	}
	if a.ctx.Err() != nil { // Close may have been waiting for this very place
		<-a.free
		done(rt.ErrClosed)
		return
	}
	go a.call(ctx, n, done)
}

// call is the goroutine of one call.
func (a *asyncCallback) call(ctx context.Context, n rt.Notification, done func(error)) {
	defer func() { <-a.free }()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(a.ctx, cancel)()
	err := call.ErrExited // unless it returns or panics
	defer func() { done(err) }()
	err = call.Guard(func() error { return a.fn(ctx, n) })
}

// closeTime is how long Close waits for calls, which is less than it may take.
const closeTime = 500 * time.Millisecond

// Close ends the contexts of the calls and waits until they have returned. The second
// call does nothing.
func (a *asyncCallback) Close() (err error) {
	a.closes.Do(func() {
		a.cancel()
		timer := time.NewTimer(closeTime)
		defer timer.Stop()
		for ended := range cap(a.free) { // who has all places knows that all have ended
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
