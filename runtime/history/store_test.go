package history_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
	"github.com/hotbind/hotbind/runtime/history"
)

// The folder is removed while the service runs: it is created again with mode 0700,
// locked again, and gets the revisions that are still in memory.
func TestF117_FolderRemovedWhileRunning(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a file that is locked cannot be removed here")
	}
	for _, gone := range []string{"", "revisions"} {
		dir := filepath.Join(tempDir(t), "store")
		h := open(t, dir, rt.Retention{})
		must(t, h.Add(record(1)))
		must(t, os.RemoveAll(filepath.Join(dir, gone)))
		must(t, h.Add(record(2)))
		info, err := os.Stat(filepath.Join(dir, "revisions"))
		must(t, err)
		if info.Mode().Perm() != 0o700 {
			t.Errorf("mode %v", info.Mode())
		}
		var locked *history.LockedError
		if _, _, err := history.Open(dir, rt.Retention{}); !errors.As(err, &locked) || locked.Holder.PID != os.Getpid() {
			t.Errorf("a second one got %v", err)
		}
		must(t, h.Close())
		if got := ids(open(t, dir, rt.Retention{})); !slices.Equal(got, []int{2, 1}) {
			t.Errorf("without %q: got %v", gone, got)
		}
	}
}

// The folder becomes read-only: revisions stay in memory until it is writable again.
func TestF117_FolderReadOnly(t *testing.T) {
	t.Parallel()
	if os.Getuid() <= 0 {
		t.Skip("this user's access is not limited by modes")
	}
	dir := filepath.Join(tempDir(t), "store")
	h := open(t, dir, rt.Retention{})
	must(t, os.Chmod(filepath.Join(dir, "revisions"), 0o500))
	if err := h.Add(record(1)); !errors.Is(err, fs.ErrPermission) || h.Unsaved() == nil {
		t.Errorf("got %v", err)
	}
	must(t, os.Chmod(filepath.Join(dir, "revisions"), 0o700))
	must(t, h.Add(record(2)))
	must(t, h.Unsaved())
}

// The folder is removed and another process creates its own store there: that process has
// it alone until it ends.
func TestF117_FolderTakenByAnother(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a file that is locked cannot be removed here")
	}
	dir := filepath.Join(tempDir(t), "store")
	h := open(t, dir, rt.Retention{})
	must(t, h.Add(record(1)))
	must(t, os.RemoveAll(dir))
	other := open(t, dir, rt.Retention{})
	for id := 2; id <= 3; id++ {
		var locked *history.LockedError
		if err := h.Add(record(id)); !errors.As(err, &locked) {
			t.Errorf("got %v", err)
		}
	}
	if files, err := os.ReadDir(filepath.Join(dir, "revisions")); err != nil || len(files) > 0 {
		t.Errorf("%v: wrote %v", err, files)
	}
	must(t, other.Close())
	must(t, h.Add(record(4)))
	must(t, h.Close())
	if got := ids(open(t, dir, rt.Retention{})); !slices.Equal(got, []int{4, 3, 2, 1}) {
		t.Errorf("got %v", got)
	}
}

// A file takes the place of the store's folder: it is not a folder, and stays.
func TestF117_FileInPlaceOfTheFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(tempDir(t), "store")
	h := open(t, dir, rt.Retention{})
	if runtime.GOOS == "windows" {
		t.Skip("a file that is locked cannot be removed here")
	}
	must(t, os.RemoveAll(dir))
	must(t, os.WriteFile(dir, nil, 0o600))
	want := "revision 1 is in force but not saved: mkdir " + dir + ": is a file, not a folder; it is kept in memory and saved with the next one"
	if err := h.Add(record(1)); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if r, err := h.Get(1); err != nil || r.ID != 1 {
		t.Errorf("got %v", err)
	}
}

// A second process is refused with the name of the first. A read-only one is not refused,
// and changes nothing.
func TestF120_SecondOpener(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(tempDir(t), "store")
	h := open(t, dir, rt.Retention{})
	must(t, h.Add(record(1)))
	_, _, err := history.Open(dir, rt.Retention{})
	var locked *history.LockedError
	if !errors.As(err, &locked) {
		t.Fatalf("got %v", err)
	}
	host, _ := os.Hostname()
	want := fmt.Sprintf("the store %s is in use by %s (process %d on %s, since %s); it was not changed",
		dir, filepath.Base(os.Args[0]), os.Getpid(), host, locked.Holder.Since.Format(time.RFC3339))
	if err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	locked.Holder = history.Holder{}
	if want := "the store " + dir + " is in use by another process; it was not changed"; locked.Error() != want {
		t.Errorf("got %v, want %s", locked, want)
	}
	viewer, _, err := history.OpenReadOnly(dir)
	must(t, err)
	_, prune := viewer.Prune(rt.Retention{Count: 1})
	for _, err := range []error{viewer.Add(record(2)), prune, viewer.SaveBackup(2, nil, 1)} {
		if !errors.Is(err, history.ErrReadOnly) {
			t.Errorf("got %v", err)
		}
	}
	must(t, viewer.Close())
	must(t, h.Add(record(2)))
	must(t, h.Close())
	must(t, open(t, dir, rt.Retention{}).Close())
}

// Opening a missing store read-only creates nothing.
func TestReadOnlyMissing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(tempDir(t), "store")
	_, _, err := history.OpenReadOnly(dir)
	want := "the store " + dir + " cannot be used and was not changed: no such file or directory"
	if !errors.Is(err, fs.ErrNotExist) || runtime.GOOS == "linux" && err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := os.Lstat(dir); err == nil {
		t.Error("it was made")
	}
}
