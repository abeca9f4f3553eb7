package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// MkdirAll creates a folder with mode 0700, and missing folders above it. It reports
// whether it created any. If it returns nil, they survive a crash.
func MkdirAll(files FS, path string) (made bool, err error) {
	info, err := files.Lstat(path)
	switch {
	case err == nil && info.Mode()&fs.ModeSymlink != 0:
		_, err = files.Resolve(path)
		return false, err
	case err == nil && !info.IsDir():
		return false, &fs.PathError{Op: "mkdir", Path: path, Err: errors.New("is a file, not a folder")}
	case err == nil || !errors.Is(err, fs.ErrNotExist):
		return false, err
	}
	parent := filepath.Dir(path)
	if parent == path {
		return false, err
	}
	if _, err := MkdirAll(files, parent); err != nil {
		return false, err
	}
	if err := files.Mkdir(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return false, err
	}
	return true, files.SyncDir(parent)
}

// Guard refuses a folder in which another user could create files: a link to a folder, a
// folder of another owner, and one that its group or everyone may write.
func Guard(files FS, path string) error {
	info, err := files.Lstat(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a folder (mode %v)", path, info.Mode())
	}
	if uid, ok := owner(info); ok && uid != os.Geteuid() {
		return fmt.Errorf("%s (mode %04o) belongs to user %d, but this process runs as user %d; they must be the same",
			path, info.Mode().Perm(), uid, os.Geteuid())
	}
	if writableByOthers(info) {
		return fmt.Errorf("%s has mode %04o: other users may write to it; it must be 0700",
			path, info.Mode().Perm())
	}
	return nil
}

// Clear removes the files and folders that a killed process left half written in a
// folder, and returns their number. Nobody may be writing in the folder.
func Clear(files FS, folder string) (removed int, err error) {
	entries, err := files.ReadDir(folder)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		if !IsTemp(e.Name()) {
			continue
		}
		if err := removeAll(files, filepath.Join(folder, e.Name()), e.IsDir()); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}

// RemoveFolder removes a folder of files completely or not at all: it first renames the
// folder to a temporary name.
func RemoveFolder(files FS, path string) error {
	temp := filepath.Join(filepath.Dir(path), TempName(""))
	if err := files.Rename(path, temp); err != nil {
		return failure("remove", path, err)
	}
	return failure("remove", path, removeAll(files, temp, true))
}

// removeAll removes a file, or a folder of files.
func removeAll(files FS, path string, folder bool) error {
	if !folder {
		return files.Remove(path)
	}
	entries, err := files.ReadDir(path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := files.Remove(filepath.Join(path, e.Name())); err != nil {
			return err
		}
	}
	return files.Remove(path)
}
