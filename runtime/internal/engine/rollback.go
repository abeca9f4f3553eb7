package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/runtime/internal/journal"
	"github.com/hotbind/hotbind/runtime/internal/watch"

	rt "github.com/hotbind/hotbind/runtime"
)

// Rollback implements [rt.Manager].
func (e *Engine) Rollback(ctx context.Context, target rt.RollbackTarget) (rt.RollbackResult, error) {
	if e.ctx.Err() != nil {
		return rt.RollbackResult{}, rt.ErrClosed
	}
	if e.inside(ctx) {
		return e.askRollback(ctx, target)
	}
	if err := e.take(ctx); err != nil {
		return rt.RollbackResult{}, err
	}
	defer e.yield()
	return e.rollback(ctx, target)
}

// askRollback queues a rollback asked for inside a hook. Steps count from the
// revision in force now, which whoever asks wants to leave: when the turn comes to
// it, another hook may have undone that already.
func (e *Engine) askRollback(ctx context.Context, target rt.RollbackTarget) (rt.RollbackResult, error) {
	now := e.now().Revision
	if target.ID() == 0 {
		id, err := e.stepsBack(target.Count())
		if err != nil {
			return rt.RollbackResult{From: now, To: now}, &rt.RollbackError{Kept: now.ID, Cause: err}
		}
		target = rt.To(id)
	}
	metadata := rt.MetadataFrom(ctx)
	if err := e.askLater(request{kind: rollbackRequest, rollback: target, metadata: metadata}); err != nil {
		return rt.RollbackResult{From: now, To: now}, &rt.RollbackError{Kept: now.ID, Cause: err}
	}
	return rt.RollbackResult{From: now, Queued: true}, nil
}

// rollbackAsked does what askRollback has queued, unless the revision is in force
// by now.
func (e *Engine) rollbackAsked(ctx context.Context, target rt.RollbackTarget) {
	if e.take(ctx) != nil {
		return
	}
	defer e.yield()
	if e.now().ID != target.ID() {
		e.rollback(ctx, target)
	}
}

// rollback carries a rollback out. The caller holds the turn.
func (e *Engine) rollback(ctx context.Context, target rt.RollbackTarget) (rt.RollbackResult, error) {
	before := e.now()
	asked := attempt{request: journal.Rollback, start: time.Now(), metadata: rt.MetadataFrom(ctx)}
	result := rt.RollbackResult{From: before.Revision, To: before.Revision}
	err := e.goBack(ctx, target, &asked, func(after entry) {
		result.To, result.Duration = after.Revision, time.Since(asked.start)
		e.hold(after)
		e.applied(before.Revision, after, asked)
	})
	result.Changes, result.Duration = asked.changes, time.Since(asked.start)
	switch {
	case errors.Is(err, rt.ErrClosed):
		return result, err
	case err != nil:
		e.refusal(before.ID, err, asked)
		return result, &rt.RollbackError{Kept: before.ID, Cause: err}
	}
	e.tellRollback(result.From, result.To)
	return result, nil
}

// goBack puts the revision into force that a rollback asks for, and notes in asked
// what that changes. When nothing can undo it any more, done tells of it.
func (e *Engine) goBack(ctx context.Context, target rt.RollbackTarget, asked *attempt, done func(after entry)) error {
	record, err := e.kept(target)
	if err != nil {
		return err
	}
	made, err := e.recall(record)
	if err != nil {
		return err
	}
	v := e.compare(made, true)
	asked.content, asked.changes, asked.restores = contentOf(record), v.delta.Changes(""), history.ValueOf(record.Revision)
	switch {
	case v.err != nil:
		return v.err
	case v.delta == nil:
		return e.putSame(ctx, made, *asked, done)
	}
	if err := e.hanging(v.delta); err != nil {
		return err
	}
	asked.undone, err = e.put(ctx, v, *asked, done)
	return err
}

// putSame makes a revision of a candidate that differs in nothing from what is in
// force.
func (e *Engine) putSame(ctx context.Context, made *candidate, asked attempt, done func(after entry)) error {
	before := e.now()
	after := e.newEntry(ctx, made, before.content, rt.CauseRollback)
	after.Restores = asked.restores
	if err := e.admit(before.ID, after.Revision, asked); err != nil {
		return err
	}
	e.install(after)
	done(after)
	e.keep(after, nil)
	return nil
}

// kept finds the revision that a rollback asks for.
func (e *Engine) kept(target rt.RollbackTarget) (history.Record, error) {
	id := target.ID()
	if id == 0 {
		back, err := e.stepsBack(target.Count())
		if err != nil {
			return history.Record{}, err
		}
		id = back
	}
	return e.history.Get(id)
}

// stepsBack is the revision n before the one in force. While hooks run, that is not kept
// yet.
func (e *Engine) stepsBack(n int) (rt.RevisionID, error) { return e.history.Back(e.now().Revision, n) }

// hold keeps a rolled back revision in force until the content of the sources is
// another one than now. When that is what the revision came from, there is
// nothing to hold it against. Content that was refused stays refused: the reason
// is told on, and it waits for no hook any more, which would end the hold.
func (e *Engine) hold(after entry) {
	e.mu.Lock()
	c := &e.judgement
	c.verdict, c.waits, c.told = nil, false, ""
	e.files = nil // what any file says is another thing than what is in force
	if c.judged == after.content {
		c.refusal = nil
	} else {
		c.verdict = fmt.Errorf("revision %d was put into force on request and is held until a source changes or a reload is asked for", after.ID)
	}
	if c.refusal != nil {
		c.verdict = errors.Join(&rt.ReloadError{Kept: after.ID, Cause: c.refusal}, c.verdict)
	}
	pending := len(e.pending) > 0
	e.mu.Unlock()
	if pending { // what the strategy holds back may be what is in force now
		e.events.add(watch.Event{Kind: watch.Replaced})
	}
}
