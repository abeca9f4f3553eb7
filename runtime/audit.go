package runtime

// MetadataActor is the key of metadata under which stands who made a request: the audit log
// has it in a place of its own. See [ContextWithMetadata].
const MetadataActor = "actor"

// An AuditPolicy says what becomes of a decision whose line cannot be written to the
// audit log.
type AuditPolicy uint8

const (
	// AuditRefuse refuses it: what is not on record does not happen. It is the
	// default. What cannot be refused (a refusal itself, Disable) is reported as with
	// AuditContinue.
	AuditRefuse AuditPolicy = iota
	// AuditContinue carries it out and reports the failure in the log at level Error, in
	// [Status].AuditError and as a notification.
	AuditContinue
)

// String is refuse or continue.
func (p AuditPolicy) String() string {
	if p == AuditContinue {
		return "continue"
	}
	return "refuse"
}
