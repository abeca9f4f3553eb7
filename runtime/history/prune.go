package history

import (
	"errors"
	"io/fs"
	"slices"

	"github.com/hotbind/hotbind/runtime/internal/kept"

	rt "github.com/hotbind/hotbind/runtime"
)

// Prune removes the revisions that exceed keep and returns how many it removed. It never
// removes protected revisions, the newest one, and the newest one that can be read from
// disk. It removes the oldest first.
func (h *History) Prune(keep rt.Retention, protected ...rt.RevisionID) (removed int, err error) {
	h.writing.Lock()
	defer h.writing.Unlock()
	if err := h.writable(); err != nil || len(h.list.Entries) == 0 {
		return 0, err
	}
	expired := h.list.Expired(keep, h.now(), append(slices.Clip(protected), h.readable())...)
	removed, err = h.removeAll(expired)
	if removed == 0 {
		return removed, err
	}
	return removed, errors.Join(err, h.store.syncRevisions())
}

// readable returns the newest revision that a restart could use, or 0.
func (h *History) readable() rt.RevisionID {
	for _, e := range slices.Backward(h.list.Entries) {
		if !e.Saved {
			continue
		}
		if _, err := h.store.load(e.ID); err == nil {
			return e.ID
		}
	}
	return 0
}

// removeAll removes entries from the store and from the list. It continues after an error.
func (h *History) removeAll(entries []*kept.Entry) (removed int, err error) {
	var gone []*kept.Entry
	for _, e := range entries {
		if e.Saved {
			if e2 := h.store.remove(e.ID); e2 != nil && !errors.Is(e2, fs.ErrNotExist) {
				err = errors.Join(err, e2)
				continue
			}
			h.changes++
		}
		gone = append(gone, e)
	}
	h.list.Drop(gone)
	return len(gone), err
}
