package engine

import (
	"context"
	"fmt"

	"github.com/hotbind/hotbind/runtime/audit"

	rt "github.com/hotbind/hotbind/runtime"
)

// openAudit opens the audit log, if there is to be one.
func (e *Engine) openAudit() error {
	if e.opts.AuditLog == "" {
		return nil
	}
	log, err := audit.Open(e.opts.AuditLog)
	if err != nil && e.opts.AuditPolicy == rt.AuditRefuse {
		return err
	}
	e.audit = log
	if log != nil && log.Mended() {
		e.opts.Logger.Warn("the audit log was mended: the end of its last line was missing", "file", e.opts.AuditLog)
	}
	e.audited(err)
	return nil
}

// record writes a decision to the audit log, before it is carried out. The error is
// that it must not be: what is not on record is refused.
func (e *Engine) record(ctx context.Context, r audit.Record) error {
	if e.opts.AuditLog == "" {
		return nil
	}
	if r.Metadata == nil {
		r.Metadata = rt.MetadataFrom(ctx)
	}
	r.Actor, r.Environment = r.Metadata[rt.MetadataActor], e.environment
	if r.Revision == 0 {
		r.Revision = e.now().ID
	}
	err := e.appendRecord(r)
	e.audited(err)
	if err == nil || e.opts.AuditPolicy == rt.AuditContinue {
		return nil
	}
	return fmt.Errorf("the decision %q cannot be recorded in the audit log: %w", r.Decision, err)
}

// appendRecord writes to the log, which is opened anew where that failed before.
func (e *Engine) appendRecord(r audit.Record) (err error) {
	e.auditing.Lock()
	defer e.auditing.Unlock()
	if e.audit == nil {
		if e.audit, err = audit.Open(e.opts.AuditLog); err != nil {
			e.audit = nil
			return err
		}
	}
	return e.audit.Append(r)
}

// audited notes whether the audit log has the last decision, and tells when that
// changes.
func (e *Engine) audited(err error) {
	e.mu.Lock()
	was := e.status.AuditError
	e.status.AuditError = err
	e.mu.Unlock()
	switch {
	case err != nil:
		e.opts.Logger.Error("the audit log cannot be written", "file", e.opts.AuditLog, "policy", e.opts.AuditPolicy.String(), "error", err.Error())
		e.tell(rt.Notification{Event: rt.EventAuditFailed, Message: "the audit log cannot be written: " + err.Error(), Error: err.Error()})
	case was != nil:
		e.opts.Logger.Info("the audit log can be written again", "file", e.opts.AuditLog)
	}
}

// closeAudit gives back the audit log.
func (e *Engine) closeAudit() error {
	e.auditing.Lock()
	defer e.auditing.Unlock()
	if e.audit == nil {
		return nil
	}
	return e.audit.Close()
}

// recordRefusal writes down that a candidate is not in force, which nothing can
// refuse.
func (e *Engine) recordRefusal(kept rt.RevisionID, cause error, a attempt) {
	_ = e.record(e.ctx, audit.Record{
		Decision: audit.Refusal, Cause: a.cause, Revision: kept, Metadata: a.metadata,
		Files: filesIn(cause, a.files), Changes: a.changes, Error: cause.Error(),
	})
}

// decisionOf is what a revision decides.
func decisionOf(c rt.Cause) audit.Decision {
	switch c {
	case rt.CauseAPIUpdate:
		return audit.Update
	case rt.CauseRollback:
		return audit.Rollback
	}
	return audit.Reload
}

// recordTransition writes down that a revision comes into force.
func (e *Engine) recordTransition(before rt.RevisionID, after rt.Revision, a attempt) error {
	return e.record(e.ctx, audit.Record{
		Decision: decisionOf(after.Cause), Cause: after.Cause, Revision: after.ID, Previous: before, Metadata: after.Metadata,
		Files: namesOf(a.files), Changes: a.changes,
	})
}
