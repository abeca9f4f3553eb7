package history

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Record is a revision with all that is needed to put it into force again.
type Record struct {
	rt.Revision
	// Schema is the SHA-256, in hexadecimal digits, of the schema it was
	// accepted by.
	Schema string
	// Document is what the layers say, merged, as JSON, secrets in the clear.
	Document []byte
	// Content is the SHA-256, in hexadecimal digits, of the sources' content it
	// was read from; empty: unknown.
	Content string
	// Edits are the values that were set through the API above Document, as a JSON
	// object; nil: none.
	Edits []byte
}

// Documents reads Document and Edits, which is nil where there are none. Every value
// has the position "revision 7", without a line. The configuration that was in force
// is both merged.
func (r Record) Documents() (doc, edits *document.Node, err error) {
	doc, err = r.parse(r.Document)
	if err == nil && r.Edits != nil {
		edits, err = r.parse(r.Edits)
	}
	return doc, edits, err
}

// limits let everything through: limits are for what comes from outside, and what
// is kept was in force.
var limits = document.Limits{Bytes: 1 << 30, Nodes: 1 << 30, Depth: 10_000}

func (r Record) parse(text []byte) (*document.Node, error) {
	name := fmt.Sprintf("revision %d", r.ID)
	doc, findings := document.ParseJSON(name, text, limits)
	if failed := findings.Errors(); len(failed) > 0 {
		return nil, &rt.ValidationError{Findings: failed}
	}
	document.Place(doc, document.Position{File: name})
	return doc, nil
}

// normal returns r as it is read back: its time in UTC, its document without
// space between values. What could not be read back is refused.
func (r Record) normal() (Record, error) {
	var err error
	if r.Document, err = compact(r.Document); err != nil {
		return r, fmt.Errorf("the document of revision %d is no JSON: %w", r.ID, err)
	}
	if r.Edits != nil {
		if r.Edits, err = compact(r.Edits); err != nil {
			return r, fmt.Errorf("the edits of revision %d are no JSON: %w", r.ID, err)
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

// compact is JSON without space between values.
func compact(text []byte) ([]byte, error) {
	var b bytes.Buffer
	err := json.Compact(&b, text)
	return b.Bytes(), err
}

func (r Record) clone() Record {
	r.Metadata = maps.Clone(r.Metadata)
	r.Document, r.Edits = slices.Clone(r.Document), slices.Clone(r.Edits)
	return r
}

// A listed revision is how the index and, with more, a file have it.
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

func (r Record) encode() ([]byte, error) {
	return seal(revisionFile{format, list(r.Revision), r.Schema, r.Content, r.Edits, r.Document})
}

// decode reads the file of revision id.
func decode(path string, id rt.RevisionID, data []byte) (Record, error) {
	var f revisionFile
	if err := unseal(path, data, &f); err != nil {
		return Record{}, err
	}
	if f.ID != id {
		return Record{}, &DamagedError{path, fmt.Errorf("it holds revision %d and not %d", f.ID, id)}
	}
	r, err := Record{f.revision(), f.Schema, f.Config, f.Content, f.Edits}.normal()
	if err != nil {
		return Record{}, &DamagedError{path, err}
	}
	return r, nil
}

// padded is an id as names in a store have it, so that they sort as it does.
func padded(id rt.RevisionID) string { return fmt.Sprintf("%010d", uint64(id)) }

// maxID is no id of a revision, so that there is one after every id.
const maxID = math.MaxUint64

// unpadded reads what padded wrote, and nothing else: two names are never one id.
func unpadded(name string) (id rt.RevisionID, ok bool) {
	n, err := strconv.ParseUint(name, 10, 64)
	id = rt.RevisionID(n)
	return id, err == nil && id != 0 && id < maxID && padded(id) == name
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
