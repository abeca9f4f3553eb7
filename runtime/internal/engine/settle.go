package engine

import (
	"context"
	"errors"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/internal/seam"
	"github.com/hotbind/hotbind/runtime/internal/watch"

	rt "github.com/hotbind/hotbind/runtime"
)

// A settling spans the time from the first event until the sources are read.
type settling struct {
	active  bool
	first   time.Time      // when it began, which bounds it
	last    time.Time      // when something last happened
	looked  time.Time      // when a look was last put off; zero: never
	written bool           // a file was written in place
	renamed bool           // all that happened was that complete files were renamed
	unnamed bool           // something happened that belongs to no single source
	missing bool           // a look could not read the sources; nothing happened since
	differs bool           // a look found content that the strategy holds back; nothing happened since
	found   load.Signature // the content of that look; zero: nothing readable
	// probe is the content that the poll read, for sources without events. It counts as
	// whole if it is unchanged after the settle time.
	probe load.Signature
}

// touch records that something happened.
func (s *settling) touch(written bool) {
	now := time.Now()
	if !s.active {
		s.active, s.first = true, now
	}
	s.renamed = false
	s.last, s.written, s.missing, s.differs, s.probe = now, s.written || written, false, false, load.Signature{}
}

// add records a batch of events.
func (s *settling) add(b watch.Batch) {
	renamed := b.Renamed && (s.renamed || !s.active)
	s.touch(b.Written)
	s.renamed = renamed
	s.unnamed = s.unnamed || b.Unnamed
}

// rest returns the time at which the files have been quiet for long enough.
func (f *follower) rest(s *settling) time.Time {
	if s.written {
		return s.last.Add(max(f.opts.Debounce, f.opts.Settle))
	}
	return s.last.Add(f.opts.Debounce)
}

// release returns the time at which the strategy lets the changes through.
func (f *follower) release(s *settling) (at time.Time, never bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return seam.Of[seam.Strategy](f.control.strategy).Release(f.control.since, s.first, len(f.pending))
}

// due returns how long to wait until the next look, and whether there is one. A look
// waits until the files are at rest, at most the maximum wait. A look that was put off is
// repeated soon, however much happens. Changes that the strategy holds back are read too,
// because they may be none, and again when the strategy may let them through.
func (f *follower) due(s *settling) (wait time.Duration, ok bool) {
	if !s.active {
		return 0, false
	}
	if !f.Enabled() || s.differs && len(f.Pending()) == 0 {
		*s = settling{} // nobody follows, or a request has read the sources
		return 0, false
	}
	release, never := f.release(s)
	from := s.first
	if s.differs {
		if never {
			return 0, false
		}
		from = maxTime(release, s.first)
	}
	limit := from.Add(f.opts.MaxWait)
	if again := s.looked.Add(max(f.opts.Debounce, minPause)); again.After(limit) {
		limit = again
	}
	return time.Until(maxTime(from, minTime(f.rest(s), limit))), true
}

func minTime(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func maxTime(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// look reads the sources once they are quiet, at the latest after the maximum wait. It
// puts their content into force if the strategy lets it through.
func (f *follower) look(ctx context.Context, s *settling) {
	if f.engine.take(f.ctx) != nil {
		return
	}
	defer f.engine.yield()
	if !f.Enabled() {
		*s = settling{}
		return
	}
	start := time.Now()
	release, never := f.release(s)
	held := never || start.Before(release)
	quiet := !start.Before(f.rest(s))
	// A storm this long is not a single save: report what it leaves behind.
	overdue := !held && start.Sub(maxTime(s.first, release)) >= 2*f.opts.MaxWait
	pause := minPause
	if overdue || (!quiet && !s.written) {
		pause = 0 // nothing is written in place, or nothing would ever hold still
	}
	before, changed := f.changedSince(s)
	c, err := f.read(ctx, s, pause, before, changed)
	s.looked = start
	if !f.Enabled() || (!overdue && f.unsettled(s, quiet, c, err)) { // Disable, and Close, may have come meanwhile
		return
	}
	if err == nil && f.engine.isJudged(c.Signature()) {
		*s = settling{}
		f.wasRead(c, start)
		f.engine.sameContent()
		return
	}
	if held && (err != nil || !f.engine.isInForce(c.Signature())) {
		s.differs, s.found = true, c.Signature()
		if len(f.Pending()) == 0 {
			f.found(c) // no event named it: it was missed while following was disabled
		}
		return
	}
	v, whole := verdict{err: err}, quiet || overdue
	if err == nil {
		if whole {
			f.engine.noteReading(c, rt.CauseFileChange)
		}
		v = f.engine.judge(c, false)
	}
	if (v.err != nil || c.Blank) && !whole {
		return // still being written: its errors mean nothing yet
	}
	if err == nil && !whole {
		f.engine.noteReading(c, rt.CauseFileChange)
	}
	*s = settling{}
	// The log and the status have the result.
	if err != nil {
		f.engine.unreadable(err, attempt{start: start})
		return
	}
	f.wasRead(c, start)
	f.engine.apply(f.ctx, f.engine.of(attempt{start: start}, c), v)
}

// read reads the sources that have changed. Renamed files are complete, so one look at
// them is enough.
func (f *follower) read(ctx context.Context, s *settling, pause time.Duration, before load.Content, changed []string) (load.Content, error) {
	if s.renamed {
		return f.engine.loader.ReadChanged(ctx, before, changed)
	}
	return f.engine.readTwice(ctx, pause, before, changed)
}

// changedSince returns the content that was read last and the sources that have changed
// since; no content if that is unknown.
func (f *follower) changedSince(s *settling) (before load.Content, changed []string) {
	pending := f.Pending()
	if s.unnamed || len(pending) == 0 || len(pending) == mostPending {
		return load.Content{}, nil
	}
	for _, p := range pending {
		changed = append(changed, p.Source)
	}
	return f.engine.read(), changed
}

// unsettled reports whether a look may have read half of a save. If so, it schedules
// another look.
func (f *follower) unsettled(s *settling, quiet bool, c load.Content, err error) bool {
	switch {
	case quiet && f.events.Waiting():
		// A save began during the look.
	case errors.Is(err, errUnstable), !s.probe.IsZero() && !s.probe.Equal(c.Signature()):
		s.touch(true)
		s.probe = c.Signature()
	case (err != nil || c.Blank) && !s.missing:
		// This may be the first look at a file that is half saved.
		s.touch(true)
		s.missing = true
	default:
		return false
	}
	return true
}
