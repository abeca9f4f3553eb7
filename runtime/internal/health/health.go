// Package health tracks the sources that follow a store: the revision of the last read,
// whether they report changes, and the last good content that is used when they cannot be
// read. It reports once when a source fails, when its last good content is used, and when
// it recovers.
package health

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/call"
	"github.com/hotbind/hotbind/runtime/internal/journal"
	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/source"
)

// Sources tracks the sources of one configuration that follow a store. Its methods may be
// called from any goroutine. Methods that name a source ignore sources that follow none.
type Sources struct {
	note func(journal.Event)

	mu   sync.Mutex
	list []*state
}

// A state is the state of one source.
type state struct {
	source   source.Source
	name     string // read once, and never under the lock
	revision source.Revision
	lost     fault // it does not report its changes
	unread   fault // it cannot be read
	lastGood time.Time
	reported bool // whether its failure was reported
	replaced bool // whether the use of its last good content was reported
}

// A fault is a time since when something is wrong, and the error.
type fault struct {
	since time.Time
	err   error
}

func (f *fault) begin(err error) {
	f.err = err
	if f.since.IsZero() {
		f.since = time.Now()
	}
}

// New returns Sources in which all are healthy.
func New(sources []source.Source, note func(journal.Event)) *Sources {
	s := &Sources{note: note}
	for _, src := range sources {
		if load.Follows(src) {
			s.list = append(s.list, &state{source: src, name: src.Name()})
		}
	}
	return s
}

// Read implements [load.Reads].
func (s *Sources) Read(src source.Source, revision source.Revision) {
	s.change(src, func(one *state) {
		one.revision, one.unread, one.lastGood = revision, fault{}, time.Time{}
	})
}

// Unread implements [load.Reads].
func (s *Sources) Unread(src source.Source, err error, lastGood time.Time) {
	s.change(src, func(one *state) {
		one.unread.begin(err)
		one.lastGood = lastGood
	})
}

// Lost records that a source has stopped reporting its changes.
func (s *Sources) Lost(src source.Source, err error) {
	s.change(src, func(one *state) { one.lost.begin(err) })
}

// Heard records that a source reports its changes.
func (s *Sources) Heard(src source.Source) {
	s.change(src, func(one *state) { one.lost = fault{} })
}

// change changes the state of a source, and reports a failure or a recovery.
func (s *Sources) change(src source.Source, f func(*state)) {
	s.mu.Lock()
	i := slices.IndexFunc(s.list, func(one *state) bool { return one.source == src })
	if i < 0 {
		s.mu.Unlock()
		return
	}
	one := s.list[i]
	since := one.behind()
	f(one)
	var event journal.Event
	switch behind := one.behind(); {
	case !behind.IsZero() && (!one.reported || !one.replaced && !one.lastGood.IsZero()):
		one.reported, one.replaced = true, !one.lastGood.IsZero()
		event = journal.SourceFailed{Source: one.name, Err: one.why(), Unread: one.unread.err != nil, LastGood: one.lastGood}
	case behind.IsZero() && one.reported:
		one.reported, one.replaced = false, false
		event = journal.SourceRecovered{Source: one.name, After: time.Since(since)}
	}
	s.mu.Unlock()
	if event != nil {
		s.note(event)
	}
}

// behind returns the time since when changes may be missing; zero if none are.
func (one *state) behind() time.Time {
	switch a, b := one.lost.since, one.unread.since; {
	case a.IsZero(), !b.IsZero() && b.Before(a):
		return b
	default:
		return a
	}
}

// why returns the most specific error of a source that is behind.
func (one *state) why() error {
	if one.unread.err != nil {
		return one.unread.err
	}
	return one.lost.err
}

// Status returns the status of the sources.
func (s *Sources) Status() []source.Status {
	s.mu.Lock()
	if len(s.list) == 0 {
		s.mu.Unlock()
		return nil
	}
	all := make([]source.Status, len(s.list))
	for i, one := range s.list {
		all[i] = source.Status{
			Name: one.name, Revision: one.revision, Connected: one.lost.since.IsZero(),
			Behind: one.behind(), Err: one.why(), LastGood: one.lastGood,
		}
	}
	list := s.list // never replaced
	s.mu.Unlock()
	for i, one := range list {
		if reporter, ok := one.source.(source.HealthReporter); ok {
			ask(reporter, &all[i])
		}
	}
	return all
}

// StandIns returns an error for each source whose last good content is used: that may
// explain what is wrong with the configuration.
func (s *Sources) StandIns() (errs []error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.list {
		if !one.lastGood.IsZero() {
			errs = append(errs, fmt.Errorf("cannot read %s, using its last good content from %v: %w",
				one.name, one.lastGood.Format(time.RFC3339), one.why()))
		}
	}
	return errs
}

// ask adds what a source reports about itself. It calls code of the application.
func ask(reporter source.HealthReporter, s *source.Status) {
	var h source.Health
	if err := call.Guard(func() error { h = reporter.Health(); return nil }); err != nil {
		s.Err = err
		return
	}
	h.Err = call.Guard(func() error { return h.Err }) // its methods may panic, too
	s.Connected = s.Connected && h.Connected
	if s.Behind.IsZero() || !h.Behind.IsZero() && h.Behind.Before(s.Behind) {
		s.Behind = h.Behind
	}
	if s.Err == nil {
		s.Err = h.Err
	}
}
