package dispatch

import (
	"cmp"
	"errors"
	"slices"
	"sync"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
)

// Hooks are the hooks of one configuration, in a tree by place. The methods may
// be called from any goroutine.
type Hooks struct {
	mu   sync.Mutex
	root node
	// patterns are the hooks with patterns.
	patterns patternNode
	count    int // without those
	prepares int // of those in count, how many prepare changes
	running  int // calls that have not returned
	order    uint64
}

type node struct {
	hooks   []*Hook
	fields  map[int]*node
	entries map[string]*node
}

// Add registers h, unless it was removed before.
func (hs *Hooks) Add(h *Hook) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	if h.removed {
		return
	}
	hs.order++
	h.order = hs.order
	if h.Pattern != nil {
		hs.patterns.add(*h.Pattern, h)
		return
	}
	n := hs.grown(h.Path)
	n.hooks = append(n.hooks, h)
	hs.counted(h, 1)
}

func (hs *Hooks) counted(h *Hook, n int) {
	hs.count += n
	if h.Prepare != nil {
		hs.prepares += n
	}
}

// Remove removes h for good, even if it is added later. No call of h begins after Remove
// has returned; a running call continues.
func (hs *Hooks) Remove(h *Hook) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	if h.removed {
		return
	}
	h.removed = true
	if h.order == 0 {
		return
	}
	if h.Pattern != nil {
		hs.patterns.remove(*h.Pattern, h)
		return
	}
	hs.counted(h, -1)
	hs.remove(&hs.root, h.Path, h)
}

// remove removes h below n and prunes empty nodes. It reports whether n itself is empty.
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

// Len returns the number of hooks without a pattern.
func (hs *Hooks) Len() int {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	return hs.count
}

// grown returns the node at path. It creates the node if it is missing.
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
	Hook   *Hook
	Key    string
	places []place // of a hook with a pattern, those that match
}

// Changes returns the changes at the places that match the pattern of the hook, each
// once, even if several paths lead to a place.
func (c *Call) Changes() (list rt.Changes) {
	if len(c.places) == 1 {
		return c.places[0].appendChanges(nil)
	}
	type seenAt struct {
		round int
		path  string
	}
	seen := map[seenAt]bool{}
	for _, p := range c.places {
		for _, change := range p.appendChanges(nil) {
			if key := (seenAt{p.round, change.Path}); !seen[key] {
				seen[key] = true
				list = append(list, change)
			}
		}
	}
	return list
}

// Preparing returns the hooks that prepare the change delta, in order.
func (hs *Hooks) Preparing(delta *Delta) []Call {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	return hs.match(delta, true)
}

// Matching returns the hooks that the change delta concerns, in order.
func (hs *Hooks) Matching(delta *Delta) []Call {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	return hs.match(delta, false)
}

// Swap calls swap, which makes the change delta, and returns the hooks to call, in
// order. No hook is registered in between: a hook registered before the swap is called,
// and one registered later sees the new value.
func (hs *Hooks) Swap(delta *Delta, swap func()) []Call {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	swap()
	return hs.match(delta, false)
}

// Observing returns, in order, the hooks with patterns for changes that no reload made. A
// pattern must match the path of a change, or end in ** above it.
func (hs *Hooks) Observing(changes []rt.ValueChange) []Call {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	calls := hs.patterns.matchChanges(changes)
	sortCalls(calls)
	return calls
}

// match returns the hooks that delta concerns; none if it is nil. The cost depends on
// delta and the hooks found, not on the others.
func (hs *Hooks) match(delta *Delta, prepare bool) []Call {
	if delta == nil || prepare && hs.prepares == 0 {
		return nil
	}
	calls := hs.root.match(nil, delta, prepare)
	if !prepare {
		calls = append(calls, hs.patterns.match(delta)...)
	}
	sortCalls(calls)
	return calls
}

func sortCalls(calls []Call) {
	slices.SortFunc(calls, func(a, b Call) int {
		return cmp.Or(
			cmp.Compare(rank(a.Hook), rank(b.Hook)),
			cmp.Compare(a.Hook.Priority, b.Hook.Priority),
			cmp.Compare(a.Hook.order, b.Hook.order),
			cmp.Compare(a.Key, b.Key),
		)
	})
}

// Observers splits ordered calls into those of hooks and those of observers.
func Observers(calls []Call) (hooks, observers []Call) {
	from := slices.IndexFunc(calls, func(c Call) bool { return c.Hook.Observer })
	if from < 0 {
		return calls, nil
	}
	return calls[:from], calls[from:]
}

// rank sorts observers after the hooks.
func rank(h *Hook) int {
	if h.Observer {
		return 1
	}
	return 0
}

func (n *node) match(calls []Call, delta *Delta, prepare bool) []Call {
	for _, h := range n.hooks {
		switch {
		case delta.Unset, prepare != (h.Prepare != nil):
		case h.Entries == nil:
			calls = append(calls, Call{Hook: h})
		default:
			for i := range delta.Parts {
				calls = append(calls, Call{Hook: h, Key: delta.Parts[i].Step.Key})
			}
		}
	}
	if len(n.fields) == 0 && len(n.entries) == 0 {
		return calls
	}
	for i := range delta.Parts {
		if below := n.below(delta.Parts[i].Step); below != nil {
			calls = below.match(calls, &delta.Parts[i], prepare)
		}
	}
	return calls
}

// Hanging returns an error that names the hooks that the change delta concerns and that
// have not returned from an earlier call, or nil if there are none. Without calling it
// checks only hooks that prepare. Call it between two rounds of calls: during one, a hook
// that runs normally would count too.
func (hs *Hooks) Hanging(delta *Delta, calling bool) error {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	if hs.running == 0 {
		return nil
	}
	calls := hs.match(delta, true)
	if calling {
		calls = append(calls, hs.match(delta, false)...)
	}
	var errs []error
	var last *Hook // a hook on entries has several calls in a row
	for _, call := range calls {
		if call.Hook.running && !call.Hook.Observer && call.Hook != last {
			errs = append(errs, call.Hook.failed("", ErrHanging))
			last = call.Hook
		}
	}
	return errors.Join(errs...)
}

// ErrRemoved is returned for a call of a hook that was removed.
var ErrRemoved = errors.New("the hook was removed")

// begin records that a call of h runs. It fails if h was removed and the call does not
// end what an earlier one began, or if another call is running. It decides under the lock
// that Remove takes, so no call begins after Remove.
func (hs *Hooks) begin(h *Hook, ends bool) error {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	switch {
	case h.removed && !ends:
		return ErrRemoved
	case h.running:
		return ErrHanging
	}
	h.running = true
	hs.running++
	return nil
}

func (hs *Hooks) end(h *Hook) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	h.running = false
	hs.running--
	if h.idle != nil {
		close(h.idle)
		h.idle = nil
	}
}

// Wait returns nil when no call of h runs, or ErrHanging after limit; 0 is no limit.
func (hs *Hooks) Wait(h *Hook, limit time.Duration) error {
	hs.mu.Lock()
	running := h.running
	if running && h.idle == nil {
		h.idle = make(chan struct{})
	}
	idle := h.idle
	hs.mu.Unlock()
	if !running {
		return nil
	}
	var over <-chan time.Time
	if limit > 0 {
		timer := time.NewTimer(limit)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-idle:
		return nil
	case <-over:
		return ErrHanging
	}
}
