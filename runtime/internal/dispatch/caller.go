package dispatch

import (
	"context"
	"errors"
	"runtime/debug"
	"sync/atomic"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
)

// ErrHanging is the cause of a HookError for a hook that was not called because
// an earlier call of it has not returned.
var ErrHanging = errors.New("an earlier call of it has not returned yet")

// A Caller calls hooks, one at a time, each in a goroutine of its own so that
// one that does not return in time can be left behind. Its methods are called
// by one goroutine at a time, except [Caller.Inside].
type Caller struct {
	hooks   *Hooks
	timeout time.Duration
	running atomic.Uint64 // the goroutine of the call under way; 0 is none
}

// NewCaller returns a caller that gives each call of a hook the time given.
func NewCaller(hooks *Hooks, timeout time.Duration) *Caller {
	return &Caller{hooks: hooks, timeout: timeout}
}

type insideKey struct{}

// Inside reports whether whoever asks was called by c: it runs on the goroutine
// of a hook or has the context that a hook was given.
func (c *Caller) Inside(ctx context.Context) bool {
	if ctx.Value(insideKey{}) == c {
		return true
	}
	running := c.running.Load()
	return running != 0 && running == goroutineID()
}

// Call tells one hook of a change.
func (c *Caller) Call(ctx context.Context, call Call, round Round) error {
	round.Key = call.Key
	return c.guarded(ctx, call.Hook, func(ctx context.Context) error {
		return call.Hook.Call(ctx, round)
	})
}

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
		var s step
		err := c.guarded(ctx, call.Hook, func(ctx context.Context) (err error) {
			s.commit, s.abort, err = call.Hook.Prepare(ctx, round)
			return err
		})
		if err != nil {
			return nil, errors.Join(append([]error{err}, p.Abort(ctx)...)...)
		}
		s.hook = call.Hook
		p.steps = append(p.steps, s)
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

func (p *Prepared) finish(ctx context.Context, h *Hook, f func()) error {
	if f == nil {
		return nil
	}
	return p.caller.guarded(ctx, h, func(context.Context) error { f(); return nil })
}

// guarded calls f for h and waits until it has returned or its time is up. A
// removed hook is not called. The error is a *rt.HookError.
func (c *Caller) guarded(ctx context.Context, h *Hook, f func(context.Context) error) error {
	removed, hanging := c.hooks.state(h)
	switch {
	case removed:
		return nil
	case hanging:
		return &rt.HookError{Field: h.Name, Hook: h.Where, Cause: ErrHanging}
	}
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, insideKey{}, c), c.timeout)
	defer cancel()
	c.hooks.setHanging(h, true)
	result := make(chan error, 1)
	go func() {
		err := errors.New("the hook ended its goroutine") // unless it returns or panics
		defer func() {
			if v := recover(); v != nil {
				err = &rt.PanicError{Value: v, Stack: debug.Stack()}
			}
			c.hooks.setHanging(h, false)
			result <- err
		}()
		c.running.Store(goroutineID())
		err = f(ctx)
	}()
	defer c.running.Store(0)
	var err error
	select {
	case err = <-result:
	case <-ctx.Done():
		err = context.Cause(ctx)
		// A hook that returns because it was told to has returned.
		grace := time.NewTimer(min(c.timeout/10, 500*time.Millisecond))
		defer grace.Stop()
		select {
		case <-result:
		case <-grace.C:
		}
	}
	if err == nil {
		return nil
	}
	return &rt.HookError{Field: h.Name, Hook: h.Where, Cause: err}
}
