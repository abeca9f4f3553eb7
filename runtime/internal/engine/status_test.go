package engine

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/watch"
	"github.com/hotbind/hotbind/runtime/migrate"

	rt "github.com/hotbind/hotbind/runtime"
)

// TestStatusErrors: the status has the last error of each kind until it is resolved.
func TestStatusErrors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := listening(t, `{"a": "1"}`, rt.KeepOnHookError())
		stop := l.hook(func(context.Context, string, string) error { return errNo })
		l.change(`{"a": "2"}`)
		l.watcher.notify(watch.Event{Kind: watch.Failed, Err: errNo})
		l.after(time.Second)
		wantIs(t, l.Status().HookError, errNo)
		wantIs(t, l.Status().WatchError, errNo)
		stop()
		l.change(`{"a": "3"}`)
		h, err := l.Values().Watch("a", func(context.Context, rt.ValueChange) error { return errNo }, rt.WithCurrent(), rt.WithRefusal())
		if err != nil {
			t.Fatal(err)
		}
		h.Stop()
		wantIs(t, l.Status().HookError, errNo)
		l.change(`{"a": "4"}`)
		if s := l.Status(); s.HookError != nil || s.WatchError != nil {
			t.Errorf("got %v and %v, which have ended", s.HookError, s.WatchError)
		}
		l.Close()
	})
}

// TestMigrationsAreReported: a migration is reported each time a file is migrated.
func TestMigrationsAreReported(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var seen []string
		received := channel(func(n rt.Notification) {
			if n.Event == rt.EventMigrationApplied {
				seen = append(seen, n.Message)
			}
		})
		same := func(doc *document.Node) (*document.Node, error) { return doc, nil }
		l := listening(t, `{"version": "1", "a": "1"}`, rt.WithChannel(received, rt.ChannelOptions{}), migrate.With("", migrate.Func("1", "2", same), migrate.Func("2", "3", same)))
		l.after(time.Second)
		l.change(`{"version": "2", "a": "2"}`)
		l.Close()
		want := []string{l.file + " was migrated from version 1 to 3", l.file + " was migrated from version 2 to 3"}
		if diff := gocmp.Diff(want, seen); diff != "" {
			t.Error(diff)
		}
	})
}

// A channel passes each notification to a function.
type channel func(rt.Notification)

func (channel) Name() string                                      { return "channel" }
func (c channel) Send(_ context.Context, n rt.Notification) error { c(n); return nil }
