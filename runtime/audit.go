package runtime

import "time"

// An AuditLog records decisions. Package audit implements it; applications use audit.File.
// Append may be called from any goroutine.
type AuditLog interface {
	// Open opens the log until Close. mended reports whether an incomplete last line was
	// removed.
	Open() (mended bool, err error)
	// Append records a decision and sets its Seq, Time and hashes. If it returns nil, the
	// record survives a crash of the machine; if it fails, the record is not in the log.
	Append(AuditRecord) error
	// Close closes the log.
	Close() error
	// String returns the name of the log for messages.
	String() string
}

// A Decision is the kind of an [AuditRecord].
type Decision string

// The decisions.
const (
	DecisionStart    Decision = "start"    // the first revision came into force
	DecisionReload   Decision = "reload"   // the content of the sources comes into force
	DecisionRefusal  Decision = "refusal"  // a candidate is refused or was rolled back
	DecisionUpdate   Decision = "update"   // values set by Update come into force
	DecisionRollback Decision = "rollback" // an earlier revision comes into force
	DecisionRestore  Decision = "restore"  // a backup is written to the source files
	DecisionCreate   Decision = "create"   // a revision without a change is made
	DecisionPrune    Decision = "prune"    // revisions are removed
	DecisionEnable   Decision = "enable"   // the sources are followed
	DecisionDisable  Decision = "disable"  // the sources are no longer followed
	DecisionStrategy Decision = "strategy" // another strategy is used
)

// An AuditRecord is one line of an audit log. A decision is written before it is carried
// out; one that is rolled back is followed by a refusal. Secrets are hidden.
type AuditRecord struct {
	Seq         uint64            `json:"seq"` // from 1, without gaps
	Time        time.Time         `json:"time"`
	Decision    Decision          `json:"decision"`
	Actor       string            `json:"actor,omitempty"` // who made the request, see ContextWithMetadata
	Cause       Cause             `json:"cause,omitempty"`
	Revision    RevisionID        `json:"revision"`           // in force after the decision
	Previous    RevisionID        `json:"previous,omitempty"` // in force before, if different
	Environment string            `json:"environment,omitempty"`
	Files       []string          `json:"files,omitempty"` // read or to be written
	Detail      string            `json:"detail,omitempty"`
	Metadata    map[string]string `json:"metadata,omitempty"`
	Changes     Changes           `json:"changes,omitempty"` // the first 100
	MoreChanges int               `json:"more_changes,omitempty"`
	Error       string            `json:"error,omitempty"`
	// PreviousHash is the Hash of the line before. Hash is the SHA-256, in hexadecimal, of
	// this line up to the comma before "hash".
	PreviousHash string `json:"previous_hash"`
	Hash         string `json:"hash"`
}
