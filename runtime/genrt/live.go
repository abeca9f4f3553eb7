package genrt

import (
	"context"
	"sync/atomic"

	"github.com/hotbind/hotbind/runtime/internal/dispatch"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Live is a configuration that follows its sources. The Live of a generated
// package holds one and adds the bindings of the fields. Its methods may be
// called from any goroutine, also inside a hook.
type Live[T any] struct {
	current atomic.Pointer[T]
	root    place
	open    opened
}

// Current returns the snapshot in force, which is never nil. It is shared and never
// changes, so it must not be modified and may be kept. Current costs one atomic load.
func (l *Live[T]) Current() *T { return l.current.Load() }

// Manager returns the untyped side: reload, rollback, status.
func (l *Live[T]) Manager() rt.Manager { return l.open.engine }

// Close stops following the sources and waits until no hook runs. It abandons a hook that
// ignores its context. No hook is called after Close has returned. Inside a hook, Close
// does not wait. The last snapshot stays readable.
func (l *Live[T]) Close() error { return l.open.engine.Close() }

// OnChange calls fn once after each revision that differs from the one before, with all
// changes, as [Binding.OnChange] does for a field.
func (l *Live[T]) OnChange(fn func(ctx context.Context, d *rt.Diff[T]) error, opts ...rt.HookOption) (stop func()) {
	return l.open.engine.Add(l.onChange("OnChange", dispatch.Where(), fn, opts))
}

// Follow calls fn with the snapshot in force and, if fn returns nil, registers it as
// OnChange does, as [Binding.Follow] does for a field. The first diff has no Old and no
// changes.
func (l *Live[T]) Follow(fn func(ctx context.Context, d *rt.Diff[T]) error, opts ...rt.HookOption) (stop func(), err error) {
	return l.open.engine.Follow(l.onChange("Follow", dispatch.Where(), fn, opts))
}

func (l *Live[T]) onChange(method, where string, fn func(ctx context.Context, d *rt.Diff[T]) error, opts []rt.HookOption) *dispatch.Hook {
	h := l.root.hook(method, fn == nil, where, opts)
	h.Call = func(ctx context.Context, r dispatch.Round) error { return fn(ctx, l.diffOf(r)) }
	return h
}

// Prepare calls fn before a revision that differs from the one in force comes into force,
// as [Binding.Prepare] does for a field. Use it to refuse what the schema cannot express,
// such as a name that must exist elsewhere.
func (l *Live[T]) Prepare(fn func(ctx context.Context, d *rt.Diff[T]) (commit, abort func(), err error), opts ...rt.HookOption) (stop func()) {
	h := l.root.hook("Prepare", fn == nil, dispatch.Where(), opts)
	h.Prepare = func(ctx context.Context, r dispatch.Round) (commit, abort func(), err error) {
		return fn(ctx, l.diffOf(r))
	}
	return l.open.engine.Add(h)
}

// OnReloadError calls fn for every candidate that was refused or rolled back, like the
// method of an [rt.ErrorSubscriber]. It does not count towards the limit of subscribers.
// An error of fn is reported as an [*rt.SubscriberError]. No call begins after stop has
// returned.
func (l *Live[T]) OnReloadError(fn func(ctx context.Context, err error, changes rt.Changes) error, opts ...rt.HookOption) (stop func()) {
	return l.open.engine.OnReloadError(fn, opts...)
}

// OnRollback calls fn after each requested rollback, like the method of an
// [rt.RollbackSubscriber]. Otherwise it is like OnReloadError.
func (l *Live[T]) OnRollback(fn func(ctx context.Context, from, to rt.Revision) error, opts ...rt.HookOption) (stop func()) {
	return l.open.engine.OnRollback(fn, opts...)
}

// AddValidator calls fn for every candidate that the schema allows, before any hook. An
// error among the findings refuses the candidate. See [rt.Manager.AddValidator].
func (l *Live[T]) AddValidator(fn func(candidate *T) []rt.Finding) (stop func()) {
	if fn == nil {
		panic("hotbind: AddValidator of the configuration needs a function")
	}
	return l.open.engine.AddValidator(func(snapshot any) []rt.Finding { return fn(snapshot.(*T)) })
}

func (l *Live[T]) diffOf(r dispatch.Round) *rt.Diff[T] {
	d := &rt.Diff[T]{New: r.New.(*T)}
	before, ok := r.Old.(*T)
	if !ok {
		return d
	}
	if r.Delta == nil {
		r.Delta = diff(l.root.typ, before, d.New, nil)
	}
	d.Old, d.Changes = before, r.Delta.Changes("")
	return d
}

// An Engine follows the sources of a Live, for package live.
type Engine interface {
	rt.Manager
	// Add registers a hook.
	Add(h *dispatch.Hook) (stop func())
	// Follow calls a hook with the snapshot in force and registers it unless it fails.
	Follow(h *dispatch.Hook) (stop func(), err error)
	OnReloadError(fn func(context.Context, error, rt.Changes) error, opts ...rt.HookOption) (stop func())
	OnRollback(fn func(ctx context.Context, from, to rt.Revision) error, opts ...rt.HookOption) (stop func())
	Close() error
}

// Start makes l the configuration of p, followed by the engine that open returns, for
// package live. Open receives the function that publishes snapshots in l.
func Start[T any](l *Live[T], p *Program, open func(publish func(snapshot any)) (Engine, error)) (err error) {
	l.open.current = func() any { return l.current.Load() }
	l.root = place{typ: p.Type, open: &l.open}
	l.open.engine, err = open(func(snapshot any) { l.current.Store(snapshot.(*T)) })
	return err
}
