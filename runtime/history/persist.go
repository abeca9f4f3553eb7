package history

import (
	"errors"
	"io/fs"
	"slices"

	"github.com/hotbind/hotbind/runtime/internal/kept"
)

const (
	// maxUnsaved is the maximum number of unsaved revisions in memory.
	maxUnsaved = 100
	// indexEvery is the number of changes after which the index is written.
	indexEvery = 256
)

// persist brings the store up to date with the memory. The caller holds writing.
func (h *History) persist() error {
	if cause := h.saveAll(); cause != nil {
		h.dropUnsaved()
		return h.failed(cause)
	}
	h.list.Mu.Lock()
	h.unsaved = nil
	h.list.Mu.Unlock()
	// Only after saving: until then a restart needs the older ones on disk. A failed
	// removal is tried again later.
	h.removeAll(h.list.Expired(h.keep, h.now()))
	h.forget()
	if h.changes >= indexEvery {
		h.writeIndex() // only a copy; the next change tries again
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

// saveAll saves unsaved revisions, in a new folder if the old one is gone.
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

// ensure creates the folder and locks it again if the folder was removed or replaced.
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
	h.store.writeHolder() // if it fails, only the message of a LockedError suffers
	h.startAgain()
	return nil
}

// savePending saves the oldest first, so that there is never a gap, and stops at the first
// failure, to put no more load on a failing disk.
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

// pending returns the unsaved revisions, oldest first. The caller holds writing.
func (h *History) pending() []*kept.Entry {
	var pending []*kept.Entry
	for _, e := range h.list.Entries {
		if !e.Saved {
			pending = append(pending, e)
		}
	}
	return pending
}

// startAgain marks all revisions as unsaved after the folder was lost.
func (h *History) startAgain() {
	h.list.Mu.Lock()
	defer h.list.Mu.Unlock()
	h.list.Entries = slices.DeleteFunc(slices.Clone(h.list.Entries), func(e *kept.Entry) bool { return e.Record == nil })
	for _, e := range h.list.Entries {
		e.Saved = false
	}
	h.changes++
}

// dropUnsaved bounds memory while revisions cannot be saved.
func (h *History) dropUnsaved() {
	limit := maxUnsaved
	if h.keep.Count > 0 {
		limit = min(limit, h.keep.Count)
	}
	pending := h.pending()
	h.list.Drop(pending[:max(0, len(pending)-limit)])
}

// forget drops the documents of older, saved revisions from memory.
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
