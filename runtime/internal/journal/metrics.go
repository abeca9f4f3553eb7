package journal

import (
	"maps"
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
		ReloadDuration: rt.NewHistogram(),
	}}
	for _, o := range []rt.Outcome{rt.OutcomeReloaded, rt.OutcomeUnchanged, rt.OutcomeRefused, rt.OutcomeUndone} {
		m.metrics.Reloads[o] = 0
	}
	for _, o := range []rt.Outcome{rt.OutcomeSucceeded, rt.OutcomeFailed, rt.OutcomePanicked, rt.OutcomeTimedOut} {
		m.metrics.Hooks[o], m.metrics.Subscribers[o] = rt.NewHistogram(), rt.NewHistogram()
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
		m.ReloadDuration.Add(d)
	}
}

// good notes that the sources are in force.
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
	h.Add(d)
	calls[o] = h
}

// Metrics returns what was counted; ErrNoMetrics if nothing was.
func (j *Journal) Metrics() (rt.Metrics, error) {
	if !j.meter.on {
		return rt.Metrics{}, rt.ErrNoMetrics
	}
	j.meter.mu.Lock()
	defer j.meter.mu.Unlock()
	m := j.meter.metrics
	m.Reloads = maps.Clone(m.Reloads)
	m.Hooks, m.Subscribers = cloned(m.Hooks), cloned(m.Subscribers)
	m.ReloadDuration = m.ReloadDuration.Clone()
	return m, nil
}

func cloned(histograms map[rt.Outcome]rt.Histogram) map[rt.Outcome]rt.Histogram {
	clones := make(map[rt.Outcome]rt.Histogram, len(histograms))
	for o, h := range histograms {
		clones[o] = h.Clone()
	}
	return clones
}
