package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/internal/journal"
	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/internal/seam"

	rt "github.com/hotbind/hotbind/runtime"
)

var _ rt.Manager = (*Engine)(nil)

// Reload implements [rt.Manager].
func (e *Engine) Reload(ctx context.Context, opts ...rt.RequestOption) (rt.ReloadResult, error) {
	if e.ctx.Err() != nil {
		return rt.ReloadResult{}, rt.ErrClosed
	}
	req := seam.Resolve[seam.Request](opts)
	if e.inside(ctx) {
		now := e.now().Revision
		if err := e.requestLater(ctx, request{kind: reloadRequest, Request: req}); err != nil {
			return rt.ReloadResult{Revision: now}, &rt.ReloadError{Kept: now.ID, Cause: err}
		}
		return rt.ReloadResult{Revision: now, Queued: true}, nil
	}
	return e.reload(ctx, req)
}

// expected returns an error if a request is for another revision than the one in force.
// The caller holds the turn.
func (e *Engine) expected(req seam.Request) error {
	if now := e.now().ID; req.IfRevision != 0 && rt.RevisionID(req.IfRevision) != now {
		return fmt.Errorf("%w: revision %d is in force, not %d", rt.ErrRevisionChanged, now, req.IfRevision)
	}
	return nil
}

// reload reads the sources and puts their content into force.
func (e *Engine) reload(ctx context.Context, req seam.Request) (rt.ReloadResult, error) {
	if err := e.take(ctx); err != nil {
		return rt.ReloadResult{Revision: e.now().Revision}, err
	}
	defer e.yield()
	return e.readAndApply(ctx, journal.Reload, req)
}

// readAndApply is reload for a caller that holds the turn.
func (e *Engine) readAndApply(ctx context.Context, request journal.Request, req seam.Request) (rt.ReloadResult, error) {
	a := e.attempt(ctx, request)
	if err := e.expected(req); err != nil {
		a.moved = true
		return e.apply(ctx, a, verdict{err: err})
	}
	c, v, err := e.readAndJudge(ctx, req.Force, func(c load.Content) { e.noteReading(c, request.Cause()) })
	if gone := (*abandoned)(nil); errors.As(err, &gone) {
		return rt.ReloadResult{Revision: e.now().Revision, Duration: time.Since(a.start)}, gone.cause
	}
	if err != nil {
		return e.unreadable(err, a)
	}
	e.follower.wasRead(c, a.start)
	return e.apply(ctx, e.of(a, c), v)
}

// readAndJudge reads the sources for a request, and determines what applying them would
// change.
func (e *Engine) readAndJudge(ctx context.Context, force bool, read func(load.Content)) (c load.Content, v verdict, err error) {
	e.caller.Within(ctx, func(ctx context.Context) {
		if c, err = e.readNow(ctx); err == nil {
			read(c)
			v = e.judge(c, force)
		}
	})
	return c, v, err
}

// readNow reads the sources for a request, until they hold still.
func (e *Engine) readNow(ctx context.Context) (load.Content, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(e.ctx, func() { cancel(rt.ErrClosed) })()
	c, err := e.readStable(ctx)
	if err != nil && ctx.Err() != nil {
		return c, &abandoned{context.Cause(ctx)}
	}
	return c, err
}

// An abandoned error reports that the caller has stopped waiting.
type abandoned struct{ cause error }

func (a *abandoned) Error() string { return a.cause.Error() }
func (a *abandoned) Unwrap() error { return a.cause }

// DryRun implements [rt.Manager].
func (e *Engine) DryRun(ctx context.Context, opts ...rt.DryRunOption) (rt.DryRunResult, error) {
	req := seam.Resolve[seam.Request](opts)
	ofRollback := req.Target != nil
	if ofRollback && req.Edits != nil {
		return rt.DryRunResult{}, errors.New("DryRun accepts an update or a rollback, not both")
	}
	if e.inside(ctx) {
		return rt.DryRunResult{}, rt.ErrInsideHook
	}
	if err := e.take(ctx); err != nil {
		return rt.DryRunResult{}, err
	}
	defer e.yield()
	start := time.Now()
	v := verdict{err: e.expected(req)}
	switch {
	case v.err != nil:
	case ofRollback:
		v, _, _ = e.judgeRollback(ctx, req)
	case req.Edits != nil:
		v = e.judgeUpdate(ctx, req)
	default:
		var err error
		if _, v, err = e.readAndJudge(ctx, req.Force, func(load.Content) {}); err != nil {
			v.err = err
		}
	}
	result := rt.DryRunResult{Changes: v.delta.Changes(""), PendingRestart: e.pendingRestart(), Duration: time.Since(start)}
	switch gone := (*abandoned)(nil); {
	case errors.As(v.err, &gone):
		return result, gone.cause
	case v.err != nil && ofRollback:
		return result, &rt.RollbackError{Kept: e.now().ID, Cause: v.err}
	case v.err != nil:
		return result, &rt.ReloadError{Kept: e.now().ID, Cause: v.err}
	}
	if v.candidate != nil && !ofRollback {
		result.PendingRestart, result.Warnings = v.candidate.pendingRestart, v.candidate.Warnings
	}
	if v.delta != nil {
		calling, _ := dispatch.Observers(e.hooks.Matching(v.delta))
		for _, call := range slices.Concat(e.hooks.Preparing(v.delta), calling) {
			result.Hooks = append(result.Hooks, call.Hook.String())
		}
	}
	return result, nil
}

// Schema implements [rt.Manager].
func (e *Engine) Schema() []byte { return []byte(e.program.Schema()) }

// Add registers a hook.
func (e *Engine) Add(h *dispatch.Hook) (stop func()) {
	e.hooks.Add(h)
	return func() { e.hooks.Remove(h) }
}

// Follow calls a hook with the value in force and registers it unless that fails, with
// no transition between the two.
func (e *Engine) Follow(h *dispatch.Hook) (stop func(), err error) {
	if e.inside(context.Background()) {
		return nil, rt.ErrInsideHook
	}
	if err := e.take(context.Background()); err != nil {
		return nil, err
	}
	defer e.yield()
	now := e.now()
	ctx, round := e.contextFor(now.Revision), dispatch.Round{New: now.snapshot}
	for _, call := range h.Calls(now.snapshot) {
		if _, err := e.caller.Call(ctx, call, round); err != nil {
			if e.ctx.Err() != nil {
				err = rt.ErrClosed
			}
			return nil, err
		}
	}
	return e.Add(h), nil
}
