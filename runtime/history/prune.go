package history

import (
	"errors"
	"io/fs"
	"slices"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Policy says what is kept. The newest revision always is.
type Policy struct {
	Count int           // the newest this many; 0 or less: however many there are
	Age   time.Duration // those younger than this; 0 or less: however old they are
}

// expired returns the entries that the policy does not keep, oldest first. One
// from the future, which a clock that was set back makes, is not old.
func (p Policy) expired(entries []*entry, now time.Time, keep map[rt.RevisionID]bool) []*entry {
	var expired []*entry
	for i, e := range entries {
		beyond := p.Count > 0 && len(entries)-i > p.Count
		old := p.Age > 0 && !e.damaged && now.Sub(e.Time) > p.Age
		if (beyond || old) && !keep[e.ID] {
			expired = append(expired, e)
		}
	}
	return expired
}

// Prune removes the revisions that p does not keep and returns how many there
// were. Those in keep stay, and so does the newest, and the newest that can be
// read from disk. When it is stopped half-way the oldest are gone.
func (h *History) Prune(p Policy, keep ...rt.RevisionID) (removed int, err error) {
	h.writing.Lock()
	defer h.writing.Unlock()
	if err := h.writable(); err != nil || len(h.entries) == 0 {
		return 0, err
	}
	protected := h.newest()
	for _, id := range keep {
		protected[id] = true
	}
	if h.store != nil {
		h.protectReadable(protected)
	}
	expired := p.expired(h.entries, h.now(), protected)
	if h.store == nil {
		h.drop(expired)
		return len(expired), nil
	}
	removed, err = h.removeAll(expired)
	if removed == 0 {
		return removed, err
	}
	return removed, errors.Join(err, h.store.syncRevisions())
}

// protectReadable adds the newest revision that a restart could use.
func (h *History) protectReadable(protected map[rt.RevisionID]bool) {
	for _, e := range slices.Backward(h.entries) {
		if !e.saved {
			continue
		}
		if _, err := h.store.load(e.ID); err == nil {
			protected[e.ID] = true
			return
		}
	}
}

// removeAll removes entries from the store and from the list. It goes on after
// an error, for the next may be removable.
func (h *History) removeAll(entries []*entry) (removed int, err error) {
	var gone []*entry
	for _, e := range entries {
		if e.saved {
			if e2 := h.store.remove(e.ID); e2 != nil && !errors.Is(e2, fs.ErrNotExist) {
				err = errors.Join(err, e2)
				continue
			}
			h.changes++
		}
		gone = append(gone, e)
	}
	h.drop(gone)
	return len(gone), err
}
