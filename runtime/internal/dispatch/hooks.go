package dispatch

import (
	"cmp"
	"context"
	"slices"
	"sync"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Round is one transition from a snapshot to another, as a hook is told of it.
type Round struct {
	Old, New any    // the snapshots, pointers to the root type
	Key      string // for a hook on the entries of a map: which entry
}

// A Hook is a function that stands on one place of a configuration. Exactly one
// of Call and Prepare is set.
type Hook struct {
	Path     []Step
	Name     string // the path, for messages
	Where    string // where it was registered
	Priority rt.Priority
	// Entries makes the hook stand on each entry of the map at Path: it returns
	// the keys in a snapshot, in order. It is nil for every other hook.
	Entries func(snapshot any) []string
	// Call tells of a change that is in force.
	Call func(ctx context.Context, r Round) error
	// Prepare is asked before a change is put into force and may refuse it.
	// Either of commit and abort may be nil.
	Prepare func(ctx context.Context, r Round) (commit, abort func(), err error)

	order   uint64
	removed bool // under Hooks.mu
	hanging bool // a call of it has not returned; under Hooks.mu
}

// Hooks are the hooks of one configuration, in a tree by place. The methods may
// be called from any goroutine.
type Hooks struct {
	mu    sync.Mutex
	root  node
	count int
	order uint64
}

type node struct {
	hooks   []*Hook
	fields  map[int]*node
	entries map[string]*node
}

// Add registers h.
func (hs *Hooks) Add(h *Hook) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	hs.order++
	h.order = hs.order
	n := hs.grown(h.Path)
	n.hooks = append(n.hooks, h)
	hs.count++
}

// Remove takes h out. No call of h begins after Remove has returned; one that
// is under way goes on.
func (hs *Hooks) Remove(h *Hook) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	if h.removed {
		return
	}
	h.removed = true
	hs.count--
	hs.remove(&hs.root, h.Path, h)
}

// remove takes h out below n and prunes what is left empty; it reports whether
// n itself is.
func (hs *Hooks) remove(n *node, path []Step, h *Hook) (empty bool) {
	if len(path) == 0 {
		n.hooks = slices.DeleteFunc(n.hooks, func(other *Hook) bool { return other == h })
	} else if path[0].Field == Entry {
		if below := n.entries[path[0].Key]; below != nil && hs.remove(below, path[1:], h) {
			delete(n.entries, path[0].Key)
		}
	} else if below := n.fields[path[0].Field]; below != nil && hs.remove(below, path[1:], h) {
		delete(n.fields, path[0].Field)
	}
	return len(n.hooks) == 0 && len(n.fields) == 0 && len(n.entries) == 0
}

// Len is the number of hooks.
func (hs *Hooks) Len() int {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	return hs.count
}

// grown returns the node at path, which is made where there is none.
func (hs *Hooks) grown(path []Step) *node {
	n := &hs.root
	for _, s := range path {
		below := n.below(s)
		if below == nil {
			below = n.grow(s)
		}
		n = below
	}
	return n
}

func (n *node) below(s Step) *node {
	if s.Field == Entry {
		return n.entries[s.Key]
	}
	return n.fields[s.Field]
}

func (n *node) grow(s Step) *node {
	below := &node{}
	if s.Field == Entry {
		if n.entries == nil {
			n.entries = map[string]*node{}
		}
		n.entries[s.Key] = below
	} else {
		if n.fields == nil {
			n.fields = map[int]*node{}
		}
		n.fields[s.Field] = below
	}
	return below
}

// A Call is a hook that a difference concerns.
type Call struct {
	Hook *Hook
	Key  string
}

// Match appends to calls the hooks that delta concerns, in the order in which
// they are called. It costs what delta and the hooks found cost; hooks that do
// not match cost nothing.
func (hs *Hooks) Match(calls []Call, delta *Delta) []Call {
	hs.mu.Lock()
	calls = hs.root.match(calls, delta)
	hs.mu.Unlock()
	slices.SortFunc(calls, func(a, b Call) int {
		if c := cmp.Compare(a.Hook.Priority, b.Hook.Priority); c != 0 {
			return c
		}
		if c := cmp.Compare(a.Hook.order, b.Hook.order); c != 0 {
			return c
		}
		return cmp.Compare(a.Key, b.Key)
	})
	return calls
}

func (n *node) match(calls []Call, delta *Delta) []Call {
	for _, h := range n.hooks {
		if h.Entries == nil {
			calls = append(calls, Call{Hook: h})
			continue
		}
		for i := range delta.Parts {
			calls = append(calls, Call{h, delta.Parts[i].Step.Key})
		}
	}
	if len(n.fields) == 0 && len(n.entries) == 0 {
		return calls
	}
	for i := range delta.Parts {
		if below := n.below(delta.Parts[i].Step); below != nil {
			calls = below.match(calls, &delta.Parts[i])
		}
	}
	return calls
}

// state reports whether h was removed, and whether a call of it is running.
func (hs *Hooks) state(h *Hook) (removed, hanging bool) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	return h.removed, h.hanging
}

func (hs *Hooks) setHanging(h *Hook, hanging bool) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	h.hanging = hanging
}
