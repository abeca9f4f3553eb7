package observe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/hotbind/hotbind/runtime/internal/address"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/internal/seam"

	rt "github.com/hotbind/hotbind/runtime"
)

// A subscription is one subscriber on one pattern, or a watch.
type subscription struct {
	observers  *Observers
	pattern    string
	subscriber rt.Subscriber // nil for a watch and a listener
	listener   any           // a rt.ErrorSubscriber or rt.RollbackSubscriber of Live; nil for others
	hook       *dispatch.Hook
	id         uint64
}

// Subscribe implements [rt.Values].
func (o *Observers) Subscribe(pattern string, s rt.Subscriber, opts ...rt.SubscribeOption) (rt.Handle, error) {
	if s == nil {
		panic("hotbind: Subscribe needs a subscriber")
	}
	if !reflect.ValueOf(s).Comparable() {
		return nil, fmt.Errorf("a subscriber of type %T is not comparable: use a pointer", s)
	}
	if err := checkCallbacks(s); err != nil {
		return nil, err
	}
	return o.subscribe(pattern, s, dispatch.Where(), func(ctx context.Context, changes rt.Changes) error {
		if all, ok := s.(rt.ReloadSubscriber); ok && len(changes) > 1 {
			return all.OnReload(ctx, changes)
		}
		return each(ctx, changes, s.OnChange, opts)
	}, opts)
}

// checkCallbacks returns an error if an optional method of s has the wrong signature and
// would never be called. The names are constants, because the linker keeps only methods
// whose names it sees.
func checkCallbacks(s rt.Subscriber) error {
	v := reflect.ValueOf(s)
	return errors.Join(
		checkCallback(s, "OnReload", v.MethodByName("OnReload"), rt.ReloadSubscriber.OnReload),
		checkCallback(s, "OnReloadError", v.MethodByName("OnReloadError"), rt.ErrorSubscriber.OnReloadError),
		checkCallback(s, "OnRollback", v.MethodByName("OnRollback"), rt.RollbackSubscriber.OnRollback),
	)
}

// checkCallback compares the method of s with this name, if there is one, with the method
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

// Watch calls fn for changes at the places that match a pattern. Where is the place of
// the registration in the application.
func (o *Observers) Watch(
	pattern, where string, fn func(context.Context, rt.ValueChange) error, opts []rt.SubscribeOption,
) (rt.Handle, error) {
	return o.subscribe(pattern, nil, where, func(ctx context.Context, changes rt.Changes) error {
		return each(ctx, changes, fn, opts)
	}, opts)
}

// each calls fn for each change until the time for all of them is up. If an error refuses
// the changes, it stops at the first error.
func each(ctx context.Context, changes rt.Changes, fn func(context.Context, rt.ValueChange) error, opts []rt.SubscribeOption) error {
	refuses := seam.Resolve[seam.Hook](opts).Refusal
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

// subscribe registers fn for changes at the places that match a pattern.
func (o *Observers) subscribe(
	text string, s rt.Subscriber, where string, fn func(context.Context, rt.Changes) error, opts []rt.SubscribeOption,
) (rt.Handle, error) {
	if o.ctx.Err() != nil {
		return nil, rt.ErrClosed
	}
	pattern, err := address.Pattern(o.program.Shape(), text)
	if err != nil {
		return nil, err
	}
	options := seam.Resolve[seam.Hook](opts)
	h := &dispatch.Hook{Pattern: &pattern, Name: text, Where: where, Priority: rt.Priority(options.Priority), Observer: !options.Refusal}
	h.Call = func(ctx context.Context, r dispatch.Round) error { return fn(ctx, r.Changes) }
	sub := &subscription{observers: o, pattern: text, subscriber: s, hook: h}
	if err := o.add(sub); err != nil {
		return nil, err
	}
	if options.Current {
		o.addCurrent(h)
	} else {
		o.hooks.Add(h)
	}
	return sub, nil
}

// OnReloadError registers fn, which is called like an [rt.ErrorSubscriber]. It does not
// count towards the limit of subscriptions.
func (o *Observers) OnReloadError(fn func(context.Context, error, rt.Changes) error, opts ...rt.HookOption) (stop func()) {
	return o.listen("OnReloadError", fn == nil, &errorListener{fn}, opts)
}

// OnRollback registers fn, which is called like an [rt.RollbackSubscriber]. It does not
// count towards the limit of subscriptions.
func (o *Observers) OnRollback(fn func(ctx context.Context, from, to rt.Revision) error, opts ...rt.HookOption) (stop func()) {
	return o.listen("OnRollback", fn == nil, &rollbackListener{fn}, opts)
}

func (o *Observers) listen(method string, isNil bool, listener any, opts []rt.HookOption) (stop func()) {
	if isNil {
		panic("hotbind: " + method + " of the configuration needs a function")
	}
	h := &dispatch.Hook{Name: method, Where: dispatch.Where(), Priority: rt.Priority(seam.Resolve[seam.Hook](opts).Priority), Observer: true}
	sub := &subscription{observers: o, listener: listener, hook: h}
	o.addListener(sub)
	return func() {
		o.remove(sub)
		o.hooks.Remove(h)
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

func (o *Observers) add(sub *subscription) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.subscribed >= o.most {
		return fmt.Errorf("%w: rt.WithMaxSubscribers allows %d", rt.ErrTooManySubscribers, o.most)
	}
	o.subscribed++
	o.count++
	sub.id = o.count
	o.byHook[sub.hook] = sub
	return nil
}

// addListener adds a subscription that does not count towards the limit.
func (o *Observers) addListener(listener *subscription) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.count++
	listener.id = o.count
	o.byHook[listener.hook] = listener
}

// Len returns the number of subscriptions.
func (o *Observers) Len() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.subscribed
}

// remove removes a subscription and reports whether it existed.
func (o *Observers) remove(sub *subscription) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, was := o.byHook[sub.hook]
	if was && sub.listener == nil {
		o.subscribed--
	}
	delete(o.byHook, sub.hook)
	delete(o.behind, sub.hook)
	return was
}

// of returns the subscriptions for which is returns true, in the order of their calls.
func (o *Observers) of(is func(*subscription) bool) (list []*subscription) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, sub := range o.byHook {
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
	o := s.observers
	was := o.remove(s)
	o.hooks.Remove(s.hook)
	if !o.insideAny(context.Background()) {
		longest := o.caller.Longest
		if !s.hook.Observer {
			longest = o.hookLongest
		}
		_ = o.hooks.Wait(s.hook, longest()) // a call that hangs is abandoned
	}
	return was
}
