package outbox_test

import (
	"context"
	"errors"
	"log/slog"
	goruntime "runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/outbox"
	"github.com/hotbind/hotbind/runtime/notify"

	rt "github.com/hotbind/hotbind/runtime"
)

// All channels receive the same notifications in the same order, whoever publishes them,
// also from inside a channel. Every notification is accounted for.
func TestOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := outbox.New(time.Second, nil)
		a, b := &sink{name: "a"}, &sink{name: "b"}
		a.send = func(_ context.Context, n rt.Notification) error {
			if n.ID == "1" {
				o.Publish(note(1000))
			}
			return nil
		}
		for _, s := range []*sink{a, b} {
			must(t, o.Add(s, rt.ChannelOptions{}))
		}
		var all sync.WaitGroup
		for from := range 4 {
			all.Go(func() {
				for i := range 100 {
					o.Publish(note(from*100 + i))
				}
			})
		}
		all.Wait()
		synctest.Wait()
		if got := a.ids(); len(got) != 401 || !slices.Equal(got, b.ids()) {
			t.Errorf("got %v and %v", got, b.ids())
		}
		for _, s := range o.Stats() {
			wantCounts(t, s, rt.ChannelStats{Sent: 401})
		}
		must(t, o.Close())
		if a.closed != 1 || b.closed != 1 {
			t.Errorf("closed %d and %d times", a.closed, b.closed)
		}
	})
}

// Add refuses an invalid channel with a message that names it.
func TestAddRefuses(t *testing.T) {
	o := outbox.New(0, nil)
	must(t, o.Add(&sink{name: "a"}, rt.ChannelOptions{}))
	with := func(f rt.ChannelOptions) rt.ChannelOptions { return f }
	for _, c := range []struct {
		channel rt.Channel
		options rt.ChannelOptions
		want    string
	}{
		{nil, rt.ChannelOptions{}, "the notification channel is nil"},
		{(*sink)(nil), rt.ChannelOptions{}, "panic: runtime error: invalid memory address"},
		{&sink{}, rt.ChannelOptions{}, "the notification channel has no name"},
		{&sink{name: "a"}, rt.ChannelOptions{}, `a notification channel named "a" already exists`},
		{&namer{func() string { panic("no name") }}, rt.ChannelOptions{}, "panic: no name"},
		{&namer{func() string { goruntime.Goexit(); return "" }}, rt.ChannelOptions{}, "ended its goroutine instead of returning"},
		{&sink{name: "b"}, with(rt.ChannelOptions{Files: []string{"[a"}}), `the filter of the notification channel "b": invalid pattern for files "[a"`},
		{&sink{name: "b"}, with(rt.ChannelOptions{Paths: []string{"a..b"}}), `invalid pattern "a..b"`},
		{&sink{name: "b"}, with(rt.ChannelOptions{Events: []rt.Event{"reload"}}), `unknown event "reload"`},
		{&sink{name: "b"}, with(rt.ChannelOptions{WithoutErrors: true, WithoutSuccesses: true}), "WithoutErrors and WithoutSuccesses together exclude everything"},
	} {
		if err := o.Add(c.channel, c.options); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
	must(t, o.Close())
	if err := o.Add(&sink{name: "c"}, rt.ChannelOptions{}); !errors.Is(err, rt.ErrClosed) {
		t.Errorf("got %v", err)
	}
	o.Publish(note(1)) // without channels this does nothing
}

// A namer is a channel whose method Name misbehaves.
type namer struct{ name func() string }

func (n *namer) Name() string                                { return n.name() }
func (n *namer) Send(context.Context, rt.Notification) error { return nil }

// A channel receives exactly what its filter passes, as documented at rt.ChannelOptions.
func TestFilter(t *testing.T) {
	reloaded := rt.Notification{ID: "reloaded", Event: rt.EventReloaded, Files: []string{"config/base.yaml", "config/production.yaml"},
		Changes: rt.Changes{{Path: "database.pool_size"}, {Path: `tenants["a.b"].quota`}, {Path: "written wrong["}}}
	refused := rt.Notification{ID: "refused", Event: rt.EventRefused, Priority: rt.PriorityHigh, Files: []string{"config/production.yaml"}}
	started := rt.Notification{ID: "started", Event: rt.EventWatchingStarted, Priority: rt.PriorityLow}
	for _, c := range []struct {
		reason string
		filter rt.ChannelOptions
		want   string
	}{
		{"an empty filter passes everything", rt.ChannelOptions{}, "reloaded refused started"},
		{"events", rt.ChannelOptions{Events: []rt.Event{rt.EventRefused, rt.EventRecovered}}, "refused"},
		{"priorities", rt.ChannelOptions{Priorities: []rt.Priority{rt.PriorityHigh, rt.PriorityLow}}, "refused started"},
		{"no errors", rt.ChannelOptions{WithoutErrors: true}, "reloaded started"},
		{"errors alone", rt.ChannelOptions{WithoutSuccesses: true}, "refused"},
		{"a file by its last part", rt.ChannelOptions{Files: []string{"base.*"}}, "reloaded"},
		{"a star does not match a slash", rt.ChannelOptions{Files: []string{"conf*"}}, ""},
		{"a file by its whole name", rt.ChannelOptions{Files: []string{"config/p*.yaml"}}, "reloaded refused"},
		{"one pattern is enough", rt.ChannelOptions{Files: []string{"nothing", "base.yaml"}}, "reloaded"},
		{"a path", rt.ChannelOptions{Paths: []string{"database.pool_size"}}, "reloaded"},
		{"a place above", rt.ChannelOptions{Paths: []string{"database"}}, "reloaded"},
		{"a place below", rt.ChannelOptions{Paths: []string{"database.pool_size.x"}}, ""},
		{"a star", rt.ChannelOptions{Paths: []string{"tenants.*"}}, "reloaded"},
		{"any depth", rt.ChannelOptions{Paths: []string{"**.quota"}}, "reloaded"},
		{"any path still needs a change", rt.ChannelOptions{Paths: []string{"**"}}, "reloaded"},
		{"all parts of a filter must match", rt.ChannelOptions{Files: []string{"production.yaml"}, Paths: []string{"database"}, WithoutErrors: true}, "reloaded"},
	} {
		synctest.Test(t, func(t *testing.T) {
			o := outbox.New(0, nil)
			s := &sink{name: "s"}
			must(t, o.Add(s, c.filter))
			for _, n := range []rt.Notification{reloaded, refused, started} {
				o.Publish(n)
			}
			must(t, o.Close())
			if got := strings.Join(s.ids(), " "); got != c.want {
				t.Errorf("%s: got %q, want %q", c.reason, got, c.want)
			}
			if got := o.Stats()[0]; got.Sent+got.Filtered != 3 {
				t.Errorf("%s: got %+v", c.reason, got)
			}
		})
	}
}

// F132: a Send that blocks and ignores its context delays neither the publisher nor
// another channel. Its queue is bounded, drops its oldest and counts them. When it
// returns, the newest are delivered, in order. The log has a line for each state.
func TestF132_SinkBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log journal
		o := outbox.New(5*time.Second, log.logger())
		release := make(chan struct{})
		stuck := &sink{name: "stuck", send: func(context.Context, rt.Notification) error { <-release; return nil }}
		free := &sink{name: "free"}
		must(t, o.Add(stuck, rt.ChannelOptions{QueueLength: 10}))
		must(t, o.Add(free, rt.ChannelOptions{}))
		o.Publish(note(0))
		synctest.Wait()
		before := time.Now()
		for i := 1; i <= 500; i++ {
			o.Publish(note(i))
		}
		if took := time.Since(before); took != 0 {
			t.Errorf("publishing took %v", took)
		}
		synctest.Wait()
		wantIDs(t, free, numbers(0, 500))
		wantCounts(t, o.Stats()[0], rt.ChannelStats{Dropped: 490, Waiting: 11})

		time.Sleep(time.Minute)
		synctest.Wait()
		wantCounts(t, o.Stats()[0], rt.ChannelStats{Failed: 1, Dropped: 490, Waiting: 10})
		if err := o.Stats()[0].LastError; !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "did not return within 5s") {
			t.Errorf("got %v", err)
		}
		close(release)
		synctest.Wait()
		wantIDs(t, stuck, append(numbers(0, 0), numbers(491, 500)...))
		wantCounts(t, o.Stats()[0], rt.ChannelStats{Sent: 10, Failed: 1, Dropped: 490})
		must(t, o.Close())
		want := []string{
			`level=ERROR msg="a notification channel is failing" channel=stuck error="did not return within 5s: context deadline exceeded" retried=false`,
			`level=INFO msg="a notification channel works again" channel=stuck after=54.5s failed=1 dropped=490`,
		}
		if got := log.lines(); !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
	})
}

// A working channel that is too slow is logged once, and once when it keeps up again.
func TestSlowChannelIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log journal
		o := outbox.New(0, log.logger())
		slow := &sink{name: "slow", send: func(context.Context, rt.Notification) error { time.Sleep(time.Second); return nil }}
		must(t, o.Add(slow, rt.ChannelOptions{QueueLength: 2}))
		o.Publish(note(0))
		synctest.Wait()
		for i := 1; i <= 9; i++ {
			o.Publish(note(i))
		}
		time.Sleep(time.Minute)
		must(t, o.Close())
		want := []string{
			`level=WARN msg="a notification channel is too slow: the oldest notifications are dropped" channel=slow queue=2`,
			`level=INFO msg="a notification channel keeps up again" channel=slow dropped=7`,
		}
		wantIDs(t, slow, []string{"0", "8", "9"})
		if got := log.lines(); !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
	})
}

// F133: a failing target is retried after a second, two, four and so on up to a minute,
// for at most an hour; then the next notification follows, so the order stays. If the
// target recovers in the meantime, the notification is delivered once.
func TestF133_BackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log journal
		o := outbox.New(time.Second, log.logger())
		begin := time.Now()
		var tries []time.Duration
		down := &sink{name: "down", send: func(_ context.Context, n rt.Notification) error {
			if n.ID != "1" {
				return nil
			}
			tries = append(tries, time.Since(begin))
			return &notify.RetryError{Cause: errDown}
		}}
		must(t, o.Add(down, rt.ChannelOptions{}))
		o.Publish(note(1))
		o.Publish(note(2))
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		want := []time.Duration{0, 1, 3, 7, 15, 31, 63, 123, 183}
		for i := range want {
			want[i] *= time.Second
		}
		if len(tries) != 65 || !slices.Equal(tries[:len(want)], want) || tries[64] != 3543*time.Second {
			t.Errorf("%d tries: %v", len(tries), tries)
		}
		wantCounts(t, o.Stats()[0], rt.ChannelStats{Sent: 1, Failed: 1, Retried: 64})
		if got := down.ids(); got[64] != "1" || got[65] != "2" || len(got) != 66 {
			t.Errorf("got %v", got)
		}
		must(t, o.Close())
		if got := log.lines(); len(got) != 2 || !strings.Contains(got[0], `error="the target is down" retried=true`) || !strings.Contains(got[1], "failed=1 dropped=0") {
			t.Errorf("got %q", got)
		}
	})
}

// F138: a channel that panics, ends its goroutine or returns a panicking error is
// isolated. The next notification is sent as usual. None of this becomes a notification.
func TestF138_SinkPanics(t *testing.T) {
	for reason, send := range map[string]func() error{
		"panic":            func() error { panic("boom") },
		"panic of nothing": func() error { panic(nil) },
		"goexit":           func() error { goruntime.Goexit(); return nil },
		"error panics":     func() error { return hostile{} },
		"nil retry":        func() error { return (*notify.RetryError)(nil) },
	} {
		synctest.Test(t, func(t *testing.T) {
			var log journal
			o := outbox.New(time.Second, log.logger())
			bad := &sink{name: "bad", send: func(_ context.Context, n rt.Notification) error {
				if n.ID == "3" {
					return nil
				}
				return send()
			}, close: func() error { panic("close") }}
			good := &sink{name: "good"}
			must(t, o.Add(bad, rt.ChannelOptions{}))
			must(t, o.Add(good, rt.ChannelOptions{}))
			for i := 1; i <= 3; i++ {
				o.Publish(note(i))
			}
			synctest.Wait()
			wantIDs(t, bad, numbers(1, 3))
			wantIDs(t, good, numbers(1, 3))
			wantCounts(t, o.Stats()[0], rt.ChannelStats{Sent: 1, Failed: 2})
			var panicked *rt.PanicError
			if err := o.Close(); !errors.As(err, &panicked) || panicked.Value != "close" || !strings.Contains(err.Error(), `channel "bad"`) {
				t.Errorf("%s: got %v", reason, err)
			}
			if got := log.lines(); len(got) != 2 {
				t.Errorf("%s: got %q", reason, got)
			}
		})
	}
}

type hostile struct{}

func (hostile) Error() string { panic("in Error") }

// F138: the log may panic, end the goroutine, block, or publish whatever is logged. The
// last would be an endless loop if each failure were logged, or notified.
func TestF138_LoggerMisbehaves(t *testing.T) {
	for reason, handle := range map[string]func(o *outbox.Outbox, release chan struct{}){
		"panics":    func(*outbox.Outbox, chan struct{}) { panic("log") },
		"exits":     func(*outbox.Outbox, chan struct{}) { goruntime.Goexit() },
		"blocks":    func(_ *outbox.Outbox, release chan struct{}) { <-release },
		"publishes": func(o *outbox.Outbox, _ chan struct{}) { o.Publish(note(9)) },
	} {
		synctest.Test(t, func(t *testing.T) {
			release := make(chan struct{})
			var o *outbox.Outbox
			lines := 0
			o = outbox.New(time.Second, slog.New(handler(func() { lines++; handle(o, release) })))
			bad := &sink{name: "bad", send: func(context.Context, rt.Notification) error { return errDown }}
			good := &sink{name: "good"}
			must(t, o.Add(bad, rt.ChannelOptions{}))
			must(t, o.Add(good, rt.ChannelOptions{}))
			for i := range 5 {
				o.Publish(note(i))
			}
			time.Sleep(time.Hour)
			synctest.Wait()
			if lines != 1 {
				t.Errorf("%s: %d lines", reason, lines)
			}
			if got := len(good.ids()); got < 5 || got > 6 {
				t.Errorf("%s: got %v", reason, good.ids())
			}
			must(t, o.Close())
			close(release)
		})
	}
}

type handler func()

func (h handler) Enabled(context.Context, slog.Level) bool  { return true }
func (h handler) Handle(context.Context, slog.Record) error { h(); return nil }
func (h handler) WithAttrs([]slog.Attr) slog.Handler        { return h }
func (h handler) WithGroup(string) slog.Handler             { return h }
