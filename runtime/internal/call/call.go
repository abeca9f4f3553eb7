// Package call runs code of the application: hooks, validators, subscribers, channels,
// callbacks. Each call has its own goroutine and a time limit; a call that does not
// return is abandoned. A panic becomes an error. A Caller reports whether a request comes
// from inside such code, which would deadlock if it waited.
package call

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
)

// ErrExited is the error of code that ended its goroutine instead of returning.
var ErrExited = errors.New("ended its goroutine instead of returning")

// MaxGrace bounds how long code whose context has ended may take to return.
const MaxGrace = 500 * time.Millisecond

// A Caller makes calls to one kind of application code. Its methods may be called from
// any goroutine.
type Caller struct {
	limit time.Duration

	mu     sync.Mutex
	inside map[uint64]int // the goroutines that run a call, also abandoned ones, and how deep
}

// NewCaller returns a caller with a time limit for each call; 0 is no limit.
func NewCaller(limit time.Duration) *Caller {
	return &Caller{limit: limit, inside: map[uint64]int{}}
}

// Limit returns the time limit of a call; 0 is no limit.
func (c *Caller) Limit() time.Duration { return c.limit }

// Longest returns how long a call may take until it is abandoned; 0 means no limit.
func (c *Caller) Longest() time.Duration {
	limit := c.Limit()
	if limit <= 0 {
		return 0
	}
	return limit + Grace(limit)
}

// Grace returns how long code with the given time limit may take to return after its
// context has ended.
func Grace(limit time.Duration) time.Duration {
	if limit <= 0 {
		return MaxGrace
	}
	return min(limit/10, MaxGrace)
}

type insideKey struct{}

// Inside reports whether the caller runs inside a call of c: on the goroutine of a call,
// or with the context that a call received.
func (c *Caller) Inside(ctx context.Context) bool {
	if ctx.Value(insideKey{}) == c {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.inside) == 0 {
		return false
	}
	_, ok := c.inside[goroutineID()]
	return ok
}

// Within calls f on the goroutine of the caller, without a limit. Code of the application
// that f calls counts as inside too.
func (c *Caller) Within(ctx context.Context, f func(ctx context.Context)) {
	id := goroutineID()
	c.enter(id)
	defer c.leave(id)
	f(context.WithValue(ctx, insideKey{}, c))
}

func (c *Caller) enter(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inside[id]++
}

func (c *Caller) leave(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.inside[id]--; c.inside[id] == 0 {
		delete(c.inside, id)
	}
}

// A Call is one call under way.
type Call struct {
	ctx     context.Context
	cancel  context.CancelFunc
	limit   time.Duration
	began   time.Time
	settled atomic.Bool // whether it has returned or was abandoned, whichever came first
	ended   chan Result // buffered
}

// A Result is the result of a call.
type Result struct {
	Err  error // what it returned; [*rt.PanicError], [ErrExited]; ErrLeft if it was abandoned
	Late error // why its context had ended before it returned; nil if it had not
	Took time.Duration
}

// ErrLeft is the error of a call that was abandoned.
var ErrLeft = errors.New("has not returned")

// Outcome returns the outcome of the call for metrics.
func (r Result) Outcome() rt.Outcome {
	var panicked *rt.PanicError
	switch {
	case r.Late != nil:
		return rt.OutcomeTimedOut
	case errors.As(r.Err, &panicked):
		return rt.OutcomePanicked
	case r.Err != nil:
		return rt.OutcomeFailed
	}
	return rt.OutcomeSucceeded
}

// Begin calls f in a new goroutine, with a context that ends when its time is up. When f
// has returned, Begin calls returned on that goroutine with the error of f and whether
// the call was abandoned before; returned may be nil. The caller must call Wait.
func (c *Caller) Begin(ctx context.Context, f func(context.Context) error, returned func(err error, left bool)) *Call {
	return c.BeginFor(ctx, c.Limit(), f, returned)
}

// BeginFor is Begin with a limit of its own; 0 is no limit.
func (c *Caller) BeginFor(
	ctx context.Context, limit time.Duration, f func(context.Context) error, returned func(err error, left bool),
) *Call {
	begun := &Call{limit: limit, began: time.Now(), ended: make(chan Result, 1)}
	begun.ctx, begun.cancel = Limited(context.WithValue(ctx, insideKey{}, c), limit)
	go c.run(begun, f, returned)
	return begun
}

// Limited returns a context that ends after limit; 0 is no limit.
func Limited(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, limit)
}

// run is the goroutine of a call.
func (c *Caller) run(begun *Call, f func(context.Context) error, returned func(err error, left bool)) {
	id := goroutineID()
	c.enter(id)
	err := ErrExited // unless it returns or panics
	defer func() {
		late := OutOfTime(begun.ctx, begun.limit)
		left := !begun.settled.CompareAndSwap(false, true)
		c.leave(id)
		if returned != nil {
			returned(err, left)
		}
		if !left {
			begun.ended <- Result{Err: err, Late: late}
		}
	}()
	err = Guard(func() error { return f(begun.ctx) })
}

// OutOfTime returns why a context with the time limit has ended, in plainer words than
// those of package context; nil if it has not ended.
func OutOfTime(ctx context.Context, limit time.Duration) error {
	switch cause := context.Cause(ctx); {
	case cause == nil, !errors.Is(cause, context.DeadlineExceeded):
		return cause
	}
	return fmt.Errorf("did not return within %v: %w", limit, context.DeadlineExceeded)
}

// Wait waits until the call has returned. It abandons a call that does not return soon
// after its context has ended. Call it once.
func (c *Call) Wait() Result {
	select {
	case r := <-c.ended:
		return c.result(r)
	case <-c.ctx.Done():
		return c.result(c.giveUp())
	}
}

// WaitFor is Wait for at most patience. If it returns false, the call has not ended, and
// the caller must call Wait later.
func (c *Call) WaitFor(patience time.Duration) (r Result, ended bool) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case r := <-c.ended:
		return c.result(r), true
	case <-timer.C:
		return Result{}, false
	}
}

func (c *Call) result(r Result) Result {
	c.cancel()
	r.Took = time.Since(c.began)
	return r
}

// giveUp waits for the grace period, in which code whose context has ended may still return.
func (c *Call) giveUp() Result {
	timer := time.NewTimer(Grace(c.limit))
	defer timer.Stop()
	select {
	case r := <-c.ended:
		return r
	case <-timer.C:
	}
	if c.settled.CompareAndSwap(false, true) {
		return Result{Err: ErrLeft, Late: OutOfTime(c.ctx, c.limit)}
	}
	return <-c.ended
}

// Guard calls f on the goroutine of the caller and returns its error, or a
// [*rt.PanicError] where f or the methods of its error panic.
func Guard(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &rt.PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return sane(f())
}

// Quietly calls f, whose result nobody waits for, and recovers its panic.
func Quietly(f func()) { _ = Guard(func() error { f(); return nil }) }

// sane returns err, or a [*rt.PanicError] if a method of err panics, as the methods of a
// nil pointer in an error do. Later code may then use err safely.
func sane(err error) (checked error) {
	if err == nil {
		return nil
	}
	defer func() {
		if v := recover(); v != nil {
			checked = &rt.PanicError{Value: fmt.Sprintf("the returned error panics (%T): %v", err, v), Stack: debug.Stack()}
		}
	}()
	_ = err.Error()
	var none *noError
	_ = errors.Is(err, errProbe)
	_ = errors.As(err, &none)
	return err
}

// errProbe and noError match no error: looking for them visits every error that err
// joins.
var errProbe = errors.New("")

type noError struct{ error }
