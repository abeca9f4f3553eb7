package watch

import "sync"

// Events merges what a watcher reports between two checks. The number of events does not
// matter, so nothing queues.
type Events struct {
	wake    chan struct{} // holds a token while something is pending
	mu      sync.Mutex
	pending Batch
}

// NewEvents returns an empty Events.
func NewEvents() *Events { return &Events{wake: make(chan struct{}, 1)} }

// A Batch holds the events since the last check.
type Batch struct {
	Some    bool
	Written bool // a file was written in place, so its content may be half there
	Renamed bool // every event is a Renamed
	Unnamed bool // an event belongs to no single source
	Failed  error
}

// Add adds an event.
func (ev *Events) Add(w Event) {
	ev.mu.Lock()
	if w.Kind == Failed {
		ev.pending.Failed = w.Err
	} else {
		ev.pending.Renamed = w.Kind == Renamed && (ev.pending.Renamed || !ev.pending.Some)
		ev.pending.Some = true
		ev.pending.Unnamed = ev.pending.Unnamed || w.Path == ""
		ev.pending.Written = ev.pending.Written || w.Kind != Replaced && w.Kind != Renamed
	}
	ev.mu.Unlock()
	ev.Ring()
}

// Ring wakes the receiver of Wake.
func (ev *Events) Ring() {
	select {
	case ev.wake <- struct{}{}:
	default:
	}
}

// Take returns what happened since its last call.
func (ev *Events) Take() Batch {
	ev.mu.Lock()
	defer ev.mu.Unlock()
	b := ev.pending
	ev.pending = Batch{}
	return b
}

// Waiting reports whether something happened that was not taken yet.
func (ev *Events) Waiting() bool {
	ev.mu.Lock()
	defer ev.mu.Unlock()
	return ev.pending.Some
}

// Wake returns a channel that has a token if something happened that was not taken, or
// Ring was called.
func (ev *Events) Wake() <-chan struct{} { return ev.wake }
