package engine

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/journal"
	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/internal/seam"

	rt "github.com/hotbind/hotbind/runtime"
)

// revisions implements [rt.Revisions].
type revisions struct{ *Engine }

// Revisions implements [rt.Manager].
func (e *Engine) Revisions() rt.Revisions { return revisions{e} }

func (r revisions) Current() rt.Revision { return r.now().Revision }

func (r revisions) Get(id rt.RevisionID) (rt.Revision, error) {
	if now := r.now().Revision; now.ID == id {
		return now, nil
	}
	record, err := r.archive.Get(id)
	return record.Revision, err
}

func (r revisions) List(limit, offset int) []rt.Revision { return r.archive.List(limit, offset) }

func (r revisions) Config(id rt.RevisionID) ([]byte, error) {
	snapshot, err := r.snapshot(id)
	if err != nil {
		return nil, err
	}
	return r.program.Marshal(snapshot), nil
}

func (r revisions) Diff(from, to rt.RevisionID) (rt.Changes, error) {
	before, err := r.snapshot(from)
	if err != nil {
		return nil, err
	}
	after, err := r.snapshot(to)
	if err != nil {
		return nil, err
	}
	return r.program.Diff(before, after).Changes(""), nil
}

// snapshot returns the value of a revision, which is stored as a document only.
func (r revisions) snapshot(id rt.RevisionID) (any, error) {
	if now := r.now(); now.ID == id {
		return now.snapshot, nil
	}
	record, err := r.archive.Get(id)
	if err != nil {
		return nil, err
	}
	doc, edits, err := record.Documents()
	if err != nil {
		return nil, err
	}
	made, err := load.Decode(r.program, document.Merge(doc, edits, r.program.Shape()), nil)
	if err != nil {
		return nil, notAllowed(id, err)
	}
	return made.Snapshot, nil
}

func (r revisions) Create(ctx context.Context) (rt.Revision, error) {
	if r.inside(ctx) {
		return rt.Revision{}, rt.ErrInsideHook
	}
	if err := r.take(ctx); err != nil {
		return rt.Revision{}, err
	}
	defer r.yield()
	before := r.now()
	same := &candidate{Result: &load.Result{Snapshot: before.snapshot, Memory: before.memory, Origin: before.origin}}
	after := r.newEntry(ctx, same, before.content, rt.CauseManual)
	err := r.journal.Admit(rt.AuditRecord{Decision: rt.DecisionCreate, Cause: after.Cause, Revision: after.ID, Previous: before.ID, Metadata: seam.Metadata(ctx)})
	if err != nil {
		return rt.Revision{}, err
	}
	r.install(after)
	r.archive.add(after, nil)
	return after.Revision, nil
}

func (r revisions) Prune(keep rt.Retention) (int, error) {
	switch {
	case r.ctx.Err() != nil:
		return 0, rt.ErrClosed
	case keep.Count < 0:
		return 0, fmt.Errorf("Prune: Count must not be negative, got %d", keep.Count)
	case keep.Age < 0:
		return 0, fmt.Errorf("Prune: Age must not be negative, got %v", keep.Age)
	case keep == rt.Retention{}:
		keep = r.archive.keep
	}
	detail := pruneDetail(keep)
	if err := r.journal.Admit(rt.AuditRecord{Decision: rt.DecisionPrune, Detail: detail}); err != nil {
		return 0, err
	}
	return r.archive.Prune(keep, r.now().ID)
}

// pruneDetail describes what a pruning keeps, for the audit log.
func pruneDetail(keep rt.Retention) string {
	var limits []string
	if keep.Count > 0 {
		limits = append(limits, fmt.Sprintf("at most %d revisions", keep.Count))
	}
	if keep.Age > 0 {
		limits = append(limits, fmt.Sprintf("none older than %v", keep.Age))
	}
	if limits == nil {
		return "keep all"
	}
	return "keep " + strings.Join(limits, ", ")
}

func (r revisions) Backups() ([]rt.Backup, error) { return r.archive.Backups() }

func (r revisions) Restore(ctx context.Context, id rt.RevisionID) (rt.ReloadResult, error) {
	return r.restore(ctx, id)
}

// restore writes a backup to the source files and reads them.
func (e *Engine) restore(ctx context.Context, id rt.RevisionID) (rt.ReloadResult, error) {
	switch {
	case e.ctx.Err() != nil:
		return rt.ReloadResult{}, rt.ErrClosed
	case e.inside(ctx):
		return rt.ReloadResult{}, rt.ErrInsideHook
	}
	if err := e.take(ctx); err != nil {
		return rt.ReloadResult{}, err
	}
	defer e.yield()
	a := e.attempt(ctx, journal.Restore)
	err := e.journal.Admit(rt.AuditRecord{Decision: rt.DecisionRestore, Detail: fmt.Sprintf("backup %d", id), Metadata: a.metadata})
	if err == nil {
		var written []string
		if written, err = e.archive.Restore(id); len(written) > 0 {
			e.journal.Note(journal.FilesRestored{Backup: id, Files: written})
		}
	}
	if err != nil {
		now := e.now().Revision
		e.refused(a, &rt.ReloadError{Kept: now.ID, Cause: err}, err)
		return rt.ReloadResult{Revision: now, Duration: time.Since(a.start)}, err
	}
	return e.readAndApply(ctx, journal.Restore, seam.Request{})
}
