package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
)

// start puts the first revision into force.
func (e *Engine) start(ctx context.Context) error {
	e.compareSchema()
	c, err := e.readAtRest(ctx)
	for e.opts.WaitForFiles && errors.Is(err, fs.ErrNotExist) {
		if ended := e.waitForFiles(ctx); ended != nil {
			return &rt.SourceError{Source: sourceOf(err), Cause: fmt.Errorf("%w; waiting for it ended: %w", fs.ErrNotExist, ended)}
		}
		c, err = e.readAtRest(ctx)
	}
	if err != nil {
		return err
	}
	snapshot, warnings, err := e.candidate(c)
	if err != nil {
		return err
	}
	e.logWarnings(warnings)
	first := e.newEntry(snapshot, c.signature, rt.CauseFileChange)
	e.install(first)
	e.remember(first)
	e.goodSince(c.signature)
	return nil
}

// sourceOf is the source that err, a *rt.SourceError, is about.
func sourceOf(err error) string {
	var source *rt.SourceError
	if errors.As(err, &source) {
		return source.Source
	}
	return ""
}

// waitForFiles waits for an event or the next poll.
func (e *Engine) waitForFiles(ctx context.Context) error {
	poll := time.NewTimer(e.pollInterval())
	defer poll.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-e.events.wake:
		e.noteWatching(e.events.take())
	case <-poll.C:
		e.watcher.Rearm()
	}
	return nil
}

// readAtRest reads the sources when no file was written for the settle time. No
// event tells of a save that began before the files were watched, and half a
// file may well be valid.
func (e *Engine) readAtRest(ctx context.Context) (contents, error) {
	for start := time.Now(); ; {
		c, err := e.readStable(ctx)
		rest := e.opts.Settle - e.youngest()
		if rest <= 0 || time.Since(start) >= e.opts.MaxWait {
			return c, err
		}
		if err := sleep(ctx, rest); err != nil {
			return contents{}, err
		}
	}
}

// youngest is how long ago the last of the files was written, by their own
// word. A time in the future says nothing and counts as long ago.
func (e *Engine) youngest() time.Duration {
	youngest := e.opts.Settle
	for _, path := range e.watchPaths() {
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		if age := time.Since(info.ModTime()); age >= 0 {
			youngest = min(youngest, age)
		}
	}
	return youngest
}

// sleep waits for d or until ctx has ended.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
