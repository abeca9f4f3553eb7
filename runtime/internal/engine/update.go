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
func (e *Engine) Update(ctx context.Context, opts ...rt.UpdateOption) (rt.ReloadResult, error) {
	if e.ctx.Err() != nil {
		return rt.ReloadResult{}, rt.ErrClosed
	}
	asked, a := rt.NewRequest(opts...), e.attempt(ctx, journal.Update)
	if e.inside(ctx) {
		err := e.checkEdits(asked.Edits)
		if err == nil {
			err = e.askLater(request{kind: updateRequest, Request: asked, metadata: a.metadata})
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
func (e *Engine) update(ctx context.Context, asked rt.Request, a attempt) (rt.ReloadResult, error) {
	if err := e.take(ctx); err != nil {
		return rt.ReloadResult{Revision: e.now().Revision}, err
	}
	defer e.yield()
	a.content = e.now().content
	if err := e.expected(asked); err != nil {
		return e.apply(ctx, a, verdict{err: err})
	}
	return e.apply(ctx, a, e.judgeUpdate(asked.Edits))
}

// judgeUpdate finds out what an update would change of what is in force: a bad file does
// not stand in the way of an operator. The caller holds the turn.
func (e *Engine) judgeUpdate(edits []rt.Edit) verdict {
	if err := e.checkEdits(edits); err != nil {
		return verdict{err: err}
	}
	now := e.now()
	made, err := e.compose(now.origin.Layers, edited(now.origin.Edits, edits))
	if err == nil {
		err = e.waitsForNothingNew(made)
	}
	if err != nil {
		return verdict{err: err}
	}
	return e.compare(made, true)
}

func (e *Engine) checkEdits(edits []rt.Edit) error {
	for _, edit := range edits {
		if err := e.checkEdit(edit); err != nil {
			return err
		}
	}
	return nil
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
		if e.restarts() && needsRestart(above, *s.Key) {
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

// edited is the document of what was set through the API after more edits; nil when
// nothing is.
func edited(doc *document.Node, edits []rt.Edit) *document.Node {
	var all patch
	for _, edit := range edits {
		steps, _ := document.ParsePath(edit.Path()) // checked before
		value, _ := edit.Value()
		at := &all
		for _, s := range steps {
			at = at.below(*s.Key)
		}
		*at = patch{set: true, value: value}
	}
	return all.apply(doc)
}

// A patch is what edits do to one value, gathered so that the document is copied once,
// however many they are.
type patch struct {
	set   bool           // the value is replaced before what is inside is changed
	value *document.Node // nil: removed
	keys  []string       // of what is inside, in the order of the edits
	at    map[string]*patch
}

func (p *patch) below(key string) *patch {
	if p.at[key] == nil {
		if p.at == nil {
			p.at = map[string]*patch{}
		}
		p.at[key] = &patch{}
		p.keys = append(p.keys, key)
	}
	return p.at[key]
}

// apply returns a copy of n with the edits. It is nil when nothing is left: an empty
// object would be a value of its own.
func (p *patch) apply(n *document.Node) *document.Node {
	if p.set {
		n = p.value
	}
	if p.at == nil {
		return n
	}
	var members []document.Member
	had := map[string]bool{}
	if n != nil {
		for _, m := range n.Members() {
			had[m.Key()] = true
			value := m.Value()
			if inside := p.at[m.Key()]; inside != nil {
				value = inside.apply(value)
			}
			if value != nil {
				members = append(members, m.With(value))
			}
		}
	}
	for _, key := range p.keys {
		if had[key] {
			continue
		}
		if value := p.at[key].apply(nil); value != nil {
			members = append(members, document.NewMember(key, value, value.Pos()))
		}
	}
	if len(members) == 0 {
		return nil
	}
	return document.NewObject(members, document.Position{File: rt.APIName})
}
