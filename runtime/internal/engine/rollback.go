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
	asked := seam.Resolve[seam.Request](opts)
	target.Apply(&asked)
	if e.inside(ctx) {
		return e.askRollback(ctx, asked)
	}
	if err := e.take(ctx); err != nil {
		return rt.RollbackResult{}, err
	}
	defer e.yield()
	return e.rollback(ctx, asked)
}

// askRollback queues a rollback asked for inside a hook. Steps count from the
// revision in force now, which whoever asks wants to leave: when the turn comes to
// it, another hook may have undone that already.
func (e *Engine) askRollback(ctx context.Context, asked seam.Request) (rt.RollbackResult, error) {
	now := e.now().Revision
	if asked.Target.Revision == 0 {
		id, err := kept.Back(e.archive.List(0, 0), now, asked.Target.Steps)
		if err != nil {
			return rt.RollbackResult{From: now, To: now}, &rt.RollbackError{Kept: now.ID, Cause: err}
		}
		asked.Target = &seam.Target{Revision: uint64(id)}
	}
	if err := e.askLater(ctx, request{kind: rollbackRequest, Request: asked}); err != nil {
		return rt.RollbackResult{From: now, To: now}, &rt.RollbackError{Kept: now.ID, Cause: err}
	}
	return rt.RollbackResult{From: now, Queued: true}, nil
}

// rollbackQueued does what askRollback has queued, unless the revision is in force
// by now.
func (e *Engine) rollbackQueued(ctx context.Context, asked seam.Request) {
	if e.take(ctx) != nil {
		return
	}
	defer e.yield()
	if e.now().ID != rt.RevisionID(asked.Target.Revision) {
		e.rollback(ctx, asked)
	}
}

// rollback carries a rollback out. The caller holds the turn.
func (e *Engine) rollback(ctx context.Context, asked seam.Request) (rt.RollbackResult, error) {
	from := e.now()
	a := e.attempt(ctx, journal.Rollback)
	v := verdict{err: e.expected(asked)}
	if v.err == nil {
		v, a.content, a.restores = e.judgeRollback(ctx, asked)
	}
	result, err := e.apply(ctx, a, v)
	if err == nil {
		e.observers.TellRollback(from.Revision, result.Revision)
	}
	return rt.RollbackResult{From: from.Revision, To: result.Revision, Changes: result.Changes, Duration: result.Duration}, err
}

// judgeRollback finds out what a rollback would change, what content of the sources the
// value came from, and which revision has it. The caller holds the turn.
func (e *Engine) judgeRollback(ctx context.Context, asked seam.Request) (v verdict, _ load.Signature, _ rt.RevisionID) {
	record, err := e.archive.target(*asked.Target, e.now().Revision)
	if err != nil {
		return verdict{err: err}, load.Signature{}, 0
	}
	e.caller.Within(ctx, func(context.Context) {
		made, err := e.recall(record)
		if v = (verdict{err: err}); err == nil {
			v = e.compare(made, asked.Force)
		}
	})
	if v.err == nil && v.delta == nil { // what is in force is what it came from, too
		return v, e.now().content, kept.ValueOf(record.Revision)
	}
	return v, contentOf(record), kept.ValueOf(record.Revision)
}

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
		c.verdict = fmt.Errorf("revision %d was restored by a rollback and is held until a source changes or a reload is requested", after.ID)
	}
	if c.refusal != nil {
		c.verdict = errors.Join(&rt.ReloadError{Kept: after.ID, Cause: c.refusal}, c.verdict)
	}
	e.mu.Unlock()
	if len(e.Pending()) > 0 { // what the strategy holds back may be what is in force now
		e.events.Add(watch.Event{Kind: watch.Replaced})
	}
}
