package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/hotbind/hotbind/runtime/internal/journal"
	"github.com/hotbind/hotbind/runtime/internal/kept"
	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/internal/seam"
	"github.com/hotbind/hotbind/runtime/internal/watch"

	rt "github.com/hotbind/hotbind/runtime"
)

// Rollback implements [rt.Manager].
func (e *Engine) Rollback(ctx context.Context, target rt.RollbackTarget, opts ...rt.RequestOption) (rt.RollbackResult, error) {
	if e.ctx.Err() != nil {
		return rt.RollbackResult{}, rt.ErrClosed
	}
	req := seam.Resolve[seam.Request](opts)
	target.Apply(&req)
	if e.inside(ctx) {
		return e.requestRollback(ctx, req)
	}
	if err := e.take(ctx); err != nil {
		return rt.RollbackResult{}, err
	}
	defer e.yield()
	return e.rollback(ctx, req)
}

// requestRollback queues a rollback that was requested inside a hook. Steps count from the
// revision in force now, which the caller wants to leave: another hook may have undone it
// before the rollback runs.
func (e *Engine) requestRollback(ctx context.Context, req seam.Request) (rt.RollbackResult, error) {
	now := e.now().Revision
	if req.Target.Revision == 0 {
		id, err := kept.Back(e.archive.List(0, 0), now, req.Target.Steps)
		if err != nil {
			return rt.RollbackResult{From: now, To: now}, &rt.RollbackError{Kept: now.ID, Cause: err}
		}
		req.Target = &seam.Target{Revision: uint64(id)}
	}
	if err := e.requestLater(ctx, request{kind: rollbackRequest, Request: req}); err != nil {
		return rt.RollbackResult{From: now, To: now}, &rt.RollbackError{Kept: now.ID, Cause: err}
	}
	return rt.RollbackResult{From: now, Queued: true}, nil
}

// rollbackQueued runs a queued rollback, unless its revision is in force by now.
func (e *Engine) rollbackQueued(ctx context.Context, req seam.Request) {
	if e.take(ctx) != nil {
		return
	}
	defer e.yield()
	if e.now().ID != rt.RevisionID(req.Target.Revision) {
		e.rollback(ctx, req)
	}
}

// rollback carries a rollback out. The caller holds the turn.
func (e *Engine) rollback(ctx context.Context, req seam.Request) (rt.RollbackResult, error) {
	from := e.now()
	a := e.attempt(ctx, journal.Rollback)
	v := verdict{err: e.expected(req)}
	if v.err == nil {
		v, a.content, a.restores = e.judgeRollback(ctx, req)
	}
	result, err := e.apply(ctx, a, v)
	if err == nil {
		e.observers.NotifyRollback(from.Revision, result.Revision)
	}
	return rt.RollbackResult{From: from.Revision, To: result.Revision, Changes: result.Changes, Duration: result.Duration}, err
}

// judgeRollback determines what a rollback would change, which content of the sources the
// value came from, and which revision has it. The caller holds the turn.
func (e *Engine) judgeRollback(ctx context.Context, req seam.Request) (v verdict, _ load.Signature, _ rt.RevisionID) {
	record, err := e.archive.target(*req.Target, e.now().Revision)
	if err != nil {
		return verdict{err: err}, load.Signature{}, 0
	}
	e.caller.Within(ctx, func(context.Context) {
		made, err := e.recall(record)
		if v = (verdict{err: err}); err == nil {
			v = e.compare(made, req.Force)
		}
	})
	if v.err == nil && v.delta == nil { // the value in force came from the same content
		return v, e.now().content, kept.ValueOf(record.Revision)
	}
	return v, load.SignatureOf(record.Content), kept.ValueOf(record.Revision)
}

// hold keeps a rolled back revision in force until the content of the sources changes. If
// the revision came from their present content, there is nothing to hold. Refused content
// stays refused with its reason, and is not retried when a hook returns, because a retry
// would end the hold.
func (e *Engine) hold(after entry) {
	present := e.isJudged(after.content)
	e.mu.Lock()
	c := &e.judgement
	c.verdict, c.waits, c.logged = nil, false, ""
	e.good = load.Content{} // the value in force differs from the value of every file
	if present {
		c.refusal = nil
	} else {
		c.verdict = fmt.Errorf("revision %d was restored by a rollback and is held until a source changes or a reload is requested", after.ID)
	}
	if c.refusal != nil {
		c.verdict = errors.Join(&rt.ReloadError{Kept: after.ID, Cause: c.refusal}, c.verdict)
	}
	e.mu.Unlock()
	if len(e.Pending()) > 0 { // the changes that the strategy holds back may be in force now
		e.events.Add(watch.Event{Kind: watch.Replaced})
	}
}
