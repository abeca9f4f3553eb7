package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/dispatch"

	rt "github.com/hotbind/hotbind/runtime"
)

var _ rt.Manager = (*Engine)(nil)

// Reload implements [rt.Manager].
func (e *Engine) Reload(ctx context.Context) (rt.ReloadResult, error) {
	if e.ctx.Err() != nil {
		return rt.ReloadResult{}, rt.ErrClosed
	}
	if e.caller.Inside(ctx) {
		e.enqueue(func(q *queue) { q.reload = true })
		return rt.ReloadResult{Revision: e.now().Revision, Queued: true}, nil
	}
	if err := e.take(ctx); err != nil {
		return rt.ReloadResult{}, err
	}
	defer e.yield()
	start := time.Now()
	c, err := e.readStable(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return rt.ReloadResult{Revision: e.now().Revision}, err
		}
		return e.refused(signature{}, err, start)
	}
	return e.apply(c, rt.CauseManual)
}

func (e *Engine) enqueue(f func(*queue)) {
	e.mu.Lock()
	f(&e.queue)
	e.mu.Unlock()
	e.events.ring()
}

// errHeld is the state after a rollback that was asked for.
var errHeld = errors.New("an earlier revision was put into force on request and is held until a source changes")

// Rollback implements [rt.Manager].
func (e *Engine) Rollback(ctx context.Context, target rt.RollbackTarget) (rt.RollbackResult, error) {
	if e.ctx.Err() != nil {
		return rt.RollbackResult{}, rt.ErrClosed
	}
	if e.caller.Inside(ctx) {
		e.enqueue(func(q *queue) { q.rollback = &target })
		return rt.RollbackResult{From: e.now().Revision, Queued: true}, nil
	}
	if err := e.take(ctx); err != nil {
		return rt.RollbackResult{}, err
	}
	defer e.yield()
	start, before := time.Now(), e.now()
	old, err := e.kept(target)
	if err != nil {
		return rt.RollbackResult{From: before.Revision, To: before.Revision}, &rt.RollbackError{Kept: before.ID, Cause: err}
	}
	delta := e.program.Diff(before.snapshot, old.snapshot)
	after := e.newEntry(old.snapshot, rt.CauseRollback)
	result := rt.RollbackResult{From: before.Revision, To: after.Revision, Changes: e.program.Changes(delta)}
	if delta != nil {
		_, err = e.transition(before, after, delta, signature{})
	} else {
		e.install(after, signature{})
		e.remember(after)
	}
	result.Duration = time.Since(start)
	if err != nil {
		result.To = before.Revision
		return result, &rt.RollbackError{Kept: before.ID, Cause: err}
	}
	e.hold(after, result)
	return result, nil
}

// kept finds the revision that a rollback asks for.
func (e *Engine) kept(target rt.RollbackTarget) (entry, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if id := target.ID(); id != 0 {
		for _, ent := range e.history {
			if ent.ID == id {
				return ent, nil
			}
		}
		return entry{}, fmt.Errorf("%w: revision %d", rt.ErrRevisionNotFound, id)
	}
	n := target.Count()
	if n < 1 || n >= len(e.history) {
		return entry{}, fmt.Errorf("%w: %d steps back from revision %d", rt.ErrRevisionNotFound, n, e.current.ID)
	}
	return e.history[len(e.history)-1-n], nil
}

// hold keeps a rolled back revision in force until the content of the sources is
// another one than now.
func (e *Engine) hold(after entry, result rt.RollbackResult) {
	e.mu.Lock()
	e.status.LastError = &rt.ReloadError{Kept: after.ID, Cause: errHeld}
	e.mu.Unlock()
	e.opts.Logger.Info("configuration rolled back", "revision", after.ID, "from", result.From.ID,
		"changes", changeList(result.Changes), "duration", result.Duration)
}

// Status implements [rt.Manager].
func (e *Engine) Status() rt.Status {
	paths := e.watchPaths()
	e.mu.Lock()
	defer e.mu.Unlock()
	s := e.status
	s.Revision = e.current.Revision
	s.WatchPaths = paths
	s.Watching = e.watching && e.ctx.Err() == nil
	s.Hooks = e.hooks.Len()
	return s
}

// Add registers a hook. With current it is first told of the value in force.
func (e *Engine) Add(h *dispatch.Hook, current bool) (stop func()) {
	switch {
	case !current:
		e.hooks.Add(h)
	case e.caller.Inside(context.Background()):
		e.hooks.Add(h)
		e.enqueue(func(q *queue) { q.initial = append(q.initial, h) })
	case e.take(context.Background()) == nil:
		e.hooks.Add(h)
		e.callInitial(h)
		e.yield()
	}
	return func() { e.hooks.Remove(h) }
}
