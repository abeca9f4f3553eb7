package validate_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/source"
	"github.com/hotbind/hotbind/runtime/validate"
	"github.com/hotbind/hotbind/testdata/compile/kinds"
	"github.com/hotbind/hotbind/testdata/compile/layers"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// spy is a source that records the shape that it receives.
type spy struct {
	source.Source
	shape document.Shape
}

func (s *spy) Document(content []byte, shape document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	s.shape = shape
	return s.Source.Document(content, shape, limits)
}

func compiled(t testing.TB, name string, text []byte) *validate.Schema {
	t.Helper()
	schema, findings := validate.Load(name, text, nil)
	if schema == nil {
		t.Fatal(findings)
	}
	return schema
}

// The schema alone yields the same layers, variables, paths and secrets as the tables of
// a generated package. Otherwise tools would mislead.
func TestShapeIsThatOfGeneratedCode(t *testing.T) {
	t.Parallel()
	for name, load := range map[string]func(source.Source){
		"service/service.schema.yaml": func(s source.Source) { service.Load(context.Background(), rt.From(s)) },
		"kinds/kinds.schema.json":     func(s source.Source) { kinds.Load(context.Background(), rt.From(s)) },
		"layers/layers.schema.yaml":   func(s source.Source) { layers.Load(context.Background(), rt.From(s)) },
	} {
		file := filepath.Join("../../testdata/compile", name)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s := &spy{Source: rt.Bytes("a.yaml", []byte("{}"))}
		load(s)
		if s.shape == nil {
			t.Fatal("the source was not read")
		}
		c := comparing{t: t, name: name}
		c.shapes("", s.shape, compiled(t, file, text).Shape(), 6)
		if c.count < 20 {
			t.Errorf("%s: compared only %d places", name, c.count)
		}
	}
}

type comparing struct {
	t     *testing.T
	name  string
	count int
}

func (c *comparing) shapes(path string, want, got document.Shape, depth int) {
	c.count++
	if want == nil || got == nil {
		// A table has no shape where the schema allows anything.
		if want != nil && want.Kind() != 0 {
			c.t.Errorf("%s: %s: got nothing, want %v", c.name, path, want.Kind())
		}
		return
	}
	check := func(what string, got, want any) {
		if got != want {
			c.t.Errorf("%s: %s: %s: got %v, want %v", c.name, path, what, got, want)
		}
	}
	check("kind", got.Kind(), want.Kind())
	if want.Kind() != 0 { // a table of anything does not report null
		check("allows null", got.AllowsNull(), want.AllowsNull())
	}
	check("secret", got.Secret(), want.Secret())
	check("list rule", got.Lists(), want.Lists())
	if depth == 0 {
		return
	}
	check("properties", keys(got.Properties()), keys(want.Properties()))
	if keys(got.Properties()) == keys(want.Properties()) {
		for i, w := range want.Properties() {
			g := got.Properties()[i]
			at := document.KeyPath(path, w.Key)
			if g.Env != w.Env || g.Restart != w.Restart || g.Default != w.Default {
				c.t.Errorf("%s: %s: got env %q, restart %v, default %q; want %q, %v, %q", c.name, at, g.Env, g.Restart, g.Default, w.Env, w.Restart, w.Default)
			}
			c.shapes(at, w.Shape, g.Shape, depth-1)
		}
	}
	for _, key := range []string{"no_such", "x-1", "a", "known", "Key"} {
		w, wanted := want.Member(key)
		g, found := got.Member(key)
		if wanted && !found && strings.Contains(path, "matched") {
			continue // the table of a map does not use the keys
		}
		if wanted != found && want.Kind() != 0 {
			c.t.Errorf("%s: %s: allowed is %v, want %v", c.name, document.KeyPath(path, key), found, wanted)
		}
		c.shapes(document.KeyPath(path, key), w, g, depth-1)
	}
	c.shapes(path+"[]", want.Item(), got.Item(), depth-1)
}

func keys(list []document.Property) string {
	var names []string
	for _, p := range list {
		names = append(names, p.Key)
	}
	return strings.Join(names, " ")
}

// The shape of a place with allOf, references, patterns and alternatives.
func TestShape(t *testing.T) {
	t.Parallel()
	schema := compiled(t, "s.yaml", []byte(`
allOf:
  - properties: {first: {type: integer, x-env: ONE, x-reload: restart}}
  - $ref: '#more'
properties:
  own: {type: [string, 'null'], default: x}
  broken: {type: integer, default: x}
  list: {type: array, x-merge: key, x-key: name, items: {$ref: '#/$defs/item'}}
  tree: {$ref: '#/$defs/tree'}
  of: {oneOf: [{$ref: '#/$defs/a'}, {$ref: '#/$defs/b'}]}
  one: {anyOf: [{type: 'null'}, {$ref: '#/$defs/item'}]}
  mixed: {enum: [1, x]}
  size: {const: 4}
  tuple: {type: array, prefixItems: [{type: integer}, {writeOnly: true}]}
  vault: {type: object, patternProperties: {'^k': {format: password}}, additionalProperties: false}
  names: {type: object, propertyNames: {x-secret: true}}
  when: {type: object, properties: {mode: {type: string}}, then: {properties: {deep: {type: integer, default: 3}}}, if: {required: [mode]}}
required: [named]
$defs:
  more: {$anchor: more, properties: {more: {$ref: '#/$defs/item'}}}
  item: {type: object, required: [name], properties: {name: {type: string}, password: {type: string, writeOnly: true}, n: {type: integer, default: 1}}}
  tree: {type: object, additionalProperties: false, properties: {left: {$ref: '#/$defs/tree'}, size: {type: integer, default: 1}}}
  a: {type: object, required: [kind], additionalProperties: false, properties: {kind: {const: a}, x: {type: integer, default: 7}}}
  b: {type: object, required: [kind], additionalProperties: false, properties: {kind: {const: b}, secret: {type: string, writeOnly: true}}}
`))
	root := schema.Shape()
	if got, want := keys(root.Properties()), "first more own broken list tree of one mixed size tuple vault names when named"; got != want {
		t.Errorf("properties are %s, want %s", got, want)
	}
	defaults := map[string]document.Property{}
	for _, p := range root.Properties() {
		defaults[p.Key] = p
	}
	if p := defaults["first"]; p.Env != "ONE" || !p.Restart {
		t.Errorf("first is %+v", p)
	}
	if defaults["own"].Default != `"x"` || defaults["broken"].Default != "" {
		t.Errorf("defaults: %q, and of one that its schema refuses %q", defaults["own"].Default, defaults["broken"].Default)
	}
	for path, want := range map[string]string{
		"first": "number", "own": "string or null", "list": "list", "list[0]": "object", "list[0].password": "string secret",
		"tree.left.left.size": "number", "tree.x": "never", "of": "nothing secret", "of.kind": "string", "of.x": "number", "of.secret": "string secret", "of.y": "never",
		"one": "object or null", "one.password": "string secret", "mixed": "nothing", "size": "number", "tuple[1]": "nothing secret",
		"vault": "object", "vault.k1": "nothing secret", "vault.x": "never", "names": "object secret",
		"when.deep": "number", "when.mode": "string", "undeclared": "unknown", "first.x": "never", "list.x": "object", "first[0]": "never",
	} {
		steps, err := document.ParsePath(path)
		if err != nil {
			t.Fatal(err)
		}
		shape, allowed := document.ShapeAt(root, steps)
		if got := describe(shape, allowed); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
	if rule := defaults["list"].Shape.Lists(); rule != (document.ListRule{Merge: document.KeyList, Key: "name"}) {
		t.Errorf("the list merges as %+v", rule)
	}
	for _, p := range defaults["when"].Shape.Properties() {
		if p.Key == "deep" && p.Default != "" {
			t.Errorf("the default of a condition is %s", p.Default)
		}
	}
	findings := schema.Validate(node(t, "{named: 1, list: [{name: a}, {name: b}, {name: a}]}"))
	if got, want := findings.String(), `a.yaml:1:48: list[2].name: "a" is also the name of the item on line 1; keys must be unique`; got != want {
		t.Errorf("got %s, want %s", got, want)
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

func describe(shape document.Shape, allowed bool) string {
	switch {
	case !allowed:
		return "never"
	case shape == nil:
		return "unknown"
	}
	text := shape.Kind().String()
	if shape.AllowsNull() {
		text += " or null"
	}
	if shape.Secret() {
		text += " secret"
	}
	return text
}
