package history

import (
	"errors"
	"sync"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/kept"

	rt "github.com/hotbind/hotbind/runtime"
)

// A History keeps revisions in a store on disk, the newest in memory too. It may be used
// from several goroutines at once; what only reads never waits for a disk that another
// one writes to.
type History struct {
	keep  rt.Retention
	store *store
	now   func() time.Time

	// writing is held by who changes the history, for as long as it takes.
	writing sync.Mutex
	closed  bool
	changes int // since the index was written

	list    kept.List
	unsaved error // guarded by list.Mu
}

// inMemory is how many of the newest revisions stay in memory.
const inMemory = 10

// Add keeps a revision, and removes older ones that the retention no longer allows.
// Its id must be higher than all before it, and lower than the highest number.
//
// nil means that it is on disk, and all before it: it survives the
// end of the process and of the machine, however they come. After a [SaveError]
// the revision is kept in memory, and a later Add saves it first, unless by then
// there are more of them than the retention keeps, or than 100. After any other
// error, which is for a record that could not be read back, nothing was kept.
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

// admit returns r as it is kept, or why it is not.
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

// Get returns a revision. The error is [rt.ErrRevisionNotFound] for one that is
// not kept and a [DamagedError] for one whose file is not what was written.
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

// Back returns the revision n before from, which need not be kept. A rollback counts as
// the revision that it restores. The error matches rt.ErrRevisionNotFound.
func (h *History) Back(from rt.Revision, n int) (rt.RevisionID, error) {
	return kept.Back(h.List(0, 0), from, n)
}

// List returns the revisions, newest first: at most limit of them, or all when
// it is 0, without the newest offset ones. Files are not read for it, so that one
// that was damaged meanwhile is listed all the same.
func (h *History) List(limit, offset int) []rt.Revision { return h.list.List(limit, offset) }

// Latest returns the newest revision that is not damaged, with the errors of
// those that were passed over. It is not ok when there is none.
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

// LastID returns the highest id that was ever used in the store, or 0.
func (h *History) LastID() rt.RevisionID { return h.list.LastID() }

// Unsaved returns nil while every revision is saved, and otherwise the [SaveError] of the newest one that is not.
func (h *History) Unsaved() error {
	h.list.Mu.RLock()
	defer h.list.Mu.RUnlock()
	return h.unsaved
}

// Close saves what is not saved yet and releases the store. Methods that read still work.
// The error lists what was not saved.
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
