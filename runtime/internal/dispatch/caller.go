package dispatch

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/call"

	rt "github.com/hotbind/hotbind/runtime"
)

// ErrHanging is the cause of a HookError for a hook that was not called because
// an earlier call of it has not returned.
var ErrHanging = errors.New("its previous call is still running")

// A Caller calls hooks, as package call does, and of one hook no two at a time. Its
// methods may be called from any goroutine.
type Caller struct {
	*call.Caller
	hooks   *Hooks
	late    func()
	measure Measure
	telling sync.WaitGroup // those who wait for observers that are slow
}

// A Measure is told what became of a call and how long it took, or was waited for.
type Measure func(o rt.Outcome, d time.Duration)

// NewCaller returns a caller that gives each call of a hook the time given; 0 is
// no limit. Late is called whenever a hook that was left behind has returned, on
// the goroutine of that hook. Measure may be nil.
func NewCaller(hooks *Hooks, limit time.Duration, late func(), measure Measure) *Caller {
	if measure == nil {
		measure = func(rt.Outcome, time.Duration) {}
	}
	return &Caller{Caller: call.NewCaller(limit), hooks: hooks, late: late, measure: measure}
}

// Call tells one hook of a change, unless it was removed. Took reports whether
// the hook has taken the change: it returned nil, be it too late.
func (c *Caller) Call(ctx context.Context, told Call, round Round) (took bool, err error) {
	round.Key = told.Key
	if told.Hook.Pattern != nil && round.Changes == nil {
		round.Changes = told.Changes()
	}
	return c.guarded(ctx, told.Hook, job{do: func(ctx context.Context) error { return told.Hook.Call(ctx, round) }})
}

// Tell has do called for an observer and waits for as long as patience says; what
// takes longer goes on, within its time, while the caller does something else. Done
// is called once, with the error of the call, before Tell returns or on another
// goroutine; not at all where Tell returns an error: ErrRemoved, or ErrHanging
// because an earlier call goes on.
func (c *Caller) Tell(ctx context.Context, h *Hook, patience time.Duration, do func(context.Context) error, done func(error)) error {
	tell := done
	done = func(err error) { call.Quietly(func() { tell(err) }) } // it may log, by a handler of the application
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
	c.telling.Go(func() {
		_, err := c.result(begun.Wait())
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
	for _, asked := range calls {
		s := step{hook: asked.Hook}
		do := func(ctx context.Context) (err error) {
			s.commit, s.abort, err = asked.Hook.Prepare(ctx, round)
			return err
		}
		drop := func() {
			if s.abort != nil {
				s.abort()
			}
		}
		took, err := c.guarded(ctx, asked.Hook, job{do: do, drop: drop})
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
	begun, err := c.begin(ctx, h, j)
	switch {
	case errors.Is(err, ErrRemoved):
		return false, nil
	case err != nil:
		return false, h.failed(err)
	}
	if took, err = c.result(begun.Wait()); err != nil {
		err = h.failed(err)
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

// result is what a call comes to. A hook that returns nil too late has taken the
// change all the same.
func (c *Caller) result(r call.Result) (took bool, err error) {
	c.measure(r.Outcome(), r.Took)
	if r.Late != nil {
		return r.Err == nil, r.Late
	}
	return r.Err == nil, r.Err
}
