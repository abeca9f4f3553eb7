package enginetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/audit"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/runtime/settings"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// A heard is a channel that records its notifications.
type received struct {
	mu  sync.Mutex
	all []rt.Notification
}

func (h *received) Name() string { return "heard" }

func (h *received) Send(_ context.Context, n rt.Notification) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = append(h.all, n)
	return nil
}

// of returns the recorded notifications of an event.
func (h *received) of(e rt.Event) []rt.Notification {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(h.all), func(n rt.Notification) bool { return n.Event != e })
}

// await waits for a notification of an event.
func (h *received) await(t testing.TB, e rt.Event) rt.Notification {
	t.Helper()
	testkit.Until(t, string(e), func() bool { return len(h.of(e)) > 0 })
	return h.of(e)[0]
}

// F093, F137: a thousand refusals in a minute are one notification at once and one with a
// count. The recovery is one notification, with the number of refusals. A refused update
// delays none of these.
func TestF137_OneAlertAndACount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, h := &memory{text: config(1)}, &received{}
		live, err := service.Open(t.Context(), rt.From(m), rt.WithChannel(h, rt.ChannelOptions{}), quiet(), rt.WithPollInterval(0))
		must(t, err)
		if reloadError(t.Context(), live.Manager()) != nil {
			t.Fatal("it was refused")
		}
		if _, err := live.Manager().Update(t.Context(), rt.Set("workers", 500)); err == nil {
			t.Fatal("it was accepted")
		}
		for i := range 1000 {
			m.set("name: [" + strings.Repeat(" ", i))
			if reloadError(t.Context(), live.Manager()) == nil {
				t.Fatal("it was accepted")
			}
			time.Sleep(50 * time.Millisecond)
		}
		synctest.Wait()
		if n := h.of(rt.EventRefused); len(n) != 2 || n[1].Count != 1 {
			t.Errorf("got %d alerts: of an update and of the content", len(n))
		}
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if n := h.of(rt.EventRefused); len(n) != 3 || n[2].Count != 999 {
			t.Errorf("got %d alerts, the last of %d", len(n), n[len(n)-1].Count)
		}
		m.set(config(1))
		must(t, reloadError(t.Context(), live.Manager()))
		synctest.Wait()
		if n := h.of(rt.EventRecovered); len(n) != 1 || n[0].Count != 1000 {
			t.Errorf("got %+v", n)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := len(h.of(rt.EventRefused)) + len(h.of(rt.EventRecovered)); n != 4 {
			t.Errorf("got %d alerts, want no more", n)
		}
		must(t, live.Close())
	})
}

// After a restart, what was in force before is not reported again, and changes of the
// files in between are reported once.
func TestF134_Restart(t *testing.T) {
	t.Parallel()
	path, store := file(t, config(1)), filepath.Join(t.TempDir(), "store")
	for i, c := range []struct {
		text string
		want int
	}{{config(1), 0}, {config(1), 0}, {config(2), 1}, {config(2), 0}} {
		replace(t, path, c.text)
		h := &received{}
		live := mustOpen(t, path, store, rt.WithChannel(h, rt.ChannelOptions{}))
		must(t, reloadError(t.Context(), live.Manager()))
		must(t, live.Close())
		if n := h.of(rt.EventReloaded); len(n) != c.want || c.want == 1 && n[0].Changes.String() != "left: 1 → 2\nright: 1 → 2" {
			t.Errorf("start %d: got %+v", i, n)
		}
	}
}

// A channel that blocks, panics or fails delays neither the engine nor another channel,
// and what it did not accept is counted.
func TestF132_ChannelsHarmNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, release := &received{}, make(chan struct{})
		live, err := service.Open(t.Context(), rt.From(&memory{text: config(1)}), quiet(), rt.WithPollInterval(0),
			rt.WithChannel(channelFunc{"blocks", func(context.Context, rt.Notification) error { <-release; return nil }}, rt.ChannelOptions{QueueLength: 5}),
			rt.WithChannel(channelFunc{"panics", func(context.Context, rt.Notification) error { panic("no luck") }}, rt.ChannelOptions{}),
			rt.WithChannel(channelFunc{"fails", func(context.Context, rt.Notification) error { return errors.New("no") }}, rt.ChannelOptions{}),
			rt.WithChannel(h, rt.ChannelOptions{}))
		must(t, err)
		start := time.Now()
		for n := range 50 {
			_, err := live.Manager().Update(t.Context(), rt.Set("workers", 10+n))
			must(t, err)
		}
		if held := time.Since(start); held > 0 {
			t.Errorf("the engine was held for %v", held)
		}
		synctest.Wait()
		if n := len(h.of(rt.EventReloaded)); n != 50 {
			t.Errorf("got %d, want all 50", n)
		}
		for _, s := range live.Manager().Channels().Stats() {
			switch ok := s.Name; {
			case ok == "heard" && s.Sent < 50, ok == "panics" && s.Failed < 50, ok == "fails" && s.Failed < 50, ok == "blocks" && (s.Dropped < 40 || s.Waiting < 5):
				t.Errorf("got %+v", s)
			}
		}
		close(release)
		must(t, live.Close())
	})
}

// Channels can be added and removed at run time, by name. An invalid filter and a name in
// use are errors.
func TestChannelsComeAndGo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, _ := inMemory(t)
		m, first, second := f.Manager(), &received{}, &received{}
		must(t, m.Channels().Add(first, rt.ChannelOptions{Events: []rt.Event{rt.EventReloaded}, Paths: []string{"*.pool_size"}}))
		for want, err := range map[string]error{
			`"heard" already`:        m.Channels().Add(second, rt.ChannelOptions{}),
			`invalid pattern "a..b"`: m.Channels().Add(channelFunc{name: "x"}, rt.ChannelOptions{Paths: []string{"a..b"}}),
		} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %s", err, want)
			}
		}
		_, err := m.Update(t.Context(), rt.Set("workers", 5))
		must(t, err)
		_, err = m.Update(t.Context(), rt.Set("database.pool_size", 5))
		must(t, err)
		if !m.Channels().Remove("heard") || m.Channels().Remove("heard") || len(m.Channels().Stats()) != 0 {
			t.Error("it was not removed once")
		}
		must(t, m.Channels().Add(second, rt.ChannelOptions{}))
		_, err = m.Update(t.Context(), rt.Set("database.pool_size", 6))
		must(t, err)
		second.await(t, rt.EventReloaded)
		if len(first.all) != 1 || first.all[0].Changes.String() != "database.pool_size: 10 → 5" {
			t.Errorf("got %+v", first.all)
		}
	})
}

// A written notification can be read back, by a reader of the file or a receiver of the
// webhook, with everything that was written.
func TestNotificationIsReadBack(t *testing.T) {
	t.Parallel()
	n := rt.Notification{
		ID: "x", Time: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), Event: rt.EventReloaded, Priority: rt.PriorityLow, Message: "m", Environment: "dev", Revision: 2,
		Previous: 1, Cause: rt.CauseManual, Metadata: map[string]string{"a": "b"}, Files: []string{"f"}, Error: "e", Count: 3, Duration: 1500 * time.Microsecond,
		Changes: rt.Changes{{Path: "p", Kind: rt.Removed, Old: "x"}, {Path: "q", Kind: rt.Modified, Old: 1.5, New: true}, {Path: "s", Kind: rt.Added, New: rt.NewSecret("y")}},
	}
	text, err := json.Marshal(n)
	must(t, err)
	var got rt.Notification
	must(t, json.Unmarshal(text, &got))
	n.Changes[2].New = document.Redacted
	if diff := cmp.Diff(n, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, wrong := range []string{`{"priority":"urgent"}`, `{"changes":[{"kind":"moved"}]}`, `[]`} {
		if err := json.Unmarshal([]byte(wrong), &got); err == nil {
			t.Errorf("%s was read", wrong)
		}
	}
}

// Channels belong to the configuration: if Open fails, for whatever reason, each is
// closed once. A nil channel is an error.
func TestChannelsAreClosedWhereOpenFails(t *testing.T) {
	t.Parallel()
	bad := file(t, "debounce: -1s\n")
	good := file(t, "channels: [{name: c, to: {kind: log}}]\n")
	for name, opts := range map[string][]rt.Option{
		"no source":        {},
		"wrong options":    {rt.From(&memory{text: config(1)}), rt.WithDebounce(-1)},
		"wrong settings":   {rt.From(&memory{text: config(1)}), settings.File(bad)},
		"wrong content":    {rt.From(&memory{text: "name: ["})},
		"no store":         {rt.From(&memory{text: config(1)}), history.Store(bad)},
		"the same channel": {rt.From(&memory{text: config(1)}), rt.WithChannel(&received{}, rt.ChannelOptions{}), rt.WithChannel(&received{}, rt.ChannelOptions{})},
		"no audit log":     {rt.From(&memory{text: config(1)}), audit.File(t.TempDir(), audit.Refuse)},
		"a nil channel":    {rt.From(&memory{text: config(1)}), rt.WithChannel(nil, rt.ChannelOptions{}), settings.File(good)},
	} {
		first, last := &closing{}, &closing{}
		opts = append(append([]rt.Option{rt.WithChannel(first, rt.ChannelOptions{}), quiet()}, opts...), rt.WithChannel(last, rt.ChannelOptions{}))
		if _, err := service.Open(t.Context(), opts...); err == nil {
			t.Errorf("%s: it was opened", name)
		}
		if first.closed != 1 || last.closed != 1 {
			t.Errorf("%s: closed %d and %d times, want once", name, first.closed, last.closed)
		}
	}
}

// A closing channel counts its calls of Close.
type closing struct{ closed int }

func (c *closing) Name() string                                { return fmt.Sprintf("%p", c) }
func (c *closing) Send(context.Context, rt.Notification) error { return nil }
func (c *closing) Close() error                                { c.closed++; return nil }
