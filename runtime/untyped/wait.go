package untyped

import (
	"context"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/internal/watch"
	"github.com/hotbind/hotbind/runtime/source"
	"github.com/hotbind/hotbind/runtime/validate"

	rt "github.com/hotbind/hotbind/runtime"
)

// OpenWhenGood is like Open, for interactive tools: while the sources are invalid, it calls
// refused once per reason and tries again when a file changes, until ctx ends.
func OpenWhenGood(ctx context.Context, schema *validate.Schema, refused func(error), opts ...rt.Option) (*Live, error) {
	o := load.NewOptions(opts...)
	changed := make(chan struct{}, 1)
	w := watch.New(func(e watch.Event) {
		if e.Kind != watch.Failed { // polling finds what the watcher misses
			select {
			case changed <- struct{}{}:
			default:
			}
		}
	})
	defer func() {
		w.Close()
		<-w.Done()
	}()
	reported := ""
	for {
		w.Set(watchPaths(o.Sources)) // before reading, so that no change is missed
		live, err := Open(ctx, schema, opts...)
		if err == nil || ctx.Err() != nil {
			return live, err
		}
		if text := err.Error(); text != reported {
			reported = text
			refused(err)
		}
		if err := waitForChange(ctx, changed, o); err != nil {
			return nil, err
		}
	}
}

// waitForChange waits for an event and the rest of its burst, or for the next poll.
func waitForChange(ctx context.Context, changed <-chan struct{}, o rt.Options) error {
	timer := time.NewTimer(o.PollInterval)
	defer timer.Stop()
	if o.PollInterval <= 0 {
		timer.Stop()
	}
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-changed:
			changed = nil // Open waits until the files stop changing
			timer.Reset(o.Debounce)
		case <-timer.C:
			return nil
		}
	}
}

func watchPaths(sources []source.Source) (paths []string) {
	for _, s := range source.Flatten(sources) {
		if w, ok := s.(source.Watchable); ok {
			paths = append(paths, w.WatchPaths()...)
		}
	}
	return paths
}
