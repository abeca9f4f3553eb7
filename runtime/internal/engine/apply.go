package engine

import (
	"errors"
	"slices"
	"time"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"

	rt "github.com/hotbind/hotbind/runtime"
)

// apply puts what the sources hold into force. The caller holds the turn.
func (e *Engine) apply(c contents, cause rt.Cause) (rt.ReloadResult, error) {
	start := time.Now()
	if e.isInForce(c.signature) {
		e.recovered(c.signature)
		return rt.ReloadResult{Revision: e.now().Revision, Duration: time.Since(start)}, nil
	}
	snapshot, warnings, err := e.candidate(c)
	if err != nil {
		return e.refused(c.signature, err, start)
	}
	before := e.now()
	delta := e.program.Diff(before.snapshot, snapshot)
	if delta == nil {
		// Other bytes, the same configuration.
		e.recovered(c.signature)
		return rt.ReloadResult{Revision: before.Revision, Warnings: warnings, Duration: time.Since(start)}, nil
	}
	after := e.newEntry(snapshot, cause)
	undone, err := e.transition(before, after, delta, c.signature)
	if err != nil {
		result, err := e.refused(c.signature, err, start)
		result.RolledBack = undone
		return result, err
	}
	result := rt.ReloadResult{
		Revision: after.Revision, Changed: true, Warnings: warnings,
		Changes: e.program.Changes(delta), Duration: time.Since(start),
	}
	e.accepted(c.signature, result)
	return result, nil
}

// transition takes the configuration from before to after: prepare, swap,
// commit, hooks. When a hook fails all of it is undone, unless the options keep
// it, and the error says why. Undone reports whether after was in force at all.
func (e *Engine) transition(before, after entry, delta *dispatch.Delta, s signature) (undone bool, err error) {
	prepare, calls := split(e.hooks.Match(nil, delta))
	round := dispatch.Round{Old: before.snapshot, New: after.snapshot}
	prepared, err := e.caller.Prepare(e.ctx, prepare, round)
	if err != nil {
		return false, err
	}
	old := e.signatureInForce()
	e.install(after, s)
	errs := prepared.Commit(e.ctx)
	done := 0
	for _, call := range calls {
		if len(errs) > 0 && !e.opts.KeepOnError {
			break
		}
		if err := e.caller.Call(e.ctx, call, round); err != nil {
			errs = append(errs, err)
			continue
		}
		done++
	}
	if len(errs) == 0 {
		e.remember(after)
		return false, nil
	}
	if e.opts.KeepOnError {
		e.remember(after)
		e.warn("a hook failed and its change stays in force", errors.Join(errs...))
		return false, nil
	}
	e.install(before, old)
	errs = append(errs, e.undo(calls[:done], prepare, dispatch.Round{Old: after.snapshot, New: before.snapshot})...)
	return true, errors.Join(errs...)
}

// undo tells the hooks that were told of a change that it is gone, last first.
func (e *Engine) undo(calls, prepare []dispatch.Call, round dispatch.Round) (errs []error) {
	for _, call := range slices.Backward(calls) {
		if err := e.caller.Call(e.ctx, call, round); err != nil {
			errs = append(errs, &rt.RollbackError{Kept: e.now().ID, Cause: err})
		}
	}
	for _, call := range slices.Backward(prepare) {
		prepared, err := e.caller.Prepare(e.ctx, []dispatch.Call{call}, round)
		if err != nil {
			errs = append(errs, &rt.RollbackError{Kept: e.now().ID, Cause: err})
			continue
		}
		for _, err := range prepared.Commit(e.ctx) {
			errs = append(errs, &rt.RollbackError{Kept: e.now().ID, Cause: err})
		}
	}
	return errs
}

// split tells the hooks that prepare from those that are called after the swap.
func split(calls []dispatch.Call) (prepare, after []dispatch.Call) {
	for _, call := range calls {
		if call.Hook.Prepare != nil {
			prepare = append(prepare, call)
		} else {
			after = append(after, call)
		}
	}
	return prepare, after
}

func (e *Engine) isInForce(s signature) bool { return e.signatureInForce() == s }

func (e *Engine) signatureInForce() signature {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.force
}

// alreadyJudged reports whether s was looked at before and nothing changed since.
func (e *Engine) alreadyJudged(s signature) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.judged == s
}

// remember keeps a revision for a rollback.
func (e *Engine) remember(ent entry) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.history = append(e.history, ent)
	if over := len(e.history) - e.opts.MaxRevisions; over > 0 {
		e.history = slices.Delete(e.history, 0, over)
	}
}

// recovered notes that what is in force is what the sources say.
func (e *Engine) recovered(s signature) {
	e.mu.Lock()
	was := e.status.LastError
	e.status.LastError, e.status.LastReload = nil, time.Now()
	e.force, e.judged = s, s
	id := e.current.ID
	e.mu.Unlock()
	if was != nil {
		e.opts.Logger.Info("configuration is good again", "revision", id)
	}
}

func (e *Engine) accepted(s signature, r rt.ReloadResult) {
	e.mu.Lock()
	e.judged = s
	e.status.LastError, e.status.LastReload = nil, time.Now()
	e.status.Reloads++
	e.mu.Unlock()
	e.logWarnings(r.Warnings)
	e.opts.Logger.Info("configuration reloaded", "revision", r.Revision.ID, "cause", string(r.Revision.Cause),
		"changes", changeList(r.Changes), "duration", r.Duration)
}

// refused records why a candidate is not in force. The same reason twice in a
// row is one report.
func (e *Engine) refused(s signature, cause error, start time.Time) (rt.ReloadResult, error) {
	e.mu.Lock()
	err := &rt.ReloadError{Kept: e.current.ID, Cause: cause}
	repeated := e.status.LastError != nil && e.status.LastError.Error() == err.Error()
	e.status.LastError, e.status.LastReload = err, time.Now()
	e.status.Refusals++
	e.judged = s
	revision := e.current.Revision
	e.mu.Unlock()
	duration := time.Since(start)
	if !repeated {
		e.opts.Logger.Error("configuration refused", "kept", revision.ID, "error", cause.Error(), "duration", duration)
	}
	return rt.ReloadResult{Revision: revision, Duration: duration}, err
}

func (e *Engine) warn(message string, err error) {
	e.mu.Lock()
	e.status.LastWarning = err
	e.mu.Unlock()
	e.opts.Logger.Warn(message, "error", err.Error())
}

func (e *Engine) logWarnings(findings document.Findings) {
	for i, f := range findings {
		if i == document.Shown {
			e.opts.Logger.Warn("more warnings about the configuration", "count", len(findings)-i)
			return
		}
		e.opts.Logger.Warn("configuration", "finding", f.String())
	}
}

// changeList is the changes as a log has them, the first few and a count.
func changeList(changes []rt.ValueChange) []string {
	const most = 10
	var list []string
	for i, c := range changes {
		if i == most {
			return append(list, "…")
		}
		list = append(list, c.String())
	}
	return list
}

// callInitial tells a hook of the value in force. The caller holds the turn.
func (e *Engine) callInitial(h *dispatch.Hook) {
	round := dispatch.Round{New: e.now().snapshot}
	calls := []dispatch.Call{{Hook: h}}
	if h.Entries != nil {
		calls = calls[:0]
		for _, key := range h.Entries(round.New) {
			calls = append(calls, dispatch.Call{Hook: h, Key: key})
		}
	}
	for _, call := range calls {
		if err := e.caller.Call(e.ctx, call, round); err != nil {
			e.warn("a hook failed on the value in force", err)
		}
	}
}
