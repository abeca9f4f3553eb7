package emit

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/shape"
)

func (e *emitter) types(f *jen.File) {
	made := e.p.Made()
	for _, d := range e.p.Decls {
		e.decl(f, d)
		if made[d.Decl] {
			f.Add(function("New"+d.Name+" returns a ["+d.Name+"] with its defaults.",
				"func New$() (v $) {\ngenrt.Fill(&table$, &v)\nreturn v\n}", d.Name))
		}
	}
}

func (e *emitter) decl(f *jen.File, d *ir.Decl) {
	doc(f, d.Doc)
	switch {
	case d.Struct != nil:
		e.structDecl(f, d, d.Struct.Keeps)
		constants(f, d, "Constants for the fields of ["+d.Name+"] that allow a single value.", "")
	case d.Tuple != nil:
		e.structDecl(f, d, d.Tuple.Keeps)
	case d.Enum != nil:
		e.enumDecl(f, d)
	case d.Union != nil:
		f.Add(code("type $ interface {\nis$()\n}", d.Name))
	case isAlias(d):
		f.Add(code("type $ = $", d.Name, e.goType(d.Named)))
	case d.Alias != nil:
		f.Add(code("type $ = $", d.Name, e.goType(d.Alias)))
	default:
		f.Add(code("type $ $", d.Name, e.goType(d.Named)))
	}
	var seals []*jen.Statement
	for _, u := range d.Unions {
		seals = append(seals, code("func ($) is$() {}", d.Name, e.p.Decl(u).Name))
	}
	functions(f, seals)
	if d.Struct != nil || d.Tuple != nil || d.Named != nil && !isAlias(d) { // aliases have no methods
		e.methods(f, d)
	}
}

// isAlias reports whether a declared type is an alias of a type with a table of its
// own: any, a time, a type from elsewhere.
func isAlias(d *ir.Decl) bool {
	switch d.Named.(type) {
	case nil, *shape.Scalar, *shape.List, *shape.Map:
		return false
	}
	return true
}

func (e *emitter) structDecl(f *jen.File, d *ir.Decl, keeps bool) {
	f.Type().Id(d.Name).StructFunc(func(g *jen.Group) {
		for i, field := range d.Fields {
			if i > 0 && len(field.Doc) > 1 {
				g.Line()
			}
			doc(g, field.Doc)
			declared := g.Id(field.Name).Add(e.goType(field.Type))
			if d.Struct != nil {
				declared.Tag(tags(field))
			}
		}
		if keeps {
			g.Line()
			g.Id("kept").Add(genrt("Kept")).Comment("what the fields cannot hold")
		}
	})
}

// constants writes the constants of an enum, or of fields with a single value.
func constants(f *jen.File, d *ir.Decl, comment, goType string) {
	if len(d.Consts) == 0 {
		return
	}
	doc(f, []string{comment})
	f.Const().DefsFunc(func(g *jen.Group) {
		for _, c := range d.Consts {
			doc(g, c.Doc)
			g.Add(code("$ $ = $", c.Name, goType, constant(c.Value)))
		}
	})
}

func (e *emitter) enumDecl(f *jen.File, d *ir.Decl) {
	f.Add(code("type $ $", d.Name, d.Enum.Type.Go))
	constants(f, d, "Values of ["+d.Name+"].", d.Name)
	text := "string(v)"
	if d.Enum.Type.Go != "string" {
		text = "fmt.Sprint(" + d.Enum.Type.Go + "(v))"
	}
	f.Add(code(`
// IsValid reports whether v is one of the constants.
func (v $) IsValid() bool { return genrt.IsOneOf(&table$, &v) }
// String returns v as text.
func (v $) String() string { return `+text+" }", d.Name))
}

func constant(v shape.Value) jen.Code {
	if v.IsString {
		return jen.Lit(v.Text)
	}
	return jen.Op(v.Text)
}

// function returns a function with one line of comment.
func function(comment, source string, values ...any) *jen.Statement {
	return jen.Add(commentLine(comment)).Line().Add(code(source, values...))
}

// functions writes functions one below the other.
func functions(f *jen.File, list []*jen.Statement) {
	all := jen.Null()
	for _, fn := range list {
		all.Add(fn).Line()
	}
	f.Add(all)
}

// methods writes the methods that every value has: one line each, genrt does the work.
func (e *emitter) methods(f *jen.File, d *ir.Decl) {
	source := methodsSource
	if d != e.p.Root { // a Diff has snapshots of the whole configuration
		source = strings.NewReplacer("*Diff {", "rt.Changes {", "genrt.Diff", "genrt.Changes").Replace(source)
	}
	f.Add(code(source, d.Name))
}

// methodsSource is their code. $ is the name of the type. Equal has a value receiver
// and argument, so that go-cmp calls it for values, and compares pointers, which may be
// nil, by itself.
const methodsSource = `
// Equal reports whether v and other are equal.
func (v $) Equal(other $) bool { return genrt.Equal(&table$, &v, &other) }
// Clone returns a deep copy of v.
func (v $) Clone() *$ { return genrt.Clone(&table$, &v).(*$) }
// Diff returns the changes from v to other.
func (v *$) Diff(other *$) *Diff { return genrt.Diff(&table$, v, other) }
// String returns v as JSON with secrets hidden.
func (v $) String() string { return genrt.Show(&table$, &v) }
// MarshalJSON encodes v with secrets hidden.
func (v $) MarshalJSON() ([]byte, error) { return genrt.Marshal(&table$, &v) }
// MarshalYAML returns v for a YAML encoder with secrets hidden.
func (v $) MarshalYAML() (any, error) { return genrt.MarshalYAML(&table$, &v) }
// UnmarshalJSON decodes and validates v and fills in defaults, as for a file.
func (v *$) UnmarshalJSON(data []byte) error { return genrt.Unmarshal(&table$, data, v) }
// UnmarshalYAML fails: use [Parse], which reports the position of every error.
func (v *$) UnmarshalYAML(func(any) error) error { return genrt.ErrYAML }
`

// goType returns the Go type of t.
func (e *emitter) goType(t shape.Type) *jen.Statement {
	switch t := t.(type) {
	case *shape.Scalar:
		return jen.Id(t.Go)
	case *shape.Formatted:
		of := goTypes[format.Named(t.Format).Type]
		return jen.Qual(of.path, of.name)
	case *shape.List:
		return jen.Index().Add(e.goType(t.Elem))
	case *shape.Map:
		return jen.Map(jen.String()).Add(e.goType(t.Elem))
	case *shape.Ref:
		if t.Decl.Alias != nil { // a recursive alias contains itself by its own name
			return e.goType(ir.Unwrapped(t.Decl.Alias))
		}
		return jen.Id(e.p.Decl(t.Decl).Name)
	case *shape.Optional:
		return code("rt.Optional[$]", e.goType(t.Elem))
	case *shape.Secret:
		return code("rt.Secret[$]", e.goType(t.Elem))
	case *shape.Checked:
		return e.goType(t.Elem)
	case *shape.Custom:
		return jen.Qual(t.Path, t.Name)
	}
	return jen.Any()
}

// goTypes are the Go types of formats.
var goTypes = map[format.Type]struct{ path, name string }{
	format.TypeTime:     {"time", "Time"},
	format.TypeDate:     {rtPath, "Date"},
	format.TypeDuration: {"time", "Duration"},
	format.TypeAddr:     {"net/netip", "Addr"},
	format.TypePrefix:   {"net/netip", "Prefix"},
	format.TypeURL:      {rtPath, "URL"},
	format.TypeByteSize: {rtPath, "ByteSize"},
}
