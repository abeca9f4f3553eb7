package history

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/kept"

	rt "github.com/hotbind/hotbind/runtime"
)

// normal returns r in the form in which it is read back: its time in UTC, its document
// without white space. It fails for a record that could not be read back.
func normal(r rt.Record) (rt.Record, error) {
	var err error
	if r.Document, err = compact(r.Document); err != nil {
		return r, fmt.Errorf("the document of revision %d is not JSON: %w", r.ID, err)
	}
	if r.Edits != nil {
		if r.Edits, err = compact(r.Edits); err != nil {
			return r, fmt.Errorf("the edits of revision %d are not JSON: %w", r.ID, err)
		}
	}
	r.Time = r.Time.UTC().Round(0)
	if year := r.Time.Year(); year < 0 || year > 9999 {
		return r, fmt.Errorf("the time of revision %d cannot be written: the year is %d", r.ID, year)
	}
	r.Metadata = maps.Clone(r.Metadata)
	if len(r.Metadata) == 0 {
		r.Metadata = nil
	}
	return r, nil
}

// compact returns JSON without white space between values.
func compact(text []byte) ([]byte, error) {
	var b bytes.Buffer
	err := json.Compact(&b, text)
	return b.Bytes(), err
}

func clone(r rt.Record) rt.Record {
	r.Metadata = maps.Clone(r.Metadata)
	r.Document, r.Edits = slices.Clone(r.Document), slices.Clone(r.Edits)
	return r
}

// A listed revision is the part that both the index and the revision's file contain.
type listed struct {
	ID       rt.RevisionID     `json:"id"`
	Parent   rt.RevisionID     `json:"parent"`
	Time     time.Time         `json:"time"`
	Cause    rt.Cause          `json:"cause"`
	Restores rt.RevisionID     `json:"restores,omitempty"`
	Metadata map[string]string `json:"metadata,omitempty"`
}

func (l listed) revision() rt.Revision {
	return rt.Revision{ID: l.ID, Parent: l.Parent, Time: l.Time, Cause: l.Cause, Restores: l.Restores, Metadata: l.Metadata}
}

func list(r rt.Revision) listed {
	return listed{ID: r.ID, Parent: r.Parent, Time: r.Time, Cause: r.Cause, Restores: r.Restores, Metadata: r.Metadata}
}

// revisionFile is the content of the file of a revision.
type revisionFile struct {
	Format int `json:"format"`
	listed
	Schema  string          `json:"schema"`
	Content string          `json:"content,omitempty"`
	Edits   json.RawMessage `json:"edits,omitempty"`
	Config  json.RawMessage `json:"config"`
}

func encode(r rt.Record) ([]byte, error) {
	return seal(revisionFile{format, list(r.Revision), r.Schema, r.Content, r.Edits, r.Document})
}

// decode reads the file of revision id.
func decode(path string, id rt.RevisionID, data []byte) (rt.Record, error) {
	var f revisionFile
	if err := unseal(path, data, &f); err != nil {
		return rt.Record{}, err
	}
	if f.ID != id {
		return rt.Record{}, &DamagedError{path, fmt.Errorf("it holds revision %d, not %d", f.ID, id)}
	}
	r, err := normal(rt.Record{Revision: f.revision(), Schema: f.Schema, Document: f.Config, Content: f.Content, Edits: f.Edits})
	if err != nil {
		return rt.Record{}, &DamagedError{path, err}
	}
	return r, nil
}

// padded formats an id for file names, so that they sort by id.
func padded(id rt.RevisionID) string { return fmt.Sprintf("%010d", uint64(id)) }

// unpadded parses a padded id, and nothing else: two names never have the same id.
func unpadded(name string) (id rt.RevisionID, ok bool) {
	n, err := strconv.ParseUint(name, 10, 64)
	id = rt.RevisionID(n)
	return id, err == nil && id != 0 && id < kept.MaxID && padded(id) == name
}

const revisionExt = ".json"

func revisionName(id rt.RevisionID) string { return padded(id) + revisionExt }

func revisionOf(name string) (id rt.RevisionID, ok bool) {
	digits, ok := strings.CutSuffix(name, revisionExt)
	if !ok {
		return 0, false
	}
	return unpadded(digits)
}
