package migrate_test

import (
	"os"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/validate"
)

// TestSchema compares the reader of migration files with their published schema: both
// accept a file, or both refuse it. A rule that no schema can express is marked with a !.
func TestSchema(t *testing.T) {
	t.Parallel()
	const name = "../../schemas/migration.schema.json"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	schema, findings := validate.Load(name, text, nil)
	if schema == nil {
		t.Fatal(findings)
	}
	for _, file := range append(wholeFiles(), stepFiles()...) {
		file, beyond := strings.CutPrefix(file, "!")
		chain, own := load(file)
		doc, findings := document.ParseYAML("m/a.yaml", []byte(file), document.Limits{})
		if doc != nil {
			findings = schema.Validate(doc)
		}
		if refused := len(findings.Errors()) > 0; (chain == nil) != (refused || beyond) {
			t.Errorf("%s\nread: %v\nby the schema: %v", file, own, findings)
		} else if beyond && refused {
			t.Errorf("%s\nthe schema can express this: %v", file, findings)
		}
	}
}

func wholeFiles() []string {
	return []string{
		"{from: 1, to: 2, steps: []}",
		"{from: a, to: b, steps: [], description: d, version_at: meta.version, $schema: x}",
		"{from: 1, to: 2, version_at: 'a[\"b.c\"]', steps: []}",
		"{from: 1, to: 2, version_at: a.*, steps: []}",
		"{from: 1, to: 2, version_at: 'a[0]', steps: []}",
		"{from: 1, to: 2, version_at: '', steps: []}",
		"{from: 1, to: 2, version_at: 3, steps: []}",
		"{from: 1, to: 2}",
		"{from: 1, steps: []}",
		"{to: 1, steps: []}",
		"{from: 1.5, to: 2, steps: []}",
		"{from: '', to: 2, steps: []}",
		"{from: null, to: 2, steps: []}",
		"!{from: 2, to: 2, steps: []}",
		"{from: 1, to: 2, steps: {}}",
		"{from: 1, to: 2, steps: [], more: 1}",
		"{from: 1, to: 2, steps: [], description: 1}",
		"[]",
		"{from: 1, to: 2, steps: [" + strings.Repeat("{delete: {path: a}}, ", 1001) + "]}",
	}
}

func stepFiles() (files []string) {
	for _, step := range []string{
		"{}", "1", "{nothing: {}}", "{delete: {path: a}, rename: {path: a, to: b}}", "{delete: a}", "{delete: {}}",
		"{delete: {path: a, to: b}}", "{delete: {path: 1}}", "{delete: {path: ''}}",
		"{delete: {path: a..b}}", "{delete: {path: .a}}", "{delete: {path: a.}}", "{delete: {path: 'a b'}}", "{delete: {path: 'a*'}}",
		"{delete: {path: 'a[01]'}}", "{delete: {path: 'a[-1]'}}", "{delete: {path: 'a[b]'}}", "{delete: {path: 'a.[0]'}}",
		"{delete: {path: 'a[0]b'}}", `{delete: {path: 'a["b"]'}}`, `{delete: {path: '["b.c"].d[0][*].*'}}`, `{delete: {path: 'a["b]'}}`,
		`!{delete: {path: 'a["\q"]'}}`, "!{delete: {path: version}}", "!{delete: {path: '*'}}",
		"{rename: {path: a, to: b}}", "{rename: {path: a, to: ''}}", "{rename: {path: a}}", "{rename: {path: 'a[0]', to: b}}",
		"{rename: {path: a.*, to: b}}", `{rename: {path: 'a["*"]', to: b}}`,
		"{move: {path: a.*.b, to: c.*.d}}", "!{move: {path: a.*.b, to: c}}", "!{move: {path: 'a[*].b', to: c.*}}",
		"{move: {path: a, to: 'b[0]'}}", "{move: {path: 'a[*]', to: 'b[*]'}}", "{copy: {path: a, to: b}}", "{copy: {path: a, to: 'b[0].c'}}",
		"{set: {path: a, value: null}}", "{set: {path: 'a[*]', value: []}}", "{set: {path: a}}",
		"{default: {path: a, value: {}}}", "{default: {path: 'a[0]', value: 1}}", "{default: {path: a.*, value: 1}}",
		"{map: {path: a, values: {a: b}}}", "{map: {path: a, values: {}}}", "{map: {path: a, values: [1]}}",
		"{map: {path: a, values: {a: b}, else: error}}", "{map: {path: a, values: {a: b}, else: x}}", "{map: {path: a}}",
		"{scale: {path: a, by: 0.001}}", "{scale: {path: a, by: '2'}}", "{scale: {path: a}}",
		"{split: {path: a, by: ':', into: [b, c]}}", "{split: {path: a, by: '', into: [b, c]}}", "{split: {path: a, by: ':', into: [b]}}",
		"{split: {path: a, by: ':', into: [b, b]}}", "{split: {path: a, by: ':', into: [b, '']}}", "{split: {path: 'a[*]', by: ':', into: [b, c]}}",
		"{join: {paths: [a, b], by: '', to: c}}", "{join: {paths: [a], by: '', to: c}}", "{join: {paths: [a, a], by: '', to: c}}",
		"{join: {paths: ['a[0]', b], by: '', to: c}}", "!{join: {paths: [a.*.b, b], by: '', to: a.*.c}}", "{join: {paths: a, by: '', to: c}}",
		"{wrap: {path: a, in: list}}", "{wrap: {path: a, in: object, key: k}}", "{wrap: {path: a, in: object}}",
		"{wrap: {path: a, in: list, key: k}}", "{wrap: {path: a, in: map}}", "{wrap: {path: a, in: object, key: ''}}",
		"{cast: {path: a, to: integer}}", "{cast: {path: a, to: int}}", "{cast: {path: a}}",
	} {
		step, beyond := strings.CutPrefix(step, "!")
		file := "{from: 1, to: 2, steps: [" + step + "]}"
		if beyond {
			file = "!" + file
		}
		files = append(files, file)
	}
	return files
}
