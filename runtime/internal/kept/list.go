// Package kept holds revisions in memory: a list of them, which package history saves to
// disk, and an archive of nothing else for a configuration without a store.
package kept

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
)

// An Entry is one stored revision.
type Entry struct {
	rt.Revision
	Record  *rt.Record // nil: on disk only, or made by Encode
	Saved   bool       // on disk
	Damaged bool       // on disk, and only its id is known
	// Encode makes the record of an entry without one. It may be nil.
	Encode func() rt.Record
}

// A List holds entries by id. The methods lock Mu themselves.
type List struct {
	// Mu guards the fields and the entries. It is never held during disk access.
	Mu      sync.RWMutex
	Entries []*Entry      // replaced, never changed in place, except by Append
	Last    rt.RevisionID // the highest id that was ever used
}

// Append adds the newest entry.
func (l *List) Append(e *Entry) {
	l.Mu.Lock()
	defer l.Mu.Unlock()
	l.Entries = append(l.Entries, e)
	l.Last = e.ID
}

// LastID returns the highest id that was ever used, or 0.
func (l *List) LastID() rt.RevisionID {
	l.Mu.RLock()
	defer l.Mu.RUnlock()
	return l.Last
}

// Record returns the record of a revision, nil if it is on disk only. The error is
// rt.ErrRevisionNotFound.
func (l *List) Record(id rt.RevisionID) (*rt.Record, error) {
	e, err := l.find(id)
	switch {
	case err != nil:
		return nil, err
	case e.Encode != nil:
		r := e.Encode()
		return &r, nil
	}
	l.Mu.RLock()
	defer l.Mu.RUnlock()
	return e.Record, nil
}

func (l *List) find(id rt.RevisionID) (*Entry, error) {
	l.Mu.RLock()
	defer l.Mu.RUnlock()
	i, ok := slices.BinarySearchFunc(l.Entries, id, func(e *Entry, id rt.RevisionID) int {
		switch {
		case e.ID < id:
			return -1
		case e.ID > id:
			return 1
		}
		return 0
	})
	if !ok {
		return nil, fmt.Errorf("%w: %d; the last one was %d", rt.ErrRevisionNotFound, id, l.Last)
	}
	return l.Entries[i], nil
}

// List returns at most limit revisions (0: all), newest first, without the newest offset
// ones and without damaged ones.
func (l *List) List(limit, offset int) []rt.Revision {
	l.Mu.RLock()
	defer l.Mu.RUnlock()
	var list []rt.Revision
	for _, e := range slices.Backward(l.Entries) {
		if e.Damaged {
			continue
		}
		if offset--; offset >= 0 {
			continue
		}
		if limit > 0 && len(list) == limit {
			break
		}
		r := e.Revision
		r.Metadata = maps.Clone(r.Metadata)
		list = append(list, r)
	}
	return list
}

// IDs returns the ids, newest first.
func (l *List) IDs() []rt.RevisionID {
	l.Mu.RLock()
	defer l.Mu.RUnlock()
	ids := make([]rt.RevisionID, 0, len(l.Entries))
	for _, e := range slices.Backward(l.Entries) {
		ids = append(ids, e.ID)
	}
	return ids
}

// Drop removes entries.
func (l *List) Drop(entries []*Entry) {
	if len(entries) == 0 {
		return
	}
	gone := make(map[rt.RevisionID]bool, len(entries))
	for _, e := range entries {
		gone[e.ID] = true
	}
	l.Mu.Lock()
	defer l.Mu.Unlock()
	l.Entries = slices.DeleteFunc(slices.Clone(l.Entries), func(e *Entry) bool { return gone[e.ID] })
}

// Expired returns the entries beyond the retention keep, oldest first, except the newest
// and the protected ones. A revision from the future, which results from a clock that was
// set back, is not old.
func (l *List) Expired(keep rt.Retention, now time.Time, protected ...rt.RevisionID) []*Entry {
	l.Mu.RLock()
	defer l.Mu.RUnlock()
	var expired []*Entry
	for i, e := range l.Entries {
		beyond := keep.Count > 0 && len(l.Entries)-i > keep.Count
		old := keep.Age > 0 && !e.Damaged && now.Sub(e.Time) > keep.Age
		newest := i == len(l.Entries)-1
		if (beyond || old) && !newest && !slices.Contains(protected, e.ID) {
			expired = append(expired, e)
		}
	}
	return expired
}

// Check returns an error if a revision cannot be added: ids must rise and stay below the
// highest number, so that every id has a successor.
func (l *List) Check(id rt.RevisionID) error {
	last := l.LastID()
	switch {
	case id == MaxID:
		return fmt.Errorf("revision %d cannot be added: ids must be below it; the last one was %d", uint64(id), last)
	case id <= last:
		return fmt.Errorf("revision %d cannot be added: the last one was %d", id, last)
	}
	return nil
}

// MaxID is not a valid id of a revision.
const MaxID rt.RevisionID = 1<<64 - 1
