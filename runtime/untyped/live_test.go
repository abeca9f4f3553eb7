package untyped_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/untyped"
	"github.com/hotbind/hotbind/runtime/validate"

	rt "github.com/hotbind/hotbind/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

func quiet() rt.Option { return rt.WithLogger(slog.New(slog.DiscardHandler)) }

// received waits for a value.
func received[T any](t testing.TB, from <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-from:
	case <-time.After(30 * time.Second): // only a deadlock takes this long
		t.Fatal("nothing came")
	}
	return v
}

// An untyped configuration behaves like that of a generated package: it follows its
// files, reports changes, refuses what the schema does not allow, and explains.
func TestLive(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "config.yaml")
	write(t, path, "{name: x, database: {password: hunter22}}")
	live, err := untyped.Open(t.Context(), serviceSchema(t), rt.From(rt.File(path)), rt.WithSettle(0), rt.WithHotReload(true), quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	recorded := make(chan rt.Changes, 10)
	stop, err := live.Follow(func(_ context.Context, changes rt.Changes) error {
		recorded <- changes
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	var refusals, rollbacks atomic.Int32
	live.OnReloadError(func(context.Context, error, rt.Changes) error { refusals.Add(1); return nil })
	live.OnRollback(func(context.Context, rt.Revision, rt.Revision) error { rollbacks.Add(1); return nil })
	if first := received(t, recorded); len(first) != 0 {
		t.Errorf("the first call has %v", first)
	}
	write(t, path, "{name: x, workers: 9, database: {password: hunter23}}")
	if got, want := received(t, recorded).String(), "workers: 4 → 9\ndatabase.password: [secret] → [secret]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	write(t, path, "{name: x, workers: 900}")
	var refused *rt.ReloadError
	if _, err := live.Manager().Reload(t.Context()); !errors.As(err, &refused) || !strings.Contains(err.Error(), "workers: 900 is more than the maximum 100") {
		t.Errorf("got %v", err)
	}
	if n := live.Current().Document().Get("workers"); n.Text() != "9" {
		t.Errorf("workers are %s after a refusal", n.Text())
	}
	text, _ := live.Current().MarshalJSON()
	if strings.Contains(string(text), "hunter") || !strings.Contains(string(text), `"password":"[secret]"`) {
		t.Errorf("marshaled: %s", text)
	}
	x, err := live.Manager().Explain("database.password")
	if err != nil || x.Value != `"[secret]"` || len(x.Layers) != 1 {
		t.Errorf("explained as %+v, %v", x, err)
	}
	if _, err := live.Manager().Update(t.Context(), rt.Set("tenants.acme.quota", 3)); err != nil {
		t.Error(err)
	}
	if got, want := received(t, recorded).String(), `tenants: added {"acme":{"quota":3,"region":"eu"}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, err := live.Manager().Rollback(t.Context(), rt.Steps(1)); err != nil {
		t.Error(err)
	}
	if got, want := received(t, recorded).Summary(), "1 change: 1 removed"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	testkit.Until(t, "one refusal and one rollback", func() bool { return refusals.Load() == 1 && rollbacks.Load() == 1 })
}

// OpenWhenGood reports what is wrong, once, and returns the configuration when it is
// valid.
func TestOpenWhenGood(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "config.yaml")
	reasons := make(chan string, 100)
	opened := make(chan *untyped.Live, 1)
	schema := serviceSchema(t)
	go func() {
		live, err := untyped.OpenWhenGood(t.Context(), schema, func(err error) { reasons <- err.Error() },
			rt.From(rt.File(path)), rt.WithSettle(0), rt.WithHotReload(true), quiet())
		if err != nil {
			t.Error(err)
		}
		opened <- live
	}()
	if got := received(t, reasons); !strings.HasSuffix(got, "config.yaml: no such file or directory") && !strings.HasSuffix(got, "file does not exist") {
		t.Errorf("got %s", got)
	}
	write(t, path, "name: 5")
	if got := received(t, reasons); !strings.HasSuffix(got, `config.yaml:1:7: name: found the number 5, want a string (write "5", in quotes)`) {
		t.Errorf("got %s", got)
	}
	write(t, path, "name: x")
	live := received(t, opened)
	defer live.Close()
	if len(reasons) > 0 {
		t.Errorf("also reported: %s", <-reasons)
	}
}

// OpenWhenGood ends with its context.
func TestOpenWhenGoodEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	_, err := untyped.OpenWhenGood(ctx, serviceSchema(t), func(error) { cancel() }, rt.From(rt.Bytes("a.yaml", []byte("[]"))), quiet())
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// Changes in schemas that no generated package of the tests has: keyed lists, undeclared
// properties, formats, alternatives, secrets of all kinds.
func TestChanges(t *testing.T) {
	t.Parallel()
	s, findings := validate.Load("s.yaml", []byte(`
properties:
  keyed: {type: array, x-key: id, items: {type: object, required: [id], properties: {id: {type: string}, n: {type: integer, default: 1}, key: {type: string, writeOnly: true}}}}
  plain: {type: array, items: {type: object}}
  free: {}
  map: {type: object, additionalProperties: {type: [integer, 'null']}}
  when: {type: string, format: date-time}
  address: {type: string, format: ipv6}
  size: {type: string, format: byte-size}
  vault: {type: object, x-secret: true, properties: {a: {type: string}}}
  tokens: {type: array, items: {type: string, writeOnly: true}}
  level: {oneOf: [{const: low}, {const: high}]}
`), nil)
	if s == nil {
		t.Fatal(findings)
	}
	for _, c := range []struct{ before, after, want string }{
		{"keyed: [{id: a}, {id: b}]", "keyed: [{id: b, n: 2}, {id: c}]", "keyed.a: removed {\"id\":\"a\",\"n\":1}\nkeyed.b.n: 1 → 2\nkeyed.c: added {\"id\":\"c\",\"n\":1}"},
		{"keyed: [{id: a}, {id: b}]", "keyed: [{id: b}, {id: a}]", `keyed: [{"id":"a","n":1},{"id":"b","n":1}] → [{"id":"b","n":1},{"id":"a","n":1}]`},
		{"keyed: [{id: a, key: x}]", "keyed: [{id: a, key: y}]", "keyed.a.key: [secret] → [secret]"},
		{"keyed: [{id: a}]", "keyed: [{id: a, n: 1.0}]", ""},
		{"plain: [{a: 1}]", "plain: [{a: 2}]", `plain: [{"a":1}] → [{"a":2}]`},
		{"free: {a: 1}", "free: {a: 2}", `free: {"a":1} → {"a":2}`},
		{"free: null", "{}", "free: null → absent"},
		{"other: {a: 1}", "other: {a: 2, b: 3}", `other: {"a":1} → {"a":2,"b":3}`},
		{"map: {b: 1, a: null}", "map: {b: null, a: 2, c: null}", "map.a: null → 2\nmap.b: 1 → null\nmap.c: added null"},
		{"when: 2024-01-01T00:00:00Z", "when: '2024-01-01T01:00:00+01:00'", ""},
		{"address: '2001:DB8:0:0::1'", "address: '2001:db8::1'", ""},
		{"size: 10MB", "size: '10000000'", ""},
		{"vault: {a: x}", "vault: {a: y}", "vault: [secret] → [secret]"},
		{"vault: {a: x}", "{}", "vault: removed [secret]"},
		{"tokens: [x]", "tokens: [y, z]", `tokens: ["[secret]"] → ["[secret]","[secret]"]`},
		{"tokens: x", "{}", "tokens: removed [secret]"}, // one where many are wanted
		{"level: low", "level: high", "level: low → high"},
	} {
		before, after := untyped.Of(s, node(t, c.before)), untyped.Of(s, node(t, c.after))
		if got := before.Diff(after).String(); got != c.want {
			t.Errorf("from %s to %s: got\n%s\nwant\n%s", c.before, c.after, got, c.want)
		}
	}
	// A value that the schema does not allow may be a secret of an older schema.
	closed, findings := validate.Load("s.yaml", []byte("{properties: {a: {type: integer}}, additionalProperties: false}"), nil)
	if closed == nil {
		t.Fatal(findings)
	}
	hidden := untyped.Of(closed, node(t, "{a: 1, gone: x}")).Diff(untyped.Of(closed, node(t, "{a: 2, gone: y}"))).String()
	if want := "a: 1 → 2\ngone: [secret] → [secret]"; hidden != want {
		t.Errorf("got\n%s\nwant\n%s", hidden, want)
	}
	// Without a schema, documents are compared member by member.
	got := untyped.Of(nil, node(t, "{a: {b: 1, c: [1]}, d: 2}")).Diff(untyped.Of(nil, node(t, "{a: {b: 2, c: [2]}, e: 1}"))).String()
	if want := "a.b: 1 → 2\na.c: [1] → [2]\nd: removed 2\ne: added 1"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestLargeDocument: a configuration that was read with larger limits than the default is
// returned as a document, too.
func TestLargeDocument(t *testing.T) {
	t.Parallel()
	s, findings := validate.Load("s.yaml", []byte("properties: {a: {type: string}}"), nil)
	if s == nil {
		t.Fatal(findings)
	}
	text := strings.Repeat("x", 5<<20)
	c := untyped.Of(s, document.NewObject([]document.Member{
		document.NewMember("a", document.NewScalar(document.String, text, document.Position{}), document.Position{}),
	}, document.Position{}))
	if got := c.Document(); got == nil || got.Get("a") == nil || got.Get("a").Text() != text {
		t.Error("the document lacks its text")
	}
}

func node(t testing.TB, text string) *document.Node {
	t.Helper()
	n, findings := document.Parse("a.yaml", []byte(text), document.Limits{})
	if n == nil {
		t.Fatal(findings)
	}
	return n
}

// The error for an impossible path suggests the right one.
func TestCheckPath(t *testing.T) {
	t.Parallel()
	s := serviceSchema(t)
	for path, want := range map[string]string{
		"":                      "",
		"database.pool_size":    "",
		"tenants.acme.quota":    "",
		`tenants["a.b"].region`: "",
		"sink.retries":          "",
		"tree.left.left.value":  "",
		"databse":               "databse: the schema has no such path (did you mean database?)",
		"database.pool_sise":    "database.pool_sise: the schema has no such path (did you mean database.pool_size?)",
		"name.x":                "name.x: the schema has no such path",
		"hosts.a":               "hosts.a: the schema has no such path",
		"database[0]":           "database[0]: the schema has no such path",
		`"max conns"`:           `invalid path "\"max conns\"": the key "max conns" must be written as ["max conns"]`,
		"a..b":                  `invalid path "a..b": the key "" must be written as [""]`,
	} {
		got := ""
		if err := untyped.CheckPath(s, path); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", path, got, want)
		}
	}
}
