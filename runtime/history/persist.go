package history

import (
	"errors"
	"io/fs"
	"slices"

	rt "github.com/hotbind/hotbind/runtime"
)

const (
	// maxUnsaved is how many revisions that cannot be saved are kept in memory
	// when the policy would keep more.
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
	h.mu.Lock()
	h.unsaved = nil
	h.mu.Unlock()
	// Only now: while the newest cannot be saved an older one on disk is all
	// that a restart would find. What cannot be removed is tried again.
	h.removeAll(h.policy.expired(h.entries, h.now(), h.newest()))
	h.forget()
	if h.changes >= indexEvery {
		h.writeIndex() // a copy, of which the next change tries again
	}
	return nil
}

// failed records why the newest revision is not saved.
func (h *History) failed(cause error) error {
	if len(h.entries) == 0 {
		return cause
	}
	newest := h.entries[len(h.entries)-1]
	err := &SaveError{ID: newest.ID, Path: h.store.path(newest.ID), Cause: cause, last: h.closed}
	h.mu.Lock()
	defer h.mu.Unlock()
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
		if err := h.store.save(*e.record); err != nil {
			return err
		}
		h.mu.Lock()
		e.saved = true
		h.mu.Unlock()
		h.changes++
	}
	return nil
}

// pending returns what is not saved, oldest first. writing is held.
func (h *History) pending() []*entry {
	var pending []*entry
	for _, e := range h.entries {
		if !e.saved {
			pending = append(pending, e)
		}
	}
	return pending
}

// startAgain takes note that nothing of ours is on disk any more.
func (h *History) startAgain() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.entries = slices.DeleteFunc(slices.Clone(h.entries), func(e *entry) bool { return e.record == nil })
	for _, e := range h.entries {
		e.saved = false
	}
	h.changes++
}

// dropUnsaved keeps memory bounded while nothing can be saved.
func (h *History) dropUnsaved() {
	limit := maxUnsaved
	if h.policy.Count > 0 {
		limit = min(limit, h.policy.Count)
	}
	pending := h.pending()
	h.drop(pending[:max(0, len(pending)-limit)])
}

// forget leaves the documents of older revisions to the disk.
func (h *History) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range h.entries[:max(0, len(h.entries)-inMemory)] {
		if e.saved {
			e.record = nil
		}
	}
}

// drop takes entries out of the list.
func (h *History) drop(entries []*entry) {
	if len(entries) == 0 {
		return
	}
	gone := make(map[rt.RevisionID]bool, len(entries))
	for _, e := range entries {
		gone[e.ID] = true
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.entries = slices.DeleteFunc(slices.Clone(h.entries), func(e *entry) bool { return gone[e.ID] })
}

// newest is the set of the newest revision alone. writing is held.
func (h *History) newest() map[rt.RevisionID]bool {
	if len(h.entries) == 0 {
		return nil
	}
	return map[rt.RevisionID]bool{h.entries[len(h.entries)-1].ID: true}
}

func (h *History) writeIndex() error {
	index := index{Format: format, Last: h.LastID()}
	for _, e := range h.entries {
		if e.saved && !e.damaged {
			index.Revisions = append(index.Revisions, list(e.Revision))
		}
	}
	if err := h.store.saveIndex(index); err != nil {
		return err
	}
	h.changes = 0
	return nil
}
