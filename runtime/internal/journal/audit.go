package journal

import (
	"fmt"
	"log/slog"
	"sync"

	"github.com/hotbind/hotbind/runtime/audit"

	rt "github.com/hotbind/hotbind/runtime"
)

// An auditor writes the audit log, if there is one.
type auditor struct {
	file   string
	policy rt.AuditPolicy
	mu     sync.Mutex // lasts for the writing of a line
	log    *audit.Log // nil: it could not be opened, or not yet
}

// Open opens the audit log, if there is to be one. The error is that nothing may happen
// without it.
func (j *Journal) Open() error {
	if j.audit.file == "" {
		return nil
	}
	log, err := audit.Open(j.audit.file)
	if err != nil && j.audit.policy == rt.AuditRefuse {
		return err
	}
	j.audit.log = log
	if log != nil && log.Mended() {
		j.Note(Remark{Level: slog.LevelWarn, Text: "the audit log was repaired: the end of its last line was missing", Attrs: []any{"file", j.audit.file}})
	}
	j.audited(err)
	return nil
}

// Close gives back the audit log.
func (j *Journal) Close() error {
	j.audit.mu.Lock()
	defer j.audit.mu.Unlock()
	if j.audit.log == nil {
		return nil
	}
	return j.audit.log.Close()
}

// Admit records a decision in the audit log before it is carried out. The error says
// that it must not be: the policy refuses what is not on record.
func (j *Journal) Admit(d audit.Record) error {
	if j.audit.file == "" {
		return nil
	}
	d.Actor, d.Environment = d.Metadata[rt.MetadataActor], j.environment
	if d.Revision == 0 {
		d.Revision = j.inForce()
	}
	err := j.audit.append(d)
	j.audited(err)
	if err == nil || j.audit.policy == rt.AuditContinue {
		return nil
	}
	return fmt.Errorf("the decision %q cannot be recorded in the audit log: %w", d.Decision, err)
}

// append writes to the log, which is opened anew where that failed before.
func (a *auditor) append(d audit.Record) (err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.log == nil {
		if a.log, err = audit.Open(a.file); err != nil {
			a.log = nil
			return err
		}
	}
	return a.log.Append(d)
}

// audited reports whether the audit log has the last decision, when that changes.
func (j *Journal) audited(err error) {
	was := j.Status().AuditError
	if err != nil || was != nil {
		j.Note(audited{file: j.audit.file, policy: j.audit.policy, err: err})
	}
}

// audited is the event that the audit log cannot be written, or can be again.
type audited struct {
	file   string
	policy rt.AuditPolicy
	err    error
}

func (e audited) report() report {
	status := func(s *rt.Status) { s.AuditError = e.err }
	if e.err == nil {
		return report{level: slog.LevelInfo, line: "the audit log can be written again", attrs: []any{"file", e.file}, status: status}
	}
	return report{
		level: slog.LevelError, line: "the audit log cannot be written", attrs: []any{"file", e.file, "policy", e.policy.String(), "error", e.err.Error()},
		notice: failure(rt.EventAuditFailed, "the audit log cannot be written: "+e.err.Error(), e.err),
		status: status,
	}
}
