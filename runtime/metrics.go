package runtime

import "time"

// An Outcome is the result of a transition (reload, update or rollback) or of a call of a
// hook or subscriber.
type Outcome string

// The outcomes. A transition ends as reloaded, unchanged, refused or undone (a failing
// hook rolled it back); a call as succeeded, failed, panicked or timed out.
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

// Metrics holds what was counted and measured since the start.
type Metrics struct {
	// Reloads counts transitions by outcome.
	Reloads        map[Outcome]uint64
	ReloadDuration Histogram // of all transitions
	// Hooks and Subscribers measure calls by outcome.
	Hooks       map[Outcome]Histogram
	Subscribers map[Outcome]Histogram
	// WatchErrors counts how often watching failed or a source lost its store.
	WatchErrors uint64
	Channels    []ChannelStats

	Revision             RevisionID
	LastSuccess          time.Time // when the sources were last valid
	LastReloadSuccessful bool      // whether the content of the sources is in force
	RefusedInRow         uint64    // candidates refused since the last good one
	RegisteredHooks      int
	Subscriptions        int
	SourcesBehind        int // sources that may miss changes of the store that they follow
	PendingRestarts      int // changes that take effect at the next start
}

// A Histogram counts durations in buckets.
type Histogram struct {
	Bounds []time.Duration // upper bounds, inclusive, ascending
	Counts []uint64        // by bucket: up to Bounds[i] and above the bound before; the last is above all bounds
	Count  uint64
	Sum    time.Duration
}
