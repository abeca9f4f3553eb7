// Package edits applies edits made through the API: it checks them and merges them into
// one document above all sources.
package edits

import (
	"fmt"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/address"
	"github.com/hotbind/hotbind/runtime/internal/restart"
	"github.com/hotbind/hotbind/runtime/internal/seam"
)

// Check returns the first error in edits to a configuration of this shape.
func Check(shape document.Shape, edits []seam.Edit) error {
	restarts := restart.Marked(shape)
	for _, edit := range edits {
		if err := check(shape, edit, restarts); err != nil {
			return err
		}
	}
	return nil
}

func check(shape document.Shape, edit seam.Edit, restarts bool) error {
	steps, err := address.Path(shape, edit.Path)
	if err != nil {
		return err
	}
	if edit.Err != nil {
		return fmt.Errorf("%s: %w", edit.Path, edit.Err)
	}
	for i, s := range steps {
		above, _ := document.ShapeAt(shape, steps[:i])
		if s.Key == nil || above != nil && above.Kind() == document.List {
			return fmt.Errorf("%s: cannot set an item of a list: set the whole list", edit.Path)
		}
		if restarts && restart.Needs(above, *s.Key) {
			return NeedsRestart(edit.Path)
		}
	}
	return nil
}

// NeedsRestart returns the error for an edit of a value that only a restart may change.
func NeedsRestart(path string) error {
	return fmt.Errorf("%s: a change needs a restart, which discards values set through the API: change a file instead", path)
}

// Apply returns doc, the document of all earlier edits, with more edits, which Check must
// have accepted. It returns nil if nothing is set.
func Apply(doc *document.Node, edits []seam.Edit) *document.Node {
	var all patch
	for _, edit := range edits {
		steps, _ := document.ParsePath(edit.Path) // checked before
		at := &all
		for _, s := range steps {
			at = at.below(*s.Key)
		}
		*at = patch{set: true, value: edit.Value}
	}
	return all.apply(doc)
}

// A patch holds the edits of one value. They are merged so that the document is copied
// only once.
type patch struct {
	set   bool           // replace the value before editing its members
	value *document.Node // nil: removed
	keys  []string       // of the edited members, in the order of the edits
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

// apply returns a copy of n with the edits. It returns nil if nothing is left, because an
// empty object would be a value.
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
	return document.NewObject(members, document.Position{File: seam.APILayer})
}
