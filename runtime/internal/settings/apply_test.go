package settings_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/hotbind/hotbind/runtime/audit"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/document/toml"
	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/internal/part"
	"github.com/hotbind/hotbind/runtime/internal/settings"
	"github.com/hotbind/hotbind/runtime/migrate"
	"github.com/hotbind/hotbind/runtime/source"

	rt "github.com/hotbind/hotbind/runtime"
)

// program returns the options of a program that sets everything, to values that no test
// file sets.
func program() []rt.Option {
	return []rt.Option{
		rt.WithHotReload(false), rt.WithStrategy(rt.Manual()),
		rt.WithDebounce(7 * time.Hour), rt.WithSettle(7 * time.Hour), rt.WithMaxWait(7 * time.Hour), rt.WithPollInterval(7 * time.Hour),
		rt.WithHookTimeout(7 * time.Hour), rt.WithNotificationTimeout(7 * time.Hour), rt.WithRetention(rt.Retention{Count: 77, Age: 7 * time.Hour}),
		rt.WithMaxSubscribers(77),
		rt.WithLimits(document.Limits{Bytes: 77, Nodes: 77, Depth: 77, AliasNodes: 77}),
		rt.WithWatchPaths("of-program"), rt.WithSubfolders(), rt.WithFilePatterns("of-program"), rt.WithIgnorePatterns("of-program"),
		history.Store("of-program", history.MaxBackups(77), history.Fallback()), migrate.With("of-program"), rt.WithSchema("of-program"),
		rt.KeepOnHookError(), rt.AllowEmpty(), rt.WaitForFiles(), rt.WithMetrics(false),
		audit.File("of-program", audit.Refuse),
	}
}

// A setting is a property of the schema, a file that sets it, and how the options of
// program then differ.
type setting struct {
	at, file string
	want     func(*rt.Options)
}

func plainSettings() []setting {
	on := true
	return []setting{
		{"hot_reload", "hot_reload: true", func(o *rt.Options) { o.HotReload = &on }},
		{"strategy", "strategy: {kind: immediate}", func(o *rt.Options) { o.Strategy = rt.Immediate() }},
		{"strategy.kind", "strategy: {kind: immediate}", func(o *rt.Options) { o.Strategy = rt.Immediate() }},
		{"strategy.delay", "strategy: {kind: batched, delay: 3s}", func(o *rt.Options) { o.Strategy = rt.Batched(3*time.Second, 0) }},
		{"strategy.max_files", "strategy: {kind: batched, delay: 3s, max_files: 4}", func(o *rt.Options) { o.Strategy = rt.Batched(3*time.Second, 4) }},
		{"strategy.interval", "strategy: {kind: scheduled, interval: 3s}", func(o *rt.Options) { o.Strategy = rt.Scheduled(3 * time.Second) }},
		{"debounce", "debounce: 3s", func(o *rt.Options) { o.Debounce = 3 * time.Second }},
		{"settle", "settle: 3s", func(o *rt.Options) { o.Settle = 3 * time.Second }},
		{"max_wait", "max_wait: 3s", func(o *rt.Options) { o.MaxWait = 3 * time.Second }},
		{"poll_interval", "poll_interval: 0s", func(o *rt.Options) { o.PollInterval = 0 }},
		{"hook_timeout", "hook_timeout: 3s", func(o *rt.Options) { o.HookTimeout = 3 * time.Second }},
		{"notification_timeout", "notification_timeout: 3s", func(o *rt.Options) { o.NotificationTimeout = 3 * time.Second }},
		{"max_revisions", "max_revisions: 3", func(o *rt.Options) { o.Retention.Count = 3 }},
		{"max_revision_age", "max_revision_age: 0s", func(o *rt.Options) { o.Retention.Age = 0 }},
		{"max_backups", "max_backups: 0", func(o *rt.Options) { o.MaxBackups = 0 }},
		{"max_subscribers", "max_subscribers: 3", func(o *rt.Options) { o.MaxSubscribers = 3 }},
		{"limits", "limits: {bytes: 3kB, depth: 3}", func(o *rt.Options) { o.Limits.Bytes, o.Limits.Depth = 3000, 3 }},
		{"limits.bytes", "limits: {bytes: 3MiB}", func(o *rt.Options) { o.Limits.Bytes = 3 << 20 }},
		{"limits.nodes", "limits: {nodes: 3}", func(o *rt.Options) { o.Limits.Nodes = 3 }},
		{"limits.depth", "limits: {depth: 3}", func(o *rt.Options) { o.Limits.Depth = 3 }},
		{"limits.alias_nodes", "limits: {alias_nodes: 3}", func(o *rt.Options) { o.Limits.AliasNodes = 3 }},
		{"watch_paths", "watch_paths: [a, b]", func(o *rt.Options) { o.WatchPaths = []string{"a", "b"} }},
		{"subfolders", "subfolders: false", func(o *rt.Options) { o.Subfolders = false }},
		{"file_patterns", "file_patterns: ['*.conf']", func(o *rt.Options) { o.FilePatterns = []string{"*.conf"} }},
		{"ignore_patterns", "ignore_patterns: []", func(o *rt.Options) { o.IgnorePatterns = nil }},
		{"store", "store: kept", history.Store("kept")},
		{"start_from_store", "start_from_store: false", func(o *rt.Options) { o.StartFromStore = false }},
		{"migrations", "migrations: ''", migrate.With("")},
		{"keep_on_hook_error", "keep_on_hook_error: false", func(o *rt.Options) { o.KeepOnError = false }},
		{"allow_empty", "allow_empty: false", func(o *rt.Options) { o.AllowEmpty = false }},
		{"wait_for_files", "wait_for_files: false", func(o *rt.Options) { o.WaitForFiles = false }},
		{"schema", "schema: s.yaml", func(o *rt.Options) { o.Schema = "s.yaml" }},
		{"metrics", "metrics: true", func(o *rt.Options) { o.Metrics = true }},
		{"audit", "audit: {file: a, policy: continue}", audit.File("a", audit.Continue)},
		{"audit.file", "audit: {file: a}", audit.File("a", audit.Refuse)},
		{"audit.policy", "audit: {policy: continue}", audit.File("of-program", audit.Continue)},
	}
}

// TestSettings: each property in a file replaces the option of the program, and changes
// nothing else.
func TestSettings(t *testing.T) {
	t.Parallel()
	for _, s := range plainSettings() {
		t.Run(s.at, func(t *testing.T) {
			t.Parallel()
			program := load.NewOptions(program()...)
			got, err := settings.Apply(rt.File(write(t, s.file)), program)
			if err != nil {
				t.Fatal(err)
			}
			want := program
			s.want(&want)
			if cmp.Equal(program, want, compared) {
				t.Error("the program has the same value, so the test could not fail")
			}
			if diff := cmp.Diff(want, got, compared); diff != "" {
				t.Errorf("%s: want (-) got (+):\n%s", s.file, diff)
			}
		})
	}
}

var compared = cmp.Options{
	cmp.AllowUnexported(rt.Strategy{}), cmp.Comparer(func(a, b rt.AuditLog) bool { return reflect.DeepEqual(a, b) }), cmpopts.EquateEmpty(), cmp.Comparer(func(a, b part.Migrations) bool { return reflect.DeepEqual(a, b) }),
	cmpopts.IgnoreTypes(&slog.Logger{}), cmpopts.IgnoreFields(rt.Options{}, "Channels"),
}

// TestEveryPropertyIsTested walks the schema, because a property without a test is easily
// forgotten.
func TestEveryPropertyIsTested(t *testing.T) {
	t.Parallel()
	var schema map[string]any
	if err := json.Unmarshal(settings.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	var tested []string
	for _, s := range plainSettings() {
		tested = append(tested, s.at)
	}
	for _, s := range channelSettings() {
		tested = append(tested, s.at)
	}
	for _, d := range deliveries() {
		tested = append(tested, "channels[].to."+d.at)
	}
	tested = append(tested, "$schema", "channels") // an editor's; what all of those below set
	w := walker{root: schema}
	w.walk(schema, "")
	if len(w.found) < 50 {
		t.Fatalf("found only %d properties", len(w.found))
	}
	for _, at := range w.found {
		if !slices.Contains(tested, at) {
			t.Errorf("no test sets %s", at)
		}
	}
	for _, at := range tested {
		if !slices.Contains(w.found, at) {
			t.Errorf("the schema has no %s", at)
		}
	}
	for _, at := range w.undescribed {
		t.Errorf("%s has no description", at)
	}
	for _, at := range w.open {
		t.Errorf("%s lets undeclared properties through", at)
	}
}

// A walker lists the properties that a schema declares.
type walker struct {
	root                     map[string]any
	found, undescribed, open []string
}

func (w *walker) walk(schema map[string]any, at string) {
	if ref, ok := schema["$ref"].(string); ok {
		w.walk(w.root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any), at)
	}
	branches, _ := schema["oneOf"].([]any)
	for _, b := range branches {
		w.walk(b.(map[string]any), at)
	}
	if items, ok := schema["items"].(map[string]any); ok {
		w.walk(items, at+"[]")
	}
	properties, ok := schema["properties"].(map[string]any)
	if ok && schema["additionalProperties"] != false {
		w.open = append(w.open, at)
	}
	for key, p := range properties {
		path := strings.TrimPrefix(at+"."+key, ".")
		if w.found = append(w.found, path); p.(map[string]any)["description"] == nil {
			w.undescribed = append(w.undescribed, path)
		}
		w.walk(p.(map[string]any), path)
	}
}

// TestNothingSaid: an empty file leaves the options of the program as they are.
func TestNothingSaid(t *testing.T) {
	t.Parallel()
	want := load.NewOptions(program()...)
	got, err := settings.Apply(rt.File(write(t, "{}")), want)
	if err != nil || !cmp.Equal(want, got, compared) {
		t.Errorf("got %v, %v", got, err)
	}
}

// TestFormats: the extension selects the format, as for sources.
func TestFormats(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"s.json": `{"debounce": "3s", "strategy": {"kind": "batched", "delay": "1s"}}`,
		"s.toml": "debounce = \"3s\"\n[strategy]\nkind = \"batched\"\ndelay = \"1s\"\n",
	} {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		o, err := settings.Apply(rt.File(file, rt.WithFormat(toml.Format{})), load.NewOptions())
		if err != nil || o.Debounce != 3*time.Second || o.Strategy != rt.Batched(time.Second, 0) {
			t.Errorf("%s: got %v, %v, %v", name, o.Debounce, o.Strategy, err)
		}
	}
}

// TestUnreadable: a missing file is an error, unlike an empty one.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "missing.yaml")
	_, err := settings.Apply(rt.File(file), load.NewOptions())
	var src *source.Error
	if !errors.As(err, &src) || src.Source != file || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	_, err = settings.Apply(rt.File(write(t, "# nothing yet\n")), load.NewOptions())
	if !errors.Is(err, rt.ErrEmpty) {
		t.Errorf("got %v", err)
	}
}

// TestEventNames: the schema lists exactly the existing events.
func TestEventNames(t *testing.T) {
	t.Parallel()
	for _, e := range rt.Events() {
		if !settings.Event(e).IsValid() {
			t.Errorf("the schema has no event %s", e)
		}
	}
	var events []string
	for _, e := range rt.Events() {
		events = append(events, string(e))
	}
	if listed := listedEvents(t); !slices.Equal(listed, events) {
		t.Errorf("the schema lists %v, want %v", listed, events)
	}
}

func listedEvents(t *testing.T) []string {
	t.Helper()
	doc, findings := document.ParseJSON("schema.json", settings.Schema(), document.Limits{})
	if doc == nil {
		t.Fatal(findings)
	}
	steps, err := document.ParsePath(`["$defs"].channel.properties.filter.properties.events.items.enum`)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, n := range doc.At(steps, nil).Items() {
		list = append(list, n.Text())
	}
	return list
}

func write(t testing.TB, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "settings.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
