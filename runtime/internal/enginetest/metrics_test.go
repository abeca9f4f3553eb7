package enginetest

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// Metrics count and measure the outcomes of reloads, hooks, subscribers and channels, and
// report what is in force and its health. Without the option, Metrics returns an error.
func TestMetrics(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bare, _ := inMemory(t)
		if _, err := bare.Manager().Metrics(); !errors.Is(err, rt.ErrNoMetrics) {
			t.Errorf("got %v, want ErrNoMetrics", err)
		}
		h := &received{}
		f, source := inMemory(t, rt.WithMetrics(true), rt.WithChannel(h, rt.ChannelOptions{}), rt.WithHookTimeout(2*time.Second))
		m := f.Manager()
		fail := errors.New("no")
		stop := f.Workers().OnChange(func(ctx context.Context, c rt.Change[int]) error {
			time.Sleep(time.Millisecond)
			switch c.New {
			case 6:
				return fail
			case 7:
				panic("no luck")
			case 8:
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		})
		_, err := m.Values().Watch("workers", func(context.Context, rt.ValueChange) error { return fail })
		must(t, err)
		for n := 5; n < 9; n++ {
			_, _ = m.Update(t.Context(), rt.Set("workers", n))
		}
		stop()
		must(t, reloadError(t.Context(), m))
		source.set("name: [")
		for range 3 {
			_ = reloadError(t.Context(), m)
		}
		s, err := m.Metrics()
		must(t, err)
		wantReloads := map[rt.Outcome]uint64{rt.OutcomeReloaded: 1, rt.OutcomeUnchanged: 1, rt.OutcomeRefused: 3, rt.OutcomeUndone: 3}
		if diff := cmp.Diff(wantReloads, s.Reloads); diff != "" {
			t.Errorf("reloads (-want +got):\n%s", diff)
		}
		calls := map[rt.Outcome]uint64{}
		for o, h := range s.Hooks {
			calls[o] = h.Count
			counted := uint64(0)
			for _, n := range h.Counts {
				counted += n
			}
			if counted != h.Count || h.Sum < time.Duration(h.Count)*time.Millisecond {
				t.Errorf("%s: got %+v", o, h)
			}
		}
		wantCalls := map[rt.Outcome]uint64{rt.OutcomeSucceeded: 1, rt.OutcomeFailed: 1, rt.OutcomePanicked: 1, rt.OutcomeTimedOut: 1}
		if diff := cmp.Diff(wantCalls, calls); diff != "" {
			t.Errorf("hooks (-want +got):\n%s", diff)
		}
		if s.ReloadDuration.Count != 8 || s.Subscribers[rt.OutcomeFailed].Count != 1 || s.Revision != 2 || s.LastReloadSuccessful || s.RefusedInRow != 3 ||
			s.Subscriptions != 1 || s.RegisteredHooks != 0 || s.LastSuccess.IsZero() || len(s.Channels) != 1 {
			t.Errorf("got %+v", s)
		}
		source.set(config(1))
		must(t, reloadError(t.Context(), m))
		if s, err = m.Metrics(); err != nil || s.RefusedInRow != 0 || !s.LastReloadSuccessful {
			t.Errorf("got %+v, %v", s, err)
		}
	})
}

// Changes that wait for the strategy are no failure in the metrics.
func TestPendingIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newTelling(config(1))
		live, err := service.Open(t.Context(), rt.From(source), quiet(), rt.WithPollInterval(0), rt.WithStrategy(rt.Manual()), rt.WithMetrics(true))
		must(t, err)
		synctest.Wait()
		source.record(config(2))
		time.Sleep(time.Minute)
		m, err := live.Manager().Metrics()
		if must(t, err); live.Manager().Status().LastError == nil || !m.LastReloadSuccessful {
			t.Errorf("got %v and %+v", live.Manager().Status().LastError, m)
		}
		must(t, live.Close())
	})
}
