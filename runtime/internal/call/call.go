// Package call runs code of the application: hooks, validators, subscribers, channels,
// callbacks. A call runs on a goroutine other than that of its caller, one call at a time,
// with a time limit; a call that does not return is abandoned together with its goroutine.
// A panic becomes an error. A Caller reports whether a request comes from inside such code,
// which would deadlock if it waited.
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
	limit       time.Duration
	sharedSince time.Time    // since when calls share a goroutine; zero: they do not
	running     atomic.Int64 // calls that have not returned, also abandoned ones, and calls of Within

	mu     sync.Mutex
	inside map[uint64]int // the goroutines of calls, also idle ones, and of Within, and how deep
	pool   pool
}

// NewCaller returns a caller with a time limit for each call; 0 is no limit.
func NewCaller(limit time.Duration) *Caller {
	return &Caller{limit: limit, inside: map[uint64]int{}}
}

// NewReusing is NewCaller for code that mostly returns soon: calls share a goroutine,
// which saves starting one for each. The caller must call Close.
func NewReusing(limit time.Duration) *Caller {
	c := NewCaller(limit)
	c.sharedSince = time.Now()
	return c
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
	if c.running.Load() == 0 {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.inside[goroutineID()]
	return ok
}

// Within calls f on the goroutine of the caller, without a limit. Code of the application
// that f calls counts as inside too.
func (c *Caller) Within(ctx context.Context, f func(ctx context.Context)) {
	c.within(ctx, goroutineID(), f)
}

// Here returns [Caller.Within] for use on the goroutine of the caller only. It saves
// finding the number of the goroutine each time.
func (c *Caller) Here() func(ctx context.Context, f func(ctx context.Context)) {
	id := goroutineID()
	return func(ctx context.Context, f func(ctx context.Context)) { c.within(ctx, id, f) }
}

func (c *Caller) within(ctx context.Context, id uint64, f func(ctx context.Context)) {
	c.enter(id)
	defer c.leave(id)
	c.running.Add(1)
	defer c.running.Add(-1)
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

// A Job is what a call runs. It may hold the [Call], so both are one allocation.
type Job interface {
	// Do runs the code of the application, with a context that ends when its time is up.
	Do(ctx context.Context) error
	// Returned is called on the same goroutine when Do has returned, with its error, and
	// whether the call was abandoned before.
	Returned(err error, left bool)
}

// A Call is one call under way. Its zero value is ready for [Caller.Start].
type Call struct {
	ctx     limited
	job     Job
	settled atomic.Bool // whether it has returned or was abandoned, whichever came first
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
	switch {
	case r.Late != nil:
		return rt.OutcomeTimedOut
	case r.Err == nil:
		return rt.OutcomeSucceeded
	}
	if panicked := (*rt.PanicError)(nil); errors.As(r.Err, &panicked) {
		return rt.OutcomePanicked
	}
	return rt.OutcomeFailed
}

// Begin calls f on another goroutine, with a context that ends when its time is up. When f
// has returned, Begin calls returned on that goroutine with the error of f and whether
// the call was abandoned before; returned may be nil. The caller must call Wait.
func (c *Caller) Begin(ctx context.Context, f func(context.Context) error, returned func(err error, left bool)) *Call {
	return c.BeginFor(ctx, c.Limit(), f, returned)
}

// BeginFor is Begin with a limit of its own; 0 is no limit.
func (c *Caller) BeginFor(
	ctx context.Context, limit time.Duration, f func(context.Context) error, returned func(err error, left bool),
) *Call {
	j := &funcs{f: f, returned: returned}
	c.start(ctx, limit, &j.call, j)
	return &j.call
}

// funcs is the job of two functions.
type funcs struct {
	call     Call
	f        func(context.Context) error
	returned func(err error, left bool)
}

func (j *funcs) Do(ctx context.Context) error { return j.f(ctx) }

func (j *funcs) Returned(err error, left bool) {
	if j.returned != nil {
		j.returned(err, left)
	}
}

// Start is Begin for a job. The caller must call Wait on begun.
func (c *Caller) Start(ctx context.Context, begun *Call, j Job) { c.start(ctx, c.Limit(), begun, j) }

func (c *Caller) start(ctx context.Context, limit time.Duration, begun *Call, j Job) {
	began := time.Now()
	w := c.take(began, limit)
	begun.ctx.parent, begun.ctx.on, begun.ctx.limit, begun.ctx.began = ctx, w, limit, began
	begun.job = j
	c.running.Add(1)
	w.next <- begun
}

// Limited returns a context that ends after limit; 0 is no limit.
func Limited(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, limit)
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
	w := c.ctx.on
	w.alarm.start(c)
	select {
	case <-w.done:
		return c.end()
	case <-w.alarm.rings:
	case <-c.ctx.parent.Done():
	}
	select {
	case <-w.done:
		return c.end()
	case <-c.ctx.Done():
		return c.giveUp()
	}
}

// WaitFor is Wait for at most patience. If it returns false, the call has not ended, and
// the caller must call Wait later.
func (c *Call) WaitFor(patience time.Duration) (r Result, ended bool) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-c.ctx.on.done:
		return c.end(), true
	case <-timer.C:
		return Result{}, false
	}
}

// end returns the result of a call that has returned, and makes its worker available.
func (c *Call) end() Result {
	c.ctx.finish()
	w := c.ctx.on
	r := w.result
	w.result = Result{}
	w.alarm.stop()
	w.caller.give(w)
	return r
}

// giveUp waits for the grace period, in which code whose context has ended may still return.
func (c *Call) giveUp() Result {
	timer := time.NewTimer(Grace(c.ctx.limit))
	defer timer.Stop()
	select {
	case <-c.ctx.on.done:
		return c.end()
	case <-timer.C:
	}
	if !c.settled.CompareAndSwap(false, true) {
		<-c.ctx.on.done
		return c.end()
	}
	c.ctx.on.alarm.stop()
	took := time.Since(c.ctx.began)
	late := c.ctx.why(took)
	c.ctx.finish()
	return Result{Err: ErrLeft, Late: late, Took: took}
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
