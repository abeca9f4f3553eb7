package engine

import (
	"context"
	"errors"
	"runtime/debug"
	"slices"
	"time"

	"github.com/hotbind/hotbind/runtime/audit"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/internal/journal"
	"github.com/hotbind/hotbind/runtime/internal/load"

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
func (e *Engine) judge(c load.Content, force bool) verdict {
	if e.isInForce(c.Signature) {
		return verdict{inForce: true}
	}
	made, err := e.candidate(c)
	if err != nil {
		return verdict{err: err}
	}
	v := e.compare(made, !force && !e.opts.SkipValidators)
	if force && v.delta != nil && !e.opts.SkipValidators {
		e.journal.Note(journal.Warn("the validators are skipped: the reload is forced"))
	}
	return v
}

// compare finds out what differs from what is in force, and with validate has the
// validators look at it.
func (e *Engine) compare(c *candidate, validate bool) (v verdict) {
	// The program runs code of the application for types named by x-go-type.
	defer func() {
		if r := recover(); r != nil {
			v = verdict{err: &rt.PanicError{Value: r, Stack: debug.Stack()}}
		}
	}()
	v.candidate = c
	v.delta = e.program.Diff(e.now().snapshot, c.Snapshot)
	if validate && v.delta != nil {
		v.err = e.validate(c, v.delta)
	}
	return v
}

// An attempt is what is tried to be put into force, and why.
type attempt struct {
	content load.Signature // of the sources it was made from
	files   []rt.FileContent
	state   load.FileState // of the sources; nil: they have no part in it
	altered []string       // the files that differ from what was good last
	// restores is, for a rollback, the revision whose value is put into force.
	restores rt.RevisionID
	request  journal.Request
	start    time.Time
	// What the records say of it:
	metadata map[string]string
	changes  rt.Changes // as far as they are known
	undone   bool       // it was in force
	again    bool       // the log says so already
}

// apply puts what was judged into force. The caller holds the turn since before
// it was.
func (e *Engine) apply(ctx context.Context, a attempt, v verdict) (rt.ReloadResult, error) {
	before := e.now()
	unchanged := rt.ReloadResult{Revision: before.Revision, Duration: time.Since(a.start)}
	a.metadata, a.changes = rt.MetadataFrom(ctx), v.delta.Changes("")
	if v.candidate != nil {
		e.noteMigrated(v.candidate.Migrated)
	}
	switch {
	case errors.Is(v.err, rt.ErrClosed):
		return unchanged, v.err
	case v.err != nil:
		return e.refused(a, v.err)
	case v.inForce:
		e.sameValue(a)
		unchanged.PendingRestart = e.pendingRestart()
		return unchanged, nil
	case v.delta == nil:
		e.sameValue(a)
		e.adopt(v.candidate)
		unchanged.PendingRestart, unchanged.Warnings = v.candidate.pendingRestart, v.candidate.Warnings
		return unchanged, nil
	}
	if err := e.hanging(v.delta); err != nil {
		return e.waitingFor(a, err)
	}
	var result rt.ReloadResult
	undone, err := e.put(ctx, v, a, func(after entry) {
		recovered := e.goodSince(a.content, a.state)
		result = e.reloaded(before.Revision, after, v, a)
		if recovered {
			e.journal.Note(journal.Recovered{Revision: after.ID, Reloaded: true})
		}
	})
	switch {
	case errors.Is(err, rt.ErrClosed):
		unchanged.RolledBack = undone
		return unchanged, err
	case err != nil:
		a.undone = undone
		result, err := e.refused(a, err)
		result.RolledBack = undone
		return result, err
	}
	result.Duration = time.Since(a.start)
	return result, nil
}

// put makes a revision of a candidate that differs from what is in force. When nothing
// can undo it any more, done tells of it; then observers are told, and it is kept.
func (e *Engine) put(ctx context.Context, v verdict, a attempt, done func(after entry)) (undone bool, err error) {
	before := e.now()
	after := e.newEntry(ctx, v.candidate, a.content, a.request.Cause())
	after.Restores = a.restores
	observers, undone, err := e.transition(before, after, v.delta, a)
	if err != nil {
		return undone, err
	}
	done(after)
	round := dispatch.Round{Old: before.snapshot, New: after.snapshot, Delta: v.delta}
	e.tellObservers(rt.ContextWithRevision(e.ctx, after.Revision), observers, round)
	e.keep(after, a.files)
	return false, nil
}

// adopt notes where the value in force comes from now: the same value may be
// written elsewhere.
func (e *Engine) adopt(c *candidate) {
	e.mu.Lock()
	e.current.origin = c.Origin
	e.mu.Unlock()
	e.setPendingRestart(c.pendingRestart)
}

// hanging is the error for hooks that would fail on the change delta because they
// have not returned from an earlier one. What is known to fail is not put into
// force: readers would see it come and go, and other hooks hear of it, for nothing.
func (e *Engine) hanging(delta *dispatch.Delta) error {
	return e.hooks.Hanging(delta, !e.opts.KeepOnError)
}

// transition takes the configuration from before to after: prepare, record, swap,
// commit, hooks. When a hook fails all of it is undone, unless the options keep
// it, and the error says why. Undone reports whether after was in force at all.
// The observers are to be told when nothing can undo it any more.
func (e *Engine) transition(before, after entry, delta *dispatch.Delta, a attempt) (observers []dispatch.Call, undone bool, err error) {
	ctx := rt.ContextWithRevision(e.ctx, after.Revision)
	round := dispatch.Round{Old: before.snapshot, New: after.snapshot, Delta: delta}
	prepare := e.hooks.Preparing(delta)
	prepared, err := e.caller.Prepare(ctx, prepare, round)
	if err == nil {
		if err = e.admit(before.ID, after.Revision, a); err != nil {
			err = errors.Join(append([]error{err}, prepared.Abort(ctx)...)...)
		}
	}
	if err != nil {
		if e.ctx.Err() != nil {
			err = rt.ErrClosed
		}
		return nil, false, err
	}
	e.journal.Note(journal.Swapped{})
	calls := e.hooks.Telling(delta, func() { e.install(after) })
	calls, observers = dispatch.Observers(calls)
	errs := prepared.Commit(ctx)
	took, failed := e.callHooks(ctx, calls, round, len(errs) > 0)
	errs = append(errs, failed...)
	switch {
	case len(errs) == 0:
	case e.ctx.Err() != nil:
		e.install(before)
		return nil, true, rt.ErrClosed
	case e.opts.KeepOnError:
		e.noteHooks(errors.Join(errs...), "a hook failed and its change stays in force")
	default:
		e.install(before)
		errs = append(errs, e.undo(took, prepare, dispatch.Round{Old: after.snapshot, New: before.snapshot})...)
		return nil, true, errors.Join(errs...)
	}
	return observers, false, nil
}

// admit records that a revision comes into force. What is not on record is refused.
func (e *Engine) admit(before rt.RevisionID, after rt.Revision, a attempt) error {
	return e.journal.Admit(audit.Record{
		Decision: a.request.Decision(), Cause: after.Cause, Revision: after.ID, Previous: before, Metadata: after.Metadata,
		Files: namesOf(a.files), Changes: a.changes,
	})
}

// callHooks calls hooks in order, and stops at the first that fails, unless failures
// are kept. It returns those that have taken the change.
func (e *Engine) callHooks(ctx context.Context, calls []dispatch.Call, round dispatch.Round, failed bool) (took []dispatch.Call, errs []error) {
	for _, call := range calls {
		if failed && !e.opts.KeepOnError {
			break
		}
		ok, err := e.caller.Call(ctx, call, round)
		if ok {
			took = append(took, call)
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
	for _, call := range slices.Backward(took) {
		back := round
		back.Changes = reversed(call.Changes())
		if _, err := e.caller.Call(ctx, call, back); err != nil {
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

// callInitial tells a hook with a pattern of the values in force, which it cannot
// refuse any more. The caller holds the turn.
func (e *Engine) callInitial(h *dispatch.Hook) {
	now := e.now()
	ctx := rt.ContextWithRevision(e.ctx, now.Revision)
	round := dispatch.Round{New: now.snapshot, Changes: e.currentOf(h)}
	if h.Observer {
		e.tellObserver(ctx, h, round, patience)
		return
	}
	if _, err := e.caller.Call(ctx, dispatch.Call{Hook: h}, round); err != nil && e.ctx.Err() == nil {
		e.noteHooks(err, "a hook failed on the value in force")
	}
}
