package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
)

// A shownRevision is a revision as printed, in text or JSON.
type shownRevision struct {
	ID       rt.RevisionID     `json:"id"`
	Parent   rt.RevisionID     `json:"parent"`
	Time     time.Time         `json:"time"`
	Cause    rt.Cause          `json:"cause"`
	Metadata map[string]string `json:"metadata,omitempty"`
	Backup   []string          `json:"backup,omitempty"` // paths of the files
	Summary  string            `json:"summary"`          // of the changes from the parent
	Changes  []changed         `json:"changes,omitempty"`
	Config   json.RawMessage   `json:"config,omitempty"`

	changes rt.Changes
}

func (v *historyView) describe(r rt.Revision) shownRevision {
	s := shownRevision{ID: r.ID, Parent: r.Parent, Time: r.Time, Cause: r.Cause, Metadata: r.Metadata}
	for _, f := range v.backups[r.ID].Files {
		s.Backup = append(s.Backup, f.Path)
	}
	s.changes, s.Summary = v.sinceParent(r)
	return s
}

// sinceParent returns the changes from the parent and their summary.
func (v *historyView) sinceParent(r rt.Revision) (changes rt.Changes, summary string) {
	own, err := v.history.Get(r.ID)
	if err != nil {
		v.damage(err)
		return nil, "damaged"
	}
	if r.Parent == 0 {
		return nil, "first revision"
	}
	parent, err := v.history.Get(r.Parent)
	switch {
	case errors.Is(err, rt.ErrRevisionNotFound):
		return nil, fmt.Sprintf("unknown: revision %d is no longer kept", r.Parent)
	case err != nil:
		v.damage(err)
		return nil, fmt.Sprintf("unknown: revision %d is damaged", r.Parent)
	}
	before, err := configOf(v.schema, parent)
	if err != nil {
		return nil, "unknown"
	}
	after, err := configOf(v.schema, own)
	if err != nil {
		return nil, "unknown"
	}
	changes = before.Diff(after)
	return changes, changes.Summary()
}

func numberOrNone(id rt.RevisionID) string {
	if id == 0 {
		return "-"
	}
	return fmt.Sprint(id)
}

func fileCount(files []string) string {
	if len(files) == 0 {
		return "-"
	}
	return plural(len(files), "file")
}

func metadataLine(metadata map[string]string) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(metadata)) {
		parts = append(parts, oneLine(key)+"="+oneLine(metadata[key]))
	}
	return strings.Join(parts, " ")
}

// oneLine joins the lines of text and shortens it.
func oneLine(text string) string { return shortened(strings.Join(strings.Fields(text), " ")) }
