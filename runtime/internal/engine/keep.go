package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/hotbind/hotbind/runtime/internal/journal"
	"github.com/hotbind/hotbind/runtime/internal/kept"
	"github.com/hotbind/hotbind/runtime/internal/load"

	rt "github.com/hotbind/hotbind/runtime"
)

// openKept opens what outlives a reload: the revisions, in a store or in memory,
// and the migrations.
func (e *Engine) openKept() error {
	if err := e.makeLoader(); err != nil {
		return err
	}
	keep := e.retention()
	if e.opts.Store == nil {
		e.history = kept.NewMemory(keep)
		return nil
	}
	archive, mended, err := e.opts.Store.Open(keep)
	if err != nil {
		return err
	}
	for _, note := range mended {
		e.journal.Note(journal.Warn("the store was mended", "store", e.storeName(), "note", note))
	}
	e.history, e.lastID = archive, archive.LastID()
	return nil
}

func (e *Engine) retention() rt.Retention {
	return rt.Retention{Count: e.opts.MaxRevisions, Age: e.opts.MaxRevisionAge}
}

// storeName returns what the log calls the store; empty: there is none.
func (e *Engine) storeName() string {
	if e.opts.Store == nil {
		return ""
	}
	return e.opts.Store.String()
}

// makeLoader makes the loader of the sources and reads their migrations.
func (e *Engine) makeLoader() error {
	loader, warnings, err := load.New(e.program, e.opts)
	if err != nil {
		return err
	}
	e.loader = loader
	e.logWarnings(warnings)
	return nil
}

// keep keeps a revision that has come into force and, where it was read from files,
// a copy of those. What cannot be saved is told, and is tried again with the next
// revision; the revision is in force all the same.
func (e *Engine) keep(ent entry, files []rt.FileContent) {
	record := rt.Record{
		Revision: ent.Revision, Schema: e.schema,
		Document: ent.origin.Base.AppendJSON(nil), Content: hex.EncodeToString(ent.content[:]),
	}
	if ent.origin.Edits != nil {
		record.Edits = ent.origin.Edits.AppendJSON(nil)
	}
	err := e.history.Add(record)
	if err == nil && e.opts.Store != nil && e.opts.MaxBackups > 0 && len(files) > 0 {
		if err = e.history.Backup(ent.ID, files, e.opts.MaxBackups); err == nil {
			e.journal.Note(journal.BackupMade{Revision: ent.ID, Files: journal.NamesOf(files)})
		}
	}
	e.saved(err)
}

// saved reports whether the store has what is in force.
func (e *Engine) saved(err error) {
	was := e.journal.Status().StoreError
	e.journal.Note(journal.Saved{Store: e.storeName(), Revision: e.now().ID, Err: err, News: (err == nil) != (was == nil)})
}

// recall makes a candidate of a revision that is kept.
func (e *Engine) recall(record rt.Record) (*candidate, error) {
	doc, edits, err := record.Documents()
	if err != nil {
		return nil, err
	}
	made, err := e.compose([]load.Layer{{Name: doc.Pos().File, Doc: doc}}, edits)
	return made, notAllowed(record.ID, err)
}

// notAllowed says which revision it is that an error is about.
func notAllowed(id rt.RevisionID, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("revision %d is not what this program allows: %w", id, err)
}

// contentOf is the content that a revision came from.
func contentOf(record rt.Record) (s load.Signature) {
	raw, err := hex.DecodeString(record.Content)
	if err == nil && len(raw) == sha256.Size {
		copy(s[:], raw)
	}
	return s
}
