package runtime

import "time"

// A RevisionID numbers the accepted configurations of one process, from 1 up.
type RevisionID uint64

// A Cause says why a revision came to be.
type Cause string

// The causes of a revision.
const (
	CauseFileChange Cause = "file_change"
	CauseAPIUpdate  Cause = "api_update"
	CauseRollback   Cause = "rollback"
	CauseManual     Cause = "manual"
)

// A Revision is an accepted configuration.
type Revision struct {
	ID     RevisionID
	Parent RevisionID // the revision in force before it; 0 for the first
	Time   time.Time
	Cause  Cause
}
