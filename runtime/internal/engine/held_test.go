package engine

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
)

// What changed while following was disabled goes by the strategy when it is enabled
// again, as any change does, and nobody has to wait for the poll. Under the manual strategy
// it is pending.
func TestEnableGoesByTheStrategy(t *testing.T) {
	for _, s := range []rt.Strategy{rt.Batched(time.Minute, 0), rt.Scheduled(time.Minute), rt.Manual()} {
		t.Run(s.String(), func(t *testing.T) {
			bubble(t, func(r *rig) {
				r.after(time.Second)
				r.Disable()
				r.hold("b")
				if err := r.Enable(); err != nil {
					t.Fatal(err)
				}
				r.after(30 * time.Second)
				r.published()
				if p := r.PendingChanges(); len(p) != 1 || p[0].Source != "fake" {
					t.Errorf("got %v pending, want the source", p)
				}
				r.after(time.Hour)
				if s != rt.Manual() {
					r.published("b")
				} else {
					r.published()
				}
			}, rt.WithStrategy(s))
		})
	}
}

// Who waits for a change that the strategy holds back waits no longer when the strategy
// becomes the manual one, by which nobody knows when it comes.
func TestStrategyWakesWhoWaits(t *testing.T) {
	bubble(t, func(r *rig) {
		r.replace("b")
		r.after(time.Second)
		start := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		waited := make(chan time.Duration, 1)
		go func() {
			r.GetWithReload(ctx, "", nil)
			waited <- time.Since(start)
		}()
		synctest.Wait()
		if err := r.SetStrategy(rt.Manual()); err != nil {
			t.Fatal(err)
		}
		if took := <-waited; took > 0 {
			t.Errorf("it waited for %v", took)
		}
	}, rt.WithStrategy(rt.Batched(time.Hour, 0)))
}
