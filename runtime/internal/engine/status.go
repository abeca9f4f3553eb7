package engine

import (
	"slices"

	rt "github.com/hotbind/hotbind/runtime"
)

// Status implements [rt.Manager].
func (e *Engine) Status() rt.Status {
	paths, unseen, unsaved := e.WatchPaths(), e.watcher.Unseen(), e.history.Unsaved() // have locks of their own
	hooks, subscribers := e.hooks.Len(), e.observers.Len()
	s := e.journal.Status()
	e.mu.Lock()
	defer e.mu.Unlock()
	s.Revision = e.current.Revision
	s.Environment = e.environment
	s.Enabled = e.follows()
	s.Watching = s.Enabled && e.watching
	s.WatchPaths, s.Polled = paths, unseen
	s.Strategy = e.control.strategy
	s.PendingChanges = slices.Clone(e.pending)
	s.PendingRestart = slices.Clone(e.restart)
	s.Hooks, s.Subscribers = hooks, subscribers
	if s.StoreError == nil {
		s.StoreError = unsaved
	}
	s.LastError = e.judgement.err()
	if s.LastError == nil && s.Strategy != rt.Immediate() && len(s.PendingChanges) > 0 {
		s.LastError = &rt.PendingError{Strategy: s.Strategy, Changes: s.PendingChanges}
	}
	return s
}

// PendingChanges implements [rt.Manager].
func (e *Engine) PendingChanges() []rt.PendingChange {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.pending)
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
	m.LastReloadSuccessful = e.judgement.err() == nil // what waits for the strategy has not failed
	e.mu.Unlock()
	m.Channels, m.Revision = e.outbox.Stats(), s.Revision.ID
	m.RegisteredHooks, m.Subscriptions, m.PendingRestarts = s.Hooks, s.Subscribers, len(s.PendingRestart)
	return m, nil
}
