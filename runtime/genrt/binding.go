package genrt

import (
	"cmp"
	"context"

	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/internal/seam"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Binding registers hooks for one field or section of a live configuration. T is the
// type of the value, without the Optional of an optional field. Its methods may be called
// from any goroutine, also inside a hook.
type Binding[T any] struct{ place *place }

// Get returns the value in force and whether there is one.
func (b *Binding[T]) Get() (T, bool) { return valueAt[T](b.place, b.place.open.current()) }

// OnChange calls fn once for each revision that comes into force and changes the value,
// with the exact old and new value. If fn returns an error, panics or exceeds its time
// limit ([rt.WithHookTimeout]), the engine rolls the revision back and calls the hooks that
// already ran with the reverse change. No call begins after stop has returned.
func (b *Binding[T]) OnChange(fn func(ctx context.Context, c rt.Change[T]) error, opts ...rt.HookOption) (stop func()) {
	return b.place.open.engine.Add(b.onChange("OnChange", dispatch.Where(), fn, opts))
}

// Follow calls fn with the value in force and, if fn returns nil, registers it as
// [Binding.OnChange] does, without missing a revision in between. The first call is made
// even if the value is absent, and has returned when Follow returns; its change has no
// Old. If it fails, Follow registers nothing and returns the [*rt.HookError]. Follow
// returns [rt.ErrInsideHook] inside a hook, a validator or a source, and [rt.ErrClosed]
// after Close.
func (b *Binding[T]) Follow(fn func(ctx context.Context, c rt.Change[T]) error, opts ...rt.HookOption) (stop func(), err error) {
	return b.place.open.engine.Follow(b.onChange("Follow", dispatch.Where(), fn, opts))
}

func (b *Binding[T]) onChange(method, where string, fn func(ctx context.Context, c rt.Change[T]) error, opts []rt.HookOption) *dispatch.Hook {
	p := b.place
	h := p.hook(method, fn == nil, where, opts)
	h.Call = func(ctx context.Context, r dispatch.Round) error { return fn(ctx, changeAt[T](p, r)) }
	return h
}

// Prepare calls fn before a revision that changes the value comes into force. An error
// refuses the revision, and no further hook is called for it. The engine calls commit
// just after the revision came into force, or abort if it was refused after all; either
// may be nil. If a hook then fails and the revision is rolled back, fn is called again,
// with the reverse change.
func (b *Binding[T]) Prepare(fn func(ctx context.Context, c rt.Change[T]) (commit, abort func(), err error), opts ...rt.HookOption) (stop func()) {
	p := b.place
	h := p.hook("Prepare", fn == nil, dispatch.Where(), opts)
	h.Prepare = func(ctx context.Context, r dispatch.Round) (commit, abort func(), err error) {
		return fn(ctx, changeAt[T](p, r))
	}
	return p.open.engine.Add(h)
}

// Bound is a binding of a value of type T: a [Binding], or a type of a generated
// package that embeds one.
type Bound[T any] interface{ bound() *Binding[T] }

func (b *Binding[T]) bound() *Binding[T] { return b }

// A Parent is a binding with bindings below it: that of a section, a map or a keyed list,
// or the whole configuration.
type Parent interface{ at() *place }

func (b *Binding[T]) at() *place { return b.place }
func (l *Live[T]) at() *place    { return &l.root }

// A Located is a binding before its type is known. Generated code converts it to a
// Binding, which costs less to compile than a function for each type.
type Located struct{ place *place }

// At returns the binding of field n of the section p.
func At(p Parent, n int) Located { return Located{p.at().field(n)} }

// AtKey returns the binding of the entry of p with this key.
func AtKey(p Parent, key string) Located { return Located{p.at().entry(key)} }

// Bind returns the binding of field n of the section p, for a value of type T.
func Bind[T any](p Parent, n int) *Binding[T] { return &Binding[T]{p.at().field(n)} }

// BindKey returns the binding of the entry of p with this key, for a value of type T.
func BindKey[T any](p Parent, key string) *Binding[T] { return &Binding[T]{p.at().entry(key)} }

// ChangeIn returns the change of one value in a diff of the whole configuration, and
// whether the value changed. Unlike a method of every binding, it costs a package nothing
// unless it is called.
func ChangeIn[R, T any](d *rt.Diff[R], b Bound[T]) (rt.Change[T], bool) {
	before, after := d.Snapshots()
	p := b.bound().place
	return changeAt[T](p, dispatch.Round{Old: before, New: after}), p.changed(before, after)
}

// changed reports whether the value at p differs in two snapshots.
func (p *place) changed(before, after any) bool {
	was, is := p.in(before), p.in(after)
	if was == nil || is == nil {
		return was != is
	}
	return !innermost(p.typ).equal(was, is)
}

func changeAt[T any](p *place, r dispatch.Round) (c rt.Change[T]) {
	c.Old, c.OldSet = valueAt[T](p, r.Old)
	c.New, c.NewSet = valueAt[T](p, r.New)
	return c
}

func valueAt[T any](p *place, snapshot any) (v T, ok bool) {
	ref, ok := p.in(snapshot).(*T)
	if !ok {
		return v, false
	}
	return *ref, true
}

// hook returns a hook on p for a method. The caller sets its function.
func (p *place) hook(method string, isNil bool, where string, opts []rt.HookOption) *dispatch.Hook {
	if isNil {
		panic("hotbind: " + method + " of " + cmp.Or(p.String(), "the configuration") + " needs a function")
	}
	return &dispatch.Hook{Path: p.path(), Name: p.String(), Where: where, Priority: rt.Priority(seam.Resolve[seam.Hook](opts).Priority)}
}

// OnEntry calls fn once for each entry of p that was added, removed or modified, in the
// order of the keys; V is the type of an entry. Otherwise it is like [Binding.OnChange].
// A new order of the items of a keyed list calls only the hooks of the list.
func OnEntry[V any](p Parent, fn func(ctx context.Context, c rt.EntryChange[string, V]) error, opts []rt.HookOption) (stop func()) {
	return p.at().open.engine.Add(onEntry("OnEntry", dispatch.Where(), p.at(), fn, opts))
}

// FollowEntries calls fn with each entry in force, in the order of the keys, and
// registers it as [OnEntry] does. Otherwise it is like [Binding.Follow]. If fn fails for
// an entry, it is not called for later entries, nor with a reverse change for earlier ones.
func FollowEntries[V any](p Parent, fn func(ctx context.Context, c rt.EntryChange[string, V]) error, opts []rt.HookOption) (stop func(), err error) {
	return p.at().open.engine.Follow(onEntry("FollowEntries", dispatch.Where(), p.at(), fn, opts))
}

func onEntry[V any](method, where string, entries *place, fn func(ctx context.Context, c rt.EntryChange[string, V]) error, opts []rt.HookOption) *dispatch.Hook {
	h := entries.hook(method, fn == nil, where, opts)
	h.Entries = func(snapshot any) []string {
		if v := entries.in(snapshot); v != nil {
			return innermost(entries.typ).(keyed).keys(v)
		}
		return nil
	}
	h.Call = func(ctx context.Context, r dispatch.Round) error {
		c := changeAt[V](entries.entry(r.Key), r)
		return fn(ctx, rt.EntryChange[string, V]{Key: r.Key, Old: c.Old, New: c.New, OldSet: c.OldSet, NewSet: c.NewSet})
	}
	return h
}
