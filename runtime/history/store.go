package history

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/hotbind/hotbind/runtime/internal/disk"

	rt "github.com/hotbind/hotbind/runtime"
)

// Names in the folder of a store.
const (
	formatName    = "format"
	lockName      = "lock"
	holderName    = "holder.json"
	indexName     = "index.json"
	revisionsName = "revisions"
	backupsName   = "backups"
)

// A store is the folder on disk. Only one goroutine at a time may call methods that write.
type store struct {
	files    disk.FS
	dir      string
	readOnly bool
	holder   Holder
	lock     disk.Lock
}

func (s *store) revisions() string { return filepath.Join(s.dir, revisionsName) }
func (s *store) backups() string   { return filepath.Join(s.dir, backupsName) }

func (s *store) path(id rt.RevisionID) string {
	return filepath.Join(s.revisions(), revisionName(id))
}

// enter creates the folder if it is missing and takes the lock. It changes nothing in the
// folder.
func (s *store) enter() (err error) {
	if _, err := disk.MkdirAll(s.files, s.dir); err != nil {
		return err
	}
	if s.dir, err = s.files.Resolve(s.dir); err != nil {
		return err
	}
	if err := s.guard(); err != nil {
		return err
	}
	if err := s.checkFormat(); err != nil {
		return err
	}
	return s.acquire()
}

// guard refuses a store that another user can write.
func (s *store) guard() error {
	for _, folder := range []string{s.dir, s.revisions(), s.backups()} {
		if err := disk.Guard(s.files, folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// furnish creates missing parts of the folder. It reports whether it created the folder of
// revisions, which is then empty.
func (s *store) furnish() (made bool, err error) {
	if err := s.writeFormat(); err != nil {
		return false, err
	}
	return disk.MkdirAll(s.files, s.revisions())
}

// acquire takes the lock, even if it is held already: the file may have been replaced by a
// new one without a lock.
func (s *store) acquire() error {
	if err := s.unlock(); err != nil {
		return err
	}
	lock, err := s.files.Lock(filepath.Join(s.dir, lockName))
	if errors.Is(err, disk.ErrLocked) {
		return &LockedError{Path: s.dir, Holder: s.readHolder()}
	}
	s.lock = lock
	return err
}

func (s *store) unlock() error {
	if s.lock == nil {
		return nil
	}
	err := s.lock.Close()
	s.lock = nil
	return err
}

// held reports whether this process still holds the lock.
func (s *store) held() bool { return s.lock != nil && s.lock.Held() }

// release ends the use of the store.
func (s *store) release() error {
	if s.held() {
		s.files.Remove(filepath.Join(s.dir, holderName)) // if it fails, the next holder replaces the file
	}
	return s.unlock()
}

// checkFormat refuses a store with a newer format. An invalid number is treated as
// missing, because every file has the number too.
func (s *store) checkFormat() error {
	path := filepath.Join(s.dir, formatName)
	data, err := s.files.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if n, err := strconv.Atoi(strings.TrimSpace(string(data))); err == nil && n > format {
		return &FormatError{Path: path, Found: n, Known: format}
	}
	return nil
}

func (s *store) writeFormat() error {
	path, want := filepath.Join(s.dir, formatName), strconv.Itoa(format)+"\n"
	if data, err := s.files.ReadFile(path); err == nil && string(data) == want {
		return nil
	}
	return disk.Write(s.files, path, []byte(want), 0o600)
}

func (s *store) save(r rt.Record) error {
	data, err := encode(r)
	if err != nil {
		return err
	}
	return disk.Write(s.files, s.path(r.ID), data, 0o600)
}

// load reads a revision and checks it.
func (s *store) load(id rt.RevisionID) (rt.Record, error) {
	path := s.path(id)
	data, err := s.files.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return rt.Record{}, fmt.Errorf("%w: the file %s of revision %d is gone", rt.ErrRevisionNotFound, path, id)
	case err != nil:
		return rt.Record{}, &DamagedError{path, plain(err)}
	}
	return decode(path, id, data)
}

func (s *store) remove(id rt.RevisionID) error { return s.files.Remove(s.path(id)) }

func (s *store) syncRevisions() error { return s.files.SyncDir(s.revisions()) }

// plain drops the path from an error whose message already has it.
func plain(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}
