package engine

import (
	"context"
	"errors"
	"runtime/debug"
	"slices"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/dispatch"

	rt "github.com/hotbind/hotbind/runtime"
)

// A verdict is what the engine makes of content before anybody hears of it.
type verdict struct {
	inForce   bool // the same bytes are in force
	candidate *candidate
	delta     *dispatch.Delta // nil where nothing differs from what is in force
	err       error
}

// judge finds out what applying content would change. The caller holds the turn.
func (e *Engine) judge(c reading, force bool) verdict {
	if e.isInForce(c.signature) {
		return verdict{inForce: true}
	}
	made, err := e.candidate(c)
	if err != nil {
		return verdict{err: err}
	}
	return e.compare(made, force)
}

// compare finds out what differs from what is in force, and has the validators
// look at it, unless that is forced away.
func (e *Engine) compare(c *candidate, force bool) (v verdict) {
	// The program runs code of the application for types named by x-go-type.
	defer func() {
		if r := recover(); r != nil {
			v = verdict{err: &rt.PanicError{Value: r, Stack: debug.Stack()}}
		}
	}()
	v.candidate = c
	v.delta = e.program.Diff(e.now().snapshot, c.snapshot)
	switch {
	case v.delta == nil:
	case force:
		e.opts.Logger.Warn("the validators are skipped: the reload is forced")
	default:
		v.err = e.validate(c, v.delta)
	}
	return v
}

// An attempt is what is tried to be put into force, and why.
type attempt struct {
	content signature // of the sources it was made from
	files   []rt.FileContent
	cause   rt.Cause
	start   time.Time
}

// apply puts what was judged into force. The caller holds the turn since before
// it was.
func (e *Engine) apply(ctx context.Context, a attempt, v verdict) (rt.ReloadResult, error) {
	before := e.now()
	unchanged := rt.ReloadResult{Revision: before.Revision, Duration: time.Since(a.start)}
	switch {
	case errors.Is(v.err, rt.ErrClosed):
		return unchanged, v.err
	case v.err != nil:
		return e.refused(a, v.err)
	case v.inForce:
		e.sameValue(a.content)
		unchanged.PendingRestart = e.pendingRestart()
		return unchanged, nil
	case v.delta == nil:
		e.sameValue(a.content)
		e.adopt(v.candidate)
		unchanged.PendingRestart, unchanged.Warnings = v.candidate.pendingRestart, v.candidate.warnings
		return unchanged, nil
	}
	if err := e.hanging(v.delta); err != nil {
		return e.waitingFor(a, err)
	}
	after, undone, err := e.put(ctx, v, a)
	switch {
	case errors.Is(err, rt.ErrClosed):
		unchanged.RolledBack = undone
		return unchanged, err
	case err != nil:
		result, err := e.refused(a, err)
		result.RolledBack = undone
		return result, err
	}
	e.goodSince(a.content)
	return e.reloaded(after, v, a.start), nil
}

// put makes a revision of a candidate that differs from what is in force, and keeps
// it.
func (e *Engine) put(ctx context.Context, v verdict, a attempt) (after entry, undone bool, err error) {
	after = e.newEntry(ctx, v.candidate, a.content, a.cause)
	undone, err = e.transition(e.now(), after, v.delta)
	if err == nil {
		e.keep(after, a.files)
	}
	return after, undone, err
}

// adopt notes where the value in force comes from now: the same value may be
// written elsewhere.
func (e *Engine) adopt(c *candidate) {
	e.mu.Lock()
	e.current.origin = c.origin
	e.mu.Unlock()
	e.setPendingRestart(c.pendingRestart)
}

// hanging is the error for hooks that would fail on the change delta because they
// have not returned from an earlier one. What is known to fail is not put into
// force: readers would see it come and go, and other hooks hear of it, for nothing.
func (e *Engine) hanging(delta *dispatch.Delta) error {
	return e.hooks.Hanging(delta, !e.opts.KeepOnError)
}

// transition takes the configuration from before to after: prepare, swap,
// commit, hooks. When a hook fails all of it is undone, unless the options keep
// it, and the error says why. Undone reports whether after was in force at all.
func (e *Engine) transition(before, after entry, delta *dispatch.Delta) (undone bool, err error) {
	ctx := rt.ContextWithRevision(e.ctx, after.Revision)
	round := dispatch.Round{Old: before.snapshot, New: after.snapshot, Delta: delta}
	prepare := e.hooks.Preparing(delta)
	prepared, err := e.caller.Prepare(ctx, prepare, round)
	if err != nil {
		if e.ctx.Err() != nil {
			err = rt.ErrClosed
		}
		return false, err
	}
	calls := e.hooks.Telling(delta, func() { e.install(after) })
	errs := prepared.Commit(ctx)
	var took []dispatch.Call
	for _, call := range calls {
		if len(errs) > 0 && !e.opts.KeepOnError {
			break
		}
		ok, err := e.caller.Call(ctx, call, round)
		if ok {
			took = append(took, call)
		}
		if err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) > 0 && e.ctx.Err() != nil {
		e.install(before)
		return true, rt.ErrClosed
	}
	if len(errs) > 0 && !e.opts.KeepOnError {
		e.install(before)
		errs = append(errs, e.undo(took, prepare, dispatch.Round{Old: after.snapshot, New: before.snapshot})...)
		return true, errors.Join(errs...)
	}
	if len(errs) > 0 {
		e.warn("a hook failed and its change stays in force", errors.Join(errs...))
	}
	return false, nil
}

// undo tells the hooks that have taken a change that it is gone, last first.
func (e *Engine) undo(took, prepare []dispatch.Call, round dispatch.Round) (errs []error) {
	ctx := rt.ContextWithRevision(e.ctx, e.now().Revision)
	failed := func(err error) {
		errs = append(errs, &rt.RollbackError{Kept: e.now().ID, Cause: err})
	}
	for _, call := range slices.Backward(took) {
		if _, err := e.caller.Call(ctx, call, round); err != nil {
			failed(err)
		}
	}
	for _, call := range slices.Backward(prepare) {
		prepared, err := e.caller.Prepare(ctx, []dispatch.Call{call}, round)
		if err != nil {
			failed(err)
			continue
		}
		for _, err := range prepared.Commit(ctx) {
			failed(err)
		}
	}
	return errs
}

// callInitial tells a hook of the value in force. The caller holds the turn.
func (e *Engine) callInitial(h *dispatch.Hook) {
	now := e.now()
	ctx, round := rt.ContextWithRevision(e.ctx, now.Revision), dispatch.Round{New: now.snapshot}
	if h.Prepare != nil {
		prepared, err := e.caller.Prepare(ctx, []dispatch.Call{{Hook: h}}, round)
		if err == nil {
			err = errors.Join(prepared.Commit(ctx)...)
		}
		e.initialFailed(err)
		return
	}
	calls := []dispatch.Call{{Hook: h}}
	if h.Entries != nil {
		calls = calls[:0]
		for _, key := range h.Entries(round.New) {
			calls = append(calls, dispatch.Call{Hook: h, Key: key})
		}
	}
	for _, call := range calls {
		_, err := e.caller.Call(ctx, call, round)
		e.initialFailed(err)
	}
}

// initialFailed tells of a hook that failed on the value in force, which it
// cannot refuse any more.
func (e *Engine) initialFailed(err error) {
	if err != nil && e.ctx.Err() == nil {
		e.warn("a hook failed on the value in force", err)
	}
}
