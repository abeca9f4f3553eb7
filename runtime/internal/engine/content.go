package engine

import (
	"errors"
	"slices"
	"time"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/journal"
	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/internal/seam"

	rt "github.com/hotbind/hotbind/runtime"
)

// A judgement is the engine's knowledge about the content of the sources. Engine.mu
// guards it. A verdict about content survives a time in which the sources cannot be read:
// the same bytes are not tried again afterwards.
type judgement struct {
	judged  load.Signature    // the content that was judged last
	refusal error             // why it was refused; nil: it was not
	verdict error             // why it is not in force; nil: it is
	waits   bool              // it is tried again when a hook has returned that hangs
	retried load.Signature    // the content that was tried again for that reason last
	unread  error             // why the sources cannot be read now; nil: they can
	logged  string            // the error that was logged last, as long as it holds
	warned  document.Findings // the warnings about the revision in force
}

// err returns the error that keeps the newest content out of force.
func (c *judgement) err() error {
	if c.unread != nil {
		return c.unread
	}
	return c.verdict
}

// wasRead records the content that was read last; zero: unknown.
func (e *Engine) wasRead(c load.Content) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lastRead = c
}

// read returns the content that wasRead recorded last.
func (e *Engine) read() load.Content {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.lastRead
}

func (e *Engine) isInForce(s load.Signature) bool { return e.now().content.Equal(s) }

// isJudged reports whether s is the content that was judged last.
func (e *Engine) isJudged(s load.Signature) bool {
	judged, _ := e.lastJudged()
	return judged.Equal(s)
}

// isNews reports whether the poll's content or error is new.
func (e *Engine) isNews(s load.Signature, err error) bool {
	switch judged, unread := e.lastJudged(); {
	case unread == nil:
		return err != nil || !judged.Equal(s)
	default:
		return err == nil || errors.Unwrap(unread).Error() != err.Error()
	}
}

// lastJudged returns the content that was judged last, and why the sources cannot be read
// now.
func (e *Engine) lastJudged() (judged load.Signature, unread error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.judgement.judged, e.judgement.unread
}

// goodSince records that the content of the sources is in force. It reports whether it
// was not before.
func (e *Engine) goodSince(c load.Content) (recovered bool) {
	defer e.journal.Note(journal.Good{})
	e.mu.Lock()
	defer e.mu.Unlock()
	recovered = e.judgement.err() != nil
	e.judgement = judgement{judged: c.Signature(), warned: e.judgement.warned}
	e.current.content, e.good = c.Signature(), c
	return recovered
}

// changedFiles returns the files of c that differ from those that were good last.
func (e *Engine) changedFiles(c load.Content) []string {
	e.mu.Lock()
	good := e.good
	e.mu.Unlock()
	return e.loader.ChangedFiles(good, c)
}

// sameContent records that the sources hold the content that was judged before. It logs
// if they could not be read in between.
func (e *Engine) sameContent() {
	e.mu.Lock()
	was, verdict := e.judgement.unread, e.judgement.verdict
	e.judgement.unread, e.judgement.logged = nil, ""
	if verdict != nil {
		e.judgement.logged = verdict.Error()
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

// refuse records why content is not in force.
func (c *judgement) refuse(s load.Signature, cause, verdict error) {
	c.judged, c.refusal, c.verdict, c.unread, c.waits = s, cause, verdict, nil, false
}

// hang is refuse for content that concerns hooks which have not returned. It is tried
// again when they have returned, but only once: a hook that waits for a reload returns
// when that is refused, and would hang again each time.
func (c *judgement) hang(s load.Signature, cause, verdict error) {
	// A retry that another hook blocked does not count.
	waits := c.waits || !s.Equal(c.retried)
	c.refuse(s, cause, verdict)
	c.waits = waits
}

// unreadable reports why the sources cannot be read, for a request.
func (e *Engine) unreadable(cause error, a attempt) (rt.ReloadResult, error) {
	e.settlePending(a.start) // the error covers the pending changes
	now := e.now().Revision
	err := &rt.ReloadError{Kept: now.ID, Cause: cause}
	a.again = e.blame(err, func(j *judgement) { j.unread = err })
	e.wasRead(load.Content{}) // it is unknown now which of them have changed
	e.refused(a, err, cause)
	return rt.ReloadResult{Revision: now, Duration: time.Since(a.start)}, err
}

// blame records why the content of the sources is not in force. It reports whether the
// log has the same error already.
func (e *Engine) blame(err error, note func(*judgement)) (again bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	note(&e.judgement)
	again = e.judgement.logged == err.Error()
	e.judgement.logged = err.Error()
	return again
}

// hookReturned records that an abandoned hook has returned. Whether content waits for it
// is decided in the next turn: a request in progress may be about to record that.
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
		e.readAndApply(e.ctx, journal.FileChange, seam.Request{})
	}
}

// logWarnings logs the findings that the previous revision did not have.
func (e *Engine) logWarnings(findings document.Findings) {
	e.mu.Lock()
	before := e.judgement.warned
	e.judgement.warned = findings
	e.mu.Unlock()
	load.Warn(slices.DeleteFunc(slices.Clone(findings), func(f document.Finding) bool { return slices.Contains(before, f) }), e.warn)
}

// warn logs a warning.
func (e *Engine) warn(text string, attrs ...any) { e.journal.Note(journal.Warn(text, attrs...)) }
