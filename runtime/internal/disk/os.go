package disk

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// OS returns the file system of the operating system.
func OS() FS { return system{} }

type system struct{}

func (system) Mkdir(path string) error {
	if err := os.Mkdir(path, 0o700); err != nil {
		return err
	}
	// The umask may have taken bits away.
	return os.Chmod(path, 0o700)
}

func (system) OpenNew(path string) (File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|noFollow, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Chmod(0o600); err != nil {
		f.Close()
		os.Remove(path)
		return nil, err
	}
	return file{f}, nil
}

func (system) Rename(from, to string) error { return os.Rename(from, to) }

func (system) Remove(path string) error { return os.Remove(path) }

func (system) ReadFile(path string) ([]byte, error) {
	// Check before opening, because opening a pipe waits for a writer.
	if info, err := os.Lstat(path); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: path, Err: &NotRegular{info.Mode()}}
	}
	f, err := os.OpenFile(path, os.O_RDONLY|noFollow, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

func (system) ReadDir(path string) ([]fs.DirEntry, error) { return os.ReadDir(path) }

func (system) Lstat(path string) (fs.FileInfo, error) { return os.Lstat(path) }

func (system) Readlink(path string) (string, error) { return os.Readlink(path) }

func (system) Resolve(path string) (string, error) { return filepath.EvalSymlinks(path) }

func (system) SyncDir(path string) error { return syncDir(path) }

func (system) Lock(path string) (Lock, error) {
	if err := Writable(system{}, path); err != nil {
		return nil, err
	}
	lock := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR|noFollow), flock.SetPermissions(0o600))
	taken, err := lock.TryLock()
	if err != nil {
		return nil, err
	}
	if !taken {
		return nil, fmt.Errorf("%s: %w", path, ErrLocked)
	}
	if info, err := lock.Stat(); err == nil && info.Mode().Perm() != 0o600 {
		os.Chmod(path, 0o600) // it is empty: if setting the mode fails, nothing leaks
	}
	return held{lock}, nil
}

type held struct{ *flock.Flock }

func (h held) Held() bool {
	locked, err := h.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(h.Path())
	return err == nil && os.SameFile(locked, there)
}

type file struct{ *os.File }

func (f file) Own(like fs.FileInfo) error { return own(f.File, like) }
