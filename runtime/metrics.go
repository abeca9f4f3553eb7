package runtime

import (
	"errors"
	"slices"
	"time"
)

// ErrNoMetrics is returned by Metrics where [WithMetrics] is not given.
var ErrNoMetrics = errors.New("metrics are not collected")

// An Outcome says what became of a reload, an update or a rollback, or of the call of
// a hook or subscriber.
type Outcome string

// The outcomes. A transition is reloaded, unchanged, refused or undone (it was in
// force, and a hook's failure took it out); a call is succeeded, failed, panicked or
// timed out.
const (
	OutcomeReloaded  Outcome = "reloaded"
	OutcomeUnchanged Outcome = "unchanged"
	OutcomeRefused   Outcome = "refused"
	OutcomeUndone    Outcome = "undone"

	OutcomeSucceeded Outcome = "succeeded"
	OutcomeFailed    Outcome = "failed"
	OutcomePanicked  Outcome = "panicked"
	OutcomeTimedOut  Outcome = "timed_out"
)

// Metrics are what was counted and measured since the start.
type Metrics struct {
	// Reloads has the four outcomes of a transition: reloads, updates and rollbacks.
	Reloads        map[Outcome]uint64
	ReloadDuration Histogram // of all of them
	// Hooks and Subscribers have the four outcomes of a call.
	Hooks       map[Outcome]Histogram
	Subscribers map[Outcome]Histogram
	// WatchErrors counts how often watching was impaired or a source lost its store.
	WatchErrors uint64
	Channels    []ChannelStats

	Revision             RevisionID
	LastSuccess          time.Time // when the sources were last found good: in force, or no change
	LastReloadSuccessful bool      // whether what the sources say is in force
	RefusedInRow         uint64    // candidates refused since the last good one
	RegisteredHooks      int
	Subscriptions        int
	SourcesBehind        int // sources that follow a store and may miss changes of it
	PendingRestarts      int // changes that wait for the next start
}

// A Histogram counts durations.
type Histogram struct {
	Bounds []time.Duration // upper bounds, inclusive, in order
	Counts []uint64        // of each bound the durations above the one before; the last one is for all longer ones
	Count  uint64
	Sum    time.Duration
}

// NewHistogram returns an empty histogram from 100 µs to 10 s.
func NewHistogram() Histogram {
	bounds := []time.Duration{
		100 * time.Microsecond, 250 * time.Microsecond, 500 * time.Microsecond,
		time.Millisecond, 2500 * time.Microsecond, 5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond,
		50 * time.Millisecond, 100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond,
		time.Second, 2500 * time.Millisecond, 5 * time.Second, 10 * time.Second,
	}
	return Histogram{Bounds: bounds, Counts: make([]uint64, len(bounds)+1)}
}

// Add counts a duration.
func (h *Histogram) Add(d time.Duration) {
	at, _ := slices.BinarySearch(h.Bounds, d)
	h.Counts[at]++
	h.Count++
	h.Sum += d
}

// Clone returns a copy to which h's later durations do not count.
func (h Histogram) Clone() Histogram {
	h.Counts = slices.Clone(h.Counts)
	return h
}
