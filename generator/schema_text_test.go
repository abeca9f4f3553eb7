package generator_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/hotbind/hotbind/generator"
	"github.com/hotbind/hotbind/runtime/document"
)

// embedded returns the text of the schema in a generated package.
func embedded(t *testing.T, files []generator.File) string {
	t.Helper()
	for _, f := range files {
		if f.Name != "schema.gen.go" {
			continue
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, f.Name, f.Content, 0)
		if err != nil {
			t.Fatal(err)
		}
		pkg, err := new(types.Config).Check("p", fset, []*ast.File{file}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return constant.StringVal(pkg.Scope().Lookup("schemaText").(*types.Const).Val())
	}
	t.Fatal("schema.gen.go is missing")
	return ""
}

// TestSchemaText: the schema in a package equals the given one, value for value and in
// the same order, whatever characters it contains.
func TestSchemaText(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../testdata/golden/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		in := goldenInput(archive)
		written, err := generator.Generate(in.options())
		if err != nil {
			continue // refused
		}
		doc, findings := document.Parse(in.name, in.schema, document.Limits{})
		if doc == nil {
			t.Fatal(findings)
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, []byte(embedded(t, written))); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if diff := cmp.Diff(string(doc.AppendJSON(nil)), compact.String()); diff != "" {
			t.Errorf("%s: want (-) got (+):\n%s", file, diff)
		}
	}
}

// TestSchemaTextIsReadable: each property is on its own line, so that a review shows the
// one that changed.
func TestSchemaTextIsReadable(t *testing.T) {
	t.Parallel()
	files, _ := generate(t, `{"title": "Use `+"`make`"+`\u202e", "properties": {"a": {"type": "integer", "minimum": 1}, "b": {"type": "array", "items": {"type": "string"}},
		"c": {"properties": {"d": {}, "e": {"enum": []}}}, "f": {"description": "`+strings.Repeat("long ", 20)+`", "type": "string"}}}`)
	want := `{
  "title": "Use ` + "`make`\u202e" + `",
  "properties": {
    "a": {"type": "integer", "minimum": 1},
    "b": {"type": "array", "items": {"type": "string"}},
    "c": {
      "properties": {"d": {}, "e": {"enum": []}}
    },
    "f": {
      "description": "` + strings.Repeat("long ", 20) + `",
      "type": "string"
    }
  }
}`
	if diff := cmp.Diff(want, embedded(t, files)); diff != "" {
		t.Errorf("want (-) got (+):\n%s", diff)
	}
	for _, f := range files {
		if bytes.ContainsRune(f.Content, '\u202e') {
			t.Errorf("%s shows a mark that turns the direction of text", f.Name)
		}
	}
}
