// Package live starts the configurations of generated packages that follow their sources.
// It is separate from package genrt, so that a package generated for reading once links
// no engine and no watcher. It is for generated code alone.
package live

import (
	"context"

	"github.com/hotbind/hotbind/runtime/genrt"
	"github.com/hotbind/hotbind/runtime/internal/engine"
	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/internal/watch"

	rt "github.com/hotbind/hotbind/runtime"
)

// Open starts l; see the Open of a generated package.
func Open[T any](ctx context.Context, l *genrt.Live[T], p *genrt.Program, opts []rt.Option) error {
	return genrt.Start(l, p, func(publish func(any)) (genrt.Engine, error) {
		return follow(ctx, &program{p, publish}, opts)
	})
}

// A program is the engine's view of a generated package.
type program struct {
	*genrt.Program
	publish func(snapshot any)
}

// Publish implements the engine's interface of a program.
func (p *program) Publish(snapshot any) { p.publish(snapshot) }

func follow(ctx context.Context, p *program, opts []rt.Option) (genrt.Engine, error) {
	e, err := engine.Open(ctx, p, load.NewOptions(opts...), func(notify func(watch.Event)) engine.Watcher {
		return watch.New(notify)
	})
	if err != nil {
		return nil, err
	}
	return e, nil
}
