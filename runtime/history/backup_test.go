package history_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/runtime/history"

	rt "github.com/hotbind/hotbind/runtime"
)

// sources writes two files and returns them for a backup.
func sources(t testing.TB, text string) (dir string, files []history.File) {
	t.Helper()
	dir = tempDir(t)
	for _, name := range []string{"base.yaml", filepath.Join("agents", "one.yaml")} {
		path := filepath.Join(dir, name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, []byte(text+name), 0o640))
		files = append(files, history.File{Path: path, Mode: 0o640, Content: []byte(text + name)})
	}
	return dir, files
}

func backupIDs(t testing.TB, h *history.History) (ids []int) {
	t.Helper()
	backups, err := h.Backups()
	must(t, err)
	for _, b := range backups {
		ids = append(ids, int(b.ID))
	}
	return ids
}

// A backup contains the files byte for byte. The same files are not saved twice, and the
// oldest backups are removed.
func TestBackups(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(tempDir(t), "store")
	h := open(t, dir, rt.Retention{})
	_, files := sources(t, "# a comment\r\nport: 1 ")
	files = append(files, files[0]) // the same file in two layers
	must(t, h.SaveBackup(3, files, 2))
	must(t, h.SaveBackup(4, files, 2)) // unchanged
	if got := backupIDs(t, h); !slices.Equal(got, []int{3}) {
		t.Errorf("got %v", got)
	}
	data, err := os.ReadFile(filepath.Join(dir, "backups", "0000000003", "1-base.yaml"))
	if err != nil || string(data) != string(files[0].Content) {
		t.Errorf("%v %q", err, data)
	}
	for id := 5; id <= 7; id++ {
		files[1].Content = append(files[1].Content, '#')
		must(t, h.SaveBackup(record(id).ID, files, 2))
	}
	if got := backupIDs(t, h); !slices.Equal(got, []int{7, 6}) {
		t.Errorf("got %v", got)
	}
	got, err := h.BackupFile(7, files[1].Path)
	if err != nil || string(got) != string(files[1].Content) {
		t.Errorf("%v %q", err, got)
	}
	want := "backup 7 is not saved; earlier ones are unchanged: " + filepath.Join(dir, "backups", "0000000007") + " already exists with other files"
	if err := h.SaveBackup(7, files[:1], 2); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// A damaged newest backup does not count: the files are saved again.
func TestBackupOfSameFilesAfterDamage(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(tempDir(t), "store")
	h := open(t, dir, rt.Retention{})
	_, files := sources(t, "x")
	must(t, h.SaveBackup(1, files, 5))
	must(t, os.WriteFile(filepath.Join(dir, "backups", "0000000001", "2-one.yaml"), nil, 0o600))
	must(t, h.SaveBackup(2, files, 5))
	if got := backupIDs(t, h); !slices.Equal(got, []int{2, 1}) {
		t.Errorf("got %v", got)
	}
}

// A name of 255 bytes is the longest possible, but the copy also needs a number.
func TestBackupOfLongName(t *testing.T) {
	t.Parallel()
	h := open(t, filepath.Join(tempDir(t), "store"), rt.Retention{})
	path := filepath.Join(tempDir(t), strings.Repeat("ü", 125)+".yaml")
	must(t, h.SaveBackup(1, []history.File{{Path: path, Mode: 0o600, Content: []byte("x")}}, 1))
	if got, err := h.BackupFile(1, path); err != nil || string(got) != "x" {
		t.Errorf("%v %q", err, got)
	}
}

// A backup is restored to its original place or into another folder.
func TestF125_RestoreFiles(t *testing.T) {
	t.Parallel()
	h := open(t, filepath.Join(tempDir(t), "store"), rt.Retention{})
	dir, files := sources(t, "good ")
	must(t, h.SaveBackup(1, files, 5))
	must(t, os.WriteFile(files[0].Path, []byte("bad"), 0o640))
	must(t, os.Remove(files[1].Path))
	written, err := h.Restore(1, "")
	must(t, err)
	if want := []string{files[0].Path, files[1].Path}; !slices.Equal(written, want) {
		t.Errorf("wrote %v", written)
	}
	into := tempDir(t)
	must(t, os.WriteFile(filepath.Join(into, "one.yaml"), []byte("bad"), 0o600))
	written, err = h.Restore(1, into)
	must(t, err)
	for i, path := range []string{filepath.Join(dir, "base.yaml"), filepath.Join(dir, "agents", "one.yaml"), written[0], written[1]} {
		data, err := os.ReadFile(path)
		if err != nil || string(data) != string(files[i%2].Content) {
			t.Errorf("%s: %v %q", path, err, data)
		}
		if info, _ := os.Stat(path); runtime.GOOS != "windows" && info.Mode() != 0o640 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
	}
}

// If one file cannot be restored, none is written, and the message says which and why.
func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(tempDir(t), "store")
	h := open(t, dir, rt.Retention{})
	place, files := sources(t, "good ")
	same := history.File{Path: filepath.Join(place, "other", "base.yaml"), Mode: 0o600}
	must(t, h.SaveBackup(1, files, 5))
	must(t, h.SaveBackup(2, append(files, same), 5))
	must(t, os.WriteFile(files[0].Path, []byte("bad"), 0o640))
	must(t, os.Remove(files[1].Path))
	must(t, os.Mkdir(files[1].Path, 0o700))
	into := tempDir(t)
	linked := tempDir(t)
	must(t, os.Symlink(files[0].Path, filepath.Join(linked, "base.yaml")))
	for _, tt := range []struct {
		id         int
		into, want string
	}{
		{9, "", "backup not found: there is no " + filepath.Join(dir, "backups", "0000000009")},
		{1, "", "write " + files[1].Path + ": is a folder, not a regular file"},
		{2, into, files[0].Path + " and " + same.Path + " would both become " + filepath.Join(into, "base.yaml")},
		{1, linked, "write " + filepath.Join(linked, "base.yaml") + ": is a symbolic link, not a regular file"},
		{1, filepath.Join(into, "missing"), "lstat " + filepath.Join(into, "missing") + ": no such file or directory"},
	} {
		written, err := h.Restore(record(tt.id).ID, tt.into)
		if err == nil || runtime.GOOS != "windows" && err.Error() != "nothing was restored: "+tt.want || len(written) > 0 {
			t.Errorf("got  %v %v\nwant %s", written, err, tt.want)
		}
	}
	if data, _ := os.ReadFile(files[0].Path); string(data) != "bad" {
		t.Errorf("the file has %q", data)
	}
	if _, err := h.Restore(9, ""); !errors.Is(err, rt.ErrBackupNotFound) {
		t.Errorf("got %v", err)
	}
	if _, err := h.BackupFile(1, "/none"); !errors.Is(err, rt.ErrBackupNotFound) {
		t.Errorf("got %v", err)
	}
}

// A backup refuses paths that lead elsewhere.
func TestF145_PathsOfBackups(t *testing.T) {
	t.Parallel()
	h := open(t, filepath.Join(tempDir(t), "store"), rt.Retention{})
	root := tempDir(t)
	for _, path := range []string{"", ".", "..", "config.yaml", "../config.yaml", root + "/../config.yaml", root + "/a/..", root + "/a\x00b", root + "/", string(filepath.Separator)} {
		if err := h.SaveBackup(1, []history.File{{Path: path}}, 1); err == nil {
			t.Errorf("%q was accepted", path)
		}
	}
	if got := backupIDs(t, h); len(got) != 0 {
		t.Errorf("saved %v", got)
	}
}

// A folder with an unknown number does not count as the newest backup, because then the
// real backups would be removed.
func TestF119_StrayBackupFolder(t *testing.T) {
	t.Parallel()
	_, files := sources(t, "a")
	dir := filepath.Join(tempDir(t), "store")
	h := open(t, dir, rt.Retention{})
	must(t, h.Add(record(1)))
	must(t, os.MkdirAll(filepath.Join(dir, "backups", "9999999999"), 0o700))
	must(t, h.SaveBackup(1, files, 1))
	backups, _ := h.Backups()
	if len(backups) != 1 || backups[0].ID != 1 {
		t.Errorf("got %+v", backups)
	}
}
