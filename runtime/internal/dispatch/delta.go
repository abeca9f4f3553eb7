// Package dispatch knows which hooks stand on which place of a configuration,
// finds those that a difference concerns, and calls them: in order, one at a
// time, outside every lock, with a limit of time, so that a hook that fails,
// panics or hangs harms nobody else.
package dispatch

import rt "github.com/hotbind/hotbind/runtime"

// A Step leads from a value to one of its parts: Field is the number of a
// field of a struct, or [Entry] or [Undeclared]; Key is its key.
type Step struct {
	Field int
	Key   string
}

// Values of Step.Field that are no number of a field.
const (
	Entry      = -1 // an entry of a map
	Undeclared = -2 // a property that the schema does not declare
)

// A Delta is what differs at one place: a tree, whose parts are the parts of
// the value that differ. A value without parts differs as a whole.
type Delta struct {
	Step     Step
	Kind     rt.ChangeKind
	Old, New any // pointers to the values; nil where there is none
	Parts    []Delta
	Inline   bool // the parts belong to the value above, for whom they are told apart
	Unset    bool // null on one side and absent on the other: no difference to a hook on the value itself
	Values   func(p any) any
}
