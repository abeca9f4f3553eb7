package history

import (
	"errors"
	"sync"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/kept"

	rt "github.com/hotbind/hotbind/runtime"
)

// A History keeps revisions in a store on disk, and the newest also in memory. It is safe
// for concurrent use. Methods that only read do not wait for methods that write to disk.
type History struct {
	keep  rt.Retention
	store *store
	now   func() time.Time

	// writing is held during every change of the history, disk writes included.
	writing sync.Mutex
	closed  bool
	changes int // since the last write of the index

	list    kept.List
	unsaved error // guarded by list.Mu
}

// inMemory is how many of the newest revisions stay in memory.
const inMemory = 10

// Add saves a revision and removes older ones that exceed the retention. Its id must be
// higher than all earlier ones and lower than the highest uint64.
//
// After Add returns nil, this revision and all earlier ones are on disk and survive a
// crash of the process and of the machine. After a [SaveError] the revision is kept in
// memory, and the next Add saves it first; at most 100 such revisions are kept, or fewer
// if the retention keeps fewer. Any other error means that the record is invalid and was
// not kept.
func (h *History) Add(r rt.Record) error {
	h.writing.Lock()
	defer h.writing.Unlock()
	r, err := h.admit(r)
	if err != nil {
		return err
	}
	h.list.Append(&kept.Entry{Revision: r.Revision, Record: &r})
	return h.persist()
}

// admit returns r in normal form, or an error if it cannot be kept.
func (h *History) admit(r rt.Record) (rt.Record, error) {
	if err := h.writable(); err != nil {
		return r, err
	}
	if err := h.list.Check(r.ID); err != nil {
		return r, err
	}
	return normal(r)
}

func (h *History) writable() error {
	switch {
	case h.closed:
		return rt.ErrClosed
	case h.store.readOnly:
		return ErrReadOnly
	}
	return nil
}

// Get returns a revision. The error matches [rt.ErrRevisionNotFound] if the store does not
// have it, and is a [DamagedError] if its file is damaged.
func (h *History) Get(id rt.RevisionID) (rt.Record, error) {
	record, err := h.list.Record(id)
	switch {
	case err != nil:
		return rt.Record{}, err
	case record != nil:
		return clone(*record), nil
	}
	return h.store.load(id)
}

// Back returns the id of the revision n steps before from; the store may no longer have
// from itself. A rollback counts as the revision that it restores. If there is no such
// revision, the error matches [rt.ErrRevisionNotFound].
func (h *History) Back(from rt.Revision, n int) (rt.RevisionID, error) {
	return kept.Back(h.List(0, 0), from, n)
}

// List returns at most limit revisions, newest first, after skipping the newest offset
// ones. A limit of 0 means all. List reads no files, so it also returns revisions whose
// files were damaged after Open.
func (h *History) List(limit, offset int) []rt.Revision { return h.list.List(limit, offset) }

// Latest returns the newest undamaged revision and the errors of the damaged ones that it
// skipped. It reports false if there is no such revision.
func (h *History) Latest() (r rt.Record, passed []error, ok bool) {
	for _, id := range h.list.IDs() {
		r, err := h.Get(id)
		if err == nil {
			return r, passed, true
		}
		passed = append(passed, err)
	}
	return rt.Record{}, passed, false
}

// LastID returns the highest id that the store has ever used, or 0.
func (h *History) LastID() rt.RevisionID { return h.list.LastID() }

// Unsaved returns the [SaveError] of the newest unsaved revision, or nil if all are saved.
func (h *History) Unsaved() error {
	h.list.Mu.RLock()
	defer h.list.Mu.RUnlock()
	return h.unsaved
}

// Close saves unsaved revisions and releases the store. Methods that read still work after
// it. The error lists the revisions that could not be saved.
func (h *History) Close() error {
	h.writing.Lock()
	defer h.writing.Unlock()
	if h.closed {
		return nil
	}
	h.closed = true
	if h.store.readOnly {
		return nil
	}
	var saving, index error
	if len(h.pending()) > 0 {
		saving = h.persist()
	}
	if h.changes > 0 && h.store.held() {
		index = h.writeIndex()
	}
	return errors.Join(saving, index, h.store.release())
}
