package runtime

import (
	"errors"
	"fmt"

	"github.com/hotbind/hotbind/runtime/document"
)

// A Finding is one error or warning about a configuration: where, what, and what is
// allowed.
type Finding = document.Finding

// Errors that errors.Is matches.
var (
	// ErrRevisionChanged refuses a request with [IfRevision].
	ErrRevisionChanged = errors.New("another revision is in force by now")
	// ErrClosed is returned after Close.
	ErrClosed = errors.New("the configuration is closed")
	// ErrRevisionNotFound is returned for a revision that is not kept.
	ErrRevisionNotFound = errors.New("revision not found")
	// ErrBackupNotFound is returned for a backup that is not kept.
	ErrBackupNotFound = errors.New("backup not found")
	// ErrNoStore is returned if a request needs a store, see history.Store.
	ErrNoStore = errors.New("no store: pass history.Store(dir)")
	// ErrProductionReload is returned by [Watching].Enable in production, unless
	// [WithHotReload](true) is given.
	ErrProductionReload = errors.New("following files is off in production")
	// ErrInsideHook is returned for a request that cannot be made inside a hook, a
	// validator or a source.
	ErrInsideHook = errors.New("not possible inside a hook, a validator or a source")
	// ErrEmpty matches the error for an empty file.
	ErrEmpty = errors.New("the file is empty")
	// ErrPending matches [Status].LastError while the strategy holds back detected changes.
	ErrPending = errors.New("changes are pending")
	// ErrNoMetrics is returned by [Manager].Metrics without [WithMetrics].
	ErrNoMetrics = errors.New("metrics are not collected: pass rt.WithMetrics(true)")
	// ErrTooManySubscribers is returned beyond the limit of [WithMaxSubscribers].
	ErrTooManySubscribers = errors.New("too many subscribers")
)

// A ValidationError lists all findings of a refused configuration, in the order of its
// files. Its text has the first twenty, one per line.
type ValidationError struct {
	Findings []Finding
	// Empty reports whether the only finding is that a file is empty.
	Empty bool
}

func (e *ValidationError) Error() string { return document.Findings(e.Findings).String() }

// Is reports whether target is [ErrEmpty] and the only finding is an empty file.
func (e *ValidationError) Is(target error) bool { return target == ErrEmpty && e.Empty }

// A ReloadError reports a candidate that was refused or rolled back. The revision Kept
// stays in force.
type ReloadError struct {
	Kept  RevisionID // the revision in force
	Cause error      // *ValidationError, *HookError, *source.Error, a context's error, …
}

func (e *ReloadError) Error() string {
	return fmt.Sprintf("configuration refused, revision %d stays in force: %v", e.Kept, e.Cause)
}

// Unwrap returns Cause.
func (e *ReloadError) Unwrap() error { return e.Cause }

// A RollbackError reports a requested rollback that failed, or a rollback after a failed
// hook in which a hook refused the old value. Kept is the revision in force.
type RollbackError struct {
	Kept  RevisionID
	Cause error
}

func (e *RollbackError) Error() string {
	return fmt.Sprintf("rollback failed, revision %d is in force: %v", e.Kept, e.Cause)
}

// Unwrap returns Cause.
func (e *RollbackError) Unwrap() error { return e.Cause }

// A HookError reports a hook or validator that returned an error, panicked or exceeded its
// time limit.
type HookError struct {
	Field     string // the path of the field, section or entry; "" is the whole configuration
	Hook      string // where the hook was registered, as folder/file:line
	Validator bool   // whether it is a validator, see [Manager].AddValidator
	Cause     error  // the returned error, a *PanicError or context.DeadlineExceeded
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

// Unwrap returns Cause.
func (e *HookError) Unwrap() error { return e.Cause }

// A PanicError is a recovered panic of application code.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the value of the panic if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// A WatchError reports that only the poll detects changes.
type WatchError struct{ Cause error }

func (e *WatchError) Error() string {
	return fmt.Sprintf("watching failed, only the poll detects changes: %v", e.Cause)
}

// Unwrap returns Cause.
func (e *WatchError) Unwrap() error { return e.Cause }
