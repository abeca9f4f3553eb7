package history

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/hotbind/hotbind/runtime/internal/disk"
	"github.com/hotbind/hotbind/runtime/internal/kept"

	rt "github.com/hotbind/hotbind/runtime"
)

// An index is the content of index.json, the list of revisions.
type index struct {
	Format    int           `json:"format"`
	Last      rt.RevisionID `json:"last"`
	Revisions []listed      `json:"revisions"`
}

func (s *store) saveIndex(i index) error {
	data, err := seal(i)
	if err != nil {
		return err
	}
	return disk.Write(s.files, filepath.Join(s.dir, indexName), data, 0o600)
}

func (s *store) loadIndex() (index, error) {
	path := filepath.Join(s.dir, indexName)
	data, err := s.files.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return index{}, err
	case err != nil:
		return index{}, &DamagedError{path, plain(err)}
	}
	var i index
	return i, unseal(path, data, &i)
}

// An inventory is the content of a store, as found by take.
type inventory struct {
	entries []*kept.Entry
	last    rt.RevisionID
	notes   []string
	stale   bool // the index does not match the files
	lags    bool // as expected: its holder writes it only now and then
}

// take compares the index with the files, and reads those that it lacks.
func (s *store) take() (*inventory, error) {
	inv := &inventory{lags: s.readOnly}
	files, err := s.listFiles(inv)
	if err != nil {
		return nil, err
	}
	index, err := s.loadIndex()
	if err := inv.judge(err, len(files)); err != nil {
		return nil, err
	}
	if index.Last < kept.MaxID { // MaxID in an index can only come from a foreign file
		inv.last = index.Last
	}
	known := map[rt.RevisionID]listed{}
	for _, l := range index.Revisions {
		known[l.ID] = l
	}
	if err := s.match(inv, files, known); err != nil {
		return nil, err
	}
	inv.reportLost(known)
	return inv, nil
}

// listFiles returns the ids of the revisions that have a file, lowest first.
func (s *store) listFiles(inv *inventory) ([]rt.RevisionID, error) {
	entries, err := s.files.ReadDir(s.revisions())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var ids []rt.RevisionID
	for _, e := range entries {
		id, ok := revisionOf(e.Name())
		switch {
		case ok:
			ids = append(ids, id)
		case !disk.IsTemp(e.Name()):
			inv.note("%s is not a revision; ignored", filepath.Join(s.revisions(), e.Name()))
		}
	}
	slices.Sort(ids)
	return ids, nil
}

func (inv *inventory) note(text string, args ...any) {
	inv.notes = append(inv.notes, fmt.Sprintf(text, args...))
}

// judge handles an index that could not be read. It returns an error only for one with a
// newer format; any other is rebuilt.
func (inv *inventory) judge(err error, files int) error {
	var newer *FormatError
	switch {
	case errors.As(err, &newer):
		return err
	case errors.Is(err, fs.ErrNotExist):
		inv.stale = true
		if files > 0 {
			inv.note("the index is missing; rebuilt from %s", revisionCount(files))
		}
	case err != nil:
		inv.stale = true
		inv.note("%v; the index is rebuilt from %s", err, revisionCount(files))
	}
	return nil
}

// match makes an entry for every file. Revisions that remain in known have no file.
func (s *store) match(inv *inventory, files []rt.RevisionID, known map[rt.RevisionID]listed) error {
	rebuilt, found := inv.stale, 0
	for id := range known {
		inv.last = max(inv.last, id)
	}
	for _, id := range files {
		if l, ok := known[id]; ok {
			inv.entries = append(inv.entries, &kept.Entry{Revision: l.revision(), Saved: true})
			delete(known, id)
			continue
		}
		e, err := s.read(id, inv)
		if err != nil {
			return err
		}
		if e == nil {
			inv.stale = true
			continue
		}
		inv.entries = append(inv.entries, e)
		if !e.Damaged {
			inv.last, inv.stale = max(inv.last, id), true
			found++
		}
	}
	inv.countDamaged()
	if found > 0 && !rebuilt && !inv.lags {
		inv.note("the index lacked %s; read from the files", revisionCount(found))
	}
	return nil
}

// maxDamagedGap is the distance above the highest certain id up to which a damaged file
// counts as a revision of this store.
const maxDamagedGap = 1000

// countDamaged raises the last id by damaged files, so that the id of a damaged newest
// revision is not used again. It ignores files more than maxDamagedGap above the index and
// the valid files: otherwise a single file name could use up all ids.
func (inv *inventory) countDamaged() {
	highest := inv.last
	inv.entries = slices.DeleteFunc(inv.entries, func(e *kept.Entry) bool {
		if !e.Damaged {
			return false
		}
		if e.ID > highest && e.ID-highest > maxDamagedGap {
			return true
		}
		inv.last = max(inv.last, e.ID)
		inv.stale = true
		return false
	})
}

// read makes an entry of a file. It returns nil if the process that holds the store has
// removed the file in the meantime.
func (s *store) read(id rt.RevisionID, inv *inventory) (*kept.Entry, error) {
	r, err := s.load(id)
	var newer *FormatError
	switch {
	case errors.As(err, &newer):
		return nil, err
	case errors.Is(err, rt.ErrRevisionNotFound):
		return nil, nil
	case err != nil:
		inv.note("%v", err)
		return &kept.Entry{Revision: rt.Revision{ID: id}, Saved: true, Damaged: true}, nil
	}
	return &kept.Entry{Revision: r.Revision, Saved: true}, nil
}

// reportLost reports revisions that are in the index but not in the folder.
func (inv *inventory) reportLost(known map[rt.RevisionID]listed) {
	if len(known) == 0 {
		return
	}
	inv.stale = true
	if !inv.lags {
		inv.note("the index had %s whose files are gone; dropped", revisionCount(len(known)))
	}
}

func revisionCount(n int) string {
	if n == 1 {
		return "1 revision"
	}
	return fmt.Sprintf("%d revisions", n)
}
