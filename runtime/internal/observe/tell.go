package observe

import (
	"context"
	"errors"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/internal/seam"

	rt "github.com/hotbind/hotbind/runtime"
)

// Current is what a subscriber is told of the values in force: one change without a kind
// where there is none.
func (o *Observers) Current(h *dispatch.Hook, snapshot any) rt.Changes {
	if steps, exact := h.Pattern.Path(); exact {
		if value, ok := o.program.At(snapshot, steps); ok {
			return rt.Changes{{Path: h.Pattern.String(), Kind: rt.Added, New: value}}
		}
	} else if call, ok := dispatch.MatchOne(h, o.program.Diff(nil, snapshot)); ok {
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

// Tell tells the observers of calls of a revision that is in force for good. The caller
// holds the turn, as for all that tells of revisions.
func (o *Observers) Tell(ctx context.Context, calls []dispatch.Call, round dispatch.Round) {
	start := time.Now()
	for i := range calls {
		if o.ctx.Err() != nil {
			return
		}
		round.Changes = calls[i].Changes()
		o.tell(ctx, calls[i].Hook, round, left(start))
	}
}

// TellOne tells one observer of a revision.
func (o *Observers) TellOne(ctx context.Context, h *dispatch.Hook, round dispatch.Round) {
	o.tell(ctx, h, round, patience)
}

// tell tells one observer. One that is busy is told later of all it missed, and
// one that has missed something before of both in one.
func (o *Observers) tell(ctx context.Context, h *dispatch.Hook, round dispatch.Round, patience time.Duration) {
	if seen, missed := o.takeChange(h); missed {
		call, ok := dispatch.MatchOne(h, o.program.Diff(seen, round.New))
		if !ok {
			return
		}
		round.Old, round.Changes = seen, call.Changes()
	}
	call := func(ctx context.Context) error { return h.Call(ctx, round) }
	o.callOrMiss(ctx, o.caller, h, patience, call, func(m *missed) {
		if !m.changed {
			m.changed, m.seen = true, round.Old
		}
	})
}

// callOrMiss has call called for an observer by a caller, or notes what it misses where it is busy.
func (o *Observers) callOrMiss(
	ctx context.Context, by *dispatch.Caller, h *dispatch.Hook, patience time.Duration, call func(context.Context) error, note func(*missed),
) {
	if errors.Is(o.callObserver(ctx, by, h, patience, call, nil), dispatch.ErrHanging) {
		o.miss(h, note)
		if o.hooks.Wait(h, time.Nanosecond) == nil { // it has returned before that was noted
			o.returned(true)
		}
	}
}

// callObserver has call called for an observer; done, which may be nil, is told what
// became of it. The error is that of [dispatch.Caller.Tell].
func (o *Observers) callObserver(
	ctx context.Context, by *dispatch.Caller, h *dispatch.Hook, patience time.Duration, call func(context.Context) error, done func(error),
) error {
	return by.Tell(ctx, h, patience, call, func(cause error) {
		var err error
		if cause != nil {
			err = o.failed(h, cause)
		}
		if done != nil {
			done(err)
		}
		switch {
		case o.isBehind(h):
			o.returned(true)
		case !h.Observer: // a reload may have found it busy
			o.returned(false)
		}
		if err != nil && o.ctx.Err() == nil {
			o.report(err) // last: the logger of the application may panic
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
func (o *Observers) miss(h *dispatch.Hook, note func(*missed)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.byHook[h] == nil {
		return
	}
	if o.behind[h] == nil {
		o.behind[h] = &missed{}
	}
	note(o.behind[h])
}

// takeChange returns the snapshot that an observer was told of last, if it has missed a
// change since.
func (o *Observers) takeChange(h *dispatch.Hook) (seen any, missed bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	m := o.behind[h]
	if m == nil || !m.changed {
		return nil, false
	}
	seen, m.changed, m.seen = m.seen, false, nil
	return seen, true
}

func (o *Observers) isBehind(h *dispatch.Hook) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.behind[h] != nil
}

// takeBehind returns those that have missed something, which they are told of now.
func (o *Observers) takeBehind() map[*dispatch.Hook]*missed {
	o.mu.Lock()
	defer o.mu.Unlock()
	behind := o.behind
	o.behind = map[*dispatch.Hook]*missed{}
	return behind
}

// failed is the error of an observer.
func (o *Observers) failed(h *dispatch.Hook, cause error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	err := &rt.SubscriberError{Pattern: h.Name, Where: h.Where, Cause: cause}
	if sub := o.byHook[h]; sub != nil {
		err.Subscriber = sub.subscriber
	}
	return err
}

// CatchUp tells observers that were busy how what they were told last differs from the
// revision in force, and of the last rollback and refusal since.
func (o *Observers) CatchUp(now rt.Revision, snapshot any) {
	behind := o.takeBehind()
	if len(behind) == 0 {
		return
	}
	start := time.Now()
	for _, sub := range o.of(func(sub *subscription) bool { return behind[sub.hook] != nil }) {
		o.tellMissed(sub.hook, behind[sub.hook], now, snapshot, start)
	}
}

func (o *Observers) tellMissed(h *dispatch.Hook, m *missed, now rt.Revision, snapshot any, start time.Time) {
	if m.changed {
		round := dispatch.Round{Old: m.seen, New: snapshot}
		if call, ok := dispatch.MatchOne(h, o.program.Diff(m.seen, snapshot)); ok {
			round.Changes = call.Changes()
			o.tell(context.WithValue(o.ctx, seam.RevisionKey{}, now), h, round, left(start))
		}
	}
	if m.rollback != nil {
		o.callOrMiss(o.ctx, o.caller, h, left(start), m.rollback, func(again *missed) { again.rollback = m.rollback })
	}
	if m.refusal != nil {
		o.callOrMiss(o.ctx, o.refusals, h, left(start), m.refusal, func(again *missed) { again.refusal = m.refusal })
	}
}

// observing are the subscribers that have more methods than the required one, each
// once, be it subscribed to several patterns.
func observing[T any](o *Observers) (hooks []*dispatch.Hook, subscribers []T) {
	seen := map[any]bool{}
	for _, sub := range o.of(func(sub *subscription) bool { _, ok := sub.hears().(T); return ok }) {
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

// TellRefusal tells subscribers of a candidate that is not in force.
func (o *Observers) TellRefusal(err error, changes rt.Changes) {
	start := time.Now()
	hooks, subscribers := observing[rt.ErrorSubscriber](o)
	for i, h := range hooks {
		call := func(ctx context.Context) error { return subscribers[i].OnReloadError(ctx, err, changes) }
		o.callOrMiss(o.ctx, o.refusals, h, left(start), call, func(m *missed) { m.refusal = call })
	}
}

// TellRollback tells subscribers of a rollback that was asked for.
func (o *Observers) TellRollback(from, to rt.Revision) {
	start := time.Now()
	hooks, subscribers := observing[rt.RollbackSubscriber](o)
	for i, h := range hooks {
		call := func(ctx context.Context) error { return subscribers[i].OnRollback(ctx, from, to) }
		o.callOrMiss(o.ctx, o.caller, h, left(start), call, func(m *missed) { m.rollback = call })
	}
}
