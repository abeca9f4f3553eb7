package engine

import (
	"maps"
	"sync"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
)

// A meter counts and measures, where that is asked for.
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

// reload counts a transition that took a duration, and what became of it.
func (m *meter) reload(o rt.Outcome, d time.Duration) {
	m.change(func(s *rt.Metrics) {
		s.Reloads[o]++
		s.ReloadDuration.Add(d)
	})
}

// refused counts a candidate of the sources that is not in force, and good notes that
// what they say is.
func (m *meter) refused() {
	m.change(func(s *rt.Metrics) { s.RefusedInRow++ })
}

func (m *meter) good() {
	m.change(func(s *rt.Metrics) { s.RefusedInRow, s.LastSuccess = 0, time.Now() })
}

func (m *meter) watchFailed() { m.change(func(s *rt.Metrics) { s.WatchErrors++ }) }

// hook counts a call of a hook, and subscriber one of a subscriber.
func (m *meter) hook(o rt.Outcome, d time.Duration) {
	m.change(func(s *rt.Metrics) { count(s.Hooks, o, d) })
}

func (m *meter) subscriber(o rt.Outcome, d time.Duration) {
	m.change(func(s *rt.Metrics) { count(s.Subscribers, o, d) })
}

func count(calls map[rt.Outcome]rt.Histogram, o rt.Outcome, d time.Duration) {
	h := calls[o]
	h.Add(d)
	calls[o] = h
}

// Metrics implements [rt.Manager].
func (e *Engine) Metrics() (rt.Metrics, error) {
	if !e.opts.Metrics {
		return rt.Metrics{}, rt.ErrNoMetrics
	}
	s := e.Status()
	e.meter.mu.Lock()
	m := e.meter.metrics
	m.Reloads = maps.Clone(m.Reloads)
	m.Hooks, m.Subscribers = cloned(m.Hooks), cloned(m.Subscribers)
	m.ReloadDuration = m.ReloadDuration.Clone()
	e.meter.mu.Unlock()
	e.mu.Lock()
	m.LastReloadSuccessful = e.judgement.err() == nil // what waits for the strategy has not failed
	e.mu.Unlock()
	m.Channels, m.Revision = e.outbox.Stats(), s.Revision.ID
	m.RegisteredHooks, m.Subscriptions, m.PendingRestarts = s.Hooks, s.Subscribers, len(s.PendingRestart)
	return m, nil
}

func cloned(histograms map[rt.Outcome]rt.Histogram) map[rt.Outcome]rt.Histogram {
	clones := make(map[rt.Outcome]rt.Histogram, len(histograms))
	for o, h := range histograms {
		clones[o] = h.Clone()
	}
	return clones
}
