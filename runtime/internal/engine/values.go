package engine

import (
	"context"

	"github.com/hotbind/hotbind/runtime/internal/address"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/internal/observe"

	rt "github.com/hotbind/hotbind/runtime"
)

// values implements [rt.Values].
type values struct {
	*observe.Observers
	engine *Engine
}

// Values implements [rt.Manager].
func (e *Engine) Values() rt.Values { return values{e.observers, e} }

func (v values) Get(path string) (value any, ok bool, err error) {
	steps, err := address.Path(v.engine.program.Shape(), path)
	if err != nil {
		return nil, false, err
	}
	value, ok = v.engine.program.At(v.engine.now().snapshot, steps)
	return value, ok, nil
}

func (v values) Watch(pattern string, fn func(context.Context, rt.ValueChange) error, opts ...rt.SubscribeOption) (rt.Handle, error) {
	if fn == nil {
		panic("hotbind: Watch needs a function")
	}
	return v.Observers.Watch(pattern, dispatch.Where(), fn, opts)
}
