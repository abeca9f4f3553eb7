package runtime

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/seam"
)

// An Event is the kind of a [Notification].
type Event string

// The events.
const (
	EventWatchingStarted  Event = "watching_started"  // the sources are followed
	EventWatchingStopped  Event = "watching_stopped"  // the sources are no longer followed
	EventWatchFailed      Event = "watch_failed"      // only the poll detects changes now
	EventSourceFailed     Event = "source_failed"     // a source that follows a store cannot reach it
	EventSourceRecovered  Event = "source_recovered"  // the source can reach its store again
	EventChangeDetected   Event = "change_detected"   // a source has changed and has not been read yet
	EventReloadStarted    Event = "reload_started"    // new content of the sources is being checked
	EventReloaded         Event = "reloaded"          // a revision came into force
	EventRefused          Event = "refused"           // a candidate was refused or rolled back
	EventRecovered        Event = "recovered"         // the sources are valid and readable again
	EventRolledBack       Event = "rolled_back"       // a requested rollback is in force
	EventHookFailed       Event = "hook_failed"       // a hook or a validator failed
	EventSubscriberFailed Event = "subscriber_failed" // a subscriber failed; the revision stays in force
	EventRestartPending   Event = "restart_pending"   // a change waits for the next start
	EventMigrationApplied Event = "migration_applied" // a file was migrated to a newer config version in memory
	EventBackupMade       Event = "backup_made"       // the source files of a revision were backed up
	EventBackupRestored   Event = "backup_restored"   // a backup was written to the source files
	EventStoreFailed      Event = "store_failed"      // a revision could not be saved
	EventAuditFailed      Event = "audit_failed"      // a line of the audit log could not be written
	EventStrategyChanged  Event = "strategy_changed"  // another strategy is in use
)

// Events returns all events of hotbind.
func Events() []Event {
	return []Event{
		EventWatchingStarted, EventWatchingStopped, EventWatchFailed, EventSourceFailed, EventSourceRecovered,
		EventChangeDetected, EventReloadStarted,
		EventReloaded, EventRefused, EventRecovered, EventRolledBack, EventHookFailed, EventSubscriberFailed,
		EventRestartPending, EventMigrationApplied, EventBackupMade, EventBackupRestored, EventStoreFailed, EventAuditFailed, EventStrategyChanged,
	}
}

// Own reports whether the event is one of the application, such as shop.cache_cleared:
// two or more words of lower-case letters, digits and underscores, separated by dots.
func (e Event) Own() bool {
	words := strings.Split(string(e), ".")
	for _, word := range words {
		if word == "" || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			return false
		}
	}
	return len(words) > 1
}

// Failed reports whether the event is a failure.
func (e Event) Failed() bool {
	switch e {
	case EventWatchFailed, EventSourceFailed, EventRefused, EventHookFailed, EventSubscriberFailed, EventStoreFailed, EventAuditFailed:
		return true
	}
	return false
}

// Priority returns high for a failure, low for progress, and normal otherwise.
func (e Event) Priority() Priority {
	switch e {
	case EventWatchingStarted, EventWatchingStopped, EventChangeDetected, EventReloadStarted, EventBackupMade, EventStrategyChanged:
		return PriorityLow
	}
	if e.Failed() {
		return PriorityHigh
	}
	return PriorityNormal
}

// A Notification records one event. Its secrets are hidden. It is shared and must not
// be modified.
type Notification struct {
	// ID is unique, and the same in every channel and for every attempt to deliver it.
	ID          string            `json:"id"`
	Time        time.Time         `json:"time"`
	Event       Event             `json:"event"`
	Priority    Priority          `json:"priority"`
	Message     string            `json:"message"` // one line, for people
	Environment string            `json:"environment,omitempty"`
	Revision    RevisionID        `json:"revision"`           // in force now
	Previous    RevisionID        `json:"previous,omitempty"` // in force before, if that changed
	Cause       Cause             `json:"cause,omitempty"`
	Metadata    map[string]string `json:"metadata,omitempty"`
	Files       []string          `json:"files,omitempty"`   // the files with findings, or those whose content differs from the last good one
	Changes     Changes           `json:"changes,omitempty"` // in force now, refused, or pending
	Error       string            `json:"error,omitempty"`
	// Count is the number of equal events since the last such notification: repeated
	// refusals are reported at once and then once a minute.
	Count    int           `json:"count"`
	Duration time.Duration `json:"duration_ms,omitempty"` // in JSON in milliseconds
}

// A notificationRecord is the JSON form of a notification.
type notificationRecord struct {
	plainNotification
	Changes Changes `json:"changes,omitempty"`
	// MoreChanges is the number of changes that are left out.
	MoreChanges  int     `json:"more_changes,omitempty"`
	Milliseconds float64 `json:"duration_ms,omitempty"`
}

// A plainNotification has the fields and not the methods.
type plainNotification Notification

// MarshalJSON writes the form that schemas/notification.schema.json describes.
func (n Notification) MarshalJSON() ([]byte, error) {
	record := notificationRecord{plainNotification: plainNotification(n), Changes: n.Changes}
	record.Milliseconds = float64(n.Duration) / float64(time.Millisecond)
	if more := len(n.Changes) - seam.MaxRecorded; more > 0 {
		record.Changes, record.MoreChanges = n.Changes[:seam.MaxRecorded], more
	}
	return json.Marshal(record)
}

// UnmarshalJSON reads what MarshalJSON writes; changes that were left out stay missing.
func (n *Notification) UnmarshalJSON(text []byte) error {
	var record notificationRecord
	if err := json.Unmarshal(text, &record); err != nil {
		return err
	}
	*n = Notification(record.plainNotification)
	n.Changes, n.Duration = record.Changes, time.Duration(record.Milliseconds*float64(time.Millisecond))
	return nil
}

// A Channel delivers notifications. Package notify has channels for a terminal, a log, a
// file, a queue, a function and a web address. A channel that is also an io.Closer is
// closed after the last Send.
type Channel interface {
	// Name identifies the channel; no two channels of a configuration have the same name.
	Name() string
	// Send delivers a notification and must return when ctx ends. It is called by one
	// goroutine at a time, in the order of the notifications, never by the one that
	// reloads. After an error with a method RetryAfter() time.Duration, such as a
	// *notify.RetryError, the notification is sent again; any other error is a failure.
	Send(ctx context.Context, n Notification) error
}

// ChannelOptions configures one channel. The zero value sends everything, with the
// documented defaults. An empty list of a filter matches all.
type ChannelOptions struct {
	Events     []Event
	Priorities []Priority
	// Files are patterns of [path/filepath.Match] for [Notification].Files: for the
	// whole name, or for its last part if the pattern has no slash. One match is enough.
	// A notification without files matches no pattern.
	Files []string
	// Paths are patterns as in [Values], for the paths of [Notification].Changes. A match
	// of a change, or of a section around it, is enough; a section that appeared is one
	// change. A notification without changes matches no pattern.
	Paths []string
	// WithoutErrors drops notifications of failures, WithoutSuccesses all others.
	WithoutErrors, WithoutSuccesses bool

	// QueueLength is how many notifications wait for a slow channel. Beyond it the oldest
	// is dropped and counted. 0: 1000.
	QueueLength int
	// Timeout limits one Send. 0: the limit of [WithNotificationTimeout].
	Timeout time.Duration
	// RetryFor is how long a failed delivery is retried: after 1 s, and then after twice
	// the time, up to a minute. 0: one hour; negative: never.
	RetryFor time.Duration
}

// ChannelStats counts the notifications of one channel.
type ChannelStats struct {
	Name      string
	Sent      uint64    // delivered
	Failed    uint64    // given up
	Retried   uint64    // retries
	Dropped   uint64    // never sent: the queue was full, or the channel was removed
	Filtered  uint64    // excluded by the options
	Waiting   int       // in the queue now
	LastSent  time.Time // zero: never
	LastError error     // of the last attempt; nil: it succeeded
}

// Channels manages where notifications go. Its methods may be called from any goroutine,
// also inside a hook or a channel. The interface may grow; a fake should embed it.
type Channels interface {
	// Add adds a channel. It fails if a channel of that name exists or the options are
	// invalid.
	Add(c Channel, opts ChannelOptions) error
	// Remove removes a channel and reports whether it existed. Outside of the channel it
	// waits up to a second for the delivery of what is queued.
	Remove(name string) bool
	// Send gives a notification of the application to the channels. Its Event must be one
	// of the application's own, see [Event.Own]. ID, Time, Environment, Revision and Count
	// are filled in, and the message is put on one line. The application must leave out
	// secrets.
	Send(n Notification) error
	// Stats returns the statistics of all channels, in the order of Add.
	Stats() []ChannelStats
}
