package genrt

import (
	"cmp"
	"context"

	"github.com/hotbind/hotbind/runtime/internal/dispatch"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Binding is one field or section of a live configuration: where hooks for it
// are registered. T is the type of its value; a binding of an optional field
// has the type inside. Its methods may be called from any goroutine, also from
// inside a hook.
type Binding[T any] struct{ place *place }

// Get returns the value in force and whether there is one.
func (b *Binding[T]) Get() (T, bool) { return valueAt[T](b.place, b.place.open.current()) }

// OnChange calls fn once for each revision that comes into force with another
// value than the one before it, with exactly these two values. If fn returns an
// error, panics or runs out of time (rt.WithHookTimeout), the engine takes the
// revision out of force and calls the hooks that already ran with the change back.
// No call begins after stop has returned.
func (b *Binding[T]) OnChange(fn func(ctx context.Context, c rt.Change[T]) error, opts ...rt.HookOption) (stop func()) {
	p := b.place
	return p.add("OnChange", fn == nil, dispatch.Where(), opts, func(h *dispatch.Hook) {
		h.Call = func(ctx context.Context, r dispatch.Round) error { return fn(ctx, changeAt[T](p, r)) }
	})
}

// Prepare calls fn before a revision with another value comes into force. An error
// refuses the revision, and no other hook is called for it. The engine calls commit
// just after the revision came into force, or abort if it was refused after all;
// either may be nil. When a hook undoes the revision later, fn is called for the way
// back. With rt.WithCurrent fn first prepares for the value in force, and commit is
// called at once.
func (b *Binding[T]) Prepare(fn func(ctx context.Context, c rt.Change[T]) (commit, abort func(), err error), opts ...rt.HookOption) (stop func()) {
	p := b.place
	return p.add("Prepare", fn == nil, dispatch.Where(), opts, func(h *dispatch.Hook) {
		h.Prepare = func(ctx context.Context, r dispatch.Round) (commit, abort func(), err error) {
			return fn(ctx, changeAt[T](p, r))
		}
	})
}

// Bound is a binding of a value of type T: a [Binding], or a type of a generated
// package that embeds one.
type Bound[T any] interface{ bound() *Binding[T] }

func (b *Binding[T]) bound() *Binding[T] { return b }

// A Parent is what bindings lead on from: a binding of a section, a map or a keyed
// list, or the whole configuration.
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

// Bind is [At] for a value of type T.
func Bind[T any](p Parent, n int) *Binding[T] { return &Binding[T]{p.at().field(n)} }

// BindKey is [AtKey] for a value of type T.
func BindKey[T any](p Parent, key string) *Binding[T] { return &Binding[T]{p.at().entry(key)} }

// ChangeIn returns what a diff of the whole configuration says of one value, and
// whether it changed at all. Where nobody asks, it costs a package nothing, which
// a method of every binding would.
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

// add registers a hook on p for a method; with sets what it does.
func (p *place) add(method string, isNil bool, where string, opts []rt.HookOption, with func(*dispatch.Hook)) (stop func()) {
	if isNil {
		panic("hotbind: " + method + " of " + cmp.Or(p.String(), "the configuration") + " is given no function")
	}
	var o rt.HookOptions
	for _, opt := range opts {
		opt(&o)
	}
	h := &dispatch.Hook{Path: p.path(), Name: p.String(), Where: where, Priority: o.Priority}
	with(h)
	return p.open.engine.Add(h, o.Current)
}

// OnEntry calls fn once for each entry of p that was added, removed or modified, in
// the order of the keys; V is the type of an entry. For the rest it does what
// [Binding.OnChange] does. A new order of the items of a keyed list calls the hooks
// of the list only.
func OnEntry[V any](p Parent, fn func(ctx context.Context, c rt.EntryChange[string, V]) error, opts []rt.HookOption) (stop func()) {
	entries := p.at()
	return entries.add("OnEntry", fn == nil, dispatch.Where(), opts, func(h *dispatch.Hook) {
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
	})
}
