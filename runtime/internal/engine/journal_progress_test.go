package engine

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/internal/watch"

	rt "github.com/hotbind/hotbind/runtime"
)

// A witness is a rig on a file, with a channel that records all notifications.
type witness struct {
	*rig
	file string

	mu      sync.Mutex
	notices []string
}

func (w *witness) Name() string { return "witness" }

func (w *witness) Send(_ context.Context, n rt.Notification) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notices = append(w.notices, string(n.Event))
	return nil
}

// witnessed opens an engine on a file with a text; the watcher does not see that file.
func witnessed(t *testing.T, file, text string, opts ...rt.Option) *witness {
	t.Helper()
	w := &witness{rig: &rig{t: t, program: &fakeProgram{shape: restartShape}, log: &logbook{}}, file: file}
	w.save(text)
	opts = append([]rt.Option{
		rt.From(rt.File(file)), rt.WithPollInterval(time.Minute), rt.WithMetrics(true), rt.WithLogger(slog.New(w.log)), rt.WithChannel(w, rt.ChannelOptions{}),
	}, opts...)
	e, err := Open(t.Context(), w.program, load.NewOptions(opts...), func(notify func(watch.Event)) Watcher {
		w.watcher = &fakeWatcher{notify: notify, done: make(chan struct{})}
		return blind{w.watcher}
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Engine = e
	return w
}

// goodSince checks that the metrics report good sources a moment ago.
func (w *witness) goodSince(d time.Duration) {
	w.t.Helper()
	if m, err := w.Metrics(); err != nil || m.RefusedInRow != 0 || m.LastSuccess.Before(time.Now().Add(-d)) {
		w.t.Errorf("got the last success %v, %d refused, %v", m.LastSuccess, m.RefusedInRow, err)
	}
}

var restartShape = &fakeShape{members: map[string]*fakeShape{"a": {}, "port": {restart: true}}}

// A blind watcher sees no file.
type blind struct{ *fakeWatcher }

func (blind) Unseen() []string { return []string{"/proc/x: no events"} }

func (w *witness) save(text string) {
	if err := os.WriteFile(w.file, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

func (w *witness) change(text string) {
	w.save(text)
	w.watcher.notify(watch.Event{Kind: watch.Replaced, Path: w.file})
	w.after(time.Second)
}

// TestF186_ProgressAndWarnings: events that are no outcome of a request are reported too,
// in the log, as a notification, or in the metrics. With the table of outcomes, every
// event of the engine is tested: deleting one fails a row.
func TestF186_ProgressAndWarnings(t *testing.T) {
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		opts   []rt.Option
		do     func(w *witness)
		log    []string // parts of log lines
		notice []rt.Event
	}{
		"open and close": {nil, func(w *witness) { w.Close() }, nil, []rt.Event{rt.EventWatchingStarted, rt.EventWatchingStopped}},
		"doubts about files": {nil, func(w *witness) {
			if err := os.Chmod(w.file, 0o666); err != nil {
				w.t.Fatal(err)
			}
			w.warnOfFiles()
		}, []string{"WARN only the poll may detect changes", "WARN every user of this machine may write the file"}, nil},
		"folders that are not followed": {nil, func(w *witness) {
			below := filepath.Join(filepath.Dir(w.file), "conf.d", "below")
			if err := errors.Join(os.MkdirAll(below, 0o700), w.Watching().Add(filepath.Dir(below))); err != nil {
				w.t.Fatal(err)
			}
		}, []string{"WARN subfolders of a watch path are not followed"}, nil},
		"a change": {nil, func(w *witness) {
			w.after(time.Minute)
			w.change(`{"a": 2}`)
			w.goodSince(time.Second)
		}, nil, []rt.Event{rt.EventChangeDetected, rt.EventReloadStarted, rt.EventReloaded}},
		"a change that the poll finds": {nil, func(w *witness) {
			w.save(`{"a": 2}`)
			w.after(2 * time.Minute)
		}, nil, []rt.Event{rt.EventChangeDetected, rt.EventReloadStarted, rt.EventReloaded}},
		"forced": {nil, func(w *witness) {
			w.save(`{"a": 2}`)
			_, _ = w.Reload(context.Background(), rt.Force())
		}, []string{"WARN validators skipped"}, nil},
		"changes that need a restart": {nil, func(w *witness) { w.change(`{"a": 1, "port": 2}`) }, nil, []rt.Event{rt.EventRestartPending}},
		"a warning of the application": {nil, func(w *witness) {
			w.AddValidator(func(any) []rt.Finding { return []rt.Finding{{Message: "is odd", Severity: document.Warning}} })
			w.change(`{"a": 2}`)
		}, []string{"WARN configuration"}, nil},
		"gone and back": {nil, func(w *witness) {
			if err := os.Remove(w.file); err != nil {
				w.t.Fatal(err)
			}
			w.watcher.notify(watch.Event{Kind: watch.Replaced, Path: w.file})
			w.after(time.Second)
			w.change(`{"a": 1}`)
			w.goodSince(time.Second)
		}, []string{"INFO configuration is valid again"}, []rt.Event{rt.EventRefused, rt.EventRecovered}},
		"gone and back, and still bad": {nil, func(w *witness) {
			w.change(`{"a": "!"}`)
			if err := os.Remove(w.file); err != nil {
				w.t.Fatal(err)
			}
			w.watcher.notify(watch.Event{Kind: watch.Replaced, Path: w.file})
			w.after(time.Second)
			w.change(`{"a": "!"}`)
		}, []string{"ERROR configuration can be read again but is still refused"}, nil},
		"a fault of ours": {nil, func(w *witness) {
			w.protect(func() { panic(broken) })
			wantIs(w.t, w.Status().WatchError, broken)
		}, []string{"WARN following the sources failed; trying again"}, nil},
		"a failing subscriber and the error handler": {nil, func(w *witness) {
			w.Values().SetErrorHandler(func(*rt.SubscriberError) { panic(broken) })
			if _, err := w.Values().Watch("a", func(context.Context, rt.ValueChange) error { return broken }); err != nil {
				w.t.Fatal(err)
			}
			w.Values().Notify(context.Background(), rt.ValueChange{Path: "a", Kind: rt.Modified})
			w.after(time.Second)
		}, []string{"a subscriber failed", "the error handler of subscribers failed"}, []rt.Event{rt.EventSubscriberFailed}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "a.json")
			synctest.Test(t, func(t *testing.T) {
				w := witnessed(t, file, `{"a": 1}`, c.opts...)
				defer w.Close()
				c.do(w)
				synctest.Wait()
				w.wants(c.log, c.notice)
			})
		})
	}
}

// wants checks lines of the log, and notifications in order.
func (w *witness) wants(log []string, notices []rt.Event) {
	w.t.Helper()
	for _, part := range log {
		if w.log.count(part) == 0 {
			w.t.Errorf("no line contains %q: %q", part, w.log.lines)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	left := w.notices
	for _, e := range notices {
		at := slices.Index(left, string(e))
		if at < 0 {
			w.t.Errorf("no notification %s: %q", e, w.notices)
			return
		}
		left = left[at+1:]
	}
}

// Events of the store are reported too: backups made and restored, unusable revisions,
// and a start without good sources.
func TestF186_StoreIsReported(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store, file := filepath.Join(dir, "store"), filepath.Join(dir, "a.json")
	step := func(text string, do func(w *witness), log []string, notices ...rt.Event) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			w := witnessed(t, file, text, history.Store(store, history.Fallback()))
			do(w)
			w.Close()
			w.wants(log, notices)
		})
	}
	step(`{"a": 1}`, func(w *witness) {
		if _, err := w.Revisions().Restore(context.Background(), 1); err != nil {
			w.t.Error(err)
		}
	}, []string{"DEBUG source files restored"}, rt.EventBackupMade, rt.EventBackupRestored)
	step(`{"a": 2}`, func(*witness) {}, nil, rt.EventBackupMade)
	step(`{"a": "!"}`, func(*witness) {}, []string{"ERROR started with the last good revision of the store"})
	newest := ""
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(filepath.WalkDir(filepath.Join(store, "revisions"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(path, "2") {
			newest = path
		}
		return err
	}))
	must(os.WriteFile(newest, []byte("damaged"), 0o600))
	step(`{"a": 3}`, func(*witness) {}, []string{"ERROR cannot use a revision of the store"})
}
