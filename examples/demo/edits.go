package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A file is the configuration file of the service.
type file struct {
	home    string // the folder of the service
	text    string
	version int // of a mounted file
}

func (f *file) path() string { return filepath.Join(f.home, "config.yaml") }

// A layout writes the file to where the service reads it.
type layout func(f *file) error

func plainFile(f *file) error { return os.WriteFile(f.path(), []byte(f.text), 0o600) }

// mountedFile arranges the folder like a ConfigMap mounted by Kubernetes: the file is
// a link through ..data, which is a link to the folder of one version.
func mountedFile(f *file) error {
	if err := f.mount(); err != nil {
		return err
	}
	return os.Symlink(filepath.Join("..data", "config.yaml"), f.path())
}

// mount writes a new version beside the current one and switches to it atomically.
func (f *file) mount() error {
	f.version++
	version := fmt.Sprintf("..version_%d", f.version)
	if err := os.Mkdir(filepath.Join(f.home, version), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(f.home, version, "config.yaml"), []byte(f.text), 0o600); err != nil {
		return err
	}
	next, data := filepath.Join(f.home, "..data_tmp"), filepath.Join(f.home, "..data")
	if err := os.Symlink(version, next); err != nil {
		return err
	}
	if err := os.Rename(next, data); err != nil {
		return err
	}
	if f.version > 1 { // the kubelet removes the old version
		return os.RemoveAll(filepath.Join(f.home, fmt.Sprintf("..version_%d", f.version-1)))
	}
	return nil
}

// A change is an edit of the file by a person or a tool.
type change func(f *file, service *service) error

// inPlace replaces texts and overwrites the file.
func inPlace(pairs ...string) change {
	return func(f *file, _ *service) error {
		if err := f.edit(pairs); err != nil {
			return err
		}
		return os.WriteFile(f.path(), []byte(f.text), 0o600)
	}
}

// byRename replaces texts and renames a new file over the old one.
func byRename(pairs ...string) change {
	return func(f *file, _ *service) error {
		if err := f.edit(pairs); err != nil {
			return err
		}
		return f.replace()
	}
}

// swap replaces texts and mounts the result as a new version.
func swap(pairs ...string) change {
	return func(f *file, _ *service) error {
		if err := f.edit(pairs); err != nil {
			return err
		}
		return f.mount()
	}
}

// touch changes only the time of the file, and requests a reload so that there is an
// outcome to wait for.
func touch(f *file, service *service) error {
	now := time.Now()
	if err := os.Chtimes(f.path(), now, now); err != nil {
		return err
	}
	return service.signal(syscall.SIGHUP)
}

// rewrite changes the bytes but not the values.
func rewrite(f *file, service *service) error {
	if err := f.edit([]string{"pool:\n  workers: 3\n", "pool: {workers: 3} # three of them\n"}); err != nil {
		return err
	}
	if err := f.replace(); err != nil {
		return err
	}
	return service.signal(syscall.SIGHUP)
}

func nothing(*file, *service) error { return nil }

// edit replaces each first text of a pair by the second, once.
func (f *file) edit(pairs []string) error {
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(f.text, pairs[i]) {
			return fmt.Errorf("the file does not contain %q, so it cannot be edited", pairs[i])
		}
		f.text = strings.Replace(f.text, pairs[i], pairs[i+1], 1)
	}
	return nil
}

func (f *file) replace() error {
	beside := f.path() + "~"
	if err := os.WriteFile(beside, []byte(f.text), 0o600); err != nil {
		return err
	}
	return os.Rename(beside, f.path())
}
