package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"

	"github.com/hotbind/hotbind/examples/observability/config"
	"github.com/hotbind/hotbind/runtime/notify"
	"github.com/hotbind/hotbind/runtime/settings"

	rt "github.com/hotbind/hotbind/runtime"
)

// A runner is the service. It follows config.yaml; settings.yaml configures how.
type runner struct {
	live    *config.Live
	diary   *diary
	workers atomic.Int64 // running now
	health  health
	board   *board
	panel   *notify.Queue // for a page of the service
	pages   *pages
	log     *os.File
}

// launch starts a runner that reports to the diary.
func launch(ctx context.Context, d *diary) (_ *runner, err error) {
	r := &runner{diary: d, health: health{diary: d}, board: &board{diary: d}}
	if r.log, err = os.OpenFile("service.log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.stop())
		}
	}()
	// Queues and functions need code; the other channels are in the settings. The queue
	// is short, so that it keeps only the newest notifications.
	r.panel = notify.NewQueue("panel", 3)
	r.live, err = config.Open(ctx,
		rt.From(rt.File("config.yaml")),
		settings.File("settings.yaml"),
		rt.WithLogger(slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: withoutTime}))),
		rt.WithChannel(r.panel, rt.ChannelOptions{Events: []rt.Event{rt.EventReloaded, rt.EventRolledBack}}),
		rt.WithChannel(notify.Callback("health", r.health.observe), rt.ChannelOptions{Events: []rt.Event{rt.EventRefused, rt.EventRecovered}}),
	)
	if err != nil {
		return nil, err
	}
	if err := r.observe(); err != nil {
		return nil, err
	}
	if err := r.follow(); err != nil {
		return nil, err
	}
	r.pages, err = serve(r)
	return r, err
}

// observe registers observers, which cannot refuse changes, and adds a channel to the
// running configuration, as a plug-in would.
func (r *runner) observe() error {
	m := r.live.Manager()
	peers := notify.AsyncCallback("peers", func(_ context.Context, n rt.Notification) error {
		r.diary.note("peers", fmt.Sprintf("other runners were sent revision %d", n.Revision))
		return nil
	}, 2)
	err := m.Channels().Add(peers, rt.ChannelOptions{Paths: []string{"queues.**"}, WithoutErrors: true})
	_, err1 := m.Values().Subscribe("**", r.board)
	_, err2 := m.Values().Subscribe("queues.*", &billing{paid: []string{"mail", "reports"}})
	_, err3 := m.Values().Watch("queues.*.timeout", func(_ context.Context, c rt.ValueChange) error {
		r.diary.note("watch", c.String())
		return nil
	})
	return errors.Join(err, err1, err2, err3)
}

// follow registers the hooks, which run with the current values now, and then for every
// change.
func (r *runner) follow() error {
	_, err1 := r.live.Workers().Follow(func(_ context.Context, c rt.Change[int]) error {
		r.workers.Store(int64(c.New))
		r.diary.note("hook", fmt.Sprintf("%d workers are running", c.New))
		return nil
	})
	_, err2 := r.live.Broker().Follow(func(_ context.Context, c rt.Change[config.Broker]) error {
		r.diary.note("hook", fmt.Sprintf("signed in to %s as %s with %v", c.New.Host, c.New.User, c.New.Password))
		return nil
	})
	_, err3 := r.live.Queues().FollowEntries(func(_ context.Context, c rt.EntryChange[string, config.Queue]) error {
		if c.OldSet != c.NewSet {
			r.diary.note("hook", "queue "+c.Key+map[bool]string{true: " is served", false: " is no longer served"}[c.NewSet])
		}
		return nil
	})
	return errors.Join(err1, err2, err3)
}

// stop ends the runner, even one that failed to start.
func (r *runner) stop() error {
	var errs []error
	if r.live != nil {
		errs = append(errs, r.live.Close()) // first: no observer is called after it
	}
	if r.pages != nil {
		errs = append(errs, r.pages.close())
	}
	return errors.Join(append(errs, r.log.Close())...)
}

// withoutTime removes the time from the log, as if a log collector added it.
func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}
