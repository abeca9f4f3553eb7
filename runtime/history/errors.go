package history

import (
	"errors"
	"fmt"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
)

// ErrReadOnly is returned by methods that would change a history opened with
// [OpenReadOnly].
var ErrReadOnly = errors.New("the store is open for reading only; nothing was changed")

// A SaveError reports a revision that is in memory but not on disk.
type SaveError struct {
	ID    rt.RevisionID
	Path  string // the file it should be saved in
	Cause error

	last bool // this was the last attempt
}

func (e *SaveError) Error() string {
	if e.last {
		return fmt.Sprintf("revision %d is not saved and is lost when this process ends; earlier ones stay on disk: %v", e.ID, e.Cause)
	}
	return fmt.Sprintf("revision %d is in force but not saved: %v; it is kept in memory and saved with the next one", e.ID, e.Cause)
}

func (e *SaveError) Unwrap() error { return e.Cause }

// A DamagedError reports a file of a store that was changed or cannot be read.
type DamagedError struct {
	Path  string
	Cause error
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("%s cannot be used: %v; other files are not affected", e.Path, e.Cause)
}

func (e *DamagedError) Unwrap() error { return e.Cause }

// A FormatError reports a file whose format is newer than this program supports.
type FormatError struct {
	Path         string
	Found, Known int
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("%s has format %d and this program knows formats up to %d: the store was written by a newer version and was not changed",
		e.Path, e.Found, e.Known)
}

// A Holder describes the process that uses a store. Unknown fields are zero.
type Holder struct {
	PID     int       `json:"pid"`
	Program string    `json:"program"`
	Host    string    `json:"host"`
	Since   time.Time `json:"since"`
}

// A LockedError reports a store that another process uses.
type LockedError struct {
	Path   string // the folder of the store
	Holder Holder
}

func (e *LockedError) Error() string {
	who := "another process"
	if e.Holder.PID != 0 {
		who = fmt.Sprintf("%s (process %d on %s, since %s)",
			e.Holder.Program, e.Holder.PID, e.Holder.Host, e.Holder.Since.Format(time.RFC3339))
	}
	return fmt.Sprintf("the store %s is in use by %s; it was not changed", e.Path, who)
}
