package runtime

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// A Finding is one thing wrong with a configuration: where, what and what is
// allowed instead.
type Finding = document.Finding

// A Position is a place in a source.
type Position = document.Position

// Errors to compare with errors.Is.
var (
	// ErrRevisionChanged is why a request with [IfRevision] is refused.
	ErrRevisionChanged = errors.New("another revision is in force than the one that was asked about")
	// ErrClosed is returned after Close by whatever would change something.
	ErrClosed = errors.New("the configuration is closed")
	// ErrRevisionNotFound is returned for a revision that is not kept.
	ErrRevisionNotFound = errors.New("revision not found")
	// ErrBackupNotFound is returned for a backup that is not kept.
	ErrBackupNotFound = errors.New("backup not found")
	// ErrNoStore is returned where a store is needed and none was given: see
	// history.Store.
	ErrNoStore = errors.New("there is no store")
	// ErrProductionReload is returned by Enable in production, unless
	// [AllowProduction] is given.
	ErrProductionReload = errors.New("following files is off in production")
	// ErrInsideHook is returned by what cannot be done inside a hook, a validator or a
	// source, which a transition waits for.
	ErrInsideHook = errors.New("it cannot be done inside a hook, a validator or a source")
	// ErrEmpty is what the error for a file without content is, by errors.Is.
	ErrEmpty = errors.New("the file is empty")
)

// A ValidationError lists everything that is wrong with a configuration, in the
// order of its files. Its text has the first twenty findings, one a line.
type ValidationError struct {
	Findings []Finding
	// Empty reports that the only thing wrong is that a file has no content.
	Empty bool
}

func (e *ValidationError) Error() string { return document.Findings(e.Findings).String() }

// Is makes a configuration refused for being empty match [ErrEmpty].
func (e *ValidationError) Is(target error) bool { return target == ErrEmpty && e.Empty }

// A ReloadError reports a candidate that was not put into force, or was taken
// out again. The revision it names stays in force, whole.
type ReloadError struct {
	Kept  RevisionID // what still runs
	Cause error      // *ValidationError, *HookError, *SourceError, a context's error, …
}

func (e *ReloadError) Error() string {
	return fmt.Sprintf("configuration refused, revision %d stays in force: %v", e.Kept, e.Cause)
}

func (e *ReloadError) Unwrap() error { return e.Cause }

// A RollbackError reports a rollback that was asked for and not carried out, or
// one after a failed hook in which some hook did not take the old value back.
// Kept is the revision in force.
type RollbackError struct {
	Kept  RevisionID
	Cause error
}

func (e *RollbackError) Error() string {
	return fmt.Sprintf("rollback failed, revision %d is in force: %v", e.Kept, e.Cause)
}

func (e *RollbackError) Unwrap() error { return e.Cause }

// A HookError reports a hook that returned an error, panicked or ran out of
// time, and so refused the change it was told of.
type HookError struct {
	Field     string // the path of the field or section the hook stands on; "" is the whole configuration
	Hook      string // where the hook was registered, folder/file:line
	Validator bool   // it is a validator, see [Manager].AddValidator
	Cause     error  // what it returned; *PanicError; context.DeadlineExceeded
}

func (e *HookError) Error() string {
	if e.Validator {
		return fmt.Sprintf("the validator (%s) failed: %v", e.Hook, e.Cause)
	}
	field := e.Field
	if field == "" {
		field = "the configuration"
	}
	return fmt.Sprintf("the hook on %s (%s) failed: %v", field, e.Hook, e.Cause)
}

func (e *HookError) Unwrap() error { return e.Cause }

// A PanicError is a panic that was caught.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the value of the panic where it was an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// A SourceError reports a source that could not be read.
type SourceError struct {
	Source string
	Cause  error
}

func (e *SourceError) Error() string { return e.Source + ": " + e.Cause.Error() }

func (e *SourceError) Unwrap() error { return e.Cause }

// A WatchError reports that changes can no longer be seen as they happen. They
// are still found by the poll.
type WatchError struct{ Cause error }

func (e *WatchError) Error() string {
	return fmt.Sprintf("watching is impaired, changes are found by polling: %v", e.Cause)
}

func (e *WatchError) Unwrap() error { return e.Cause }

// A PendingError stands in [Status].LastError while content that was seen waits
// for the strategy.
type PendingError struct {
	Strategy Strategy
	Changes  []PendingChange
}

func (e *PendingError) Error() string {
	return fmt.Sprintf("the strategy is %v, and changes of %s wait for it", e.Strategy, pendingNames(e.Changes))
}

func pendingNames(changes []PendingChange) string {
	const most = 3
	var names []string
	for i, c := range changes {
		if i == most {
			names = append(names, fmt.Sprintf("%d more", len(changes)-most))
			break
		}
		names = append(names, c.Source)
	}
	return strings.Join(names, ", ")
}
