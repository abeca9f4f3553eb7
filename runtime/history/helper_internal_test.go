package history

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
	"github.com/hotbind/hotbind/runtime/internal/disk"
	"github.com/hotbind/hotbind/runtime/internal/disk/disktest"
)

const dir = "/var/store"

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// record returns revision id, slightly different from all others.
func record(id int) rt.Record {
	r := rt.Record{
		Revision: rt.Revision{
			ID: rt.RevisionID(id), Parent: rt.RevisionID(id - 1), Cause: rt.CauseFileChange,
			Time: time.Date(2026, 5, 4, 3, 2, 1, id, time.UTC),
		},
		Schema:   "abcdef0123456789",
		Document: fmt.Appendf(nil, `{"port":%d,"ratio":1.50,"big":123456789012345678901234567890,"html":"<&>","list":[],"none":null}`, id),
		Content:  strings.Repeat("0f", 32),
		Edits:    []byte(`{"port":1}`),
	}
	if id%2 == 0 {
		r.Metadata = map[string]string{"author": "ann", "ticket": fmt.Sprint("OPS-", id)}
	}
	return r
}

// reopen opens the store in files, which must succeed.
func reopen(t testing.TB, files disk.FS, p rt.Retention) (*History, []string) {
	t.Helper()
	h, notes, err := open(files, dir, p, time.Now)
	must(t, err)
	return h, notes
}

// hold checks that h has exactly these revisions, unchanged.
func hold(t testing.TB, h *History, want ...int) {
	t.Helper()
	var got []int
	for _, r := range h.List(0, 0) {
		got = append([]int{int(r.ID)}, got...)
	}
	if len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
		t.Errorf("there are revisions %v, want %v", got, want)
	}
	for _, id := range want {
		got, err := h.Get(rt.RevisionID(id))
		if err != nil || !reflect.DeepEqual(got, record(id)) {
			t.Errorf("revision %d: %v\ngot  %+v\nwant %+v", id, err, got, record(id))
		}
	}
}

// whole checks what must hold for every store: everything that was reported as saved is
// there, and everything there equals what was added.
func whole(t testing.TB, what string, files disk.FS, saved []int) {
	t.Helper()
	h, _, err := open(files, dir, rt.Retention{}, time.Now)
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	defer h.Close()
	for _, id := range saved {
		if _, err := h.Get(rt.RevisionID(id)); err != nil {
			t.Errorf("%s: revision %d was saved: %v", what, id, err)
		}
	}
	for _, r := range h.List(0, 0) {
		got, err := h.Get(r.ID)
		if err != nil || !reflect.DeepEqual(got, record(int(r.ID))) {
			t.Errorf("%s: revision %d: %v, got %+v", what, r.ID, err, got)
		}
	}
	for _, folder := range []string{dir, dir + "/revisions", dir + "/backups"} {
		entries, _ := files.ReadDir(folder)
		for _, e := range entries {
			if disk.IsTemp(e.Name()) {
				t.Errorf("%s: %s/%s is left", what, folder, e.Name())
			}
		}
	}
	next := record(int(h.LastID()) + 1)
	if err := h.Add(next); err != nil {
		t.Errorf("%s: nothing can be added any more: %v", what, err)
	}
}

// service is one run of a service: it opens the store, adds revisions, makes a backup,
// prunes, and closes. It returns the revisions that were reported as saved and not
// pruned, and the last backup that was reported as made. Like a service, it continues
// after errors.
func service(files disk.FS, from, to int) (saved []int, backup int, errs []error) {
	note := func(err error) bool {
		if err != nil {
			errs = append(errs, err)
		}
		return err == nil
	}
	h, _, err := open(files, dir, rt.Retention{}, time.Now)
	if !note(err) {
		return nil, 0, errs
	}
	for id := from; id <= to; id++ {
		if err := h.Add(record(id)); note(err) {
			saved = nil
			for i := from; i <= id; i++ { // and all before it
				saved = append(saved, i)
			}
		}
		if note(h.SaveBackup(rt.RevisionID(id), backedUp(id), 2)) {
			backup = id
		}
	}
	if _, err := h.Prune(rt.Retention{Count: 2}); len(saved) > 2 {
		note(err)
		saved = saved[len(saved)-2:]
	}
	if note(h.Close()) && len(errs) > 0 {
		saved = []int{to}
	}
	return saved, backup, errs
}

func backedUp(id int) []File {
	return []File{
		{Path: "/etc/app/config.yaml", Mode: 0o640, Content: fmt.Appendf(nil, "port: %d\n", id)},
		{Path: "/etc/app/agents/config.yaml", Mode: 0o600, Content: []byte("password: hunter2\n")},
	}
}

// filled returns a disk with a store that has revisions 1 to 3.
func filled(t testing.TB) *disktest.Memory {
	t.Helper()
	m := disktest.NewMemory()
	h, _ := reopen(t, m, rt.Retention{})
	for id := 1; id <= 3; id++ {
		must(t, h.Add(record(id)))
		must(t, h.SaveBackup(rt.RevisionID(id), backedUp(id), 5))
	}
	must(t, h.Close())
	return m
}

// wholeBackups checks that every backup is complete or absent, and that saved is there if
// it is not 0.
func wholeBackups(t testing.TB, what string, files disk.FS, saved int) {
	t.Helper()
	h, _, err := openReadOnly(files, dir)
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	backups, err := h.Backups()
	if err != nil {
		t.Errorf("%s: %v", what, err)
	}
	if saved > 0 {
		if _, err := h.BackupFile(rt.RevisionID(saved), backedUp(saved)[0].Path); err != nil {
			t.Errorf("%s: backup %d was saved: %v", what, saved, err)
		}
	}
	for _, b := range backups {
		for i, f := range backedUp(int(b.ID)) {
			got, err := h.BackupFile(b.ID, f.Path)
			if err != nil || string(got) != string(f.Content) || b.Files[i].Mode != f.Mode {
				t.Errorf("%s: backup %d: %v, %s has %q", what, b.ID, err, f.Path, got)
			}
		}
	}
}

func damaged(t testing.TB, err error, path string) {
	t.Helper()
	var d *DamagedError
	if !errors.As(err, &d) || d.Path != path {
		t.Errorf("got %v, want that %s is damaged", err, path)
	}
}
