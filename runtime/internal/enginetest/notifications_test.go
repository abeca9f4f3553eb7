package enginetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/audit"
	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/runtime/notify"
	"github.com/hotbind/hotbind/testdata/compile/layers"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// Each event is reported when it happens, with the priority of its kind, one line of
// text, and the fields that a reader needs.
func TestEvents(t *testing.T) {
	t.Setenv("HOTBIND_ENV", "dev")
	dir := testkit.Folder(t, map[string]string{"app.yaml": "note: \"1\"\nname: service\n"})
	path, store, log := filepath.Join(dir, "app.yaml"), filepath.Join(dir, "store"), filepath.Join(dir, "audit.jsonl")
	h, source := &received{}, newTelling("left: 0")
	opts := append(migrations(t), rt.From(rt.File(path), source), rt.WithChannel(h, rt.ChannelOptions{}), history.Store(store), audit.File(log, audit.Continue), quiet(), rt.WithPollInterval(0))
	live, err := service.Open(t.Context(), opts...)
	must(t, err)
	m := live.Manager()
	seen := map[rt.Event]bool{}
	expect := func(e rt.Event, message string) rt.Notification {
		t.Helper()
		n := h.await(t, e)
		if !strings.Contains(n.Message, message) || strings.Contains(n.Message, "\n") || n.ID == "" || n.Time.IsZero() ||
			n.Count < 1 || n.Priority != e.Priority() || n.Environment != "dev" || (n.Error != "") != e.Failed() {
			t.Errorf("%s: got %+v", e, n)
		}
		seen[e] = true
		return n
	}
	expect(rt.EventWatchingStarted, "the sources are followed")
	expect(rt.EventMigrationApplied, path+" was migrated from version")
	if n := expect(rt.EventBackupMade, "backed up the source files of revision 1"); !slices.Contains(n.Files, path) {
		t.Errorf("got %q", n.Files)
	}

	replace(t, path, "note: \"2\"\nname: other\n")
	if n := expect(rt.EventChangeDetected, path+" has changed"); !slices.Equal(n.Files, []string{path}) {
		t.Errorf("got %q", n.Files)
	}
	n := expect(rt.EventReloaded, "revision 2 is in force: 1 change: 1 modified")
	if n.Revision != 2 || n.Previous != 1 || n.Cause != rt.CauseFileChange || n.Changes.String() != `name: "service" → "other"` || n.Duration <= 0 {
		t.Errorf("got %+v", n)
	}
	expect(rt.EventReloadStarted, "checking new content of the sources")

	replace(t, path, "note: \"2\"\nnmae: other\n")
	if n := expect(rt.EventRefused, "refused, revision 2 stays in force: "+path+":2:1: nmae: "); !slices.Equal(n.Files, []string{path}) || !strings.Contains(n.Error, "did you mean name?") {
		t.Errorf("got %q, %s", n.Files, n.Error)
	}
	replace(t, path, "note: \"2\"\nname: other\n")
	expect(rt.EventRecovered, "the configuration is valid again, revision 2 is in force")

	stop := live.Workers().OnChange(func(context.Context, rt.Change[int]) error { return errors.New("not today") })
	ctx := rt.ContextWithMetadata(t.Context(), map[string]string{"actor": "alice"})
	if _, err := m.Update(ctx, rt.Set("workers", 5)); err == nil {
		t.Error("it was accepted")
	}
	stop()
	expect(rt.EventHookFailed, "the hook on workers (enginetest/notifications_test.go:")
	handle, err := m.Values().Watch("workers", func(context.Context, rt.ValueChange) error { return errors.New("nor here") })
	must(t, err)
	_, err = m.Update(ctx, rt.Set("workers", 5))
	must(t, err)
	handle.Stop()
	expect(rt.EventSubscriberFailed, "the subscriber of workers")
	_, err = m.Rollback(ctx, rt.Steps(1))
	must(t, err)
	if n := expect(rt.EventRolledBack, "rolled back: revision 5 is in force: 1 change"); n.Metadata["actor"] != "alice" {
		t.Errorf("got %v", n.Metadata)
	}
	_, err = m.Revisions().Restore(ctx, 1)
	must(t, err)
	expect(rt.EventBackupRestored, "restored the files of backup 1")
	must(t, m.Watching().SetStrategy(rt.Manual()))
	expect(rt.EventStrategyChanged, "the strategy is manual")
	must(t, m.Watching().SetStrategy(rt.Immediate()))
	source.fail(errors.New("gone"))
	expect(rt.EventSourceFailed, "memory.yaml: gone")
	source.record(source.text)
	expect(rt.EventSourceRecovered, "memory.yaml reports its changes again")
	seen[rt.EventWatchFailed] = true // only a system that refuses to watch sends it: TestF091_WatchingImpaired

	must(t, os.RemoveAll(log))
	must(t, os.MkdirAll(log, 0o700))
	must(t, os.RemoveAll(filepath.Join(store, "revisions")))
	must(t, os.WriteFile(filepath.Join(store, "revisions"), nil, 0o600))
	_, err = m.Update(ctx, rt.Set("workers", 6))
	must(t, err)
	expect(rt.EventStoreFailed, "the store cannot be written: ")
	expect(rt.EventAuditFailed, "the audit log cannot be written: ")
	if m.Status().AuditError == nil {
		t.Error("the status does not report it")
	}
	if err := live.Close(); err == nil || !strings.Contains(err.Error(), "is not saved") {
		t.Errorf("got %v of a store that cannot be written", err)
	}
	expect(rt.EventWatchingStopped, "the configuration is closed")
	restartPending(t, seen)
	for _, e := range rt.Events() {
		if !seen[e] {
			t.Errorf("%s was not tried", e)
		}
	}
}

// restartPending triggers the event that needs another schema.
func restartPending(t *testing.T, seen map[rt.Event]bool) {
	m, h := &memory{text: "listen: ':80'"}, &received{}
	live, err := layers.Open(t.Context(), rt.From(m), rt.WithChannel(h, rt.ChannelOptions{}), quiet(), rt.WithPollInterval(0))
	must(t, err)
	m.set("listen: ':81'")
	must(t, reloadError(t.Context(), live.Manager()))
	n := h.await(t, rt.EventRestartPending)
	if n.Message != "changes wait for a restart: 1 change: 1 modified" || n.Changes.String() != `listen: ":80" → ":81"` {
		t.Errorf("got %+v", n)
	}
	seen[n.Event] = true
	must(t, live.Close())
}

// F195: notifications of a reload name the files whose content differs, and a channel for
// other files does not receive it. A refused file is named until it is good, and after a
// rollback all are.
func TestF195_FilesThatDiffer(t *testing.T) {
	t.Parallel()
	dir := testkit.Folder(t, map[string]string{"a.yaml": "name: a\n", "b.json": `{"workers": 4}`})
	at := func(name string) string { return filepath.Join(dir, name) }
	yaml, other := notify.NewQueue("yaml", 100), notify.NewQueue("json", 100)
	f := follow(t, rt.File(at("a.yaml")), rt.From(rt.File(at("b.json"))), rt.WithSettle(0), rt.WithHotReload(false),
		rt.WithChannel(yaml, rt.ChannelOptions{Files: []string{"*.yaml"}}), rt.WithChannel(other, rt.ChannelOptions{Files: []string{"*.json"}}))
	m := f.Manager()
	ctx, cancel := context.WithTimeout(t.Context(), testkit.Patience)
	defer cancel()
	hears := func(q *notify.Queue, want rt.Event, files ...string) {
		t.Helper()
		n, err := q.Next(ctx)
		must(t, err)
		for i, name := range files {
			files[i] = at(filepath.Base(name))
		}
		gives(t, string(want), []any{n.Event, n.Files}, []any{want, files})
	}
	started := func(q *notify.Queue, want rt.Event, files ...string) {
		t.Helper()
		hears(q, rt.EventReloadStarted, files...)
		hears(q, want, files...)
	}
	put := func(name, text string) { replace(t, at(name), text); _, _ = m.Reload(t.Context()) }
	put("b.json", `{"workers": 5}`)
	started(other, rt.EventReloaded, "b.json")
	put("a.yaml", "name: b\n")
	started(yaml, rt.EventReloaded, "a.yaml")
	f.AddValidator(tooMany)
	put("b.json", `{"workers": 9}`)
	started(other, rt.EventRefused, "b.json")
	put("a.yaml", "name: c\n")
	hears(yaml, rt.EventReloadStarted, "a.yaml", "b.json") // the same refusal again is recorded later
	hears(other, rt.EventReloadStarted, "a.yaml", "b.json")
	put("b.json", `{"workers": 5}`)
	started(yaml, rt.EventReloaded, "a.yaml")
	_, err := m.Rollback(t.Context(), rt.Steps(1))
	must(t, err)
	_, err = m.Reload(t.Context())
	must(t, err)
	started(yaml, rt.EventReloaded, "a.yaml", "b.json")
	started(other, rt.EventReloaded, "a.yaml", "b.json")
	gives(t, "left", []int{yaml.Len(), other.Len()}, []int{0, 0})
}

// Force skips the validators of every request, also of its dry run, and nothing else. A
// forced revision is logged as a warning.
func TestForce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, source := inMemory(t)
		m := f.Manager()
		_, err := m.Update(t.Context(), rt.Set("workers", 5))
		must(t, err)
		calls := 0
		f.AddValidator(func(*service.Config) []rt.Finding { calls++; return []rt.Finding{{Message: "no"}} })
		source.set(config(2))
		warned := 0
		for _, c := range []struct {
			request string
			warns   int
			do      func(opts ...rt.RequestOption) error
		}{
			{"dry run", 0, func(opts ...rt.RequestOption) error {
				_, err := m.DryRun(t.Context(), as[rt.DryRunOption](opts)...)
				return err
			}},
			{"dry run of an update", 0, func(opts ...rt.RequestOption) error {
				_, err := m.DryRun(t.Context(), append(as[rt.DryRunOption](opts), rt.Set("workers", 6))...)
				return err
			}},
			{"dry run of a rollback", 0, func(opts ...rt.RequestOption) error {
				_, err := m.DryRun(t.Context(), append(as[rt.DryRunOption](opts), rt.Steps(1))...)
				return err
			}},
			{"reload", 1, func(opts ...rt.RequestOption) error { _, err := m.Reload(t.Context(), opts...); return err }},
			{"update", 1, func(opts ...rt.RequestOption) error {
				_, err := m.Update(t.Context(), append(as[rt.UpdateOption](opts), rt.Set("workers", 7))...)
				return err
			}},
			{"rollback", 1, func(opts ...rt.RequestOption) error {
				_, err := m.Rollback(t.Context(), rt.Steps(1), opts...)
				return err
			}},
		} {
			calls = 0
			if err := c.do(); err == nil || calls != 1 {
				t.Errorf("%s: got %v after %d calls of the validator, want that it refuses", c.request, err, calls)
			}
			if err := c.do(rt.Force()); err != nil || calls != 1 {
				t.Errorf("%s: got %v after %d calls of the validator, want none when forced", c.request, err, calls)
			}
			warned += c.warns
			f.logged("the request is forced", warned)
		}
		// The schema still applies.
		if _, err := m.Update(t.Context(), rt.Set("workers", -1), rt.Force()); err == nil {
			t.Error("a value that the schema does not allow was accepted")
		}
	})
}

// as converts a list of one kind of option to another.
func as[O rt.DryRunOption](opts []rt.RequestOption) (list []O) {
	for _, opt := range opts {
		list = append(list, any(opt).(O))
	}
	return list
}

// The result of a reload, a dry run, an update or a rollback has the changes of the
// candidate if a validator or a hook refused it. If the schema refused it, the changes
// are unknown.
func TestRefusedResultsHaveChanges(t *testing.T) {
	t.Parallel()
	f, source := inMemory(t)
	m := f.Manager()
	_, err := m.Update(t.Context(), rt.Set("workers", 5))
	must(t, err)
	all := func(why string) {
		t.Helper()
		source.set(config(2))
		dry, err1 := m.DryRun(t.Context())
		reload, err2 := m.Reload(t.Context())
		update, err3 := m.Update(t.Context(), rt.Set("workers", 6))
		rollback, err4 := m.Rollback(t.Context(), rt.Steps(1))
		if err2 == nil || err3 == nil || err4 == nil {
			t.Errorf("%s: got %v, %v and %v", why, err2, err3, err4)
		}
		gives(t, why+", refused by a dry run", err1 != nil, why == "a validator")
		gives(t, why, []string{dry.Changes.String(), reload.Changes.String(), update.Changes.String(), rollback.Changes.String()},
			[]string{"left: 1 → 2\nright: 1 → 2", "left: 1 → 2\nright: 1 → 2", "workers: 5 → 6", "workers: 5 → 4"})
		gives(t, why+", and is the same", []rt.RevisionID{reload.Revision.ID, update.Revision.ID, rollback.To.ID}, []rt.RevisionID{2, 2, 2})
	}
	stop := f.AddValidator(func(*service.Config) []rt.Finding { return []rt.Finding{{Message: "no"}} })
	all("a validator")
	stop()
	stop = f.Prepare(func(context.Context, *service.Diff) (_, _ func(), err error) { return nil, nil, errors.New("no") })
	all("a hook that prepares")
	stop()
	f.OnChange(func(_ context.Context, d *service.Diff) error { return errors.New("no") })
	all("a hook")
	source.set("name: [")
	result, err := m.Reload(t.Context())
	if err == nil || result.Changes != nil {
		t.Errorf("got %v and %v", result.Changes, err)
	}
}

// F034: for a hundred findings, a notification and a line of the audit log have the first
// twenty and a count, and a message of one line.
func TestF034_NotificationOfManyFaults(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, log := &received{}, filepath.Join(t.TempDir(), "audit.jsonl")
		f, source := inMemory(t, rt.WithChannel(h, rt.ChannelOptions{}), audit.File(log, audit.Refuse))
		var o observant
		_, err := f.Manager().Values().Subscribe("**", &o)
		must(t, err)
		var text strings.Builder
		text.WriteString("name: x\ntenants:\n")
		for i := range 100 {
			fmt.Fprintf(&text, "  t%03d: {quota: -1}\n", i)
		}
		source.set(text.String())
		if reloadError(t.Context(), f.Manager()) == nil {
			t.Fatal("it was accepted")
		}
		n := h.await(t, rt.EventRefused)
		lines, err := os.ReadFile(log)
		must(t, err)
		for what, text := range map[string]string{"notification": n.Error, "audit log": string(lines)} {
			if got := strings.Count(text, "is less than the minimum 0"); got != 20 || !strings.Contains(text, "80 more") || len(text) > 8000 {
				t.Errorf("%s: got %d faults in %d bytes", what, got, len(text))
			}
		}
		if strings.Contains(n.Message, "\n") || len(n.Message) > 400 || !strings.HasSuffix(n.Message, "(and 20 more lines)") {
			t.Errorf("got %s", n.Message)
		}
		if recorded := o.take(); len(recorded) != 1 || !strings.HasPrefix(recorded[0], "refused") {
			t.Errorf("got %q", recorded)
		}
	})
}
