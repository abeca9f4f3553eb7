package engine

import (
	"errors"
	"slices"
	"time"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/journal"
	"github.com/hotbind/hotbind/runtime/internal/load"

	rt "github.com/hotbind/hotbind/runtime"
)

// A judgement is what is known of the content of the sources, under Engine.mu. What
// was said of content outlives a time in which the sources cannot be read: the
// same bytes are not tried again afterwards.
type judgement struct {
	judged  load.Signature    // the content that was looked at last
	parts   []load.Signature  // of its layers
	refusal error             // why it was refused; nil: it was not
	verdict error             // why it is not in force; nil: it is
	waits   bool              // it is tried again when a hook has returned that hangs
	retried load.Signature    // the content that was tried again for that reason last
	unread  error             // why the sources cannot be read now; nil: they can
	told    string            // the error that was logged last, as long as it holds
	warned  document.Findings // the warnings about what is in force
}

// err is why the newest content is not in force.
func (c *judgement) err() error {
	if c.unread != nil {
		return c.unread
	}
	return c.verdict
}

func (e *Engine) isInForce(s load.Signature) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.current.content == s
}

// isJudged reports whether s is the content that was looked at last.
func (e *Engine) isJudged(s load.Signature) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.judgement.judged == s
}

// isNews reports whether what the poll read, or why it could not, was not known
// yet.
func (e *Engine) isNews(s load.Signature, err error) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch unread := e.judgement.unread; {
	case unread == nil:
		return err != nil || e.judgement.judged != s
	default:
		return err == nil || errors.Unwrap(unread).Error() != err.Error()
	}
}

// goodSince notes that what is in force is what the sources say; before it may
// have been something else.
func (e *Engine) goodSince(s load.Signature, files load.FileState) (recovered bool) {
	defer e.journal.Note(journal.Good{})
	e.mu.Lock()
	defer e.mu.Unlock()
	recovered = e.judgement.err() != nil
	e.judgement = judgement{judged: s, parts: e.judgement.parts, warned: e.judgement.warned}
	e.current.content, e.files = s, files
	return recovered
}

// attemptOf is the attempt to put content of the sources into force.
func (e *Engine) attemptOf(c load.Content, request journal.Request, start time.Time) attempt {
	state, altered := e.fileState(c)
	return attempt{content: c.Signature, files: e.loader.Files(c), state: state, altered: altered, request: request, start: start}
}

// fileState compares the files of content with those that were good last.
func (e *Engine) fileState(c load.Content) (now load.FileState, altered []string) {
	e.mu.Lock()
	before := e.files
	e.mu.Unlock()
	return e.loader.FileState(c, before)
}

// unchanged notes that the sources hold what was judged before, and logs if they
// could not be read since.
func (e *Engine) unchanged() {
	e.mu.Lock()
	was, verdict := e.judgement.unread, e.judgement.verdict
	e.judgement.unread, e.judgement.told = nil, ""
	if verdict != nil {
		e.judgement.told = verdict.Error()
	}
	id := e.current.ID
	e.mu.Unlock()
	switch {
	case was == nil:
	case verdict == nil:
		e.journal.Note(journal.Good{})
		e.journal.Note(journal.Recovered{Revision: id})
	default:
		e.journal.Note(journal.StillRefused{Kept: id, Cause: verdict})
	}
}

// refused records why content is not in force.
func (e *Engine) refused(a attempt, cause error) (rt.ReloadResult, error) {
	return e.report(cause, a, func(c *judgement, err error) { c.refuse(a.content, cause, err) })
}

// waitingFor records that content is not in force because hooks hang that it
// concerns. It is tried again when they have returned, but only once: a hook that
// waits for a reload returns when that is refused, and would hang again each time.
func (e *Engine) waitingFor(a attempt, cause error) (rt.ReloadResult, error) {
	return e.report(cause, a, func(c *judgement, err error) {
		// A retry that another hook stands in the way of was none.
		waits := c.waits || a.content != c.retried
		c.refuse(a.content, cause, err)
		c.waits = waits
	})
}

func (c *judgement) refuse(s load.Signature, cause, verdict error) {
	c.judged, c.refusal, c.verdict, c.unread, c.waits = s, cause, verdict, nil, false
}

// unreadable records why the sources cannot be read.
func (e *Engine) unreadable(cause error, a attempt) (rt.ReloadResult, error) {
	e.settlePending(a.start) // the error says more of them now
	e.mu.Lock()
	e.lastRead = load.Content{} // which of them have changed is known no more
	e.mu.Unlock()
	return e.report(cause, a, func(c *judgement, err error) { c.unread = err })
}

// report notes why what the sources say is not in force, and reports it.
func (e *Engine) report(cause error, a attempt, note func(*judgement, error)) (rt.ReloadResult, error) {
	e.mu.Lock()
	err := &rt.ReloadError{Kept: e.current.ID, Cause: cause}
	note(&e.judgement, err)
	a.again = e.judgement.told == err.Error()
	e.judgement.told = err.Error()
	revision := e.current.Revision
	e.mu.Unlock()
	return rt.ReloadResult{Revision: revision, Changes: a.changes, Duration: e.refusal(revision.ID, cause, a)}, err
}

// sameValue notes content that says what is in force already.
func (e *Engine) sameValue(a attempt) {
	id := e.now().ID
	if e.goodSince(a.content, a.state) {
		e.journal.Note(journal.Recovered{Revision: id})
	}
	e.journal.Note(journal.Unchanged{Duration: time.Since(a.start)})
}

// refusal reports a request that was refused, and returns how long it took.
func (e *Engine) refusal(kept rt.RevisionID, cause error, a attempt) time.Duration {
	duration := time.Since(a.start)
	e.journal.Note(journal.Refused{
		Request: a.request, Kept: kept, Cause: cause, Undone: a.undone, Again: a.again,
		Changes: a.changes, Files: a.altered, Metadata: a.metadata, Duration: duration,
	})
	e.noteHooks(cause, "")
	var err error = &rt.ReloadError{Kept: kept, Cause: cause}
	if a.request == journal.Rollback {
		err = &rt.RollbackError{Kept: kept, Cause: cause}
	}
	e.tellRefusal(err, a.changes)
	return duration
}

// reloaded reports a new revision, and says what became of what was asked for.
func (e *Engine) reloaded(before rt.Revision, after entry, v verdict, a attempt) rt.ReloadResult {
	r := rt.ReloadResult{
		Revision: after.Revision, Changed: true, Warnings: v.candidate.Warnings, PendingRestart: v.candidate.pendingRestart,
		Changes: a.changes, Duration: time.Since(a.start),
	}
	e.logWarnings(r.Warnings)
	e.applied(before, after, a)
	e.setPendingRestart(r.PendingRestart)
	return r
}

// applied reports a revision that is in force for good.
func (e *Engine) applied(before rt.Revision, after entry, a attempt) {
	e.journal.Note(journal.Applied{
		Request: a.request, Before: before, After: after.Revision, Changes: a.changes, Files: a.altered, Duration: time.Since(a.start),
	})
}

// hookReturned notes that a hook has returned that was left behind. Whether
// content waits for that is known only when the turn comes: somebody may just be
// about to say so.
func (e *Engine) hookReturned() {
	e.enqueue(func(q *queue) { q.retry = true })
}

// retry tries again the content that waits for hooks to return.
func (e *Engine) retry() {
	if e.take(e.ctx) != nil {
		return
	}
	defer e.yield()
	e.mu.Lock()
	waits := e.judgement.waits
	if waits {
		e.judgement.retried = e.judgement.judged
	}
	e.mu.Unlock()
	if waits {
		e.readAndApply(e.ctx, journal.FileChange, rt.ReloadOptions{})
	}
}

// logWarnings logs those that the revision before did not have.
func (e *Engine) logWarnings(findings document.Findings) {
	e.mu.Lock()
	before := e.judgement.warned
	e.judgement.warned = findings
	e.mu.Unlock()
	load.Tell(slices.DeleteFunc(slices.Clone(findings), func(f document.Finding) bool { return slices.Contains(before, f) }), e.warn)
}

// warn logs a warning.
func (e *Engine) warn(text string, attrs ...any) { e.journal.Note(journal.Warn(text, attrs...)) }
