package migrate_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/migrate"
)

func same(doc *document.Node) (*document.Node, error) { return doc, nil }

// TestChain: migrations form one chain, whatever the names of their files. Otherwise the
// findings name those that do not belong to it.
func TestChain(t *testing.T) {
	t.Parallel()
	edge := func(from, to string) string { return "{from: " + from + ", to: " + to + ", steps: []}" }
	for _, test := range []struct {
		why   string
		files []string
		want  string
	}{
		{"the order of the files does not count", []string{edge("2", "3"), edge("1", "2")}, "1 2 3"},
		{"versions are text", []string{edge("'2024-01'", "beta"), edge("beta", "1.0")}, "2024-01 beta 1"},
		{"text and integers are one", []string{edge("'1'", "2"), edge("2", "v3")}, "1 2 v3"},
		{"none", nil, ""},
		{"two from one", []string{edge("1", "2"), edge("1", "3")}, "m/b.yaml:1:1: from: a migration from version 1 is also in m/a.yaml; only one migration may lead from a version"},
		{"two to one", []string{edge("1", "3"), edge("2", "3")}, "m/b.yaml:1:1: to: a migration to version 3 is also in m/a.yaml; only one migration may lead to a version"},
		{"a gap", []string{edge("1", "2"), edge("3", "4")}, "m/b.yaml:1:1: from: no migration leads from version 2, the last of m/a.yaml, to version 3 (add one, or change from)"},
		{"a circle", []string{edge("1", "2"), edge("2", "1")}, "m/a.yaml:1:1: (document): the migrations from version 1 lead back to it, through m/a.yaml, m/b.yaml"},
		{"a circle aside", []string{edge("1", "2"), edge("3", "4"), edge("4", "3")}, "m/b.yaml:1:1: (document): the migrations from version 3 lead back to it, through m/b.yaml, m/c.yaml"},
		{"to itself", []string{edge("1", "1")}, "m/a.yaml:1:15: to: leads from version 1 to itself"},
		{"two places of the version", []string{"{from: 1, to: 2, version_at: v, steps: []}", edge("2", "3")}, "m/b.yaml:1:1: version_at: the version is at version, but at v in m/a.yaml; all migrations must use the same place"},
		{"a step on the version", []string{"{from: 1, to: 2, version_at: meta.v, steps: [{delete: {path: meta}}]}"}, "m/a.yaml:1:47: steps[0].delete: a step must not change meta, where the version is; migrate sets it"},
	} {
		t.Run(test.why, func(t *testing.T) {
			chain, findings := load(test.files...)
			got := findings.String()
			if chain != nil {
				got = strings.Join(chain.Versions(), " ")
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestSpecialFile: a pipe or a device among the migrations is refused, because reading it
// would wait or never end.
func TestSpecialFile(t *testing.T) {
	t.Parallel()
	for _, mode := range []fs.FileMode{fs.ModeNamedPipe, fs.ModeDevice | fs.ModeCharDevice, fs.ModeSocket} {
		files := fstest.MapFS{
			"1.yaml": {Data: []byte("{from: 1, to: 2, steps: []}")},
			"2.yaml": {Data: []byte("{from: 2, to: 3, steps: []}"), Mode: mode},
		}
		chain, findings := migrate.LoadFS(files, "m")
		if got, want := findings.String(), "m/2.yaml: is not a regular file"; got != want || chain != nil {
			t.Errorf("%v: got %s, want %s", mode, got, want)
		}
	}
}

// TestFolder: which files of a folder are migrations, and that functions join them in one
// chain.
func TestFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"b.YML":       "{from: 1, to: 2, steps: []}",
		"a.json":      `{"from": "3", "to": 4, "steps": []}`,
		".b.yaml":     "no",
		"README.md":   "no",
		"sub/c.yaml":  "no",
		"old.yaml.gz": "no",
	} {
		os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	chain, findings := migrate.Load(dir, migrate.Func("2", "3", same))
	if chain == nil {
		t.Fatal(findings)
	}
	if diff := cmp.Diff([]string{"b.YML", "from 2 to 3", "a.json"}, chain.Names("1")); diff != "" {
		t.Error(diff)
	}
	if chain.Oldest() != "1" || chain.Latest() != "4" {
		t.Errorf("from %s to %s", chain.Oldest(), chain.Latest())
	}
	if _, findings = migrate.Load(filepath.Join(dir, "none")); !strings.Contains(findings.String(), "the folder with migrations cannot be read: no such file or directory") {
		t.Error(findings)
	}
	_, findings = migrate.Load("", migrate.Func("1", "2", same), migrate.Func("1", "3", same), migrate.Migration{})
	if findings.String() != "the migration from  to  in Go: from: needs a function; create it with migrate.Func" && len(findings) != 1 {
		t.Error(findings)
	}
}

// TestVersion: how the version of a document is found.
func TestVersion(t *testing.T) {
	t.Parallel()
	integers := []string{"{from: 1, to: 2, steps: []}", "{from: 2, to: 3, steps: []}"}
	words := []string{"{from: 1, to: beta, steps: [], version_at: 'meta[\"a.b\"]'}"}
	for _, test := range []struct {
		files     []string
		doc, want string
	}{
		{integers, `{"version": 1}`, "1"},
		{integers, `{"version": "2"}`, "2"},
		{integers, `{"version": 3.0}`, "3"},
		{integers, `{}`, "none"},
		{integers, `{"version": null}`, "none"},
		{integers, `[1]`, "none"},
		{words, `{"meta": {"a.b": "beta"}}`, "beta"},
		{integers, `{"version": 7}`, "d.json:1:13: version: config version 7 is newer than 3, the newest this program knows"},
		{integers, `{"version": 0}`, "d.json:1:13: version: config version 0 is older than 1, the oldest this program can migrate"},
		{integers, `{"version": "x"}`, `d.json:1:13: version: config version "x" is not one of 1, 2, 3`},
		{words, `{"meta": {"a.b": 7}}`, `d.json:1:18: meta["a.b"]: config version "7" is not one of 1, beta`},
		{integers, `{"version": 1.5}`, "d.json:1:13: version: the config version is a number with a fraction; want text or an integer (put it in quotes)"},
		{integers, `{"version": true}`, "d.json:1:13: version: the config version is a boolean; want text or an integer"},
	} {
		version, found, findings := chainOf(t, test.files...).Version(parsed(t, test.doc))
		got := version
		if !found {
			got = "none"
		}
		if len(findings) > 0 {
			got = findings.String()
		}
		if got != test.want {
			t.Errorf("%s: got %s, want %s", test.doc, got, test.want)
		}
	}
}

// TestLayers: documents are migrated together, each from its own version, and new values
// are added to the weakest.
func TestLayers(t *testing.T) {
	t.Parallel()
	chain := chainOf(t, `from: 1
to: 2
steps:
  - default: {path: db.port, value: 5432}
  - default: {path: tenants.*.quota, value: 10}
  - set: {path: driver, value: pg}
  - scale: {path: t, by: 10}
`, "{from: 2, to: 3, steps: [{scale: {path: t, by: 2}}]}")
	for _, test := range []struct {
		why        string
		docs, want []string
	}{
		{"one version for all; defaults once", []string{`{"t":1,"tenants":{"a":{}}}`, "", `{"version":1,"t":2,"db":{},"tenants":{"a":{},"b":{}},"driver":"x"}`},
			[]string{`{"t":20,"tenants":{"a":{"quota":10}},"db":{"port":5432},"driver":"pg"}`, "", `{"version":3,"t":40,"db":{},"tenants":{"a":{},"b":{"quota":10}},"driver":"pg"}`}},
		{"the weakest that states one counts", []string{`{"version":"2","t":1}`, `{"t":1}`, `{"version":1,"t":1}`, `{"version":3,"t":1}`},
			[]string{`{"version":"3","t":2}`, `{"t":2}`, `{"version":3,"t":20}`, `{"version":3,"t":1}`}},
		{"none states one, and a list is let be", []string{`[1]`, `{"t":1,"driver":"x"}`}, []string{`[1]`, `{"t":20,"db":{"port":5432},"driver":"pg"}`}},
	} {
		t.Run(test.why, func(t *testing.T) {
			var docs []*document.Node
			for _, text := range test.docs {
				if text == "" {
					docs = append(docs, nil)
				} else {
					docs = append(docs, parsed(t, text))
				}
			}
			migrated, _, findings := chain.MigrateAll(docs)
			if len(findings) > 0 {
				t.Fatal(findings)
			}
			for i, doc := range migrated {
				if (doc == nil) != (test.want[i] == "") || doc != nil && !document.Equal(doc, parsed(t, test.want[i])) {
					t.Errorf("layer %d: got %s, want %s", i, doc.AppendJSON(nil), test.want[i])
				}
			}
		})
	}
}

// TestFunctions: a migration in Go receives its own copy, and any failure in it refuses
// the document.
func TestFunctions(t *testing.T) {
	t.Parallel()
	number := document.NewScalar(document.Number, "2", document.Position{})
	loop := document.NewList(nil, document.Position{})
	loop.SetItems([]*document.Node{loop})
	for _, test := range []struct {
		why  string
		f    migrate.Function
		want string
	}{
		{"a changed copy", func(doc *document.Node) (*document.Node, error) {
			doc.Set("a", number)
			return doc, nil
		}, `{"version":2,"a":2}`},
		{"an error", func(*document.Node) (*document.Node, error) { return nil, errors.New("no way\nsecond line") }, "no way…"},
		{"a panic", func(*document.Node) (*document.Node, error) { panic("oops") }, "panicked: oops"},
		{"nothing", func(*document.Node) (*document.Node, error) { return nil, nil }, "returned no document"},
		{"a loop", func(*document.Node) (*document.Node, error) { return loop, nil }, "returned values nested more than 1,000 levels deep"},
		{"a key twice", func(*document.Node) (*document.Node, error) {
			return document.NewObject([]document.Member{document.NewMember("a", number, document.Position{}), document.NewMember("a", number, document.Position{})}, document.Position{}), nil
		}, "returned an object with a duplicate key"},
		{"a hole", func(*document.Node) (*document.Node, error) {
			return document.NewList([]*document.Node{nil}, document.Position{}), nil
		}, "returned an object or a list in which a value is nil"},
		{"no number", func(*document.Node) (*document.Node, error) {
			return document.NewScalar(document.Number, "x", document.Position{}), nil
		}, "returned an invalid number"},
	} {
		t.Run(test.why, func(t *testing.T) {
			chain, findings := migrate.Load("", migrate.Func("1", "2", test.f))
			if chain == nil {
				t.Fatal(findings)
			}
			doc := parsed(t, `{"version":1,"a":1}`)
			migrated, _, findings := chain.Migrate(doc, "1")
			want, got := test.want, findings.String()
			if migrated != nil {
				got = string(migrated.AppendJSON(nil))
			} else {
				want = "d.json:1:1: (document): migration from 1 to 2 (in Go): " + want
			}
			if got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if string(doc.AppendJSON(nil)) != `{"version":1,"a":1}` {
				t.Error("the input was modified")
			}
		})
	}
}
