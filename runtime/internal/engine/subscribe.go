package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/hotbind/hotbind/runtime/internal/address"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"

	rt "github.com/hotbind/hotbind/runtime"
)

// subscriptions are those of one engine, under a lock of their own.
type subscriptions struct {
	mu     sync.Mutex
	byHook map[*dispatch.Hook]*subscription
	count  uint64 // of all that there ever were
	// subscribed counts those that are no listeners.
	subscribed int
	// behind are the observers that were busy, with what they have missed. They are told
	// of it when they return, of what changed in one, so that nothing queues.
	behind map[*dispatch.Hook]*missed
	// onFailure is the application's error handler, called as handler; nil: none.
	onFailure func(*rt.SubscriberError)
	handler   *dispatch.Hook
	failures  []*rt.SubscriberError // that wait for it, the newest of them where it is slow
	draining  bool                  // a goroutine gives it the failures
}

// A subscription is one subscriber on one pattern, or a watch.
type subscription struct {
	engine     *Engine
	pattern    string
	subscriber rt.Subscriber // nil for a watch and a listener
	listener   any           // a rt.ErrorSubscriber or rt.RollbackSubscriber of Live; nil for others
	hook       *dispatch.Hook
	id         uint64
}

// Subscribe implements [rt.Subscriptions].
func (e *Engine) Subscribe(pattern string, s rt.Subscriber, opts ...rt.SubscribeOption) (rt.Handle, error) {
	if s == nil {
		panic("hotbind: Subscribe is given no subscriber")
	}
	if !reflect.TypeOf(s).Comparable() {
		return nil, fmt.Errorf("a subscriber of type %T cannot be told from another one: use a pointer", s)
	}
	if err := checkCallbacks(s); err != nil {
		return nil, err
	}
	return e.subscribe(pattern, s, dispatch.Where(), func(ctx context.Context, changes rt.Changes) error {
		if all, ok := s.(rt.ReloadSubscriber); ok && len(changes) > 1 {
			return all.OnReload(ctx, changes)
		}
		return each(ctx, changes, s.OnChange, opts)
	}, opts)
}

// checkCallbacks returns an error for an optional method of s that would never be
// called, because its signature is another one. The linker keeps only methods whose
// names it sees, so they are constants here.
func checkCallbacks(s rt.Subscriber) error {
	v := reflect.ValueOf(s)
	return errors.Join(
		checkCallback(s, "OnReload", v.MethodByName("OnReload"), rt.ReloadSubscriber.OnReload),
		checkCallback(s, "OnReloadError", v.MethodByName("OnReloadError"), rt.ErrorSubscriber.OnReloadError),
		checkCallback(s, "OnRollback", v.MethodByName("OnRollback"), rt.RollbackSubscriber.OnRollback),
	)
}

// checkCallback compares a method of s, which may have none of that name, with the one
// of the interface.
func checkCallback(s rt.Subscriber, name string, has reflect.Value, want any) error {
	if !has.IsValid() {
		return nil
	}
	t := reflect.TypeOf(want)
	in := make([]reflect.Type, t.NumIn()-1) // without the receiver
	for i := range in {
		in[i] = t.In(i + 1)
	}
	signature := reflect.FuncOf(in, []reflect.Type{t.Out(0)}, false)
	if has.Type() == signature {
		return nil
	}
	return fmt.Errorf("%s of the subscriber %T is a %v, want a %v", name, s, has.Type(), signature)
}

// each calls fn for each change until the time of all is up, and where an error refuses
// all of them until one fails.
func each(ctx context.Context, changes rt.Changes, fn func(context.Context, rt.ValueChange) error, opts []rt.SubscribeOption) error {
	refuses := rt.NewSubscribeOptions(opts...).Refusal
	var errs []error
	for _, c := range changes {
		if ctx.Err() != nil {
			return errors.Join(append(errs, context.Cause(ctx))...)
		}
		if err := fn(ctx, c); err != nil {
			errs = append(errs, err)
		}
		if refuses && errs != nil {
			break
		}
	}
	return errors.Join(errs...)
}

// subscribe registers fn for what changes at the places that match a pattern.
func (e *Engine) subscribe(
	text string, s rt.Subscriber, where string, fn func(context.Context, rt.Changes) error, opts []rt.SubscribeOption,
) (rt.Handle, error) {
	if e.ctx.Err() != nil {
		return nil, rt.ErrClosed
	}
	pattern, err := address.Pattern(e.program.Shape(), text)
	if err != nil {
		return nil, err
	}
	o := rt.NewSubscribeOptions(opts...)
	h := &dispatch.Hook{Pattern: &pattern, Name: text, Where: where, Priority: o.Priority, Observer: !o.Refusal}
	h.Call = func(ctx context.Context, r dispatch.Round) error { return fn(ctx, r.Changes) }
	sub := &subscription{engine: e, pattern: text, subscriber: s, hook: h}
	if err := e.subs.add(sub, e.opts.MaxSubscribers); err != nil {
		return nil, err
	}
	switch {
	case !o.Current:
		e.hooks.Add(h)
	case e.inside(context.Background()):
		e.enqueue(func(q *queue) { q.initial = append(q.initial, h) })
	default:
		e.addCurrent(h)
	}
	return sub, nil
}

// OnReloadError calls fn as it calls an [rt.ErrorSubscriber], outside of the limit of
// subscriptions.
func (e *Engine) OnReloadError(fn func(context.Context, error, rt.Changes) error, opts ...rt.HookOption) (stop func()) {
	return e.hear("OnReloadError", fn == nil, &errorListener{fn}, opts)
}

// OnRollback calls fn as it calls an [rt.RollbackSubscriber], outside of the limit of
// subscriptions.
func (e *Engine) OnRollback(fn func(ctx context.Context, from, to rt.Revision) error, opts ...rt.HookOption) (stop func()) {
	return e.hear("OnRollback", fn == nil, &rollbackListener{fn}, opts)
}

func (e *Engine) hear(method string, isNil bool, listener any, opts []rt.HookOption) (stop func()) {
	if isNil {
		panic("hotbind: " + method + " of the configuration is given no function")
	}
	h := &dispatch.Hook{Name: method, Where: dispatch.Where(), Priority: rt.NewHookOptions(opts...).Priority, Observer: true}
	sub := &subscription{engine: e, listener: listener, hook: h}
	e.subs.register(sub)
	return func() {
		e.subs.remove(sub)
		e.hooks.Remove(h)
	}
}

type errorListener struct {
	fn func(context.Context, error, rt.Changes) error
}

func (l *errorListener) OnReloadError(ctx context.Context, err error, changes rt.Changes) error {
	return l.fn(ctx, err, changes)
}

type rollbackListener struct {
	fn func(ctx context.Context, from, to rt.Revision) error
}

func (l *rollbackListener) OnRollback(ctx context.Context, from, to rt.Revision) error {
	return l.fn(ctx, from, to)
}

// addCurrent registers a hook with a pattern and tells it of the values in force, with
// no transition between the two. A closed engine has no use for it.
func (e *Engine) addCurrent(h *dispatch.Hook) {
	if e.take(context.Background()) != nil {
		return
	}
	defer e.yield()
	e.hooks.Add(h)
	e.callInitial(h)
}

func (ss *subscriptions) add(sub *subscription, most int) error {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if ss.subscribed >= most {
		return fmt.Errorf("%w: WithMaxSubscribers allows %d", rt.ErrTooManySubscribers, most)
	}
	ss.subscribed++
	ss.count++
	sub.id = ss.count
	ss.byHook[sub.hook] = sub
	return nil
}

// register adds a listener, which counts for no limit.
func (ss *subscriptions) register(listener *subscription) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	ss.count++
	listener.id = ss.count
	ss.byHook[listener.hook] = listener
}

func (ss *subscriptions) len() int {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	return ss.subscribed
}

// remove takes a subscription out and reports whether it was there.
func (ss *subscriptions) remove(sub *subscription) bool {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	_, was := ss.byHook[sub.hook]
	if was && sub.listener == nil {
		ss.subscribed--
	}
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
		return cmp.Or(cmp.Compare(a.hook.Priority, b.hook.Priority), cmp.Compare(a.id, b.id))
	})
	return list
}

// ID implements [rt.Handle].
func (s *subscription) ID() uint64 { return s.id }

// Subscriber implements [rt.Handle].
func (s *subscription) Subscriber() rt.Subscriber { return s.subscriber }

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
		_ = e.hooks.Wait(s.hook, caller.Longest()) // one that hangs is left behind
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
