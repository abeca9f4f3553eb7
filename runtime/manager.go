package runtime

import (
	"context"
	"encoding/json"
	"time"
)

// A Manager is the untyped side of a live configuration: what an operator asks
// of it. Its methods may be called from any goroutine at any time, also from inside
// a hook, a validator or a source; what is said of hooks below goes for all three.
type Manager interface {
	Values
	Subscriptions
	Channels
	// Notifier tells subscribers of changes that no reload made.
	Notifier() Notifier
	// Metrics are what was counted since the start; ErrNoMetrics without
	// [WithMetrics].
	Metrics() (Metrics, error)

	// Reload reads all sources now, whatever the strategy and also while following
	// is disabled, and puts what they say into force. A candidate that is refused or
	// rolled back is a *ReloadError and changes nothing. Inside a hook the reload is
	// queued: it runs when the hooks are done, and the result says so.
	Reload(ctx context.Context, opts ...ReloadOption) (ReloadResult, error)
	// DryRun says what a request would do, and does nothing: Update with the edits that
	// are given, Rollback to the target that is given ([To], [Steps]), or with neither a
	// Reload, for which it reads all sources. The error is the one that the request
	// would be refused with; what hooks would say of it is not asked. Inside a hook it is
	// refused (ErrInsideHook).
	DryRun(ctx context.Context, opts ...DryRunOption) (DryRunResult, error)
	// Update changes values of what is in force, all of the edits or none, as a
	// layer above all sources that lasts until the program ends; see [Set]. It is
	// refused as a Reload is, and for a property that needs a restart, which would
	// end what was set. Inside a hook it is queued.
	Update(ctx context.Context, edits ...UpdateOption) (ReloadResult, error)
	// Rollback puts an earlier revision into force again, as a new revision, and
	// holds it until the content of a source changes or Reload is called. Hooks are
	// called as for any change and may refuse it: *RollbackError, as for a revision
	// that is not kept (ErrRevisionNotFound) or that the schema does not allow any
	// more. Inside a hook the rollback is queued.
	Rollback(ctx context.Context, target RollbackTarget, opts ...RollbackOption) (RollbackResult, error)
	// Revisions are those that are kept.
	Revisions() Revisions
	// Backups lists the copies of the source files in the store, the newest first;
	// ErrNoStore without one.
	Backups() ([]Backup, error)
	// RestoreBackup writes the files of a backup back where they stood and reloads.
	// Owner, mode and symbolic links stay as they are. All is checked before the
	// first file is written. Inside a hook it is refused (ErrInsideHook).
	RestoreBackup(ctx context.Context, id RevisionID) (ReloadResult, error)
	// Explain says where the value at a path comes from. The error is about a path
	// that is invalid or that the schema does not have.
	Explain(path string) (Explanation, error)

	// Enable begins to follow the sources, and reads what was missed. In production
	// it is ErrProductionReload, unless [AllowProduction] or [WithHotReload](true) is
	// given.
	Enable() error
	// Disable stops following the sources and forgets pending changes. Where the strategy
	// held them back, Status().LastError names them until the sources are read.
	Disable()
	// Enabled reports whether the sources are followed.
	Enabled() bool
	// SetStrategy changes when a change becomes a reload; what is pending goes by
	// the new one.
	SetStrategy(s Strategy) error
	// PendingChanges lists the sources that have changed and were not read since.
	PendingChanges() []PendingChange
	// AddWatchPath follows files and folders that are no sources: a change there, of
	// a file that [WithFilePatterns] lets through, has all sources read. Of a folder the
	// files directly in it are followed, with [WithSubfolders] also the folders below. If
	// there is nothing at one of the paths, that is the error and none is followed. Many
	// paths are best given in one call.
	AddWatchPath(paths ...string) error
	// RemoveWatchPath takes back AddWatchPath and [WithWatchPaths]. It is an error for
	// the path of a source, which is always followed, and for one that neither of them
	// has added.
	RemoveWatchPath(path string) error
	// WatchPaths are the files and folders that are followed, without the folders below
	// them.
	WatchPaths() []string
	// AddValidator has fn look at every candidate that the schema allows, after
	// decoding and before any hook. Snapshot is a pointer to the root type. An error
	// among the findings refuses the candidate; one that has a Path and no Pos is
	// given the place where the value at the path is written. Fn is called as a hook is: outside
	// every lock, with the limit of [WithHookTimeout]. No call begins after stop has
	// returned.
	AddValidator(fn func(snapshot any) []Finding) (stop func())
	// Schema returns the schema of the configuration, as it was generated from.
	Schema() []byte
	// Status is the state at this moment.
	Status() Status
}

// A DryRunResult tells what a request would do.
type DryRunResult struct {
	Changes        Changes   // what would differ from what is in force, also where a validator refuses it
	PendingRestart Changes   // what would wait for the next start
	Hooks          []string  // the hooks that would be called, in order: field (file:line)
	Warnings       []Finding // what was noticed and changes nothing
	Duration       time.Duration
}

// A PendingChange is a source that has changed and was not read since.
type PendingChange struct {
	Source string    `json:"source"` // the file's name as it was given, or that of the source
	First  time.Time `json:"first"`  // when it was first seen to have changed
	Last   time.Time `json:"last"`   // and when last
}

// A ReloadResult tells what became of a reload.
type ReloadResult struct {
	Revision   Revision // the revision in force afterwards
	Changed    bool     // whether Revision is new
	RolledBack bool     // whether it was in force and a hook's failure undid it
	Queued     bool     // whether it was asked for inside a hook and runs later
	// Changes is what differs between the revision before and the new one; with an
	// error, what a candidate would have changed that a validator or a hook refused.
	Changes Changes
	// PendingRestart is what the sources say and waits for the next start.
	PendingRestart Changes
	Warnings       []Finding // what was noticed and changes nothing
	Duration       time.Duration
}

// A RollbackResult tells what became of a rollback.
type RollbackResult struct {
	From, To Revision // To is the new revision, whose value is the old one's
	Queued   bool
	Changes  Changes // as those of a ReloadResult
	Duration time.Duration
}

// A Status is the state of a live configuration at one moment. Its JSON is what
// schemas/status.schema.json says; an error is its text there.
type Status struct {
	Revision    Revision `json:"revision"`
	Environment string   `json:"environment,omitempty"` // that was named or detected; empty: none
	Enabled     bool     `json:"enabled"`               // whether the sources are followed
	Watching    bool     `json:"watching"`              // whether changes are seen as they happen; if not, they are found by the poll
	WatchPaths  []string `json:"watch_paths,omitempty"`
	// Polled are the followed files whose changes the system may not tell of, with
	// the reason: they are found by the poll.
	Polled         []string        `json:"polled,omitempty"`
	Strategy       Strategy        `json:"strategy"`
	PendingChanges []PendingChange `json:"pending_changes,omitempty"` // seen and not read yet
	PendingRestart Changes         `json:"pending_restart,omitempty"` // read, and waiting for the next start
	LastReload     time.Time       `json:"last_reload,omitzero"`      // when a candidate was last looked at; zero: never since the start
	Reloads        uint64          `json:"reloads"`                   // candidates put into force since the start, updates and rollbacks included
	Refusals       uint64          `json:"refusals"`                  // candidates refused or undone since the start, updates and rollbacks included
	Hooks          int             `json:"hooks"`                     // hooks registered
	Subscribers    int             `json:"subscribers"`               // subscriptions and watches
	// WatchError is why changes are found by the poll only, until watching works again.
	WatchError error `json:"watch_error,omitempty"`
	// Sources are those that follow a store.
	Sources []SourceStatus `json:"sources,omitempty"`
	// HookError is the last error of a hook that could not refuse the revision in force.
	HookError error `json:"hook_error,omitempty"`
	// SubscriberError is the last error of a subscriber, or of the handler of such
	// errors, about the revision in force.
	SubscriberError error `json:"subscriber_error,omitempty"`
	// AuditError is why the last decision is not in the audit log; nil: it does,
	// or there is none.
	AuditError error `json:"audit_error,omitempty"`
	// StoreError is why what is in force is not saved in the store; nil: it is, or
	// there is none.
	StoreError error `json:"store_error,omitempty"`
	// LastError is why the newest content of the sources is not in force. It is
	// nil exactly while it is.
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
