package engine

import (
	"context"
	"errors"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/call"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/internal/journal"
	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/internal/observe"
	"github.com/hotbind/hotbind/runtime/internal/seam"
	"github.com/hotbind/hotbind/runtime/source"

	rt "github.com/hotbind/hotbind/runtime"
)

// A verdict is the result of judging content, before hooks are called.
type verdict struct {
	inForce   bool // the same bytes are in force
	candidate *candidate
	delta     *dispatch.Delta // nil if nothing differs from the revision in force
	forced    bool            // validators were not called
	err       error
}

// judge determines what applying content would change. The caller holds the turn.
func (e *Engine) judge(c load.Content, force bool) verdict {
	if e.isInForce(c.Signature()) {
		return verdict{inForce: true}
	}
	made, err := e.candidate(c)
	if err != nil {
		return verdict{err: err}
	}
	return e.compare(made, force)
}

// compare compares a candidate with the revision in force and calls the validators, unless
// the request is forced.
func (e *Engine) compare(c *candidate, force bool) verdict {
	v := verdict{candidate: c, forced: force}
	// The program runs code of the application for types named by x-go-type.
	v.err = call.Guard(func() error {
		v.delta = e.program.DiffAfter(e.now().snapshot, c.Memory)
		if v.delta == nil || force {
			return nil
		}
		return e.validate(c, v.delta)
	})
	return v
}

// An attempt describes what is being put into force, and why.
type attempt struct {
	request journal.Request
	start   time.Time
	content load.Signature // of the sources it was made from
	read    load.Content   // their content; empty: the attempt does not involve them
	files   []source.File
	altered []string // the files that differ from the last good ones
	// restores is, for a rollback, the revision whose value is put into force.
	restores rt.RevisionID
	// The fields below are for the records:
	metadata map[string]string
	changes  rt.Changes // if known
	undone   bool       // it was in force
	quiet    bool       // do not notify observers of its refusal
	again    bool       // the log has the same error already
	moved    bool       // the request is for another revision than the one in force; the sources were not read
}

// attempt returns a new attempt for the caller with ctx.
func (e *Engine) attempt(ctx context.Context, request journal.Request) attempt {
	return attempt{request: request, start: time.Now(), metadata: seam.Metadata(ctx), quiet: observe.IsQuiet(ctx)}
}

// of returns a for an attempt to put content of the sources into force.
func (e *Engine) of(a attempt, c load.Content) attempt {
	a.content, a.read, a.files = c.Signature(), c, e.loader.Files(c)
	a.altered = e.changedFiles(c)
	return a
}

// apply puts a judged candidate into force, or refuses it. It serves every request;
// unchanged, refuse and inForce handle their differences. The caller has held the turn
// since before the judging.
func (e *Engine) apply(ctx context.Context, a attempt, v verdict) (result rt.ReloadResult, err error) {
	defer func() { result.Duration = time.Since(a.start) }()
	a.changes = v.delta.Changes("")
	if v.candidate != nil {
		e.journal.NoteMigrated(v.candidate.Migrated)
	}
	var hanging bool
	switch {
	case v.err != nil:
		err = v.err
	case v.inForce, v.delta == nil && a.request != journal.Rollback: // which makes a revision anyway
		return e.unchanged(a, v), nil
	default:
		if v.forced {
			e.journal.Note(journal.Warn("validators skipped: the request is forced"))
		}
		err = e.hanging(v.delta)
		hanging = err != nil
	}
	if err == nil {
		a.undone, err = e.put(ctx, v, a, func(before, after entry) { result = e.inForce(before, after, v, a) })
	}
	switch {
	case err == rt.ErrClosed: // not that of another configuration, which a hook may return
		return rt.ReloadResult{Revision: e.now().Revision, RolledBack: a.undone}, err
	case err != nil:
		return rt.ReloadResult{Revision: e.now().Revision, Changes: a.changes, RolledBack: a.undone}, e.refuse(a, err, hanging)
	}
	return result, nil
}

// unchanged reports that the judged content is in force already.
func (e *Engine) unchanged(a attempt, v verdict) rt.ReloadResult {
	if a.request.OfSources() {
		id := e.now().ID
		if e.goodSince(a.read) {
			e.journal.Note(journal.Recovered{Revision: id})
		}
		e.keepGood(a.read)
	}
	e.journal.Note(journal.Unchanged{Duration: time.Since(a.start)})
	result := rt.ReloadResult{Revision: e.now().Revision}
	if v.candidate == nil {
		result.PendingRestart = e.pendingRestart()
		return result
	}
	e.adopt(v.candidate)
	result.PendingRestart, result.Warnings = v.candidate.pendingRestart, v.candidate.Warnings
	return result
}

// inForce reports a revision that is in force for good, and returns the result of the
// request.
func (e *Engine) inForce(before, after entry, v verdict, a attempt) rt.ReloadResult {
	result := rt.ReloadResult{Revision: after.Revision, Changed: true, Changes: a.changes}
	recovered := false
	if a.request == journal.Rollback {
		e.hold(after)
	} else {
		recovered = a.request.OfSources() && e.goodSince(a.read)
		result.Warnings, result.PendingRestart = v.candidate.Warnings, v.candidate.pendingRestart
		e.logWarnings(result.Warnings)
	}
	e.applied(before.Revision, after, a)
	if a.request != journal.Rollback {
		e.setPendingRestart(result.PendingRestart)
	}
	if recovered {
		e.journal.Note(journal.Recovered{Revision: after.ID, Reloaded: true})
	}
	e.keepGood(a.read)
	return result
}

// keepGood saves the content of sources that follow a store, because it is in force.
func (e *Engine) keepGood(c load.Content) {
	for _, err := range e.loader.KeepGood(c) {
		e.warn(load.NotKept, "error", err.Error())
	}
}

// applied reports a revision that is in force for good.
func (e *Engine) applied(before rt.Revision, after entry, a attempt) {
	e.journal.Note(journal.Applied{
		Request: a.request, Before: before, After: after.Revision, Changes: a.changes, Files: a.altered, Duration: time.Since(a.start),
	})
}

// refuse reports that a request is refused, and returns its error. Only requests about
// the sources affect the judgement of their content. Hanging is set if hooks have not
// returned from an earlier call.
func (e *Engine) refuse(a attempt, cause error, hanging bool) error {
	kept := e.now().ID
	var err error = &rt.ReloadError{Kept: kept, Cause: cause}
	switch {
	case a.request == journal.Rollback:
		err = &rt.RollbackError{Kept: kept, Cause: cause}
	case a.moved:
	case a.request.OfSources() && hanging:
		a.again = e.blame(err, func(j *judgement) { j.hang(a.content, cause, err) })
	case a.request.OfSources():
		a.again = e.blame(err, func(j *judgement) { j.refuse(a.content, cause, err) })
	}
	e.refused(a, err, cause)
	return err
}

// refused reports a request that was refused with err.
func (e *Engine) refused(a attempt, err, cause error) {
	e.journal.Note(journal.Refused{
		Request: a.request, Kept: e.now().ID, Cause: cause, Undone: a.undone, Again: a.again, Moved: a.moved,
		Changes: a.changes, Files: a.altered, Metadata: a.metadata, Duration: time.Since(a.start),
	})
	e.journal.NoteHooks(cause, "")
	if !a.quiet {
		e.observers.NotifyRefusal(err, a.changes)
	}
}

// put makes a revision of a candidate. When nothing can undo it any more, put calls done,
// notifies the observers and archives the revision.
func (e *Engine) put(ctx context.Context, v verdict, a attempt, done func(before, after entry)) (undone bool, err error) {
	before := e.now()
	after := e.newEntry(ctx, v.candidate, a.content, a.request.Cause())
	after.Restores = a.restores
	hookCtx := e.contextFor(after.Revision)
	observers, undone, err := e.transition(hookCtx, before, after, v.delta, a)
	if err != nil {
		return undone, err
	}
	done(before, after)
	round := dispatch.Round{Old: before.snapshot, New: after.snapshot, Delta: v.delta}
	e.observers.NotifyRevision(hookCtx, observers, round)
	e.archive.add(after, a.files)
	return false, nil
}

// adopt records the origin of a candidate that has the value in force: the same value may
// come from another place now.
func (e *Engine) adopt(c *candidate) {
	e.mu.Lock()
	e.current.origin, e.current.memory = c.Origin, c.Memory
	e.mu.Unlock()
	e.setPendingRestart(c.pendingRestart)
}

// hanging returns the error for hooks that would fail on the change delta because they
// have not returned from an earlier call. A change that is known to fail is not put into
// force: readers and other hooks would see it come and go for nothing.
func (e *Engine) hanging(delta *dispatch.Delta) error {
	return e.hooks.Hanging(delta, !e.opts.KeepOnError)
}

// transition takes the configuration from before to after: prepare, record, swap, commit,
// hooks. If a hook fails, transition undoes all of it, unless the options keep it, and
// returns the error. Undone reports whether after was in force at all. The caller
// notifies the observers when nothing can undo the transition any more.
func (e *Engine) transition(
	ctx context.Context, before, after entry, delta *dispatch.Delta, a attempt,
) (observers []dispatch.Call, undone bool, err error) {
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
	calls := e.hooks.Swap(delta, func() { e.install(after) })
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
		e.journal.NoteHooks(errors.Join(errs...), "a hook failed and its change stays in force")
	default:
		e.install(before)
		errs = append(errs, e.undo(took, prepare, dispatch.Round{Old: after.snapshot, New: before.snapshot})...)
		return nil, true, errors.Join(errs...)
	}
	return observers, false, nil
}

// admit records in the audit log that a revision comes into force. The policy may refuse
// a revision that cannot be recorded.
func (e *Engine) admit(before rt.RevisionID, after rt.Revision, a attempt) error {
	return e.journal.Admit(rt.AuditRecord{
		Decision: a.request.Decision(), Cause: after.Cause, Revision: after.ID, Previous: before, Metadata: after.Metadata,
		Files: journal.NamesOf(a.files), Changes: a.changes,
	})
}
