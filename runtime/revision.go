package runtime

import (
	"context"
	"maps"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/seam"
)

// A RevisionID numbers the configurations that came into force, from 1: in one process,
// or with a store across all processes that used it. A revision that a failing hook
// undid has used up its number.
type RevisionID uint64

// A Cause is the reason why a revision was made.
type Cause string

// The causes of a revision.
const (
	CauseFileChange Cause = "file_change" // the start, or changed content of a source
	CauseAPIUpdate  Cause = "api_update"  // Update
	CauseRollback   Cause = "rollback"    // Rollback
	CauseManual     Cause = "manual"      // Reload, Restore or Create
)

// A Revision is an accepted configuration.
type Revision struct {
	ID     RevisionID `json:"id"`
	Parent RevisionID `json:"parent"` // the revision in force before; 0 for the first
	Time   time.Time  `json:"time"`   // when it came into force
	Cause  Cause      `json:"cause"`
	// Restores is the revision that a rollback put into force again, which is never a
	// rollback itself; 0: not a rollback.
	Restores RevisionID `json:"restores,omitempty"`
	// Metadata was given with the request, see [ContextWithMetadata]; nil: none.
	Metadata map[string]string `json:"metadata,omitempty"`
}

// RevisionFrom returns the revision that a hook with the context ctx is called for: the
// one in force, or in Prepare the next one. A hook that is called with the reverse change
// because another hook failed gets the revision that stays in force.
func RevisionFrom(ctx context.Context) (r Revision, ok bool) {
	r, ok = ctx.Value(seam.RevisionKey{}).(Revision)
	return r, ok
}

// ContextWithMetadata returns a context that attaches metadata, such as a reason or a
// deployment, to the revision made by a Reload, Update, Rollback or Create. The key
// "actor" names who made the request; the audit log records it in a field of its own.
func ContextWithMetadata(ctx context.Context, metadata map[string]string) context.Context {
	return context.WithValue(ctx, seam.MetadataKey{}, maps.Clone(metadata))
}

// Revisions manages the kept revisions and, with a store, the backups of the source
// files. Its methods may be called from any goroutine. The interface may grow; a fake
// should embed it.
type Revisions interface {
	// Current returns the revision in force.
	Current() Revision
	// Get returns a kept revision, or [ErrRevisionNotFound].
	Get(id RevisionID) (Revision, error)
	// Config returns the effective configuration of a revision as JSON, secrets hidden.
	Config(id RevisionID) ([]byte, error)
	// List returns at most limit revisions (0: all), newest first, after skipping offset.
	List(limit, offset int) []Revision
	// Diff returns the changes between two revisions, by the schema of this program.
	Diff(from, to RevisionID) (Changes, error)
	// Create adds a revision without a change, as a mark with the metadata of ctx, for
	// example before a deployment. Inside a hook it returns [ErrInsideHook].
	Create(ctx context.Context) (Revision, error)
	// Prune removes revisions beyond the retention and returns how many. A zero field
	// has the value of [WithRetention]. The revision in force is never removed.
	Prune(keep Retention) (int, error)
	// Backups lists the copies of the source files in the store, newest first. Without
	// a store it returns [ErrNoStore].
	Backups() ([]Backup, error)
	// Restore writes the files of a backup to their places and reloads. Owner, mode and
	// symbolic links stay as they are. It checks everything before it writes the first
	// file. Inside a hook it returns [ErrInsideHook].
	Restore(ctx context.Context, id RevisionID) (ReloadResult, error)
}

// A Retention limits which revisions are kept. The newest one is always kept.
type Retention struct {
	Count int           // the newest Count; 0: the default, 10
	Age   time.Duration // not older than this; 0: any age
}

// A Backup is a copy of the source files as a revision was read from them.
type Backup struct {
	ID    RevisionID // of that revision
	Time  time.Time
	Files []string // the paths of the original files
}
