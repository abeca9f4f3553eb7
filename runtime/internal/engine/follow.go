package engine

import (
	"errors"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/dispatch"
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
	failed  error
}

func (ev *events) add(w watch.Event) {
	ev.mu.Lock()
	if w.Kind == watch.Failed {
		ev.pending.failed = w.Err
	} else {
		ev.pending.some = true
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

// queue is what was asked for inside hooks, in that order. Asking twice is
// asking once, so it stays small.
type queue struct {
	asked   []*rt.RollbackTarget // nil is a reload
	retry   bool
	initial []*dispatch.Hook
}

// ask adds a rollback, or a reload for nil, and forgets an earlier one.
func (q *queue) ask(target *rt.RollbackTarget) {
	q.asked = slices.DeleteFunc(q.asked, func(t *rt.RollbackTarget) bool { return (t == nil) == (target == nil) })
	q.asked = append(q.asked, target)
}

// A settling is the time between the first event and the look at the sources.
type settling struct {
	active  bool
	first   time.Time // when it began, which bounds it
	last    time.Time // when something last happened
	looked  time.Time // when a look was last put off; zero: never
	written bool      // a file was written in place
	missing bool      // nothing happened since a look found nothing to read
	// probe is what the poll read, for sources that tell of no event: content
	// counts as whole when it is still that after the settle time.
	probe signature
}

// touch notes that something happened.
func (s *settling) touch(written bool) {
	now := time.Now()
	if !s.active {
		s.active, s.first = true, now
	}
	s.last, s.written, s.missing, s.probe = now, s.written || written, false, signature{}
}

// rest is when the files have been quiet for long enough.
func (e *Engine) rest(s *settling) time.Time {
	if s.written {
		return s.last.Add(max(e.opts.Debounce, e.opts.Settle))
	}
	return s.last.Add(e.opts.Debounce)
}

// due is how long to wait until the next look: until the files are at rest, and
// no longer than the maximum wait. After that a look that was put off is followed
// by another one soon, however much happens.
func (e *Engine) due(s *settling) time.Duration {
	limit := s.first.Add(e.opts.MaxWait)
	if again := s.looked.Add(max(e.opts.Debounce, minPause)); again.After(limit) {
		limit = again
	}
	return time.Until(minTime(e.rest(s), limit))
}

func minTime(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
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
			}
		case <-poll.C:
			e.protect(func() { e.poll(&s) })
		case <-timer.C:
			if !e.protect(func() { e.look(&s) }) {
				s = settling{}
			}
		}
		if s.active {
			timer.Reset(e.due(&s))
		}
	}
}

// protect keeps a panic of ours, or of code that somebody else wrote, from
// ending the process; it reports whether there was none.
func (e *Engine) protect(f func()) (ok bool) {
	defer func() {
		if v := recover(); v != nil {
			e.warn("following the sources failed once", &rt.PanicError{Value: v, Stack: debug.Stack()})
		}
	}()
	f()
	return true
}

// poll finds what no event told of.
func (e *Engine) poll(s *settling) {
	e.watcher.Rearm()
	if s.active {
		return
	}
	c, err := e.readOnce(e.ctx)
	if e.isNews(c.signature, err) {
		s.touch(true)
		s.probe = c.signature
	}
}

// look reads the sources once they are quiet, or once they were never quiet for
// the maximum wait, and puts what they say into force.
func (e *Engine) look(s *settling) {
	if e.take(e.ctx) != nil {
		return
	}
	defer e.yield()
	start := time.Now()
	quiet := !start.Before(e.rest(s))
	// A storm this long is no single save: what it leaves behind is told of.
	overdue := start.Sub(s.first) >= 2*e.opts.MaxWait
	pause := minPause
	if overdue || (!quiet && !s.written) {
		pause = 0 // nothing is written in place, or nothing would ever hold still
	}
	c, err := e.readTwice(e.ctx, pause)
	s.looked = start
	if e.ctx.Err() != nil || (!overdue && e.unsettled(s, quiet, c, err)) {
		return
	}
	if err == nil && e.isJudged(c.signature) {
		*s = settling{}
		e.unchanged()
		return
	}
	v := verdict{err: err}
	if err == nil {
		v = e.judge(c)
	}
	if (v.err != nil || c.empty()) && !quiet && !overdue {
		return // still being written: what is wrong with it now says nothing
	}
	*s = settling{}
	// What comes of it stands in the log and in the status.
	if err != nil {
		e.unreadable(err, start)
	} else {
		e.apply(c.signature, v, rt.CauseFileChange, start)
	}
}

// unsettled reports whether what a look has read may be half of a save, and
// notes that there has to be another look.
func (e *Engine) unsettled(s *settling, quiet bool, c contents, err error) bool {
	switch {
	case quiet && e.events.waiting():
		// A save began while we looked.
	case errors.Is(err, errUnstable), s.probe != signature{} && s.probe != c.signature:
		s.touch(true)
		s.probe = c.signature
	case (err != nil || c.empty()) && !s.missing:
		// Half-way through being saved, perhaps, and this is the first we see of it.
		s.touch(true)
		s.missing = true
	default:
		return false
	}
	return true
}

// runQueue does what was asked for inside hooks.
func (e *Engine) runQueue() {
	e.mu.Lock()
	q := e.queue
	e.queue = queue{}
	e.mu.Unlock()
	for _, h := range q.initial {
		e.addCurrent(h)
	}
	for _, target := range q.asked {
		if target == nil {
			e.reload(e.ctx, rt.CauseManual) // what came of it stands in the log and in the status
		} else if err := e.rollbackAsked(*target); err != nil && e.ctx.Err() == nil {
			e.warn("a rollback asked for inside a hook failed", err)
		}
	}
	if q.retry {
		e.retry()
	}
}

// noteWatching notes what events say about the watching itself: that it is
// impaired, or that what was impaired tells of its files again.
func (e *Engine) noteWatching(b batch) {
	if b.failed != nil {
		e.mu.Lock()
		e.watching = false
		e.mu.Unlock()
		e.warn("watching is impaired", &rt.WatchError{Cause: b.failed})
		return
	}
	if !b.some {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.watching = true
	var impaired *rt.WatchError
	if errors.As(e.status.LastWarning, &impaired) {
		e.status.LastWarning = nil
	}
}
