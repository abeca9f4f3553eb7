package engine

import (
	"context"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/edits"
	"github.com/hotbind/hotbind/runtime/internal/journal"
	"github.com/hotbind/hotbind/runtime/internal/seam"

	rt "github.com/hotbind/hotbind/runtime"
)

// Update implements [rt.Manager].
func (e *Engine) Update(ctx context.Context, opts ...rt.UpdateOption) (rt.ReloadResult, error) {
	if e.ctx.Err() != nil {
		return rt.ReloadResult{}, rt.ErrClosed
	}
	req, a := seam.Resolve[seam.Request](opts), e.attempt(ctx, journal.Update)
	if e.inside(ctx) {
		err := edits.Check(e.program.Shape(), req.Edits)
		if err == nil {
			err = e.requestLater(ctx, request{kind: updateRequest, Request: req})
		}
		if err != nil {
			err = e.refuse(a, err, false)
			return rt.ReloadResult{Revision: e.now().Revision, Duration: time.Since(a.start)}, err
		}
		return rt.ReloadResult{Revision: e.now().Revision, Queued: true}, nil
	}
	return e.update(ctx, req, a)
}

// update carries an update out.
func (e *Engine) update(ctx context.Context, req seam.Request, a attempt) (rt.ReloadResult, error) {
	if err := e.take(ctx); err != nil {
		return rt.ReloadResult{Revision: e.now().Revision}, err
	}
	defer e.yield()
	a.content = e.now().content
	if err := e.expected(req); err != nil {
		return e.apply(ctx, a, verdict{err: err})
	}
	return e.apply(ctx, a, e.judgeUpdate(ctx, req))
}

// judgeUpdate determines what an update would change in the revision in force: a bad file
// does not block an operator. The caller holds the turn.
func (e *Engine) judgeUpdate(ctx context.Context, req seam.Request) (v verdict) {
	now := e.now()
	e.caller.Within(ctx, func(context.Context) {
		var made *candidate
		if v.err = edits.Check(e.program.Shape(), req.Edits); v.err == nil {
			made, v.err = e.compose(now.origin.Layers, edits.Apply(now.origin.Edits, req.Edits))
		}
		if v.err == nil {
			v.err = e.waitsForNothingNew(made)
		}
		if v.err == nil {
			v = e.compare(made, req.Force)
		}
	})
	return v
}

// waitsForNothingNew refuses an update of a section in which a change needs a restart.
// Changes of the sources that wait for a restart do not count.
func (e *Engine) waitsForNothingNew(made *candidate) error {
	before := map[string]bool{}
	for _, c := range e.pendingRestart() {
		before[c.String()] = true
	}
	for _, c := range made.pendingRestart {
		if !before[c.String()] {
			return edits.NeedsRestart(c.Path)
		}
	}
	return nil
}
