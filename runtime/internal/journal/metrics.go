package journal

import (
	"maps"
	"slices"
	"sync"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
)

// A meter counts and measures, if it is on.
type meter struct {
	on      bool
	mu      sync.Mutex
	metrics rt.Metrics
}

func newMeter(on bool) *meter {
	m := &meter{on: on, metrics: rt.Metrics{
		Reloads: map[rt.Outcome]uint64{}, Hooks: map[rt.Outcome]rt.Histogram{}, Subscribers: map[rt.Outcome]rt.Histogram{},
		ReloadDuration: newHistogram(),
	}}
	for _, o := range []rt.Outcome{rt.OutcomeReloaded, rt.OutcomeUnchanged, rt.OutcomeRefused, rt.OutcomeUndone} {
		m.metrics.Reloads[o] = 0
	}
	for _, o := range []rt.Outcome{rt.OutcomeSucceeded, rt.OutcomeFailed, rt.OutcomePanicked, rt.OutcomeTimedOut} {
		m.metrics.Hooks[o], m.metrics.Subscribers[o] = newHistogram(), newHistogram()
	}
	return m
}

func (m *meter) change(f func(*rt.Metrics)) {
	if !m.on {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f(&m.metrics)
}

// transition counts a transition that took a duration, and its outcome.
func transition(o rt.Outcome, d time.Duration) func(*rt.Metrics) {
	return func(m *rt.Metrics) {
		m.Reloads[o]++
		count(&m.ReloadDuration, d)
	}
}

// good records that the sources are in force.
func good(m *rt.Metrics) { m.RefusedInRow, m.LastSuccess = 0, time.Now() }

// Hook counts a call of a hook.
func (j *Journal) Hook(o rt.Outcome, d time.Duration) {
	j.meter.change(func(m *rt.Metrics) { add(m.Hooks, o, d) })
}

// Subscriber counts a call of a subscriber.
func (j *Journal) Subscriber(o rt.Outcome, d time.Duration) {
	j.meter.change(func(m *rt.Metrics) { add(m.Subscribers, o, d) })
}

func add(calls map[rt.Outcome]rt.Histogram, o rt.Outcome, d time.Duration) {
	h := calls[o]
	count(&h, d)
	calls[o] = h
}

// Metrics returns a copy of the metrics. It returns ErrNoMetrics if counting is off.
func (j *Journal) Metrics() (rt.Metrics, error) {
	if !j.meter.on {
		return rt.Metrics{}, rt.ErrNoMetrics
	}
	j.meter.mu.Lock()
	defer j.meter.mu.Unlock()
	m := j.meter.metrics
	m.Reloads = maps.Clone(m.Reloads)
	m.Hooks, m.Subscribers = cloned(m.Hooks), cloned(m.Subscribers)
	m.ReloadDuration = clone(m.ReloadDuration)
	return m, nil
}

func cloned(histograms map[rt.Outcome]rt.Histogram) map[rt.Outcome]rt.Histogram {
	clones := make(map[rt.Outcome]rt.Histogram, len(histograms))
	for o, h := range histograms {
		clones[o] = clone(h)
	}
	return clones
}

// newHistogram returns an empty histogram from 100 µs to 10 s.
func newHistogram() rt.Histogram {
	bounds := []time.Duration{
		100 * time.Microsecond, 250 * time.Microsecond, 500 * time.Microsecond,
		time.Millisecond, 2500 * time.Microsecond, 5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond,
		50 * time.Millisecond, 100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond,
		time.Second, 2500 * time.Millisecond, 5 * time.Second, 10 * time.Second,
	}
	return rt.Histogram{Bounds: bounds, Counts: make([]uint64, len(bounds)+1)}
}

func count(h *rt.Histogram, d time.Duration) {
	at, _ := slices.BinarySearch(h.Bounds, d)
	h.Counts[at]++
	h.Count++
	h.Sum += d
}

// clone returns a copy that later durations do not change.
func clone(h rt.Histogram) rt.Histogram {
	h.Counts = slices.Clone(h.Counts)
	return h
}
