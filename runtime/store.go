package runtime

import (
	"fmt"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/source"
)

// A Store opens an archive that outlives the process. Package history implements it;
// applications use history.Store.
type Store interface {
	// Open opens the store for one user until the archive is closed. Each note describes
	// one repaired damage in one line.
	Open(keep Retention) (archive Archive, notes []string, err error)
	// String returns the name of the store for logs and messages.
	String() string
}

// An Archive keeps revisions and, with a [Store], backups of the files that they were read
// from. Its methods may be called from any goroutine.
type Archive interface {
	// Add keeps a revision, whose id must be higher than all earlier ones, and removes those
	// beyond the retention. After an error the revision may be in memory only.
	Add(Record) error
	// Get returns a revision, or ErrRevisionNotFound.
	Get(RevisionID) (Record, error)
	// List returns at most limit revisions (0: all), newest first, after skipping offset.
	List(limit, offset int) []Revision
	// Latest returns the newest readable revision and the errors of newer ones; ok is false
	// if there is none.
	Latest() (latest Record, damaged []error, ok bool)
	// LastID returns the highest id ever used, or 0.
	LastID() RevisionID
	// Prune removes the revisions beyond keep, except protected ones and the newest, and
	// returns how many. A zero field of keep is no limit.
	Prune(keep Retention, protected ...RevisionID) (removed int, err error)
	// Backup copies the files that a revision was read from and removes all but the newest
	// keep backups, which are at least 1. Without a store it returns ErrNoStore.
	Backup(id RevisionID, files []source.File, keep int) error
	// Backups returns the backups, newest first, with an error for those that are damaged.
	// Without a store it returns ErrNoStore.
	Backups() ([]Backup, error)
	// Restore writes the files of a backup back and returns the paths it wrote. The error is
	// ErrBackupNotFound for a backup that is not kept and ErrNoStore without a store.
	Restore(id RevisionID) (written []string, err error)
	// Unsaved returns nil while everything is saved or there is no store, and otherwise why
	// the newest revision is not.
	Unsaved() error
	// Close saves what is not saved yet and releases the store. Reading still works.
	Close() error
}

// A Record is a revision with everything needed to restore it.
type Record struct {
	Revision
	// Schema is the SHA-256, in hexadecimal digits, of the schema that accepted it.
	Schema string
	// Document is the merged document of the layers as JSON, secrets in the clear.
	Document []byte
	// Content is the SHA-256, in hexadecimal digits, of the sources; empty: unknown.
	Content string
	// Edits are the values set by Update above Document, as a JSON object; nil: none.
	Edits []byte
}

// recordLimits admit everything: limits are for input, and a record was in force.
var recordLimits = document.Limits{Bytes: 1 << 30, Nodes: 1 << 30, Depth: 10_000}

// Documents parses Document and Edits; edits is nil if there are none. The effective
// configuration is both merged. Every value has a position such as "revision 7".
func (r Record) Documents() (doc, edits *document.Node, err error) {
	doc, err = r.parse(r.Document)
	if err == nil && r.Edits != nil {
		edits, err = r.parse(r.Edits)
	}
	return doc, edits, err
}

func (r Record) parse(text []byte) (*document.Node, error) {
	name := fmt.Sprintf("revision %d", r.ID)
	doc, findings := document.ParseValue(document.Position{File: name}, string(text), recordLimits)
	if failed := findings.Errors(); len(failed) > 0 {
		return nil, &ValidationError{Findings: failed}
	}
	return doc, nil
}
