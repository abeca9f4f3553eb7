package dispatch

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/goroutine"

	rt "github.com/hotbind/hotbind/runtime"
)

// ErrHanging is the cause of a HookError for a hook that was not called because
// an earlier call of it has not returned.
var ErrHanging = errors.New("an earlier call of it has not returned yet")

// maxGrace bounds how long a hook whose context has ended may take to return.
const maxGrace = 500 * time.Millisecond

// A Caller calls hooks, each in a goroutine of its own so that one that does not
// return in time can be left behind. Its methods may be called from any goroutine;
// of one hook no two calls run at a time.
type Caller struct {
	hooks   *Hooks
	timeout atomic.Int64
	late    func()
	measure Measure
	telling sync.WaitGroup // those who wait for observers that are slow

	mu     sync.Mutex
	inside map[uint64]int // the goroutines that run a hook, those left behind too, and how deep
}

// A Measure is told what became of a call and how long it took, or was waited for.
type Measure func(o rt.Outcome, d time.Duration)

// NewCaller returns a caller that gives each call of a hook the time given; 0 is
// no limit. Late is called whenever a hook that was left behind has returned, on
// the goroutine of that hook. Measure may be nil.
func NewCaller(hooks *Hooks, timeout time.Duration, late func(), measure Measure) *Caller {
	if measure == nil {
		measure = func(rt.Outcome, time.Duration) {}
	}
	c := &Caller{hooks: hooks, late: late, measure: measure, inside: map[uint64]int{}}
	c.SetTimeout(timeout)
	return c
}

// SetTimeout changes the time that a call has, from the next one on.
func (c *Caller) SetTimeout(d time.Duration) { c.timeout.Store(int64(d)) }

// Longest is how long a call may take until it is left behind; 0 is for ever.
func (c *Caller) Longest() time.Duration {
	limit := c.limit()
	if limit <= 0 {
		return 0
	}
	return limit + grace(limit)
}

func (c *Caller) limit() time.Duration { return time.Duration(c.timeout.Load()) }

type insideKey struct{}

// Inside reports whether whoever asks was called by c: it runs on the goroutine
// of a hook or has the context that a hook was given.
func (c *Caller) Inside(ctx context.Context) bool {
	if ctx.Value(insideKey{}) == c {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.inside) == 0 {
		return false
	}
	_, ok := c.inside[goroutine.ID()]
	return ok
}

// Within calls f, which runs code of the application that is no hook, such as a
// source: whoever asks from there counts as inside too.
func (c *Caller) Within(ctx context.Context, f func(ctx context.Context)) {
	id := goroutine.ID()
	c.enter(id)
	defer c.leave(id)
	f(context.WithValue(ctx, insideKey{}, c))
}

// Call tells one hook of a change, unless it was removed. Took reports whether
// the hook has taken the change: it returned nil, be it too late.
func (c *Caller) Call(ctx context.Context, call Call, round Round) (took bool, err error) {
	round.Key = call.Key
	if call.Hook.Pattern != nil && round.Changes == nil {
		round.Changes = call.Changes()
	}
	return c.guarded(ctx, call.Hook, job{do: func(ctx context.Context) error { return call.Hook.Call(ctx, round) }})
}

// Tell has do called for an observer and waits for as long as patience says; what
// takes longer goes on, within its time, while the caller does something else. Done
// is called once, with the error of the call, before Tell returns or on another
// goroutine; not at all where Tell returns an error: ErrRemoved, or ErrHanging
// because an earlier call goes on.
func (c *Caller) Tell(ctx context.Context, h *Hook, patience time.Duration, do func(context.Context) error, done func(error)) error {
	tell := done
	done = func(err error) { quietly(func() { tell(err) }) } // it may log, by a handler of the application
	s, err := c.begin(ctx, h, job{do: do})
	switch {
	case errors.Is(err, ErrHanging), errors.Is(err, ErrRemoved):
		return err
	case err != nil:
		done(err)
		return nil
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case o := <-s.run.ended:
		_, err := c.result(s, o)
		done(err)
		return nil
	case <-timer.C:
	}
	c.telling.Go(func() {
		_, err := c.await(s)
		done(err)
	})
	return nil
}

// Wait returns when nothing waits for an observer any more.
func (c *Caller) Wait() { c.telling.Wait() }

// Prepared is what hooks have prepared for a change that is not yet in force.
type Prepared struct {
	caller *Caller
	steps  []step
}

type step struct {
	hook          *Hook
	commit, abort func()
}

// Prepare asks the hooks of calls to prepare the change. If one refuses, those
// before it are told to abort, last first, and the error names it.
func (c *Caller) Prepare(ctx context.Context, calls []Call, round Round) (*Prepared, error) {
	p := &Prepared{caller: c}
	for _, call := range calls {
		s := step{hook: call.Hook}
		do := func(ctx context.Context) (err error) {
			s.commit, s.abort, err = call.Hook.Prepare(ctx, round)
			return err
		}
		drop := func() {
			if s.abort != nil {
				s.abort()
			}
		}
		took, err := c.guarded(ctx, call.Hook, job{do: do, drop: drop})
		if took {
			p.steps = append(p.steps, s)
		}
		if err != nil {
			return nil, errors.Join(append([]error{err}, p.Abort(ctx)...)...)
		}
	}
	return p, nil
}

// Abort undoes what was prepared, last first.
func (p *Prepared) Abort(ctx context.Context) (errs []error) {
	for i := len(p.steps) - 1; i >= 0; i-- {
		if err := p.finish(ctx, p.steps[i].hook, p.steps[i].abort); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// Commit carries out what was prepared, in order.
func (p *Prepared) Commit(ctx context.Context) (errs []error) {
	for _, s := range p.steps {
		if err := p.finish(ctx, s.hook, s.commit); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// finish ends what a hook has begun. So it is done also when the hook was
// removed since, and when ctx has ended.
func (p *Prepared) finish(ctx context.Context, h *Hook, f func()) error {
	if f == nil {
		return nil
	}
	j := job{do: func(context.Context) error { f(); return nil }, ends: true}
	_, err := p.caller.guarded(context.WithoutCancel(ctx), h, j)
	return err
}

// A job is what a hook is called for.
type job struct {
	do   func(context.Context) error
	drop func() // what to do if do returns nil after it was left behind, or nil
	ends bool   // it ends what an earlier call has begun
}

// guarded does j for h, unless h was removed, and waits until it has returned or
// its time is up. Took reports whether it returned nil. The error is a
// *rt.HookError.
func (c *Caller) guarded(ctx context.Context, h *Hook, j job) (took bool, err error) {
	s, err := c.begin(ctx, h, j)
	switch {
	case errors.Is(err, ErrRemoved):
		return false, nil
	case err != nil:
		return false, h.failed(err)
	}
	if took, err = c.await(s); err != nil {
		err = h.failed(err)
	}
	return took, err
}

// A started is a call that was begun.
type started struct {
	ctx    context.Context
	cancel context.CancelFunc
	run    *run
	limit  time.Duration
	at     time.Time
}

// begin starts j for h on a goroutine of its own.
func (c *Caller) begin(ctx context.Context, h *Hook, j job) (*started, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err := c.hooks.begin(h, j.ends); err != nil {
		return nil, err
	}
	s := &started{run: &run{ended: make(chan outcome, 1)}, limit: c.limit(), at: time.Now()}
	s.ctx, s.cancel = limited(context.WithValue(ctx, insideKey{}, c), s.limit)
	go c.run(s.ctx, h, j, s.run)
	return s, nil
}

// await waits until a call has returned or its time is up.
func (c *Caller) await(s *started) (took bool, err error) {
	select {
	case o := <-s.run.ended:
		return c.result(s, o)
	case <-s.ctx.Done():
		return c.result(s, s.run.giveUp(grace(s.limit)))
	}
}

// result is what an outcome comes to.
func (c *Caller) result(s *started, o outcome) (took bool, err error) {
	defer s.cancel()
	c.measure(o.kind(), time.Since(s.at))
	if o.late {
		return o.err == nil, s.outOfTime()
	}
	return o.err == nil, o.err
}

func limited(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, limit)
}

// grace is how long a hook whose context has ended may take to return.
func grace(limit time.Duration) time.Duration {
	if limit <= 0 {
		return maxGrace
	}
	return min(limit/10, maxGrace)
}

// outOfTime is why the context of a hook ended, in words that say more than Go's.
func (s *started) outOfTime() error {
	if cause := context.Cause(s.ctx); !errors.Is(cause, context.DeadlineExceeded) {
		return cause
	}
	return fmt.Errorf("it has not returned within %v: %w", s.limit, context.DeadlineExceeded)
}

// A run is one call of a hook, between the goroutine that runs it and the one
// that waits for it. Whichever comes first settles how it ended.
type run struct {
	settled atomic.Bool
	ended   chan outcome // buffered
}

// An outcome is how a run ended.
type outcome struct {
	err  error
	late bool // the context of the hook ended before the hook did
}

// kind is what became of a call.
func (o outcome) kind() rt.Outcome {
	var panicked *rt.PanicError
	switch {
	case o.late:
		return rt.OutcomeTimedOut
	case errors.As(o.err, &panicked):
		return rt.OutcomePanicked
	case o.err != nil:
		return rt.OutcomeFailed
	}
	return rt.OutcomeSucceeded
}

// giveUp waits a last moment for a hook that was told to return. If it does not,
// the run is left behind.
func (r *run) giveUp(grace time.Duration) outcome {
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case o := <-r.ended:
		return o
	case <-timer.C:
	}
	if r.settled.CompareAndSwap(false, true) {
		return outcome{err: ErrHanging, late: true}
	}
	return <-r.ended
}

// run does j on the goroutine of a hook.
func (c *Caller) run(ctx context.Context, h *Hook, j job, r *run) {
	id := goroutine.ID()
	c.enter(id)
	err := errors.New("the hook ended its goroutine") // unless it returns or panics
	defer func() {
		if v := recover(); v != nil {
			err = &rt.PanicError{Value: v, Stack: debug.Stack()}
		}
		o := outcome{err, ctx.Err() != nil}
		leftBehind := !r.settled.CompareAndSwap(false, true)
		if leftBehind && err == nil && j.drop != nil {
			quietly(j.drop)
		}
		c.leave(id)
		c.hooks.end(h)
		if leftBehind {
			c.late()
		} else {
			r.ended <- o
		}
	}()
	err = sane(j.do(ctx))
}

// sane is err, or a *rt.PanicError in its place where its methods panic, as those of
// a nil pointer in an error do: everybody after this asks them without a thought.
func sane(err error) (asked error) {
	if err == nil {
		return nil
	}
	defer func() {
		if v := recover(); v != nil {
			asked = &rt.PanicError{Value: fmt.Sprintf("the error that was returned cannot be asked (%T): %v", err, v), Stack: debug.Stack()}
		}
	}()
	_ = err.Error()
	var none *noError
	_ = errors.Is(err, errProbe)
	_ = errors.As(err, &none)
	return err
}

// errProbe and noError are in no error: asking for them visits all that one joins.
var errProbe = errors.New("")

type noError struct{ error }

// quietly calls f, which nobody waits for any more, and survives its panic.
func quietly(f func()) {
	defer func() { _ = recover() }()
	f()
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
