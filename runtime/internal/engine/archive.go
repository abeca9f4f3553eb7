package engine

import (
	"log/slog"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/journal"
	"github.com/hotbind/hotbind/runtime/internal/kept"
	"github.com/hotbind/hotbind/runtime/internal/seam"
	"github.com/hotbind/hotbind/runtime/source"

	rt "github.com/hotbind/hotbind/runtime"
)

// An archive keeps revisions: in a store, or in memory.
type archive struct {
	rt.Archive
	memory  *kept.Memory // the archive if there is no store
	name    string       // the name of the store in the log; empty: there is none
	keep    rt.Retention
	backups int    // how many to keep; 0: none
	schema  string // the hash of the program's schema
	journal *journal.Journal
}

func openArchive(opts rt.Options, schema string, j *journal.Journal) (*archive, error) {
	a := &archive{keep: opts.Retention, schema: schema, journal: j}
	if opts.Store == nil {
		a.memory = kept.NewMemory(a.keep)
		a.Archive = a.memory
		return a, nil
	}
	opened, mended, err := opts.Store.Open(a.keep)
	if err != nil {
		return nil, err
	}
	a.Archive, a.name, a.backups = opened, opts.Store.String(), opts.MaxBackups
	for _, note := range mended {
		j.Note(journal.Warn("the store was repaired", "store", a.name, "note", note))
	}
	return a, nil
}

// add keeps a revision that has come into force and, if it was read from files, a copy of
// those. A failure is reported and retried with the next revision; the revision stays in
// force.
func (a *archive) add(ent entry, files []source.File) {
	err := a.keepRecord(ent)
	if err == nil && a.backups > 0 && len(files) > 0 {
		if err = a.Backup(ent.ID, files, a.backups); err == nil {
			a.journal.Note(journal.BackupMade{Revision: ent.ID, Files: journal.NamesOf(files)})
		}
	}
	was := a.journal.Status().StoreError
	a.journal.Note(journal.Saved{Store: a.name, Revision: ent.ID, Err: err, News: (err == nil) != (was == nil)})
}

// keepRecord keeps the record of a revision. Memory keeps its document, and makes the
// record only if somebody reads it.
func (a *archive) keepRecord(ent entry) error {
	revision, base, edits, content := ent.Revision, ent.origin.Base, ent.origin.Edits, ent.content.Hash()
	encode := func() rt.Record { // must keep neither the snapshot nor the content
		record := rt.Record{Revision: revision, Schema: a.schema, Document: base.AppendJSON(nil), Content: content}
		if edits != nil {
			record.Edits = edits.AppendJSON(nil)
		}
		return record
	}
	if a.memory != nil {
		return a.memory.Keep(ent.Revision, encode)
	}
	return a.Add(encode())
}

// latest returns the newest readable revision. It reports those that are unreadable.
func (a *archive) latest() (rt.Record, bool) {
	record, damaged, ok := a.Latest()
	for _, err := range damaged {
		a.journal.Note(journal.Remark{Level: slog.LevelError, Text: "cannot use a revision of the store", Attrs: []any{"store", a.name, "error", err.Error()}})
	}
	return record, ok
}

// has reports whether a record has the value of c, by the same schema.
func (a *archive) has(record rt.Record, c *candidate) bool {
	if record.Schema != a.schema || record.Edits != nil {
		return false
	}
	doc, _, err := record.Documents()
	return err == nil && document.Equal(doc, c.Origin.Doc)
}

// target finds the revision of a rollback request. While hooks run, the revision in force
// is not in the archive yet.
func (a *archive) target(req seam.Target, now rt.Revision) (rt.Record, error) {
	id := rt.RevisionID(req.Revision)
	if id == 0 {
		back, err := kept.Back(a.List(0, 0), now, req.Steps)
		if err != nil {
			return rt.Record{}, err
		}
		id = back
	}
	return a.Get(id)
}
