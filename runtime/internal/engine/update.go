package engine

import (
	"context"
	"errors"
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
	now := e.now().Revision
	asked := attempt{request: journal.Update, start: time.Now(), metadata: rt.MetadataFrom(ctx)}
	for _, edit := range edits {
		if err := e.checkEdit(edit); err != nil {
			return e.updateRefused(err, asked)
		}
	}
	if e.inside(ctx) {
		if err := e.askLater(request{kind: updateRequest, edits: edits, metadata: rt.MetadataFrom(ctx)}); err != nil {
			return e.updateRefused(err, asked)
		}
		return rt.ReloadResult{Revision: now, Queued: true}, nil
	}
	if err := e.take(ctx); err != nil {
		return rt.ReloadResult{Revision: now}, err
	}
	defer e.yield()
	return e.update(ctx, edits, asked)
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

// update works on what is in force, so that a bad file does not stand in the way of
// an operator. The caller holds the turn.
func (e *Engine) update(ctx context.Context, edits []rt.Edit, asked attempt) (rt.ReloadResult, error) {
	before := e.now()
	above := before.origin.Edits
	for _, edit := range edits {
		above = edited(above, edit)
	}
	made, err := e.compose(before.origin.Layers, above)
	var result rt.ReloadResult
	if err == nil {
		result, err = e.putUpdate(ctx, made, &asked)
	}
	switch {
	case errors.Is(err, rt.ErrClosed):
		return rt.ReloadResult{Revision: before.Revision, Duration: time.Since(asked.start)}, err
	case err != nil:
		asked.undone = result.RolledBack
		refused, err := e.updateRefused(err, asked)
		refused.RolledBack = result.RolledBack
		return refused, err
	}
	return result, nil
}

// updateRefused tells of an update that was refused. What the sources say has nothing
// to do with it, so that the error state stays as it is.
func (e *Engine) updateRefused(cause error, asked attempt) (rt.ReloadResult, error) {
	now := e.now().Revision
	return rt.ReloadResult{Revision: now, Changes: asked.changes, Duration: e.refusal(now.ID, cause, asked)}, &rt.ReloadError{Kept: now.ID, Cause: cause}
}

// putUpdate puts a candidate into force, and notes in asked what it changes.
func (e *Engine) putUpdate(ctx context.Context, made *candidate, asked *attempt) (rt.ReloadResult, error) {
	before := e.now()
	if err := e.waitsForNothingNew(made); err != nil {
		return rt.ReloadResult{}, err
	}
	v := e.compare(made, true)
	asked.content, asked.changes = before.content, v.delta.Changes("")
	if v.err != nil {
		return rt.ReloadResult{}, v.err
	}
	if v.delta == nil {
		e.adopt(made)
		duration := time.Since(asked.start)
		e.journal.Note(journal.Unchanged{Duration: duration})
		return rt.ReloadResult{
			Revision: before.Revision, Warnings: made.Warnings, PendingRestart: made.pendingRestart, Duration: duration,
		}, nil
	}
	if err := e.hanging(v.delta); err != nil {
		return rt.ReloadResult{}, err
	}
	var result rt.ReloadResult
	undone, err := e.put(ctx, v, *asked, func(after entry) { result = e.reloaded(before.Revision, after, v, *asked) })
	if err != nil {
		return rt.ReloadResult{RolledBack: undone}, err
	}
	result.Duration = time.Since(asked.start)
	return result, nil
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
