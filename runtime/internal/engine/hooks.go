package engine

import (
	"context"
	"errors"
	"slices"

	"github.com/hotbind/hotbind/runtime/internal/dispatch"

	rt "github.com/hotbind/hotbind/runtime"
)

// callHooks calls hooks in order, and stops at the first that fails, unless failures
// are kept. It returns those that have taken the change.
func (e *Engine) callHooks(ctx context.Context, calls []dispatch.Call, round dispatch.Round, failed bool) (took []dispatch.Call, errs []error) {
	for _, told := range calls {
		if failed && !e.opts.KeepOnError {
			break
		}
		ok, err := e.caller.Call(ctx, told, round)
		if ok {
			took = append(took, told)
		}
		if err != nil {
			failed, errs = true, append(errs, err)
		}
	}
	return took, errs
}

// undo tells the hooks that have taken a change that it is gone, last first.
func (e *Engine) undo(took, prepare []dispatch.Call, round dispatch.Round) (errs []error) {
	ctx := rt.ContextWithRevision(e.ctx, e.now().Revision)
	failed := func(err error) {
		errs = append(errs, &rt.RollbackError{Kept: e.now().ID, Cause: err})
	}
	for _, told := range slices.Backward(took) {
		back := round
		back.Changes = reversed(told.Changes())
		if _, err := e.caller.Call(ctx, told, back); err != nil {
			failed(err)
		}
	}
	for _, asked := range slices.Backward(prepare) {
		prepared, err := e.caller.Prepare(ctx, []dispatch.Call{asked}, round)
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
	if h.Pattern != nil {
		round.Changes = e.observers.Current(h, now.snapshot)
	}
	if h.Observer {
		e.observers.TellOne(ctx, h, round)
		return
	}
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
	for _, told := range calls {
		_, err := e.caller.Call(ctx, told, round)
		e.initialFailed(err)
	}
}

// initialFailed tells of a hook that failed on the value in force, which it
// cannot refuse any more.
func (e *Engine) initialFailed(err error) {
	if err != nil && e.ctx.Err() == nil {
		e.noteHooks(err, "a hook failed on the value in force")
	}
}

// reversed are changes as they are told on the way back.
func reversed(changes rt.Changes) rt.Changes {
	back := slices.Clone(changes)
	for i := range back {
		c := &back[i]
		c.Old, c.New = c.New, c.Old
		switch c.Kind {
		case rt.Added:
			c.Kind = rt.Removed
		case rt.Removed:
			c.Kind = rt.Added
		}
	}
	slices.Reverse(back)
	return back
}
