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
	asked, a := seam.Resolve[seam.Request](opts), e.attempt(ctx, journal.Update)
	if e.inside(ctx) {
		err := edits.Check(e.program.Shape(), asked.Edits)
		if err == nil {
			err = e.askLater(ctx, request{kind: updateRequest, Request: asked})
		}
		if err != nil {
			err = e.refuse(a, err, false)
			return rt.ReloadResult{Revision: e.now().Revision, Duration: time.Since(a.start)}, err
		}
		return rt.ReloadResult{Revision: e.now().Revision, Queued: true}, nil
	}
	return e.update(ctx, asked, a)
}

// update carries an update out.
func (e *Engine) update(ctx context.Context, asked seam.Request, a attempt) (rt.ReloadResult, error) {
	if err := e.take(ctx); err != nil {
		return rt.ReloadResult{Revision: e.now().Revision}, err
	}
	defer e.yield()
	a.content = e.now().content
	if err := e.expected(asked); err != nil {
		return e.apply(ctx, a, verdict{err: err})
	}
	return e.apply(ctx, a, e.judgeUpdate(ctx, asked))
}

// judgeUpdate finds out what an update would change of what is in force: a bad file does
// not stand in the way of an operator. The caller holds the turn.
func (e *Engine) judgeUpdate(ctx context.Context, asked seam.Request) (v verdict) {
	now := e.now()
	e.caller.Within(ctx, func(context.Context) {
		var made *candidate
		if v.err = edits.Check(e.program.Shape(), asked.Edits); v.err == nil {
			made, v.err = e.compose(now.origin.Layers, edits.Apply(now.origin.Edits, asked.Edits))
		}
		if v.err == nil {
			v.err = e.waitsForNothingNew(made)
		}
		if v.err == nil {
			v = e.compare(made, asked.Force)
		}
	})
	return v
}

// waitsForNothingNew refuses an update of a section in which something needs a
// restart. What waits because of the sources is no fault of the update.
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
