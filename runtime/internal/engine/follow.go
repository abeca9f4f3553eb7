package engine

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/call"
	"github.com/hotbind/hotbind/runtime/internal/journal"
	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/internal/watch"
	"github.com/hotbind/hotbind/runtime/source"

	rt "github.com/hotbind/hotbind/runtime"
)

// A follower turns changes of the sources into reloads.
type follower struct {
	engine  *Engine
	opts    rt.Options
	journal *journal.Journal
	ctx     context.Context // ends when the engine closes
	watcher Watcher
	events  *watch.Events
	ended   chan struct{}  // closed when follow has returned
	sources sync.WaitGroup // the goroutines of sources that report their changes

	arming sync.Mutex // held while paths are given to the watcher, so that the newest are given last

	mu      sync.Mutex // guards the fields below; held briefly, and never together with the engine's
	control control
	pending []rt.PendingChange
	// watching is false while the watcher is impaired.
	watching bool
}

func newFollower(e *Engine) *follower {
	f := &follower{engine: e, opts: e.opts, journal: e.journal, ctx: e.ctx, ended: make(chan struct{}), watching: true, events: watch.NewEvents()}
	f.control = control{enabled: f.followsAtStart(), strategy: f.opts.Strategy, since: time.Now(), extra: f.opts.WatchPaths}
	return f
}

// watch arms a watcher before the first read: a change from then on is an event or is
// read.
func (f *follower) watch(newWatcher func(notify func(watch.Event)) Watcher) {
	f.watcher = newWatcher(f.notice)
	f.watcher.Admit(f.admits)
	f.rewatch()
}

// closeWatcher closes the watcher and waits for it.
func (f *follower) closeWatcher() error {
	err := f.watcher.Close()
	<-f.watcher.Done()
	return err
}

// close ends ctx, and reports whether the sources were followed until then.
func (f *follower) close(cancel context.CancelFunc) (was bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	was = f.follows()
	cancel()
	return was
}

// wait waits until nothing of the follower runs.
func (f *follower) wait() {
	<-f.ended
	f.sources.Wait()
}

// notice handles an event of the watcher or a source.
func (f *follower) notice(w watch.Event) {
	f.mu.Lock()
	enabled, news := f.control.enabled, false
	if enabled && w.Kind != watch.Failed {
		news = f.changed(w.Path)
	}
	f.mu.Unlock()
	if news {
		f.journal.Note(journal.Detected{Source: w.Path})
	}
	if enabled || w.Kind == watch.Failed {
		f.events.Add(w)
	}
}

// changed records a changed source, or any source if src is empty. It reports whether the
// change is new. The caller holds mu.
func (f *follower) changed(src string) (news bool) {
	if src == "" {
		src = "(any source)"
	}
	now := time.Now()
	for i := range f.pending {
		if f.pending[i].Source == src {
			f.pending[i].Last = now
			return false
		}
	}
	if len(f.pending) >= mostPending {
		return false
	}
	f.pending = append(f.pending, rt.PendingChange{Source: src, First: now, Last: now})
	return true
}

// mostPending bounds the pending changes that are listed one by one.
const mostPending = 1000

// wasRead records that the sources were read at the time start: earlier changes are no
// longer pending. The set of files may have changed too.
func (f *follower) wasRead(c load.Content, start time.Time) {
	f.settlePending(start)
	f.mu.Lock()
	f.control.dropped = nil
	f.mu.Unlock()
	f.engine.wasRead(c)
	f.rewatch()
	f.events.Ring()
}

// settlePending forgets changes from before start, since when the sources were read, or
// could not be.
func (f *follower) settlePending(start time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pending = slices.DeleteFunc(f.pending, func(p rt.PendingChange) bool { return !p.Last.After(start) })
}

// attendFollowers listens to the sources that report their changes.
func (f *follower) attendFollowers() {
	for _, src := range f.engine.loader.Sources() {
		if follower, ok := src.(source.Follower); ok {
			f.sources.Add(1)
			go f.protect(func() { f.attend(follower) })
		}
	}
}

// Pauses before following again a source that has stopped following:
const (
	firstPause = 100 * time.Millisecond
	maxPause   = 30 * time.Second
)

// connectedAfter is how long a source must follow to count as connected.
const connectedAfter = 5 * time.Second

// attend listens to one source until the engine closes.
func (f *follower) attend(src source.Follower) {
	defer f.sources.Done()
	for pause := firstPause; ; pause = min(2*pause, maxPause) {
		began := time.Now()
		err := f.listen(src)
		if f.ctx.Err() != nil {
			return
		}
		if time.Since(began) > maxPause {
			pause = firstPause // it worked for long enough
		}
		if err == nil {
			err = errors.New("stopped following")
		}
		f.engine.health.Lost(src, err)
		if sleep(f.ctx, pause) != nil {
			return
		}
		f.notice(watch.Event{Kind: watch.Replaced, Path: src.Name()}) // whatever was missed
	}
}

func (f *follower) listen(src source.Follower) error {
	connected := func() { f.engine.health.Heard(src) }
	// One that has followed for a while is connected, although nothing changes.
	defer time.AfterFunc(connectedAfter, connected).Stop()
	return call.Guard(func() error {
		return src.Follow(f.ctx, func() {
			connected()
			f.notice(watch.Event{Kind: watch.Replaced, Path: src.Name()})
		})
	})
}

// follow turns events into reloads until the engine closes.
func (f *follower) follow() {
	defer close(f.ended)
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	defer timer.Stop()
	poll := time.NewTicker(f.engine.pollInterval())
	defer poll.Stop()
	if f.opts.PollInterval <= 0 {
		poll.Stop()
	}
	atOnce := make(chan struct{}) // a look that is due needs no timer
	close(atOnce)
	var s settling
	var due <-chan struct{}
	here := f.engine.caller.Here()
	// within is protect for code that reads the sources.
	within := func(do func(ctx context.Context)) (ok bool) {
		return f.protect(func() { here(f.ctx, do) })
	}
	look := func() {
		if !within(func(ctx context.Context) { f.look(ctx, &s) }) {
			s = settling{}
		}
	}
	for {
		select {
		case <-f.ctx.Done():
			return
		case <-due:
			look()
		case <-f.events.Wake():
			f.protect(f.engine.runQueue)
			b := f.events.Take()
			f.noteWatching(b)
			if b.Some {
				s.add(b)
			}
		case <-poll.C:
			within(func(ctx context.Context) { f.poll(ctx, &s) })
		case <-timer.C:
			look()
		}
		timer.Stop()
		due = nil
		switch wait, ok := f.due(&s); {
		case ok && wait <= 0:
			due = atOnce
		case ok:
			timer.Reset(wait)
		}
	}
}

// protect recovers a panic of hotbind or of code of the application, so that it does not
// end the process. It reports whether there was none.
func (f *follower) protect(do func()) (ok bool) {
	err := call.Guard(func() error { do(); return nil })
	if panicked := (*rt.PanicError)(nil); errors.As(err, &panicked) {
		f.journal.Note(journal.Stumbled{Err: panicked})
	}
	return err == nil
}

// poll finds changes that sent no event.
func (f *follower) poll(ctx context.Context, s *settling) {
	if !f.Enabled() {
		return
	}
	f.watcher.Rearm()
	if s.active && !s.differs {
		return
	}
	c, err := f.engine.loader.Read(ctx)
	if s.differs && !s.found.Equal(c.Signature()) || !s.differs && f.engine.isNews(c.Signature(), err) {
		f.found(c)
		s.touch(true)
		s.probe = c.Signature()
	}
}

// found records the sources that the poll found changed.
func (f *follower) found(c load.Content) {
	before := f.engine.read().Layers
	var names []string
	if len(c.Layers) != len(before) {
		names = append(names, "")
	}
	for i := range min(len(c.Layers), len(before)) {
		if !bytes.Equal(c.Layers[i], before[i]) {
			names = append(names, f.engine.loader.Source(i).Name()) // code of the application
		}
	}
	f.mu.Lock()
	names = slices.DeleteFunc(names, func(name string) bool { return !f.changed(name) })
	f.mu.Unlock()
	for _, name := range names {
		f.journal.Note(journal.Detected{Source: name})
	}
}

// noteWatching records events about the watching itself: that it is impaired, or works
// again.
func (f *follower) noteWatching(b watch.Batch) {
	if b.Failed != nil {
		f.mu.Lock()
		f.watching = false
		f.mu.Unlock()
		f.journal.Note(journal.WatchFailed{Err: &rt.WatchError{Cause: b.Failed}})
		return
	}
	if !b.Some {
		return
	}
	f.mu.Lock()
	f.watching = true
	f.mu.Unlock()
	f.journal.Note(journal.Watched{})
}
