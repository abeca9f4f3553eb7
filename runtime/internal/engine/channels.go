package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/journal"
	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/internal/observe"
	"github.com/hotbind/hotbind/runtime/internal/outbox"

	rt "github.com/hotbind/hotbind/runtime"
)

// notifier implements [rt.Notifier]: its limit holds for channels as well.
type notifier struct {
	*observe.Observers
	outbox *outbox.Outbox
}

// Notifier implements [rt.Manager].
func (e *Engine) Notifier() rt.Notifier { return notifier{e.observers, e.outbox} }

func (n notifier) SetTimeout(d time.Duration) error {
	if d < 0 {
		return fmt.Errorf("%v must not be negative", d)
	}
	n.Observers.SetTimeout(d)
	n.outbox.SetTimeout(d)
	return nil
}

// OnReloadError implements the method of a generated Live.
func (e *Engine) OnReloadError(fn func(context.Context, error, rt.Changes) error, opts ...rt.HookOption) (stop func()) {
	return e.observers.OnReloadError(fn, opts...)
}

// OnRollback implements the method of a generated Live.
func (e *Engine) OnRollback(fn func(ctx context.Context, from, to rt.Revision) error, opts ...rt.HookOption) (stop func()) {
	return e.observers.OnRollback(fn, opts...)
}

// Subscribe implements [rt.Subscriptions].
func (e *Engine) Subscribe(pattern string, s rt.Subscriber, opts ...rt.SubscribeOption) (rt.Handle, error) {
	return e.observers.Subscribe(pattern, s, opts...)
}

// Unsubscribe implements [rt.Subscriptions].
func (e *Engine) Unsubscribe(h rt.Handle) int { return e.observers.Unsubscribe(h) }

// UnsubscribeAll implements [rt.Subscriptions].
func (e *Engine) UnsubscribeAll(s rt.Subscriber) int { return e.observers.UnsubscribeAll(s) }

// AddChannel implements [rt.Channels].
func (e *Engine) AddChannel(c rt.Channel, opts ...rt.ChannelOption) error {
	if e.ctx.Err() != nil {
		return rt.ErrClosed
	}
	return e.outbox.Add(c, rt.NewChannelOptions(opts...))
}

// RemoveChannel implements [rt.Channels].
func (e *Engine) RemoveChannel(name string) bool { return e.outbox.Remove(name) }

// Send implements [rt.Channels].
func (e *Engine) Send(n rt.Notification) error {
	switch {
	case e.ctx.Err() != nil:
		return rt.ErrClosed
	case !n.Event.Own():
		return fmt.Errorf("the event %q is not one of the application: its name is lower-case words with a dot between them", n.Event)
	}
	e.journal.Note(journal.Own{Notification: n})
	return nil
}

// ChannelStats implements [rt.Channels].
func (e *Engine) ChannelStats() []rt.ChannelStats { return e.outbox.Stats() }

// noteReading reports that new content of the sources is looked at.
func (e *Engine) noteReading(c load.Content, cause rt.Cause) {
	if !e.isInForce(c.Signature) {
		_, altered := e.fileState(c)
		e.journal.Note(journal.Reading{Cause: cause, Files: altered})
	}
}
