package runtime

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hotbind/hotbind/runtime/source"
)

// A Manager is the untyped side of a live configuration, for operators and tools. Its
// methods may be called from any goroutine at any time, also inside a hook, a validator
// or a source; what is documented for hooks holds for all three. The interface may grow;
// a fake should embed it.
type Manager interface {
	// Reload reads all sources now, whatever the strategy and also while following is
	// disabled. A candidate that is refused or rolled back is a [*ReloadError] and
	// changes nothing. Inside a hook the reload is queued until the hooks are done.
	Reload(ctx context.Context, opts ...RequestOption) (ReloadResult, error)
	// DryRun describes what a request would do, without doing it: an Update with the
	// given edits, a Rollback to the given target ([To], [Steps]), or with neither a
	// Reload, for which it reads all sources. It returns the error that the request would
	// be refused with. It calls validators, but no hooks. Inside a hook it returns
	// [ErrInsideHook].
	DryRun(ctx context.Context, opts ...DryRunOption) (DryRunResult, error)
	// Update sets values above all sources until the program ends, all edits or none; see
	// [Set]. It is refused as a Reload is, and for a property that needs a restart. Inside
	// a hook it is queued.
	Update(ctx context.Context, edits ...UpdateOption) (ReloadResult, error)
	// Rollback puts an earlier revision into force again, as a new revision, and holds it
	// until the content of a source changes or Reload is called. Hooks are called as for
	// any change and may refuse. The error is a [*RollbackError]; it matches
	// [ErrRevisionNotFound] if the revision is not kept. Inside a hook it is queued.
	Rollback(ctx context.Context, target RollbackTarget, opts ...RequestOption) (RollbackResult, error)
	// Status returns the current state.
	Status() Status
	// Explain describes where the value at a path comes from. It fails if the path is
	// invalid or not in the schema.
	Explain(path string) (Explanation, error)
	// Schema returns the schema that the configuration was generated from.
	Schema() []byte
	// Metrics returns what was counted since the start, or [ErrNoMetrics] without
	// [WithMetrics].
	Metrics() (Metrics, error)
	// AddValidator registers a validator. It is called for every candidate that the schema
	// allows, after decoding and before any hook, with a pointer to the root type. An
	// error among the findings refuses the candidate; a finding with a Path and without a
	// Pos gets the place of the value. It runs outside of every lock, with the limit of
	// [WithHookTimeout]. No call begins after stop has returned.
	AddValidator(fn func(snapshot any) []Finding) (stop func())

	// Revisions leads to the kept revisions and backups.
	Revisions() Revisions
	// Watching leads to how the sources are followed.
	Watching() Watching
	// Values leads to values, watches and subscribers by path.
	Values() Values
	// Channels leads to the channels of notifications.
	Channels() Channels
}

// Watching controls how the sources are followed. Its methods may be called from any
// goroutine, also inside a hook. The interface may grow; a fake should embed it.
type Watching interface {
	// Enable starts following the sources and reads what has changed meanwhile. In
	// production it returns [ErrProductionReload], unless [WithHotReload](true) is given.
	Enable() error
	// Disable stops following the sources and drops pending changes. If the strategy held
	// changes back, Status().LastError names them until the sources are read.
	Disable()
	// Enabled reports whether the sources are followed.
	Enabled() bool
	// SetStrategy sets when a change becomes a reload, also for pending changes.
	SetStrategy(s Strategy) error
	// Pending lists the sources that have changed and have not been read since.
	Pending() []PendingChange
	// Add watches files and folders that are not sources: a change of a file that
	// [WithFilePatterns] includes reads all sources. In a folder the files directly in it
	// are watched, and with [WithSubfolders] the folders below. If one of the paths does
	// not exist, Add fails and adds none. One call with many paths is cheaper.
	Add(paths ...string) error
	// Remove reverts Add and [WithWatchPaths]. It fails for the path of a source and for
	// a path that was not added.
	Remove(path string) error
	// Paths lists the watched files and folders, without the folders below them.
	Paths() []string
}

// A DryRunResult describes what a request would do.
type DryRunResult struct {
	Changes        Changes   // what would change, also if a validator refuses it
	PendingRestart Changes   // what would wait for the next start
	Hooks          []string  // the hooks that would be called, in order: field (file:line)
	Warnings       []Finding // findings that refuse nothing
	Duration       time.Duration
}

// A PendingChange is a source that has changed and has not been read since.
type PendingChange struct {
	Source string    `json:"source"` // the path of the file as given, or the name of the source
	First  time.Time `json:"first"`  // when a change was first detected
	Last   time.Time `json:"last"`   // when a change was last detected
}

// A ReloadResult is the result of a reload or update.
type ReloadResult struct {
	Revision   Revision // the revision in force afterwards
	Changed    bool     // whether Revision is new
	RolledBack bool     // whether it was in force and a failing hook undid it
	Queued     bool     // whether the request was made inside a hook and runs later
	// Changes lists the changes from the previous revision; with an error, those of a
	// candidate that a validator or hook refused.
	Changes Changes
	// PendingRestart lists the changes that wait for the next start.
	PendingRestart Changes
	Warnings       []Finding // findings that refuse nothing
	Duration       time.Duration
}

// A RollbackResult is the result of a rollback.
type RollbackResult struct {
	From, To Revision // To is the new revision, with the restored configuration
	Queued   bool     // as in a ReloadResult
	Changes  Changes  // as in a ReloadResult
	Duration time.Duration
}

// A Status is the state of a live configuration at one moment. Its JSON is described by
// schemas/status.schema.json; an error is its text.
type Status struct {
	Revision    Revision `json:"revision"`
	Environment string   `json:"environment,omitempty"` // named or detected; empty: none
	Enabled     bool     `json:"enabled"`               // whether the sources are followed
	Watching    bool     `json:"watching"`              // whether changes are detected as they happen; otherwise the poll finds them
	WatchPaths  []string `json:"watch_paths,omitempty"`
	// Polled lists followed files whose changes only the poll detects, with the reason.
	Polled         []string        `json:"polled,omitempty"`
	Strategy       Strategy        `json:"strategy"`
	PendingChanges []PendingChange `json:"pending_changes,omitempty"` // detected and not read yet
	PendingRestart Changes         `json:"pending_restart,omitempty"` // read, in force at the next start
	LastReload     time.Time       `json:"last_reload,omitzero"`      // when a candidate was last accepted or refused; zero: not since the start
	Reloads        uint64          `json:"reloads"`                   // candidates that came into force since the start, including updates and rollbacks
	Refusals       uint64          `json:"refusals"`                  // candidates refused or rolled back since the start, including updates and rollbacks
	Hooks          int             `json:"hooks"`                     // registered hooks
	Subscribers    int             `json:"subscribers"`               // subscriptions and watches
	// WatchError is why only the poll detects changes; nil: watching works.
	WatchError error `json:"watch_error,omitempty"`
	// Sources lists the sources that follow a store.
	Sources []source.Status `json:"sources,omitempty"`
	// HookError is the last error of a hook that could not refuse the revision in force.
	HookError error `json:"hook_error,omitempty"`
	// SubscriberError is the last error of a subscriber or of the error handler for the
	// revision in force.
	SubscriberError error `json:"subscriber_error,omitempty"`
	// AuditError is why the last decision is not in the audit log; nil: it is, or there
	// is no log.
	AuditError error `json:"audit_error,omitempty"`
	// StoreError is why the revision in force is not saved; nil: it is, or there is no
	// store.
	StoreError error `json:"store_error,omitempty"`
	// LastError is why the newest content of the sources is not in force. It is nil
	// exactly while that content is in force.
	LastError error `json:"last_error,omitempty"`
}

// MarshalJSON writes the errors as their texts.
func (s Status) MarshalJSON() ([]byte, error) {
	type plain Status
	text := func(err error) string {
		if err == nil {
			return ""
		}
		return err.Error()
	}
	return json.Marshal(struct {
		plain
		WatchError      string `json:"watch_error,omitempty"`
		HookError       string `json:"hook_error,omitempty"`
		SubscriberError string `json:"subscriber_error,omitempty"`
		AuditError      string `json:"audit_error,omitempty"`
		StoreError      string `json:"store_error,omitempty"`
		LastError       string `json:"last_error,omitempty"`
	}{plain(s), text(s.WatchError), text(s.HookError), text(s.SubscriberError), text(s.AuditError), text(s.StoreError), text(s.LastError)})
}
