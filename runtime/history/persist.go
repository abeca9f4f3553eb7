package history

import (
	"errors"
	"io/fs"
	"slices"

	"github.com/hotbind/hotbind/runtime/internal/kept"
)

const (
	// maxUnsaved is how many revisions that cannot be saved are kept in memory
	// when the retention would keep more.
	maxUnsaved = 100
	// indexEvery is after how many changes the index is written.
	indexEvery = 256
)

// persist brings the store up to the memory. writing is held.
func (h *History) persist() error {
	if cause := h.saveAll(); cause != nil {
		h.dropUnsaved()
		return h.failed(cause)
	}
	h.list.Mu.Lock()
	h.unsaved = nil
	h.list.Mu.Unlock()
	// Only now: while the newest cannot be saved an older one on disk is all
	// that a restart would find. What cannot be removed is tried again.
	h.removeAll(h.list.Expired(h.keep, h.now()))
	h.forget()
	if h.changes >= indexEvery {
		h.writeIndex() // a copy, of which the next change tries again
	}
	return nil
}

// failed records why the newest revision is not saved.
func (h *History) failed(cause error) error {
	if len(h.list.Entries) == 0 {
		return cause
	}
	newest := h.list.Entries[len(h.list.Entries)-1]
	err := &SaveError{ID: newest.ID, Path: h.store.path(newest.ID), Cause: cause, last: h.closed}
	h.list.Mu.Lock()
	defer h.list.Mu.Unlock()
	h.unsaved = err
	return err
}

// saveAll saves what is not saved yet, in a new folder when the old one is gone.
func (h *History) saveAll() error {
	if err := h.ensure(); err != nil {
		return err
	}
	err := h.savePending()
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	made, err := h.store.furnish()
	if err != nil {
		return err
	}
	if made {
		h.startAgain()
	}
	return h.savePending()
}

// ensure makes the folder and takes the lock again when somebody removed or
// replaced the folder.
func (h *History) ensure() error {
	if h.store.held() {
		return nil
	}
	if err := h.store.enter(); err != nil {
		return err
	}
	if _, err := h.store.furnish(); err != nil {
		return err
	}
	h.store.writeHolder() // others learn less when it fails, and no more than that
	h.startAgain()
	return nil
}

// savePending saves the oldest first, so that a gap is never left behind, and
// stops at the first that fails: a disk in trouble is not hurried.
func (h *History) savePending() error {
	for _, e := range h.pending() {
		if err := h.store.save(*e.Record); err != nil {
			return err
		}
		h.list.Mu.Lock()
		e.Saved = true
		h.list.Mu.Unlock()
		h.changes++
	}
	return nil
}

// pending returns what is not saved, oldest first. writing is held.
func (h *History) pending() []*kept.Entry {
	var pending []*kept.Entry
	for _, e := range h.list.Entries {
		if !e.Saved {
			pending = append(pending, e)
		}
	}
	return pending
}

// startAgain takes note that nothing of ours is on disk any more.
func (h *History) startAgain() {
	h.list.Mu.Lock()
	defer h.list.Mu.Unlock()
	h.list.Entries = slices.DeleteFunc(slices.Clone(h.list.Entries), func(e *kept.Entry) bool { return e.Record == nil })
	for _, e := range h.list.Entries {
		e.Saved = false
	}
	h.changes++
}

// dropUnsaved keeps memory bounded while nothing can be saved.
func (h *History) dropUnsaved() {
	limit := maxUnsaved
	if h.keep.Count > 0 {
		limit = min(limit, h.keep.Count)
	}
	pending := h.pending()
	h.list.Drop(pending[:max(0, len(pending)-limit)])
}

// forget leaves the documents of older revisions to the disk.
func (h *History) forget() {
	h.list.Mu.Lock()
	defer h.list.Mu.Unlock()
	for _, e := range h.list.Entries[:max(0, len(h.list.Entries)-inMemory)] {
		if e.Saved {
			e.Record = nil
		}
	}
}

func (h *History) writeIndex() error {
	index := index{Format: format, Last: h.LastID()}
	for _, e := range h.list.Entries {
		if e.Saved && !e.Damaged {
			index.Revisions = append(index.Revisions, list(e.Revision))
		}
	}
	if err := h.store.saveIndex(index); err != nil {
		return err
	}
	h.changes = 0
	return nil
}
