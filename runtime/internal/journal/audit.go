package journal

import (
	"fmt"
	"log/slog"
	"sync"

	"github.com/hotbind/hotbind/runtime/internal/seam"

	rt "github.com/hotbind/hotbind/runtime"
)

// An auditor writes the audit log, if there is one.
type auditor struct {
	log    rt.AuditLog // nil: there is none
	refuse bool        // whether to refuse decisions that cannot be recorded
	mu     sync.Mutex  // held while a record is written
	open   bool
}

// Open opens the audit log, if there is one. It fails only if the policy refuses
// decisions that cannot be recorded.
func (j *Journal) Open() error {
	if j.audit.log == nil {
		return nil
	}
	mended, err := j.audit.log.Open()
	if err != nil && j.audit.refuse {
		return err
	}
	j.audit.open = err == nil
	if mended {
		j.Note(Remark{Level: slog.LevelWarn, Text: "the audit log was repaired: its last line was incomplete", Attrs: []any{"file", j.audit.log.String()}})
	}
	j.audited(err)
	return nil
}

// Close closes the audit log.
func (j *Journal) Close() error {
	j.audit.mu.Lock()
	defer j.audit.mu.Unlock()
	if !j.audit.open {
		return nil
	}
	return j.audit.log.Close()
}

// Admit records a decision in the audit log before it is carried out. If it returns an
// error, the decision must not be carried out: the policy refuses decisions that cannot
// be recorded.
func (j *Journal) Admit(d rt.AuditRecord) error {
	if j.audit.log == nil {
		return nil
	}
	d.Actor, d.Environment = d.Metadata[seam.ActorKey], j.environment
	if d.Revision == 0 {
		d.Revision = j.inForce()
	}
	err := j.audit.append(d)
	j.audited(err)
	if err == nil || !j.audit.refuse {
		return nil
	}
	return fmt.Errorf("the decision %q cannot be recorded in the audit log: %w", d.Decision, err)
}

// append writes to the log. It opens the log again if that failed before.
func (a *auditor) append(d rt.AuditRecord) (err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.open {
		if _, err = a.log.Open(); err != nil {
			return err
		}
		a.open = true
	}
	return a.log.Append(d)
}

// audited reports that the audit log lacks the last decision, or can be written again.
func (j *Journal) audited(err error) {
	was := j.Status().AuditError
	if err != nil || was != nil {
		j.Note(audited{file: j.audit.log.String(), refuse: j.audit.refuse, err: err})
	}
}

// audited reports that the audit log cannot be written, or can be again.
type audited struct {
	file   string
	refuse bool
	err    error
}

func (e audited) report() report {
	status := func(s *rt.Status) { s.AuditError = e.err }
	if e.err == nil {
		return report{level: slog.LevelInfo, line: "the audit log can be written again", attrs: []any{"file", e.file}, status: status}
	}
	policy := "continue"
	if e.refuse {
		policy = "refuse"
	}
	return report{
		level: slog.LevelError, line: "the audit log cannot be written", attrs: []any{"file", e.file, "policy", policy, "error", e.err.Error()},
		notice: failure(rt.EventAuditFailed, "the audit log cannot be written: "+e.err.Error(), e.err),
		status: status,
	}
}
