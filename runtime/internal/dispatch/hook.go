package dispatch

import (
	"context"

	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Round is one transition from a snapshot to another, as hooks receive it.
type Round struct {
	Old, New any    // the snapshots, pointers to the root type
	Key      string // for a hook on the entries of a map or a keyed list: which entry
	Delta    *Delta // the difference; nil if it was not computed
	// Changes holds, for a hook with a pattern, the changes at the places that match.
	Changes rt.Changes
}

// A Hook is a function registered at one place of a configuration or, with a pattern, at
// all places that match. Exactly one of Call and Prepare is set.
type Hook struct {
	Path     []Step
	Pattern  *document.Pattern // nil: the hook is at Path
	Name     string            // the path, for messages
	Where    string            // the place of its registration
	Priority rt.Priority
	// Validator is set if the hook validates candidates instead of receiving changes.
	Validator bool
	// Observer is set if the hook runs after those that may refuse. Its failure changes
	// nothing.
	Observer bool
	// Entries makes the hook apply to each entry of the map at Path. It returns the keys
	// in a snapshot, in order. It is nil for every other hook.
	Entries func(snapshot any) []string
	// Call reports a change that is in force.
	Call func(ctx context.Context, r Round) error
	// Prepare is called before a change is put into force and may refuse it. Either of
	// commit and abort may be nil.
	Prepare func(ctx context.Context, r Round) (commit, abort func(), err error)

	// Under Hooks.mu:
	order   uint64 // of registration; 0 before it
	removed bool
	running bool          // a call of it has not returned
	idle    chan struct{} // closed when it has, if somebody waits for that
}

// String returns the field and the place of registration: database.url (main.go:31).
func (h *Hook) String() string {
	if h.Name == "" {
		return "(configuration) (" + h.Where + ")"
	}
	return h.Name + " (" + h.Where + ")"
}

// Calls returns the calls of a hook without a pattern for a first snapshot.
func (h *Hook) Calls(snapshot any) []Call {
	if h.Entries == nil {
		return []Call{{Hook: h}}
	}
	var calls []Call
	for _, key := range h.Entries(snapshot) {
		calls = append(calls, Call{Hook: h, Key: key})
	}
	return calls
}

// failed returns the error for a call of h. key is the entry that it was called for, if it
// was one.
func (h *Hook) failed(key string, cause error) error {
	field := h.Name
	if key != "" {
		field = document.KeyPath(field, key)
	}
	return &rt.HookError{Field: field, Hook: h.Where, Validator: h.Validator, Cause: cause}
}
