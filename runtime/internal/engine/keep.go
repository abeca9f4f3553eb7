package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/runtime/internal/journal"

	rt "github.com/hotbind/hotbind/runtime"
)

// openKept opens what outlives a reload: the revisions, in a store or in memory,
// and the migrations.
func (e *Engine) openKept() error {
	if err := e.loadMigrations(); err != nil {
		return err
	}
	policy := history.Policy{Count: e.opts.MaxRevisions, Age: e.opts.MaxRevisionAge}
	if e.opts.Store == "" {
		e.history = history.New(policy)
		return nil
	}
	kept, mended, err := history.Open(e.opts.Store, policy)
	if err != nil {
		return err
	}
	for _, note := range mended {
		e.journal.Note(journal.Warn("the store was mended", "store", e.opts.Store, "note", note))
	}
	e.history, e.lastID = kept, kept.LastID()
	return nil
}

func (e *Engine) loadMigrations() error {
	if e.opts.Migrations == nil {
		return nil
	}
	migrator, findings := e.opts.Migrations.Load()
	if failed := findings.Errors(); len(failed) > 0 {
		return &rt.ValidationError{Findings: failed}
	}
	e.migrator = migrator
	e.logWarnings(findings.Warnings())
	return nil
}

// keep keeps a revision that has come into force and, where it was read from files,
// a copy of those. What cannot be saved is told, and is tried again with the next
// revision; the revision is in force all the same.
func (e *Engine) keep(ent entry, files []rt.FileContent) {
	record := history.Record{
		Revision: ent.Revision, Schema: e.schema,
		Document: ent.origin.base.AppendJSON(nil), Content: hex.EncodeToString(ent.content[:]),
	}
	if ent.origin.edits != nil {
		record.Edits = ent.origin.edits.AppendJSON(nil)
	}
	err := e.history.Add(record)
	if err == nil && e.opts.Store != "" && e.opts.MaxBackups > 0 && len(files) > 0 {
		if err = e.history.SaveBackup(ent.ID, backupFiles(files), e.opts.MaxBackups); err == nil {
			e.journal.Note(journal.BackupMade{Revision: ent.ID, Files: namesOf(files)})
		}
	}
	e.saved(err)
}

// saved reports whether the store has what is in force.
func (e *Engine) saved(err error) {
	was := e.journal.Status().StoreError
	e.journal.Note(journal.Saved{Store: e.opts.Store, Revision: e.now().ID, Err: err, News: (err == nil) != (was == nil)})
}

func backupFiles(files []rt.FileContent) []history.File {
	kept := make([]history.File, 0, len(files))
	for _, f := range files {
		path, err := filepath.Abs(f.Path)
		if err != nil {
			continue // there is no working directory: nothing could be restored either
		}
		file := history.File{Path: path, Mode: 0o600, Content: f.Content}
		if info, err := os.Stat(path); err == nil {
			file.Mode = info.Mode().Perm()
		}
		kept = append(kept, file)
	}
	return kept
}

// filesOf are the files that content was read from.
func (e *Engine) filesOf(c reading) []rt.FileContent {
	var all []rt.FileContent
	for i := range e.layers {
		if set, ok := e.layers[i].source.(rt.FileSet); ok {
			all = append(all, set.Files(c.layers[i])...)
		}
	}
	return all
}

// recall makes a candidate of a revision that is kept.
func (e *Engine) recall(record history.Record) (*candidate, error) {
	doc, edits, err := record.Documents()
	if err != nil {
		return nil, err
	}
	made, err := e.compose([]said{{doc.Pos().File, doc}}, edits)
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
func contentOf(record history.Record) (s signature) {
	raw, err := hex.DecodeString(record.Content)
	if err == nil && len(raw) == sha256.Size {
		copy(s[:], raw)
	}
	return s
}
