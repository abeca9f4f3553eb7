package engine

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/runtime/audit"
	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/internal/watch"
	"github.com/hotbind/hotbind/runtime/source"

	rt "github.com/hotbind/hotbind/runtime"
)

// recorded holds what an engine reported: the lines of the log, the notifications without
// those of progress, the decisions in the audit log, and the counts.
type recorded struct {
	Log, Notices, Audit []string
	Counted             map[rt.Outcome]uint64
}

// progress holds the events that report how a request proceeds, not how it ends.
var progress = map[rt.Event]bool{
	rt.EventChangeDetected: true, rt.EventReloadStarted: true, rt.EventHookFailed: true,
	rt.EventMigrationApplied: true, rt.EventBackupMade: true, rt.EventBackupRestored: true,
}

// A listener records everything that a rig reports.
type listener struct {
	*rig
	file, audit, store string

	mu      sync.Mutex
	notices []string
	before  rt.Metrics
	lines   int
	records int
}

func (l *listener) Name() string { return "listener" }

func (l *listener) Send(_ context.Context, n rt.Notification) error {
	if !progress[n.Event] {
		message, _, _ := strings.Cut(n.Message, ":")
		message, _, _ = strings.Cut(message, ", revision")
		message, _, _ = strings.Cut(message, " revision")
		l.mu.Lock()
		l.notices = append(l.notices, string(n.Event)+": "+message)
		l.mu.Unlock()
	}
	return nil
}

// forget discards everything reported so far.
func (l *listener) forget() {
	l.after(time.Second)
	l.reported()
}

// said returns everything reported since the last call.
func (l *listener) reported() (s recorded) {
	l.t.Helper()
	l.log.mu.Lock()
	for _, line := range l.log.lines[l.lines:] {
		if line, _, _ = strings.Cut(line, ":"); !strings.HasPrefix(line, "DEBUG") {
			s.Log = append(s.Log, line)
		}
	}
	l.lines = len(l.log.lines)
	l.log.mu.Unlock()
	l.mu.Lock()
	s.Notices, l.notices = l.notices, nil
	l.mu.Unlock()
	text, err := os.ReadFile(l.audit)
	if err != nil {
		l.t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	for _, line := range lines[l.records:] {
		var r struct{ Decision, Detail string }
		if err := json.Unmarshal(line, &r); err != nil {
			l.t.Fatal(err)
		}
		if r.Decision == "refusal" {
			r.Decision += " of " + r.Detail
		}
		s.Audit = append(s.Audit, r.Decision)
	}
	l.records = len(lines)
	m, err := l.Metrics()
	if err != nil {
		l.t.Fatal(err)
	}
	for outcome, n := range m.Reloads {
		if more := n - l.before.Reloads[outcome]; more > 0 {
			if s.Counted == nil {
				s.Counted = map[rt.Outcome]uint64{}
			}
			s.Counted[outcome] = more
		}
	}
	l.before = m
	return s
}

func (l *listener) save(text string) {
	if err := os.WriteFile(l.file, []byte(text), 0o600); err != nil {
		l.t.Fatal(err)
	}
}

// change saves the file, which is followed.
func (l *listener) change(text string) {
	l.save(text)
	l.watcher.notify(watch.Event{Kind: watch.Replaced, Path: l.file})
	l.after(time.Second)
}

var errNo = errors.New("no")

// refuseIn makes a validator, a prepare hook or a hook refuse every later change.
func (l *listener) refuseIn(place string) {
	switch place {
	case "validator":
		l.AddValidator(func(any) []rt.Finding { return []rt.Finding{{Message: "no"}} })
	case "prepare":
		l.Add(&dispatch.Hook{Where: "a.go:1", Prepare: func(context.Context, dispatch.Round) (_, _ func(), err error) { return nil, nil, errNo }})
	case "hook":
		l.hook(func(_ context.Context, before, after string) error {
			return errNo
		})
	}
}

func once(log, notice, audit string, outcome rt.Outcome) recorded {
	t := recorded{Log: []string{log}, Notices: []string{notice}, Audit: []string{audit}}
	if outcome != "" {
		t.Counted = map[rt.Outcome]uint64{outcome: 1}
	}
	return t
}

// undone expects one report for a revision that came into force and was taken out again.
// The audit log has the decision before the refusal.
func undone(log, notice, decision, refusal string) recorded {
	t := once(log, notice, refusal, rt.OutcomeUndone)
	t.Audit = []string{decision, refusal}
	return t
}

// TestF186_EveryOutcomeIsReportedOnce combines every request with every outcome. Each is
// reported in one log line, one notification, one line of the audit log and one count, in
// the words of the request. A row says why if less is reported. Deleting any Note of an
// outcome fails the test.
func TestF186_EveryOutcomeIsReportedOnce(t *testing.T) {
	reload := func(l *listener) { l.Reload(context.Background()) }
	update := func(value string) func(l *listener) {
		return func(l *listener) { l.Update(context.Background(), rt.Set("x", value)) }
	}
	rollback := func(l *listener) { l.Rollback(context.Background(), rt.Steps(1)) }
	restore := func(l *listener) { l.Revisions().Restore(context.Background(), 1) }
	const a, b, bad = `{"a": "1"}`, `{"a": "2"}`, `{"a": "!"}`
	second := func(l *listener) { l.change(b) } // a revision to roll back to
	for _, c := range []struct {
		name    string
		opts    []rt.Option
		prepare func(l *listener)
		do      func(l *listener)
		want    recorded
		silent  string // why it reports less
	}{
		{name: "file change, accepted", do: func(l *listener) { l.change(b) },
			want: once("INFO configuration reloaded", "reloaded: revision 2 is in force", "reload", rt.OutcomeReloaded)},
		{name: "file change, unchanged", do: func(l *listener) { l.change(a + " ") }, want: recorded{Counted: map[rt.Outcome]uint64{rt.OutcomeUnchanged: 1}},
			silent: "files are touched and reformatted all the time, and nothing was decided"},
		{name: "file change, refused by the schema", do: func(l *listener) { l.change(bad) },
			want: once("ERROR configuration refused", "refused: configuration refused", "refusal of change", rt.OutcomeRefused)},
		{name: "file change, refused by a validator", prepare: func(l *listener) { l.refuseIn("validator") }, do: func(l *listener) { l.change(b) },
			want: once("ERROR configuration refused", "refused: configuration refused", "refusal of change", rt.OutcomeRefused)},
		{name: "file change, refused by Prepare", prepare: func(l *listener) { l.refuseIn("prepare") }, do: func(l *listener) { l.change(b) },
			want: once("ERROR configuration refused", "refused: configuration refused", "refusal of change", rt.OutcomeRefused)},
		{name: "file change, rolled back by a hook", prepare: func(l *listener) { l.refuseIn("hook") }, do: func(l *listener) { l.change(b) },
			want: undone("ERROR configuration refused", "refused: configuration refused", "reload", "refusal of change")},
		{name: "file change, valid again", prepare: func(l *listener) { l.change(bad) }, do: func(l *listener) { l.change(a) },
			want:   recorded{Log: []string{"INFO configuration is valid again"}, Notices: []string{"recovered: the configuration is valid again"}, Counted: map[rt.Outcome]uint64{rt.OutcomeUnchanged: 1}},
			silent: "nothing was decided: what is in force stays"},
		{name: "file change, accepted after a refusal", prepare: func(l *listener) { l.change(bad) }, do: func(l *listener) { l.change(b) },
			want: recorded{
				Log:     []string{"INFO configuration reloaded"},
				Notices: []string{"reloaded: revision 2 is in force", "recovered: the configuration is valid again"},
				Audit:   []string{"reload"}, Counted: map[rt.Outcome]uint64{rt.OutcomeReloaded: 1},
			}, silent: "two outcomes: the log line has both"},
		{name: "file change, unreadable", do: func(l *listener) {
			os.Remove(l.file)
			l.watcher.notify(watch.Event{Kind: watch.Replaced, Path: l.file})
			l.after(10 * time.Second)
		},
			want: once("ERROR configuration refused", "refused: configuration refused", "refusal of change", rt.OutcomeRefused)},

		{name: "reload, accepted", do: func(l *listener) { l.save(b); reload(l) },
			want: once("INFO configuration reloaded", "reloaded: revision 2 is in force", "reload", rt.OutcomeReloaded)},
		{name: "reload, unchanged", do: reload, want: recorded{Counted: map[rt.Outcome]uint64{rt.OutcomeUnchanged: 1}},
			silent: "nothing was decided, and the caller has the result"},
		{name: "reload, refused by the schema", do: func(l *listener) { l.save(bad); reload(l) },
			want: once("ERROR reload refused", "refused: reload refused", "refusal of reload", rt.OutcomeRefused)},
		{name: "reload, refused again", prepare: func(l *listener) { l.save(bad); reload(l) }, do: reload,
			want:   recorded{Audit: []string{"refusal of reload"}, Counted: map[rt.Outcome]uint64{rt.OutcomeRefused: 1}},
			silent: "the last log line is the same, and channels get a repeated failure once a minute: a thousand bad saves are one alert (F094)"},
		{name: "reload, refused by a validator", prepare: func(l *listener) { l.refuseIn("validator") }, do: func(l *listener) { l.save(b); reload(l) },
			want: once("ERROR reload refused", "refused: reload refused", "refusal of reload", rt.OutcomeRefused)},
		{name: "reload, refused by Prepare", prepare: func(l *listener) { l.refuseIn("prepare") }, do: func(l *listener) { l.save(b); reload(l) },
			want: once("ERROR reload refused", "refused: reload refused", "refusal of reload", rt.OutcomeRefused)},
		{name: "reload, rolled back by a hook", prepare: func(l *listener) { l.refuseIn("hook") }, do: func(l *listener) { l.save(b); reload(l) },
			want: undone("ERROR reload refused", "refused: reload refused", "reload", "refusal of reload")},

		{name: "update, accepted", do: update("1"),
			want: once("INFO configuration updated", "reloaded: updated", "update", rt.OutcomeReloaded)},
		{name: "update, unchanged", prepare: update("1"), do: update("1"), want: recorded{Counted: map[rt.Outcome]uint64{rt.OutcomeUnchanged: 1}},
			silent: "nothing was decided, and the caller has the result"},
		{name: "update, refused by the schema", do: update("!"),
			want: once("ERROR update refused", "refused: update refused", "refusal of update", rt.OutcomeRefused)},
		{name: "update, refused by a validator", prepare: func(l *listener) { l.refuseIn("validator") }, do: update("1"),
			want: once("ERROR update refused", "refused: update refused", "refusal of update", rt.OutcomeRefused)},
		{name: "update, refused by Prepare", prepare: func(l *listener) { l.refuseIn("prepare") }, do: update("1"),
			want: once("ERROR update refused", "refused: update refused", "refusal of update", rt.OutcomeRefused)},
		{name: "update, rolled back by a hook", prepare: func(l *listener) { l.refuseIn("hook") }, do: update("1"),
			want: undone("ERROR update refused", "refused: update refused", "update", "refusal of update")},

		{name: "rollback, accepted and held", prepare: second, do: rollback,
			want: once("INFO configuration rolled back", "rolled_back: rolled back", "rollback", rt.OutcomeReloaded)},
		{name: "rollback, to the same value", do: func(l *listener) { l.Rollback(context.Background(), rt.To(1)) },
			want: once("INFO configuration rolled back", "rolled_back: rolled back", "rollback", rt.OutcomeReloaded)},
		{name: "rollback, of no revision", do: func(l *listener) { l.Rollback(context.Background(), rt.To(99)) },
			want: once("ERROR rollback refused", "refused: rollback refused", "refusal of rollback", rt.OutcomeRefused)},
		{name: "rollback, refused by a validator", prepare: func(l *listener) { second(l); l.refuseIn("validator") }, do: rollback,
			want: once("ERROR rollback refused", "refused: rollback refused", "refusal of rollback", rt.OutcomeRefused)},
		{name: "rollback, refused by Prepare", prepare: func(l *listener) { second(l); l.refuseIn("prepare") }, do: rollback,
			want: once("ERROR rollback refused", "refused: rollback refused", "refusal of rollback", rt.OutcomeRefused)},
		{name: "rollback, rolled back by a hook", prepare: func(l *listener) { second(l); l.refuseIn("hook") }, do: rollback,
			want: undone("ERROR rollback refused", "refused: rollback refused", "rollback", "refusal of rollback")},
		{name: "file change, held", prepare: func(l *listener) { second(l); rollback(l) }, do: func(l *listener) { l.change(b) }, want: recorded{},
			silent: "it is the content that the rollback is held against, which was judged before"},

		{name: "restore, accepted", prepare: second, do: restore,
			want:   recorded{Log: []string{"INFO configuration restored"}, Notices: []string{"reloaded: restored from a backup"}, Audit: []string{"restore", "reload"}, Counted: map[rt.Outcome]uint64{rt.OutcomeReloaded: 1}},
			silent: "two decisions: to write the files, and to put their content into force"},
		{name: "restore, of no backup", do: func(l *listener) { l.Revisions().Restore(context.Background(), 99) },
			want: func() recorded {
				w := once("ERROR restore refused", "refused: restore refused", "", rt.OutcomeRefused)
				w.Audit = []string{"restore", "refusal of restore"}
				return w
			}(), silent: "the decision is in the audit log before the refusal"},
		{name: "restore, refused by a validator", prepare: func(l *listener) { second(l); l.refuseIn("validator") }, do: restore,
			want: func() recorded {
				w := once("ERROR restore refused", "refused: restore refused", "", rt.OutcomeRefused)
				w.Audit = []string{"restore", "refusal of restore"}
				return w
			}(), silent: "the decision to write the files is in the audit log before the refusal"},

		{name: "disable, accepted", do: func(l *listener) { l.Watching().Disable() },
			want: once("INFO following disabled", "watching_stopped: the sources are no longer followed", "disable", "")},
		{name: "disable, unchanged", prepare: func(l *listener) { l.Watching().Disable() }, do: func(l *listener) { l.Watching().Disable() }, want: recorded{},
			silent: "it is disabled"},
		{name: "enable, accepted", prepare: func(l *listener) { l.Watching().Disable() }, do: func(l *listener) { l.Watching().Enable() },
			want: once("INFO following enabled", "watching_started: the sources are followed", "enable", "")},
		{name: "enable, refused", opts: []rt.Option{inProduction()}, do: func(l *listener) { l.Watching().Enable() },
			want: once("ERROR enable refused", "refused: enable refused", "refusal of enable", "")},
		{name: "strategy, accepted", do: func(l *listener) { l.Watching().SetStrategy(rt.Manual()) },
			want: once("INFO strategy changed", "strategy_changed: the strategy is manual", "strategy", "")},
		{name: "strategy, refused", do: func(l *listener) { l.Watching().SetStrategy(rt.Scheduled(0)) },
			want: once("ERROR strategy refused", "refused: strategy refused", "refusal of strategy", "")},

		{name: "update, failed to persist", prepare: func(l *listener) { l.breakStore() }, do: update("1"),
			want: recorded{
				Log:     []string{"INFO configuration updated", "ERROR the store cannot be written"},
				Notices: []string{"reloaded: updated", "store_failed: the store cannot be written"},
				Audit:   []string{"update"}, Counted: map[rt.Outcome]uint64{rt.OutcomeReloaded: 1},
			}, silent: "two outcomes: the revision is in force, and it is not saved"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := listening(t, a, c.opts...)
				if c.prepare != nil {
					c.prepare(l)
				}
				l.forget()
				c.do(l)
				l.after(time.Second)
				got := l.reported()
				if diff := gocmp.Diff(c.want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", cmp.Or(c.silent, "each is reported once"), diff)
				}
				l.Close()
			})
		})
	}
}

// inProduction makes the environment production, where following must be allowed.
func inProduction() rt.Option {
	return func(o *rt.Options) { o.Sources = append(o.Sources, production{rt.Bytes("p.json", []byte("{}"))}) }
}

type production struct{ source.Source }

func (production) Environment() string { return "production" }

// listening opens an engine on a file with everything that it can report to.
func listening(t *testing.T, text string, opts ...rt.Option) *listener {
	t.Helper()
	dir := t.TempDir()
	l := &listener{file: filepath.Join(dir, "a.json"), audit: filepath.Join(dir, "audit.jsonl"), store: filepath.Join(dir, "store")}
	l.rig = &rig{t: t, program: &fakeProgram{}, log: &logbook{}}
	l.save(text)
	opts = append([]rt.Option{
		rt.From(rt.File(l.file)), rt.WithPollInterval(0), rt.WithSettle(0), rt.WithLogger(slog.New(l.log)), rt.WithChannel(l, rt.ChannelOptions{}),
		audit.File(l.audit, audit.Refuse), history.Store(l.store), rt.WithMetrics(true),
	}, opts...)
	e, err := Open(t.Context(), l.program, load.NewOptions(opts...), func(notify func(watch.Event)) Watcher {
		l.watcher = &fakeWatcher{notify: notify, done: make(chan struct{})}
		return l.watcher
	})
	if err != nil {
		t.Fatal(err)
	}
	l.Engine = e
	return l
}

// breakStore makes the store unwritable.
func (l *listener) breakStore() {
	revisions := filepath.Join(l.store, "revisions")
	if err := errors.Join(os.RemoveAll(revisions), os.WriteFile(revisions, nil, 0o600)); err != nil {
		l.t.Fatal(err)
	}
}

// A brokenAudit is an audit log that cannot be opened.
type brokenAudit struct {
	rt.AuditLog
	opened int
}

func (*brokenAudit) String() string { return "audit" }

func (a *brokenAudit) Open() (bool, error) {
	a.opened++
	return false, errRefused
}

// After Close, SetStrategy changes, logs and records nothing. Otherwise it would open an
// audit log that could not be opened before, in an engine that nobody closes again.
func TestStrategyAfterClose(t *testing.T) {
	audit := new(brokenAudit)
	r := rigged(t, func(o *rt.Options) { o.AuditLog, o.AuditContinue = audit, true })
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	before := audit.opened
	wantIs(t, r.Watching().SetStrategy(rt.Manual()), rt.ErrClosed)
	r.logged("strategy changed", 0)
	if audit.opened != before {
		t.Error("the audit log was opened")
	}
}
