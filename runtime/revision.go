package runtime

import (
	"context"
	"fmt"
	"maps"
	"time"
)

// A RevisionID numbers the configurations that came into force, from 1 up: in one
// process, or with a store in all that ever used the store. One that a failing
// hook took out again has used up its number for the rest of the process.
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
	ID     RevisionID `json:"id"`
	Parent RevisionID `json:"parent"` // the revision in force before it; 0 for the first
	Time   time.Time  `json:"time"`   // when it came into force
	Cause  Cause      `json:"cause"`
	// Restores is, for a rollback, the revision whose value it has, which is no rollback.
	Restores RevisionID `json:"restores,omitempty"`
	// Metadata is what was said about it when it was asked for; nil: nothing.
	Metadata map[string]string `json:"metadata,omitempty"`
}

type revisionKey struct{}

// ContextWithRevision returns a context that carries r, as hooks are given one.
func ContextWithRevision(ctx context.Context, r Revision) context.Context {
	return context.WithValue(ctx, revisionKey{}, r)
}

// RevisionFrom returns the revision that the hook which was given ctx is told
// of: the one that has come into force, or in Prepare is about to. A hook that
// is told of the way back, because another one failed, gets the revision that
// stays in force, which is an earlier one than it was told of before.
func RevisionFrom(ctx context.Context) (r Revision, ok bool) {
	r, ok = ctx.Value(revisionKey{}).(Revision)
	return r, ok
}

type metadataKey struct{}

// ContextWithMetadata returns a context that carries what is to be said of the
// revision which a Reload, Update, Rollback or Create with it makes: who asked,
// which deployment.
func ContextWithMetadata(ctx context.Context, metadata map[string]string) context.Context {
	return context.WithValue(ctx, metadataKey{}, maps.Clone(metadata))
}

// MetadataFrom returns what ContextWithMetadata put into ctx, or nil.
func MetadataFrom(ctx context.Context) map[string]string {
	metadata, _ := ctx.Value(metadataKey{}).(map[string]string)
	return metadata
}

// Revisions are those that are kept: in memory, and in a store with history.Store.
// The methods may be called from any goroutine.
type Revisions interface {
	// Current is the revision in force.
	Current() Revision
	// Get returns a revision; ErrRevisionNotFound if it is not kept.
	Get(id RevisionID) (Revision, error)
	// Config is the effective configuration of a revision as JSON, secrets hidden.
	Config(id RevisionID) ([]byte, error)
	// List returns at most limit revisions, the newest first, after leaving out
	// offset ones; a limit of 0 is all.
	List(limit, offset int) []Revision
	// Diff compares two revisions as the schema of this program sees them.
	Diff(from, to RevisionID) (RevisionDiff, error)
	// Create adds a revision of what is in force, to which nothing changes: a mark,
	// say before a deployment, with the metadata of ctx. Inside a hook it is
	// refused.
	Create(ctx context.Context) (Revision, error)
	// Prune removes revisions that are more or older than is to be kept and returns
	// how many. The one in force is never removed. Without options it applies those
	// of Open.
	Prune(opts ...PruneOption) (int, error)
}

// A RevisionDiff is what differs between two revisions.
type RevisionDiff struct {
	From, To Revision
	Changes  Changes
}

// Summary is the difference on one line: 3 changes: 1 added, 2 modified.
func (d RevisionDiff) Summary() string { return d.Changes.Summary() }

// A PruneOption says which revisions are kept.
type PruneOption func(*Retention) error

// KeepCount keeps the newest n revisions, of which one always is kept. Prune returns an
// error for an n below 1.
func KeepCount(n int) PruneOption {
	return func(r *Retention) error {
		if n < 1 {
			return fmt.Errorf("KeepCount(%d): at least one revision is kept", n)
		}
		r.Count = n
		return nil
	}
}

// KeepFor keeps revisions that are not older than d. Prune returns an error for a d that
// is not above 0.
func KeepFor(d time.Duration) PruneOption {
	return func(r *Retention) error {
		if d <= 0 {
			return fmt.Errorf("KeepFor(%v): the time must be above 0", d)
		}
		r.Age = d
		return nil
	}
}

// A Backup is a copy of the source files as a revision was read from them.
type Backup struct {
	ID    RevisionID // of that revision
	Time  time.Time
	Files []string // where they stood
}
