package engine

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hotbind/hotbind/runtime/audit"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/runtime/internal/journal"
	"github.com/hotbind/hotbind/runtime/internal/load"

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
	record, err := r.history.Get(id)
	return record.Revision, err
}

func (r revisions) List(limit, offset int) []rt.Revision { return r.history.List(limit, offset) }

func (r revisions) Config(id rt.RevisionID) ([]byte, error) {
	snapshot, _, err := r.snapshot(id)
	if err != nil {
		return nil, err
	}
	return r.program.Marshal(snapshot), nil
}

func (r revisions) Diff(from, to rt.RevisionID) (rt.RevisionDiff, error) {
	before, a, err := r.snapshot(from)
	if err != nil {
		return rt.RevisionDiff{}, err
	}
	after, b, err := r.snapshot(to)
	if err != nil {
		return rt.RevisionDiff{}, err
	}
	return rt.RevisionDiff{From: a, To: b, Changes: r.program.Diff(before, after).Changes("")}, nil
}

// snapshot is the value of a revision, which is kept as a document only.
func (r revisions) snapshot(id rt.RevisionID) (any, rt.Revision, error) {
	if now := r.now(); now.ID == id {
		return now.snapshot, now.Revision, nil
	}
	record, err := r.history.Get(id)
	if err != nil {
		return nil, rt.Revision{}, err
	}
	doc, edits, err := record.Documents()
	if err != nil {
		return nil, rt.Revision{}, err
	}
	snapshot, _, err := load.Decode(r.program, document.Merge(doc, edits, r.program.Shape()))
	return snapshot, record.Revision, notAllowed(id, err)
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
	same := &candidate{Result: &load.Result{Snapshot: before.snapshot, Origin: before.origin}}
	after := r.newEntry(ctx, same, before.content, rt.CauseManual)
	err := r.journal.Admit(audit.Record{Decision: audit.Create, Cause: after.Cause, Revision: after.ID, Previous: before.ID, Metadata: rt.MetadataFrom(ctx)})
	if err != nil {
		return rt.Revision{}, err
	}
	r.install(after)
	r.keep(after, nil)
	return after.Revision, nil
}

func (r revisions) Prune(opts ...rt.PruneOption) (int, error) {
	if r.ctx.Err() != nil {
		return 0, rt.ErrClosed
	}
	policy := history.Policy{Count: r.opts.MaxRevisions, Age: r.opts.MaxRevisionAge}
	if len(opts) > 0 {
		var o rt.PruneOptions
		for _, opt := range opts {
			opt(&o)
		}
		asked, err := policyOf(o)
		if err != nil {
			return 0, err
		}
		policy = asked
	}
	detail := pruneDetail(policy)
	if err := r.journal.Admit(audit.Record{Decision: audit.Prune, Detail: detail}); err != nil {
		return 0, err
	}
	return r.history.Prune(policy, r.now().ID)
}

// policyOf is what the options of a pruning ask for, whose zero values are no limits.
func policyOf(o rt.PruneOptions) (p history.Policy, err error) {
	if o.Count != nil {
		if p.Count = *o.Count; p.Count < 1 {
			return p, fmt.Errorf("KeepCount(%d): at least one revision is kept", p.Count)
		}
	}
	if o.For != nil {
		if p.Age = *o.For; p.Age <= 0 {
			return p, fmt.Errorf("KeepFor(%v): the time must be above 0", p.Age)
		}
	}
	return p, nil
}

// pruneDetail is what a pruning keeps, for the audit log.
func pruneDetail(p history.Policy) string {
	var limits []string
	if p.Count > 0 {
		limits = append(limits, fmt.Sprintf("at most %d revisions", p.Count))
	}
	if p.Age > 0 {
		limits = append(limits, fmt.Sprintf("none older than %v", p.Age))
	}
	if limits == nil {
		return "keep all"
	}
	return "keep " + strings.Join(limits, ", ")
}

// Backups implements [rt.Manager].
func (e *Engine) Backups() ([]rt.Backup, error) {
	kept, err := e.history.Backups()
	var list []rt.Backup
	for _, b := range kept {
		backup := rt.Backup{ID: b.ID, Time: b.Time}
		for _, f := range b.Files {
			backup.Files = append(backup.Files, f.Path)
		}
		list = append(list, backup)
	}
	return list, err
}

// RestoreBackup implements [rt.Manager].
func (e *Engine) RestoreBackup(ctx context.Context, id rt.RevisionID) (rt.ReloadResult, error) {
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
	asked := attempt{request: journal.Restore, start: time.Now(), metadata: rt.MetadataFrom(ctx)}
	err := e.journal.Admit(audit.Record{Decision: audit.Restore, Detail: fmt.Sprintf("backup %d", id), Metadata: asked.metadata})
	if err == nil {
		var written []string
		if written, err = e.history.Restore(id, ""); len(written) > 0 {
			e.journal.Note(journal.FilesRestored{Backup: id, Files: written})
		}
	}
	if err != nil {
		now := e.now().Revision
		return rt.ReloadResult{Revision: now, Duration: e.refusal(now.ID, err, asked)}, err
	}
	return e.readAndApply(ctx, journal.Restore, rt.ReloadOptions{})
}
