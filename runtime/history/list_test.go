package history_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/history"
)

// A revision that is pruned or damaged is refused with the reason, and the revision in
// force is not affected.
func TestF106_PrunedAndDamaged(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(tempDir(t), "store")
	h := open(t, dir, rt.Retention{Count: 2})
	for id := 1; id <= 3; id++ {
		must(t, h.Add(record(id)))
	}
	must(t, h.Close())
	path := filepath.Join(dir, "revisions", "0000000002.json")
	must(t, os.WriteFile(path, []byte("{}"), 0o600))
	h = open(t, dir, rt.Retention{})
	_, err := h.Get(1)
	if want := "revision not found: 1; the last one was 3"; !errors.Is(err, rt.ErrRevisionNotFound) || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = h.Get(2)
	var damaged *history.DamagedError
	if !errors.As(err, &damaged) || damaged.Path != path {
		t.Errorf("got %v", err)
	}
	must(t, os.Remove(path))
	_, err = h.Get(2)
	if want := "revision not found: the file " + path + " of revision 2 is gone"; !errors.Is(err, rt.ErrRevisionNotFound) || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if r, _, ok := h.Latest(); !ok || !reflect.DeepEqual(r, record(3)) {
		t.Errorf("latest is %+v", r)
	}
}

// The clock is set back a day, and a year: ids still rise, the newest revision is the one
// added last, and a revision from the future does not count as old.
func TestF108_ClockBack(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(tempDir(t), "store")
	h := open(t, dir, rt.Retention{Age: time.Hour})
	for id, at := range []time.Time{time.Now(), time.Now().AddDate(1, 0, 0), time.Now().AddDate(0, 0, -1)} {
		r := record(id + 1)
		r.Time = at
		must(t, h.Add(r))
	}
	must(t, h.Close())
	h = open(t, dir, rt.Retention{})
	if got := ids(h); !slices.Equal(got, []int{3, 2, 1}) {
		t.Errorf("got %v", got)
	}
	if r, _, _ := h.Latest(); r.ID != 3 || h.LastID() != 3 {
		t.Errorf("latest %d, last %d", r.ID, h.LastID())
	}
	for _, id := range []int{0, 1, 3} {
		if err := h.Add(record(id)); err == nil || err.Error() != fmt.Sprintf("revision %d cannot be added: the last one was 3", id) {
			t.Errorf("got %v", err)
		}
	}
}

// The restore drill: after a restart, everything that was added is read back through all
// steps of a rollback, and is unchanged.
func TestF125_RestoreDrill(t *testing.T) {
	t.Parallel()
	documents := []string{
		`{}`, `[]`, `null`, `true`, `"text"`, `-0.10e+05`,
		`{"n":123456789012345678901234567890.000,"e":1E400}`,
		`{"html":"<b>&amp;</b>","control":"\u0000\u001f","lines":"\u2028","emoji":"😀","key with \"quotes\"":1}`,
		strings.Repeat("[", 99) + strings.Repeat("]", 99),
		`{"sha256":"x","config":{"format":7}}`,
	}
	dir := filepath.Join(tempDir(t), "store")
	h := open(t, dir, rt.Retention{})
	var added []rt.Record
	for i, text := range documents {
		node, findings := document.ParseValue(document.Position{File: "test"}, text, document.Limits{})
		if node == nil {
			t.Fatal(findings)
		}
		r := record(i + 1)
		r.Document = node.AppendJSON(nil)
		r.Metadata = map[string]string{"why": "a\nb <&> \"c\"", "": "ü"}
		must(t, h.Add(r))
		added = append(added, r)
	}
	must(t, h.Close())
	h = open(t, dir, rt.Retention{})
	for _, want := range added {
		got, err := h.Get(want.ID)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%v\ngot  %+v %s\nwant %+v %s", err, got, got.Document, want, want.Document)
		}
		node, findings := document.ParseJSON("revision", got.Document, document.Limits{})
		if node == nil || string(node.AppendJSON(nil)) != string(want.Document) {
			t.Errorf("parsed: %v", findings)
		}
	}
}

// A record that could not be read back is refused and not kept.
func TestAddRefuses(t *testing.T) {
	t.Parallel()
	h := open(t, filepath.Join(tempDir(t), "store"), rt.Retention{})
	for want, change := range map[string]func(r *rt.Record){
		"the document of revision 1 is not JSON: unexpected end of JSON input": func(r *rt.Record) { r.Document = nil },
		"the time of revision 1 cannot be written: the year is 10000": func(r *rt.Record) {
			r.Time = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
		},
	} {
		r := record(1)
		change(&r)
		if err := h.Add(r); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if len(h.List(0, 0)) != 0 || h.LastID() != 0 {
		t.Error("something was kept")
	}
	must(t, h.Close())
	if err := h.Add(record(1)); !errors.Is(err, rt.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// A list is newest first, and paged.
func TestListPages(t *testing.T) {
	t.Parallel()
	h := open(t, filepath.Join(tempDir(t), "store"), rt.Retention{})
	for id := 1; id <= 5; id++ {
		must(t, h.Add(record(id)))
	}
	for _, tt := range []struct {
		limit, offset int
		want          []int
	}{{0, 0, []int{5, 4, 3, 2, 1}}, {2, 0, []int{5, 4}}, {2, 2, []int{3, 2}}, {2, 4, []int{1}}, {2, 5, nil}, {0, 3, []int{2, 1}}, {-1, -1, []int{5, 4, 3, 2, 1}}} {
		var got []int
		for _, r := range h.List(tt.limit, tt.offset) {
			got = append(got, int(r.ID))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%d from %d: got %v, want %v", tt.limit, tt.offset, got, tt.want)
		}
	}
}

// A caller that changes a record after adding or receiving it changes nothing in the
// history.
func TestRecordsAreCopies(t *testing.T) {
	t.Parallel()
	h := open(t, filepath.Join(tempDir(t), "store"), rt.Retention{})
	r := record(1)
	must(t, h.Add(r))
	spoil := func(r rt.Record) {
		r.Metadata["author"] = "eve"
		r.Document[0] = 'x'
	}
	spoil(r)
	got, _ := h.Get(1)
	spoil(got)
	h.List(0, 0)[0].Metadata["author"] = "eve"
	if got, _ := h.Get(1); !reflect.DeepEqual(got, record(1)) {
		t.Errorf("got %+v", got)
	}
}

// A history can be used by several goroutines at a time.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	h := open(t, filepath.Join(tempDir(t), "store"), rt.Retention{Count: 3})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for id := 1; id <= 40; id++ {
			if err := h.Add(record(id)); err != nil {
				t.Error(err)
			}
		}
	}()
	for {
		select {
		case <-done:
			return
		default:
		}
		if r, passed, ok := h.Latest(); ok && string(r.Document) != string(record(int(r.ID)).Document) {
			t.Error(r, passed)
		}
		h.List(0, 0)
		h.LastID()
		if _, err := h.Prune(rt.Retention{Count: 2}); err != nil {
			t.Error(err)
		}
		if h.Unsaved() != nil {
			t.Error(h.Unsaved())
		}
	}
}
