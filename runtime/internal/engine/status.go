package engine

import (
	"cmp"
	"slices"

	rt "github.com/hotbind/hotbind/runtime"
)

// Status implements [rt.Manager].
func (e *Engine) Status() rt.Status {
	s := e.journal.Status()
	waiting := e.show(&s)
	s.Hooks, s.Subscribers = e.hooks.Len(), e.observers.Len()
	if s.StoreError == nil {
		s.StoreError = e.archive.Unsaved()
	}
	s.Environment, s.Sources = e.environment, e.health.Status()
	e.mu.Lock()
	defer e.mu.Unlock()
	s.Revision = e.current.Revision
	s.PendingRestart = slices.Clone(e.restart)
	s.LastError = cmp.Or(e.judgement.err(), waiting)
	return s
}

func (e *Engine) pendingRestart() rt.Changes {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.restart)
}

// Metrics implements [rt.Manager].
func (e *Engine) Metrics() (rt.Metrics, error) {
	m, err := e.journal.Metrics()
	if err != nil {
		return m, err
	}
	s := e.Status()
	e.mu.Lock()
	m.LastReloadSuccessful = e.judgement.err() == nil // pending changes have not failed
	e.mu.Unlock()
	m.Channels, m.Revision = e.outbox.Stats(), s.Revision.ID
	for _, source := range s.Sources {
		if !source.Behind.IsZero() {
			m.SourcesBehind++
		}
	}
	m.RegisteredHooks, m.Subscriptions, m.PendingRestarts = s.Hooks, s.Subscribers, len(s.PendingRestart)
	return m, nil
}
