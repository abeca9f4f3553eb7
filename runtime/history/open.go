package history

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/disk"
	"github.com/hotbind/hotbind/runtime/internal/kept"

	rt "github.com/hotbind/hotbind/runtime"
)

// Open opens the store in a folder and locks it until Close. It creates the folder if it
// is missing. It also returns the problems that it found and repaired, each a line for
// the log; a damaged revision does not affect the others.
//
// Open returns a [LockedError] if the store is in use, and a [FormatError] if a newer
// version wrote it. It also fails if the folder belongs to another user, if others may
// write it, or if it cannot be used at all. If Open fails, it changes nothing.
func Open(dir string, keep rt.Retention) (*History, []string, error) {
	return open(disk.OS(), dir, keep, time.Now)
}

// OpenReadOnly opens a store for reading, even while another process uses it: it takes no
// lock and writes nothing. Add, Prune and SaveBackup fail with [ErrReadOnly];
// [History.Restore] works because it writes outside the store. The list of revisions does
// not change after the call.
func OpenReadOnly(dir string) (*History, []string, error) {
	return openReadOnly(disk.OS(), dir)
}

func open(files disk.FS, dir string, keep rt.Retention, now func() time.Time) (*History, []string, error) {
	dir, err := filepath.Abs(dir) // the working folder may change
	if err != nil {
		return nil, nil, err
	}
	s := &store{files: files, dir: dir, holder: self(now())}
	inv, err := s.start()
	if err != nil {
		s.unlock()
		return nil, nil, unusable(dir, err)
	}
	h := &History{keep: keep, store: s, now: now, list: kept.List{Entries: inv.entries, Last: inv.last}}
	notes := append(s.tidy(), inv.notes...)
	if inv.stale {
		h.changes++
		if err := h.writeIndex(); err != nil {
			notes = append(notes, fmt.Sprintf("the index is not saved and will be rebuilt: %v", err))
		}
	}
	return h, notes, nil
}

// start locks the store. It reads everything before it writes, because a store from a
// newer version must not be changed.
func (s *store) start() (*inventory, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	inv, err := s.take()
	if err != nil {
		return nil, err
	}
	_, err = s.furnish()
	return inv, err
}

func openReadOnly(files disk.FS, dir string) (*History, []string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, nil, err
	}
	s := &store{files: files, readOnly: true}
	if s.dir, err = files.Resolve(dir); err != nil {
		return nil, nil, unusable(dir, plain(err))
	}
	if err := s.guard(); err != nil {
		return nil, nil, unusable(dir, err)
	}
	if err := s.checkFormat(); err != nil {
		return nil, nil, unusable(dir, err)
	}
	inv, err := s.take()
	if err != nil {
		return nil, nil, unusable(dir, err)
	}
	return &History{store: s, now: time.Now, list: kept.List{Entries: inv.entries, Last: inv.last}}, inv.notes, nil
}

// unusable adds the name of the store to an error that lacks it.
func unusable(dir string, err error) error {
	var locked *LockedError
	var newer *FormatError
	if errors.As(err, &locked) || errors.As(err, &newer) {
		return err
	}
	return fmt.Errorf("the store %s cannot be used and was not changed: %w", dir, err)
}

// tidy removes the leftovers of a killed process and records this process as the holder.
// The store works without both, so errors become notes.
func (s *store) tidy() (notes []string) {
	for _, folder := range []string{s.dir, s.revisions(), s.backups()} {
		removed, err := disk.Clear(s.files, folder)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			notes = append(notes, fmt.Sprintf("half-written files in %s cannot be removed: %v", folder, err))
		}
		if removed > 0 {
			notes = append(notes, fmt.Sprintf("removed %d half-written files from %s", removed, folder))
		}
	}
	if err := s.writeHolder(); err != nil {
		notes = append(notes, fmt.Sprintf("the holder of the store cannot be recorded: %v", err))
	}
	return notes
}

// self describes this process.
func self(now time.Time) Holder {
	host, _ := os.Hostname() // "" if there is no name
	return Holder{PID: os.Getpid(), Program: filepath.Base(os.Args[0]), Host: host, Since: now.UTC().Truncate(time.Second)}
}

func (s *store) writeHolder() error {
	data, err := json.Marshal(s.holder)
	if err != nil {
		return err
	}
	return disk.Write(s.files, filepath.Join(s.dir, holderName), append(data, '\n'), 0o600)
}

// readHolder returns the holder of the store, as far as it is known.
func (s *store) readHolder() (h Holder) {
	if data, err := s.files.ReadFile(filepath.Join(s.dir, holderName)); err == nil {
		json.Unmarshal(data, &h)
	}
	return h
}
