package engine

import (
	"context"
	"slices"

	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/internal/seam"

	rt "github.com/hotbind/hotbind/runtime"
)

// A revisionContext is the context of hooks that are called for a revision.
type revisionContext struct {
	context.Context
	revision rt.Revision
}

func (c *revisionContext) Value(key any) any {
	if key == (seam.RevisionKey{}) {
		return c.revision
	}
	return c.Context.Value(key)
}

// contextFor returns a context for hooks that are called for a revision.
func (e *Engine) contextFor(r rt.Revision) context.Context { return &revisionContext{e.ctx, r} }

// callHooks calls hooks in order, and stops at the first that fails, unless failures
// are kept. It returns those that have taken the change, in the array of calls.
func (e *Engine) callHooks(ctx context.Context, calls []dispatch.Call, round dispatch.Round, failed bool) (took []dispatch.Call, errs []error) {
	took = calls[:0]
	for _, one := range calls {
		if failed && !e.opts.KeepOnError {
			break
		}
		ok, err := e.caller.Call(ctx, one, round)
		if ok {
			took = append(took, one)
		}
		if err != nil {
			failed, errs = true, append(errs, err)
		}
	}
	return took, errs
}

// undo notifies the hooks that have taken a change that it is undone, last first.
func (e *Engine) undo(took, prepare []dispatch.Call, round dispatch.Round) (errs []error) {
	ctx := e.contextFor(e.now().Revision)
	failed := func(err error) {
		errs = append(errs, &rt.RollbackError{Kept: e.now().ID, Cause: err})
	}
	for _, one := range slices.Backward(took) {
		back := round
		back.Changes = dispatch.Reversed(one.Changes())
		if _, err := e.caller.Call(ctx, one, back); err != nil {
			failed(err)
		}
	}
	for _, one := range slices.Backward(prepare) {
		prepared, err := e.caller.Prepare(ctx, []dispatch.Call{one}, round)
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

// callInitial calls a hook with a pattern for the values in force, which it can no longer
// refuse. The caller holds the turn.
func (e *Engine) callInitial(h *dispatch.Hook) {
	now := e.now()
	ctx := e.contextFor(now.Revision)
	round := dispatch.Round{New: now.snapshot, Changes: e.observers.Current(h, now.snapshot)}
	if h.Observer {
		e.observers.NotifyOne(ctx, h, round)
		return
	}
	if _, err := e.caller.Call(ctx, dispatch.Call{Hook: h}, round); err != nil && e.ctx.Err() == nil {
		e.journal.NoteHooks(err, "a hook failed on the value in force")
	}
}

// addCurrent registers a hook with a pattern and calls it for the values in force, with
// no transition in between. It does nothing if the engine is closed.
func (e *Engine) addCurrent(h *dispatch.Hook) {
	if e.take(context.Background()) != nil {
		return
	}
	defer e.yield()
	e.hooks.Add(h)
	e.callInitial(h)
}

// addLater is addCurrent for a caller that may be inside a hook: the hook is first called
// in the next turn, and not before.
func (e *Engine) addLater(h *dispatch.Hook) {
	if e.inside(context.Background()) {
		e.enqueue(func(q *queue) { q.initial = append(q.initial, h) })
		return
	}
	e.addCurrent(h)
}
