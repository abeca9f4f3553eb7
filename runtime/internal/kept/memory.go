package kept

import (
	"maps"
	"sync"
	"time"

	"github.com/hotbind/hotbind/runtime/source"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Memory is an archive that ends with the process.
type Memory struct {
	keep rt.Retention
	list List

	mu     sync.Mutex // held to add or remove
	closed bool
}

// NewMemory returns an empty archive.
func NewMemory(keep rt.Retention) *Memory { return &Memory{keep: keep} }

// Add implements [rt.Archive]. The texts of the record must not be changed afterwards.
func (m *Memory) Add(r rt.Record) error {
	return m.Keep(r.Revision, func() rt.Record { return r })
}

// Keep is Add for a record that is made when somebody reads it. Encode is called at most
// once, on any goroutine. It need not set the revision.
func (m *Memory) Keep(r rt.Revision, encode func() rt.Record) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return rt.ErrClosed
	}
	if err := m.list.Check(r.ID); err != nil {
		return err
	}
	r.Time, r.Metadata = r.Time.UTC().Round(0), maps.Clone(r.Metadata)
	m.list.Append(&Entry{Revision: r, Encode: sync.OnceValue(func() rt.Record {
		record := encode()
		record.Revision = r
		return record
	})})
	m.list.Drop(m.list.Expired(m.keep, time.Now()))
	return nil
}

// Get implements [rt.Archive]. The texts of the record must not be changed.
func (m *Memory) Get(id rt.RevisionID) (rt.Record, error) {
	record, err := m.list.Record(id)
	if err != nil {
		return rt.Record{}, err
	}
	r := *record
	r.Metadata = maps.Clone(r.Metadata)
	return r, nil
}

// List implements [rt.Archive].
func (m *Memory) List(limit, offset int) []rt.Revision { return m.list.List(limit, offset) }

// Latest implements [rt.Archive].
func (m *Memory) Latest() (rt.Record, []error, bool) {
	r, err := m.Get(m.list.LastID())
	return r, nil, err == nil
}

// LastID implements [rt.Archive].
func (m *Memory) LastID() rt.RevisionID { return m.list.LastID() }

// Prune implements [rt.Archive].
func (m *Memory) Prune(keep rt.Retention, protected ...rt.RevisionID) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return 0, rt.ErrClosed
	}
	expired := m.list.Expired(keep, time.Now(), protected...)
	m.list.Drop(expired)
	return len(expired), nil
}

// Unsaved implements [rt.Archive].
func (*Memory) Unsaved() error { return nil }

// Backup implements [rt.Archive].
func (*Memory) Backup(rt.RevisionID, []source.File, int) error { return rt.ErrNoStore }

// Backups implements [rt.Archive].
func (*Memory) Backups() ([]rt.Backup, error) { return nil, rt.ErrNoStore }

// Restore implements [rt.Archive].
func (*Memory) Restore(rt.RevisionID) ([]string, error) { return nil, rt.ErrNoStore }

// Close implements [rt.Archive].
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	return nil
}
