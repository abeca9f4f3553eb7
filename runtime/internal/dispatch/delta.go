// Package dispatch holds the hooks for each place of a configuration, finds those that a
// difference concerns, and calls them: in order, one at a time, outside every lock, with
// a time limit. A hook that fails, panics or hangs affects no other.
package dispatch

import (
	"slices"

	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Step leads from a value to one of its parts: Field is the number of a
// field of a struct, or [Entry], [Undeclared] or [Item]; Key is its key.
type Step struct {
	Field int
	Key   string
}

// Values of Step.Field that are not numbers of fields.
const (
	Entry      = -1 // an entry of a map
	Undeclared = -2 // a property that the schema does not declare
	Item       = -3 // an item of a list by its place, which is Key
)

// A Delta is the difference at one place: a tree of the parts of the value that differ. A
// value without parts differs as a whole.
type Delta struct {
	Step     Step
	Kind     rt.ChangeKind
	Old, New any // pointers to the values; nil if there is none
	Parts    []Delta
	Inline   bool // the parts belong to the value above, which identifies them
	Outline  bool // it only leads to its parts, of a change that is known by its path alone
	Unset    bool // no value on either side, but null on one: no difference to a hook on the value itself
	// Values returns the value that Old or New points to, without types.
	Values func(p any) any
	// Inside returns the differences inside a value whose parts only a pattern can reach,
	// such as the items of a list. It is nil if there are none.
	Inside func(before, after any) []Delta
}

// Changes returns the changes in d for the value at path: the topmost parts that were
// added or removed, or that were or are null, and the values without parts that were
// modified.
func (d *Delta) Changes(path string) rt.Changes {
	if d == nil {
		return nil
	}
	return d.appendChanges(nil, path)
}

func (d *Delta) appendChanges(list rt.Changes, path string) rt.Changes {
	if d.Kind != rt.Modified || len(d.Parts) == 0 || isNull(d.value(d.Old)) || isNull(d.value(d.New)) {
		return append(list, d.change(path))
	}
	for i := range d.Parts {
		part := &d.Parts[i]
		list = part.appendChanges(list, part.path(path))
	}
	return list
}

// change returns d as one change of the value at path.
func (d *Delta) change(path string) rt.ValueChange {
	return rt.ValueChange{Path: path, Kind: d.Kind, Old: d.value(d.Old), New: d.value(d.New)}
}

func (d *Delta) value(p any) any {
	if p == nil {
		return nil
	}
	return d.Values(p)
}

func isNull(v any) bool {
	o, ok := v.(rt.Optional[any])
	return ok && o.IsNull()
}

// path returns the path of the part d of the value at a path.
func (d *Delta) path(above string) string {
	switch {
	case d.Inline:
		return above
	case d.Step.Field == Item:
		return above + "[" + d.Step.Key + "]"
	}
	return document.KeyPath(above, d.Step.Key)
}

// Reversed returns changes in the opposite direction.
func Reversed(changes rt.Changes) rt.Changes {
	back := slices.Clone(changes)
	for i := range back {
		c := &back[i]
		c.Old, c.New = c.New, c.Old
		switch c.Kind {
		case rt.Added:
			c.Kind = rt.Removed
		case rt.Removed:
			c.Kind = rt.Added
		}
	}
	slices.Reverse(back)
	return back
}
