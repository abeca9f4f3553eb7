package engine

import (
	"context"

	"github.com/hotbind/hotbind/runtime/internal/address"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"

	rt "github.com/hotbind/hotbind/runtime"
)

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
		progress := e.progress // before what it tells of is looked at
		e.mu.Unlock()
		if !e.awaited() && len(e.turn) == 0 {
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

// WatchPattern implements [rt.Values].
func (e *Engine) WatchPattern(pattern string, fn func(context.Context, rt.ValueChange) error, opts ...rt.SubscribeOption) (rt.Handle, error) {
	if fn == nil {
		panic("hotbind: a watch is given no function")
	}
	return e.observers.Watch(pattern, dispatch.Where(), fn, opts)
}

// WatchValue implements [rt.Values].
func (e *Engine) WatchValue(path string, fn func(context.Context, rt.ValueChange) error, opts ...rt.SubscribeOption) (rt.Handle, error) {
	if _, err := address.Path(e.program.Shape(), path); err != nil {
		return nil, err
	}
	return e.WatchPattern(path, fn, opts...)
}
