package generator_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/generator"
	"github.com/hotbind/hotbind/generator/internal/lower"
	"github.com/hotbind/hotbind/generator/internal/trial"
)

var keptNames = slices.Concat(lower.PackageNames, lower.ValueMethods, lower.BindingMethods, lower.LiveMethods)

// TestKeptNames: the names that a generated package declares besides its types, and the
// methods of its types, are the names that lower reserves.
func TestKeptNames(t *testing.T) {
	t.Parallel()
	files, refused := generate(t, `{"properties": {"m": {"type": "object", "additionalProperties": {"type": "integer"}}}}`)
	if refused != "" {
		t.Fatal(refused)
	}
	for _, f := range files {
		for owner, names := range declared(t, f.Content) {
			kept := map[string][]string{"": append(lower.PackageNames, "Config", "MBinding"), "Config": append(lower.ValueMethods, "M"),
				"Live": slices.Concat(lower.BindingMethods, lower.LiveMethods, []string{"M"}), "MBinding": lower.BindingMethods}[owner]
			for _, name := range names {
				if ast.IsExported(name) && !slices.Contains(kept, name) {
					t.Errorf("%q declares %s, which is not kept", owner, name)
				}
			}
		}
	}
}

// TestNamesInUse: properties, definitions and fields of nested types may have every name
// that a generated package reserves: a program reads them as fields and through bindings.
func TestNamesInUse(t *testing.T) {
	t.Parallel()
	keys := append([]string{"ConfigBinding", "NewConfig", "LiveBinding", "NewLive", "IsValid"}, keptNames...)
	slices.Sort(keys)
	keys = slices.Compact(keys)
	var sections, fields, refs, definitions, document, inner []string
	for _, key := range keys {
		sections = append(sections, fmt.Sprintf(`%q: {"type": "object", "required": [%q], "properties": {%q: {"type": "string"}}}`, key, key, key))
		refs = append(refs, fmt.Sprintf(`%q: {"$ref": "#/$defs/%s"}`, key, key))
		definitions = append(definitions, fmt.Sprintf(`%q: {"type": "object", "required": ["x"], "properties": {"x": {"enum": [%q, "x"]}}}`, key, key))
		fields = append(fields, fmt.Sprintf(`%q: {"type": "string"}`, key))
		document = append(document, fmt.Sprintf(`%q: {%q: %q}`, key, key, key))
		inner = append(inner, fmt.Sprintf(`%q: {"x": %q}`, key, key))
	}
	required := `"required": ["` + strings.Join(keys, `", "`) + `"], `
	schema := `{` + strings.Replace(required, "[", `["texts", "defs", `, 1) + `"properties": {` + strings.Join(sections, ", ") +
		`, "texts": {"type": "object", ` + required + `"properties": {` + strings.Join(fields, ", ") +
		`}}, "defs": {"type": "object", ` + required + `"properties": {` + strings.Join(refs, ", ") + `}}}, "$defs": {` + strings.Join(definitions, ", ") + `}}`
	text := strings.Join(document, ", ") + `, "defs": {` + strings.Join(inner, ", ") + `}, "texts": {`
	for i, key := range keys {
		text += strings.Repeat(", ", min(i, 1)) + fmt.Sprintf("%q: %q", key, key)
	}
	text = "{" + text + "}}"

	m := trial.New(t)
	m.Generate("names", generator.Options{Name: "s.json", Schema: []byte(schema)})
	files, err := generator.Generate(generator.Options{Name: "s.json", Schema: []byte(schema), Package: "names"})
	if err != nil {
		t.Fatal(err)
	}
	types := structFields(t, files[0].Content)
	methods := declared(t, files[2].Content)
	live := methods["Live"][len(methods["Live"])-len(keys)-2:]
	var uses []string
	use := func(value, bound, want string) {
		uses = append(uses, fmt.Sprintf("\tcheck(string(%s), %q)\n\tcheckBound(%s.Get())(%q)", value, want, bound, want))
	}
	texts, defs := types["Config"][len(keys)], types["Config"][len(keys)+1]
	for i, key := range keys {
		section := types["Config"][i]
		use("c."+section.name+"."+types[section.of][0].name, "live."+live[i]+"()."+methods[section.of+"Binding"][0]+"()", key)
		use("c."+texts.name+"."+types[texts.of][i].name, "live."+live[len(keys)]+"()."+methods[texts.of+"Binding"][i]+"()", key)
		field := types[defs.of][i]
		use("c."+defs.name+"."+field.name+".X", "live."+live[len(keys)+1]+"()."+methods[defs.of+"Binding"][i]+"().X()", key)
	}
	m.Write("main.go", `package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	rt "github.com/hotbind/hotbind/runtime"

	"example.com/app/names"
)

func check(got, want string) {
	if got != want {
		panic(fmt.Sprintf("got %q, want %q", got, want))
	}
}

func checkBound[T ~string](got T, ok bool) func(want string) {
	return func(want string) { check(string(got), want) }
}

func main() {
	text := `+"`"+text+"`"+`
	c, err := names.Parse("c.json", []byte(text))
	if err != nil {
		panic(err)
	}
	if err := os.WriteFile("c.json", []byte(text), 0o644); err != nil {
		panic(err)
	}
	live, err := names.Open(context.Background(), rt.From(rt.File("c.json")))
	if err != nil {
		panic(err)
	}
	defer live.Close()
	again, err := json.Marshal(names.Reveal(live.Current()))
	if err != nil || !c.Equal(*live.Current()) || !c.Diff(c.Clone()).Empty() || names.Validate(c) != nil || string(again) != c.String() {
		panic(fmt.Sprint("the values differ: ", err))
	}
`+strings.Join(uses, "\n")+"\n}\n")
	m.MustGo("vet", "./...")
	m.MustGo("run", ".")
}

// declared returns the names that a file declares, by the type that has them as methods.
func declared(t *testing.T, source []byte) map[string][]string {
	names := map[string][]string{}
	for _, decl := range parsedFile(t, source).Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			owner := ""
			if d.Recv != nil {
				at := d.Recv.List[0].Type
				if star, ok := at.(*ast.StarExpr); ok {
					at = star.X
				}
				owner = at.(*ast.Ident).Name
			}
			names[owner] = append(names[owner], d.Name.Name)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if s, ok := spec.(*ast.TypeSpec); ok {
					names[""] = append(names[""], s.Name.Name)
				}
			}
		}
	}
	return names
}

// A structField is a field and its type, if that has a name.
type structField struct{ name, of string }

// structFields returns the fields of the structs of a file.
func structFields(t *testing.T, source []byte) map[string][]structField {
	fields := map[string][]structField{}
	ast.Inspect(parsedFile(t, source), func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		if s, ok := spec.Type.(*ast.StructType); ok {
			for _, f := range s.Fields.List {
				of, _ := f.Type.(*ast.Ident)
				if of == nil {
					of = ast.NewIdent("")
				}
				fields[spec.Name.Name] = append(fields[spec.Name.Name], structField{f.Names[0].Name, of.Name})
			}
		}
		return false
	})
	return fields
}

func parsedFile(t *testing.T, source []byte) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "", source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return file
}
