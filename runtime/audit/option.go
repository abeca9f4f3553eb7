package audit

import rt "github.com/hotbind/hotbind/runtime"

// File returns an option that appends a line to a file for every decision: each revision,
// refusal, rollback, restored backup, pruning, and each time that following is enabled or
// disabled. The policy decides about decisions that cannot be recorded.
func File(path string, p Policy) rt.Option {
	return func(o *rt.Options) { o.AuditLog, o.AuditContinue = &auditFile{path: path}, p == Continue }
}

// A Policy decides about a decision whose line cannot be written.
type Policy uint8

const (
	// Refuse refuses the decision. It is the default. Decisions that cannot be refused (a
	// refusal itself, Disable) are reported as with Continue.
	Refuse Policy = iota
	// Continue carries the decision out and reports the failure in the log at level Error, in
	// [rt.Status].AuditError and as a notification.
	Continue
)

// An auditFile implements [rt.AuditLog].
type auditFile struct {
	path string
	*Log // nil until Open
}

func (f *auditFile) String() string { return f.path }

func (f *auditFile) Open() (mended bool, err error) {
	if f.Log, err = Open(f.path); err != nil {
		return false, err
	}
	return f.Mended(), nil
}
