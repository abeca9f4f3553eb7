package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
		e.enqueue(func(q *queue) { q.ask(nil) })
		return rt.ReloadResult{Revision: e.now().Revision, Queued: true}, nil
	}
	return e.reload(ctx, rt.CauseManual)
}

// reload reads the sources and puts what they say into force.
func (e *Engine) reload(ctx context.Context, cause rt.Cause) (rt.ReloadResult, error) {
	if err := e.take(ctx); err != nil {
		return rt.ReloadResult{Revision: e.now().Revision}, err
	}
	defer e.yield()
	return e.readAndApply(ctx, cause)
}

// readAndApply is reload for whoever holds the turn.
func (e *Engine) readAndApply(ctx context.Context, cause rt.Cause) (rt.ReloadResult, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(e.ctx, func() { cancel(rt.ErrClosed) })()
	start := time.Now()
	c, err := e.readStable(ctx)
	switch {
	case err != nil && ctx.Err() != nil:
		return rt.ReloadResult{Revision: e.now().Revision, Duration: time.Since(start)}, context.Cause(ctx)
	case err != nil:
		return e.unreadable(err, start)
	}
	return e.apply(c.signature, e.judge(c), cause, start)
}

func (e *Engine) enqueue(f func(*queue)) {
	e.mu.Lock()
	f(&e.queue)
	e.mu.Unlock()
	e.events.ring()
}

// Rollback implements [rt.Manager].
func (e *Engine) Rollback(ctx context.Context, target rt.RollbackTarget) (rt.RollbackResult, error) {
	if e.ctx.Err() != nil {
		return rt.RollbackResult{}, rt.ErrClosed
	}
	if e.caller.Inside(ctx) {
		return e.askRollback(target)
	}
	if err := e.take(ctx); err != nil {
		return rt.RollbackResult{}, err
	}
	defer e.yield()
	return e.rollback(target)
}

// askRollback queues a rollback asked for inside a hook. Steps count from the
// revision in force now, which whoever asks wants to leave: when the turn comes to
// it, another hook may have undone that already.
func (e *Engine) askRollback(target rt.RollbackTarget) (rt.RollbackResult, error) {
	now := e.now().Revision
	if target.ID() == 0 {
		old, err := e.kept(target)
		if err != nil {
			return rt.RollbackResult{From: now, To: now}, &rt.RollbackError{Kept: now.ID, Cause: err}
		}
		target = rt.To(old.ID)
	}
	e.enqueue(func(q *queue) { q.ask(&target) })
	return rt.RollbackResult{From: now, Queued: true}, nil
}

// rollbackAsked does what askRollback has queued, unless the revision is in force
// by now.
func (e *Engine) rollbackAsked(target rt.RollbackTarget) error {
	if err := e.take(e.ctx); err != nil {
		return err
	}
	defer e.yield()
	if e.now().ID == target.ID() {
		return nil
	}
	_, err := e.rollback(target)
	return err
}

// rollback carries a rollback out. The caller holds the turn.
func (e *Engine) rollback(target rt.RollbackTarget) (rt.RollbackResult, error) {
	start, before := time.Now(), e.now()
	old, err := e.kept(target)
	if err != nil {
		return rt.RollbackResult{From: before.Revision, To: before.Revision}, &rt.RollbackError{Kept: before.ID, Cause: err}
	}
	delta := e.program.Diff(before.snapshot, old.snapshot)
	after := e.newEntry(old.snapshot, old.content, rt.CauseRollback)
	result := rt.RollbackResult{From: before.Revision, To: after.Revision, Changes: e.program.Changes(delta)}
	if delta == nil {
		after.content = before.content
		e.install(after)
		e.remember(after)
	} else if err = e.hanging(delta); err == nil {
		_, err = e.transition(before, after, delta)
	}
	result.Duration = time.Since(start)
	switch {
	case errors.Is(err, rt.ErrClosed):
		result.To = before.Revision
		return result, err
	case err != nil:
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
	// While its hooks run, the revision in force is not kept yet.
	older := slices.DeleteFunc(slices.Clone(e.history), func(ent entry) bool { return ent.ID >= e.current.ID })
	n := target.Count()
	if n < 1 || n > len(older) {
		return entry{}, fmt.Errorf("%w: %d steps back from revision %d", rt.ErrRevisionNotFound, n, e.current.ID)
	}
	return older[len(older)-n], nil
}

// hold keeps a rolled back revision in force until the content of the sources is
// another one than now. When that is what the revision came from, there is
// nothing to hold it against. Content that was refused stays refused: the reason
// is told on, and it waits for no hook any more, which would end the hold.
func (e *Engine) hold(after entry, result rt.RollbackResult) {
	e.mu.Lock()
	c := &e.content
	c.verdict, c.waits, c.told = nil, false, ""
	if c.judged == after.content {
		c.refusal = nil
	} else {
		c.verdict = fmt.Errorf("revision %d was put into force on request and is held until a source changes or a reload is asked for", after.ID)
	}
	if c.refusal != nil {
		c.verdict = errors.Join(&rt.ReloadError{Kept: after.ID, Cause: c.refusal}, c.verdict)
	}
	e.mu.Unlock()
	e.opts.Logger.Info("configuration rolled back", "revision", after.ID, "from", result.From.ID,
		"changes", changeList(result.Changes), "duration", result.Duration)
}

// Status implements [rt.Manager].
func (e *Engine) Status() rt.Status {
	paths, hooks := e.watchPaths(), e.hooks.Len() // have locks of their own
	e.mu.Lock()
	defer e.mu.Unlock()
	s := e.status
	s.Revision = e.current.Revision
	s.WatchPaths = paths
	s.Watching = e.watching && e.ctx.Err() == nil
	s.Hooks = hooks
	s.LastError = e.content.err()
	return s
}

// Add registers a hook. With current it is first told of the value in force; a
// hook that is added inside another one only later, when the turn comes to it,
// and until then it is told of nothing.
func (e *Engine) Add(h *dispatch.Hook, current bool) (stop func()) {
	switch {
	case !current:
		e.hooks.Add(h)
	case e.caller.Inside(context.Background()):
		e.enqueue(func(q *queue) { q.initial = append(q.initial, h) })
	default:
		e.addCurrent(h)
	}
	return func() { e.hooks.Remove(h) }
}

// addCurrent registers a hook and tells it of the value in force, with no
// transition between the two. A closed engine has no use for it.
func (e *Engine) addCurrent(h *dispatch.Hook) {
	if e.take(context.Background()) != nil {
		return
	}
	defer e.yield()
	e.hooks.Add(h)
	e.callInitial(h)
}
