package notify

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A rotation renames a file and keeps the newest of the renamed files. For
// notifications.jsonl these are named
//
//	notifications-2006-01-02T15-04-05.000000000-size.jsonl
//
// with the time in UTC. Files with other names are not touched.
type rotation struct {
	path string
	keep int // number of renamed files
	mode fs.FileMode
}

const (
	rotatedTime   = "2006-01-02T15-04-05.000000000"
	rotatedReason = "-size"
)

// affixes returns the prefix and the suffix of the names of rotated files.
func (r rotation) affixes() (prefix, suffix string) {
	name, ext := filepath.Base(r.path), filepath.Ext(r.path)
	return strings.TrimSuffix(name, ext) + "-", rotatedReason + ext
}

// rotate renames the file, creates an empty one and removes the oldest rotated ones.
func (r rotation) rotate(now time.Time) error {
	if err := os.Rename(r.path, r.free(now)); err != nil {
		return err
	}
	f, err := os.OpenFile(r.path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, r.mode)
	if err != nil {
		return err
	}
	err = errors.Join(f.Chmod(r.mode), f.Close()) // the umask may have removed bits
	return errors.Join(err, r.prune())
}

// free returns an unused name.
func (r rotation) free(now time.Time) string {
	prefix, suffix := r.affixes()
	for {
		path := filepath.Join(filepath.Dir(r.path), prefix+now.UTC().Format(rotatedTime)+suffix)
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			return path
		}
		now = now.Add(time.Nanosecond)
	}
}

// prune removes all rotated files but the newest.
func (r rotation) prune() error {
	entries, err := os.ReadDir(filepath.Dir(r.path))
	if err != nil {
		return err
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() && r.isRotated(e.Name()) {
			names = append(names, e.Name())
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(b, a) }) // newest first
	var errs []error
	for _, name := range names[min(r.keep, len(names)):] {
		if err := os.Remove(filepath.Join(filepath.Dir(r.path), name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (r rotation) isRotated(name string) bool {
	prefix, suffix := r.affixes()
	text, begins := strings.CutPrefix(name, prefix)
	text, ends := strings.CutSuffix(text, suffix)
	_, err := time.Parse(rotatedTime, text)
	return begins && ends && err == nil
}
