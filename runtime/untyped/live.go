package untyped

import (
	"context"
	"sync/atomic"

	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/internal/engine"
	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/internal/seam"
	"github.com/hotbind/hotbind/runtime/internal/watch"
	"github.com/hotbind/hotbind/runtime/validate"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Live is a configuration that follows its sources. Its methods are safe for concurrent
// use and may be called inside a hook.
type Live struct {
	current atomic.Pointer[Config]
	program *program
	engine  *engine.Engine
}

// Open reads, validates and follows the sources.
func Open(ctx context.Context, schema *validate.Schema, opts ...rt.Option) (*Live, error) {
	l := &Live{program: newProgram(schema)}
	l.program.publish = l.current.Store
	e, err := engine.Open(ctx, l.program, load.NewOptions(opts...), func(notify func(watch.Event)) engine.Watcher {
		return watch.New(notify)
	})
	if err != nil {
		return nil, err
	}
	l.engine = e
	return l, nil
}

// Current returns the configuration in force. It is never nil.
func (l *Live) Current() *Config { return l.current.Load() }

// Manager returns the interface for operating the configuration: reload, status, rollback.
func (l *Live) Manager() rt.Manager { return l.engine }

// Close stops following the sources and waits for running hooks.
func (l *Live) Close() error { return l.engine.Close() }

// OnChange calls fn once for each revision that differs from the one before, with all
// changes.
func (l *Live) OnChange(fn func(ctx context.Context, changes rt.Changes) error, opts ...rt.HookOption) (stop func()) {
	return l.engine.Add(l.hook("OnChange", dispatch.Where(), fn, opts))
}

// Follow calls fn without changes for the configuration in force and, if fn returns
// nil, registers it as OnChange does; no revision falls between the two. If fn fails,
// Follow registers nothing and returns the *rt.HookError. It returns rt.ErrInsideHook
// inside a hook, a validator or a source, and rt.ErrClosed after Close.
func (l *Live) Follow(fn func(ctx context.Context, changes rt.Changes) error, opts ...rt.HookOption) (stop func(), err error) {
	return l.engine.Follow(l.hook("Follow", dispatch.Where(), fn, opts))
}

// OnReloadError calls fn for every candidate that was refused or rolled back, like an
// [rt.ErrorSubscriber]. It does not count towards the limit of subscribers. An error of fn
// is reported as an *rt.SubscriberError. No call begins after stop has returned.
func (l *Live) OnReloadError(fn func(ctx context.Context, err error, changes rt.Changes) error, opts ...rt.HookOption) (stop func()) {
	return l.engine.OnReloadError(fn, opts...)
}

// OnRollback calls fn after each requested rollback, like an [rt.RollbackSubscriber].
// Limit, errors and stop are as for OnReloadError.
func (l *Live) OnRollback(fn func(ctx context.Context, from, to rt.Revision) error, opts ...rt.HookOption) (stop func()) {
	return l.engine.OnRollback(fn, opts...)
}

func (l *Live) hook(method, where string, fn func(ctx context.Context, changes rt.Changes) error, opts []rt.HookOption) *dispatch.Hook {
	if fn == nil {
		panic("hotbind: " + method + " of the configuration needs a function")
	}
	h := &dispatch.Hook{Where: where, Priority: rt.Priority(seam.Resolve[seam.Hook](opts).Priority)}
	h.Call = func(ctx context.Context, r dispatch.Round) error {
		var changes rt.Changes
		if r.Old != nil {
			changes = l.program.Diff(r.Old, r.New).Changes("")
		}
		return fn(ctx, changes)
	}
	return h
}
