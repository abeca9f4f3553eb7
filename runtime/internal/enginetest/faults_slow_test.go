package enginetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// A subscriber that blocks delays the engine by at most a second, is named when its time
// is up, and delays no other. When it returns, it receives the newest value in one
// change.
func TestF096_Subscribers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &memory{text: config(1)}
		live, err := service.Open(t.Context(), rt.From(source), quiet(), rt.WithPollInterval(0))
		must(t, err)
		m := live.Manager()
		release := make(chan struct{})
		var slow, others recorder
		_, err = m.Values().Watch("workers", func(ctx context.Context, c rt.ValueChange) error {
			slow.note("%v", c)
			if c.New == 5 {
				<-release
			}
			return nil
		})
		must(t, err)
		_, err = m.Values().Watch("workers", others.OnChange)
		must(t, err)
		start := time.Now()
		for n := 5; n < 9; n++ {
			_, err := m.Update(t.Context(), rt.Set("workers", n))
			must(t, err)
			if live.Current().Workers != n {
				t.Errorf("got %d workers, want %d", live.Current().Workers, n)
			}
		}
		if held := time.Since(start); held > time.Second {
			t.Errorf("the engine was held for %v", held)
		}
		want := []string{"workers: 4 → 5", "workers: 5 → 6", "workers: 6 → 7", "workers: 7 → 8"}
		if diff := cmp.Diff(want, others.take()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		time.Sleep(6 * time.Second) // of the fake clock: longer than its time limit
		synctest.Wait()
		if w := m.Status().SubscriberError; !errors.Is(w, context.DeadlineExceeded) || !strings.Contains(w.Error(), "the subscriber of workers") {
			t.Errorf("got %v, want the subscriber named", w)
		}
		close(release)
		synctest.Wait()
		if got := slow.take(); !slices.Equal(got, []string{"workers: 4 → 5", "workers: 5 → 8"}) {
			t.Errorf("got %q", got)
		}
		must(t, live.Close())
	})
}

// A subscriber that is slow, but within its time limit, has not failed, and misses
// nothing.
func TestSlowSubscriberCatchesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		live, err := service.Open(t.Context(), rt.From(&memory{text: config(1)}), quiet(), rt.WithPollInterval(0))
		must(t, err)
		var slow recorder
		_, err = live.Manager().Values().Watch("**", func(ctx context.Context, c rt.ValueChange) error {
			time.Sleep(3 * time.Second)
			return slow.OnChange(ctx, c)
		})
		must(t, err)
		for n := 5; n < 9; n++ {
			_, err := live.Manager().Update(t.Context(), rt.Set("workers", n))
			must(t, err)
		}
		time.Sleep(time.Minute)
		if got := slow.take(); !slices.Equal(got, []string{"workers: 4 → 5", "workers: 5 → 8"}) {
			t.Errorf("got %q", got)
		}
		if w := live.Manager().Status().SubscriberError; w != nil {
			t.Errorf("got %v", w)
		}
		must(t, live.Close())
	})
}

// A channelFunc is a channel defined by a test.
type channelFunc struct {
	name string
	send func(context.Context, rt.Notification) error
}

func (c channelFunc) Name() string                                      { return c.name }
func (c channelFunc) Send(ctx context.Context, n rt.Notification) error { return c.send(ctx, n) }

// Stop waits for a running call, so that its resources may be released afterwards.
func TestStopWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		live, err := service.Open(t.Context(), rt.From(&memory{text: config(1)}), quiet(), rt.WithPollInterval(0))
		must(t, err)
		var ended atomic.Bool
		h, err := live.Manager().Values().Watch("workers", func(context.Context, rt.ValueChange) error {
			time.Sleep(3 * time.Second)
			ended.Store(true)
			return nil
		})
		must(t, err)
		_, err = live.Manager().Update(t.Context(), rt.Set("workers", 5))
		must(t, err)
		if ended.Load() {
			t.Error("the update waited for more than its share")
		}
		if h.Stop(); !ended.Load() {
			t.Error("Stop returned while the function ran")
		}
		must(t, live.Close())
	})
}

// A busy subscriber is notified of a rollback and a refusal too: when it has returned,
// and after the changes.
func TestSlowSubscriberHearsOfRollbackAndRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		live, err := service.Open(t.Context(), rt.From(&memory{text: config(1)}), quiet(), rt.WithPollInterval(0))
		must(t, err)
		m := live.Manager()
		slow := &slowly{}
		_, err = m.Values().Subscribe("**", slow)
		must(t, err)
		_, err = m.Update(t.Context(), rt.Set("workers", 5))
		must(t, err)
		_, err = m.Rollback(t.Context(), rt.Steps(1))
		must(t, err)
		if _, err = m.Update(t.Context(), rt.Set("workers", 500)); err == nil {
			t.Error("it was accepted")
		}
		time.Sleep(time.Minute)
		want := []string{"workers: 4 → 5", "workers: 5 → 4", "rollback 2 3", "refused (no change): configuration refused, revision 3 stays in force: (api): workers: 500 is more than the maximum 100"}
		if diff := cmp.Diff(want, slow.take()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		must(t, live.Close())
	})
}

// A slowly is an observant that is slow.
type slowly struct{ observant }

func (s *slowly) OnChange(ctx context.Context, c rt.ValueChange) error {
	time.Sleep(3 * time.Second)
	return s.observant.OnChange(ctx, c)
}

// An error handler that exceeds its time limit receives each failure anyway, and Close
// does not wait for it.
func TestErrorHandlerOutOfTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		live, err := service.Open(t.Context(), rt.From(&memory{text: config(1)}), quiet(), rt.WithPollInterval(0), rt.WithNotificationTimeout(time.Second))
		must(t, err)
		m, release := live.Manager(), make(chan struct{})
		var received atomic.Int32
		m.Values().SetErrorHandler(func(*rt.SubscriberError) {
			if n := received.Add(1); n < 5 {
				time.Sleep(10 * time.Second)
			} else if n == 6 {
				<-release
			}
		})
		for range 6 {
			_, err := m.Values().Watch("workers", func(context.Context, rt.ValueChange) error { return errors.New("no") })
			must(t, err)
		}
		_, err = m.Update(t.Context(), rt.Set("workers", 5))
		must(t, err)
		time.Sleep(2 * time.Minute)
		if n := received.Load(); n != 6 {
			t.Errorf("got %d of 6 failures", n)
		}
		must(t, live.Close())
		close(release)
	})
}
