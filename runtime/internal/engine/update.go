package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/address"
	"github.com/hotbind/hotbind/runtime/internal/journal"

	rt "github.com/hotbind/hotbind/runtime"
)

// Update implements [rt.Manager].
func (e *Engine) Update(ctx context.Context, edits ...rt.Edit) (rt.ReloadResult, error) {
	if e.ctx.Err() != nil {
		return rt.ReloadResult{}, rt.ErrClosed
	}
	a := e.attempt(ctx, journal.Update)
	for _, edit := range edits {
		if err := e.checkEdit(edit); err != nil {
			return e.updateRefused(err, a)
		}
	}
	if e.inside(ctx) {
		if err := e.askLater(request{kind: updateRequest, edits: edits, metadata: a.metadata}); err != nil {
			return e.updateRefused(err, a)
		}
		return rt.ReloadResult{Revision: e.now().Revision, Queued: true}, nil
	}
	if err := e.take(ctx); err != nil {
		return rt.ReloadResult{Revision: e.now().Revision}, err
	}
	defer e.yield()
	a.content = e.now().content
	return e.apply(ctx, a, e.judgeUpdate(edits))
}

// updateRefused reports an update that was refused before anything was judged.
func (e *Engine) updateRefused(cause error, a attempt) (rt.ReloadResult, error) {
	err := e.refuse(a, cause, false)
	return rt.ReloadResult{Revision: e.now().Revision, Duration: time.Since(a.start)}, err
}

// judgeUpdate finds out what an update would change of what is in force: a bad file does
// not stand in the way of an operator. The caller holds the turn.
func (e *Engine) judgeUpdate(edits []rt.Edit) verdict {
	now := e.now()
	above := now.origin.Edits
	for _, edit := range edits {
		above = edited(above, edit)
	}
	made, err := e.compose(now.origin.Layers, above)
	if err == nil {
		err = e.waitsForNothingNew(made)
	}
	if err != nil {
		return verdict{err: err}
	}
	return e.compare(made, true)
}

func (e *Engine) checkEdit(edit rt.Edit) error {
	steps, err := address.Path(e.program.Shape(), edit.Path())
	if err != nil {
		return err
	}
	if _, err := edit.Value(); err != nil {
		return fmt.Errorf("%s: %w", edit.Path(), err)
	}
	shape := e.program.Shape()
	for i, s := range steps {
		above, _ := document.ShapeAt(shape, steps[:i])
		if s.Key == nil || above != nil && above.Kind() == document.List {
			return fmt.Errorf("%s: an item of a list cannot be set, only the list as a whole", edit.Path())
		}
		if needsRestart(above, *s.Key) {
			return restartNeeded(edit.Path())
		}
	}
	return nil
}

func needsRestart(above document.Shape, key string) bool {
	return above != nil && slices.ContainsFunc(above.Properties(), func(p document.Property) bool { return p.Restart && p.Key == key })
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
			return restartNeeded(c.Path)
		}
	}
	return nil
}

func restartNeeded(path string) error {
	return fmt.Errorf("%s: a change needs a restart, which ends what is set through the API; change a file", path)
}

// edited is the document of what was set through the API after one more edit; nil
// when nothing is.
func edited(doc *document.Node, edit rt.Edit) *document.Node {
	steps, _ := document.ParsePath(edit.Path()) // checked before
	value, _ := edit.Value()
	return withValue(doc, steps, value)
}

// withValue is a copy of n with a value at steps, or without one if value is nil. It
// is nil when nothing is left: an empty object would be a value of its own.
func withValue(n *document.Node, steps []document.Step, value *document.Node) *document.Node {
	if len(steps) == 0 {
		return value
	}
	made := document.NewObject(nil, document.Position{File: rt.APIName})
	if n != nil {
		made.SetMembers(slices.Clone(n.Members()))
	}
	key := *steps[0].Key
	if below := withValue(n.Get(key), steps[1:], value); below != nil {
		made.Set(key, below)
	} else {
		made.Delete(key)
	}
	if value == nil && len(made.Members()) == 0 {
		return nil
	}
	return made
}
