package runtime

import (
	"context"
	"time"
)

// A RevisionID numbers the configurations that came into force, from 1 up: in one
// process, or with a store in all that ever used the store. One that a failing
// hook took out again has used up its number.
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
	// Metadata is what was said about it when it was asked for; nil: nothing.
	Metadata map[string]string
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
