package observe

import (
	"context"
	"errors"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/internal/seam"

	rt "github.com/hotbind/hotbind/runtime"
)

// Current returns the changes that report the values in force to a subscriber. If there
// is no value, it is one change without a kind.
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

// patience is how long a transition waits for one observer, and mostPatience for all of
// them together. Slower observers continue in the background, within their time limit.
const (
	patience     = 100 * time.Millisecond
	mostPatience = time.Second
)

// left returns how long to wait for the next observer of a round that began at start.
func left(start time.Time) time.Duration { return min(patience, mostPatience-time.Since(start)) }

// NotifyRevision notifies the observers in calls of a revision that is in force for good. The
// caller holds the turn, as for all notifications about revisions.
func (o *Observers) NotifyRevision(ctx context.Context, calls []dispatch.Call, round dispatch.Round) {
	start := time.Now()
	for i := range calls {
		if o.ctx.Err() != nil {
			return
		}
		round.Changes = calls[i].Changes()
		o.notifyWithin(ctx, calls[i].Hook, round, left(start))
	}
}

// NotifyOne notifies one observer of a revision.
func (o *Observers) NotifyOne(ctx context.Context, h *dispatch.Hook, round dispatch.Round) {
	o.notifyWithin(ctx, h, round, patience)
}

// notifyWithin notifies one observer. If the observer is busy, the change is recorded for later;
// if it has missed something before, it is notified of both in one call.
func (o *Observers) notifyWithin(ctx context.Context, h *dispatch.Hook, round dispatch.Round, patience time.Duration) {
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

// callOrMiss calls an observer, or records what it misses if it is busy.
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

// callObserver calls an observer and passes the result to done, which may be nil. It
// returns the error of [dispatch.Caller.CallObserver].
func (o *Observers) callObserver(
	ctx context.Context, by *dispatch.Caller, h *dispatch.Hook, patience time.Duration, call func(context.Context) error, done func(error),
) error {
	return by.CallObserver(ctx, h, patience, call, func(cause error) {
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

// A missed records what a busy observer has missed.
type missed struct {
	changed  bool
	seen     any                         // the last snapshot that it received, if the configuration changed since
	refusal  func(context.Context) error // the last one; nil: none
	rollback func(context.Context) error // the same
}

// miss records what a subscriber has missed.
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

// takeChange returns the last snapshot that an observer received, and whether it has
// missed a change since.
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

// takeBehind returns and clears what observers have missed. The caller notifies them.
func (o *Observers) takeBehind() map[*dispatch.Hook]*missed {
	o.mu.Lock()
	defer o.mu.Unlock()
	behind := o.behind
	o.behind = map[*dispatch.Hook]*missed{}
	return behind
}

// failed returns the error of an observer.
func (o *Observers) failed(h *dispatch.Hook, cause error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	err := &rt.SubscriberError{Pattern: h.Name, Where: h.Where, Cause: cause}
	if sub := o.byHook[h]; sub != nil {
		err.Subscriber = sub.subscriber
	}
	return err
}

// CatchUp notifies observers that were busy of the difference between the last snapshot
// that they received and the revision in force, and of the last rollback and refusal
// since.
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
			o.notifyWithin(context.WithValue(o.ctx, seam.RevisionKey{}, now), h, round, left(start))
		}
	}
	if m.rollback != nil {
		o.callOrMiss(o.ctx, o.caller, h, left(start), m.rollback, func(again *missed) { again.rollback = m.rollback })
	}
	if m.refusal != nil {
		o.callOrMiss(o.ctx, o.refusals, h, left(start), m.refusal, func(again *missed) { again.refusal = m.refusal })
	}
}

// observing returns the subscribers that implement T, each once, even if it has several
// subscriptions.
func observing[T any](o *Observers) (hooks []*dispatch.Hook, subscribers []T) {
	seen := map[any]bool{}
	for _, sub := range o.of(func(sub *subscription) bool { _, ok := sub.observer().(T); return ok }) {
		if who := sub.observer(); !seen[who] {
			seen[who] = true
			hooks, subscribers = append(hooks, sub.hook), append(subscribers, who.(T))
		}
	}
	return hooks, subscribers
}

// observer returns the value that may have methods for refusals and rollbacks.
func (s *subscription) observer() any {
	if s.listener != nil {
		return s.listener
	}
	return s.subscriber
}

// NotifyRefusal notifies subscribers of a candidate that was refused.
func (o *Observers) NotifyRefusal(err error, changes rt.Changes) {
	start := time.Now()
	hooks, subscribers := observing[rt.ErrorSubscriber](o)
	for i, h := range hooks {
		call := func(ctx context.Context) error { return subscribers[i].OnReloadError(ctx, err, changes) }
		o.callOrMiss(o.ctx, o.refusals, h, left(start), call, func(m *missed) { m.refusal = call })
	}
}

// NotifyRollback notifies subscribers of a requested rollback.
func (o *Observers) NotifyRollback(from, to rt.Revision) {
	start := time.Now()
	hooks, subscribers := observing[rt.RollbackSubscriber](o)
	for i, h := range hooks {
		call := func(ctx context.Context) error { return subscribers[i].OnRollback(ctx, from, to) }
		o.callOrMiss(o.ctx, o.caller, h, left(start), call, func(m *missed) { m.rollback = call })
	}
}
