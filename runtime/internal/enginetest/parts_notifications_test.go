package enginetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/audit"
	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/runtime/migrate"
	"github.com/hotbind/hotbind/runtime/notify"
	"github.com/hotbind/hotbind/testdata/compile/layers"

	rt "github.com/hotbind/hotbind/runtime"
)

// "notification channels console, log, file, queue, callback, async callback": the six
// of package notify, and a Webhook.
func TestPart_NotificationChannels(t *testing.T) {
	t.Parallel()
	var console bytes.Buffer
	var log, called, calledAsync journal
	note := func(j *journal) func(context.Context, rt.Notification) error {
		return func(ctx context.Context, n rt.Notification) error {
			return j.Handle(ctx, slog.NewRecord(n.Time, slog.LevelInfo, n.Message, 0))
		}
	}
	path, queue := filepath.Join(t.TempDir(), "notifications.jsonl"), notify.NewQueue("queue", 10)
	lines, err := notify.File(path)
	must(t, err)
	f, source := inMemory(t)
	m := f.Manager()
	for _, c := range []rt.Channel{
		notify.Console(&console, notify.WithColor(false)), notify.Log(slog.New(&log)), lines, queue,
		notify.Callback("callback", note(&called)), notify.AsyncCallback("async callback", note(&calledAsync), 2),
	} {
		must(t, m.Channels().Add(c, rt.ChannelOptions{Events: []rt.Event{rt.EventReloaded}}))
	}
	source.set(config(2))
	must(t, reloadError(t.Context(), m))
	n, err := queue.Next(t.Context())
	must(t, err)
	const message = "revision 2 is in force: 2 changes: 2 modified"
	gives(t, "queue", []any{n.Message, n.Event, queue.Len(), queue.Dropped()}, []any{message, rt.EventReloaded, 0, uint64(0)})
	testkit.Until(t, "all have it", func() bool {
		return !slices.ContainsFunc(m.Channels().Stats(), func(s rt.ChannelStats) bool { return s.Sent == 0 })
	})
	must(t, f.Close())
	gives(t, "console", strings.Contains(console.String(), " ✓ "+message+"\n    ~ left: 1 → 2\n"), true)
	gives(t, "log", strings.HasPrefix(log.all(), "INFO "+message+" "), true)
	gives(t, "callback", called.all(), "INFO "+message)
	gives(t, "async callback", calledAsync.all(), "INFO "+message)
	text, err := os.ReadFile(path)
	must(t, err)
	var record struct{ Event, Message string }
	must(t, json.Unmarshal(text, &record))
	gives(t, "file", []string{record.Event, record.Message}, []string{"reloaded", message})
	_, err = queue.Next(t.Context())
	gives(t, "the queue at the end", errors.Is(err, rt.ErrClosed), true)
}

// "notification filter (event types, file patterns, priority, include_errors,
// include_success), statistics, add/remove subscriber, get_queue_handler": Filter,
// ChannelStats, AddChannel and RemoveChannel; the queue is its own handler.
func TestPart_NotificationFilter(t *testing.T) {
	t.Parallel()
	path := file(t, config(1))
	f := follow(t, rt.File(path), rt.WithSettle(0), rt.WithHotReload(false))
	m := f.Manager()
	const started, reloaded, refused = rt.EventReloadStarted, rt.EventReloaded, rt.EventRefused
	filters := []struct {
		name   string
		filter rt.ChannelOptions
		want   []rt.Event
	}{
		{"everything", rt.ChannelOptions{}, []rt.Event{started, reloaded, refused, started, reloaded}},
		{"event types", rt.ChannelOptions{Events: []rt.Event{reloaded, rt.EventRecovered}}, []rt.Event{reloaded, reloaded}},
		{"file patterns", rt.ChannelOptions{Files: []string{"*.yaml"}}, []rt.Event{started, reloaded, started, reloaded}},
		{"other files", rt.ChannelOptions{Files: []string{"*.json"}}, nil},
		{"priority", rt.ChannelOptions{Priorities: []rt.Priority{rt.PriorityHigh}}, []rt.Event{refused}},
		{"include_errors", rt.ChannelOptions{WithoutSuccesses: true}, []rt.Event{refused}},
		{"include_success", rt.ChannelOptions{WithoutErrors: true}, []rt.Event{started, reloaded, started, reloaded}},
		{"paths", rt.ChannelOptions{Paths: []string{"**.pool_size"}}, []rt.Event{reloaded}},
	}
	queues := map[string]*notify.Queue{}
	for _, c := range filters {
		queues[c.name] = notify.NewQueue(c.name, 100)
		must(t, m.Channels().Add(queues[c.name], c.filter))
	}
	save(t, f.Live, path, config(2))
	_, err := m.Update(t.Context(), rt.Set("workers", 900))
	fails[*rt.ReloadError](t, err, "")
	save(t, f.Live, path, config(2)+"database: {pool_size: 20}\n")
	busy := func(s rt.ChannelStats) bool { return s.Sent+s.Filtered < 5 }
	testkit.Until(t, "all notifications", func() bool { return !slices.ContainsFunc(m.Channels().Stats(), busy) })
	stats := m.Channels().Stats()
	gives(t, "remove subscriber", []bool{m.Channels().Remove("paths"), m.Channels().Remove("paths")}, []bool{true, false})
	must(t, f.Close())
	for i, c := range filters {
		var got []rt.Event
		for range c.want {
			n, err := queues[c.name].Next(t.Context())
			must(t, err)
			got = append(got, n.Event)
		}
		gives(t, c.name, got, c.want)
		s, sent := stats[i], uint64(len(c.want))
		gives(t, "statistics of "+s.Name, []any{s.Name, s.Sent, s.Filtered, s.Failed, s.Dropped}, []any{c.name, sent, 5 - sent, uint64(0), uint64(0)})
	}
}

// "ReloadEvent, ReloadNotification": Event and Notification. The events that the
// documents name, and the fields of each.
func TestPart_ReloadEventReloadNotification(t *testing.T) {
	t.Parallel()
	path, h := file(t, "note: \"1\"\nold: 4\n"), &received{}
	steps := testkit.Folder(t, map[string]string{"m.yaml": "from: 1\nto: 2\nversion_at: note\nsteps:\n  - rename: {path: old, to: workers}\n"})
	live, err := layers.Open(t.Context(), rt.From(rt.File(path)), rt.WithChannel(h, rt.ChannelOptions{}), history.Store(filepath.Join(t.TempDir(), "store")),
		migrate.With(steps), rt.WithHotReload(true), rt.WithSettle(0), rt.WithPollInterval(0), quiet())
	must(t, err)
	m := live.Manager()
	replace(t, path, "note: \"1\"\nold: 5\nlisten: ':81'\n")
	n := h.await(t, rt.EventReloaded)
	gives(t, "ReloadNotification", []any{n.Event, n.Revision, n.Previous, n.Cause, n.Changes.String(), n.Files, n.Count, n.Priority, n.Error},
		[]any{rt.EventReloaded, rt.RevisionID(2), rt.RevisionID(1), rt.CauseFileChange, "workers: 4 → 5", []string{path}, 1, rt.PriorityNormal, ""})
	text, err := json.Marshal(n)
	must(t, err)
	var record map[string]any
	must(t, json.Unmarshal(text, &record))
	gives(t, "as JSON", slices.Sorted(maps.Keys(record)),
		[]string{"cause", "changes", "count", "duration_ms", "event", "files", "id", "message", "previous", "priority", "revision", "time"})
	live.Workers().OnChange(refusing)
	_, err = m.Update(t.Context(), rt.Set("workers", 6))
	fails[*rt.HookError](t, err, "not today")
	_, err = m.Update(t.Context(), rt.Set("database.pool_size", 6))
	must(t, err)
	_, err = m.Rollback(t.Context(), rt.Steps(1))
	must(t, err)
	m.Watching().Disable()
	for e, want := range map[rt.Event]string{
		rt.EventWatchingStarted:  "the sources are followed",
		rt.EventWatchingStopped:  "the sources are no longer followed",
		rt.EventChangeDetected:   path + " has changed",
		rt.EventReloadStarted:    "checking new content of the sources",
		rt.EventReloaded:         "revision 2 is in force: 1 change: 1 modified",
		rt.EventRefused:          "update refused, revision 2 stays in force: the hook on workers",
		rt.EventRolledBack:       "rolled back: revision 5 is in force: 1 change: 1 modified",
		rt.EventBackupMade:       "backed up the source files of revision 1",
		rt.EventMigrationApplied: path + " was migrated from version 1 to 2",
		rt.EventRestartPending:   "changes wait for a restart: 1 change: 1 modified",
		rt.EventHookFailed:       "the hook on workers",
	} {
		n := h.await(t, e)
		if !strings.HasPrefix(n.Message, want) || n.Time.IsZero() || n.ID == "" || e.Failed() != (n.Error != "") || n.Priority != e.Priority() {
			t.Errorf("%s: got %+v, want %q", e, n, want)
		}
		gives(t, "Events has "+string(e), slices.Contains(rt.Events(), e), true)
	}
	must(t, live.Close())
}

// "metrics, audit log": WithMetrics and Metrics, exported to Prometheus and OpenTelemetry
// by separate modules; audit.File and package audit.
func TestPart_MetricsAuditLog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bare, _ := inMemory(t)
		if _, err := bare.Manager().Metrics(); !errors.Is(err, rt.ErrNoMetrics) {
			t.Errorf("got %v", err)
		}
		log := filepath.Join(t.TempDir(), "audit.jsonl")
		f, source := inMemory(t, rt.WithMetrics(true), audit.File(log, audit.Refuse), rt.WithChannel(&received{}, rt.ChannelOptions{}))
		m := f.Manager()
		f.Workers().OnChange(func(context.Context, rt.Change[int]) error { return nil })
		_, err := m.Values().Watch("workers", func(context.Context, rt.ValueChange) error { return errors.New("no") })
		must(t, err)
		alice := rt.ContextWithMetadata(t.Context(), map[string]string{"actor": "alice", "why": "load"})
		_, err = m.Update(alice, rt.Set("workers", 5), rt.Set("database.password", "hunter22"))
		must(t, err)
		source.set("name: [")
		_, err = m.Reload(alice)
		fails[*rt.ReloadError](t, err, "")
		s, err := m.Metrics()
		must(t, err)
		gives(t, "counters", s.Reloads, map[rt.Outcome]uint64{rt.OutcomeReloaded: 1, rt.OutcomeUnchanged: 0, rt.OutcomeRefused: 1, rt.OutcomeUndone: 0})
		gives(t, "durations", []uint64{s.ReloadDuration.Count, s.Hooks[rt.OutcomeSucceeded].Count, s.Subscribers[rt.OutcomeFailed].Count}, []uint64{2, 1, 1})
		gives(t, "gauges", []any{s.Revision, s.RegisteredHooks, s.Subscriptions, s.PendingRestarts, s.RefusedInRow, s.LastReloadSuccessful, s.WatchErrors, len(s.Channels)},
			[]any{rt.RevisionID(2), 1, 1, 0, uint64(1), false, uint64(0), 1})
		must(t, f.Close())

		text, err := os.ReadFile(log)
		must(t, err)
		gives(t, "secrets", bytes.Contains(text, []byte("hunter22")), false)
		gives(t, "who, what, when, why", auditLines(t, text), []string{
			"start  file_change 1  false false", "update alice api_update 2 load false false", "refusal alice manual 2 load true false",
		})
		r, err := audit.Verify(log)
		must(t, err)
		gives(t, "the chain", []any{r.Lines, len(r.Findings)}, []any{uint64(3), 0})
		write(t, log, strings.Replace(string(text), `"alice"`, `"bob"`, 1))
		r, err = audit.Verify(log)
		must(t, err)
		gives(t, "a line that was edited", len(r.Findings) > 0, true)
	})
}

// auditLines returns a summary of each line of an audit log.
func auditLines(t *testing.T, text []byte) (lines []string) {
	for line := range bytes.Lines(text) {
		var r struct {
			Decision, Actor, Cause, Error string
			Revision                      int
			Metadata                      map[string]string
			Time                          time.Time
		}
		must(t, json.Unmarshal(line, &r))
		lines = append(lines, fmt.Sprint(r.Decision, " ", r.Actor, " ", r.Cause, " ", r.Revision, " ", r.Metadata["why"], " ", r.Error != "", " ", r.Time.IsZero()))
	}
	return lines
}

// "ConfigChangeNotifier: notify_change, notify_batch(sync), set_notification_timeout,
// set_error_handler; NotificationResult": Notify of Values, which is asynchronous in a
// goroutine, and SetErrorHandler; the option WithNotificationTimeout.
func TestPart_ConfigChangeNotifier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, _ := inMemory(t, rt.WithNotificationTimeout(time.Second))
		m, n := f.Manager(), f.Manager().Values()
		var recorded recorder
		release, failed := make(chan struct{}), make(chan *rt.SubscriberError, 9)
		bad := &named{"bad", func(rt.ValueChange) error { return errors.New("no") }}
		for _, s := range []rt.Subscriber{&recorded, bad, &named{"slow", func(rt.ValueChange) error { <-release; return nil }}} {
			_, err := m.Values().Subscribe("workers", s)
			must(t, err)
		}
		_, err := m.Values().Subscribe("database.*", &recorded)
		must(t, err)
		n.SetErrorHandler(func(err *rt.SubscriberError) { failed <- err })
		one := rt.ValueChange{Path: "workers", Kind: rt.Modified, Old: 1, New: 2}
		var r rt.NotificationResult
		if d := takes(func() { r = n.Notify(t.Context(), one) }); d < time.Second || d > 2*time.Second {
			t.Errorf("set_notification_timeout: it took %v", d)
		}
		gives(t, "NotificationResult", []int{r.Total, r.Succeeded, r.Failed, len(r.Errors)}, []int{3, 1, 2, 2})
		gives(t, "notify_change", recorded.take(), []string{"workers: 1 → 2"})
		first := fails[*rt.SubscriberError](t, r.Errors[0], "no")
		gives(t, "its subscriber", first.Subscriber, rt.Subscriber(bad))
		gives(t, "set_error_handler", <-failed, first)

		close(release)
		synctest.Wait()
		batch := []rt.ValueChange{one, {Path: "database.url", Kind: rt.Added, New: "x"}, {Path: "database.password", Kind: rt.Removed, Old: "y"}}
		r = n.Notify(t.Context(), batch...)
		gives(t, "notify_batch", []int{r.Total, r.Succeeded, r.Failed}, []int{4, 3, 1})
		gives(t, "what it received", recorded.take(), []string{"workers: 1 → 2", `database.url: added "x"`, `database.password: removed "y"`})
	})
}
