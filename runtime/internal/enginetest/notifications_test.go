package enginetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/audit"
	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/runtime/notify"
	"github.com/hotbind/hotbind/runtime/settings"
	"github.com/hotbind/hotbind/testdata/compile/layers"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// A heard is a channel that keeps what it hears.
type heard struct {
	mu  sync.Mutex
	all []rt.Notification
}

func (h *heard) Name() string { return "heard" }

func (h *heard) Send(_ context.Context, n rt.Notification) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = append(h.all, n)
	return nil
}

// of returns what was heard of an event.
func (h *heard) of(e rt.Event) []rt.Notification {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(h.all), func(n rt.Notification) bool { return n.Event != e })
}

// await waits for a notification of an event.
func (h *heard) await(t testing.TB, e rt.Event) rt.Notification {
	t.Helper()
	testkit.Until(t, string(e), func() bool { return len(h.of(e)) > 0 })
	return h.of(e)[0]
}

// Each event is told when it happens, with the priority of its kind, one line of
// text, and what a reader needs to know of it.
func TestEvents(t *testing.T) {
	t.Setenv("HOTBIND_ENV", "dev")
	dir := testkit.Folder(t, map[string]string{"app.yaml": "note: \"1\"\nname: service\n"})
	path, store, log := filepath.Join(dir, "app.yaml"), filepath.Join(dir, "store"), filepath.Join(dir, "audit.jsonl")
	h, source := &heard{}, newTelling("left: 0")
	opts := append(migrations(t), rt.From(rt.File(path), source), rt.WithChannel(h), history.Store(store), audit.File(log, audit.Continue), quiet(), rt.WithPollInterval(0))
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
	expect(rt.EventMigrationApplied, path+" was read as version")
	if n := expect(rt.EventBackupMade, "the source files of revision 1 were copied"); !slices.Contains(n.Files, path) {
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
	expect(rt.EventReloadStarted, "new content of the sources is looked at")

	replace(t, path, "note: \"2\"\nnmae: other\n")
	if n := expect(rt.EventRefused, "refused, revision 2 stays in force: "+path+":2:1: nmae: "); !slices.Equal(n.Files, []string{path}) || !strings.Contains(n.Error, "did you mean name?") {
		t.Errorf("got %q, %s", n.Files, n.Error)
	}
	replace(t, path, "note: \"2\"\nname: other\n")
	expect(rt.EventRecovered, "the configuration is good again, revision 2 is in force")

	stop := live.Workers().OnChange(func(context.Context, rt.Change[int]) error { return errors.New("not today") })
	ctx := rt.ContextWithMetadata(t.Context(), map[string]string{rt.MetadataActor: "alice"})
	if _, err := m.Update(ctx, rt.Set("workers", 5)); err == nil {
		t.Error("it was accepted")
	}
	stop()
	expect(rt.EventHookFailed, "the hook on workers (enginetest/notifications_test.go:")
	handle, err := m.WatchValue("workers", func(context.Context, rt.ValueChange) error { return errors.New("nor here") })
	must(t, err)
	_, err = m.Update(ctx, rt.Set("workers", 5))
	must(t, err)
	handle.Stop()
	expect(rt.EventSubscriberFailed, "the subscriber of workers")
	_, err = m.Rollback(ctx, rt.Steps(1))
	must(t, err)
	if n := expect(rt.EventRolledBack, "rolled back: revision 5 is in force: 1 change"); n.Metadata[rt.MetadataActor] != "alice" {
		t.Errorf("got %v", n.Metadata)
	}
	_, err = m.RestoreBackup(ctx, 1)
	must(t, err)
	expect(rt.EventBackupRestored, "the files of backup 1 were written back")
	must(t, m.SetStrategy(rt.Manual()))
	expect(rt.EventStrategyChanged, "the strategy is manual")
	must(t, m.SetStrategy(rt.Immediate()))
	source.fail(errors.New("gone"))
	expect(rt.EventSourceFailed, "memory.yaml: gone")
	source.tell(source.text)
	expect(rt.EventSourceRecovered, "memory.yaml reports its changes again")
	seen[rt.EventWatchFailed] = true // only a system that refuses to watch has it: TestF091_WatchingImpaired

	must(t, os.RemoveAll(log))
	must(t, os.MkdirAll(log, 0o700))
	must(t, os.RemoveAll(filepath.Join(store, "revisions")))
	must(t, os.WriteFile(filepath.Join(store, "revisions"), nil, 0o600))
	_, err = m.Update(ctx, rt.Set("workers", 6))
	must(t, err)
	expect(rt.EventStoreFailed, "the store cannot be written: ")
	expect(rt.EventAuditFailed, "the audit log cannot be written: ")
	if m.Status().AuditError == nil {
		t.Error("the status says nothing of it")
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

// restartPending is the event that needs another schema.
func restartPending(t *testing.T, seen map[rt.Event]bool) {
	m, h := &memory{text: "listen: ':80'"}, &heard{}
	live, err := layers.Open(t.Context(), rt.From(m), rt.WithChannel(h), quiet(), rt.WithPollInterval(0))
	must(t, err)
	m.set("listen: ':81'")
	must(t, live.Manager().Refresh(t.Context()))
	n := h.await(t, rt.EventRestartPending)
	if n.Message != "changes wait for a restart: 1 change: 1 modified" || n.Changes.String() != `listen: ":80" → ":81"` {
		t.Errorf("got %+v", n)
	}
	seen[n.Event] = true
	must(t, live.Close())
}

// F093, F137: what is refused a thousand times in a minute is told at once and then
// as one with its count, and that it is good again once, with the number of refusals;
// an update that is refused holds none of that back.
func TestF137_OneAlertAndACount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, h := &memory{text: config(1)}, &heard{}
		live, err := service.Open(t.Context(), rt.From(m), rt.WithChannel(h), quiet(), rt.WithPollInterval(0))
		must(t, err)
		if live.Manager().Refresh(t.Context()) != nil {
			t.Fatal("it was refused")
		}
		if _, err := live.Manager().Update(t.Context(), rt.Set("workers", 500)); err == nil {
			t.Fatal("it was accepted")
		}
		for i := range 1000 {
			m.set("name: [" + strings.Repeat(" ", i))
			if live.Manager().Refresh(t.Context()) == nil {
				t.Fatal("it was accepted")
			}
			time.Sleep(50 * time.Millisecond)
		}
		synctest.Wait()
		if n := h.of(rt.EventRefused); len(n) != 2 || n[1].Count != 1 {
			t.Errorf("got %d alerts: of an update and of the content", len(n))
		}
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if n := h.of(rt.EventRefused); len(n) != 3 || n[2].Count != 999 {
			t.Errorf("got %d alerts, the last of %d", len(n), n[len(n)-1].Count)
		}
		m.set(config(1))
		must(t, live.Manager().Refresh(t.Context()))
		synctest.Wait()
		if n := h.of(rt.EventRecovered); len(n) != 1 || n[0].Count != 1000 {
			t.Errorf("got %+v", n)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := len(h.of(rt.EventRefused)) + len(h.of(rt.EventRecovered)); n != 4 {
			t.Errorf("got %d alerts, want no more", n)
		}
		must(t, live.Close())
	})
}

// After a restart nothing is told of what was in force before it, and what the files
// changed in between is told once.
func TestF134_Restart(t *testing.T) {
	t.Parallel()
	path, store := file(t, config(1)), filepath.Join(t.TempDir(), "store")
	for i, c := range []struct {
		text string
		want int
	}{{config(1), 0}, {config(1), 0}, {config(2), 1}, {config(2), 0}} {
		replace(t, path, c.text)
		h := &heard{}
		live := mustOpen(t, path, store, rt.WithChannel(h))
		must(t, live.Manager().Refresh(t.Context()))
		must(t, live.Close())
		if n := h.of(rt.EventReloaded); len(n) != c.want || c.want == 1 && n[0].Changes.String() != "left: 1 → 2\nright: 1 → 2" {
			t.Errorf("start %d: got %+v", i, n)
		}
	}
}

// A channel that blocks, panics or fails holds up neither the engine nor another
// channel, and what it did not take is counted.
func TestF132_ChannelsHarmNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, release := &heard{}, make(chan struct{})
		live, err := service.Open(t.Context(), rt.From(&memory{text: config(1)}), quiet(), rt.WithPollInterval(0),
			rt.WithChannel(channelFunc{"blocks", func(context.Context, rt.Notification) error { <-release; return nil }}, rt.WithQueueLength(5)),
			rt.WithChannel(channelFunc{"panics", func(context.Context, rt.Notification) error { panic("no luck") }}),
			rt.WithChannel(channelFunc{"fails", func(context.Context, rt.Notification) error { return errors.New("no") }}),
			rt.WithChannel(h))
		must(t, err)
		start := time.Now()
		for n := range 50 {
			_, err := live.Manager().Update(t.Context(), rt.Set("workers", 10+n))
			must(t, err)
		}
		if held := time.Since(start); held > 0 {
			t.Errorf("the engine was held for %v", held)
		}
		synctest.Wait()
		if n := len(h.of(rt.EventReloaded)); n != 50 {
			t.Errorf("got %d, want all 50", n)
		}
		for _, s := range live.Manager().ChannelStats() {
			switch ok := s.Name; {
			case ok == "heard" && s.Sent < 50, ok == "panics" && s.Failed < 50, ok == "fails" && s.Failed < 50, ok == "blocks" && (s.Dropped < 40 || s.Waiting < 5):
				t.Errorf("got %+v", s)
			}
		}
		close(release)
		must(t, live.Close())
	})
}

// Channels come and go while it runs, by name; an invalid filter and
// a name that is taken are errors.
func TestChannelsComeAndGo(t *testing.T) {
	t.Parallel()
	f, _ := inMemory(t)
	m, first, second := f.Manager(), &heard{}, &heard{}
	must(t, m.AddChannel(first, rt.WithFilter(rt.Filter{Events: []rt.Event{rt.EventReloaded}, Paths: []string{"*.pool_size"}})))
	for want, err := range map[string]error{
		`"heard" already`:        m.AddChannel(second),
		`invalid pattern "a..b"`: m.AddChannel(channelFunc{name: "x"}, rt.WithFilter(rt.Filter{Paths: []string{"a..b"}})),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	_, err := m.Update(t.Context(), rt.Set("workers", 5))
	must(t, err)
	_, err = m.Update(t.Context(), rt.Set("database.pool_size", 5))
	must(t, err)
	if !m.RemoveChannel("heard") || m.RemoveChannel("heard") || len(m.ChannelStats()) != 0 {
		t.Error("it was not removed once")
	}
	must(t, m.AddChannel(second))
	_, err = m.Update(t.Context(), rt.Set("database.pool_size", 6))
	must(t, err)
	second.await(t, rt.EventReloaded)
	if len(first.all) != 1 || first.all[0].Changes.String() != "database.pool_size: 10 → 5" {
		t.Errorf("got %+v", first.all)
	}
}

// What cannot be recorded is refused, or is done and told, as the policy says; a
// refusal itself, and an end of following, cannot be refused. Every decision is on
// record, and the chain is whole.
func TestF131_AuditPolicy(t *testing.T) {
	t.Parallel()
	for _, policy := range []audit.Policy{audit.Refuse, audit.Continue} {
		log := filepath.Join(t.TempDir(), "audit.jsonl")
		f, source := inMemory(t, audit.File(log, policy), rt.AllowProduction())
		m := f.Manager()
		must(t, os.Rename(log, log+".1"))
		must(t, os.Mkdir(log, 0o700)) // no file can be made there
		source.set(config(2))
		failures := map[string]error{"Refresh": m.Refresh(t.Context())}
		_, failures["Update"] = m.Update(t.Context(), rt.Set("workers", 5))
		_, failures["Create"] = m.Revisions().Create(t.Context())
		_, failures["Prune"] = m.Revisions().Prune()
		m.Disable()
		failures["Enable"] = m.Enable()
		for what, err := range failures {
			if refused := err != nil; refused != (policy == audit.Refuse) || refused && !strings.Contains(err.Error(), " cannot be recorded in the audit log: ") {
				t.Errorf("%v: %s: got %v", policy, what, err)
			}
		}
		if got := f.Current().Left; (got == 1) != (policy == audit.Refuse) || m.Status().AuditError == nil || m.Enabled() != (policy == audit.Continue) {
			t.Errorf("%v: got %d, %v", policy, got, m.Status().AuditError)
		}
		must(t, os.Remove(log))
		must(t, m.Enable())
		must(t, m.Refresh(t.Context()))
		_, err := m.Update(t.Context(), rt.Set("workers", 6))
		must(t, err)
		if err := m.Status().AuditError; err != nil || f.Current().Left != 2 || f.Current().Workers != 6 {
			t.Errorf("%v: got %v, %+v", policy, err, f.Current())
		}
		must(t, f.Close())
		result, err := audit.Verify(log+".1", log)
		if err != nil || len(result.Findings) > 0 {
			t.Errorf("%v: got %v, %v", policy, result.Findings, err)
		}
	}
	_, err := service.Open(t.Context(), rt.From(&memory{text: config(1)}), audit.File(t.TempDir(), audit.Refuse), quiet())
	if err == nil || !strings.Contains(err.Error(), "is a folder, not a regular file") {
		t.Errorf("got %v", err)
	}
}

// Each decision has its line, with who asked, why, what changed and what was in force
// before and after.
func TestAuditLines(t *testing.T) {
	t.Parallel()
	log, store := filepath.Join(t.TempDir(), "audit.jsonl"), filepath.Join(t.TempDir(), "store")
	path := file(t, config(1))
	live := mustOpen(t, path, store, audit.File(log, audit.Refuse), rt.WithHotReload(true), rt.WithStrategy(rt.Manual()))
	m := live.Manager()
	ctx := rt.ContextWithMetadata(t.Context(), map[string]string{rt.MetadataActor: "alice", "ticket": "7"})
	replace(t, path, config(2))
	_, err := m.Reload(ctx)
	must(t, err)
	_, err = m.Update(ctx, rt.Set("database.password", "hunter22"))
	must(t, err)
	_, err = m.Update(ctx, rt.Set("workers", 500))
	if err == nil {
		t.Error("it was accepted")
	}
	stop := live.Workers().OnChange(func(context.Context, rt.Change[int]) error { return errors.New("not today") })
	_, err = m.Update(ctx, rt.Set("workers", 5))
	if err == nil {
		t.Error("it was accepted")
	}
	stop()
	_, err = m.Rollback(ctx, rt.To(1))
	must(t, err)
	_, err = m.RestoreBackup(ctx, 1)
	must(t, err)
	_, err = m.Revisions().Create(ctx)
	must(t, err)
	_, err = m.Revisions().Prune(rt.KeepCount(2))
	must(t, err)
	m.Disable()
	must(t, m.Enable())
	must(t, live.Close())
	var got []string
	text, err := os.ReadFile(log)
	must(t, err)
	for line := range strings.Lines(string(text)) {
		var r rt.AuditRecord
		must(t, json.Unmarshal([]byte(line), &r))
		summary := string(r.Decision) + " " + string(r.Cause) + " " + r.Actor
		for _, c := range r.Changes {
			text, err := json.Marshal([]any{c.Path, c.Old, c.New})
			must(t, err)
			summary += " " + string(text)
		}
		if r.Error != "" {
			summary += " error"
		}
		got = append(got, strings.Join(strings.Fields(summary), " "))
	}
	want := []string{
		`start file_change`,
		`reload manual alice ["left",1,2] ["right",1,2]`,
		`update api_update alice ["database.password",null,"[secret]"]`,
		`refusal api_update alice error`,
		`update api_update alice ["workers",4,5]`,
		`refusal api_update alice ["workers",4,5] error`,
		`rollback rollback alice ["left",2,1] ["right",2,1] ["database.password","[secret]",null]`,
		`restore alice`,
		`create manual alice`,
		`prune`,
		`disable`,
		`enable`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Metrics count and measure what becomes of reloads, hooks, subscribers and channels,
// and say what is in force and how it stands; without the option they are refused.
func TestMetrics(t *testing.T) {
	t.Parallel()
	bare, _ := inMemory(t)
	if _, err := bare.Manager().Metrics(); !errors.Is(err, rt.ErrNoMetrics) {
		t.Errorf("got %v, want ErrNoMetrics", err)
	}
	h := &heard{}
	f, source := inMemory(t, rt.WithMetrics(true), rt.WithChannel(h), rt.WithHookTimeout(2*time.Second))
	m := f.Manager()
	fail := errors.New("no")
	stop := f.Workers().OnChange(func(ctx context.Context, c rt.Change[int]) error {
		switch c.New {
		case 6:
			return fail
		case 7:
			panic("no luck")
		case 8:
			<-ctx.Done()
			return ctx.Err()
		}
		return nil
	})
	_, err := m.WatchValue("workers", func(context.Context, rt.ValueChange) error { return fail })
	must(t, err)
	for n := 5; n < 9; n++ {
		_, _ = m.Update(t.Context(), rt.Set("workers", n))
	}
	stop()
	must(t, m.Refresh(t.Context()))
	source.set("name: [")
	for range 3 {
		_ = m.Refresh(t.Context())
	}
	s, err := m.Metrics()
	must(t, err)
	wantReloads := map[rt.Outcome]uint64{rt.OutcomeReloaded: 1, rt.OutcomeUnchanged: 1, rt.OutcomeRefused: 3, rt.OutcomeUndone: 3}
	if diff := cmp.Diff(wantReloads, s.Reloads); diff != "" {
		t.Errorf("reloads (-want +got):\n%s", diff)
	}
	calls := map[rt.Outcome]uint64{}
	for o, h := range s.Hooks {
		calls[o] = h.Count
		counted := uint64(0)
		for _, n := range h.Counts {
			counted += n
		}
		if counted != h.Count || h.Count > 0 && h.Sum <= 0 {
			t.Errorf("%s: got %+v", o, h)
		}
	}
	wantCalls := map[rt.Outcome]uint64{rt.OutcomeSucceeded: 1, rt.OutcomeFailed: 1, rt.OutcomePanicked: 1, rt.OutcomeTimedOut: 1}
	if diff := cmp.Diff(wantCalls, calls); diff != "" {
		t.Errorf("hooks (-want +got):\n%s", diff)
	}
	if s.ReloadDuration.Count != 8 || s.Subscribers[rt.OutcomeFailed].Count != 1 || s.Revision != 2 || s.LastReloadSuccessful || s.RefusedInRow != 3 ||
		s.Subscriptions != 1 || s.RegisteredHooks != 0 || s.LastSuccess.IsZero() || len(s.Channels) != 1 {
		t.Errorf("got %+v", s)
	}
	source.set(config(1))
	must(t, m.Refresh(t.Context()))
	if s, err = m.Metrics(); err != nil || s.RefusedInRow != 0 || !s.LastReloadSuccessful {
		t.Errorf("got %+v, %v", s, err)
	}
}

// F195: notifications of a reload name the files whose content differs, and a channel
// for others hears nothing of it; a file that a refusal kept out is named until it is
// good, and after a rollback all are.
func TestF195_FilesThatDiffer(t *testing.T) {
	t.Parallel()
	dir := testkit.Folder(t, map[string]string{"a.yaml": "name: a\n", "b.json": `{"workers": 4}`})
	at := func(name string) string { return filepath.Join(dir, name) }
	yaml, other := notify.NewQueue("yaml", 100), notify.NewQueue("json", 100)
	f := follow(t, rt.File(at("a.yaml")), rt.From(rt.File(at("b.json"))), rt.WithSettle(0), rt.WithHotReload(false),
		rt.WithChannel(yaml, rt.WithFilter(rt.Filter{Files: []string{"*.yaml"}})), rt.WithChannel(other, rt.WithFilter(rt.Filter{Files: []string{"*.json"}})))
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
	hears(yaml, rt.EventReloadStarted, "a.yaml", "b.json") // the same refusal again is told later
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

// WithValidateOnReload(false) leaves the validators out of what the sources say, however
// it is read, and of nothing else: an update and a rollback are validated, and the log
// has no warning.
func TestWithValidateOnReload(t *testing.T) {
	t.Parallel()
	for _, on := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			source := newTelling(config(1))
			f := follow(t, source, rt.WithSettle(0), rt.WithValidateOnReload(on))
			m := f.Manager()
			_, err := m.Update(t.Context(), rt.Set("workers", 5))
			must(t, err)
			looked := 0
			f.AddValidator(func(*service.Config) []rt.Finding { looked++; return []rt.Finding{{Message: "no"}} })
			ask := func(what string, want bool, do func() error) {
				t.Helper()
				looked = 0
				if err := do(); (err != nil) != want || (looked > 0) != want {
					t.Errorf("%s with %v: got %v, looked %d times", what, on, err, looked)
				}
			}
			ask("update", true, func() error { _, err := m.Update(t.Context(), rt.Set("workers", 6)); return err })
			ask("rollback", true, func() error { _, err := m.Rollback(t.Context(), rt.Steps(1)); return err })
			source.set(config(2))
			ask("dry run", on, func() error { _, err := m.DryRun(t.Context()); return err })
			ask("reload", on, func() error { _, err := m.Reload(t.Context()); return err })
			ask("change", on, func() error {
				source.tell(config(3))
				time.Sleep(time.Second)
				return m.Status().LastError
			})
			f.logged("forced", 0)
			_, err = m.Reload(t.Context(), rt.Force())
			must(t, err)
			gives(t, "in force", f.Current().Left, 3)
			f.logged("forced", map[bool]int{true: 1}[on])
		})
	}
}

// Who asks is told what a candidate would have changed that a validator or a hook has
// refused, by a reload, a dry run, an update and a rollback; not where the schema
// refuses it, so that nobody knows.
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

// F034: of a hundred faults a notification and a line of the audit log have the first
// twenty and a count, and a message of one line.
func TestF034_NotificationOfManyFaults(t *testing.T) {
	t.Parallel()
	h, log := &heard{}, filepath.Join(t.TempDir(), "audit.jsonl")
	f, source := inMemory(t, rt.WithChannel(h), audit.File(log, audit.Refuse))
	var o observant
	_, err := f.Manager().Subscribe("**", &o)
	must(t, err)
	var text strings.Builder
	text.WriteString("name: x\ntenants:\n")
	for i := range 100 {
		fmt.Fprintf(&text, "  t%03d: {quota: -1}\n", i)
	}
	source.set(text.String())
	if f.Manager().Refresh(t.Context()) == nil {
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
	if told := o.take(); len(told) != 1 || !strings.HasPrefix(told[0], "refused") {
		t.Errorf("got %q", told)
	}
}

// What is written of a notification is read back, for those who read the file or take
// the webhook, as far as it was written.
func TestNotificationIsReadBack(t *testing.T) {
	t.Parallel()
	n := rt.Notification{
		ID: "x", Time: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), Event: rt.EventReloaded, Priority: rt.PriorityLow, Message: "m", Environment: "dev", Revision: 2,
		Previous: 1, Cause: rt.CauseManual, Metadata: map[string]string{"a": "b"}, Files: []string{"f"}, Error: "e", Count: 3, Duration: 1500 * time.Microsecond,
		Changes: rt.Changes{{Path: "p", Kind: rt.Removed, Old: "x"}, {Path: "q", Kind: rt.Modified, Old: 1.5, New: true}, {Path: "s", Kind: rt.Added, New: rt.NewSecret("y")}},
	}
	text, err := json.Marshal(n)
	must(t, err)
	var got rt.Notification
	must(t, json.Unmarshal(text, &got))
	n.Changes[2].New = rt.Redacted
	if diff := cmp.Diff(n, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, wrong := range []string{`{"priority":"urgent"}`, `{"changes":[{"kind":"moved"}]}`, `[]`} {
		if err := json.Unmarshal([]byte(wrong), &got); err == nil {
			t.Errorf("%s was read", wrong)
		}
	}
}

// A channel belongs to the configuration: where that cannot be opened, for whatever
// reason, it is closed once; and a nil one is an error.
func TestChannelsAreClosedWhereOpenFails(t *testing.T) {
	t.Parallel()
	bad := file(t, "debounce: -1s\n")
	good := file(t, "channels: [{name: c, to: {kind: log}}]\n")
	for name, opts := range map[string][]rt.Option{
		"no source":        {},
		"wrong options":    {rt.From(&memory{text: config(1)}), rt.WithDebounce(-1)},
		"wrong settings":   {rt.From(&memory{text: config(1)}), settings.File(bad)},
		"wrong content":    {rt.From(&memory{text: "name: ["})},
		"no store":         {rt.From(&memory{text: config(1)}), history.Store(bad)},
		"the same channel": {rt.From(&memory{text: config(1)}), rt.WithChannel(&heard{}), rt.WithChannel(&heard{})},
		"no audit log":     {rt.From(&memory{text: config(1)}), audit.File(t.TempDir(), audit.Refuse)},
		"a nil channel":    {rt.From(&memory{text: config(1)}), rt.WithChannel(nil), settings.File(good)},
	} {
		first, last := &closing{}, &closing{}
		opts = append(append([]rt.Option{rt.WithChannel(first), quiet()}, opts...), rt.WithChannel(last))
		if _, err := service.Open(t.Context(), opts...); err == nil {
			t.Errorf("%s: it was opened", name)
		}
		if first.closed != 1 || last.closed != 1 {
			t.Errorf("%s: closed %d and %d times, want once", name, first.closed, last.closed)
		}
	}
}

// A closing channel counts how often it was closed.
type closing struct{ closed int }

func (c *closing) Name() string                                { return fmt.Sprintf("%p", c) }
func (c *closing) Send(context.Context, rt.Notification) error { return nil }
func (c *closing) Close() error                                { c.closed++; return nil }

// What waits for the strategy is no failure, and metrics do not say so.
func TestPendingIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newTelling(config(1))
		live, err := service.Open(t.Context(), rt.From(source), quiet(), rt.WithPollInterval(0), rt.WithStrategy(rt.Manual()), rt.WithMetrics(true))
		must(t, err)
		synctest.Wait()
		source.tell(config(2))
		time.Sleep(time.Minute)
		m, err := live.Manager().Metrics()
		if must(t, err); live.Manager().Status().LastError == nil || !m.LastReloadSuccessful {
			t.Errorf("got %v and %+v", live.Manager().Status().LastError, m)
		}
		must(t, live.Close())
	})
}
