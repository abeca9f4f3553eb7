package runtime

import (
	"context"
	"encoding/json"
	"strings"
	"time"
)

// An Event says what a notification is about.
type Event string

// The events.
const (
	EventWatchingStarted  Event = "watching_started"  // the sources are followed
	EventWatchingStopped  Event = "watching_stopped"  // they are not followed any more
	EventWatchFailed      Event = "watch_failed"      // changes are found by the poll only
	EventSourceFailed     Event = "source_failed"     // a source that follows a store cannot reach it
	EventSourceRecovered  Event = "source_recovered"  // and it can again
	EventChangeDetected   Event = "change_detected"   // a source has changed and was not read yet
	EventReloadStarted    Event = "reload_started"    // new content of the sources is looked at
	EventReloaded         Event = "reloaded"          // a revision came into force
	EventRefused          Event = "refused"           // a candidate did not, or was taken out again
	EventRecovered        Event = "recovered"         // what was refused, or could not be read, is good again
	EventRolledBack       Event = "rolled_back"       // an earlier revision was put into force on request
	EventHookFailed       Event = "hook_failed"       // a hook or a validator failed
	EventSubscriberFailed Event = "subscriber_failed" // a subscriber failed; the revision stays in force
	EventRestartPending   Event = "restart_pending"   // a change waits for the next start
	EventMigrationApplied Event = "migration_applied" // a file was read as a newer config version
	EventBackupMade       Event = "backup_made"       // the source files of a revision were copied
	EventBackupRestored   Event = "backup_restored"   // and these copies written back
	EventStoreFailed      Event = "store_failed"      // a revision could not be saved
	EventAuditFailed      Event = "audit_failed"      // a line of the audit log could not be written
	EventStrategyChanged  Event = "strategy_changed"  // changes become reloads by another strategy
)

// Events are all there are.
func Events() []Event {
	return []Event{
		EventWatchingStarted, EventWatchingStopped, EventWatchFailed, EventSourceFailed, EventSourceRecovered,
		EventChangeDetected, EventReloadStarted,
		EventReloaded, EventRefused, EventRecovered, EventRolledBack, EventHookFailed, EventSubscriberFailed,
		EventRestartPending, EventMigrationApplied, EventBackupMade, EventBackupRestored, EventStoreFailed, EventAuditFailed, EventStrategyChanged,
	}
}

// Own reports whether the event is one of the application, such as shop.cache_cleared:
// words of lower-case letters, digits and underscores, with a dot between them.
func (e Event) Own() bool {
	words := strings.Split(string(e), ".")
	for _, word := range words {
		if word == "" || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			return false
		}
	}
	return len(words) > 1
}

// Failed reports whether the event is that something went wrong.
func (e Event) Failed() bool {
	switch e {
	case EventWatchFailed, EventSourceFailed, EventRefused, EventHookFailed, EventSubscriberFailed, EventStoreFailed, EventAuditFailed:
		return true
	}
	return false
}

// Priority is high where something went wrong, low for what merely goes on, and
// otherwise normal.
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

// A Notification is a record of one thing that the configuration did. No secret is
// in it in the clear. It is shared and must not be written.
type Notification struct {
	// ID is the same in every channel and with every try to deliver it, and no other
	// notification has it.
	ID          string            `json:"id"`
	Time        time.Time         `json:"time"`
	Event       Event             `json:"event"`
	Priority    Priority          `json:"priority"`
	Message     string            `json:"message"` // one line, for people
	Environment string            `json:"environment,omitempty"`
	Revision    RevisionID        `json:"revision"`           // in force now
	Previous    RevisionID        `json:"previous,omitempty"` // in force before it, where that changed
	Cause       Cause             `json:"cause,omitempty"`
	Metadata    map[string]string `json:"metadata,omitempty"`
	Files       []string          `json:"files,omitempty"`   // the files with the findings, or those whose content differs from what was good last
	Changes     Changes           `json:"changes,omitempty"` // that came into force, were refused, or wait
	Error       string            `json:"error,omitempty"`
	// Count is how many like it this one stands for, itself included: what is refused
	// again and again is told at once and then once a minute.
	Count    int           `json:"count"`
	Duration time.Duration `json:"duration_ms,omitempty"` // as JSON in milliseconds
}

// MostRecorded is how many changes a record lists; it has the number of the others.
const MostRecorded = 100

// A notificationRecord is a notification as it is written.
type notificationRecord struct {
	plainNotification
	Changes Changes `json:"changes,omitempty"`
	// MoreChanges is the number of those that are left out.
	MoreChanges  int     `json:"more_changes,omitempty"`
	Milliseconds float64 `json:"duration_ms,omitempty"`
}

// A plainNotification has the fields and not the methods.
type plainNotification Notification

// MarshalJSON writes the notification as schemas/notification.schema.json says.
func (n Notification) MarshalJSON() ([]byte, error) {
	record := notificationRecord{plainNotification: plainNotification(n), Changes: n.Changes}
	record.Milliseconds = float64(n.Duration) / float64(time.Millisecond)
	if more := len(n.Changes) - MostRecorded; more > 0 {
		record.Changes, record.MoreChanges = n.Changes[:MostRecorded], more
	}
	return json.Marshal(record)
}

// UnmarshalJSON reads what MarshalJSON writes, as far as it was written.
func (n *Notification) UnmarshalJSON(text []byte) error {
	var record notificationRecord
	if err := json.Unmarshal(text, &record); err != nil {
		return err
	}
	*n = Notification(record.plainNotification)
	n.Changes, n.Duration = record.Changes, time.Duration(record.Milliseconds*float64(time.Millisecond))
	return nil
}

// A Channel takes notifications somewhere. Package notify has those for a terminal,
// a log, a file, a queue, a function and a web address.
type Channel interface {
	// Name tells the channels of one configuration apart.
	Name() string
	// Send delivers a notification. It is called by one goroutine at a time, in the
	// order of the notifications, never by the one that reloads, and must return when
	// ctx ends. An error counts as a failure; a *RetryError has it tried again. When
	// the channel is also an io.Closer, Close is called after the last Send.
	Send(ctx context.Context, n Notification) error
}

// A RetryError is returned by a Channel for a notification that it could not deliver
// now and can perhaps deliver later.
type RetryError struct {
	After time.Duration // the least time to wait; 0: it does not know
	Cause error
}

func (e *RetryError) Error() string {
	if e.Cause == nil {
		return "it can perhaps be delivered later"
	}
	return e.Cause.Error()
}

func (e *RetryError) Unwrap() error { return e.Cause }

// A ConcurrentChannel is a Channel that delivers several notifications at once: Deliver
// is called instead of Send, begins to deliver one and returns. Done is called when that
// is over, once, from any goroutine; ctx holds for all of it. What fails is not tried
// again.
type ConcurrentChannel interface {
	Channel
	Deliver(ctx context.Context, n Notification, done func(error))
}

// A Filter says which notifications a channel gets. An empty list is all.
type Filter struct {
	Events     []Event
	Priorities []Priority
	// Files are patterns for the names of sources, as [path/filepath.Match] reads
	// them: of the whole name, or of its last part where the pattern has no slash.
	// One that matches the name of a file in [Notification].Files is enough: a change in
	// another file is not told. What is about no file passes only without them.
	Files []string
	// Paths are patterns as [Subscriptions] has them, for the paths of changes as they
	// are listed. One that matches the path of a change, or of a section around it, is
	// enough; a section that appeared is one change, with its own path. What is about
	// no change passes only without them.
	Paths []string
	// WithoutErrors leaves out what went wrong, WithoutSuccesses all else.
	WithoutErrors, WithoutSuccesses bool
}

// A ChannelOption settles one thing about one channel.
type ChannelOption func(*ChannelOptions)

// ChannelOptions are what the options of one channel come to.
type ChannelOptions struct {
	Filter      Filter
	QueueLength int
	Timeout     time.Duration
	RetryFor    time.Duration
}

// Defaults of the options of a channel, as the functions state them.
const (
	DefaultQueueLength = 1000
	DefaultRetryFor    = time.Hour
)

// NewChannelOptions returns the defaults with opts applied in order. A Timeout of 0
// is that of [WithNotificationTimeout].
func NewChannelOptions(opts ...ChannelOption) ChannelOptions {
	o := ChannelOptions{QueueLength: DefaultQueueLength, RetryFor: DefaultRetryFor}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// WithFilter sets which notifications the channel gets. The default is all.
func WithFilter(f Filter) ChannelOption { return func(o *ChannelOptions) { o.Filter = f } }

// WithQueueLength sets how many notifications wait for a channel that is slow. When
// there is no more room the oldest one is dropped, and counted. The default is 1000;
// it must be at least 1.
func WithQueueLength(n int) ChannelOption {
	return func(o *ChannelOptions) { o.QueueLength = n }
}

// WithSendTimeout sets how long the channel may take for one notification before it
// counts as failed. The default is that of [WithNotificationTimeout].
func WithSendTimeout(d time.Duration) ChannelOption {
	return func(o *ChannelOptions) { o.Timeout = d }
}

// WithRetryFor sets how long a notification is tried again that could not be
// delivered: after a second, and then after twice the time, up to a minute. The
// default is an hour; 0 never tries again.
func WithRetryFor(d time.Duration) ChannelOption {
	return func(o *ChannelOptions) { o.RetryFor = d }
}

// A ConfiguredChannel is a channel with what its options come to.
type ConfiguredChannel struct {
	Channel Channel
	Options ChannelOptions
}

// ChannelStats counts what became of the notifications of one channel.
type ChannelStats struct {
	Name      string
	Sent      uint64    // delivered
	Failed    uint64    // given up
	Retried   uint64    // tried again, each try
	Dropped   uint64    // never tried: the queue was full, or the channel was removed
	Filtered  uint64    // not for this channel
	Waiting   int       // in the queue now
	LastSent  time.Time // zero: never
	LastError error     // of the last try; nil: it succeeded
}

// Channels are where notifications go. The methods may be called from any goroutine,
// also from inside a hook or a channel.
type Channels interface {
	// AddChannel has a channel get the notifications from now on. A channel of the
	// same name, and an invalid filter, is an error.
	AddChannel(c Channel, opts ...ChannelOption) error
	// RemoveChannel ends a channel and reports whether there was one. What waits for
	// it is delivered if that takes no longer than a second; inside the channel
	// itself it does not wait.
	RemoveChannel(name string) bool
	// Send gives a notification of the application to the channels, through their filters,
	// queues and statistics. Its event is one of the application's own ([Event.Own]); ID,
	// Time, Environment, Revision and Count are filled in, and the message becomes one
	// line. Secrets in it are for the application to leave out.
	Send(n Notification) error
	// ChannelStats are those of all channels, in the order in which they were added.
	ChannelStats() []ChannelStats
}
