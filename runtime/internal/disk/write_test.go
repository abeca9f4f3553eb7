package disk_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/hotbind/hotbind/runtime/internal/disk"
	"github.com/hotbind/hotbind/runtime/internal/disk/disktest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func content(t testing.TB, files disk.FS, path string) string {
	t.Helper()
	data, err := files.ReadFile(path)
	must(t, err)
	return string(data)
}

// A reader of a file that is saved repeatedly must get one of the two contents. Here the
// process is killed at each operation of a save.
func TestF113_WriteKilledAtEachOperation(t *testing.T) {
	t.Parallel()
	for at := 1; ; at++ {
		m := disktest.NewMemory()
		must(t, disk.Write(m, "/file", []byte("old"), 0o600))
		f := &disktest.Faulty{FS: m, At: at}
		err := disk.Write(f, "/file", []byte("new"), 0o600)
		left := m.Killed()
		got := content(t, left, "/file")
		if got != "old" && got != "new" || err == nil && got != "new" {
			t.Errorf("after %d operations and %v the file has %q", at-1, err, got)
		}
		if !f.Reached() {
			break
		}
		if err == nil {
			t.Errorf("killed at operation %d and yet reported as written", at)
		}
		_, err = disk.Clear(left, "/")
		must(t, err)
		if entries, _ := left.ReadDir("/"); len(entries) != 1 {
			t.Errorf("operation %d left %v", at, entries)
		}
	}
}

// The power fails after each operation: a file that was reported as written is there, and
// earlier content is not lost, whether or not the disk wrote unsynced names.
func TestF114_WritePowerLossAfterEachOperation(t *testing.T) {
	t.Parallel()
	for _, names := range []bool{false, true} {
		for at := 1; ; at++ {
			m := disktest.NewMemory()
			must(t, disk.Write(m, "/file", []byte("old"), 0o600))
			f := &disktest.Faulty{FS: m, At: at}
			err := disk.Write(f, "/file", []byte("new"), 0o600)
			got := content(t, m.PowerLoss(names), "/file")
			if got != "old" && got != "new" || err == nil && got != "new" {
				t.Errorf("names kept %v, after %d operations and %v the file has %q", names, at-1, err, got)
			}
			if !f.Reached() {
				break
			}
		}
	}
}

// The disk fails at each operation, before or after it took effect: every error is
// returned, nothing is retried on the same file, and no temporary file remains.
func TestF116_WriteErrorAtEachOperation(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		for at := 1; ; at++ {
			m := disktest.NewMemory()
			must(t, disk.Write(m, "/file", []byte("old"), 0o600))
			f := &disktest.Faulty{FS: m, At: at, Err: syscall.EIO, After: after}
			err := disk.Write(f, "/file", []byte("new"), 0o640)
			if !f.Reached() {
				must(t, err)
				break
			}
			if !errors.Is(err, syscall.EIO) {
				t.Errorf("operation %d failed, and Write returned %v", at, err)
			}
			if entries, _ := m.ReadDir("/"); len(entries) != 1 {
				t.Errorf("operation %d left %v", at, entries)
			}
			if n := strings.Count(strings.Join(f.Log, "\n")+"\n", "\nsync /"); n > 1 {
				t.Errorf("synced %d times:\n%s", n, strings.Join(f.Log, "\n"))
			}
		}
	}
}

// A message with the name of a temporary file would not help its reader.
func TestWriteErrorNamesTheFile(t *testing.T) {
	t.Parallel()
	f := &disktest.Faulty{FS: disktest.NewMemory(), At: 2, Err: syscall.ENOSPC}
	err := disk.Write(f, "/file", []byte("new"), 0o600)
	if want := "create /file: no space left on device"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// The temporary file is beside its target, so the rename never crosses devices.
func TestF121_TemporaryFileBesideTarget(t *testing.T) {
	t.Parallel()
	m := disktest.NewMemory()
	must(t, m.Mkdir("/a"))
	f := &disktest.Faulty{FS: m}
	must(t, disk.Write(f, "/a/file", []byte("x"), 0o600))
	for _, line := range f.Log {
		if path, ok := strings.CutPrefix(line, "create "); ok && filepath.ToSlash(filepath.Dir(path)) != "/a" {
			t.Errorf("written in %s", path)
		}
	}
}

// planting creates something at the path of every new file first.
type planting struct {
	disk.FS
	plant func(path string) error
}

func (p planting) OpenNew(path string) (disk.File, error) {
	if err := p.plant(path); err != nil {
		return nil, err
	}
	return p.FS.OpenNew(path)
}

// A user who can write in the folder and guesses the temporary name must not get another
// file overwritten.
func TestF164_LinkAtTheTemporaryPath(t *testing.T) {
	t.Parallel()
	for name, link := range map[string]func(old, new string) error{"symbolic": os.Symlink, "hard": os.Link} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			victim := filepath.Join(t.TempDir(), "victim")
			must(t, os.WriteFile(victim, []byte("precious"), 0o600))
			target := filepath.Join(filepath.Dir(victim), "file")
			files := planting{disk.OS(), func(path string) error { return link(victim, path) }}
			if err := disk.Write(files, target, []byte("x"), 0o600); !errors.Is(err, fs.ErrExist) {
				t.Errorf("got %v", err)
			}
			if got := content(t, disk.OS(), victim); got != "precious" {
				t.Errorf("the victim has %q", got)
			}
		})
	}
}

// A link in place of a file to write or read is refused and not followed.
func TestF164_LinkInPlaceOfTheFile(t *testing.T) {
	t.Parallel()
	victim := filepath.Join(t.TempDir(), "victim")
	must(t, os.WriteFile(victim, []byte("precious"), 0o600))
	link := filepath.Join(filepath.Dir(victim), "file")
	must(t, os.Symlink(victim, link))
	want := "write " + link + ": is a symbolic link, not a regular file"
	if err := disk.Write(disk.OS(), link, []byte("x"), 0o600); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := disk.OS().ReadFile(link); err == nil {
		t.Error("read through a link")
	}
	if _, err := disk.OS().Lock(link); err == nil {
		t.Error("locked through a link")
	}
}

// A held lock keeps others out, and a removed lock file is no longer held.
func TestLock(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	if runtime.GOOS == "windows" {
		t.Skip("a file that is locked cannot be renamed here")
	}
	lock, err := disk.OS().Lock(path)
	must(t, err)
	if _, err := disk.OS().Lock(path); !errors.Is(err, disk.ErrLocked) {
		t.Errorf("the second one got %v", err)
	}
	if !lock.Held() {
		t.Error("not held")
	}
	must(t, os.Rename(path, path+"2"))
	if lock.Held() {
		t.Error("held although the file is gone")
	}
	must(t, os.WriteFile(path, nil, 0o600))
	if lock.Held() {
		t.Error("held although the file was replaced")
	}
	must(t, lock.Close())
}
