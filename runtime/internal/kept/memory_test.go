package kept_test

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/hotbind/hotbind/runtime/internal/kept"

	rt "github.com/hotbind/hotbind/runtime"
)

// record returns revision id, made at a time.
func record(id uint64, at time.Time) rt.Record {
	return rt.Record{
		Revision: rt.Revision{ID: rt.RevisionID(id), Time: at, Metadata: map[string]string{"author": "ann"}},
		Document: fmt.Appendf(nil, `{"port":%d}`, id),
	}
}

func ids(m *kept.Memory) (ids []uint64) {
	for _, r := range m.List(0, 0) {
		ids = append(ids, uint64(r.ID))
	}
	return ids
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A configuration without a store follows the retention like one with a store: it never
// keeps more, and always the newest.
func TestMemoryRetention(t *testing.T) {
	for name, tt := range map[string]struct {
		keep rt.Retention
		want []uint64
	}{
		"all":           {rt.Retention{}, []uint64{5, 4, 3, 2, 1}},
		"negative":      {rt.Retention{Count: -1, Age: -1}, []uint64{5, 4, 3, 2, 1}},
		"count":         {rt.Retention{Count: 2}, []uint64{5, 4}},
		"one":           {rt.Retention{Count: 1}, []uint64{5}},
		"age":           {rt.Retention{Age: 90 * time.Minute}, []uint64{5, 4}},
		"count and age": {rt.Retention{Count: 4, Age: 150 * time.Minute}, []uint64{5, 4, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				adding, pruned := kept.NewMemory(tt.keep), kept.NewMemory(rt.Retention{})
				for id := range uint64(5) {
					time.Sleep(time.Hour)
					must(t, adding.Add(record(id+1, time.Now())))
					must(t, pruned.Add(record(id+1, time.Now())))
				}
				if got := ids(adding); !slices.Equal(got, tt.want) {
					t.Errorf("added: got %v, want %v", got, tt.want)
				}
				n, err := pruned.Prune(tt.keep)
				must(t, err)
				if got := ids(pruned); !slices.Equal(got, tt.want) || n != 5-len(tt.want) {
					t.Errorf("pruned %d: got %v, want %v", n, got, tt.want)
				}
			})
		})
	}
	m := kept.NewMemory(rt.Retention{})
	for id := range uint64(3) {
		must(t, m.Add(record(id+1, time.Now())))
	}
	if n, err := m.Prune(rt.Retention{Count: 1}, 1); n != 1 || err != nil || !slices.Equal(ids(m), []uint64{3, 1}) {
		t.Errorf("with 1 protected: %d, %v, %v", n, err, ids(m))
	}
}

// Added revisions are returned, ids rise to the highest number and never start again, and
// changing returned metadata changes nothing.
func TestMemory(t *testing.T) {
	t.Parallel()
	m := kept.NewMemory(rt.Retention{})
	if _, _, ok := m.Latest(); ok {
		t.Error("an empty archive has a latest revision")
	}
	must(t, m.Add(record(1, time.Now())))
	must(t, m.Add(record(math.MaxUint64-1, time.Now())))
	for id, want := range map[uint64]string{
		1:              "revision 1 cannot be added: the last one was 18446744073709551614",
		math.MaxUint64: "revision 18446744073709551615 cannot be added: ids must be below it; the last one was 18446744073709551614",
	} {
		if err := m.Add(record(id, time.Now())); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	latest, damaged, ok := m.Latest()
	if latest.ID != math.MaxUint64-1 || damaged != nil || !ok || m.LastID() != latest.ID {
		t.Errorf("latest is %v, %v, %v", latest, damaged, ok)
	}
	got, err := m.Get(1)
	must(t, err)
	got.Metadata["author"] = "eve"
	m.List(1, 1)[0].Metadata["author"] = "eve"
	if got, _ := m.Get(1); got.Metadata["author"] != "ann" || string(got.Document) != `{"port":1}` || got.Time.Location() != time.UTC {
		t.Errorf("got %+v", got)
	}
	if _, err := m.Get(2); !errors.Is(err, rt.ErrRevisionNotFound) {
		t.Errorf("got %v", err)
	}
	must(t, m.Close())
	_, prune := m.Prune(rt.Retention{})
	for _, err := range []error{m.Add(record(3, time.Now())), prune} {
		if !errors.Is(err, rt.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	}
}

// Without a store, backups can be neither made nor found.
func TestMemoryHasNoBackups(t *testing.T) {
	t.Parallel()
	m := kept.NewMemory(rt.Retention{})
	_, restore := m.Restore(1)
	_, list := m.Backups()
	for _, err := range []error{m.Backup(1, nil, 1), list, restore} {
		if !errors.Is(err, rt.ErrNoStore) {
			t.Errorf("got %v", err)
		}
	}
}

// A record is made only for the reader who asks, once, and a revision beyond the retention
// keeps nothing alive: a service may reload for years.
func TestMemoryEncodesLate(t *testing.T) {
	t.Parallel()
	m := kept.NewMemory(rt.Retention{Count: 3})
	encoded := 0
	var documents []weak.Pointer[[1000]byte]
	for id := range rt.RevisionID(100) {
		document := new([1000]byte)
		documents = append(documents, weak.Make(document))
		must(t, m.Keep(rt.Revision{ID: id + 1}, func() rt.Record {
			encoded++
			return rt.Record{Document: document[:]}
		}))
	}
	for range 2 {
		r, err := m.Get(99)
		must(t, err)
		if r.ID != 99 || len(r.Document) != 1000 || encoded != 1 {
			t.Errorf("got revision %d of %d bytes, encoded %d times, want 99, 1000, 1", r.ID, len(r.Document), encoded)
		}
	}
	runtime.GC()
	alive := 0
	for _, document := range documents {
		if document.Value() != nil {
			alive++
		}
	}
	if alive != 3 {
		t.Errorf("%d documents are alive, want 3", alive)
	}
	runtime.KeepAlive(m)
}
