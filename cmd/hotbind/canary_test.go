package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/hotbind/hotbind/cmd/hotbind/internal/command"
	"github.com/hotbind/hotbind/runtime/audit"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/document/toml"
	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/runtime/notify"
	"github.com/hotbind/hotbind/runtime/notify/webhook"
	"github.com/hotbind/hotbind/runtime/untyped"
	"github.com/hotbind/hotbind/runtime/validate"
	"github.com/hotbind/hotbind/testdata/compile/layers"

	rt "github.com/hotbind/hotbind/runtime"
)

// canary is in every secret of the test, and must be in no output.
const canary = "canary-5e1f"

// The schema has secrets wherever one is possible: a text, one of several lines, a URL, a
// list, the values of a map, an alternative, a section as a whole, an undeclared one.
const canarySchema = `
type: object
additionalProperties: false
properties:
  name: {type: string, default: seen}
  workers: {type: integer, maximum: 100, default: 4}
  token: {type: string, writeOnly: true, minLength: 4, pattern: '^[^!]'}
  long: {type: string, format: password, maxLength: 200}
  url: {type: string, format: uri, x-secret: true}
  keys: {type: array, items: {type: string, writeOnly: true}}
  parts: {type: object, additionalProperties: {type: string, writeOnly: true}}
  rooms: {type: object, patternProperties: {'^r': {type: string, writeOnly: true}}, additionalProperties: false}
  login: {x-secret: true, type: object, properties: {user: {type: string}, password: {type: string}}}
  number: {type: integer, writeOnly: true, maximum: 10}
  sink: {oneOf: [{type: object, required: [path], additionalProperties: false, properties: {path: {type: string}}},
                 {type: object, required: [key], additionalProperties: false, properties: {key: {type: string, writeOnly: true}}}]}
  fixed: {type: string, writeOnly: true, x-reload: restart}
`

// good returns a valid file with secrets everywhere; its values depend on n.
func good(n int) string {
	return strings.ReplaceAll(fmt.Sprintf(`
name: seen-%d
token: "CANARY %d"
long: "line CANARY %d\nsecond CANARY\n"
url: https://user:CANARY@example.com/%d?key=CANARY
keys: [CANARY-%d, CANARY]
parts: {a: CANARY, b: CANARY-%d}
rooms: {r1: CANARY-%d}
login: {user: CANARY, password: CANARY-%d}
sink: {key: CANARY-%d}
fixed: CANARY-%d
`, n, n, n, n, n, n, n, n, n, n), "CANARY", canary)
}

// bad holds invalid files whose messages could show a secret.
func bad() []string {
	var texts []string
	for _, line := range []string{
		`token: "!CANARY"`, `token: [CANARY]`, `token: {CANARY: 1}`, `long: {a: CANARY}`, `url: "not a URL CANARY"`, `keys: CANARY`, `keys: [[CANARY]]`,
		`parts: CANARY`, `parts: [CANARY]`, `rooms: CANARY`, `rooms: {r1: [CANARY]}`, `login: CANARY`, `login: {user: 1, password: [CANARY]}`,
		`number: CANARY`, `sink: {key: [CANARY]}`, `sink: {key: CANARY, path: 1}`, "token: CANARY\ntoken: CANARY2", "token: \"CANARY\n  x", `long: "` + strings.Repeat("CANARY", 50) + `"`,
	} {
		texts = append(texts, strings.ReplaceAll(line, "CANARY", canary)+"\n")
	}
	return texts
}

// outputs collects all output under names.
type outputs struct {
	mu       sync.Mutex
	reported map[string]*bytes.Buffer
}

// to returns a writer whose text counts as the output of a name.
func (o *outputs) to(name string) io.Writer {
	return writerFunc(func(p []byte) { o.add(name, string(p)) })
}

type writerFunc func(p []byte)

func (f writerFunc) Write(p []byte) (int, error) { f(p); return len(p), nil }

func (o *outputs) add(name, text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.reported[name] == nil {
		o.reported[name] = new(bytes.Buffer)
	}
	o.reported[name].WriteString(text + "\n")
}

// value adds the texts of a value by every formatter and encoder.
func (o *outputs) value(name string, v any) {
	o.add(name, fmt.Sprintf("%v\n%+v\n%#v\n%s\n%q\n%x\n%d", v, v, v, v, v, v, v))
	if text, err := json.Marshal(v); err == nil {
		o.add(name+" as JSON", string(text))
	}
	if err, ok := v.(error); ok {
		o.add(name, err.Error())
	}
	logged := new(bytes.Buffer)
	slog.New(slog.NewJSONHandler(logged, nil)).Info("value", "v", v)
	slog.New(slog.NewTextHandler(logged, nil)).Info("value", "v", v)
	o.add(name, logged.String())
}

// files adds the content of files that must not contain secrets.
func (o *outputs) files(t *testing.T, name, pattern string) {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: no file: %v", pattern, err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		o.add(name, string(text))
	}
}

// F128, F129: a secret is in no output of the whole project: logs, audit, notifications
// over every channel, metrics, errors, panics, every formatter, JSON, YAML, the command
// line. The schema hides the secrets; another text in each output proves that the output
// was made.
func TestF128_Canary(t *testing.T) {
	dir := t.TempDir()
	o := &outputs{reported: map[string]*bytes.Buffer{}}
	write(t, filepath.Join(dir, "s.yaml"), canarySchema)
	write(t, filepath.Join(dir, "app.yaml"), good(1))
	runUntyped(t, dir, o)
	runTyped(t, o)
	runCommands(t, dir, o)
	for _, name := range slices.Sorted(maps.Keys(o.reported)) {
		text := o.reported[name].String()
		if at := strings.Index(text, canary); at >= 0 {
			t.Errorf("%s shows a secret: …%s…", name, text[max(0, at-200):min(len(text), at+100)])
		}
		if !strings.Contains(text, "seen") && !strings.Contains(text, document.Redacted) {
			t.Errorf("%s shows nothing at all: %.500s", name, text)
		}
	}
	for _, name := range []string{"log", "console", "notification file", "webhook", "queue", "audit", "store listing", "metrics", "hook", "subscriber", "YAML", "explain", "status"} {
		if o.reported[name] == nil {
			t.Errorf("the output %q is missing", name)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// runUntyped uses every feature of a configuration, with every output.
func runUntyped(t *testing.T, dir string, o *outputs) {
	schema, findings := validate.Load("s.yaml", []byte(canarySchema), os.DirFS(dir))
	if schema == nil {
		t.Fatal(findings)
	}
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		o.add("webhook", fmt.Sprint(r.Header, string(body))) // the address has the token, as it must
	}))
	defer receiver.Close()
	webhook := must1[rt.Channel](t)(webhook.New(receiver.URL+"/hook?token="+canary, webhook.WithKey(rt.NewSecret(canary))))
	file := must1[rt.Channel](t)(notify.File(filepath.Join(dir, "notifications.jsonl")))
	queue := notify.NewQueue("queue", 10_000)
	level := &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true}
	path := filepath.Join(dir, "app.yaml")
	live, err := untyped.Open(t.Context(), schema, rt.From(rt.File(path), rt.Env("CANARYTEST")),
		history.Store(filepath.Join(dir, "store")), audit.File(filepath.Join(dir, "audit.jsonl"), audit.Refuse), rt.WithMetrics(true),
		rt.WithLogger(slog.New(slog.NewTextHandler(o.to("log"), level))), rt.WithRetention(rt.Retention{Count: 100}), rt.WithPollInterval(0),
		rt.WithChannel(notify.Console(o.to("console")), rt.ChannelOptions{}), rt.WithChannel(notify.Log(slog.New(slog.NewJSONHandler(o.to("log channel"), level))), rt.ChannelOptions{}),
		rt.WithChannel(file, rt.ChannelOptions{}), rt.WithChannel(queue, rt.ChannelOptions{}), rt.WithChannel(webhook, rt.ChannelOptions{}),
		rt.WithChannel(notify.Callback("callback", func(_ context.Context, n rt.Notification) error { o.value("callback", n); return nil }), rt.ChannelOptions{}))
	if err != nil {
		t.Fatal(err)
	}
	m := live.Manager()
	o.value("channels", []any{"seen", webhook})
	subscribe(t, m, o)
	live.OnChange(func(_ context.Context, changes rt.Changes) error {
		o.value("hook", changes)
		if strings.Contains(changes.String(), "seen-3") {
			panic(changes)
		}
		return nil
	})
	for n := 2; n < 5; n++ {
		write(t, path, good(n))
		result, err := m.Reload(t.Context())
		o.value("reload", result)
		o.value("errors", err)
	}
	for _, text := range bad() {
		write(t, path, "name: seen\n"+text)
		_, err := m.Reload(t.Context())
		if err == nil {
			t.Errorf("accepted: %s", text)
		}
		o.value("errors", err)
		o.value("status", m.Status())
		dry, err := m.DryRun(t.Context())
		o.value("dry run", dry)
		o.value("errors", err)
	}
	ask(t, m, o)
	if err := live.Close(); err != nil {
		t.Fatal(err)
	}
	for n, err := queue.Next(t.Context()); err == nil; n, err = queue.Next(t.Context()) {
		o.value("queue", n)
	}
	o.files(t, "audit", filepath.Join(dir, "audit.jsonl"))
	o.files(t, "notification file", filepath.Join(dir, "notifications.jsonl"))
}

func must1[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// An observer returns everything that a subscriber receives as an error.
type observer struct{ *outputs }

func (s observer) OnChange(_ context.Context, c rt.ValueChange) error {
	s.value("subscriber", c)
	return fmt.Errorf("seen %v %+v", c, c)
}

func (s observer) OnReload(_ context.Context, changes rt.Changes) error {
	s.value("subscriber", changes)
	panic(changes)
}

func (s observer) OnReloadError(_ context.Context, err error, changes rt.Changes) error {
	s.value("subscriber", err)
	s.value("subscriber", changes)
	return err
}

func (s observer) OnRollback(_ context.Context, from, to rt.Revision) error {
	s.value("subscriber", []rt.Revision{from, to})
	return errors.New("seen")
}

func subscribe(t *testing.T, m rt.Manager, o *outputs) {
	t.Helper()
	for _, pattern := range []string{"**", "token", "keys[0]", "parts.*", "login.**", "sink.key", "rooms.r1"} {
		if _, err := m.Values().Subscribe(pattern, observer{o}, rt.WithCurrent()); err != nil {
			t.Fatal(err)
		}
	}
	m.Values().SetErrorHandler(func(err *rt.SubscriberError) { o.value("error handler", err) })
}

// ask calls all methods of the manager that return something.
func ask(t *testing.T, m rt.Manager, o *outputs) {
	ctx := rt.ContextWithMetadata(t.Context(), map[string]string{"actor": "seen"})
	for _, edit := range []rt.Edit{rt.Set("token", canary+" by the API"), rt.Set("token", []string{canary}), rt.Set("parts.c", canary), rt.Set("number", 12345), rt.Set("name", "seen-9")} {
		result, err := m.Update(ctx, edit)
		o.value("update", result)
		o.value("errors", err)
	}
	result, err := m.Rollback(ctx, rt.To(2))
	o.value("rollback", result)
	o.value("errors", err)
	for _, path := range []string{"", "name", "token", "long", "url", "keys", "keys[0]", "parts", "parts.a", "rooms", "rooms.r1", "login", "login.password", "sink", "sink.key", "fixed", "number"} {
		x, err := m.Explain(path)
		o.value("explain", x)
		o.value("errors", err)
		v, _, err := m.Values().Get(path)
		o.value("values", v)
		o.value("errors", err)
	}
	for _, r := range m.Revisions().List(0, 0) {
		config, err := m.Revisions().Config(r.ID)
		o.add("revisions", string(config))
		o.value("errors", err)
		diff, err := m.Revisions().Diff(1, r.ID)
		o.value("revisions", diff)
		o.value("errors", err)
	}
	metrics, err := m.Metrics()
	o.value("errors", err)
	metrics.Channels = slices.DeleteFunc(metrics.Channels, func(s rt.ChannelStats) bool { return s.Name == "" })
	o.value("metrics", fmt.Sprintf("seen %+v", metrics))
	o.value("status", m.Status())
	restored, err := m.Revisions().Restore(ctx, 1)
	o.value("restore", restored)
	o.value("errors", err)
}

// runTyped writes the values of a generated package in every possible way.
func runTyped(t *testing.T, o *outputs) {
	text := func(n int) []byte {
		return fmt.Appendf(nil, `{"note": "seen", "database": {"url": "seen", "password": "%[1]s-%[2]d", "replicas": [{"password": "%[1]s"}]}, "servers": [{"name": "a", "password": "%[1]s-%[2]d"}], "vault": [{"name": "%[1]s"}]}`, canary, n)
	}
	config, err := layers.Parse("app.json", text(1))
	if err != nil {
		t.Fatal(err)
	}
	other, err := layers.Parse("app.json", text(2))
	if err != nil {
		t.Fatal(err)
	}
	o.value("typed", config)
	o.value("typed", *config)
	o.value("typed", config.Database)
	o.value("typed", config.Diff(other))
	o.value("typed", config.Clone())
	encoded, err := yaml.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	o.add("YAML", string(encoded))
	_, err = layers.Parse("app.json", bytes.Replace(text(1), []byte(`"`+canary+`-1"`), []byte(`["`+canary+`"]`), 2))
	o.value("errors", err)
	func() {
		defer func() { o.value("panic", fmt.Sprint("seen ", recover())) }()
		panic(config)
	}()
}

// writeForms writes files of an old version with secrets in every way to write one, and
// returns their names.
func writeForms(t *testing.T, dir string) (names []string) {
	t.Helper()
	for i, token := range []string{
		"|\n  CANARY\n  a\n  CANARY=\n", ">\n  one\n  CANARY\n  two: CANARY\n", ">-\n  one\n\n  CANARY\n",
		"\"one CANARY\n  two CANARY\\\n  CANARY\"\n", "'one CANARY\n  CANARY: two'\n", "one\n  CANARY\n  - CANARY\n", "!!str\n  CANARY=one\n",
	} {
		names = append(names, fmt.Sprintf("old%d.yaml", i))
		write(t, filepath.Join(dir, names[i]), strings.ReplaceAll("name: \"1\"\ntoken: "+token+"fixed: "+token, "CANARY", canary))
	}
	for name, text := range map[string]string{
		"old.json":  `{"fixed": "CANARY=1", "name": "1", "token": "CANARY\n2", "keys": ["CANARY", "x"]}`,
		"flow.yaml": "{fixed: \"one\n  CANARY\", name: \"1\", token: 'one\n  CANARY'}\n",
	} {
		names = append(names, name)
		write(t, filepath.Join(dir, name), strings.ReplaceAll(text, "CANARY", canary))
	}
	return names
}

// restoreTOML shows what a restore would write to a TOML file, which migrate does not
// edit.
func restoreTOML(t *testing.T, dir string, run func(name string, args ...string)) {
	t.Helper()
	path, store, schema := filepath.Join(dir, "old.toml"), filepath.Join(dir, "toml"), filepath.Join(dir, "s.yaml")
	text := strings.ReplaceAll("name = \"1\"\ntoken = \"\"\"\none\nCANARY = 1\\\n   CANARY\"\"\"\nfixed = '''\nCANARY\n= CANARY'''\nkeys = [\"\"\"\nCANARY\"\"\"]\n", "CANARY", canary)
	write(t, path, text)
	shape, findings := validate.Load("s.yaml", []byte(canarySchema), os.DirFS(dir))
	if shape == nil {
		t.Fatal(findings)
	}
	live, err := untyped.Open(t.Context(), shape, rt.From(rt.File(path, rt.WithFormat(toml.Format{}))), history.Store(store), rt.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	if err := live.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, path, strings.ReplaceAll(text, "1", "2"))
	run("restore of TOML", "restore", "--store", store, "--backup", "1", "--dry-run", "--schema", schema)
}

// runCommands runs every command that reads a configuration or a store.
func runCommands(t *testing.T, dir string, o *outputs) {
	in := func(name string) string { return filepath.Join(dir, name) }
	write(t, in("a.yaml"), good(1))
	write(t, in("b.yaml"), good(2))
	if err := os.Mkdir(in("migrations"), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		t.Fatal(err)
	}
	write(t, in("migrations/1.yaml"), "from: 1\nto: 2\nversion_at: name\nsteps:\n  - rename: {path: token, to: long}\n")
	write(t, in("old.yaml"), "name: \"1\"\ntoken: "+canary+"\n")
	run := func(name string, args ...string) {
		var out bytes.Buffer
		status := command.Run(args, &out, &out)
		o.add(name, fmt.Sprint("seen ", status, "\n", out.String()))
	}
	s := in("s.yaml")
	run("validate", "validate", "--schema", s, in("a.yaml"))
	for i, text := range bad() {
		write(t, in(fmt.Sprintf("bad%d.yaml", i)), text)
		run("validate", "validate", "--schema", s, in(fmt.Sprintf("bad%d.yaml", i)))
		run("explain", "explain", "--schema", s, in(fmt.Sprintf("bad%d.yaml", i)))
		run("diff", "diff", "--schema", s, in("a.yaml"), in(fmt.Sprintf("bad%d.yaml", i)))
	}
	for _, format := range []string{"text", "json"} {
		run("diff", "diff", "--schema", s, "--format", format, in("a.yaml"), in("b.yaml"))
		run("explain", "explain", "--schema", s, "--format", format, in("a.yaml"), in("b.yaml"))
		run("explain", "explain", "--schema", s, "--format", format, "--path", "token", in("a.yaml"), in("b.yaml"))
		run("store listing", "history", "--store", in("store"), "--format", format)
		run("store listing", "history", "--store", in("store"), "--schema", s, "--format", format)
		run("store listing", "history", "--store", in("store"), "--schema", s, "--format", format, "3")
		run("audit verify", "audit", "verify", "--format", format, in("audit.jsonl"))
	}
	for _, name := range append(writeForms(t, dir), "old.yaml") {
		run("migrate", "migrate", "--schema", s, "--migrations", in("migrations"), in(name))
		shown := o.reported["migrate"].String()
		if diff := shown[strings.LastIndex(shown, "seen "):]; !strings.Contains(diff, "+++ ") || !strings.Contains(diff, document.Redacted) {
			t.Errorf("%s: nothing is migrated: %s", name, diff)
		}
	}
	restoreTOML(t, dir, run)
	if shown := o.reported["restore of TOML"].String(); !strings.Contains(shown, "token = "+document.Redacted) {
		t.Errorf("nothing would be restored: %s", shown)
	}
	for _, more := range [][]string{{"--dry-run"}, {"--dry-run", "--schema", s}, nil} {
		run("rollback", append([]string{"rollback", "--store", in("store"), "--to", "2"}, more...)...)
		run("restore", append([]string{"restore", "--store", in("store"), "--backup", "3"}, more...)...)
	}
}
