package history_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	rt "github.com/hotbind/hotbind/runtime"
	"github.com/hotbind/hotbind/runtime/history"
)

// A store with ten thousand revisions opens with its index, and without it, and has all
// of them. The benchmark measures the time.
func TestF123_TenThousandRevisions(t *testing.T) {
	t.Parallel()
	dir := manyRevisions(t, 10_000)
	h := open(t, dir, rt.Retention{})
	if n := len(h.List(0, 0)); n != 10_000 {
		t.Errorf("%d revisions", n)
	}
	if r, _, _ := h.Latest(); r.ID != 10_000 {
		t.Errorf("latest is %d", r.ID)
	}
	must(t, h.Close())
	must(t, os.Remove(filepath.Join(dir, "index.json")))
	h, notes, err := history.Open(dir, rt.Retention{})
	must(t, err)
	if n := len(h.List(0, 0)); n != 10_000 || len(notes) != 1 {
		t.Errorf("%d revisions, %q", n, notes)
	}
	must(t, h.Close())
}

// manyRevisions creates a store with n revisions by copying one, because syncing each
// would take too long.
func manyRevisions(t testing.TB, n int) string {
	t.Helper()
	dir := filepath.Join(tempDir(t), "store")
	h, _, err := history.Open(dir, rt.Retention{})
	must(t, err)
	must(t, h.Close())
	for id := 1; id <= n; id++ {
		must(t, os.WriteFile(filepath.Join(dir, "revisions", fmt.Sprintf("%010d.json", id)), history.Encoded(record(id)), 0o600))
	}
	h, _, err = history.Open(dir, rt.Retention{})
	must(t, err)
	must(t, h.Close())
	return dir
}

func BenchmarkOpen10000(b *testing.B) {
	dir := manyRevisions(b, 10_000)
	for b.Loop() {
		h, _, err := history.Open(dir, rt.Retention{})
		must(b, err)
		must(b, h.Close())
	}
}

func BenchmarkOpen10000WithoutIndex(b *testing.B) {
	dir := manyRevisions(b, 10_000)
	for b.Loop() {
		must(b, os.Remove(filepath.Join(dir, "index.json")))
		h, _, err := history.Open(dir, rt.Retention{})
		must(b, err)
		must(b, h.Close())
	}
}

func BenchmarkAdd(b *testing.B) {
	h, _, err := history.Open(filepath.Join(tempDir(b), "store"), rt.Retention{Count: 10})
	must(b, err)
	defer h.Close()
	for id := 1; b.Loop(); id++ {
		must(b, h.Add(record(id)))
	}
}
