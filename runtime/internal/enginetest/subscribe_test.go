package enginetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/runtime/untyped"
	"github.com/hotbind/hotbind/runtime/validate"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// A recorder is a subscriber that records its calls.
type recorder struct {
	mu       sync.Mutex
	recorded []string
}

func (r *recorder) note(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.recorded = append(r.recorded, fmt.Sprintf(format, args...))
}

// take returns what was recorded since the last call.
func (r *recorder) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	recorded := r.recorded
	r.recorded = nil
	return recorded
}

func (r *recorder) OnChange(_ context.Context, c rt.ValueChange) error {
	r.note("%v", c)
	return nil
}

// managers returns the two ways to open a configuration with the schema of the tests:
// with a generated package, and with the schema alone.
func managers(t *testing.T, text string, opts ...rt.Option) map[string]rt.Manager {
	t.Helper()
	opts = append([]rt.Option{rt.From(rt.Bytes("app.yaml", []byte(text))), quiet()}, opts...)
	typed, err := service.Open(t.Context(), opts...)
	must(t, err)
	t.Cleanup(func() { must(t, typed.Close()) })
	schema, findings := validate.Load("service.schema.json", service.Schema(), os.DirFS("."))
	if schema == nil {
		t.Fatal(findings)
	}
	bare, err := untyped.Open(t.Context(), schema, opts...)
	must(t, err)
	t.Cleanup(func() { must(t, bare.Close()) })
	return map[string]rt.Manager{"typed": typed.Manager(), "untyped": bare.Manager()}
}

// What patterns match when values change, appear and disappear: each place once, sections
// as a whole, and each change below ** separately; in maps, keys with dots, lists, unions
// and new sections. Generated code and the schema alone agree.
func TestSubscribe(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const text = "name: shop\ndatabase: {pool_size: 10}\ntenants: {acme: {quota: 1}, a.b: {quota: 2}}\nhosts: [a.example, b.example]\nsink: {kind: http, url: 'https://a.example'}\n"
		for _, c := range []struct {
			why, pattern string
			edits        []rt.Edit
			want         []string
		}{
			{"a value", "database.pool_size", []rt.Edit{rt.Set("database.pool_size", 20)}, []string{"database.pool_size: 10 → 20"}},
			{"beside it", "database.url", []rt.Edit{rt.Set("database.pool_size", 20)}, nil},
			{"each in a section", "database.*", []rt.Edit{rt.Set("database.pool_size", 20), rt.Set("database.url", "x")},
				[]string{`database.url: "postgres://localhost/app" → "x"`, "database.pool_size: 10 → 20"}},
			{"at any depth", "**.quota", []rt.Edit{rt.Set("tenants.acme.quota", 5), rt.Set(`tenants["a.b"].quota`, 6)},
				[]string{`tenants["a.b"].quota: 2 → 6`, "tenants.acme.quota: 1 → 5"}},
			{"a key with a dot", `tenants["a.b"].quota`, []rt.Edit{rt.Set(`tenants["a.b"].quota`, 6)}, []string{`tenants["a.b"].quota: 2 → 6`}},
			{"each change of all", "**", []rt.Edit{rt.Set("workers", 9), rt.Set("tenants.acme.region", "us")},
				[]string{"workers: 4 → 9", `tenants.acme.region: "eu" → "us"`}},
			{"each change below a section", "tenants.**", []rt.Edit{rt.Set("tenants.new", map[string]any{"quota": 3}), rt.Set("tenants.acme.quota", 2)},
				[]string{"tenants.acme.quota: 1 → 2", `tenants.new: added {"quota":3,"region":"eu"}`}},
			{"a value in a new section", "tls.cert", []rt.Edit{rt.Set("tls", map[string]any{"cert": "c"})}, []string{`tls.cert: added "c"`}},
			{"a default in it", "*.min_version", []rt.Edit{rt.Set("tls", map[string]any{"cert": "c"})}, []string{"tls.min_version: added 1.2"}},
			{"an entry and its parts", "tenants.*.region", []rt.Edit{rt.Set("tenants.new", map[string]any{"quota": 3})}, []string{`tenants.new.region: added "eu"`}},
			{"a list as a whole", "hosts", []rt.Edit{rt.Set("hosts", []string{"a.example", "c.example"})},
				[]string{`hosts: ["a.example","b.example"] → ["a.example","c.example"]`}},
			{"an item by its place", "hosts[1]", []rt.Edit{rt.Set("hosts", []string{"a.example", "c.example"})}, []string{`hosts[1]: "b.example" → "c.example"`}},
			{"each item", "hosts.*", []rt.Edit{rt.Set("hosts", []string{"x.example", "b.example", "c.example"})},
				[]string{`hosts[0]: "a.example" → "x.example"`, `hosts[2]: added "c.example"`}},
			{"items that are gone", "hosts[*]", []rt.Edit{rt.Set("hosts", []string{})}, []string{`hosts[0]: removed "a.example"`, `hosts[1]: removed "b.example"`}},
			{"inside an alternative", "sink.retries", []rt.Edit{rt.Set("sink.retries", 7)}, []string{"sink.retries: 3 → 7"}},
			{"another alternative", "sink.path", []rt.Edit{rt.Set("sink", map[string]any{"kind": "file", "path": "/p", "url": nil})}, []string{`sink.path: added "/p"`}},
			{"a secret", "database.password", []rt.Edit{rt.Set("database.password", "hunter22")}, []string{"database.password: added [secret]"}},
			{"recursion", "tree.**.value", []rt.Edit{rt.Set("tree", json.RawMessage(`{"left": {"value": 1, "children": [{"value": 2}]}}`))},
				[]string{"tree.left.value: added 1", "tree.left.children[0].value: added 2"}},
			{"nothing that matches", "**.region", []rt.Edit{rt.Set("workers", 9)}, nil},
		} {
			for name, m := range managers(t, text) {
				var r recorder
				h, err := m.Values().Subscribe(c.pattern, &r)
				must(t, err)
				if _, err := m.Update(t.Context(), rt.Edits(c.edits)); err != nil {
					t.Errorf("%s, %s: %v", c.why, name, err)
				}
				if diff := cmp.Diff(c.want, r.take()); diff != "" {
					t.Errorf("%s, %s (-want +got):\n%s", c.why, name, diff)
				}
				if h.Pattern() != c.pattern || h.Subscriber() != &r || h.ID() != 1 {
					t.Errorf("%s, %s: the handle belongs to another subscription", c.why, name)
				}
				h.Stop()
				h.Stop() // this does nothing
				if n := m.Status().Subscribers; n != 0 {
					t.Errorf("%s, %s: %d subscribers are left", c.why, name, n)
				}
			}
		}
	})
}

// A pattern that can never match, a subscriber that is not comparable, and one beyond the
// limit are errors at once, and nothing is registered.
func TestSubscribeIsRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, m := range managers(t, config(1), rt.WithMaxSubscribers(2)) {
			nothing := func(context.Context, rt.ValueChange) error { return nil }
			refuse := func(want string, err error) {
				t.Helper()
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%s: got %v, want %s", name, err, want)
				}
			}
			_, err := m.Values().Subscribe("databse.*", &recorder{})
			refuse("databse.*: it matches nothing in the schema (did you mean database.*?)", err)
			_, err = m.Values().Watch("tenants.*.qota", nothing)
			refuse("(did you mean tenants.*.quota?)", err)
			_, err = m.Values().Watch("database.poolsize", nothing)
			refuse("database.poolsize: the schema has no such path (did you mean database.pool_size?)", err)
			_, err = m.Values().Watch("database.", nothing)
			refuse(`invalid pattern "database."`, err)
			_, _, err = m.Values().Get("database.poolsize")
			refuse("(did you mean database.pool_size?)", err)
			_, _, err = m.Values().Get("nmae")
			refuse("(did you mean name?)", err)
			_, err = m.Values().Subscribe("name", incomparable{})
			refuse("is not comparable: use a pointer", err)
			r := &recorder{}
			var handles []rt.Handle
			for range 2 {
				h, err := m.Values().Subscribe("name", r)
				must(t, err)
				handles = append(handles, h)
			}
			_, err = m.Values().Subscribe("name", r)
			if !errors.Is(err, rt.ErrTooManySubscribers) {
				t.Errorf("%s: got %v, want ErrTooManySubscribers", name, err)
			}
			if n := m.Status().Subscribers; n != 2 {
				t.Errorf("%s: got %d subscribers", name, n)
			}
			for _, h := range handles {
				h.Stop()
			}
			if n := m.Status().Subscribers; n != 0 {
				t.Errorf("%s: %d subscribers are left", name, n)
			}
		}
	})
}

type incomparable []int

func (incomparable) OnChange(context.Context, rt.ValueChange) error { return nil }

// A watch receives one value, on request first the one in force, even if it is absent
// (F197), and nothing after it was stopped.
func TestWatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, m := range managers(t, config(1)) {
			var value, absent, pattern, all recorder
			h, err := m.Values().Watch("workers", value.OnChange, rt.WithCurrent())
			must(t, err)
			_, err = m.Values().Watch("tls.cert", absent.OnChange, rt.WithCurrent())
			must(t, err)
			_, err = m.Values().Watch("tls.c*", pattern.OnChange, rt.WithCurrent())
			must(t, err)
			_, err = m.Values().Watch("*.url", all.OnChange, rt.WithCurrent())
			must(t, err)
			_, err = m.Values().Watch("tls.cert", func(_ context.Context, c rt.ValueChange) error {
				if c.Kind != 0 || c.Old != nil || c.New != nil {
					t.Errorf("%s: got %#v for an absent value", name, c)
				}
				return nil
			}, rt.WithCurrent(), rt.WithRefusal())
			must(t, err)
			want := []string{"workers: added 4", "tls.cert: absent → absent", "tls.c*: absent → absent", `database.url: added "postgres://localhost/app"`}
			if got := slices.Concat(value.take(), absent.take(), pattern.take(), all.take()); !slices.Equal(got, want) {
				t.Errorf("%s: got %q at first", name, got)
			}
			for _, n := range []int{5, 6, 6, 7} {
				if n == 7 {
					h.Stop()
					h.Stop()
				}
				if _, err := m.Update(t.Context(), rt.Set("workers", n)); err != nil {
					t.Fatal(err)
				}
			}
			if got := value.take(); !slices.Equal(got, []string{"workers: 4 → 5", "workers: 5 → 6"}) {
				t.Errorf("%s: got %q", name, got)
			}
		}
	})
}

// A watch registered inside a hook with WithCurrent receives the value once, when the
// hooks are done, and no change that the value already includes. If it was stopped
// before, it receives nothing.
func TestWithCurrentInsideHook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, _ := inMemory(t)
		m := f.Manager()
		var recorded recorder
		stop := f.Workers().OnChange(func(context.Context, rt.Change[int]) error {
			_, err := m.Values().Watch("workers", recorded.OnChange, rt.WithCurrent())
			must(t, err)
			h, err := m.Values().Watch("workers", func(context.Context, rt.ValueChange) error {
				t.Error("a watch was called that was stopped before")
				return nil
			}, rt.WithCurrent())
			must(t, err)
			h.Stop()
			gives(t, "inside the hook", recorded.take(), nil)
			return nil
		})
		_, err := m.Update(t.Context(), rt.Set("workers", 5))
		must(t, err)
		stop()
		synctest.Wait()
		_, err = m.Update(t.Context(), rt.Set("workers", 6))
		must(t, err)
		gives(t, "afterwards", recorded.take(), []string{"workers: added 5", "workers: 5 → 6"})
	})
}

// An observant subscriber has all optional methods.
type observant struct{ recorder }

func (o *observant) OnReload(_ context.Context, changes rt.Changes) error {
	o.note("reload %s", changes.Summary())
	return nil
}

func (o *observant) OnReloadError(_ context.Context, err error, changes rt.Changes) error {
	first, _, _ := strings.Cut(err.Error(), "\n")
	o.note("refused (%s): %s", changes.Summary(), first)
	return nil
}

func (o *observant) OnRollback(ctx context.Context, from, to rt.Revision) error {
	o.note("rollback %d %d", from.ID, to.ID)
	return nil
}

// OnChange receives one change, and OnReload several. A refusal is delivered with its
// changes, and a rollback after its changes, each once, even if the subscriber is
// registered twice. A subscriber with only OnChange receives neither.
func TestSubscriberMethods(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, m := range managers(t, config(1)) {
			plain, all := &recorder{}, &observant{}
			for _, pattern := range []string{"**", "database.*"} {
				_, err := m.Values().Subscribe(pattern, all)
				must(t, err)
			}
			_, err := m.Values().Subscribe("workers", plain)
			must(t, err)
			_, err = m.Update(t.Context(), rt.Set("workers", 5))
			must(t, err)
			_, err = m.Update(t.Context(), rt.Set("left", 5), rt.Set("right", 5))
			must(t, err)
			if _, err = m.Update(t.Context(), rt.Set("workers", 500)); err == nil {
				t.Error("500 workers were accepted")
			}
			_, err = m.Rollback(t.Context(), rt.Steps(2))
			must(t, err)
			if _, err = m.Rollback(t.Context(), rt.To(99)); err == nil {
				t.Error("revision 99 was found")
			}
			want := []string{
				"workers: 4 → 5",
				"reload 2 changes: 2 modified",
				"refused (no change): configuration refused, revision 3 stays in force: (api): workers: 500 is more than the maximum 100",
				"reload 3 changes: 3 modified",
				"rollback 3 4",
				"refused (no change): rollback failed, revision 4 is in force: revision not found: 99; the last one was 4",
			}
			if diff := cmp.Diff(want, all.take()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
			if got := plain.take(); !slices.Equal(got, []string{"workers: 4 → 5", "workers: 5 → 4"}) {
				t.Errorf("%s: got %q", name, got)
			}
		}
	})
}

// Subscribers are called after all hooks, by priority and then in the order of
// registration, with the revision in their context.
func TestSubscribersInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, _ := inMemory(t)
		var recorded recorder
		watch := func(name string, opts ...rt.SubscribeOption) {
			_, err := f.Manager().Values().Watch("workers", func(ctx context.Context, _ rt.ValueChange) error {
				r, ok := rt.RevisionFrom(ctx)
				recorded.note("%s %d %v", name, r.ID, ok)
				return nil
			}, opts...)
			must(t, err)
		}
		watch("low", rt.PriorityLow)
		watch("first")
		watch("second")
		watch("high", rt.PriorityHigh)
		watch("may refuse", rt.WithRefusal(), rt.PriorityLow)
		f.Workers().OnChange(func(context.Context, rt.Change[int]) error { recorded.note("hook"); return nil })
		_, err := f.Manager().Update(t.Context(), rt.Set("workers", 5))
		must(t, err)
		want := []string{"hook", "may refuse 2 true", "high 2 true", "first 2 true", "second 2 true", "low 2 true"}
		if diff := cmp.Diff(want, recorded.take()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
