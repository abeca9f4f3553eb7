package genrt

import (
	"context"

	"github.com/hotbind/hotbind/runtime/internal/dispatch"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Binding is one field or section of a live configuration: where hooks for it
// are registered. T is the type of its value; a binding of an optional field
// has the type inside. Its methods may be called from any goroutine, also from
// inside a hook.
type Binding[T any] struct{ Place *Place }

// Get returns the value in force and whether there is one.
func (b *Binding[T]) Get() (T, bool) { return valueAt[T](b.Place, b.Place.open.current()) }

// OnChange calls fn after a revision came into force in which the value differs
// from the one before: once for each such revision, with exactly these two
// values. An error, a panic or running out of time (rt.WithHookTimeout) refuses
// the revision: it is taken out of force, and the hooks that were told of it are
// told of the way back. No call begins after stop has returned.
func (b *Binding[T]) OnChange(fn func(ctx context.Context, c rt.Change[T]) error, opts ...rt.HookOption) (stop func()) {
	if fn == nil {
		panic("hotbind: OnChange of " + b.Place.describe() + " is given no function")
	}
	place := b.Place
	return place.add(dispatch.Where(), opts, func(h *dispatch.Hook) {
		h.Call = func(ctx context.Context, r dispatch.Round) error { return fn(ctx, changeAt[T](place, r)) }
	})
}

// Prepare calls fn before a revision comes into force in which the value
// differs. An error refuses the revision, and nobody else hears of it. What fn
// prepared is carried out by commit, just after the revision came into force, or
// thrown away by abort, when the revision was refused after all; either may be
// nil. When a hook undoes the revision later, fn is called for the way back. With
// rt.WithCurrent fn prepares for the value in force first, and what it prepared
// is committed at once.
func (b *Binding[T]) Prepare(fn func(ctx context.Context, c rt.Change[T]) (commit, abort func(), err error), opts ...rt.HookOption) (stop func()) {
	if fn == nil {
		panic("hotbind: Prepare of " + b.Place.describe() + " is given no function")
	}
	place := b.Place
	return place.add(dispatch.Where(), opts, func(h *dispatch.Hook) {
		h.Prepare = func(ctx context.Context, r dispatch.Round) (commit, abort func(), err error) {
			return fn(ctx, changeAt[T](place, r))
		}
	})
}

// Bound is a binding of a value of type T: a [Binding], or a type that embeds one.
type Bound[T any] interface{ bound() *Binding[T] }

func (b *Binding[T]) bound() *Binding[T] { return b }

// ChangeIn returns what a diff of the whole configuration says of one value, and
// whether it changed at all. Where nobody asks, it costs a package nothing, which
// a method of every binding would.
func ChangeIn[R, T any](d *rt.Diff[R], b Bound[T]) (rt.Change[T], bool) {
	before, after := d.Snapshots()
	place := b.bound().Place
	return changeAt[T](place, dispatch.Round{Old: before, New: after}), place.changed(before, after)
}

// changed reports whether the value at p differs in two snapshots.
func (p *Place) changed(before, after any) bool {
	was, is := p.in(before), p.in(after)
	if was == nil || is == nil {
		return was != is
	}
	return !innermost(p.typ).equal(was, is)
}

func changeAt[T any](p *Place, r dispatch.Round) (c rt.Change[T]) {
	c.Old, c.OldSet = valueAt[T](p, r.Old)
	c.New, c.NewSet = valueAt[T](p, r.New)
	return c
}

func valueAt[T any](p *Place, snapshot any) (v T, ok bool) {
	ref, ok := p.in(snapshot).(*T)
	if !ok {
		return v, false
	}
	return *ref, true
}

func (p *Place) describe() string {
	if p.parent == nil {
		return "the configuration"
	}
	return p.String()
}

// add registers a hook on p; with sets what it does.
func (p *Place) add(where string, opts []rt.HookOption, with func(*dispatch.Hook)) (stop func()) {
	var o rt.HookOptions
	for _, opt := range opts {
		opt(&o)
	}
	h := &dispatch.Hook{Path: p.path(), Name: p.String(), Where: where, Priority: o.Priority}
	with(h)
	return p.open.engine.Add(h, o.Current)
}

// An EntriesBinding is the binding of a map, or of a list whose items a property
// tells apart (x-key): of the whole, and of each of its entries. V is the type of an
// entry and B the binding of one.
type EntriesBinding[M, V, B any] struct {
	Binding[M]
	Bind func(*Place) B
}

// Key is the binding of the entry with this key, whether or not it exists now:
// while it does not, its value is absent.
func (e *EntriesBinding[M, V, B]) Key(key string) B { return e.Bind(e.Place.entry(key)) }

// OnEntry calls fn once for each entry that was added, removed or modified, in
// the order of the keys, as [Binding.OnChange] does for a field. That the items of a
// list changed their order is told to hooks of the list only.
func (e *EntriesBinding[M, V, B]) OnEntry(fn func(ctx context.Context, c rt.EntryChange[string, V]) error, opts ...rt.HookOption) (stop func()) {
	if fn == nil {
		panic("hotbind: OnEntry of " + e.Place.describe() + " is given no function")
	}
	place := e.Place
	return place.add(dispatch.Where(), opts, func(h *dispatch.Hook) {
		h.Entries = func(snapshot any) []string {
			if v := place.in(snapshot); v != nil {
				return innermost(place.typ).(keyed).keys(v)
			}
			return nil
		}
		h.Call = func(ctx context.Context, r dispatch.Round) error {
			c := changeAt[V](place.entry(r.Key), r)
			return fn(ctx, rt.EntryChange[string, V]{Key: r.Key, Old: c.Old, New: c.New, OldSet: c.OldSet, NewSet: c.NewSet})
		}
	})
}
