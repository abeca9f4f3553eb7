package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
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

// ChannelStats implements [rt.Channels].
func (e *Engine) ChannelStats() []rt.ChannelStats { return e.outbox.Stats() }

// addChannels adds the channels of the options. After an error those that were not
// added are closed, as the outbox closes the others.
func (e *Engine) addChannels() error {
	for i, c := range e.opts.Channels {
		if err := e.outbox.Add(c.Channel, c.Options); err != nil {
			added := e.opts.Channels[:i]
			left := slices.DeleteFunc(slices.Clone(e.opts.Channels[i:]), func(c rt.ConfiguredChannel) bool {
				return slices.ContainsFunc(added, func(a rt.ConfiguredChannel) bool { return same(a.Channel, c.Channel) })
			})
			return errors.Join(err, closeChannels(left))
		}
	}
	return nil
}

// same reports whether two channels are one.
func same(a, b rt.Channel) bool {
	return a != nil && b != nil && reflect.TypeOf(a).Comparable() && reflect.TypeOf(b).Comparable() && a == b
}

func closeChannels(list []rt.ConfiguredChannel) error {
	var errs []error
	for _, c := range list {
		if closer, ok := c.Channel.(io.Closer); ok {
			errs = append(errs, closer.Close())
		}
	}
	return errors.Join(errs...)
}

// noteReading reports that new content of the sources is looked at.
func (e *Engine) noteReading(c load.Content, cause rt.Cause) {
	if !e.isInForce(c.Signature) {
		_, altered := e.fileState(c)
		e.journal.Note(journal.Reading{Cause: cause, Files: altered})
	}
}

// noteMigrated reports each document that was read as a newer version, be it by several
// steps.
func (e *Engine) noteMigrated(steps []rt.Migrated) {
	var documents []journal.Migrated
	for _, step := range steps {
		at := slices.IndexFunc(documents, func(m journal.Migrated) bool { return m.Document == step.Document })
		if at < 0 {
			documents = append(documents, journal.Migrated{Document: step.Document, From: step.From, To: step.To})
		} else {
			documents[at].To = step.To
		}
	}
	for _, m := range documents {
		e.journal.Note(m)
	}
}

// noteHooks reports each hook that an error is about; line says what became of it where
// it refuses nothing.
func (e *Engine) noteHooks(err error, line string) {
	for _, failed := range hookErrors(err) {
		e.journal.Note(journal.HookFailed{Err: failed, Line: line})
	}
}

// hookErrors are all that err joins.
func hookErrors(err error) []*rt.HookError {
	switch err := err.(type) {
	case *rt.HookError:
		return []*rt.HookError{err}
	case interface{ Unwrap() []error }:
		var all []*rt.HookError
		for _, one := range err.Unwrap() {
			all = append(all, hookErrors(one)...)
		}
		return all
	case interface{ Unwrap() error }:
		return hookErrors(err.Unwrap())
	}
	return nil
}

func namesOf(files []rt.FileContent) (names []string) {
	for _, f := range files[:min(len(files), journal.MostFiles)] {
		names = append(names, f.Path)
	}
	return names
}
