package runtime

import (
	"context"
	"time"
)

// A Manager is the untyped side of a live configuration: what an operator asks
// of it. Its methods may be called from any goroutine at any time, also from
// inside a hook.
type Manager interface {
	// Reload reads all sources now, without waiting for a change to be seen, and
	// puts what they say into force. A candidate that is refused or rolled back
	// is a *ReloadError and changes nothing. Inside a hook the reload is queued:
	// it runs when the hooks are done, and the result says so.
	Reload(ctx context.Context) (ReloadResult, error)
	// Rollback puts an earlier revision into force again, as a new revision, and
	// holds it until the content of a source changes or Reload is called. Hooks are called as for
	// any change and may refuse it: *RollbackError, as for a revision that is
	// not kept (ErrRevisionNotFound). Inside a hook the rollback is queued.
	Rollback(ctx context.Context, target RollbackTarget) (RollbackResult, error)
	// Status is the state at this moment.
	Status() Status
}

// A ReloadResult tells what became of a reload.
type ReloadResult struct {
	Revision   Revision      // the revision in force afterwards
	Changed    bool          // whether Revision is new
	RolledBack bool          // whether it was in force and a hook's failure undid it
	Queued     bool          // whether it was asked for inside a hook and runs later
	Changes    []ValueChange // what differs between the revision before and the new one
	Warnings   []Finding     // what was noticed and changes nothing
	Duration   time.Duration
}

// A RollbackResult tells what became of a rollback.
type RollbackResult struct {
	From, To Revision // To is the new revision, whose value is the old one's
	Queued   bool
	Changes  []ValueChange
	Duration time.Duration
}

// A RollbackTarget names the revision to go back to.
type RollbackTarget struct {
	id    RevisionID
	steps int
}

// To names a revision by its id.
func To(id RevisionID) RollbackTarget { return RollbackTarget{id: id} }

// Steps names the revision n before the one in force when it is asked for, also
// inside a hook; Steps(1) is the one before it.
func Steps(n int) RollbackTarget { return RollbackTarget{steps: n} }

// ID is the revision named, or 0 where it is named by steps.
func (t RollbackTarget) ID() RevisionID { return t.id }

// Count is the number of steps, or 0 where the revision is named by id.
func (t RollbackTarget) Count() int { return t.steps }

// A Status is the state of a live configuration at one moment.
type Status struct {
	Revision    Revision
	WatchPaths  []string  // the files that are followed
	Watching    bool      // whether changes are seen as they happen; if not, they are found by the poll
	LastReload  time.Time // when a candidate was last looked at; zero: never since the start
	Reloads     uint64    // candidates put into force since the start
	Refusals    uint64    // candidates refused or rolled back since the start
	Hooks       int       // hooks registered
	LastWarning error     // *WatchError, or a *HookError of a hook that could not refuse; nil: none
	// LastError is why the newest content of the sources is not in force. It is
	// nil exactly while it is.
	LastError error
}
