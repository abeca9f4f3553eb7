package engine

import (
	"context"
	"fmt"

	"github.com/hotbind/hotbind/runtime/internal/journal"
	"github.com/hotbind/hotbind/runtime/internal/load"

	rt "github.com/hotbind/hotbind/runtime"
)

// OnReloadError implements the method of a generated Live.
func (e *Engine) OnReloadError(fn func(context.Context, error, rt.Changes) error, opts ...rt.HookOption) (stop func()) {
	return e.observers.OnReloadError(fn, opts...)
}

// OnRollback implements the method of a generated Live.
func (e *Engine) OnRollback(fn func(ctx context.Context, from, to rt.Revision) error, opts ...rt.HookOption) (stop func()) {
	return e.observers.OnRollback(fn, opts...)
}

// channels implements [rt.Channels].
type channels struct{ engine *Engine }

// Channels implements [rt.Manager].
func (e *Engine) Channels() rt.Channels { return channels{e} }

func (c channels) Add(channel rt.Channel, opts rt.ChannelOptions) error {
	switch {
	case c.engine.ctx.Err() != nil:
		return rt.ErrClosed
	case opts.QueueLength < 0:
		return fmt.Errorf("QueueLength must not be negative, got %d", opts.QueueLength)
	case opts.Timeout < 0:
		return fmt.Errorf("Timeout must not be negative, got %v", opts.Timeout)
	}
	return c.engine.outbox.Add(channel, opts)
}

func (c channels) Remove(name string) bool { return c.engine.outbox.Remove(name) }

func (c channels) Stats() []rt.ChannelStats { return c.engine.outbox.Stats() }

func (c channels) Send(n rt.Notification) error {
	switch {
	case c.engine.ctx.Err() != nil:
		return rt.ErrClosed
	case !n.Event.Own():
		return fmt.Errorf("invalid event %q of the application: want lower-case words with a dot between them", n.Event)
	}
	c.engine.journal.Note(journal.Own{Notification: n})
	return nil
}

// noteReading reports that the engine checks new content of the sources.
func (e *Engine) noteReading(c load.Content, cause rt.Cause) {
	if !e.isInForce(c.Signature()) {
		e.journal.Note(journal.Reading{Cause: cause, Files: e.changedFiles(c)})
	}
}
