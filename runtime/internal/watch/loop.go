package watch

import (
	"errors"
	"fmt"
	"maps"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Pauses before watching starts again after a panic, and how long it must run until a
// panic counts as the first one.
const (
	firstPause = 100 * time.Millisecond
	maxPause   = 30 * time.Second
	healthy    = time.Minute
)

// structural are the operations that change what a name refers to.
const structural = fsnotify.Create | fsnotify.Remove | fsnotify.Rename

// supervise runs the loop until the watcher is closed, and again after it
// panicked.
func (w *Watcher) supervise() {
	defer close(w.ended)
	var pause time.Duration
	for {
		started := time.Now()
		err := w.run()
		if err == nil {
			return
		}
		w.rest()
		pause = nextPause(pause, time.Since(started))
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
			w.resume(err)
		case <-w.inbox.done:
			timer.Stop()
			return
		}
	}
}

// nextPause returns the pause after a run that lasted so long and that followed the
// previous pause.
func nextPause(previous, lasted time.Duration) time.Duration {
	if previous == 0 || lasted >= healthy {
		return firstPause
	}
	return min(2*previous, maxPause)
}

// run handles the inbox until the watcher is closed. It returns an error if it cannot
// continue. The error of a panic contains the stack.
func (w *Watcher) run() (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = panicError(value, debug.Stack())
		}
	}()
	for {
		select {
		case <-w.inbox.done:
			return nil
		case <-w.inbox.wake:
		}
		d := newDigest()
		// Twice: what belongs to the first event of a save has arrived by then.
		for range 2 {
			taken := w.inbox.take()
			if taken.broken != nil {
				return errors.Join(slices.Concat(d.failures, taken.failures, []error{taken.broken})...)
			}
			w.digest(taken, d)
		}
		for _, e := range w.events(d) {
			if !w.call.through(w.notify, e) {
				return nil
			}
		}
		if len(d.files) > 0 {
			runtime.Gosched() // the receiver reads first
			w.armFiles(d.files)
		}
	}
}

func panicError(value any, stack []byte) error {
	if err, ok := value.(error); ok {
		return fmt.Errorf("watch: panic: %w\n%s", err, stack)
	}
	return fmt.Errorf("watch: panic: %v\n%s", value, stack)
}

// rest drops the backend for the length of a pause, so that its errors, or its part in a
// panic, do not continue.
func (w *Watcher) rest() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.resting = true
	clear(w.armed)
	if w.backend != nil {
		// It is abandoned in any case, and resume covers what it did not report.
		_ = w.backend.Close()
		w.backend = nil
	}
}

// resume starts the next turn with a new backend and has everything checked again,
// because what the failed run had taken is lost.
func (w *Watcher) resume(cause error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.resting = false
	w.inbox.fail(cause)
	w.inbox.lose()
}

// A digest is what the news mean for the watched paths, as they were given.
type digest struct {
	failures []error
	lost     bool
	replaced map[string]bool
	unknown  map[string]bool // of the replaced ones, those whose content may be incomplete
	written  map[string]bool
	files    map[string]bool // names at the end of chains to which files were renamed, not armed yet
}

func newDigest() *digest {
	return &digest{replaced: map[string]bool{}, unknown: map[string]bool{}, written: map[string]bool{}, files: map[string]bool{}}
}

// replace records a replaced path. If it was recorded before, more of the same replacement
// does not make its content incomplete.
func (d *digest) replace(path string) {
	if !d.replaced[path] {
		d.replaced[path], d.unknown[path] = true, true
	}
}

// create records that something on the way to path came to exist.
func (d *digest) create(path string, renamed bool) {
	d.replaced[path] = true
	d.unknown[path] = d.unknown[path] || !renamed
}

// digest re-arms what the news require and adds them to d. The receiver of an event reads
// after the watches were armed, so no write is missed; see armFiles for the exception.
func (w *Watcher) digest(taken news, d *digest) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return // arming would open a backend that nobody closes
	}
	d.failures = append(d.failures, taken.failures...)
	if taken.lost {
		d.lost = true
		w.disarmAll()
		w.rearm(nil)
		return
	}
	w.attribute(taken, d)
}

// events returns the events for d.
func (w *Watcher) events(d *digest) (events []Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	for _, err := range d.failures {
		events = append(events, Event{Kind: Failed, Err: err})
	}
	if d.lost {
		return append(events, Event{Kind: Overflow})
	}
	for _, p := range w.paths {
		switch {
		case d.replaced[p.given] && d.unknown[p.given]:
			events = append(events, Event{Kind: Replaced, Path: p.given})
		case d.replaced[p.given]:
			events = append(events, Event{Kind: Renamed, Path: p.given})
		}
		if d.written[p.given] {
			events = append(events, Event{Kind: Written, Path: p.given})
		}
	}
	return events
}

// attribute finds the paths that the news are about, and re-arms for them.
func (w *Watcher) attribute(taken news, d *digest) {
	for path := range taken.replaced {
		d.replace(path)
	}
	moved, names := map[string]bool{}, map[string]bool{}
	for name, h := range taken.names {
		uses := w.index.uses(name)
		final := true
		for _, u := range uses {
			switch {
			case h.created:
				d.create(u.path, h.renamed)
			case h.op.Has(structural):
				d.replace(u.path)
			}
			if h.op.Has(fsnotify.Write) && u.final {
				d.written[u.path] = true
			}
			final = final && u.final
		}
		switch {
		case !h.op.Has(structural):
		case final && h.created && h.renamed:
			d.files[name] = true
		default:
			names[name] = true
			for _, u := range uses {
				moved[u.path] = true
			}
		}
	}
	w.disarmNames(names, moved)
	if taken.again {
		moved = nil // all of them
	}
	if taken.again || len(moved) > 0 {
		for _, path := range w.rearm(moved) {
			d.replace(path)
		}
	}
}

// disarmNames removes the watches of names and of everything below, and adds the paths
// whose chains rely on them to moved.
func (w *Watcher) disarmNames(names, moved map[string]bool) {
	if len(names) == 0 {
		return
	}
	before := maps.Clone(w.armed)
	for name := range names {
		w.disarmBelow(name)
	}
	w.addDisarmed(moved, before)
}

// addDisarmed adds the paths whose chains rely on a watch that there was before.
func (w *Watcher) addDisarmed(moved map[string]bool, before map[string]watch) {
	gone := func(at place) bool {
		_, was := before[at.path]
		_, is := w.armed[at.path]
		return was && !is
	}
	if len(before) == len(w.armed) {
		return
	}
	for path, c := range w.chains {
		if slices.ContainsFunc(c.places, gone) {
			moved[path] = true
		}
	}
}

// A callGate lets calls pass until it is shut.
type callGate struct {
	mu      sync.Mutex
	closed  bool
	running bool
}

// shut prevents further calls and reports whether one is running.
func (g *callGate) shut() (running bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	return g.running
}

// through calls f, unless the gate is shut, and reports whether it did.
func (g *callGate) through(f func(Event), e Event) bool {
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return false
	}
	g.running = true
	g.mu.Unlock()
	defer func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.running = false
	}()
	f(e)
	return true
}
