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
// methods may be called from any goroutine.
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
	return &Caller{Caller: call.NewCaller(limit), hooks: hooks, late: late, measure: measure}
}

// Call calls one hook for a change, unless it was removed. Took reports whether the hook
// has taken the change: it returned nil, even if too late.
func (c *Caller) Call(ctx context.Context, target Call, round Round) (took bool, err error) {
	round.Key = target.Key
	if target.Hook.Pattern != nil && round.Changes == nil {
		round.Changes = target.Changes()
	}
	return c.guarded(ctx, target.Hook, job{key: target.Key, do: func(ctx context.Context) error { return target.Hook.Call(ctx, round) }})
}

// CallObserver calls do for an observer and waits at most patience. A longer call
// continues in the background, within its time limit. Done is called once with the error
// of the call, before CallObserver returns or on another goroutine. If CallObserver
// returns an error, done is not called: ErrRemoved, or ErrHanging because the previous
// call is still running.
func (c *Caller) CallObserver(ctx context.Context, h *Hook, patience time.Duration, do func(context.Context) error, done func(error)) error {
	report := done
	done = func(err error) { call.Quietly(func() { report(err) }) } // it may call a log handler of the application
	begun, err := c.begin(ctx, h, job{do: do})
	switch {
	case errors.Is(err, ErrHanging), errors.Is(err, ErrRemoved):
		return err
	case err != nil:
		done(err)
		return nil
	}
	if r, ended := begun.WaitFor(patience); ended {
		_, err := c.result(r)
		done(err)
		return nil
	}
	c.observing.Go(func() {
		_, err := c.result(begun.Wait())
		done(err)
	})
	return nil
}

// Wait waits until the calls of slow observers that run in the background have ended.
func (c *Caller) Wait() { c.observing.Wait() }

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
func (c *Caller) Prepare(ctx context.Context, calls []Call, round Round) (*Prepared, error) {
	p := &Prepared{caller: c}
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
		took, err := c.guarded(ctx, one.Hook, job{do: do, drop: drop})
		if took {
			p.steps = append(p.steps, s)
		}
		if err != nil {
			return nil, errors.Join(append([]error{err}, p.Abort(ctx)...)...)
		}
	}
	return p, nil
}

// Abort calls the abort functions, last first.
func (p *Prepared) Abort(ctx context.Context) (errs []error) {
	for i := len(p.steps) - 1; i >= 0; i-- {
		if err := p.finish(ctx, p.steps[i].hook, p.steps[i].abort); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// Commit calls the commit functions, in order.
func (p *Prepared) Commit(ctx context.Context) (errs []error) {
	for _, s := range p.steps {
		if err := p.finish(ctx, s.hook, s.commit); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// finish calls a commit or an abort function, even if the hook was removed meanwhile or
// ctx has ended.
func (p *Prepared) finish(ctx context.Context, h *Hook, f func()) error {
	if f == nil {
		return nil
	}
	j := job{do: func(context.Context) error { f(); return nil }, ends: true}
	_, err := p.caller.guarded(context.WithoutCancel(ctx), h, j)
	return err
}

// A job is one call of a hook.
type job struct {
	key  string // the entry that it is called for
	do   func(context.Context) error
	drop func() // called if do returns nil after it was abandoned; may be nil
	ends bool   // whether it commits or aborts what an earlier call prepared
}

// guarded does j for h, unless h was removed, and waits until it has returned or
// its time is up. Took reports whether it returned nil. The error is a
// *rt.HookError.
func (c *Caller) guarded(ctx context.Context, h *Hook, j job) (took bool, err error) {
	begun, err := c.begin(ctx, h, j)
	switch {
	case errors.Is(err, ErrRemoved):
		return false, nil
	case err != nil:
		return false, h.failed(j.key, err)
	}
	if took, err = c.result(begun.Wait()); err != nil {
		err = h.failed(j.key, err)
	}
	return took, err
}

// begin starts j for h.
func (c *Caller) begin(ctx context.Context, h *Hook, j job) (*call.Call, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err := c.hooks.begin(h, j.ends); err != nil {
		return nil, err
	}
	return c.Begin(ctx, j.do, func(err error, left bool) {
		if left && err == nil && j.drop != nil {
			call.Quietly(j.drop)
		}
		c.hooks.end(h)
		if left {
			c.late()
		}
	}), nil
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
