package dispatch

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/call"

	rt "github.com/hotbind/hotbind/runtime"
)

// ErrHanging is the cause of a HookError for a hook that was not called because its
// previous call has not returned.
var ErrHanging = errors.New("its previous call is still running")

// A Caller calls hooks through package call, at most one call of each hook at a time. Its
// methods may be called from any goroutine. The caller must call Close.
type Caller struct {
	*call.Caller
	hooks     *Hooks
	late      func()
	measure   Measure
	observing sync.WaitGroup // calls that wait for slow observers
}

// A Measure is called with the outcome of a call and how long it took or was waited for.
type Measure func(o rt.Outcome, d time.Duration)

// NewCaller returns a caller with a time limit for each call of a hook; 0 is no limit. It
// calls late whenever an abandoned call of a hook has returned, on the goroutine of that
// call. Measure may be nil.
func NewCaller(hooks *Hooks, limit time.Duration, late func(), measure Measure) *Caller {
	if measure == nil {
		measure = func(rt.Outcome, time.Duration) {}
	}
	return &Caller{Caller: call.NewReusing(limit), hooks: hooks, late: late, measure: measure}
}

// Call calls one hook for a change, unless it was removed. Took reports whether the hook
// has taken the change: it returned nil, even if too late.
func (c *Caller) Call(ctx context.Context, target Call, round Round) (took bool, err error) {
	round.Key = target.Key
	if target.Hook.Pattern != nil && round.Changes == nil {
		round.Changes = target.Changes()
	}
	return c.guarded(ctx, &job{hook: target.Hook, round: round})
}

// CallObserver calls do for an observer and waits at most patience. A longer call
// continues in the background, within its time limit. Done is called once with the error
// of the call, before CallObserver returns or on another goroutine. If CallObserver
// returns an error, done is not called: ErrRemoved, or ErrHanging because the previous
// call is still running.
func (c *Caller) CallObserver(ctx context.Context, h *Hook, patience time.Duration, do func(context.Context) error, done func(error)) error {
	report := done
	done = func(err error) { call.Quietly(func() { report(err) }) } // it may call a log handler of the application
	j := &job{hook: h, do: do}
	err := c.begin(ctx, j)
	switch {
	case errors.Is(err, ErrHanging), errors.Is(err, ErrRemoved):
		return err
	case err != nil:
		done(err)
		return nil
	}
	if r, ended := j.call.WaitFor(patience); ended {
		_, err := c.result(r)
		done(err)
		return nil
	}
	c.observing.Go(func() {
		_, err := c.result(j.call.Wait())
		done(err)
	})
	return nil
}

// Close waits until the calls of slow observers that run in the background have ended,
// and ends the goroutine that calls share. Call it when no call can begin any more.
func (c *Caller) Close() {
	c.observing.Wait()
	c.Caller.Close()
}

// Prepared holds what hooks have prepared for a change that is not yet in force.
type Prepared struct {
	caller *Caller
	steps  []step
}

type step struct {
	hook          *Hook
	commit, abort func()
}

// Prepare calls the Prepare functions of hooks. If one refuses, Prepare aborts those
// before it, last first, and returns an error that names it.
func (c *Caller) Prepare(ctx context.Context, calls []Call, round Round) (Prepared, error) {
	p := Prepared{caller: c}
	for _, one := range calls {
		s := step{hook: one.Hook}
		do := func(ctx context.Context) (err error) {
			s.commit, s.abort, err = one.Hook.Prepare(ctx, round)
			return err
		}
		drop := func() {
			if s.abort != nil {
				s.abort()
			}
		}
		took, err := c.guarded(ctx, &job{hook: one.Hook, do: do, drop: drop})
		if took {
			p.steps = append(p.steps, s)
		}
		if err != nil {
			return Prepared{}, errors.Join(append([]error{err}, p.Abort(ctx)...)...)
		}
	}
	return p, nil
}

// Abort calls the abort functions, last first.
func (p Prepared) Abort(ctx context.Context) (errs []error) {
	for i := len(p.steps) - 1; i >= 0; i-- {
		if err := p.finish(ctx, p.steps[i].hook, p.steps[i].abort); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// Commit calls the commit functions, in order.
func (p Prepared) Commit(ctx context.Context) (errs []error) {
	for _, s := range p.steps {
		if err := p.finish(ctx, s.hook, s.commit); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// finish calls a commit or an abort function, even if the hook was removed meanwhile or
// ctx has ended.
func (p Prepared) finish(ctx context.Context, h *Hook, f func()) error {
	if f == nil {
		return nil
	}
	j := &job{hook: h, do: func(context.Context) error { f(); return nil }, ends: true}
	_, err := p.caller.guarded(context.WithoutCancel(ctx), j)
	return err
}

// A job is one call of a hook. It holds everything that the call needs.
type job struct {
	call   call.Call
	caller *Caller
	hook   *Hook
	round  Round                       // what the hook is called with, unless do is set
	do     func(context.Context) error // nil: call the hook
	drop   func()                      // called if do returns nil after it was abandoned; may be nil
	ends   bool                        // whether it commits or aborts what an earlier call prepared
}

// Do implements [call.Job].
func (j *job) Do(ctx context.Context) error {
	if j.do != nil {
		return j.do(ctx)
	}
	return j.hook.Call(ctx, j.round)
}

// Returned implements [call.Job].
func (j *job) Returned(err error, left bool) {
	if left && err == nil && j.drop != nil {
		call.Quietly(j.drop)
	}
	j.round = Round{} // a context that is kept must not keep the snapshots
	j.caller.hooks.end(j.hook)
	if left {
		j.caller.late()
	}
}

// guarded does j, unless its hook was removed, and waits until it has returned or its time
// is up. Took reports whether it returned nil. The error is a *rt.HookError.
func (c *Caller) guarded(ctx context.Context, j *job) (took bool, err error) {
	key := j.round.Key
	switch err := c.begin(ctx, j); {
	case errors.Is(err, ErrRemoved):
		return false, nil
	case err != nil:
		return false, j.hook.failed(key, err)
	}
	if took, err = c.result(j.call.Wait()); err != nil {
		err = j.hook.failed(key, err)
	}
	return took, err
}

// begin starts j.
func (c *Caller) begin(ctx context.Context, j *job) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := c.hooks.begin(j.hook, j.ends); err != nil {
		return err
	}
	j.caller = c
	c.Start(ctx, &j.call, j)
	return nil
}

// result returns the result of a call. A hook that returns nil too late has taken the
// change anyway.
func (c *Caller) result(r call.Result) (took bool, err error) {
	c.measure(r.Outcome(), r.Took)
	if r.Late != nil {
		return r.Err == nil, r.Late
	}
	return r.Err == nil, r.Err
}
