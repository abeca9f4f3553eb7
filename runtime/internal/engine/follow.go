package engine

import (
	"errors"
	"runtime/debug"
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

// queue is what was asked for inside hooks. Asking twice is asking once, so it
// stays small.
type queue struct {
	reload   bool
	rollback *rt.RollbackTarget
	initial  []*dispatch.Hook
}

// A settling is the time between the first event and the look at the sources.
type settling struct {
	active  bool
	first   time.Time // when it began, which bounds it
	written bool
	// probe is what the poll read, for sources that tell of no event: content
	// counts as whole when it is still that one interval later.
	probe signature
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
			e.protect(func() { e.runQueue() })
			b := e.events.take()
			if b.failed != nil {
				e.impaired(b.failed)
			} else if b.some {
				e.watchingAgain()
			}
			if b.some {
				timer.Reset(e.extend(&s, b.written))
			}
		case <-poll.C:
			e.watcher.Rearm()
			if !s.active && e.polledChange(&s) {
				timer.Reset(e.extend(&s, true))
			}
		case <-timer.C:
			e.protect(func() { e.look(&s, timer) })
		}
	}
}

// protect keeps a panic of ours, or of a source that somebody else wrote, from
// ending the process.
func (e *Engine) protect(f func()) {
	defer func() {
		if v := recover(); v != nil {
			e.warn("following the sources failed once", &rt.PanicError{Value: v, Stack: debug.Stack()})
		}
	}()
	f()
}

// extend notes an event and returns how long to wait for quiet.
func (e *Engine) extend(s *settling, written bool) time.Duration {
	now := time.Now()
	if !s.active {
		s.active, s.first = true, now
	}
	s.written = s.written || written
	quiet := e.opts.Debounce
	if s.written {
		quiet = max(e.opts.Debounce, e.opts.Settle)
	}
	return min(quiet, max(0, s.first.Add(e.opts.MaxWait).Sub(now)))
}

// polledChange reports whether the poll reads something that was not seen yet.
func (e *Engine) polledChange(s *settling) bool {
	c, err := e.readOnce(e.ctx)
	if err != nil {
		// Told once: the error of the look is compared with the last one.
		return !e.alreadyJudged(signature{})
	}
	s.probe = c.signature
	return !e.alreadyJudged(c.signature)
}

// look reads the sources once they are quiet, or once they were never quiet for
// the maximum wait, and puts what they say into force.
func (e *Engine) look(s *settling, timer *time.Timer) {
	forced := time.Since(s.first) >= e.opts.MaxWait
	c, err := e.readTwice(e.ctx)
	unsettled := errors.Is(err, errUnstable) || (s.probe != signature{} && s.probe != c.signature)
	incomplete := err != nil || c.empty()
	switch {
	case unsettled && !forced, incomplete && !s.written:
		// A file that is gone or empty may be half-way through being saved, also
		// where it was not seen being written.
		s.probe = signature{}
		if err == nil && unsettled {
			s.probe = c.signature
		}
		timer.Reset(e.extend(s, true))
		return
	case forced && (incomplete || e.wouldRefuse(c)):
		// Still being written: what is wrong with it now says nothing.
		*s = settling{}
		if b := e.events.take(); b.some || errors.Is(err, errUnstable) {
			timer.Reset(e.extend(s, true))
			return
		}
		// Nothing more came: it is as whole as it will be.
	}
	*s = settling{}
	e.reloadFollowed(c, err)
}

// wouldRefuse reports whether the candidate is bad.
func (e *Engine) wouldRefuse(c contents) bool {
	if e.take(e.ctx) != nil {
		return true
	}
	defer e.yield()
	_, _, err := e.candidate(c)
	return err != nil
}

// reloadFollowed is the reload that events lead to; what came of it stands in
// the log and in the status.
func (e *Engine) reloadFollowed(c contents, readErr error) {
	if e.take(e.ctx) != nil {
		return
	}
	defer e.yield()
	switch {
	case readErr != nil:
		if !errors.Is(readErr, e.ctx.Err()) || e.ctx.Err() == nil {
			e.refused(signature{}, readErr, time.Now())
		}
	case e.alreadyJudged(c.signature):
	default:
		e.apply(c, rt.CauseFileChange)
	}
}

// runQueue does what was asked for inside hooks.
func (e *Engine) runQueue() {
	e.mu.Lock()
	q := e.queue
	e.queue = queue{}
	e.mu.Unlock()
	for _, h := range q.initial {
		if e.take(e.ctx) != nil {
			return
		}
		e.callInitial(h)
		e.yield()
	}
	if q.rollback != nil {
		if _, err := e.Rollback(e.ctx, *q.rollback); err != nil {
			e.warn("a rollback asked for inside a hook failed", err)
		}
	}
	if q.reload {
		e.Reload(e.ctx) // what came of it stands in the log and in the status
	}
}

func (e *Engine) impaired(err error) {
	e.mu.Lock()
	e.watching = false
	e.mu.Unlock()
	e.warn("watching is impaired", &rt.WatchError{Cause: err})
}

// watchingAgain notes an event: what was impaired tells of its files again.
func (e *Engine) watchingAgain() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.watching = true
	var impaired *rt.WatchError
	if errors.As(e.status.LastWarning, &impaired) {
		e.status.LastWarning = nil
	}
}
