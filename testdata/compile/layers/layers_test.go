package layers_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/testdata/compile/layers"

	rt "github.com/hotbind/hotbind/runtime"
)

// A slot is a source whose content a test sets; a reload reads it.
type slot struct{ text string }

func (s *slot) Name() string                         { return "slot.yaml" }
func (s *slot) Read(context.Context) ([]byte, error) { return []byte(s.text), nil }
func (s *slot) Document(content []byte, _ document.Shape, l document.Limits) (*document.Node, document.Findings) {
	return document.Parse(s.Name(), content, l)
}

// open opens a configuration that is closed with the test.
func open(t *testing.T, text string) (*layers.Live, *slot) {
	t.Helper()
	s := &slot{text}
	live, err := layers.Open(t.Context(), rt.From(s), rt.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := live.Close(); err != nil {
			t.Error(err)
		}
	})
	return live, s
}

// recorded collects the calls of hooks, which run one at a time.
type recorded []string

func (l *recorded) add(format string, args ...any) { *l = append(*l, fmt.Sprintf(format, args...)) }

func record[T any](l *recorded, name string) func(context.Context, rt.Change[T]) error {
	return func(_ context.Context, c rt.Change[T]) error {
		l.add("%s: %v", name, c)
		return nil
	}
}

// after returns the calls that putting text into force caused.
func (l *recorded) after(t *testing.T, live *layers.Live, s *slot, text string) []string {
	t.Helper()
	*l, s.text = nil, text
	if _, err := live.Manager().Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	return *l
}

func check(t *testing.T, why string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: want (-) got (+):\n%s", why, diff)
	}
}

// TestMerge: lists of two layers merge as the schema specifies: the stronger one alone,
// one after the other, or item by item.
func TestMerge(t *testing.T) {
	t.Parallel()
	base := rt.Bytes("base.yaml", []byte(`
hosts: [a, b]
paths: [/a]
servers: [{name: web, port: 8080, password: hunter2}, {name: db, weight: 1.5}]
plugins: [{kind: log}]
`))
	local := rt.Bytes("local.yaml", []byte(`
hosts: [c]
paths: [/b]
servers: [{name: mail}, {name: web, port: 9090}]
plugins: [{kind: auth, 'on': false}]
`))
	c, err := layers.Load(t.Context(), rt.From(base, local))
	if err != nil {
		t.Fatal(err)
	}
	check(t, "the merged lists", show(t, c.Hosts, c.Paths, c.Servers, c.Plugins), `[["a","b","c"],["/b"],`+
		`[{"name":"web","port":9090,"cores":1,"password":"[secret]"},{"name":"db","port":80,"weight":1.5,"cores":1},{"name":"mail","port":80,"cores":1}],`+
		`[{"kind":"auth","on":false}]]`)
	if p, _ := c.Servers[0].Password.Get(); p.Reveal() != "hunter2" {
		t.Error("the weaker layer's part of a merged item is lost")
	}

	// What the layers come to is checked, and a key that is there twice names both.
	twice := rt.Bytes("twice.yaml", []byte("servers:\n- {name: x}\n- {name: x}\n"))
	_, err = layers.Load(t.Context(), rt.From(base, twice))
	check(t, "a key twice in one layer", fmt.Sprint(err), `twice.yaml:3:10: servers[1].name: "x" is also the name of the item on line 2; keys must be unique`)
}

func show(t *testing.T, values ...any) string {
	t.Helper()
	text, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestKeyedHooks: hooks on an item by its key and on all items are called for their own
// changes only. A new order calls the hooks of the list alone.
func TestKeyedHooks(t *testing.T) {
	t.Parallel()
	live, s := open(t, "servers: [{name: web}, {name: db}]")
	var l recorded
	live.Servers().OnChange(func(_ context.Context, c rt.Change[[]layers.Server]) error {
		var names []string
		for i := range c.New {
			names = append(names, c.New[i].Name)
		}
		l.add("list: %s", strings.Join(names, " "))
		return nil
	})
	live.Servers().OnEntry(func(_ context.Context, c rt.EntryChange[string, layers.Server]) error {
		l.add("entry %s: %v → %v", c.Key, c.OldSet, c.NewSet)
		return nil
	})
	live.Servers().Key("web").Port().OnChange(record[int](&l, "web port"))
	live.Servers().Key("no.plain key").OnChange(func(_ context.Context, c rt.Change[layers.Server]) error {
		l.add("%v %v", c.OldSet, c.NewSet)
		return nil
	})
	live.OnChange(func(_ context.Context, d *layers.Diff) error {
		for _, c := range d.Changes {
			l.add("%s %v", c.Path, c.Kind)
		}
		return nil
	})
	for _, c := range []struct {
		why, text string
		want      []string
	}{
		{"an item changes", "servers: [{name: web, port: 81}, {name: db}]", []string{"list: web db", "entry web: true → true", "web port: 80 → 81", "servers.web.port modified"}},
		{"another one does", "servers: [{name: web, port: 81}, {name: db, port: 3}]", []string{"list: web db", "entry db: true → true", "servers.db.port modified"}},
		{"the order changes", "servers: [{name: db, port: 3}, {name: web, port: 81}]", []string{"list: db web", "servers modified"}},
		{"items come and go", "servers: [{name: no.plain key}, {name: db, port: 3}]", []string{"list: no.plain key db",
			"entry no.plain key: false → true", "entry web: true → false", "web port: 81 → absent", "false true", `servers["no.plain key"] added`, "servers.web removed"}},
		{"nothing is left", "servers: []", []string{"list: ", "entry db: true → false", "entry no.plain key: true → false", "true false",
			`servers.db removed`, `servers["no.plain key"] removed`}},
		{"the list goes", "{}", []string{"list: ", "servers removed"}},
		{"the list comes", "servers: [{name: web}]", []string{"list: web", "entry web: false → true", "web port: absent → 80", "servers added"}},
	} {
		check(t, c.why, []string(l.after(t, live, s, c.text)), c.want)
	}
	if port, ok := live.Servers().Key("web").Port().Get(); port != 80 || !ok {
		t.Errorf("Get is %d, %v, want 80", port, ok)
	}
	if _, ok := live.Servers().Key("db").Port().Get(); ok {
		t.Error("an item that does not exist has a value")
	}
	l = nil
	_, err := live.Servers().FollowEntries(func(_ context.Context, c rt.EntryChange[string, layers.Server]) error {
		l.add("%s is %d", c.Key, c.New.Port)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	check(t, "the items in force", []string(l), []string{"web is 80"})
}

// TestKeyedInsideItself: keys lead through lists that contain themselves, for hooks,
// diffs and layers alike.
func TestKeyedInsideItself(t *testing.T) {
	t.Parallel()
	live, s := open(t, "tree: [{name: a, below: [{name: b, size: 1}]}]")
	var l recorded
	live.Tree().Key("a").Below().Key("b").Size().OnChange(record[int](&l, "size"))
	live.OnChange(func(_ context.Context, d *layers.Diff) error {
		l.add("%v", d)
		return nil
	})
	check(t, "told", []string(l.after(t, live, s, "tree: [{name: c}, {name: a, below: [{name: b, size: 2}]}]")),
		[]string{"size: 1 → 2", "tree.a.below.b.size: 1 → 2\ntree.c: added {\"name\":\"c\"}"})
	c, err := layers.Load(t.Context(), rt.From(rt.Bytes("a.yaml", []byte("tree: [{name: a, below: [{name: b, size: 1}]}]")),
		rt.Bytes("b.yaml", []byte("tree: [{name: a, below: [{name: c}, {name: b, size: 2}]}]"))))
	if err != nil {
		t.Fatal(err)
	}
	check(t, "merged", show(t, c.Tree), `[[{"name":"a","below":[{"name":"b","size":2},{"name":"c"}]}]]`)
}

// TestF103_ListChanges: the diff of a list with keys is by its items, that of another
// one is the list; null is not absent in either.
func TestF103_ListChanges(t *testing.T) {
	t.Parallel()
	const before = "[{name: a, zone: null}, {name: b}, {name: c}]"
	for _, c := range []struct{ why, after, keyed, plain string }{
		{"the same, written otherwise", "[{zone: ~, name: a}, {name: b, port: 80.0}, {name: c}]", "", ""},
		{"reordered", "[{name: c}, {name: b}, {name: a, zone: null}]", "servers modified", "plain modified"},
		{"an item removed", "[{name: a, zone: null}, {name: c}]", "servers.b removed", "plain modified"},
		{"a key renamed", "[{name: a, zone: null}, {name: d}, {name: c}]", "servers.b removed, servers.d added", "plain modified"},
		{"null becomes a value", "[{name: a, zone: x}, {name: b}, {name: c}]", "servers.a.zone modified", "plain modified"},
		{"null becomes absent", "[{name: a}, {name: b}, {name: c}]", "servers.a.zone modified", "plain modified"},
		{"an item changes and all change places", "[{name: c, port: 1}, {name: b}, {name: a, zone: null}]", "servers.c.port modified", "plain modified"},
		{"empty", "[]", "servers.a removed, servers.b removed, servers.c removed", "plain modified"},
		{"null", "", "servers removed", "plain removed"},
	} {
		read := func(list string) *layers.Config {
			text := "{}"
			if list != "" {
				text = "servers: " + list + "\nplain: " + list
			}
			config, err := layers.Parse("t.yaml", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			return config
		}
		was, is := read(before), read(c.after)
		var keyed, plain []string
		for _, change := range was.Diff(is).Changes {
			if recorded := fmt.Sprintf("%s %v", change.Path, change.Kind); strings.HasPrefix(recorded, "plain") {
				plain = append(plain, recorded)
			} else {
				keyed = append(keyed, recorded)
			}
		}
		check(t, c.why, strings.Join(keyed, ", "), c.keyed)
		check(t, c.why+", without keys", strings.Join(plain, ", "), c.plain)
		if back := is.Diff(was); len(back.Changes) != len(keyed)+len(plain) || is.Equal(*was) != back.Empty() {
			t.Errorf("%s: back it is %v", c.why, back)
		}
	}
	// Code can make a list that has a key twice; it differs as a whole.
	was, is := &layers.Config{Servers: []layers.Server{{Name: "a"}, {Name: "a", Port: 1}}}, &layers.Config{Servers: []layers.Server{{Name: "a"}}}
	check(t, "a key twice", was.Diff(is).Changes[0].Path, "servers")
}

// TestF103_Null: a section or a value that becomes null, or was null, is modified as a
// whole, because null is not absent; to hooks there is no value either way.
func TestF103_Null(t *testing.T) {
	t.Parallel()
	live, s := open(t, "limits: {open: 1}")
	var l recorded
	live.Limits().Open().OnChange(record[int](&l, "open"))
	live.OnChange(func(_ context.Context, d *layers.Diff) error {
		l.add("%v", d)
		return nil
	})
	for _, c := range []struct {
		text string
		want []string
	}{
		{"limits: null", []string{"open: 1 → absent", `limits: {"open":1} → null`}},
		{"{}", []string{"limits: null → absent"}},
		{"limits: null", []string{"limits: absent → null"}},
		{"limits: {open: 2}", []string{"open: absent → 2", `limits: null → {"open":2}`}},
		{"{}", []string{"open: 2 → absent", `limits: removed {"open":2}`}},
	} {
		check(t, c.text, []string(l.after(t, live, s, c.text)), c.want)
	}
}

// TestF109_Restart: a property that needs a restart keeps its value, at any
// depth. What waits is reported until the file is changed back; the rest comes into force.
func TestF109_Restart(t *testing.T) {
	t.Parallel()
	live, s := open(t, "servers: [{name: web, cores: 2}, {name: db}]")
	var l recorded
	live.Listen().OnChange(record[string](&l, "listen"))
	live.Workers().OnChange(record[int](&l, "workers"))
	live.Servers().Key("web").Cores().OnChange(record[int](&l, "cores"))
	got := l.after(t, live, s, "{listen: ':443', workers: 9, servers: [{name: new, cores: 7}, {name: db}, {name: web, cores: 4}]}")
	check(t, "what comes into force", []string(got), []string{"workers: 4 → 9"})
	status := live.Manager().Status()
	check(t, "what waits", status.PendingRestart.String(), "listen: \":80\" → \":443\"\nservers.web.cores: 2 → 4")
	if c := live.Current(); c.Listen != ":80" || c.Servers[2].Cores != 2 || c.Servers[0].Cores != 7 || status.LastError != nil {
		t.Errorf("got %v, %v", c, status.LastError)
	}
	l.after(t, live, s, "{workers: 9, servers: [{name: new, cores: 7}, {name: db}, {name: web, cores: 2}]}")
	if waiting := live.Manager().Status().PendingRestart; len(waiting) > 0 {
		t.Errorf("%s still waits", waiting)
	}
}

// TestSet: values are set and taken back through their bindings, typed; secrets
// arrive as they are and hooks are called. The error for what cannot be set has the reason.
func TestSet(t *testing.T) {
	t.Parallel()
	live, _ := open(t, "database: {pool_size: 3, replicas: [{ratio: 0.50, password: first}]}\ntenants: {a: {quota: 1, token: one}}\nservers: [{name: web}]")
	var l recorded
	live.Database().PoolSize().OnChange(record[int](&l, "pool size"))
	live.Tenants().Key("a.b").Quota().OnChange(record[int](&l, "quota"))
	update := func(edits ...rt.Edit) error {
		t.Helper()
		l = nil
		_, err := live.Manager().Update(t.Context(), rt.Edits(edits))
		return err
	}
	must := func(edits ...rt.Edit) {
		t.Helper()
		if err := update(edits...); err != nil {
			t.Fatal(err)
		}
	}
	must(layers.Set(live.Database().PoolSize(), 20), layers.Set(live.Database().Password(), rt.NewSecret("x5x5")),
		layers.Set(live.Database().Timeout(), 90*time.Second), layers.Set(live.Note(), "[secret]s are hidden"),
		layers.Set(live.Paths(), nil), layers.Set(live.Tenants().Key("a.b"), layers.Tenant{Quota: 2, Token: rt.Some(rt.NewSecret("two"))}),
		layers.Set(live.ExtraPorts().Extra().Key("x"), 5), layers.Set(live.Vault(), rt.NewSecret([]layers.TenantOf{{Name: "hidden"}})))
	c := live.Current()
	password, _ := c.Database.Password.Get()
	token, _ := c.Tenants["a.b"].Token.Get()
	vault, _ := c.Vault.Get()
	extra, _ := c.ExtraPorts.Get()
	check(t, "what is in force", []any{c.Database.PoolSize, password.Reveal(), c.Database.Timeout, c.Note.Or(""), c.Paths, c.Tenants["a.b"].Quota, token.Reveal(),
		len(c.Tenants), extra.Extra["x"], vault.Reveal()[0].Name},
		[]any{20, "x5x5", 90 * time.Second, "[secret]s are hidden", []string{}, 2, "two", 2, 5, "hidden"})
	check(t, "hooks", []string(l), []string{"pool size: 3 → 20", "quota: absent → 2"})

	// A whole section, with secrets among the values that are kept as written.
	section := c.Database.Clone()
	section.PoolSize = 7
	must(layers.Set(live.Database(), *section))
	now := &live.Current().Database
	if !now.Equal(*section) || now.Replicas[0].Password.String() != "[secret]" {
		t.Errorf("got %v, want %v", now, section)
	}
	if p, _ := now.Replicas[0].Password.Get(); p.Reveal() != "first" {
		t.Errorf("the secret inside became %q", p.Reveal())
	}

	must(layers.Unset(live.Database()), layers.Unset(live.Tenants().Key("a.b")))
	check(t, "taken back", []any{live.Current().Database.PoolSize, len(live.Current().Tenants)}, []any{3, 1})
	check(t, "hooks", []string(l), []string{"pool size: 7 → 3", "quota: 2 → absent"})

	for why, edit := range map[string]rt.Edit{
		"servers.web.port: part of an item of the list servers: edit the whole list":   layers.Set(live.Servers().Key("web").Port(), 5),
		"servers.web: part of an item of the list servers: edit the whole list":        layers.Unset(live.Servers().Key("web")),
		"extra_ports: undeclared properties have no common path: edit them one by one": layers.Set(live.ExtraPorts().Extra(), nil),
		"database.pool_size: 200 is more than the maximum 100":                         layers.Set(live.Database().PoolSize(), 200),
	} {
		var refused *rt.ReloadError
		if err := update(layers.Set(live.Workers(), 50), edit); !errors.As(err, &refused) || !strings.HasSuffix(err.Error(), why) {
			t.Errorf("got %v, want %s", err, why)
		}
	}
	must(layers.Set(live.Servers(), []layers.Server{{Name: "new", Port: 1}}))
	check(t, "a list as a whole", show(t, live.Current().Servers), `[[{"name":"web","port":80,"cores":1},{"name":"new","port":1,"cores":0}]]`)
	if live.Current().Workers != 4 {
		t.Error("an edit beside one that was refused came into force")
	}
}

// TestAddValidator: a typed validator refuses what the schema allows; a forced
// reload skips it, and a stopped one is not called.
func TestAddValidator(t *testing.T) {
	t.Parallel()
	live, s := open(t, "workers: 2")
	stop := live.AddValidator(func(c *layers.Config) []rt.Finding {
		if c.Workers%2 == 1 {
			return []rt.Finding{{Path: "workers", Message: "is odd"}}
		}
		return nil
	})
	s.text = "workers: 3"
	_, err := live.Manager().Reload(t.Context())
	if invalid := (*rt.ValidationError)(nil); !errors.As(err, &invalid) || !strings.Contains(err.Error(), "workers: is odd") || live.Current().Workers != 2 {
		t.Errorf("got %v with %d workers", err, live.Current().Workers)
	}
	if _, err := live.Manager().Reload(t.Context(), rt.Force()); err != nil || live.Current().Workers != 3 {
		t.Errorf("forced: %v with %d workers", err, live.Current().Workers)
	}
	stop()
	var l recorded
	l.after(t, live, s, "workers: 5")

	defer func() {
		if got := recover(); got != "hotbind: AddValidator of the configuration needs a function" {
			t.Errorf("got the panic %v", got)
		}
	}()
	live.AddValidator(nil)
}

// TestExplainKeyed: what a path leads to through a keyed list is explained as any
// other, with the value of that item in each layer, and what waits.
func TestExplainKeyed(t *testing.T) {
	t.Parallel()
	live, s := open(t, "servers: [{name: db}, {name: web, cores: 2, port: 8080}]")
	var l recorded
	l.after(t, live, s, "servers: [{name: web, cores: 4, port: 8080}]")
	x, err := live.Manager().Explain("servers.web.cores")
	if err != nil {
		t.Fatal(err)
	}
	check(t, "the value and what waits", []string{x.Value, x.PendingRestart}, []string{"2", "4"})
	if len(x.Layers) != 2 || x.Layers[0].Value != "4" || x.Layers[1].Layer != "(default)" || x.Layers[1].Value != "1" {
		t.Errorf("got %+v", x.Layers)
	}
	if _, err := live.Manager().Explain("servers.web.nothing"); err == nil {
		t.Error("a path that the schema does not know is explained")
	}
	if _, err := live.Manager().Update(t.Context(), rt.Set("servers.web.port", 1)); err == nil || !strings.Contains(err.Error(), "cannot set an item of a list") {
		t.Errorf("got the error %v", err)
	}
}

// TestF109_NextStart: what waited is in force after the next start, as a revision of
// its own after the one that was in force; a start from the store does not wait for it.
func TestF109_NextStart(t *testing.T) {
	t.Parallel()
	store, file := filepath.Join(t.TempDir(), "store"), filepath.Join(t.TempDir(), "a.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	start := func() *layers.Live {
		t.Helper()
		live, err := layers.Open(t.Context(), rt.From(rt.File(file)), history.Store(store, history.Fallback()), rt.WithSettle(0),
			rt.WithHotReload(false), rt.WithLogger(slog.New(slog.DiscardHandler)))
		if err != nil {
			t.Fatal(err)
		}
		return live
	}
	write("workers: 1")
	live := start()
	write("{workers: 2, listen: ':443'}")
	if _, err := live.Manager().Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	check(t, "in use", []any{live.Current().Workers, live.Current().Listen}, []any{2, ":80"})
	live.Close()
	live = start()
	check(t, "after the start", []any{live.Current().Listen, live.Manager().Status().Revision.ID, live.Manager().Status().Revision.Parent},
		[]any{":443", rt.RevisionID(3), rt.RevisionID(2)})
	live.Close()
}

// TestUpdateNeedsRestart: an update that changes what needs a restart, at any depth, is
// refused, because it would end with the program. What waits because of a file does not
// refuse the update, and goes on waiting.
func TestUpdateNeedsRestart(t *testing.T) {
	t.Parallel()
	live, s := open(t, "servers: [{name: web, cores: 2}]")
	var l recorded
	l.after(t, live, s, "{listen: ':443', servers: [{name: web, cores: 2}]}")
	for _, edit := range []rt.Edit{
		layers.Set(live.Listen(), ":81"),
		layers.Set(live.Servers(), []layers.Server{{Name: "web", Port: 80, Cores: 3}}),
	} {
		if _, err := live.Manager().Update(t.Context(), edit); err == nil || !strings.Contains(err.Error(), "a change needs a restart") {
			t.Errorf("%s: got the error %v", edit.Path(), err)
		}
	}
	if _, err := live.Manager().Update(t.Context(), layers.Set(live.Servers(), []layers.Server{{Name: "web", Port: 81, Cores: 2}})); err != nil {
		t.Error(err)
	}
	check(t, "what waits", live.Manager().Status().PendingRestart.String(), `listen: ":80" → ":443"`)
}
