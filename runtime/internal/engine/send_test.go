package engine

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
)

// A recorder is a channel that records its notifications.
type recorder struct {
	name string
	got  chan rt.Notification
}

func (r *recorder) Name() string { return r.name }

func (r *recorder) Send(_ context.Context, n rt.Notification) error {
	r.got <- n
	return nil
}

// A notification of the application is delivered like all others, with filters and
// statistics, and cannot pass for one of the engine.
func TestSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all, own := &recorder{"all", make(chan rt.Notification, 10)}, &recorder{"own", make(chan rt.Notification, 10)}
		r := rigged(t, rt.WithChannel(all, rt.ChannelOptions{Priorities: []rt.Priority{rt.PriorityHigh}}),
			rt.WithChannel(own, rt.ChannelOptions{Events: []rt.Event{"shop.cache_cleared"}}))
		sent := rt.Notification{
			ID: "mine", Event: "shop.cache_cleared", Message: "the cache\nwas cleared", Priority: rt.PriorityHigh,
			Metadata: map[string]string{"entries": "12"}, Revision: 99, Count: 7,
		}
		if err := r.Channels().Send(sent); err != nil {
			t.Fatal(err)
		}
		if err := r.Channels().Send(rt.Notification{Event: "shop.warmed"}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		for _, c := range []*recorder{all, own} {
			n := <-c.got
			if n.Event != "shop.cache_cleared" || strings.Contains(n.Message, "\n") || n.Priority != rt.PriorityHigh || n.Metadata["entries"] != "12" ||
				n.ID == "" || n.ID == "mine" || !n.Time.Equal(time.Now()) || n.Revision != 1 || n.Count != 1 {
				t.Errorf("%s: got %+v", c.name, n)
			}
			if len(c.got) > 0 {
				t.Errorf("%s: got more: %+v", c.name, <-c.got)
			}
		}
		for _, s := range r.Channels().Stats() {
			if s.Sent != 1 || s.Filtered == 0 {
				t.Errorf("got %+v", s)
			}
		}
		for _, e := range []rt.Event{"", rt.EventReloaded, "reloaded2", "a.", ".a", "a..b", "Shop.x", "shop.caché"} {
			if err := r.Channels().Send(rt.Notification{Event: e}); err == nil || !strings.Contains(err.Error(), "invalid event") {
				t.Errorf("%q: got %v", e, err)
			}
		}
		r.Close()
		if err := r.Channels().Send(sent); !errors.Is(err, rt.ErrClosed) {
			t.Errorf("got %v after the end", err)
		}
	})
}

// Add returns an error for invalid options of a channel, and does not add it.
func TestChannelOptionsAreRefused(t *testing.T) {
	r := rigged(t)
	defer r.Close()
	for want, opts := range map[string]rt.ChannelOptions{
		"QueueLength must not be negative, got -1": {QueueLength: -1},
		"Timeout must not be negative, got -1s":    {Timeout: -time.Second},
	} {
		if err := r.Channels().Add(channel(nil), opts); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if stats := r.Channels().Stats(); len(stats) > 0 {
		t.Errorf("got the channels %v", stats)
	}
}
