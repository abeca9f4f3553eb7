package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/shape"
)

func (e *emitter) types(f *jen.File) {
	made := e.p.Made()
	for _, d := range e.p.Decls {
		e.decl(f, d)
		if made[d] {
			e.newFunc(f, d)
		}
	}
}

// newFunc writes the function that makes a struct with its defaults.
func (e *emitter) newFunc(f *jen.File, d *ir.Decl) {
	functions(f, []function{{
		"New" + d.Name + " returns a new [" + d.Name + "] with its defaults.",
		jen.Id("New" + d.Name).Params().Op("*").Id(d.Name),
		genrt("Fill").Call(jen.Op("&").Id(tableName(d)), jen.New(jen.Id(d.Name))).Assert(jen.Op("*").Id(d.Name)),
	}})
}

func (e *emitter) decl(f *jen.File, d *ir.Decl) {
	doc(f, d.Doc)
	switch {
	case d.Struct != nil:
		e.structDecl(f, d, d.Struct.Keeps)
		constants(f, d)
	case d.Tuple != nil:
		e.structDecl(f, d, d.Tuple.Keeps)
	case d.Enum != nil:
		e.enumDecl(f, d)
	case d.Union != nil:
		f.Type().Id(d.Name).Interface(jen.Id(sealMethod(d)).Params())
	case isAlias(d):
		f.Type().Id(d.Name).Op("=").Add(e.goType(d.Named))
	case d.Alias != nil:
		f.Type().Id(d.Name).Op("=").Add(e.goType(d.Alias))
	default:
		f.Type().Id(d.Name).Add(e.goType(d.Named))
	}
	if len(d.Unions) > 0 {
		seals := jen.Null()
		for i, u := range d.Unions {
			if i > 0 {
				seals.Line()
			}
			seals.Func().Params(jen.Id(d.Name)).Id(sealMethod(e.p.Decl(u))).Params().Block()
		}
		f.Add(seals)
	}
	if e.hasMethods(d) {
		e.methods(f, d)
	}
}

// hasMethods reports whether a type gets the methods of a configuration value:
// other names for types do not.
func (e *emitter) hasMethods(d *ir.Decl) bool {
	return d.Struct != nil || d.Tuple != nil || d.Named != nil && !isAlias(d)
}

// isAlias reports whether a declared type is another name for one that has a
// table of its own already: any, a time, a type from elsewhere.
func isAlias(d *ir.Decl) bool {
	switch d.Named.(type) {
	case nil, *shape.Scalar, *shape.List, *shape.Map:
		return false
	}
	return true
}

// sealMethod is the method that makes a type a branch of a union.
func sealMethod(union *ir.Decl) string { return "is" + union.Name }

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
			g.Id("kept").Add(genrt("Kept")).Comment("what the fields do not hold")
		}
	})
}

// constants are those of the fields that have one value only.
func constants(f *jen.File, d *ir.Decl) {
	if len(d.Consts) == 0 {
		return
	}
	f.Comment("// Constants for the fields of [" + d.Name + "] that allow a single value.")
	f.Const().DefsFunc(func(g *jen.Group) {
		for _, c := range d.Consts {
			g.Id(c.Name).Op("=").Add(constant(c.Value))
		}
	})
}

func (e *emitter) enumDecl(f *jen.File, d *ir.Decl) {
	f.Type().Id(d.Name).Id(d.Enum.Type.Go)
	f.Comment("// Values of [" + d.Name + "].")
	f.Const().DefsFunc(func(g *jen.Group) {
		for _, c := range d.Consts {
			doc(g, c.Doc)
			g.Id(c.Name).Id(d.Name).Op("=").Add(constant(c.Value))
		}
	})
	text := jen.String().Call(jen.Id("v"))
	if d.Enum.Type.Go != "string" {
		text = jen.Qual("fmt", "Sprint").Call(jen.Id(d.Enum.Type.Go).Call(jen.Id("v")))
	}
	receiver := jen.Id("v").Id(d.Name)
	functions(f, []function{
		{"IsValid reports whether v is one of the constants.", jen.Params(receiver).Id("IsValid").Params().Bool(),
			genrt("IsOneOf").Call(jen.Op("&").Id(tableName(d)), jen.Op("&").Id("v"))},
		{"String returns v as text.", jen.Params(receiver).Id("String").Params().String(), text},
	})
}

func constant(v shape.Value) jen.Code {
	if v.IsString {
		return jen.Lit(v.Text)
	}
	return jen.Op(v.Text)
}

// A function is one that returns a single expression.
type function struct {
	doc    string
	head   *jen.Statement
	result jen.Code
}

// functions writes functions one below the other, each on a line.
func functions(f *jen.File, list []function) {
	all := jen.Null()
	for i, fn := range list {
		if i > 0 {
			all.Line()
		}
		all.Add(commentLine(fn.doc)).Line()
		all.Func().Add(fn.head).Add(oneLiner(jen.Return(fn.result)))
	}
	f.Add(all)
}

// methods writes what every value can do: one line each, the work is genrt's.
func (e *emitter) methods(f *jen.File, d *ir.Decl) {
	table := jen.Op("&").Id(tableName(d))
	ptr := jen.Id("v").Op("*").Id(d.Name)
	value := jen.Id("v").Id(d.Name)
	other := jen.Id("other").Op("*").Id(d.Name)
	list := []function{
		// By value, and with an argument that both a value and a pointer are: go-cmp
		// asks the method of a value for values, that of a pointer for pointers.
		{"Equal reports whether v and other are equal.", jen.Params(value).Id("Equal").Params(jen.Id("other").Add(genrt("ValueOf")).Types(jen.Id(d.Name))).Bool(),
			genrt("Equal").Call(table, jen.Op("&").Id("v"), jen.Id("other"))},
		{"Clone returns a deep copy of v.", jen.Params(value).Id("Clone").Params().Op("*").Id(d.Name),
			genrt("Clone").Call(table, jen.Op("&").Id("v")).Assert(jen.Op("*").Id(d.Name))},
		{"Diff returns the changes from v to other.", jen.Params(ptr).Id("Diff").Params(other).Op("*").Id("Diff"),
			genrt("Diff").Call(table, jen.Id("v"), jen.Id("other"))},
		{"String returns v as JSON with secrets hidden.", jen.Params(value).Id("String").Params().String(),
			genrt("Show").Call(table, jen.Op("&").Id("v"))},
		{"MarshalJSON encodes v with secrets hidden.", jen.Params(value).Id("MarshalJSON").Params().Params(jen.Index().Byte(), jen.Error()),
			genrt("Marshal").Call(table, jen.Op("&").Id("v"))},
		{"MarshalYAML returns v for a YAML encoder with secrets hidden.", jen.Params(value).Id("MarshalYAML").Params().Params(jen.Any(), jen.Error()),
			genrt("MarshalYAML").Call(table, jen.Op("&").Id("v"))},
		{"UnmarshalJSON decodes and validates v and fills in defaults, as for a file.", jen.Params(ptr).Id("UnmarshalJSON").Params(jen.Id("data").Index().Byte()).Error(),
			genrt("Unmarshal").Call(table, jen.Id("data"), jen.Id("v"))},
	}
	if d != e.p.Root { // what differs in a part has no snapshots of its own
		list[2].head = jen.Params(ptr).Id("Diff").Params(other).Add(rt("Changes"))
		list[2].result = genrt("Changes").Call(table, jen.Id("v"), jen.Id("other"))
	}
	functions(f, list)
}

// goType is the Go type of t.
func (e *emitter) goType(t shape.Type) *jen.Statement {
	switch t := t.(type) {
	case *shape.Scalar:
		return jen.Id(t.Go)
	case *shape.Formatted:
		return formattedType(t.Format)
	case *shape.List:
		return jen.Index().Add(e.goType(t.Elem))
	case *shape.Map:
		return jen.Map(jen.String()).Add(e.goType(t.Elem))
	case *shape.Ref:
		if t.Decl.Alias != nil { // a type that contains itself does so by its own name
			return e.goType(ir.Unwrapped(t.Decl.Alias))
		}
		return jen.Id(e.p.Decl(t.Decl).Name)
	case *shape.Optional:
		return rt("Optional").Types(e.goType(t.Elem))
	case *shape.Secret:
		return rt("Secret").Types(e.goType(t.Elem))
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

func formattedType(name string) *jen.Statement {
	t := goTypes[format.Named(name).Type]
	return jen.Qual(t.path, t.name)
}
