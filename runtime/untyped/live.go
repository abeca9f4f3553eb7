package untyped

import (
	"context"
	"sync/atomic"

	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/internal/engine"
	"github.com/hotbind/hotbind/runtime/internal/watch"
	"github.com/hotbind/hotbind/runtime/validate"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Live is a configuration that follows its sources. Its methods may be called
// from any goroutine, also from inside a hook.
type Live struct {
	current atomic.Pointer[Config]
	program *program
	engine  *engine.Engine
}

// Open reads the sources, checks what they say and follows them.
func Open(ctx context.Context, schema *validate.Schema, opts ...rt.Option) (*Live, error) {
	l := &Live{program: newProgram(schema)}
	l.program.publish = l.current.Store
	e, err := engine.Open(ctx, l.program, rt.NewOptions(opts...), func(notify func(watch.Event)) engine.Watcher {
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

// Manager returns what an operator asks of a configuration: reload, status, explain.
func (l *Live) Manager() rt.Manager { return l.engine }

// Close ends the following of the sources and waits until no hook runs.
func (l *Live) Close() error { return l.engine.Close() }

// OnChange calls fn once after each revision that differs from the one before, with
// everything that differs. With rt.WithCurrent the first call has no changes.
func (l *Live) OnChange(fn func(ctx context.Context, changes rt.Changes) error, opts ...rt.HookOption) (stop func()) {
	if fn == nil {
		panic("hotbind: OnChange of the configuration is given no function")
	}
	var o rt.HookOptions
	for _, opt := range opts {
		opt(&o)
	}
	h := &dispatch.Hook{Where: dispatch.Where(), Priority: o.Priority}
	h.Call = func(ctx context.Context, r dispatch.Round) error {
		var changes rt.Changes
		if r.Old != nil {
			changes = l.program.Diff(r.Old, r.New).Changes("")
		}
		return fn(ctx, changes)
	}
	return l.engine.Add(h, o.Current)
}
