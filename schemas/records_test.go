// Package schemas_test makes the schemas of the records that hotbind writes from their
// Go types, and holds them and real records to each other.
package schemas_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/invopop/jsonschema"

	"github.com/hotbind/hotbind/runtime/audit"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/runtime/validate"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

var update = flag.Bool("update", false, "write the schemas")

const base = "https://github.com/hotbind/hotbind/schemas/"

// A record is a Go type and what its schema says that the type does not.
type record struct {
	file, title string
	value       any
	more        func(*jsonschema.Schema)
}

func records() []record {
	return []record{
		{"notification.schema.json", "A notification", rt.Notification{}, func(s *jsonschema.Schema) {
			s.Properties.Set("more_changes", count("How many changes are left out: the first 100 are listed."))
		}},
		{"audit.schema.json", "A line of the audit log", rt.AuditRecord{}, func(*jsonschema.Schema) {}},
		{"status.schema.json", "The state of a live configuration", rt.Status{}, func(s *jsonschema.Schema) {
			s.Required = slices.DeleteFunc(s.Required, func(name string) bool { return name == "last_reload" }) // omitzero
		}},
	}
}

func count(description string) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "integer", Minimum: "1", Description: description}
}

// enums are the values of types that are words.
var enums = map[reflect.Type][]any{
	reflect.TypeFor[rt.Event]():    words(rt.Events()...),
	reflect.TypeFor[rt.Priority](): {"high", "normal", "low"},
	reflect.TypeFor[rt.Cause]():    words(rt.CauseFileChange, rt.CauseAPIUpdate, rt.CauseRollback, rt.CauseManual),
	reflect.TypeFor[rt.Decision](): words(rt.DecisionStart, rt.DecisionReload, rt.DecisionRefusal, rt.DecisionUpdate, rt.DecisionRollback, rt.DecisionRestore, rt.DecisionCreate, rt.DecisionPrune, rt.DecisionEnable, rt.DecisionDisable, rt.DecisionStrategy),
}

func words[T ~string](list ...T) (all []any) {
	for _, w := range list {
		all = append(all, string(w))
	}
	return all
}

// mapped is the schema of types that are written in their own way.
func mapped(t reflect.Type) *jsonschema.Schema {
	switch t {
	case reflect.TypeFor[rt.Changes]():
		return changes()
	case reflect.TypeFor[time.Duration]():
		return &jsonschema.Schema{Type: "number", Minimum: "0"}
	case reflect.TypeFor[rt.Strategy](), reflect.TypeFor[error]():
		return &jsonschema.Schema{Type: "string"}
	case reflect.TypeFor[rt.RevisionID]():
		return &jsonschema.Schema{Type: "integer", Minimum: "0", Maximum: "18446744073709551615"}
	}
	if t == reflect.TypeFor[rt.Event]() {
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{
			{Type: "string", Enum: enums[t]},
			{Type: "string", Pattern: `^[a-z0-9_]+(\.[a-z0-9_]+)+$`, Description: "An event of the application's own."},
		}}
	}
	if values := enums[t]; values != nil {
		return &jsonschema.Schema{Type: "string", Enum: values}
	}
	return nil
}

// changes is how changes are written: a value is whatever it is in the configuration,
// and secrets are hidden.
func changes() *jsonschema.Schema {
	p := jsonschema.NewProperties()
	p.Set("path", &jsonschema.Schema{Type: "string", Description: "The path of the value, such as database.pool_size; empty: the whole configuration."})
	p.Set("kind", &jsonschema.Schema{Type: "string", Enum: []any{"added", "removed", "modified"}})
	p.Set("old", &jsonschema.Schema{Description: "The old value; absent: there was none."})
	p.Set("new", &jsonschema.Schema{Description: "The new value; absent: there is none."})
	p.Set("shortened", &jsonschema.Schema{Const: true, Description: "A value is longer than 1,000 bytes: only the beginning of its JSON is given, as a string."})
	max := uint64(100)
	return &jsonschema.Schema{Type: "array", MaxItems: &max, Items: &jsonschema.Schema{
		Type: "object", Required: []string{"path", "kind"}, AdditionalProperties: jsonschema.FalseSchema, Properties: p,
	}}
}

// made is the schema of a record, as the file has it.
func (r record) made(t *testing.T) []byte {
	t.Helper()
	reflector := &jsonschema.Reflector{ExpandedStruct: true, DoNotReference: true, Mapper: mapped, Anonymous: true,
		Namer: reflect.Type.String} // with the package: there are two of Status and Revision
	// The package of a folder is the name joined with the path, which leads out of here.
	must(t, reflector.AddGoComments("github.com/hotbind/hotbind/schemas", "../runtime"))
	s := reflector.Reflect(r.value)
	s.ID, s.Title = jsonschema.ID(base+r.file), r.title
	r.more(s)
	text, err := json.Marshal(s)
	must(t, err)
	var indented bytes.Buffer
	text = bytes.ReplaceAll(text, []byte(`\n`), []byte(" ")) // of lines of comments
	must(t, json.Indent(&indented, text, "", "  "))
	return append(indented.Bytes(), '\n')
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// The schemas are what the Go types make, so that neither changes without the other:
// go test ./schemas -update.
func TestSchemasAreMade(t *testing.T) {
	for _, r := range records() {
		want := r.made(t)
		if *update {
			must(t, os.WriteFile(r.file, want, 0o644))
		}
		got, err := os.ReadFile(r.file)
		must(t, err)
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s is not what the Go type makes, see -update (-want +got):\n%s", r.file, diff)
		}
	}
}

// A collector is a channel that keeps the JSON of what it gets.
type collector struct {
	mu  sync.Mutex
	all [][]byte
}

func (c *collector) Name() string { return "collector" }

func (c *collector) Send(_ context.Context, n rt.Notification) error {
	text, err := json.Marshal(n)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, text)
	return err
}

// What a running configuration writes is what the schemas say: every notification,
// every line of its audit log, its status while it is well and while it is not.
func TestRecordsAreWhatTheSchemasSay(t *testing.T) {
	dir := t.TempDir()
	path, log := filepath.Join(dir, "app.yaml"), filepath.Join(dir, "audit.jsonl")
	must(t, os.WriteFile(path, []byte("name: shop\n"), 0o600))
	var c collector
	live, err := service.Open(t.Context(), rt.From(rt.File(path)), history.Store(filepath.Join(dir, "store")), audit.File(log, audit.Refuse),
		rt.WithChannel(&c, rt.ChannelOptions{}), rt.WithLogger(slog.New(slog.DiscardHandler)), rt.WithStrategy(rt.Manual()))
	must(t, err)
	m := live.Manager()
	statuses := [][]byte{encoded(t, m.Status())}
	ctx := rt.ContextWithMetadata(t.Context(), map[string]string{"actor": "alice", "ticket": "7"})
	tenants, more := map[string]any{}, map[string]any{}
	for i := range 150 {
		tenants["t"+strings.Repeat("x", i)], more["t"+strings.Repeat("x", i)] = map[string]any{"quota": i}, map[string]any{"quota": i + 1}
	}
	for _, edit := range []rt.Edit{
		rt.Set("workers", 5), rt.Set("note", nil), rt.Set("tenants", tenants), rt.Set("tenants", more), rt.Set("database.url", strings.Repeat("x", 5000)),
		rt.Set("tls", map[string]any{"cert": "c"}), rt.Set("database.password", "hunter22"), rt.Set("timeout", "5s"), rt.Unset("tenants"), rt.Set("workers", 500),
	} {
		_, _ = m.Update(ctx, edit)
	}
	stop := live.Workers().OnChange(func(context.Context, rt.Change[int]) error { return errors.New("not today") })
	_, _ = m.Update(ctx, rt.Set("workers", 7))
	stop()
	h, err := m.Values().Watch("workers", func(context.Context, rt.ValueChange) error { panic("nor here") })
	must(t, err)
	_, _ = m.Update(ctx, rt.Set("workers", 8))
	h.Stop()
	must(t, os.WriteFile(path, []byte("name: [\n"), 0o600))
	if _, err := m.Reload(ctx); err == nil {
		t.Error("it was accepted")
	}
	statuses = append(statuses, encoded(t, m.Status()))
	_, err = m.Revisions().Restore(ctx, 1)
	must(t, err)
	_, err = m.Rollback(ctx, rt.Steps(1))
	must(t, err)
	_, err = m.Revisions().Prune(rt.Retention{Count: 2})
	must(t, err)
	m.Watching().Disable()
	must(t, m.Watching().Enable())
	must(t, live.Close())
	lines, err := os.ReadFile(log)
	must(t, err)
	for file, written := range map[string][][]byte{
		"notification.schema.json": c.all, "audit.schema.json": bytes.Split(bytes.TrimSpace(lines), []byte("\n")), "status.schema.json": statuses,
	} {
		schema := load(t, file)
		if len(written) < 2 {
			t.Errorf("%s: only %d records were written", file, len(written))
		}
		for _, text := range written {
			doc, findings := document.ParseJSON("record.json", text, document.Limits{})
			if findings = append(findings, schema.Validate(doc)...); len(findings.Errors()) > 0 {
				t.Errorf("%s: %s\n%s", file, text, findings)
			}
		}
	}
}

func encoded(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	must(t, err)
	return text
}

func load(t *testing.T, file string) *validate.Schema {
	t.Helper()
	text, err := os.ReadFile(file)
	must(t, err)
	schema, findings := validate.Load(file, text, os.DirFS("."))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return schema
}

// The schemas refuse what is no record: they would be of no use if they let all
// through.
func TestSchemasRefuse(t *testing.T) {
	for file, text := range map[string]string{
		"notification.schema.json": `{"id":"x","time":"2026-01-01T00:00:00Z","event":"exploded","priority":"high","message":"m","revision":1,"count":1}`,
		"audit.schema.json":        `{"seq":1,"time":"yesterday","decision":"reload","revision":1,"previous_hash":"","hash":""}`,
		"status.schema.json":       `{"enabled":"yes"}`,
	} {
		doc, _ := document.ParseJSON("record.json", []byte(text), document.Limits{})
		if findings := load(t, file).Validate(doc); len(findings.Errors()) == 0 {
			t.Errorf("%s lets %s through", file, text)
		}
	}
}
