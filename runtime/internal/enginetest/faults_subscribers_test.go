package enginetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

func ignore(context.Context, rt.ValueChange) error { return nil }

// The rows for hooks hold for subscribers too: bad content followed by the earlier
// content causes no change, only the error, which each receives once and which is
// cleared.
func TestF093_Subscribers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, m := inMemory(t)
		var o observant
		_, err := f.Manager().Values().Subscribe("**", &o)
		must(t, err)
		for range 2 {
			m.set("name: [")
			if reloadError(t.Context(), f.Manager()) == nil {
				t.Fatal("it was accepted")
			}
			m.set(config(1))
			must(t, reloadError(t.Context(), f.Manager()))
		}
		recorded := o.take()
		if len(recorded) != 2 || !strings.HasPrefix(recorded[0], "refused (no change): configuration refused, revision 1") || recorded[0] != recorded[1] {
			t.Errorf("got %q, want two refusals", recorded)
		}
		if s := f.Manager().Status(); s.LastError != nil || s.Revision.ID != 1 {
			t.Errorf("got %v, revision %d", s.LastError, s.Revision.ID)
		}
	})
}

// A bad source, reported a thousand times, is no change for any subscriber.
func TestF094_Subscribers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, m := inMemory(t)
		var o observant
		_, err := f.Manager().Values().Subscribe("**", &o)
		must(t, err)
		m.set("name: 1")
		for range 1000 {
			if reloadError(t.Context(), f.Manager()) == nil {
				t.Fatal("it was accepted")
			}
		}
		for _, recorded := range o.take() {
			if !strings.HasPrefix(recorded, "refused") {
				t.Fatalf("got %s", recorded)
			}
		}
		if s := f.Manager().Status(); s.Revision.ID != 1 || s.Refusals != 1000 {
			t.Errorf("got revision %d and %d refusals", s.Revision.ID, s.Refusals)
		}
	})
}

// F196: globs inside a key receive what they match, beside literal patterns.
func TestF196_Globs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, m := range managers(t, config(1)) {
			for pattern, want := range map[string][]string{
				"database.pool_*":          {"database.pool_size: 10 → 20"},
				"d?tabase.*":               {`database.url: "postgres://localhost/app" → "x"`, "database.pool_size: 10 → 20"},
				"{database,tls}.pool_size": {"database.pool_size: 10 → 20"},
				"[dw]*.**":                 {"workers: 4 → 5", `database.url: "postgres://localhost/app" → "x"`, "database.pool_size: 10 → 20"},
				"**.q*":                    {"tenants.a1.quota: added 3"},
				"tenants.[a-z][0-9].quota": {"tenants.a1.quota: added 3"},
				`tenants["a*"].quota`:      nil,
			} {
				var r recorder
				h, err := m.Values().Subscribe(pattern, &r)
				must(t, err)
				_, err = m.Update(t.Context(), rt.Set("database.pool_size", 20), rt.Set("database.url", "x"), rt.Set("workers", 5), rt.Set("tenants.a1", map[string]any{"quota": 3}))
				must(t, err)
				if diff := cmp.Diff(want, r.take()); diff != "" {
					t.Errorf("%s of %s (-want +got):\n%s", pattern, name, diff)
				}
				h.Stop()
				_, err = m.Update(t.Context(), rt.Unset(""))
				must(t, err)
			}
		}
	})
}

// OnReloadError and OnRollback of Live need no subscriber. They are called like the
// methods of a subscriber and in one order with them, until they are stopped, and do not
// count towards the limit. Their errors are reported.
func TestLiveOnReloadErrorAndOnRollback(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, _ := inMemory(t, rt.WithMaxSubscribers(1))
		m := f.Manager()
		var recorded recorder
		refused := func(name string) func(context.Context, error, rt.Changes) error {
			return func(_ context.Context, err error, changes rt.Changes) error {
				recorded.note("%s: %v, %s", name, errors.As(err, new(*rt.ReloadError)), changes.Summary())
				return nil
			}
		}
		f.OnReloadError(refused("low"), rt.PriorityLow)
		stop := f.OnReloadError(refused("first"))
		f.OnRollback(func(_ context.Context, from, to rt.Revision) error {
			recorded.note("rollback %d %d", from.ID, to.ID)
			return errors.New("no")
		})
		_, err := m.Values().Subscribe("**", &observant{})
		must(t, err)
		gives(t, "subscribers", m.Status().Subscribers, 1)
		f.AddValidator(tooMany)
		if _, err = m.Update(t.Context(), rt.Set("workers", 9)); err == nil {
			t.Error("it was accepted")
		}
		gives(t, "a refusal", recorded.take(), []string{"first: true, 1 change: 1 modified", "low: true, 1 change: 1 modified"})
		stop()
		if _, err = m.Update(t.Context(), rt.Set("workers", 900)); err == nil {
			t.Error("it was accepted")
		}
		gives(t, "after stop", recorded.take(), []string{"low: true, no change"})
		_, err = m.Update(t.Context(), rt.Set("workers", 5))
		must(t, err)
		_, err = m.Rollback(t.Context(), rt.Steps(1))
		must(t, err)
		gives(t, "a rollback", recorded.take(), []string{"rollback 2 3"})
		var failed *rt.SubscriberError
		if !errors.As(m.Status().SubscriberError, &failed) || failed.Pattern != "OnRollback" || failed.Subscriber != nil || !strings.Contains(failed.Where, "faults_subscribers_test.go:") {
			t.Errorf("got %v", m.Status().SubscriberError)
		}
	})
}

type (
	reloadsAlone  struct{ recorder }
	errorsAlone   struct{ recorder }
	rollsBackOnly struct{ recorder }
)

func (*reloadsAlone) OnReload(context.Context, []rt.ValueChange) error      { return nil }
func (*errorsAlone) OnReloadError(error, rt.Changes) error                  { return nil }
func (*rollsBackOnly) OnRollback(context.Context, rt.Revision, rt.Revision) {}

// F193: an optional callback with a signature that would never be called is refused with
// both signatures, and nothing is registered.
func TestF193_OtherSignatures(t *testing.T) {
	t.Parallel()
	f, _ := inMemory(t)
	for want, s := range map[string]rt.Subscriber{
		"OnReload of the subscriber *enginetest.reloadsAlone is a func(context.Context, []runtime.ValueChange) error, want a func(context.Context, runtime.Changes) error":                              &reloadsAlone{},
		"OnReloadError of the subscriber *enginetest.errorsAlone is a func(error, runtime.Changes) error, want a func(context.Context, error, runtime.Changes) error":                                   &errorsAlone{},
		"OnRollback of the subscriber *enginetest.rollsBackOnly is a func(context.Context, runtime.Revision, runtime.Revision), want a func(context.Context, runtime.Revision, runtime.Revision) error": &rollsBackOnly{},
	} {
		if _, err := f.Manager().Values().Subscribe("**", s); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	gives(t, "subscribers", f.Manager().Status().Subscribers, 0)
	_, err := f.Manager().Values().Subscribe("**", &observant{})
	must(t, err)
}

// A subscriber that panics or fails is named with its pattern, its place and its stack.
// The others are notified, the revision stays in force, and the process continues. A nil
// subscriber is a mistake in the program.
func TestF095_Subscribers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, _ := inMemory(t)
		m := f.Manager()
		failed := make(chan *rt.SubscriberError, 10)
		m.Values().SetErrorHandler(func(err *rt.SubscriberError) { failed <- err })
		_, err := m.Values().Watch("workers", func(context.Context, rt.ValueChange) error { panic("no luck") })
		must(t, err)
		var others recorder
		_, err = m.Values().Watch("*", others.OnChange)
		must(t, err)
		result, err := m.Update(t.Context(), rt.Set("workers", 5))
		must(t, err)
		if got := others.take(); result.Revision.ID != 2 || !slices.Equal(got, []string{"workers: 4 → 5"}) {
			t.Errorf("got revision %d and %q", result.Revision.ID, got)
		}
		named := <-failed
		var panicked *rt.PanicError
		if !errors.As(named, &panicked) || !strings.Contains(string(panicked.Stack), "faults_subscribers_test.go") {
			t.Errorf("got %v without a stack", named)
		}
		if text := named.Error(); !strings.HasPrefix(text, "the subscriber of workers (enginetest/faults_subscribers_test.go:") || !strings.HasSuffix(text, "failed: panic: no luck") {
			t.Errorf("got %s", text)
		}
		if s := m.Status(); !errors.As(s.SubscriberError, &named) || s.LastError != nil {
			t.Errorf("got warning %v, error %v", s.SubscriberError, s.LastError)
		}
		m.Values().SetErrorHandler(func(*rt.SubscriberError) { panic("nor here") })
		_, err = m.Update(t.Context(), rt.Set("workers", 6))
		must(t, err)
		for name, register := range map[string]func(){
			"Subscribe needs a subscriber": func() { _, _ = m.Values().Subscribe("name", nil) },
			"Watch needs a function":       func() { _, _ = m.Values().Watch("name", nil) },
		} {
			func() {
				defer func() {
					if v, _ := recover().(string); !strings.Contains(v, name) {
						t.Errorf("got the panic %q", v)
					}
				}()
				register()
			}()
		}
	})
}

// A subscriber may read, subscribe, unsubscribe any subscriber, reload, update and roll
// back without deadlock.
func TestF097_Subscribers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, source := inMemory(t)
		m := f.Manager()
		done := make(chan struct{})
		var once sync.Once
		var h rt.Handle
		var err error
		h, err = m.Values().Watch("workers", func(ctx context.Context, c rt.ValueChange) error {
			var errs []error
			add := func(err error) { errs = append(errs, err) }
			if v, _, err := m.Values().Get("workers"); err != nil || v != c.New {
				add(errors.New("it reads a value that differs from the one received"))
			}
			other, err := m.Values().Watch("left", ignore, rt.WithCurrent())
			add(err)
			other.Stop()
			source.set(config(2))
			reloaded, err := m.Reload(ctx)
			add(err)
			_, err = m.Rollback(context.Background(), rt.Steps(1))
			add(err)
			_, err = m.Update(ctx, rt.Set("verbose", true))
			add(err)
			add(m.Channels().Add(channelFunc{"c", func(context.Context, rt.Notification) error { return nil }}, rt.ChannelOptions{}))
			m.Channels().Remove("c")
			m.Values().Notify(ctx, rt.ValueChange{Path: "workers", Kind: rt.Modified, Old: 1, New: 2})
			h.Stop()
			if err := errors.Join(errs...); err != nil || !reloaded.Queued {
				t.Errorf("got %v, queued %v", err, reloaded.Queued)
			}
			once.Do(func() { close(done) })
			return nil
		})
		must(t, err)
		_, err = m.Update(t.Context(), rt.Set("workers", 5))
		must(t, err)
		select {
		case <-done:
		case <-time.After(testkit.Patience):
			t.Fatal("it waits forever")
		}
	})
}

// When a hook refuses, no subscriber receives the change, and an ErrorSubscriber receives
// the changes and the reason. A subscriber that may refuse does so like a hook: those
// called before are called for the way back, last first.
func TestF098_Subscribers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, _ := inMemory(t)
		m := f.Manager()
		var o observant
		_, err := m.Values().Subscribe("**", &o)
		must(t, err)
		stop := f.Workers().OnChange(func(context.Context, rt.Change[int]) error { return errors.New("not today") })
		if _, err := m.Update(t.Context(), rt.Set("workers", 5)); err == nil {
			t.Fatal("it was accepted")
		}
		stop()
		got := o.take()
		if len(got) != 1 || !strings.HasPrefix(got[0], "refused (1 change: 1 modified): ") || !strings.HasSuffix(got[0], "failed: not today") {
			t.Errorf("got %q", got)
		}
		var earlier, refusing recorder
		_, err = m.Values().Watch("*", earlier.OnChange, rt.WithRefusal())
		must(t, err)
		_, err = m.Values().Watch("workers", func(ctx context.Context, c rt.ValueChange) error {
			_ = refusing.OnChange(ctx, c)
			return errors.New("nor tomorrow")
		}, rt.WithRefusal())
		must(t, err)
		result, err := m.Update(t.Context(), rt.Set("workers", 5), rt.Set("verbose", true))
		if failed := (*rt.HookError)(nil); !errors.As(err, &failed) || failed.Field != "workers" || !result.RolledBack {
			t.Errorf("got %v", err)
		}
		want := []string{"workers: 4 → 5", "verbose: added true", "verbose: removed true", "workers: 5 → 4"}
		if diff := cmp.Diff(want, earlier.take()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if got := refusing.take(); f.Current().Workers != 4 || !slices.Equal(got, []string{"workers: 4 → 5"}) {
			t.Errorf("got %d workers, %q", f.Current().Workers, got)
		}
		if got := o.take(); len(got) != 1 || !strings.HasPrefix(got[0], "refused (2 changes: 1 added, 1 modified): ") {
			t.Errorf("got %q", got)
		}
	})
}

// After Close, no subscriber is called, and methods return ErrClosed.
func TestSubscribersOfAClosedConfiguration(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		live, err := service.Open(t.Context(), rt.From(&memory{text: config(1)}), quiet(), rt.WithPollInterval(0))
		must(t, err)
		m := live.Manager()
		h, err := m.Values().Watch("workers", ignore)
		must(t, err)
		must(t, live.Close())
		_, err = m.Values().Subscribe("**", &recorder{})
		for what, err := range map[string]error{
			"Subscribe": err, "Refresh": reloadError(t.Context(), m), "AddChannel": m.Channels().Add(channelFunc{name: "c"}, rt.ChannelOptions{}),
			"Notify": errors.Join(m.Values().Notify(t.Context()).Errors...),
		} {
			if !errors.Is(err, rt.ErrClosed) {
				t.Errorf("%s: got %v, want ErrClosed", what, err)
			}
		}
		if v, ok, err := m.Values().Get("workers"); v != 4 || !ok || err != nil {
			t.Errorf("got %v, %v, %v: the last snapshot stays readable", v, ok, err)
		}
		h.Stop()
	})
}

// A dry run notifies nobody.
func TestDryRunTellsNobody(t *testing.T) {
	h := &received{}
	path := file(t, "note: \"1\"\nname: service\nold_left: 5\n")
	f := follow(t, rt.File(path), append(migrations(t), rt.WithChannel(h, rt.ChannelOptions{}), rt.WithHotReload(false))...)
	h.await(t, rt.EventMigrationApplied)
	replace(t, path, "note: \"1\"\nname: service\nold_left: 6\n")
	for range 3 {
		if d, err := f.Manager().DryRun(t.Context()); err != nil || len(d.Changes) != 1 {
			t.Fatal(d, err)
		}
	}
	must(t, f.Close())
	if n := h.of(rt.EventMigrationApplied); len(n) != 1 || !strings.Contains(n[0].Message, "from version 1 to 3") {
		t.Errorf("got %+v", n)
	}
}
