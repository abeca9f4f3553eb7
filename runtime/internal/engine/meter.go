package engine

import (
	"context"
	"errors"
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

// A callKind tells the calls of hooks from those of subscribers.
type callKind uint8

const (
	hookCall callKind = iota
	subscriberCall
)

// called counts a call of a hook or subscriber.
func (m *meter) called(kind callKind, err error, d time.Duration) {
	m.change(func(s *rt.Metrics) {
		calls := s.Hooks
		if kind == subscriberCall {
			calls = s.Subscribers
		}
		h := calls[callOutcome(err)]
		h.Add(d)
		calls[callOutcome(err)] = h
	})
}

func callOutcome(err error) rt.Outcome {
	var panicked *rt.PanicError
	switch {
	case err == nil:
		return rt.OutcomeSucceeded
	case errors.As(err, &panicked):
		return rt.OutcomePanicked
	case errors.Is(err, context.DeadlineExceeded):
		return rt.OutcomeTimedOut
	}
	return rt.OutcomeFailed
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
	m.Channels = e.outbox.Stats()
	m.Revision, m.LastReloadSuccessful = s.Revision.ID, s.LastError == nil
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
