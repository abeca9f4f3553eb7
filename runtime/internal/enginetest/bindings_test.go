package enginetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// A slot is a source whose content a test sets; a reload reads it.
type slot struct{ text atomic.Pointer[string] }

func newSlot(text string) *slot {
	s := &slot{}
	s.text.Store(&text)
	return s
}

func (s *slot) Name() string                         { return "slot.yaml" }
func (s *slot) Read(context.Context) ([]byte, error) { return []byte(*s.text.Load()), nil }
func (s *slot) Document(content []byte, _ document.Shape, l document.Limits) (*document.Node, document.Findings) {
	return document.Parse(s.Name(), content, l)
}

// recorded collects the reports of hooks, which run one at a time.
type recorded []string

func (l *recorded) add(format string, args ...any) { *l = append(*l, fmt.Sprintf(format, args...)) }

// record returns a hook that records each change.
func record[T any](l *recorded, name string) func(context.Context, rt.Change[T]) error {
	return func(_ context.Context, c rt.Change[T]) error {
		l.add("%s: %v", name, c)
		return nil
	}
}

// set puts text into force and returns what the hooks recorded meanwhile.
func (l *recorded) set(t *testing.T, f *followed, s *slot, text string) []string {
	t.Helper()
	*l = nil
	s.text.Store(&text)
	if _, err := f.Manager().Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	return *l
}

// TestBindings: each kind of binding calls its hook with the typed value if and only if
// it differs, also if it is absent; the order is by priority, then by registration.
func TestBindings(t *testing.T) {
	t.Parallel()
	s := newSlot("name: a")
	f := follow(t, s)
	var l recorded
	f.Workers().OnChange(record[int](&l, "low workers"), rt.PriorityLow)
	f.Workers().OnChange(record[int](&l, "workers"))
	f.Note().OnChange(record[string](&l, "note"))
	f.Database().OnChange(record[service.Database](&l, "database"))
	f.Database().PoolSize().OnChange(record[int](&l, "pool size"))
	f.Database().Password().OnChange(record[rt.Secret[string]](&l, "password"))
	f.TLS().OnChange(record[service.TLS](&l, "tls"))
	f.TLS().MinVersion().OnChange(record[service.MinVersion](&l, "tls version"))
	f.Tenants().OnEntry(func(_ context.Context, c rt.EntryChange[string, service.Tenant]) error {
		l.add("entry %v", c)
		return nil
	})
	f.Tenants().Key("acme").OnChange(record[service.Tenant](&l, "acme"))
	f.Tenants().Key("acme").Quota().OnChange(record[int](&l, "acme quota"))
	f.Sink().OnChange(func(_ context.Context, c rt.Change[service.Sink]) error {
		l.add("sink %T → %T", c.Old, c.New)
		return nil
	})
	f.Tree().Left().Left().Value().OnChange(record[int](&l, "tree left left"))
	f.Hosts().OnChange(record[[]string](&l, "hosts"))
	f.OnChange(func(_ context.Context, d *service.Diff) error {
		l.add("root: %v", strings.ReplaceAll(d.String(), "\n", "; "))
		return nil
	}, rt.PriorityHigh)

	for _, c := range []struct {
		why, text string
		want      []string
	}{
		{"one field", "{name: a, workers: 5}", []string{"root: workers: 4 → 5", "workers: 4 → 5", "low workers: 4 → 5"}},
		{"null is not set, absent neither", "{name: a, workers: 5, note: null}", []string{"root: note: absent → null"}},
		{"a section and a secret in it", "{name: a, workers: 5, database: {password: hunter22}}", []string{
			"root: note: null → absent; database.password: added [secret]",
			`database: {"url":"postgres://localhost/app","pool_size":10} → {"url":"postgres://localhost/app","pool_size":10,"password":"[secret]"}`,
			"password: absent → [secret]"}},
		{"an optional section appears, with all in it", "{name: a, workers: 5, database: {password: hunter22}, tls: {cert: c}}", []string{
			`root: tls: added {"cert":"c","min_version":"1.2"}`, `tls: absent → {"cert":"c","min_version":"1.2"}`, "tls version: absent → 1.2"}},
		{"and goes", "{name: a, workers: 5, database: {password: hunter22}}", []string{
			`root: tls: removed {"cert":"c","min_version":"1.2"}`, `tls: {"cert":"c","min_version":"1.2"} → absent`, "tls version: 1.2 → absent"}},
		{"entries come", "{name: a, tenants: {zeta: {quota: 2}, acme: {quota: 1}}}", []string{
			`root: workers: 5 → 4; database.password: removed [secret]; tenants: added {"acme":{"quota":1,"region":"eu"},"zeta":{"quota":2,"region":"eu"}}`,
			"workers: 5 → 4", `database: {"url":"postgres://localhost/app","pool_size":10,"password":"[secret]"} → {"url":"postgres://localhost/app","pool_size":10}`,
			"password: [secret] → absent", `entry acme: absent → {"quota":1,"region":"eu"}`, `entry zeta: absent → {"quota":2,"region":"eu"}`,
			`acme: absent → {"quota":1,"region":"eu"}`, "acme quota: absent → 1", "low workers: 5 → 4"}},
		{"one entry changes, the other is not reported", "{name: a, tenants: {zeta: {quota: 2}, acme: {quota: 7}}}", []string{
			"root: tenants.acme.quota: 1 → 7", `entry acme: {"quota":1,"region":"eu"} → {"quota":7,"region":"eu"}`,
			`acme: {"quota":1,"region":"eu"} → {"quota":7,"region":"eu"}`, "acme quota: 1 → 7"}},
		{"an entry goes", "{name: a, tenants: {zeta: {quota: 2}}}", []string{
			`root: tenants.acme: removed {"quota":7,"region":"eu"}`, `entry acme: {"quota":7,"region":"eu"} → absent`,
			`acme: {"quota":7,"region":"eu"} → absent`, "acme quota: 7 → absent"}},
		{"a union takes another type", "{name: a, tenants: {zeta: {quota: 2}}, sink: {kind: file, path: p}}", []string{
			`root: sink: added {"kind":"file","path":"p"}`, "sink <nil> → service.FileSink"}},
		{"deep in a recursive type", "{name: a, tenants: {zeta: {quota: 2}}, sink: {kind: file, path: p}, tree: {left: {left: {value: 9}}}}", []string{
			`root: tree: added {"left":{"left":{"value":9}}}`, "tree left left: absent → 9"}},
		{"a list, as a whole", "{name: a, tenants: {zeta: {quota: 2}}, sink: {kind: file, path: p}, tree: {left: {left: {value: 9}}}, hosts: [x]}", []string{
			`root: hosts: added ["x"]`, `hosts: absent → ["x"]`}},
		{"another text of the same", "name: a\ntenants: {zeta: {quota: 2.0}}\nsink: {path: p, kind: file}\ntree: {left: {left: {value: 9}}}\nhosts:\n- x\n", nil},
	} {
		if diff := cmp.Diff(c.want, l.set(t, f, s, c.text)); diff != "" {
			t.Errorf("%s: want (-) got (+):\n%s", c.why, diff)
		}
	}
	if v, ok := f.Tenants().Key("zeta").Quota().Get(); v != 2 || !ok {
		t.Errorf("Get is %v, %v, want 2", v, ok)
	}
	if _, ok := f.Tenants().Key("nobody").Quota().Get(); ok {
		t.Error("an entry that does not exist has a value")
	}
}

// TestChangeIn: the typed change of one field in a diff.
func TestChangeIn(t *testing.T) {
	t.Parallel()
	s := newSlot("{name: a, tenants: {acme: {quota: 1}}}")
	f := follow(t, s)
	var l recorded
	f.OnChange(func(_ context.Context, d *service.Diff) error {
		if c, ok := service.ChangeIn(d, f.Tenants().Key("acme").Quota()); !ok || c.Old != 1 || c.New != 2 {
			l.add("the quota: %v, %v", c, ok)
		}
		if c, ok := service.ChangeIn(d, f.Workers()); ok || c.New != 4 {
			l.add("the workers: %v, %v", c, ok)
		}
		return nil
	})
	for _, wrong := range l.set(t, f, s, "{name: a, tenants: {acme: {quota: 2}}}") {
		t.Error(wrong)
	}
	// The first diff of Follow has no old value.
	_, err := f.Follow(func(_ context.Context, d *service.Diff) error {
		c, changed := service.ChangeIn(d, f.Workers())
		l.add("%v, %v", c, changed)
		return nil
	})
	must(t, err)
	if got := l[len(l)-1]; got != "absent → 4, true" {
		t.Errorf("got %s for the value in force", got)
	}
	if changes := f.Current().Database.Diff(&f.Current().Database); !changes.Empty() {
		t.Errorf("a section differs from itself: %s", changes)
	}
}

// TestPrepare: prepared work is committed once the revision is in force, and aborted,
// last first, if a hook refuses. Then no other hook is called.
func TestPrepare(t *testing.T) {
	t.Parallel()
	s := newSlot("name: a")
	f := follow(t, s)
	var l recorded
	prepare := func(name string) func(context.Context, rt.Change[int]) (func(), func(), error) {
		return func(ctx context.Context, c rt.Change[int]) (commit, abort func(), err error) {
			r, _ := rt.RevisionFrom(ctx)
			l.add("%s prepares %v for revision %d while %d is in force", name, c, r.ID, f.Current().Workers)
			return func() { l.add("%s commits while %d is in force", name, f.Current().Workers) }, func() { l.add("%s aborts", name) }, nil
		}
	}
	f.Workers().Prepare(prepare("first"))
	f.Workers().Prepare(prepare("second"))
	f.Prepare(func(_ context.Context, d *service.Diff) (commit, abort func(), err error) {
		if d.New.Workers > 50 {
			return nil, nil, errors.New("too many for this host")
		}
		return nil, nil, nil
	}, rt.PriorityLow)
	f.Workers().OnChange(record[int](&l, "last"))

	want := []string{"first prepares 4 → 5 for revision 2 while 4 is in force", "second prepares 4 → 5 for revision 2 while 4 is in force",
		"first commits while 5 is in force", "second commits while 5 is in force", "last: 4 → 5"}
	if diff := cmp.Diff(want, l.set(t, f, s, "{name: a, workers: 5}")); diff != "" {
		t.Errorf("want (-) got (+):\n%s", diff)
	}

	l = nil
	text := "{name: a, workers: 60}"
	s.text.Store(&text)
	result, err := f.Manager().Reload(t.Context())
	var hook *rt.HookError
	if !errors.As(err, &hook) || result.RolledBack || f.Current().Workers != 5 || !strings.Contains(err.Error(), "too many for this host") {
		t.Errorf("got %+v, %v with %d workers, want a refusal before anything is in force", result, err, f.Current().Workers)
	}
	want = []string{"first prepares 5 → 60 for revision 3 while 5 is in force", "second prepares 5 → 60 for revision 3 while 5 is in force",
		"second aborts", "first aborts"}
	if diff := cmp.Diff(want, []string(l)); diff != "" {
		t.Errorf("want (-) got (+):\n%s", diff)
	}
	if id := f.Manager().Status().Revision.ID; id != 2 {
		t.Errorf("revision %d is in force, want 2", id)
	}
}

// TestFollow: every kind of binding first calls its function with the value in force,
// also an absent one (F197), in its revision, and then once for each change.
func TestFollow(t *testing.T) {
	t.Parallel()
	s := newSlot("{name: a, tenants: {b: {quota: 2}, a: {quota: 1}}}")
	f := follow(t, s)
	var l recorded
	follows := func(stop func(), err error) {
		t.Helper()
		must(t, err)
		t.Cleanup(stop)
	}
	follows(f.Workers().Follow(record[int](&l, "workers")))
	follows(f.TLS().Follow(record[service.TLS](&l, "tls")))
	follows(f.Tenants().FollowEntries(func(ctx context.Context, c rt.EntryChange[string, service.Tenant]) error {
		r, _ := rt.RevisionFrom(ctx)
		l.add("entry %s: %d, in revision %d", c.Key, c.New.Quota, r.ID)
		return nil
	}))
	follows(f.Tenants().Follow(func(_ context.Context, c rt.Change[map[string]service.Tenant]) error {
		l.add("map: %d → %d", len(c.Old), len(c.New))
		return nil
	}))
	follows(f.Follow(func(_ context.Context, d *service.Diff) error {
		l.add("root: %s, before: %v, %d changes", d.New.Name, d.Old != nil, len(d.Changes))
		return nil
	}, rt.PriorityHigh))
	want := []string{"workers: absent → 4", "tls: absent → absent", "entry a: 1, in revision 1", "entry b: 2, in revision 1",
		"map: 0 → 2", "root: a, before: false, 0 changes"}
	if diff := cmp.Diff(want, []string(l)); diff != "" {
		t.Errorf("want (-) got (+):\n%s", diff)
	}
	want = []string{"root: a, before: true, 2 changes", "workers: 4 → 5", "entry a: 3, in revision 2", "map: 2 → 2"}
	if diff := cmp.Diff(want, l.set(t, f, s, "{name: a, workers: 5, tenants: {b: {quota: 2}, a: {quota: 3}}}")); diff != "" {
		t.Errorf("want (-) got (+):\n%s", diff)
	}
}

// TestFollowFails: a constructor gets the error of the first call, and nothing is
// registered. The failure may be an error, a panic, a timeout, or that of a later entry.
func TestFollowFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSlot("{name: a, tenants: {b: {quota: 2}, a: {quota: 1}, c: {quota: 1}}}")
		f := follow(t, s, rt.WithHookTimeout(20*time.Millisecond))
		var l recorded
		cause := errors.New("no pool")
		stop, err := f.Workers().Follow(func(context.Context, rt.Change[int]) error { return cause })
		var hook *rt.HookError
		if stop != nil || !errors.As(err, &hook) || hook.Field != "workers" || !errors.Is(err, cause) {
			t.Errorf("got %v", err)
		}
		var panicked *rt.PanicError
		if _, err := f.Follow(func(context.Context, *service.Diff) error { panic("no") }); !errors.As(err, &panicked) {
			t.Errorf("got %v for a panic", err)
		}
		if _, err := f.Name().Follow(func(ctx context.Context, _ rt.Change[string]) error { <-ctx.Done(); return ctx.Err() }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v for a hook without end", err)
		}
		_, err = f.Tenants().FollowEntries(func(_ context.Context, c rt.EntryChange[string, service.Tenant]) error {
			l.add("%s", c.Key)
			if c.New.Quota == 2 {
				return cause
			}
			return nil
		})
		if !errors.Is(err, cause) || len(l) != 2 {
			t.Errorf("got %v after %v", err, l)
		}
		if n := f.Manager().Status().Hooks; n != 0 {
			t.Errorf("%d hooks are registered", n)
		}
		if err := f.Manager().Status().HookError; err != nil {
			t.Errorf("the status has the error too: %v", err)
		}
		if recorded := l.set(t, f, s, "{name: b, workers: 5, tenants: {}}"); len(recorded) > 0 {
			t.Errorf("received %q", recorded)
		}
		must(t, f.Close())
		if _, err := f.Name().Follow(record[string](&l, "name")); !errors.Is(err, rt.ErrClosed) {
			t.Errorf("got %v after Close", err)
		}
	})
}

// TestEntryIsNamed: the error of a hook on entries names the entry that it failed for.
func TestEntryIsNamed(t *testing.T) {
	t.Parallel()
	s := newSlot("name: a")
	f := follow(t, s)
	f.Tenants().OnEntry(func(_ context.Context, c rt.EntryChange[string, service.Tenant]) error {
		if c.Key == "b.c" {
			return errors.New("no room")
		}
		return nil
	})
	text := "{name: a, tenants: {a: {quota: 1}, b.c: {quota: 2}, d: {quota: 3}}}"
	s.text.Store(&text)
	_, err := f.Manager().Reload(t.Context())
	var failed *rt.HookError
	if !errors.As(err, &failed) || failed.Field != `tenants["b.c"]` {
		t.Errorf("got %v", err)
	}
}
