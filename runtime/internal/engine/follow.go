package engine

import (
	"context"
	"errors"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/journal"
	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/internal/watch"

	rt "github.com/hotbind/hotbind/runtime"
)

// events coalesces what the watcher tells between two looks: how much happened
// does not matter, so nothing queues.
type events struct {
	wake    chan struct{} // holds a token while something is pending
	mu      sync.Mutex
	pending batch
}

// A batch is what happened since the last look.
type batch struct {
	some    bool
	written bool // a file was written in place, so its content may be half there
	unnamed bool // it is of no one source
	failed  error
}

func (ev *events) add(w watch.Event) {
	ev.mu.Lock()
	if w.Kind == watch.Failed {
		ev.pending.failed = w.Err
	} else {
		ev.pending.some = true
		ev.pending.unnamed = ev.pending.unnamed || w.Path == ""
		ev.pending.written = ev.pending.written || w.Kind != watch.Replaced
	}
	ev.mu.Unlock()
	ev.ring()
}

func (ev *events) ring() {
	select {
	case ev.wake <- struct{}{}:
	default:
	}
}

func (ev *events) take() batch {
	ev.mu.Lock()
	defer ev.mu.Unlock()
	b := ev.pending
	ev.pending = batch{}
	return b
}

// waiting reports whether something happened that was not taken yet.
func (ev *events) waiting() bool {
	ev.mu.Lock()
	defer ev.mu.Unlock()
	return ev.pending.some
}

// notice takes what the watcher or a source tells.
func (e *Engine) notice(w watch.Event) {
	e.mu.Lock()
	enabled, news := e.control.enabled, false
	if enabled && w.Kind != watch.Failed {
		news = e.changed(w.Path)
	}
	e.mu.Unlock()
	if news {
		e.journal.Note(journal.Detected{Source: w.Path})
	}
	if enabled || w.Kind == watch.Failed {
		e.events.add(w)
	}
}

// changed notes a source that has changed, "" for any of them, and reports whether it
// was not known yet. The caller holds mu.
func (e *Engine) changed(source string) (news bool) {
	if source == "" {
		source = "(any source)"
	}
	now := time.Now()
	for i := range e.pending {
		if e.pending[i].Source == source {
			e.pending[i].Last = now
			return false
		}
	}
	if len(e.pending) >= mostPending {
		return false
	}
	e.pending = append(e.pending, rt.PendingChange{Source: source, First: now, Last: now})
	return true
}

// mostPending bounds how many pending changes are told apart.
const mostPending = 1000

// wasRead notes that the sources were read at start: what changed before is pending
// no more. What they are made of may have changed too.
func (e *Engine) wasRead(c load.Content, start time.Time) {
	e.settlePending(start)
	e.mu.Lock()
	e.judgement.parts, e.lastRead = c.Parts, c
	e.mu.Unlock()
	e.rewatch()
	e.events.ring()
}

// settlePending forgets changes from before start, since when the sources were read, or
// could not be.
func (e *Engine) settlePending(start time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pending = slices.DeleteFunc(e.pending, func(p rt.PendingChange) bool { return !p.Last.After(start) })
}

// attendFollowers listens to the sources that tell by themselves.
func (e *Engine) attendFollowers() {
	for _, source := range e.loader.Sources() {
		if f, ok := source.(rt.Follower); ok {
			e.followers.Add(1)
			go e.attend(f)
		}
	}
}

// How long to wait before a source that has stopped telling is asked again.
const (
	firstPause = 100 * time.Millisecond
	maxPause   = 30 * time.Second
)

// attend listens to one source until the engine closes.
func (e *Engine) attend(f rt.Follower) {
	defer e.followers.Done()
	for pause := firstPause; ; pause = min(2*pause, maxPause) {
		began := time.Now()
		err := e.listen(f)
		if e.ctx.Err() != nil {
			return
		}
		if time.Since(began) > maxPause {
			pause = firstPause // it worked for long enough
		}
		if err == nil {
			err = errors.New("it ended")
		}
		e.journal.Note(journal.WatchFailed{Err: &rt.SourceError{Source: f.Name(), Cause: err}, Source: true})
		if sleep(e.ctx, pause) != nil {
			return
		}
		e.notice(watch.Event{Kind: watch.Replaced, Path: f.Name()}) // whatever was missed
	}
}

func (e *Engine) listen(f rt.Follower) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &rt.PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return f.Follow(e.ctx, func() {
		e.journal.Note(journal.Heard{})
		e.notice(watch.Event{Kind: watch.Replaced, Path: f.Name()})
	})
}

// follow turns events into reloads until the engine closes.
func (e *Engine) follow() {
	defer close(e.following)
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	defer timer.Stop()
	poll := time.NewTicker(e.pollInterval())
	defer poll.Stop()
	if e.opts.PollInterval <= 0 {
		poll.Stop()
	}
	var s settling
	for {
		select {
		case <-e.ctx.Done():
			return
		case <-e.events.wake:
			e.protect(e.runQueue)
			b := e.events.take()
			e.noteWatching(b)
			if b.some {
				s.touch(b.written)
				s.unnamed = s.unnamed || b.unnamed
			}
		case <-poll.C:
			e.within(func(ctx context.Context) { e.poll(ctx, &s) })
		case <-timer.C:
			if !e.within(func(ctx context.Context) { e.look(ctx, &s) }) {
				s = settling{}
			}
		}
		timer.Stop()
		if wait, ok := e.due(&s); ok {
			timer.Reset(wait)
		}
	}
}

// protect keeps a panic of ours, or of code that somebody else wrote, from
// ending the process; it reports whether there was none.
func (e *Engine) protect(f func()) (ok bool) {
	defer func() {
		if v := recover(); v != nil {
			e.journal.Note(journal.Stumbled{Err: &rt.PanicError{Value: v, Stack: debug.Stack()}})
		}
	}()
	f()
	return true
}

// within is protect for what reads the sources.
func (e *Engine) within(f func(ctx context.Context)) (ok bool) {
	return e.protect(func() { e.caller.Within(e.ctx, f) })
}

// poll finds what no event told of.
func (e *Engine) poll(ctx context.Context, s *settling) {
	if !e.Enabled() {
		return
	}
	e.watcher.Rearm()
	if s.active && !s.differs {
		return
	}
	c, err := e.loader.Read(ctx)
	if s.differs && c.Signature != s.found || !s.differs && e.isNews(c.Signature, err) {
		e.found(c)
		s.touch(true)
		s.probe = c.Signature
	}
}

// found notes which sources the poll found changed.
func (e *Engine) found(c load.Content) {
	e.mu.Lock()
	var names []string
	if len(c.Parts) != len(e.judgement.parts) && e.changed("") {
		names = append(names, "")
	}
	for i := range min(len(c.Parts), len(e.judgement.parts)) {
		name := e.loader.Source(i).Name()
		if c.Parts[i] != e.judgement.parts[i] && e.changed(name) {
			names = append(names, name)
		}
	}
	e.mu.Unlock()
	for _, name := range names {
		e.journal.Note(journal.Detected{Source: name})
	}
}

// noteWatching notes what events say about the watching itself: that it is
// impaired, or that what was impaired tells of its files again.
func (e *Engine) noteWatching(b batch) {
	if b.failed != nil {
		e.mu.Lock()
		e.watching = false
		e.mu.Unlock()
		e.journal.Note(journal.WatchFailed{Err: &rt.WatchError{Cause: b.failed}})
		return
	}
	if !b.some {
		return
	}
	e.mu.Lock()
	e.watching = true
	e.mu.Unlock()
	e.journal.Note(journal.Watched{})
}
