package history

import (
	"testing"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
	"github.com/hotbind/hotbind/runtime/internal/disk/disktest"
)

// Pruning is killed at each operation, with few or no revisions to keep: the newest, the
// readable one, and the protected ones always stay.
func TestF122_KillWhilePruning(t *testing.T) {
	t.Parallel()
	for _, p := range []rt.Retention{{Count: 1}, {Count: 0, Age: time.Nanosecond}, {Count: -1, Age: 1}} {
		for at := 1; ; at++ {
			m := filled(t)
			h, _ := reopen(t, m, rt.Retention{})
			for id := 4; id <= 6; id++ {
				must(t, h.Add(record(id)))
			}
			must(t, h.Close())
			m.Put(dir+"/revisions/0000000006.json", nil) // damaged
			f := &disktest.Faulty{FS: m}
			h, _ = reopen(t, f, rt.Retention{})
			f.Log, f.At = nil, 0
			before := f.Done()
			f.At = before + at
			removed, err := h.Prune(p, 2)
			left, _, err2 := openReadOnly(m.Killed(), dir)
			must(t, err2)
			for _, id := range []int{2, 5} {
				if got, err := left.Get(record(id).ID); err != nil || got.ID == 0 {
					t.Errorf("%+v, killed at operation %d: %d is gone: %v", p, at, id, err)
				}
			}
			if !f.Reached() {
				must(t, err)
				if removed != 3 {
					t.Errorf("%+v: %d removed", p, removed)
				}
				break
			}
		}
	}
}

// A limit of zero is no limit.
func TestF122_LimitZero(t *testing.T) {
	t.Parallel()
	h, _ := reopen(t, filled(t), rt.Retention{})
	for _, p := range []rt.Retention{{}, {Count: -1, Age: -1}} {
		if n, err := h.Prune(p); n != 0 || err != nil {
			t.Errorf("%+v: %d %v", p, n, err)
		}
	}
	hold(t, h, 1, 2, 3)
}

// Add prunes by the retention, and never the newest revision, however old its time is.
func TestRetention(t *testing.T) {
	t.Parallel()
	now := record(5).Time.Add(time.Hour)
	for name, tt := range map[string]struct {
		p    rt.Retention
		want []int
	}{
		"all":           {rt.Retention{}, []int{1, 2, 3, 4, 5}},
		"count":         {rt.Retention{Count: 2}, []int{4, 5}},
		"one":           {rt.Retention{Count: 1}, []int{5}},
		"age":           {rt.Retention{Age: time.Minute}, []int{5}},
		"age not yet":   {rt.Retention{Age: 2 * time.Hour}, []int{1, 2, 3, 4, 5}},
		"count and age": {rt.Retention{Count: 3, Age: time.Hour + 1}, []int{4, 5}},
	} {
		m := disktest.NewMemory()
		stored, _, err := open(m, dir, tt.p, func() time.Time { return now })
		must(t, err)
		for id := 1; id <= 5; id++ {
			must(t, stored.Add(record(id)))
		}
		t.Log(name)
		hold(t, stored, tt.want...)
		must(t, stored.Close())
		again, _ := reopen(t, m, rt.Retention{})
		hold(t, again, tt.want...)
	}
}
