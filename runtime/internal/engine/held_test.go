package engine

import (
	"testing"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
)

// Changes made while following was disabled are handled by the strategy once it is
// enabled again, without waiting for the poll. Under the manual strategy they are
// pending.
func TestEnableGoesByTheStrategy(t *testing.T) {
	for _, s := range []rt.Strategy{rt.Batched(time.Minute, 0), rt.Scheduled(time.Minute), rt.Manual()} {
		t.Run(s.String(), func(t *testing.T) {
			bubble(t, func(r *rig) {
				r.after(time.Second)
				r.Watching().Disable()
				r.hold("b")
				if err := r.Watching().Enable(); err != nil {
					t.Fatal(err)
				}
				r.after(30 * time.Second)
				r.published()
				if p := r.Watching().Pending(); len(p) != 1 || p[0].Source != "fake" {
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
