//go:build unix

package disk_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/hotbind/hotbind/runtime/internal/disk"
	"github.com/hotbind/hotbind/runtime/internal/disk/disktest"
)

// Replacing a user's file keeps the links that lead to it, its mode and, where permitted,
// its owner and group.
func TestF126_ReplaceKeepsLinksModeAndOwner(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(dir, "real", "deep"), 0o755))
	real := filepath.Join(dir, "real", "config.yaml")
	must(t, os.WriteFile(real, []byte("old"), 0o644))
	must(t, os.Chmod(real, 0o640))
	if os.Getuid() == 0 {
		must(t, os.Chown(real, 4711, 4712))
	}
	// A link to a folder, and a link in it that goes up from its target.
	must(t, os.Symlink(filepath.Join("real", "deep"), filepath.Join(dir, "folder")))
	must(t, os.Symlink("../config.yaml", filepath.Join(dir, "real", "deep", "second")))
	must(t, os.Symlink("folder/second", filepath.Join(dir, "first")))

	must(t, disk.Replace(disk.OS(), filepath.Join(dir, "first"), []byte("new"), 0o600))
	if got := content(t, disk.OS(), real); got != "new" {
		t.Errorf("got %q", got)
	}
	info, err := os.Lstat(real)
	must(t, err)
	if info.Mode() != 0o640 {
		t.Errorf("mode %v", info.Mode())
	}
	if stat := info.Sys().(*syscall.Stat_t); os.Getuid() == 0 && (stat.Uid != 4711 || stat.Gid != 4712) {
		t.Errorf("owner %d:%d", stat.Uid, stat.Gid)
	}
	for _, link := range []string{"folder", "first", "real/deep/second"} {
		if info, err := os.Lstat(filepath.Join(dir, link)); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("%s is not a link any more: %v %v", link, info, err)
		}
	}
}

// If the owner or the mode cannot be kept, the file stays as it is.
func TestF126_ReplaceRatherFailsThanChangesOwner(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	for at := 1; ; at++ {
		must(t, os.WriteFile(path, []byte("old"), 0o640))
		f := &disktest.Faulty{FS: disk.OS(), At: at, Err: syscall.EPERM}
		err := disk.Replace(f, path, []byte("new"), 0o600)
		if !f.Reached() {
			must(t, err)
			break
		}
		if step := f.Log[at-1]; strings.HasPrefix(step, "own ") || strings.HasPrefix(step, "chmod ") {
			if got := content(t, disk.OS(), path); !errors.Is(err, syscall.EPERM) || got != "old" {
				t.Errorf("%s: %v, and the file has %q", step, err, got)
			}
		}
	}
}

// Anything but a file is refused, and a loop of links ends.
func TestReplaceRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600))
	must(t, os.Mkdir(filepath.Join(dir, "folder"), 0o700))
	must(t, os.Symlink("loop", filepath.Join(dir, "loop")))
	for name, want := range map[string]string{
		"pipe":       "is a named pipe, not a regular file",
		"folder":     "is a folder, not a regular file",
		"loop":       "too many symbolic links",
		"nothing/in": "no such file or directory",
	} {
		path := filepath.Join(dir, name)
		err := disk.Replace(disk.OS(), path, nil, 0o600)
		if err == nil || err.Error() != "write "+path+": "+want {
			t.Errorf("%s: %v", name, err)
		}
		if got := disk.Replaceable(disk.OS(), path); got == nil || got.Error() != err.Error() {
			t.Errorf("%s: Replaceable returned %v", name, got)
		}
	}
}

// A missing file is created with the given mode, also at the end of a link.
func TestReplaceMakesAMissingFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, os.Symlink("missing", filepath.Join(dir, "link")))
	must(t, disk.Replace(disk.OS(), filepath.Join(dir, "link"), []byte("new"), 0o644))
	info, err := os.Lstat(filepath.Join(dir, "missing"))
	must(t, err)
	if info.Mode() != 0o644 {
		t.Errorf("mode %v", info.Mode())
	}
}

// A killed Replace leaves a file with secrets beside the user's file. The next Replace of
// the same file removes it, and no other file.
func TestF112_ReplaceClearsItsOwnLeftovers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	must(t, os.WriteFile(path, []byte("old"), 0o600))
	other := filepath.Join(dir, disk.TempName(""))
	must(t, os.WriteFile(other, nil, 0o600))
	f := &disktest.Faulty{FS: disk.OS(), At: 8}
	if disk.Replace(f, path, []byte("new"), 0o600) == nil || len(list(t, dir)) != 3 {
		t.Fatalf("no temporary file was left: %v", f.Log)
	}
	must(t, disk.Replace(disk.OS(), path, []byte("new"), 0o600))
	if got := list(t, dir); len(got) != 2 {
		t.Errorf("there is %v", got)
	}
	if _, err := os.Lstat(other); err != nil {
		t.Error("the file for another target was removed")
	}
}

func list(t testing.TB, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// A folder in which others could create files is refused with its mode and owner.
func TestF165_Guard(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "store")
	if made, err := disk.MkdirAll(disk.OS(), dir); err != nil || !made {
		t.Fatal(made, err)
	}
	must(t, disk.Guard(disk.OS(), dir))
	for mode, refused := range map[fs.FileMode]bool{0o700: false, 0o750: false, 0o755: false, 0o770: true, 0o702: true, 0o777: true} {
		must(t, os.Chmod(dir, mode))
		if err := disk.Guard(disk.OS(), dir); (err != nil) != refused {
			t.Errorf("%o: %v", mode, err)
		}
	}
	if os.Getuid() == 0 {
		must(t, os.Chmod(dir, 0o700))
		must(t, os.Chown(dir, 4711, 4711))
		want := dir + " (mode 0700) belongs to user 4711, but this process runs as user 0; they must be the same"
		if err := disk.Guard(disk.OS(), dir); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
