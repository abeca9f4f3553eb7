package engine

import (
	"context"
	"errors"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/load"
)

// errUnstable reports sources whose content changed while they were read.
var errUnstable = errors.New("the content keeps changing while it is read")

// readTwice reads the sources that have changed since before twice, with a pause. It
// refuses content that changed in between: a file that is being written, or two files of
// different generations. If before is zero, it reads every source.
//
// Reading and judging run inside the caller, because sources, migrations and types named
// by x-go-type run code of the application, which may call the engine.
func (e *Engine) readTwice(ctx context.Context, pause time.Duration, before load.Content, changed []string) (load.Content, error) {
	first, err := e.loader.ReadChanged(ctx, before, changed)
	if err != nil {
		return load.Content{}, err
	}
	if err := sleep(ctx, pause); err != nil {
		return load.Content{}, err
	}
	second, err := e.loader.ReadChanged(ctx, before, changed)
	if err != nil {
		return load.Content{}, err
	}
	if !first.Signature().Equal(second.Signature()) {
		return load.Content{}, errUnstable
	}
	return second, nil
}

// readStable reads until the content holds still, at most the maximum wait. It gives an
// empty file the settle time to fill, because a file that is just being saved looks
// empty.
func (e *Engine) readStable(ctx context.Context) (load.Content, error) {
	start := time.Now()
	for {
		c, err := e.readTwice(ctx, 0, load.Content{}, nil)
		unstable := errors.Is(err, errUnstable) && time.Since(start) < e.opts.MaxWait
		filling := err == nil && c.Blank && time.Since(start) < e.opts.Settle
		if !unstable && !filling {
			return c, err
		}
		if err := sleep(ctx, max(e.opts.Debounce, minPause)); err != nil {
			return load.Content{}, err
		}
	}
}

// minPause is the shortest time between two reads that detect a writer: as long as an
// event may take to arrive.
const minPause = 10 * time.Millisecond
