package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/hotbind/hotbind/generator/internal/ir"
)

func (e *emitter) types(f *jen.File) {
	for _, d := range e.p.Decls {
		e.decl(f, d)
	}
}

func (e *emitter) decl(f *jen.File, d *ir.Decl) {
	doc(f, d.Doc)
	switch {
	case d.Struct != nil:
		e.structDecl(f, d)
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
	for _, u := range d.Branches {
		f.Func().Params(jen.Id(d.Name)).Id(sealMethod(u)).Params().Block()
	}
	if hasMethods(d) {
		e.methods(f, d)
	}
}

// hasMethods reports whether a type gets the methods of a configuration value:
// other names for types do not.
func hasMethods(d *ir.Decl) bool { return d.Struct != nil || d.Named != nil && !isAlias(d) }

// isAlias reports whether a declared type is another name for one that has a
// table of its own already: any, a time, a type from elsewhere.
func isAlias(d *ir.Decl) bool {
	switch d.Named.(type) {
	case nil, *ir.Scalar, *ir.List, *ir.Map:
		return false
	}
	return true
}

// sealMethod is the method that makes a type a branch of a union.
func sealMethod(union *ir.Decl) string { return "is" + union.Name }

func (e *emitter) structDecl(f *jen.File, d *ir.Decl) {
	f.Type().Id(d.Name).StructFunc(func(g *jen.Group) {
		for i, field := range d.Struct.Fields {
			if i > 0 && len(field.Doc) > 1 {
				g.Line()
			}
			doc(g, field.Doc)
			g.Id(field.Name).Add(e.goType(field.Type))
		}
		if d.Struct.Keeps {
			g.Line()
			g.Id("kept").Add(genrt("Kept")).Comment("what the fields cannot give back")
		}
	})
	if len(d.Struct.Consts) > 0 {
		f.Comment("// The only values of fields of " + d.Name + ".")
		f.Const().DefsFunc(func(g *jen.Group) {
			for _, c := range d.Struct.Consts {
				g.Id(c.Name).Op("=").Add(constant(c.Value))
			}
		})
	}
}

func (e *emitter) enumDecl(f *jen.File, d *ir.Decl) {
	f.Type().Id(d.Name).Id(d.Enum.Base)
	f.Comment("// The values of " + d.Name + ".")
	f.Const().DefsFunc(func(g *jen.Group) {
		for _, c := range d.Enum.Values {
			g.Id(c.Name).Id(d.Name).Op("=").Add(constant(c.Value))
		}
	})
	f.Comment("// IsValid reports whether v is one of the values above.")
	f.Func().Params(jen.Id("v").Id(d.Name)).Id("IsValid").Params().Bool().Block(
		jen.Switch(jen.Id("v")).Block(
			jen.CaseFunc(func(g *jen.Group) {
				for _, c := range d.Enum.Values {
					g.Id(c.Name)
				}
			}).Block(jen.Return(jen.True())),
		),
		jen.Return(jen.False()),
	)
	if d.Enum.Base == "string" {
		f.Comment("// String is the value as it stands in a configuration.")
		f.Func().Params(jen.Id("v").Id(d.Name)).Id("String").Params().String().Block(jen.Return(jen.String().Call(jen.Id("v"))))
		return
	}
	f.Comment("// String is the value as it stands in a configuration.")
	f.Func().Params(jen.Id("v").Id(d.Name)).Id("String").Params().String().Block(
		jen.Return(jen.Qual("fmt", "Sprint").Call(jen.Id(d.Enum.Base).Call(jen.Id("v")))))
}

func constant(v ir.Value) jen.Code {
	if v.IsString {
		return jen.Lit(v.Text)
	}
	return jen.Op(v.Text)
}

// methods writes what every value can do: one line each, the work is genrt's.
func (e *emitter) methods(f *jen.File, d *ir.Decl) {
	table := jen.Op("&").Id(tableName(d))
	ptr := jen.Id("v").Op("*").Id(d.Name)
	other := jen.Id("other").Op("*").Id(d.Name)

	f.Comment("// Equal reports whether both are the same configuration.")
	f.Func().Params(ptr).Id("Equal").Params(other).Bool().Block(
		jen.Return(genrt("Equal").Call(table, jen.Id("v"), jen.Id("other"))))
	f.Comment("// Clone returns an independent copy.")
	f.Func().Params(ptr).Id("Clone").Params().Op("*").Id(d.Name).Block(
		jen.Return(genrt("Clone").Call(table, jen.Id("v"))))
	f.Comment("// Diff returns what differs in other.")
	f.Func().Params(ptr).Id("Diff").Params(other).Op("*").Add(rt("Diff")).Types(jen.Id(d.Name)).Block(
		jen.Return(genrt("Diff").Call(table, jen.Id("v"), jen.Id("other"))))
	f.Comment("// String is the value as JSON, secrets hidden.")
	f.Func().Params(jen.Id("v").Id(d.Name)).Id("String").Params().String().Block(
		jen.Return(genrt("Show").Call(table, jen.Op("&").Id("v"))))
	f.Comment("// MarshalJSON writes the effective configuration, secrets hidden.")
	f.Func().Params(jen.Id("v").Id(d.Name)).Id("MarshalJSON").Params().Params(jen.Index().Byte(), jen.Error()).Block(
		jen.Return(genrt("Marshal").Call(table, jen.Op("&").Id("v"))))
	f.Comment("// UnmarshalJSON reads, checks and completes a value as a file is.")
	f.Func().Params(ptr).Id("UnmarshalJSON").Params(jen.Id("data").Index().Byte()).Error().Block(
		jen.Return(genrt("Unmarshal").Call(table, jen.Id("data"), jen.Id("v"))))
}

// goType is the Go type of t.
func (e *emitter) goType(t ir.Type) *jen.Statement {
	switch t := t.(type) {
	case *ir.Scalar:
		return jen.Id(t.Go)
	case *ir.Formatted:
		return formattedType(t.Format)
	case *ir.List:
		return jen.Index().Add(e.goType(t.Elem))
	case *ir.Map:
		return jen.Map(jen.String()).Add(e.goType(t.Elem))
	case *ir.Ref:
		if t.Decl.Alias != nil { // a type that contains itself does so by its own name
			return e.goType(unwrapped(t.Decl.Alias))
		}
		return jen.Id(t.Decl.Name)
	case *ir.Optional:
		return rt("Optional").Types(e.goType(t.Elem))
	case *ir.Secret:
		return rt("Secret").Types(e.goType(t.Elem))
	case *ir.Choice:
		return e.goType(t.Branches[0])
	case *ir.Custom:
		return jen.Qual(t.Path, t.Name)
	}
	return jen.Any()
}

var formats = map[string]struct{ path, name, table string }{
	"date-time":   {"time", "Time", "DateTime"},
	"date":        {rtPath, "Date", "Date"},
	"go-duration": {"time", "Duration", "GoDuration"},
	"duration":    {"time", "Duration", "ISODuration"},
	"ipv4":        {"net/netip", "Addr", "IPv4"},
	"ipv6":        {"net/netip", "Addr", "IPv6"},
	"cidr":        {"net/netip", "Prefix", "CIDR"},
	"uri":         {rtPath, "URL", "URI"},
	"byte-size":   {rtPath, "ByteSize", "ByteSize"},
}

func formattedType(format string) *jen.Statement {
	f := formats[format]
	return jen.Qual(f.path, f.name)
}
