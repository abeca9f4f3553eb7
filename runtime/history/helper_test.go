package history_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
	"github.com/hotbind/hotbind/runtime/history"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tempDir returns a folder whose path contains no links, as in messages.
func tempDir(t testing.TB) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	return dir
}

func record(id int) rt.Record {
	return rt.Record{
		Revision: rt.Revision{
			ID: rt.RevisionID(id), Parent: rt.RevisionID(id - 1), Cause: rt.CauseAPIUpdate,
			Time:     time.Date(2026, 5, 4, 3, 2, 1, id, time.UTC),
			Metadata: map[string]string{"author": "ann"},
		},
		Schema:   strings.Repeat("0f", 32),
		Document: fmt.Appendf(nil, `{"port":%d,"tls":{"key":"s3cret"}}`, id),
		Content:  strings.Repeat("0f", 32),
		Edits:    []byte(`{"a":1}`),
	}
}

func open(t testing.TB, dir string, p rt.Retention) *history.History {
	t.Helper()
	h, notes, err := history.Open(dir, p)
	must(t, err)
	if len(notes) > 0 {
		t.Errorf("found out of order: %q", notes)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

func ids(h *history.History) (ids []int) {
	for _, r := range h.List(0, 0) {
		ids = append(ids, int(r.ID))
	}
	return ids
}
