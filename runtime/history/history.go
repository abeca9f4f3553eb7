package history

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
)

// A History keeps revisions: the newest in memory, and in a store on disk when
// there is one. It may be used from several goroutines at once; what only reads
// never waits for a disk that another one writes to.
type History struct {
	policy Policy
	store  *store // nil: memory only
	now    func() time.Time

	// writing is held by who changes the history, for as long as it takes.
	writing sync.Mutex
	closed  bool
	changes int // since the index was written

	// mu guards what follows and is never held while the disk is used.
	mu      sync.RWMutex
	entries []*entry // by id
	last    rt.RevisionID
	unsaved error
}

// An entry is one revision that is kept.
type entry struct {
	rt.Revision
	record  *Record // nil: on disk only
	saved   bool    // on disk
	damaged bool    // on disk, and nothing is known of it but its id
}

// inMemory is how many of the newest revisions stay in memory beside a store.
const inMemory = 10

// New returns a history in memory, which ends with the process.
func New(p Policy) *History { return &History{policy: p, now: time.Now} }

// Add keeps a revision, and removes older ones that the policy no longer allows.
// Its id must be higher than all before it, and lower than the highest number.
//
// With a store nil means that it is on disk, and all before it: it survives the
// end of the process and of the machine, however they come. After a [SaveError]
// the revision is kept in memory, and a later Add saves it first, unless by then
// there are more of them than the policy keeps, or than 100. After any other
// error, which is for a record that could not be read back, nothing was kept.
func (h *History) Add(r Record) error {
	h.writing.Lock()
	defer h.writing.Unlock()
	r, err := h.admit(r)
	if err != nil {
		return err
	}
	h.mu.Lock()
	h.entries = append(h.entries, &entry{Revision: r.Revision, record: &r})
	h.last = r.ID
	h.mu.Unlock()
	if h.store == nil {
		h.drop(h.policy.expired(h.entries, h.now(), h.newest()))
		return nil
	}
	return h.persist()
}

// admit returns r as it is kept, or why it is not.
func (h *History) admit(r Record) (Record, error) {
	if err := h.writable(); err != nil {
		return r, err
	}
	last := h.LastID()
	switch {
	case r.ID == maxID:
		return r, fmt.Errorf("revision %d cannot be added: ids end below it, the last one was %d", uint64(r.ID), last)
	case r.ID <= last:
		return r, fmt.Errorf("revision %d cannot be added: the last one was %d", r.ID, last)
	}
	return r.normal()
}

func (h *History) writable() error {
	switch {
	case h.closed:
		return rt.ErrClosed
	case h.store != nil && h.store.readOnly:
		return ErrReadOnly
	}
	return nil
}

// Get returns a revision. The error is [rt.ErrRevisionNotFound] for one that is
// not kept and a [DamagedError] for one whose file is not what was written.
func (h *History) Get(id rt.RevisionID) (Record, error) {
	h.mu.RLock()
	e := h.find(id)
	if e == nil {
		defer h.mu.RUnlock()
		return Record{}, fmt.Errorf("%w: %d is not kept; the last one was %d", rt.ErrRevisionNotFound, id, h.last)
	}
	record := e.record
	h.mu.RUnlock()
	if record != nil {
		return record.clone(), nil
	}
	return h.store.load(id)
}

// find returns the entry of a revision, or nil. mu or writing is held.
func (h *History) find(id rt.RevisionID) *entry {
	i, ok := slices.BinarySearchFunc(h.entries, id, func(e *entry, id rt.RevisionID) int {
		switch {
		case e.ID < id:
			return -1
		case e.ID > id:
			return 1
		}
		return 0
	})
	if !ok {
		return nil
	}
	return h.entries[i]
}

// Back returns the revision n before from, which need not be kept. A rollback counts as
// the revision that it restores. The error matches rt.ErrRevisionNotFound.
func (h *History) Back(from rt.Revision, n int) (rt.RevisionID, error) {
	at, left := ValueOf(from), n
	for _, r := range h.List(0, 0) {
		if r.ID >= at {
			continue
		}
		if left--; left == 0 {
			return r.ID, nil
		}
		at = ValueOf(r)
	}
	return 0, fmt.Errorf("%w: %d steps back from revision %d", rt.ErrRevisionNotFound, n, from.ID)
}

// ValueOf returns the revision that r has its value from: itself, or what it restores.
func ValueOf(r rt.Revision) rt.RevisionID { return cmp.Or(r.Restores, r.ID) }

// List returns the revisions, newest first: at most limit of them, or all when
// it is 0, without the newest offset ones. Files are not read for it, so that one
// that was damaged meanwhile is listed all the same.
func (h *History) List(limit, offset int) []rt.Revision {
	h.mu.RLock()
	defer h.mu.RUnlock()
	var list []rt.Revision
	for _, e := range slices.Backward(h.entries) {
		if e.damaged {
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

// Latest returns the newest revision that is not damaged, with the errors of
// those that were passed over. It is not ok when there is none.
func (h *History) Latest() (r Record, passed []error, ok bool) {
	h.mu.RLock()
	ids := make([]rt.RevisionID, 0, len(h.entries))
	for _, e := range slices.Backward(h.entries) {
		ids = append(ids, e.ID)
	}
	h.mu.RUnlock()
	for _, id := range ids {
		r, err := h.Get(id)
		if err == nil {
			return r, passed, true
		}
		passed = append(passed, err)
	}
	return Record{}, passed, false
}

// LastID returns the highest id that was ever used, or 0. With a store that is in
// all that ever used it.
func (h *History) LastID() rt.RevisionID {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.last
}

// Unsaved returns nil while every revision is saved or there is no store, and
// otherwise the [SaveError] of the newest one that is not.
func (h *History) Unsaved() error {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.unsaved
}

// Close saves what is not saved yet and releases the store. What reads can still
// be used. The error says what was not saved.
func (h *History) Close() error {
	h.writing.Lock()
	defer h.writing.Unlock()
	if h.closed || h.store == nil {
		h.closed = true
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
