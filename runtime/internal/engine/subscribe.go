package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/address"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"

	rt "github.com/hotbind/hotbind/runtime"
)

// subscriptions are those of one engine, under a lock of their own.
type subscriptions struct {
	mu     sync.Mutex
	byHook map[*dispatch.Hook]*subscription
	count  uint64
	// behind are the observers that were busy when something changed, with the
	// snapshot that they were told of last. They are told of the newest when they
	// return, so that nothing queues.
	behind map[*dispatch.Hook]any
	// handle is the application's error handler, which is called as handler; nil: none.
	handle  func(*rt.SubscriberError)
	handler *dispatch.Hook
	// failures wait for the handler, the newest of them where it is slow.
	failures []*rt.SubscriberError
	handling bool // a goroutine gives it the failures
}

// mostFailures bounds the failures that wait for the error handler.
const mostFailures = 1000

// A subscription is one subscriber on one pattern, or a watch.
type subscription struct {
	engine     *Engine
	pattern    string
	subscriber rt.Subscriber // nil for a watch
	hook       *dispatch.Hook
	order      uint64
}

// Subscribe implements [rt.Subscriptions].
func (e *Engine) Subscribe(pattern string, s rt.Subscriber, opts ...rt.HookOption) (rt.Handle, error) {
	if s == nil {
		panic("hotbind: Subscribe is given no subscriber")
	}
	if !reflect.TypeOf(s).Comparable() {
		return nil, fmt.Errorf("a subscriber of type %T cannot be told from another one: use a pointer", s)
	}
	return e.subscribe(pattern, s, dispatch.Where(), func(ctx context.Context, changes rt.Changes) error {
		if all, ok := s.(rt.ReloadSubscriber); ok && len(changes) > 1 {
			return all.OnReload(ctx, changes)
		}
		return each(ctx, changes, s.OnChange)
	}, opts)
}

// WatchPattern implements [rt.Values].
func (e *Engine) WatchPattern(pattern string, fn func(context.Context, rt.ValueChange) error, opts ...rt.HookOption) (rt.Handle, error) {
	if fn == nil {
		panic("hotbind: a watch is given no function")
	}
	return e.subscribe(pattern, nil, dispatch.Where(), func(ctx context.Context, changes rt.Changes) error {
		return each(ctx, changes, fn)
	}, opts)
}

// WatchValue implements [rt.Values].
func (e *Engine) WatchValue(path string, fn func(context.Context, rt.ValueChange) error, opts ...rt.HookOption) (rt.Handle, error) {
	if _, err := address.Path(e.program.Shape(), path); err != nil {
		return nil, err
	}
	return e.WatchPattern(path, fn, opts...)
}

// each calls fn for each change until one fails, or the time of all is up.
func each(ctx context.Context, changes rt.Changes, fn func(context.Context, rt.ValueChange) error) error {
	for _, c := range changes {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := fn(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// subscribe registers fn for what changes at the places that match a pattern.
func (e *Engine) subscribe(
	text string, s rt.Subscriber, where string, fn func(context.Context, rt.Changes) error, opts []rt.HookOption,
) (rt.Handle, error) {
	if e.ctx.Err() != nil {
		return nil, rt.ErrClosed
	}
	pattern, err := address.Pattern(e.program.Shape(), text)
	if err != nil {
		return nil, err
	}
	var o rt.HookOptions
	for _, opt := range opts {
		opt(&o)
	}
	h := &dispatch.Hook{Pattern: &pattern, Name: text, Where: where, Priority: o.Priority, Observer: !o.Refusal}
	h.Call = func(ctx context.Context, r dispatch.Round) error {
		if len(r.Changes) == 0 { // nothing is there to be told of yet
			return nil
		}
		return fn(ctx, r.Changes)
	}
	sub := &subscription{engine: e, pattern: text, subscriber: s, hook: h}
	if err := e.subs.add(sub, e.opts.MaxSubscribers); err != nil {
		return nil, err
	}
	e.Add(h, o.Current)
	return sub, nil
}

func (ss *subscriptions) add(sub *subscription, most int) error {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if len(ss.byHook) >= most {
		return fmt.Errorf("%w: WithMaxSubscribers allows %d", rt.ErrTooManySubscribers, most)
	}
	ss.count++
	sub.order = ss.count
	ss.byHook[sub.hook] = sub
	return nil
}

func (ss *subscriptions) len() int {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	return len(ss.byHook)
}

// remove takes a subscription out and reports whether it was there.
func (ss *subscriptions) remove(sub *subscription) bool {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	_, was := ss.byHook[sub.hook]
	delete(ss.byHook, sub.hook)
	delete(ss.behind, sub.hook)
	return was
}

// of are the subscriptions for which is holds, in the order in which they are told.
func (ss *subscriptions) of(is func(*subscription) bool) (list []*subscription) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	for _, sub := range ss.byHook {
		if is(sub) {
			list = append(list, sub)
		}
	}
	slices.SortFunc(list, func(a, b *subscription) int {
		return cmp.Or(cmp.Compare(a.hook.Priority, b.hook.Priority), cmp.Compare(a.order, b.order))
	})
	return list
}

// Pattern implements [rt.Handle].
func (s *subscription) Pattern() string { return s.pattern }

// Stop implements [rt.Handle].
func (s *subscription) Stop() { s.stop() }

// stop reports whether the subscription was not stopped before.
func (s *subscription) stop() bool {
	e := s.engine
	was := e.subs.remove(s)
	e.hooks.Remove(s.hook)
	if !e.inside(context.Background()) {
		caller := e.teller
		if !s.hook.Observer {
			caller = e.caller
		}
		e.hooks.Wait(s.hook, caller.Longest())
	}
	return was
}

// Unsubscribe implements [rt.Subscriptions].
func (e *Engine) Unsubscribe(h rt.Handle) int {
	if s, ok := h.(*subscription); ok && s != nil && s.engine == e && s.stop() {
		return 1
	}
	return 0
}

// UnsubscribeAll implements [rt.Subscriptions].
func (e *Engine) UnsubscribeAll(s rt.Subscriber) int {
	if s == nil || !reflect.TypeOf(s).Comparable() {
		return 0
	}
	ended := 0
	for _, sub := range e.subs.of(func(sub *subscription) bool { return sub.subscriber == s }) {
		if sub.stop() {
			ended++
		}
	}
	return ended
}

// Get implements [rt.Values].
func (e *Engine) Get(path string) (value any, ok bool, err error) {
	steps, err := address.Path(e.program.Shape(), path)
	if err != nil {
		return nil, false, err
	}
	value, ok = e.program.At(e.now().snapshot, steps)
	return value, ok, nil
}

// GetWithReload implements [rt.Values].
func (e *Engine) GetWithReload(ctx context.Context, path string, otherwise any) (any, error) {
	if !e.inside(ctx) {
		e.awaitReload(ctx)
	}
	value, ok, err := e.Get(path)
	if err != nil {
		return nil, err
	}
	if !ok {
		return otherwise, nil
	}
	return value, nil
}

// awaitReload waits until no source is known to have changed and no transition runs,
// or until ctx ends.
func (e *Engine) awaitReload(ctx context.Context) {
	for {
		e.mu.Lock()
		// Under the manual strategy nobody knows when they are read.
		progress, pending := e.progress, len(e.pending) > 0 && e.control.strategy != rt.Manual()
		e.mu.Unlock()
		if !pending && len(e.turn) == 0 {
			return
		}
		select {
		case <-progress:
		case <-ctx.Done():
			return
		case <-e.ctx.Done():
			return
		}
	}
}

// Refresh implements [rt.Values].
func (e *Engine) Refresh(ctx context.Context) error {
	_, err := e.Reload(ctx)
	return err
}

// current is what a subscription is told of the value in force.
func (e *Engine) currentOf(h *dispatch.Hook) rt.Changes {
	now := e.now().snapshot
	if steps, exact := h.Pattern.Path(); exact {
		if value, ok := e.program.At(now, steps); ok {
			return rt.Changes{{Path: h.Name, Kind: rt.Added, New: value}}
		}
		return nil
	}
	if call, ok := dispatch.MatchOne(h, e.program.Diff(nil, now)); ok {
		return call.Changes()
	}
	return nil
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

// tellObserver tells one observer. One that is busy is told later of all it missed.
func (e *Engine) tellObserver(ctx context.Context, h *dispatch.Hook, round dispatch.Round, patience time.Duration) {
	call := func(ctx context.Context) error { return h.Call(ctx, round) }
	if errors.Is(e.callObserver(ctx, h, patience, call, nil), dispatch.ErrHanging) {
		e.subs.mu.Lock()
		if _, already := e.subs.behind[h]; !already && e.subs.byHook[h] != nil {
			e.subs.behind[h] = round.Old
		}
		e.subs.mu.Unlock()
	}
}

// callObserver has call called for an observer; done, which may be nil, is told what
// became of it. The error is that of [dispatch.Caller.Tell].
func (e *Engine) callObserver(
	ctx context.Context, h *dispatch.Hook, patience time.Duration, call func(context.Context) error, done func(error),
) error {
	start := time.Now()
	return e.teller.Tell(ctx, h, patience, call, func(cause error) {
		var err error
		if cause != nil {
			err = e.subs.failed(h, cause)
		}
		e.meter.called(subscriberCall, cause, time.Since(start))
		if err != nil && e.ctx.Err() == nil {
			e.observerFailed(err)
		}
		if done != nil {
			done(err)
		}
		e.subs.mu.Lock()
		_, behind := e.subs.behind[h]
		e.subs.mu.Unlock()
		if behind {
			e.observerReturned()
		}
	})
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
// what is in force.
func (e *Engine) catchUp() {
	if e.take(e.ctx) != nil {
		return
	}
	defer e.yield()
	e.subs.mu.Lock()
	behind := e.subs.behind
	e.subs.behind = map[*dispatch.Hook]any{}
	e.subs.mu.Unlock()
	now := e.now()
	ctx := rt.ContextWithRevision(e.ctx, now.Revision)
	start := time.Now()
	for h, seen := range behind {
		round := dispatch.Round{Old: seen, New: now.snapshot}
		if call, ok := dispatch.MatchOne(h, e.program.Diff(seen, now.snapshot)); ok {
			round.Changes = call.Changes()
			e.tellObserver(ctx, h, round, left(start))
		}
	}
}

// observing are the subscribers that have more methods than the required one, each
// once, be it subscribed to several patterns.
func observing[T any](e *Engine) (hooks []*dispatch.Hook, subscribers []T) {
	seen := map[rt.Subscriber]bool{}
	for _, sub := range e.subs.of(func(sub *subscription) bool { _, ok := sub.subscriber.(T); return ok }) {
		if !seen[sub.subscriber] {
			seen[sub.subscriber] = true
			hooks, subscribers = append(hooks, sub.hook), append(subscribers, sub.subscriber.(T))
		}
	}
	return hooks, subscribers
}

// tellRefusal tells subscribers of a candidate that is not in force.
func (e *Engine) tellRefusal(err error, changes rt.Changes) {
	start := time.Now()
	hooks, subscribers := observing[rt.ErrorSubscriber](e)
	for i, h := range hooks {
		// One that is busy misses it: what was refused is nothing to catch up with.
		_ = e.callObserver(e.ctx, h, left(start), func(ctx context.Context) error {
			return subscribers[i].OnReloadError(ctx, err, changes)
		}, nil)
	}
}

// tellRollback tells subscribers of a rollback that was asked for.
func (e *Engine) tellRollback(from, to rt.Revision) {
	start := time.Now()
	hooks, subscribers := observing[rt.RollbackSubscriber](e)
	for i, h := range hooks {
		_ = e.callObserver(e.ctx, h, left(start), func(ctx context.Context) error {
			return subscribers[i].OnRollback(ctx, from, to)
		}, nil)
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

var errBusy = errors.New("an earlier call of it has not returned yet, so that it is not told")

// notifier implements [rt.Notifier].
type notifier struct{ *Engine }

// Notifier implements [rt.Manager].
func (e *Engine) Notifier() rt.Notifier { return notifier{e} }

// beginNotifying counts one who notifies, for whom Close waits.
func (e *Engine) beginNotifying() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ctx.Err() != nil {
		return rt.ErrClosed
	}
	e.notifying.Add(1)
	return nil
}

func (n notifier) Notify(ctx context.Context, changes ...rt.ValueChange) rt.NotificationResult {
	if err := n.beginNotifying(); err != nil {
		return rt.NotificationResult{Errors: []error{err}}
	}
	defer n.notifying.Done()
	return n.notify(ctx, changes)
}

func (n notifier) notify(ctx context.Context, changes []rt.ValueChange) rt.NotificationResult {
	calls, err := n.matching(changes)
	if err != nil {
		return rt.NotificationResult{Errors: []error{err}}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(n.ctx, func() { cancel(rt.ErrClosed) })()
	var t tally
	start := time.Now()
	for i := range calls {
		h, round := calls[i].Hook, dispatch.Round{Changes: calls[i].Changes()}
		call := func(ctx context.Context) error { return h.Call(ctx, round) }
		t.begin()
		switch err := n.callObserver(ctx, h, left(start), call, t.end); {
		case errors.Is(err, dispatch.ErrRemoved):
			t.end(nil)
		case err != nil:
			t.end(n.subs.failed(h, errBusy))
		}
	}
	t.calls.Wait()
	return t.result
}

// A tally counts what becomes of calls.
type tally struct {
	calls  sync.WaitGroup
	mu     sync.Mutex
	result rt.NotificationResult
}

func (t *tally) begin() {
	t.calls.Add(1)
	t.result.Total++ // by the one goroutine that begins calls
}

func (t *tally) end(err error) {
	defer t.calls.Done()
	t.mu.Lock()
	defer t.mu.Unlock()
	if err == nil {
		t.result.Succeeded++
		return
	}
	t.result.Failed++
	t.result.Errors = append(t.result.Errors, err)
}

func (n notifier) matching(changes []rt.ValueChange) ([]dispatch.Call, error) {
	for _, c := range changes {
		if _, err := address.Path(n.program.Shape(), c.Path); err != nil {
			return nil, err
		}
	}
	return n.hooks.Observing(changes), nil
}

func (n notifier) NotifyAsync(ctx context.Context, changes ...rt.ValueChange) <-chan rt.NotificationResult {
	yields := make(chan rt.NotificationResult, 1)
	if err := n.beginNotifying(); err != nil {
		yields <- rt.NotificationResult{Errors: []error{err}}
		close(yields)
		return yields
	}
	changes = slices.Clone(changes)
	go func() {
		defer n.notifying.Done()
		defer close(yields)
		yields <- n.notify(ctx, changes)
	}()
	return yields
}

func (n notifier) SetTimeout(d time.Duration) error {
	if d < 0 {
		return fmt.Errorf("%v is less than nothing", d)
	}
	n.teller.SetTimeout(d)
	n.outbox.SetTimeout(d)
	return nil
}

func (n notifier) SetErrorHandler(fn func(err *rt.SubscriberError)) {
	n.subs.mu.Lock()
	defer n.subs.mu.Unlock()
	n.subs.handler = nil
	if fn == nil {
		return
	}
	n.subs.handler = &dispatch.Hook{Name: "(error handler)", Where: dispatch.Where()}
	n.subs.handle = fn
}

// observerFailed reports an observer that failed: in the log, in the status, as a
// notification and to the application's handler.
func (e *Engine) observerFailed(err error) {
	e.warn("a subscriber failed", err)
	e.tell(rt.Notification{Event: rt.EventSubscriberFailed, Message: err.Error(), Error: err.Error()})
	if failed := (*rt.SubscriberError)(nil); errors.As(err, &failed) && e.subs.wait(failed) {
		if e.beginNotifying() != nil {
			return
		}
		go func() {
			defer e.notifying.Done()
			e.handleFailures()
		}()
	}
}

// wait has a failure wait for the error handler, and reports whether nobody gives it
// the failures yet.
func (ss *subscriptions) wait(failed *rt.SubscriberError) bool {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if ss.handler == nil {
		return false
	}
	if ss.failures = append(ss.failures, failed); len(ss.failures) > mostFailures {
		ss.failures = ss.failures[1:]
	}
	first := !ss.handling
	ss.handling = true
	return first
}

// next is the failure that has waited longest; with nil all were handled.
func (ss *subscriptions) next() (failed *rt.SubscriberError, handler *dispatch.Hook, handle func(*rt.SubscriberError)) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if len(ss.failures) == 0 || ss.handler == nil {
		ss.failures, ss.handling = nil, false
		return nil, nil, nil
	}
	failed = ss.failures[0]
	ss.failures = ss.failures[1:]
	return failed, ss.handler, ss.handle
}

// handleFailures gives the error handler one failure after the other. One that hangs
// is left behind, and gets none until it returns.
func (e *Engine) handleFailures() {
	for {
		failed, h, handle := e.subs.next()
		if failed == nil {
			return
		}
		call := func(context.Context) error { handle(failed); return nil }
		ended := make(chan struct{})
		if e.teller.Tell(e.ctx, h, 0, call, func(error) { close(ended) }) == nil {
			<-ended
		}
	}
}
