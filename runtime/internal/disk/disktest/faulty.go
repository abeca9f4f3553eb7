// Package disktest has file systems that fail: [Faulty] at one chosen
// operation, and [Memory] when its power is lost.
package disktest

import (
	"errors"
	"io/fs"
	"sync"

	"github.com/hotbind/hotbind/runtime/internal/disk"
)

// ErrKilled is returned by every operation after the process was stopped.
var ErrKilled = errors.New("killed")

// A Faulty is a file system in which one operation fails. Operations on files count like
// those on the file system. A failing write writes half.
type Faulty struct {
	disk.FS
	At    int   // the operation that fails, from 1; 0: none
	Until int   // the last one that fails; 0: only the one at At
	Err   error // the error of that operation; nil: it and all later ones return ErrKilled
	After bool  // it succeeds and returns the error all the same

	mu   sync.Mutex
	done int
	Log  []string // the operations made, with their paths
}

// Reached reports whether at least At operations were made.
func (f *Faulty) Reached() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.done >= f.At
}

// Done returns the number of operations so far.
func (f *Faulty) Done() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.done
}

// fault counts an operation and returns the error that it must return, or nil.
func (f *Faulty) fault(op, path string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.done++
	f.Log = append(f.Log, op+" "+path)
	switch {
	case f.At == 0 || f.done < f.At:
		return nil
	case f.Err == nil:
		return ErrKilled
	case f.done > max(f.At, f.Until):
		return nil
	}
	return &fs.PathError{Op: op, Path: path, Err: f.Err}
}

// run calls do and returns its error, unless the operation must fail.
func (f *Faulty) run(op, path string, do func() error) error {
	err := f.fault(op, path)
	if err != nil && !f.After {
		return err
	}
	return errors.Join(do(), err)
}

func (f *Faulty) Mkdir(path string) error {
	return f.run("mkdir", path, func() error { return f.FS.Mkdir(path) })
}

func (f *Faulty) OpenNew(path string) (disk.File, error) {
	if err := f.fault("create", path); err != nil {
		return nil, err
	}
	file, err := f.FS.OpenNew(path)
	if err != nil {
		return nil, err
	}
	return &faultyFile{file, f, path}, nil
}

func (f *Faulty) Rename(from, to string) error {
	return f.run("rename", to, func() error { return f.FS.Rename(from, to) })
}

func (f *Faulty) Remove(path string) error {
	return f.run("remove", path, func() error { return f.FS.Remove(path) })
}

func (f *Faulty) ReadFile(path string) ([]byte, error) {
	if err := f.fault("read", path); err != nil {
		return nil, err
	}
	return f.FS.ReadFile(path)
}

func (f *Faulty) ReadDir(path string) ([]fs.DirEntry, error) {
	if err := f.fault("list", path); err != nil {
		return nil, err
	}
	return f.FS.ReadDir(path)
}

func (f *Faulty) Lstat(path string) (fs.FileInfo, error) {
	if err := f.fault("lstat", path); err != nil {
		return nil, err
	}
	return f.FS.Lstat(path)
}

func (f *Faulty) Resolve(path string) (string, error) {
	if err := f.fault("resolve", path); err != nil {
		return "", err
	}
	return f.FS.Resolve(path)
}

func (f *Faulty) SyncDir(path string) error {
	return f.run("sync folder", path, func() error { return f.FS.SyncDir(path) })
}

func (f *Faulty) Lock(path string) (disk.Lock, error) {
	if err := f.fault("lock", path); err != nil {
		return nil, err
	}
	return f.FS.Lock(path)
}

type faultyFile struct {
	disk.File
	fs   *Faulty
	path string
}

func (f *faultyFile) Write(b []byte) (int, error) {
	err := f.fs.fault("write", f.path)
	if err == nil {
		return f.File.Write(b)
	}
	n, _ := f.File.Write(b[:len(b)/2])
	return n, err
}

func (f *faultyFile) Chmod(mode fs.FileMode) error {
	return f.fs.run("chmod", f.path, func() error { return f.File.Chmod(mode) })
}

func (f *faultyFile) Own(like fs.FileInfo) error {
	return f.fs.run("own", f.path, func() error { return f.File.Own(like) })
}

func (f *faultyFile) Sync() error {
	return f.fs.run("sync", f.path, f.File.Sync)
}

// Close closes the file even if it returns an error: nobody could close it later.
func (f *faultyFile) Close() error {
	err := f.fs.fault("close", f.path)
	return errors.Join(f.File.Close(), err)
}
