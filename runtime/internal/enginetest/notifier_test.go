package enginetest

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// Changes that no reload made are delivered to the subscribers with matching patterns, by
// priority, with counts and errors, synchronously or not.
func TestNotifier(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, m := range managers(t, config(1)) {
			var recorded recorder
			subscribe := func(pattern string, opts ...rt.SubscribeOption) {
				_, err := m.Values().Watch(pattern, func(_ context.Context, c rt.ValueChange) error {
					recorded.note("%s: %v", pattern, c)
					return nil
				}, opts...)
				must(t, err)
			}
			subscribe("workers", rt.PriorityLow)
			subscribe("database.**")
			subscribe("**.pool_size")
			subscribe("database")
			_, err := m.Values().Watch("workers", func(context.Context, rt.ValueChange) error { return errors.New("no") })
			must(t, err)
			changes := []rt.ValueChange{
				{Path: "workers", Kind: rt.Modified, Old: 1, New: 2},
				{Path: "database.pool_size", Kind: rt.Added, New: 3},
				{Path: "name", Kind: rt.Removed, Old: "x"},
			}
			result := m.Values().Notify(t.Context(), changes...)
			if result.Total != 4 || result.Succeeded != 3 || result.Failed != 1 || !strings.Contains(errors.Join(result.Errors...).Error(), "the subscriber of workers") {
				t.Errorf("%s: got %+v", name, result)
			}
			want := []string{"database.**: database.pool_size: added 3", "**.pool_size: database.pool_size: added 3", "workers: workers: 1 → 2"}
			if got := recorded.take(); !slices.Equal(got, want) {
				t.Errorf("%s: got %q", name, got)
			}
			result = m.Values().Notify(t.Context(), rt.ValueChange{Path: "nmae"})
			if result.Total != 0 || len(result.Errors) != 1 || !strings.Contains(result.Errors[0].Error(), "did you mean name?") {
				t.Errorf("%s: got %+v", name, result)
			}
		}
	})
}

// A subscriber that blocks delays the others and the caller of Notify at most by its time
// limit. The next notification finds it busy.
func TestNotifierIsNotHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		live, err := service.Open(t.Context(), rt.From(&memory{text: config(1)}), quiet(), rt.WithPollInterval(0), rt.WithNotificationTimeout(2*time.Second))
		must(t, err)
		m := live.Manager()
		release := make(chan struct{})
		_, err = m.Values().Watch("workers", func(context.Context, rt.ValueChange) error { <-release; return nil })
		must(t, err)
		var others recorder
		_, err = m.Values().Watch("workers", others.OnChange)
		must(t, err)
		change := rt.ValueChange{Path: "workers", Kind: rt.Modified, Old: 1, New: 2}
		for i, want := range []string{"did not return within 2s", "its previous call is still running"} {
			start := time.Now()
			result := m.Values().Notify(t.Context(), change)
			if result.Failed != 1 || result.Succeeded != 1 || !strings.Contains(result.Errors[0].Error(), want) || len(others.take()) != 1 {
				t.Errorf("%d: got %+v, want %s", i, result, want)
			}
			if took := time.Since(start); took > 3*time.Second {
				t.Errorf("%d: it took %v", i, took)
			}
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if result := m.Values().Notify(ended, change); result.Failed != 2 {
			t.Errorf("got %+v of a context that has ended", result)
		}
		close(release)
		must(t, live.Close())
	})
}

// The error handler receives each failure, even if it is slower than they occur or
// panics.
func TestErrorHandlerHearsAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		live, err := service.Open(t.Context(), rt.From(&memory{text: config(1)}), quiet(), rt.WithPollInterval(0))
		must(t, err)
		m := live.Manager()
		received := map[string]int{}
		m.Values().SetErrorHandler(func(err *rt.SubscriberError) {
			received[err.Pattern]++
			time.Sleep(time.Millisecond)
			panic("after that")
		})
		for i := range 20 {
			_, err := m.Values().Watch([]string{"workers", "*", "**"}[i%3], func(context.Context, rt.ValueChange) error { return errors.New("no") })
			must(t, err)
		}
		_, err = m.Update(t.Context(), rt.Set("workers", 5))
		must(t, err)
		time.Sleep(time.Second)
		synctest.Wait()
		if received["workers"] != 7 || received["*"] != 7 || received["**"] != 6 {
			t.Errorf("got %v, want 20", received)
		}
		must(t, live.Close())
	})
}

// Several hanging subscribers cost the time of one: the others are notified meanwhile.
func TestNotifierWaitsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		live, err := service.Open(t.Context(), rt.From(&memory{text: config(1)}), quiet(), rt.WithPollInterval(0))
		must(t, err)
		for range 50 {
			_, err := live.Manager().Values().Watch("workers", func(ctx context.Context, _ rt.ValueChange) error { <-ctx.Done(); return ctx.Err() })
			must(t, err)
		}
		start := time.Now()
		result := live.Manager().Values().Notify(t.Context(), rt.ValueChange{Path: "workers", Kind: rt.Modified, Old: 1, New: 2})
		if took := time.Since(start); result.Failed != 50 || took > 7*time.Second {
			t.Errorf("got %d failures in %v", result.Failed, took)
		}
		must(t, live.Close())
	})
}

// A panicking logger affects neither the result nor anything else.
func TestLoggerThatPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		live, err := service.Open(t.Context(), rt.From(&memory{text: config(1)}), rt.WithLogger(slog.New(panicking{})), rt.WithPollInterval(0))
		must(t, err)
		_, err = live.Manager().Values().Watch("workers", func(context.Context, rt.ValueChange) error { return errors.New("no") })
		must(t, err)
		result := live.Manager().Values().Notify(t.Context(), rt.ValueChange{Path: "workers", Kind: rt.Added, New: 1})
		if result.Failed != 1 {
			t.Errorf("got %+v", result)
		}
		must(t, live.Close())
	})
}

// A panicking logger ends neither the process nor the reporting: not for a refused file,
// and not for a source that does not follow.
func TestLoggerThatPanicsEndsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &quitting{memory{text: config(1)}}
		live, err := service.Open(t.Context(), rt.From(source), rt.WithLogger(slog.New(panicking{})))
		must(t, err)
		source.set("workers: many")
		time.Sleep(time.Minute)
		s := live.Manager().Status()
		if s.LastError == nil || s.WatchError != nil || s.Refusals != 1 || s.Sources[0].Connected {
			t.Errorf("got %+v", s)
		}
		must(t, live.Close())
	})
}

// A quitting source does not follow.
type quitting struct{ memory }

func (*quitting) Follow(context.Context, func()) error { return errors.New("no route") }

// A panicking handler panics on every warning and error.
type panicking struct{ slog.Handler }

func (panicking) Enabled(_ context.Context, l slog.Level) bool { return l > slog.LevelInfo }
func (panicking) Handle(context.Context, slog.Record) error    { panic("no paper") }
