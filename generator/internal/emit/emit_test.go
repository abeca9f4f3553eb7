package emit_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/generator/internal/emit"
	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/internal/shape"
	"github.com/hotbind/hotbind/runtime/document"
)

// exports holds the compiled packages that generated code may import, by path.
var exports = sync.OnceValues(func() (map[string]string, error) {
	cmd := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}", "github.com/hotbind/hotbind/runtime/genrt/live", "net/netip", "fmt")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	found := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, file, _ := strings.Cut(strings.TrimSpace(line), "=")
		found[name] = file
	}
	return found, err
})

// A goPackage is the emitted package as the Go compiler sees it.
type goPackage struct {
	files map[string]*ast.File
	types *types.Package
}

// compile emits a package, parses it and checks its types.
func compile(t *testing.T, p *ir.Package) goPackage {
	t.Helper()
	compiled, err := exports()
	if err != nil {
		t.Fatal(err)
	}
	emitted, err := emit.Emit(p)
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	g := goPackage{files: map[string]*ast.File{}}
	var files []*ast.File
	for _, f := range emitted {
		parsed, err := parser.ParseFile(fset, f.Name, f.Content, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatalf("%s does not parse: %v", f.Name, err)
		}
		g.files[f.Name] = parsed
		files = append(files, parsed)
	}
	config := types.Config{Importer: importer.ForCompiler(fset, "gc", func(name string) (io.ReadCloser, error) {
		if compiled[name] == "" {
			return nil, fmt.Errorf("%s may not be imported", name)
		}
		return os.Open(compiled[name])
	})}
	if g.types, err = config.Check("config", fset, files, nil); err != nil {
		t.Fatalf("does not compile: %v", err)
	}
	return g
}

func short(p *types.Package) string {
	if p.Name() == "config" {
		return ""
	}
	return p.Name()
}

// declared writes the named types, the constants and the functions whose names contain
// one of the words, with the fields, the tags and the methods of the types. The methods
// of every value are shown as "…".
func (g goPackage) declared(words ...string) string {
	var b strings.Builder
	for _, name := range g.types.Scope().Names() {
		if !slices.ContainsFunc(words, func(word string) bool { return strings.Contains(name, word) }) || !token.IsExported(name) {
			continue
		}
		o := g.types.Scope().Lookup(name)
		switch o := o.(type) {
		case *types.Const:
			fmt.Fprintf(&b, "const %s %s = %s\n", name, types.TypeString(o.Type(), short), o.Val())
		case *types.Func:
			fmt.Fprintf(&b, "func %s%s\n", name, strings.TrimPrefix(types.TypeString(o.Type(), short), "func"))
		case *types.TypeName:
			if o.IsAlias() {
				fmt.Fprintf(&b, "type %s = %s\n", name, types.TypeString(types.Unalias(o.Type()), short))
				continue
			}
			under := o.Type().Underlying()
			if s, ok := under.(*types.Struct); ok {
				fmt.Fprintf(&b, "type %s struct\n", name)
				for i := range s.NumFields() {
					fmt.Fprintf(&b, "  %s %s %s\n", s.Field(i).Name(), types.TypeString(s.Field(i).Type(), short), s.Tag(i))
				}
			} else {
				fmt.Fprintf(&b, "type %s %s\n", name, types.TypeString(under, short))
			}
			writeMethods(&b, o.Type().(*types.Named))
		}
	}
	return strings.ReplaceAll(b.String(), " \n", "\n")
}

// everyValue holds the methods of all types that hold configuration.
var everyValue = []string{"Clone", "Diff", "Equal", "MarshalJSON", "MarshalYAML", "String", "UnmarshalJSON", "UnmarshalYAML"}

func writeMethods(b *strings.Builder, t *types.Named) {
	methods, count := map[string]string{}, 0
	for i := range t.NumMethods() {
		m := t.Method(i)
		methods[m.Name()] = strings.TrimPrefix(types.TypeString(m.Type(), short), "func")
		if slices.Contains(everyValue, m.Name()) {
			count++
		}
	}
	var names []string
	for name := range methods {
		if count < len(everyValue) || !slices.Contains(everyValue, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(b, "  %s%s\n", name, methods[name])
	}
	if count == len(everyValue) {
		b.WriteString("  …\n")
	}
}

// Shapes of the table.
var (
	str     = &shape.Scalar{Go: "string"}
	integer = &shape.Scalar{Go: "int"}
)

func ref(d *ir.Decl) *shape.Ref { return &shape.Ref{Decl: d.Decl} }

// A builder builds a package declaration by declaration, the root first.
type builder struct{ *ir.Package }

func (b builder) declare(name string, d shape.Decl) *ir.Decl {
	d.Schema, d.Place = &schema.Schema{}, &shape.Place{}
	made := b.Declare(&d)
	made.Name, made.Doc = name, []string{name + " is declared."}
	if b.Root == nil {
		b.Root = made
	}
	for _, f := range d.Fields() {
		made.Fields = append(made.Fields, &ir.Field{Field: f, Name: f.Key, Method: f.Key})
	}
	return made
}

func (b builder) structOf(name string, fields ...*shape.Field) *ir.Decl {
	return b.declare(name, shape.Decl{Struct: &shape.Struct{Fields: fields}})
}

func field(key string, t shape.Type) *shape.Field { return &shape.Field{Key: key, Type: t} }

func required(key string, t shape.Type) *shape.Field {
	return &shape.Field{Key: key, Type: t, Required: true}
}

// titled returns a schema with a title.
func titled(title string) *document.Node {
	n := document.NewScalar(document.String, title, document.Position{})
	return document.NewObject([]document.Member{document.NewMember("title", n, document.Position{})}, document.Position{})
}

func newBuilder() builder {
	return builder{&ir.Package{Name: "config", SchemaName: "s.json", Schema: titled("s"), Rules: rules.Rules{{}}}}
}

// TestEmit: each node of the ir becomes one declaration, with its names, types and tags,
// in Go that compiles.
func TestEmit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why   string
		make  func(b builder)
		words []string // the names to show
		want  string
	}{
		{"a struct has its fields in order, with tags for optional ones", func(b builder) {
			b.structOf("Config", required("B", str), &shape.Field{Key: "A", Type: integer, Default: "5"}, field("O", &shape.Optional{Elem: str}), field("L", &shape.List{Elem: str}),
				field("M", &shape.Map{Elem: integer}), field("S", &shape.Secret{Elem: str}), field("Any", &shape.Any{}))
		}, []string{"Config"}, `
type Config struct
  B string json:"B" yaml:"B"
  A int json:"A" yaml:"A"
  O runtime.Optional[string] json:"O,omitzero" yaml:"O"
  L []string json:"L,omitzero" yaml:"L"
  M map[string]int json:"M,omitzero" yaml:"M"
  S runtime.Secret[string] json:"S" yaml:"S"
  Any any json:"Any,omitzero" yaml:"Any"
  …
`},
		{"a key that a tag cannot express has no tag, and undeclared properties have none", func(b builder) {
			d := b.structOf("Config", required("-", str), required("a,b", str), required(`a"b`, str), required("", str),
				&shape.Field{Type: &shape.Map{Elem: integer}, Entries: true})
			d.Struct.Extra = d.Struct.Fields[4]
			for i, name := range []string{"Dash", "Comma", "Quote", "Empty", "Extra"} {
				d.Fields[i].Name, d.Fields[i].Method = name, name
			}
		}, []string{"Config"}, `
type Config struct
  Dash string json:"-," yaml:"-,"
  Comma string
  Quote string yaml:"a\"b"
  Empty string
  Extra map[string]int json:"-" yaml:"-"
  …
`},
		{"text that fields cannot reproduce is kept", func(b builder) { b.structOf("Config").Struct.Keeps = true }, []string{"Config"}, `
type Config struct
  kept genrt.Kept
  …
`},
		{"formats have their Go types, and a type of the application is imported", func(b builder) {
			b.structOf("Config", required("At", &shape.Formatted{Format: "date-time"}), required("In", &shape.Formatted{Format: "go-duration"}),
				required("Size", &shape.Formatted{Format: "byte-size"}), required("Addr", &shape.Formatted{Format: "ipv4"}), required("URL", &shape.Formatted{Format: "uri"}),
				required("Own", &shape.Custom{Path: "net/netip", Name: "AddrPort", Check: str}))
		}, []string{"Config"}, `
type Config struct
  At time.Time json:"At" yaml:"At"
  In time.Duration json:"In" yaml:"In"
  Size runtime.ByteSize json:"Size" yaml:"Size"
  Addr netip.Addr json:"Addr" yaml:"Addr"
  URL runtime.URL json:"URL" yaml:"URL"
  Own netip.AddrPort json:"Own" yaml:"Own"
  …
`},
		{"an enum is a type with constants", func(b builder) {
			root := b.structOf("Config")
			level := b.declare("Level", shape.Decl{Enum: &shape.Enum{Type: str, Values: []shape.Value{{Text: "a", IsString: true}}}})
			level.Consts = []ir.Const{{Name: "LevelA", Value: level.Enum.Values[0]}}
			size := b.declare("Size", shape.Decl{Enum: &shape.Enum{Type: integer, Values: []shape.Value{{Text: "-3"}}}})
			size.Consts = []ir.Const{{Name: "SizeMinus3", Value: size.Enum.Values[0]}}
			root.Struct.Fields = []*shape.Field{required("L", ref(level)), required("S", ref(size))}
			for _, f := range root.Struct.Fields {
				root.Fields = append(root.Fields, &ir.Field{Field: f, Name: f.Key, Method: f.Key})
			}
		}, []string{"Level", "Size"}, `
type Level string
  IsValid() bool
  String() string
const LevelA Level = "a"
type Size int
  IsValid() bool
  String() string
const SizeMinus3 Size = -3
`},
		{"a constant is one of the struct whose field has it", func(b builder) {
			d := b.structOf("Config", required("Kind", &shape.Scalar{Go: "string", Enum: []string{`"x"`}}))
			d.Consts = []ir.Const{{Name: "ConfigKind", Value: shape.Value{Text: "x", IsString: true}}}
		}, []string{"ConfigKind"}, `
const ConfigKind untyped string = "x"
`},
		{"a union is sealed, and a branch of two unions has the seals of both", func(b builder) {
			root := b.structOf("Config")
			one, two := b.structOf("One", required("A", str)), b.declare("Two", shape.Decl{Named: str})
			u := b.declare("U", shape.Decl{Union: &shape.Union{Branches: []shape.Branch{{Label: "one", Decl: one.Decl}, {Label: "two", Decl: two.Decl}}}})
			v := b.declare("V", shape.Decl{Union: &shape.Union{One: true, Tag: "A", Branches: []shape.Branch{{Label: "one", Decl: one.Decl, Tag: "x"}}}})
			one.Unions, two.Unions = []*shape.Decl{u.Decl, v.Decl}, []*shape.Decl{u.Decl}
			root.Struct.Fields = []*shape.Field{field("U", ref(u)), field("V", ref(v))}
			for _, f := range root.Struct.Fields {
				root.Fields = append(root.Fields, &ir.Field{Field: f, Name: f.Key, Method: f.Key})
			}
		}, []string{"U", "V", "One", "Two", "Config"}, `
type Config struct
  U U json:"U,omitzero" yaml:"U"
  V V json:"V,omitzero" yaml:"V"
  …
type One struct
  A string json:"A" yaml:"A"
  isU()
  isV()
  …
type Two string
  isU()
  …
type U interface{isU()}
func Unset[T any](b genrt.Bound[T]) runtime.Edit
type V interface{isV()}
func Validate(c *Config) error
`},
		{"positions of a tuple have no tags", func(b builder) {
			d := b.declare("Config", shape.Decl{Tuple: &shape.Tuple{Fields: []*shape.Field{required("", str), field("", &shape.Optional{Elem: integer})}, Closed: true}})
			d.Fields[0].Name, d.Fields[1].Name = "Host", "Port"
		}, []string{"Config"}, `
type Config struct
  Host string
  Port runtime.Optional[int]
  …
`},
		{"lists, maps and scalars with names have methods, and a type that already has a table is an alias", func(b builder) {
			b.declare("Config", shape.Decl{Named: &shape.Map{Elem: str}})
			b.declare("List", shape.Decl{Named: &shape.List{Elem: str}})
			b.declare("Text", shape.Decl{Named: str})
			b.declare("Anything", shape.Decl{Named: &shape.Any{}})
			b.declare("At", shape.Decl{Named: &shape.Formatted{Format: "date-time"}})
			b.declare("Other", shape.Decl{Alias: integer})
		}, []string{"Config", "List", "Text", "Any", "At", "Other"}, `
type Anything = any
type At = time.Time
type Config map[string]string
  …
type List []string
  …
type Other = int
type Text string
  …
`},
		{"a struct with defaults is made where the root does not hold one", func(b builder) {
			root := b.structOf("Config")
			always := b.structOf("Always", &shape.Field{Key: "A", Type: integer, Default: "1"})
			apart := b.structOf("Apart", &shape.Field{Key: "A", Type: integer, Default: "1"})
			plain := b.structOf("Plain", required("A", integer))
			root.Struct.Fields = []*shape.Field{{Key: "A", Type: ref(always), Filled: true}, field("L", &shape.List{Elem: ref(apart)}), field("P", &shape.List{Elem: ref(plain)})}
			for _, f := range root.Struct.Fields {
				root.Fields = append(root.Fields, &ir.Field{Field: f, Name: f.Key, Method: f.Key})
			}
		}, []string{"New"}, `
func New() *Config
func NewApart() (v Apart)
`},
		{"a type that contains itself", func(b builder) {
			d := b.structOf("Config")
			d.IsRecursive = true
			d.Struct.Fields = []*shape.Field{field("Next", &shape.Optional{Elem: &shape.Ref{Decl: d.Decl, Back: true}}), field("All", &shape.List{Elem: &shape.Ref{Decl: d.Decl, Back: true}})}
			for _, f := range d.Struct.Fields {
				d.Fields = append(d.Fields, &ir.Field{Field: f, Name: f.Key, Method: f.Key})
			}
		}, []string{"Config"}, `
type Config struct
  Next runtime.Optional[Config] json:"Next,omitzero" yaml:"Next"
  All []Config json:"All,omitzero" yaml:"All"
  …
type ConfigBinding struct
  binding binding[Config]
  All() *genrt.Binding[[]Config]
  Next() *ConfigBinding
`},
		{"bindings of sections, maps and keyed lists have the methods in the ir", func(b builder) {
			root := b.structOf("Config")
			part := b.structOf("Part", required("name", str), required("Key", integer))
			part.Fields[0].Name, part.Fields[0].Method, part.Fields[1].Method = "Name", "Name", "KeyField"
			section, entries := &shape.Optional{Elem: ref(part)}, &shape.Map{Elem: str}
			keyed := &shape.List{Elem: ref(part), Rule: shape.ListRule{Key: "name"}}
			root.Struct.Fields = []*shape.Field{field("Section", section), field("Labels", entries), field("Parts", keyed), field("Plain", &shape.List{Elem: ref(part)})}
			b.Entries = []*ir.Entries{{Name: "Labels", Key: "Labels", Type: entries, Entry: str}, {Name: "Parts", Key: "Parts", Type: keyed, Entry: ref(part)}}
			for i, f := range root.Struct.Fields {
				made := &ir.Field{Field: f, Name: f.Key, Method: f.Key}
				if i == 1 || i == 2 {
					made.Binding = b.Entries[i-1]
				}
				root.Fields = append(root.Fields, made)
			}
		}, []string{"Binding", "Live"}, `
type LabelsBinding struct
  binding binding[map[string]string]
  FollowEntries(fn func(ctx context.Context, c runtime.EntryChange[string, string]) error, opts ...runtime.HookOption) (stop func(), err error)
  Key(key string) *genrt.Binding[string]
  OnEntry(fn func(ctx context.Context, c runtime.EntryChange[string, string]) error, opts ...runtime.HookOption) (stop func())
type Live struct
  live genrt.Live[Config]
  AddValidator(fn func(candidate *Config) []runtime.Finding) (stop func())
  Close() error
  Current() *Config
  Follow(fn func(ctx context.Context, d *Diff) error, opts ...runtime.HookOption) (stop func(), err error)
  Labels() *LabelsBinding
  Manager() runtime.Manager
  OnChange(fn func(ctx context.Context, d *Diff) error, opts ...runtime.HookOption) (stop func())
  OnReloadError(fn func(ctx context.Context, err error, changes runtime.Changes) error, opts ...runtime.HookOption) (stop func())
  OnRollback(fn func(ctx context.Context, from runtime.Revision, to runtime.Revision) error, opts ...runtime.HookOption) (stop func())
  Parts() *PartsBinding
  Plain() *genrt.Binding[[]Part]
  Prepare(fn func(ctx context.Context, d *Diff) (commit func(), abort func(), err error), opts ...runtime.HookOption) (stop func())
  Section() *PartBinding
type PartBinding struct
  binding binding[Part]
  KeyField() *genrt.Binding[int]
  Name() *genrt.Binding[string]
type PartsBinding struct
  binding binding[[]Part]
  FollowEntries(fn func(ctx context.Context, c runtime.EntryChange[string, Part]) error, opts ...runtime.HookOption) (stop func(), err error)
  Key(key string) *PartBinding
  OnEntry(fn func(ctx context.Context, c runtime.EntryChange[string, Part]) error, opts ...runtime.HookOption) (stop func())
`},
		{"a root with entries binds them itself", func(b builder) {
			b.declare("Config", shape.Decl{Named: &shape.Map{Elem: integer}})
			b.RootEntries = &ir.Entries{Name: "Config", Type: ref(b.Root), Entry: integer}
		}, []string{"Live"}, `
type Live struct
  live genrt.Live[Config]
  AddValidator(fn func(candidate *Config) []runtime.Finding) (stop func())
  Close() error
  Current() *Config
  Follow(fn func(ctx context.Context, d *Diff) error, opts ...runtime.HookOption) (stop func(), err error)
  FollowEntries(fn func(ctx context.Context, c runtime.EntryChange[string, int]) error, opts ...runtime.HookOption) (stop func(), err error)
  Key(key string) *genrt.Binding[int]
  Manager() runtime.Manager
  OnChange(fn func(ctx context.Context, d *Diff) error, opts ...runtime.HookOption) (stop func())
  OnEntry(fn func(ctx context.Context, c runtime.EntryChange[string, int]) error, opts ...runtime.HookOption) (stop func())
  OnReloadError(fn func(ctx context.Context, err error, changes runtime.Changes) error, opts ...runtime.HookOption) (stop func())
  OnRollback(fn func(ctx context.Context, from runtime.Revision, to runtime.Revision) error, opts ...runtime.HookOption) (stop func())
  Prepare(fn func(ctx context.Context, d *Diff) (commit func(), abort func(), err error), opts ...runtime.HookOption) (stop func())
`},
		{"rules of every form", func(b builder) {
			b.Rules = rules.Rules{{},
				{Kinds: rules.KindObject, All: []int{2}, Any: []int{2, 3}, One: []int{3}, Not: 3, If: 2, Then: 3, Else: 2, Label: "a \"label\"", Secret: true},
				{Object: &rules.ObjectRule{Required: []string{"a"}, Properties: []rules.PropertyRule{{Key: "a", Rule: 3}}, Additional: 3, Names: 3, Length: rules.Count{Min: 1, Max: 2, Capped: true}}},
				{Enum: []string{`"x"`, "1"}, Array: &rules.ArrayRule{Items: 1, Contains: 2}},
			}
			b.structOf("Config", required("A", &shape.Checked{Elem: str, Rule: 1})).Rule = 2
		}, []string{"Config"}, `
type Config struct
  A string json:"A" yaml:"A"
  …
`},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			b := newBuilder()
			c.make(b)
			g := compile(t, b.Package)
			if diff := cmp.Diff(c.want, "\n"+g.declared(c.words...)); diff != "" {
				t.Errorf("want (-) got (+):\n%s", diff)
			}
			g.checkImports(t, false)
		})
	}
}

// checkImports checks that files import only what generated code may link: packages with
// a bounded cost, and packages that can change without the generator.
func (g goPackage) checkImports(t *testing.T, readOnly bool) {
	t.Helper()
	const house = "github.com/hotbind/hotbind/"
	allowed := []string{house + "runtime", house + "runtime/genrt", house + "runtime/genrt/live"}
	if readOnly {
		allowed = allowed[:2]
	}
	for name, f := range g.files {
		for _, spec := range f.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			if strings.Contains(path, ".") && !slices.Contains(allowed, path) || path == "reflect" || path == "encoding/json" {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}

// TestReadOnly: a package without Live links no engine.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	b := newBuilder()
	b.structOf("Config", required("A", str))
	b.NoLive = true
	g := compile(t, b.Package)
	g.checkImports(t, true)
	want := "\nfunc Load(ctx context.Context, opts ...runtime.Option) (*Config, error)\nfunc New() *Config\nfunc Parse(name string, data []byte) (*Config, error)\n"
	if got := "\n" + g.declared("Live", "Open", "Parse", "Load", "New", "Binding"); got != want || g.files["bindings.gen.go"] != nil {
		t.Errorf("got %s", got)
	}
}

// TestTextStaysText: comments and the schema come from people, and never become code or
// directives.
func TestTextStaysText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"*/ func init() { panic(1) } /*", "\nfunc Evil() {}", "go:generate rm", "+build ignore", "\u2028var X = 1", "`+evil()+`", "a\x00b"} {
		b := newBuilder()
		d := b.structOf("Config", required("A", str))
		d.Doc, d.Fields[0].Doc = append(d.Doc, text), []string{text}
		b.SchemaName, b.Schema, b.SchemaFiles = text, titled(text), []string{text}
		g := compile(t, b.Package)
		for name, f := range g.files {
			for _, group := range f.Comments {
				for _, c := range group.List {
					if strings.HasPrefix(c.Text, "//go:") || strings.HasPrefix(c.Text, "//line") || strings.HasPrefix(c.Text, "/*") || strings.HasPrefix(c.Text, "// +build") {
						t.Errorf("%q: %s has the comment %s", text, name, c.Text)
					}
				}
			}
		}
		for _, name := range []string{"Evil", "X", "init"} {
			if g.types.Scope().Lookup(name) != nil {
				t.Errorf("%q: declares %s", text, name)
			}
		}
	}
}
