package lower_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/hotbind/hotbind/generator/internal/lower"
	"github.com/hotbind/hotbind/internal/shape/shapetest"
	"github.com/hotbind/hotbind/runtime/document"
)

// TestNamesNeedNoOrder: sorting the properties and definitions of a schema differently
// yields the same names of types, fields, constants and bindings. So moving a property
// renames nothing in the code that uses it.
func TestNamesNeedNoOrder(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../../testdata/*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range archive.Files {
			if part.Name != "schema.yaml" {
				continue
			}
			n, findings := document.ParseYAML("s.yaml", part.Data, document.Limits{})
			if n == nil || len(findings.Errors()) > 0 {
				continue
			}
			forth := namesIn(string(n.AppendJSON(nil)))
			turn(n)
			back := namesIn(string(n.AppendJSON(nil)))
			if diff := cmp.Diff(forth, back); diff != "" {
				t.Errorf("%s: in the order of the file (-) and reversed (+):\n%s", filepath.Base(file), diff)
			}
			if len(forth) > 0 {
				compared++
			}
		}
	}
	if compared < 100 {
		t.Errorf("only %d schemas were compared", compared)
	}
}

// turn reverses the order of properties and definitions, which has no meaning.
func turn(n *document.Node) {
	for _, item := range n.Items() {
		turn(item)
	}
	for i := range n.Members() {
		m := &n.Members()[i]
		if slices.Contains([]string{"properties", "$defs", "definitions"}, m.Key()) {
			slices.Reverse(m.Value().Members())
		}
		turn(m.Value())
	}
}

// namesIn returns the names in a package, each with the place of what it names, sorted.
// It returns none for a refused schema.
func namesIn(schema string) (names []string) {
	doc, report := shapetest.Build(schema)
	if doc == nil {
		return nil
	}
	p := lower.Lower(doc, "config", "Config", report)
	if p == nil {
		return nil
	}
	for _, d := range p.Decls {
		at := d.Schema.At.Pointer + " "
		names = append(names, at+d.Name)
		for _, f := range d.Fields {
			names = append(names, at+strings.Join([]string{f.Key, f.Name, f.Method}, " "))
			if f.Binding != nil {
				names = append(names, at+f.Key+" bound by "+f.Binding.Name)
			}
		}
		for _, c := range d.Consts {
			names = append(names, at+c.Name+" = "+c.Value.Text)
		}
	}
	slices.Sort(names)
	return names
}
