package runtime

import "time"

// MetadataActor is the key of metadata under which stands who made a request: the audit log
// has it in a place of its own. See [ContextWithMetadata].
const MetadataActor = "actor"

// An AuditLog opens a log of decisions. Package audit has one in a file; applications pass
// audit.File to Open and need nothing of this.
type AuditLog interface {
	// Open opens the log, which belongs to the caller until it closes the writer. mended
	// reports whether half a line at the end, which a process left, was removed.
	Open() (log AuditWriter, mended bool, err error)
	// String returns the name of the log in messages.
	String() string
}

// An AuditWriter writes an audit log. Its methods may be called from any goroutine.
type AuditWriter interface {
	// Append records a decision, whose Seq, Time and hashes are its own. After nil the
	// record survives the end of the machine; after an error it is not there.
	Append(AuditRecord) error
	Close() error
}

// A Decision says what was decided.
type Decision string

// The decisions.
const (
	DecisionStart    Decision = "start"    // the first revision came into force
	DecisionReload   Decision = "reload"   // what the sources say is put into force
	DecisionRefusal  Decision = "refusal"  // a candidate is refused, or was taken out of force again
	DecisionUpdate   Decision = "update"   // values set through the API are put into force
	DecisionRollback Decision = "rollback" // an earlier revision is put into force
	DecisionRestore  Decision = "restore"  // the source files of a backup are written back
	DecisionCreate   Decision = "create"   // a revision is made that changes nothing
	DecisionPrune    Decision = "prune"    // revisions are removed
	DecisionEnable   Decision = "enable"   // the sources are followed from now on
	DecisionDisable  Decision = "disable"  // they are not followed any more
	DecisionStrategy Decision = "strategy" // changes become reloads by another strategy from now on
)

// An AuditRecord is one line of an audit log. What was decided is written before it is
// carried out, so that a decision which was undone has a refusal behind it. No secret is in
// it in the clear.
type AuditRecord struct {
	Seq         uint64            `json:"seq"` // 1 for the first line, and one more for each
	Time        time.Time         `json:"time"`
	Decision    Decision          `json:"decision"`
	Actor       string            `json:"actor,omitempty"` // who asked, see MetadataActor
	Cause       Cause             `json:"cause,omitempty"`
	Revision    RevisionID        `json:"revision"`           // in force after it
	Previous    RevisionID        `json:"previous,omitempty"` // in force before it, where that differs
	Environment string            `json:"environment,omitempty"`
	Files       []string          `json:"files,omitempty"` // that were read or are written
	Detail      string            `json:"detail,omitempty"`
	Metadata    map[string]string `json:"metadata,omitempty"`
	Changes     Changes           `json:"changes,omitempty"` // the first 100
	MoreChanges int               `json:"more_changes,omitempty"`
	Error       string            `json:"error,omitempty"`
	// PreviousHash is the Hash of the line before, and Hash the SHA-256, in hex, of
	// the text of this line up to the comma before "hash".
	PreviousHash string `json:"previous_hash"`
	Hash         string `json:"hash"`
}
