package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/dispatch"

	rt "github.com/hotbind/hotbind/runtime"
)

// currentOf is what a subscriber is told of the values in force: one change without
// a kind where there is none.
func (e *Engine) currentOf(h *dispatch.Hook) rt.Changes {
	now := e.now().snapshot
	if steps, exact := h.Pattern.Path(); exact {
		if value, ok := e.program.At(now, steps); ok {
			return rt.Changes{{Path: h.Pattern.String(), Kind: rt.Added, New: value}}
		}
	} else if call, ok := dispatch.MatchOne(h, e.program.Diff(nil, now)); ok {
		return call.Changes()
	}
	return rt.Changes{{Path: h.Pattern.String()}}
}

// patience is how long a transition waits for one of its observers, and mostPatience
// for all of them together. Those that are slower go on beside it, within their time.
const (
	patience     = 100 * time.Millisecond
	mostPatience = time.Second
)

// left is the patience with the next observer of a round that began at start.
func left(start time.Time) time.Duration { return min(patience, mostPatience-time.Since(start)) }

// tellObservers tells of a revision that is in force for good. The caller holds the
// turn.
func (e *Engine) tellObservers(ctx context.Context, calls []dispatch.Call, round dispatch.Round) {
	start := time.Now()
	for i := range calls {
		if e.ctx.Err() != nil {
			return
		}
		round.Changes = calls[i].Changes()
		e.tellObserver(ctx, calls[i].Hook, round, left(start))
	}
}

// tellObserver tells one observer. One that is busy is told later of all it missed, and
// one that has missed something before of both in one.
func (e *Engine) tellObserver(ctx context.Context, h *dispatch.Hook, round dispatch.Round, patience time.Duration) {
	if seen, missed := e.subs.takeChange(h); missed {
		call, ok := dispatch.MatchOne(h, e.program.Diff(seen, round.New))
		if !ok {
			return
		}
		round.Old, round.Changes = seen, call.Changes()
	}
	call := func(ctx context.Context) error { return h.Call(ctx, round) }
	e.callOrMiss(ctx, h, patience, call, func(m *missed) {
		if !m.changed {
			m.changed, m.seen = true, round.Old
		}
	})
}

// callOrMiss has call called for an observer, or notes what it misses where it is busy.
func (e *Engine) callOrMiss(
	ctx context.Context, h *dispatch.Hook, patience time.Duration, call func(context.Context) error, note func(*missed),
) {
	if errors.Is(e.callObserver(ctx, h, patience, call, nil), dispatch.ErrHanging) {
		e.subs.miss(h, note)
		if e.hooks.Wait(h, time.Nanosecond) == nil { // it has returned before that was noted
			e.observerReturned()
		}
	}
}

// callObserver has call called for an observer; done, which may be nil, is told what
// became of it. The error is that of [dispatch.Caller.Tell].
func (e *Engine) callObserver(
	ctx context.Context, h *dispatch.Hook, patience time.Duration, call func(context.Context) error, done func(error),
) error {
	return e.teller.Tell(ctx, h, patience, call, func(cause error) {
		var err error
		if cause != nil {
			err = e.subs.failed(h, cause)
		}
		if done != nil {
			done(err)
		}
		switch {
		case e.subs.isBehind(h):
			e.observerReturned()
		case !h.Observer: // a reload may have found it busy
			e.hookReturned()
		}
		if err != nil && e.ctx.Err() == nil {
			e.observerFailed(err) // last: the logger of the application may panic
		}
	})
}

// A missed is what an observer was not told of while it was busy.
type missed struct {
	changed  bool
	seen     any                         // where it changed, the snapshot that it was told of last
	refusal  func(context.Context) error // the last one; nil: none
	rollback func(context.Context) error // the same
}

// miss notes what a subscriber has missed.
func (ss *subscriptions) miss(h *dispatch.Hook, note func(*missed)) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if ss.byHook[h] == nil {
		return
	}
	if ss.behind[h] == nil {
		ss.behind[h] = &missed{}
	}
	note(ss.behind[h])
}

// takeChange returns the snapshot that an observer was told of last, if it has missed a
// change since.
func (ss *subscriptions) takeChange(h *dispatch.Hook) (seen any, missed bool) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	m := ss.behind[h]
	if m == nil || !m.changed {
		return nil, false
	}
	seen, m.changed, m.seen = m.seen, false, nil
	return seen, true
}

func (ss *subscriptions) isBehind(h *dispatch.Hook) bool {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	return ss.behind[h] != nil
}

// takeBehind returns those that have missed something, which they are told of now.
func (ss *subscriptions) takeBehind() map[*dispatch.Hook]*missed {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	behind := ss.behind
	ss.behind = map[*dispatch.Hook]*missed{}
	return behind
}

// failed is the error of an observer.
func (ss *subscriptions) failed(h *dispatch.Hook, cause error) error {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	err := &rt.SubscriberError{Pattern: h.Name, Where: h.Where, Cause: cause}
	if sub := ss.byHook[h]; sub != nil {
		err.Subscriber = sub.subscriber
	}
	return err
}

// observerReturned notes that an observer may be told of what it missed.
func (e *Engine) observerReturned() { e.enqueue(func(q *queue) { q.catchUp = true }) }

// catchUp tells observers that were busy how what they were told last differs from
// what is in force, and of the last rollback and refusal since.
func (e *Engine) catchUp() {
	if e.take(e.ctx) != nil {
		return
	}
	defer e.yield()
	behind := e.subs.takeBehind()
	if len(behind) == 0 {
		return
	}
	start := time.Now()
	for _, sub := range e.subs.of(func(sub *subscription) bool { return behind[sub.hook] != nil }) {
		e.tellMissed(sub.hook, behind[sub.hook], start)
	}
}

func (e *Engine) tellMissed(h *dispatch.Hook, m *missed, start time.Time) {
	now := e.now()
	if m.changed {
		round := dispatch.Round{Old: m.seen, New: now.snapshot}
		if call, ok := dispatch.MatchOne(h, e.program.Diff(m.seen, now.snapshot)); ok {
			round.Changes = call.Changes()
			e.tellObserver(rt.ContextWithRevision(e.ctx, now.Revision), h, round, left(start))
		}
	}
	if m.rollback != nil {
		e.callOrMiss(e.ctx, h, left(start), m.rollback, func(again *missed) { again.rollback = m.rollback })
	}
	if m.refusal != nil {
		e.callOrMiss(e.ctx, h, left(start), m.refusal, func(again *missed) { again.refusal = m.refusal })
	}
}

// observing are the subscribers that have more methods than the required one, each
// once, be it subscribed to several patterns.
func observing[T any](e *Engine) (hooks []*dispatch.Hook, subscribers []T) {
	seen := map[any]bool{}
	for _, sub := range e.subs.of(func(sub *subscription) bool { _, ok := sub.hears().(T); return ok }) {
		if who := sub.hears(); !seen[who] {
			seen[who] = true
			hooks, subscribers = append(hooks, sub.hook), append(subscribers, who.(T))
		}
	}
	return hooks, subscribers
}

// hears is who may have methods for what is no change.
func (s *subscription) hears() any {
	if s.listener != nil {
		return s.listener
	}
	return s.subscriber
}

// tellRefusal tells subscribers of a candidate that is not in force.
func (e *Engine) tellRefusal(err error, changes rt.Changes) {
	start := time.Now()
	hooks, subscribers := observing[rt.ErrorSubscriber](e)
	for i, h := range hooks {
		call := func(ctx context.Context) error { return subscribers[i].OnReloadError(ctx, err, changes) }
		e.callOrMiss(e.ctx, h, left(start), call, func(m *missed) { m.refusal = call })
	}
}

// tellRollback tells subscribers of a rollback that was asked for.
func (e *Engine) tellRollback(from, to rt.Revision) {
	start := time.Now()
	hooks, subscribers := observing[rt.RollbackSubscriber](e)
	for i, h := range hooks {
		call := func(ctx context.Context) error { return subscribers[i].OnRollback(ctx, from, to) }
		e.callOrMiss(e.ctx, h, left(start), call, func(m *missed) { m.rollback = call })
	}
}

// reversed are changes as they are told on the way back.
func reversed(changes rt.Changes) rt.Changes {
	back := slices.Clone(changes)
	for i := range back {
		c := &back[i]
		c.Old, c.New = c.New, c.Old
		switch c.Kind {
		case rt.Added:
			c.Kind = rt.Removed
		case rt.Removed:
			c.Kind = rt.Added
		}
	}
	slices.Reverse(back)
	return back
}
