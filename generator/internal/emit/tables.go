package emit

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/shape"
)

func tableName(d *ir.Decl) string     { return "table" + d.Name }
func recursiveName(d *ir.Decl) string { return "recursive" + d.Name }
func fieldsName(d *ir.Decl) string    { return "fieldsOf" + d.Name }

func (e *emitter) tables(f *jen.File) {
	f.Comment("// The runtime is at least as new as the generator that wrote this package.")
	f.Const().Id("_").Op("=").Add(genrt("GeneratedLevel2"))
	program := jen.Dict{
		jen.Id("Type"): jen.Op("&").Id(tableName(e.p.Root)),
		jen.Id("New"):  newFunc(jen.Id(e.p.Root.Name)),
		jen.Id("Text"): jen.Id("schemaText"),
	}
	if e.p.Null {
		program[jen.Id("Null")] = jen.True()
	}
	f.Var().Id("program").Op("=").Add(genrt("Program")).Values(program)
	for _, d := range e.p.Decls {
		f.Line()
		e.declTable(f, d)
	}
	e.recursive(f)
	e.rules(f)
}

// recursive closes the circles that the initial values of variables cannot.
func (e *emitter) recursive(f *jen.File) {
	var circles []*ir.Decl
	for _, d := range e.p.Decls {
		if d.IsRecursive {
			circles = append(circles, d)
		}
	}
	if len(circles) == 0 {
		return
	}
	f.Comment("// The types that contain themselves.")
	f.Var().DefsFunc(func(g *jen.Group) {
		for _, d := range circles {
			g.Id(recursiveName(d)).Add(genrt("Recursive"))
		}
	})
	f.Func().Id("init").Params().BlockFunc(func(g *jen.Group) {
		for _, d := range circles {
			g.Id(recursiveName(d)).Dot("Type").Op("=").Add(e.table(&shape.Ref{Decl: d.Decl}))
		}
	})
}

func (e *emitter) declTable(f *jen.File, d *ir.Decl) {
	var table *jen.Statement
	switch {
	case d.Struct != nil:
		table = e.structTable(f, d)
	case d.Tuple != nil:
		table = e.tupleTable(f, d)
	case d.Union != nil:
		table = e.unionTable(d)
	case d.Enum != nil:
		table = e.scalarTable(d.Enum.Type, jen.Id(d.Name), d)
	case d.Named != nil:
		named := d
		if isAlias(d) {
			named = nil
		}
		table = e.literal(d.Named, named)
	default:
		return
	}
	if d.Rule != 0 {
		table = checked(jen.Op("&").Add(table), d.Rule)
	}
	f.Var().Id(tableName(d)).Op("=").Add(table)
}

// checked is a table with a rule around it.
func checked(elem jen.Code, rule int) *jen.Statement {
	return genrt("Checked").Values(new(fields).add("Type", elem).add("Rules", jen.Op("&").Id("rules")).add("Rule", jen.Lit(rule)).list...)
}

// accessor writes the function that finds the fields of a struct.
func (e *emitter) accessor(f *jen.File, d *ir.Decl, keeps bool) {
	f.Func().Id(fieldsName(d)).Params(jen.Id("p").Any(), jen.Id("n").Int()).Any().BlockFunc(func(g *jen.Group) {
		if len(d.Fields) == 0 && !keeps {
			g.Return(jen.Nil())
			return
		}
		g.Id("v").Op(":=").Id("p").Assert(jen.Op("*").Id(d.Name))
		g.Switch(jen.Id("n")).BlockFunc(func(g *jen.Group) {
			if keeps {
				g.Case(genrt("KeptField")).Block(jen.Return(jen.Op("&").Id("v").Dot("kept")))
			}
			for i, field := range d.Fields {
				g.Case(jen.Lit(i)).Block(jen.Return(jen.Op("&").Id("v").Dot(field.Name)))
			}
		})
		g.Return(jen.Nil())
	})
	f.Line()
}

func (e *emitter) structTable(f *jen.File, d *ir.Decl) *jen.Statement {
	s := d.Struct
	e.accessor(f, d, s.Keeps)
	var values fields
	values.add("At", jen.Id(fieldsName(d)))
	values.when(s.Closed, "Closed", jen.True())
	values.when(s.Loose, "Loose", jen.True())
	if s.Extra != nil {
		values.add("Extra", jen.Lit(fieldIndex(s.Fields, s.Extra)+1))
	}
	values.when(len(s.Patterns) > 0, "Patterns", jen.Index().Add(genrt("PatternField")).ValuesFunc(func(g *jen.Group) {
		for _, p := range s.Patterns {
			g.Values(new(fields).add("Pattern", literal(reflect.ValueOf(&rules.Pattern{Source: p.Pattern}), false)).add("Field", jen.Lit(fieldIndex(s.Fields, p.Field))).list...)
		}
	}))
	values.of("Length", s.Length)
	values.of("Keys", s.Keys)
	values.of("Needs", s.Needs)
	values.of("Required", s.Required)
	values.when(slices.ContainsFunc(s.Fields, func(f *shape.Field) bool { return f.Rule != 0 }), "Rules", jen.Op("&").Id("rules"))
	values.when(len(s.Fields) > 0, "Fields", e.fieldRows(d.Fields))
	return genrt("Struct").Values(values.list...)
}

func (e *emitter) tupleTable(f *jen.File, d *ir.Decl) *jen.Statement {
	t := d.Tuple
	e.accessor(f, d, t.Keeps)
	var values fields
	values.add("At", jen.Id(fieldsName(d)))
	values.when(t.Closed, "Closed", jen.True())
	if t.Rest != nil {
		values.add("Rest", jen.Lit(fieldIndex(t.Fields, t.Rest)+1))
	}
	values.of("Length", t.Length)
	values.when(t.Unique, "Unique", jen.True())
	values.when(len(t.Fields) > 0, "Fields", e.fieldRows(d.Fields))
	return genrt("Tuple").Values(values.list...)
}

var multiline = jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}

func (e *emitter) fieldRows(list []*ir.Field) jen.Code {
	return jen.Index().Add(genrt("Field")).CustomFunc(multiline, func(g *jen.Group) {
		for _, field := range list {
			g.Add(e.fieldRow(field))
		}
	})
}

func fieldIndex(list []*shape.Field, f *shape.Field) int {
	for i := range list {
		if list[i] == f {
			return i
		}
	}
	panic("a field that is not in its struct")
}

func (e *emitter) fieldRow(field *ir.Field) jen.Code {
	var row fields
	row.when(field.Key != "", "Key", jen.Lit(field.Key))
	row.add("Type", e.table(field.Type))
	row.when(field.Default != "", "Default", raw(field.Default))
	row.when(field.Required, "Required", jen.True())
	row.when(field.Filled, "Filled", jen.True())
	row.when(field.Deprecated, "Deprecated", jen.True())
	row.when(field.Entries, "Entries", jen.True())
	row.when(field.Loose, "Loose", jen.True())
	row.when(field.Rule != 0, "Rule", jen.Lit(field.Rule))
	row.when(field.Env != "", "Env", jen.Lit(field.Env))
	row.when(field.Restart && !e.p.NoLive, "Restart", jen.True())
	if field.Kept && !field.Entries {
		row.add("Scratch", newFunc(e.goType(field.Type)))
	}
	return jen.Values(row.list...)
}

func newFunc(t jen.Code) jen.Code {
	return jen.Func().Params().Any().Add(oneLiner(jen.Return(jen.New(t))))
}

// oneLiner is the body of a function on the line of its head.
func oneLiner(statement jen.Code) *jen.Statement {
	return jen.Custom(jen.Options{Open: "{", Close: "}"}, statement)
}

func (e *emitter) unionTable(d *ir.Decl) *jen.Statement {
	var values fields
	values.when(d.Union.One, "One", jen.True())
	values.when(d.Union.Tag != "", "Tag", jen.Lit(d.Union.Tag))
	values.add("Branches", jen.Index().Add(genrt("Branch")).CustomFunc(multiline, func(g *jen.Group) {
		for _, b := range d.Union.Branches {
			row := new(fields).add("Name", jen.Lit(b.Label)).add("Type", e.refTable(&shape.Ref{Decl: b.Decl, Back: b.Decl.IsRecursive})).
				add("Of", jen.Parens(jen.Op("*").Id(e.p.Decl(b.Decl).Name)).Parens(jen.Nil()))
			row.when(b.Tag != "", "Tag", jen.Lit(b.Tag))
			g.Values(row.list...)
		}
	}))
	return genrt("Union").Values(values.list...)
}

// table is a pointer to the table of t.
func (e *emitter) table(t shape.Type) jen.Code {
	if ref, ok := t.(*shape.Ref); ok {
		return e.refTable(ref)
	}
	return jen.Op("&").Add(e.literal(t, nil))
}

func (e *emitter) refTable(ref *shape.Ref) jen.Code {
	if ref.Back {
		return jen.Op("&").Id(recursiveName(e.p.Decl(ref.Decl)))
	}
	if ref.Decl.Alias != nil {
		return e.table(ref.Decl.Alias)
	}
	return jen.Op("&").Id(tableName(e.p.Decl(ref.Decl)))
}

// literal is the table of t as a composite literal. Named is the declaration
// whose table it is, where t has a name of its own.
func (e *emitter) literal(t shape.Type, named *ir.Decl) *jen.Statement {
	goType := func() *jen.Statement {
		if named != nil {
			return jen.Id(named.Name)
		}
		return e.goType(t)
	}
	switch t := t.(type) {
	case *shape.Scalar:
		return e.scalarTable(t, goType(), named)
	case *shape.Formatted:
		var values fields
		values.of("Text", t.Text)
		values.add("Format", jen.Op("&").Add(genrt(format.Named(t.Format).Go)))
		return genrt("Formatted").Types(goType()).Values(values.list...)
	case *shape.List:
		return e.listTable(t, goType())
	case *shape.Map:
		var values fields
		values.add("Elem", e.table(t.Elem))
		values.of("Length", t.Length)
		values.of("Keys", t.Keys)
		values.of("Patterns", t.Patterns)
		return genrt("Map").Types(goType(), e.goType(t.Elem)).Values(values.list...)
	case *shape.Optional:
		var values fields
		values.add("Elem", e.table(t.Elem))
		values.when(t.Nullable, "Nullable", jen.True())
		values.add("As", jen.Op("&").Add(genrt("Some")).Types(e.goType(t.Elem)).Values())
		return genrt("Optional").Values(values.list...)
	case *shape.Secret:
		return genrt("Secret").Types(e.goType(t.Elem)).Values(new(fields).add("Elem", e.table(t.Elem)).list...)
	case *shape.Checked:
		return checked(e.table(t.Elem), t.Rule)
	case *shape.Ref: // another name for a declared type
		return jen.Id(tableName(e.p.Decl(t.Decl)))
	case *shape.Custom:
		return genrt("Custom").Types(goType()).Values(new(fields).
			add("Check", e.table(t.Check)).add("New", newFunc(e.goType(t.Check))).list...)
	case *shape.Any:
		var values fields
		values.of("Enum", t.Enum)
		values.when(t.Never, "Never", jen.True())
		return genrt("Any").Values(values.list...)
	}
	panic(fmt.Sprintf("no table for %T", t))
}

func (e *emitter) listTable(t *shape.List, goType jen.Code) *jen.Statement {
	var values fields
	values.add("Elem", e.table(t.Elem))
	values.of("Length", t.Length)
	values.when(t.Unique, "Unique", jen.True())
	if t.One != nil {
		values.add("One", e.table(t.One))
	}
	values.when(t.Rule.Merge == "append", "Merge", genrt("AppendList"))
	values.when(t.Rule.Merge == "key", "Merge", genrt("KeyList"))
	list := genrt("List").Types(goType, e.goType(t.Elem)).Values(values.list...)
	if t.Rule.Key == "" {
		return list
	}
	return genrt("Keyed").Values(new(fields).add("Type", jen.Op("&").Add(list)).add("Key", jen.Lit(t.Rule.Key)).list...)
}

func (e *emitter) scalarTable(t *shape.Scalar, goType jen.Code, named *ir.Decl) *jen.Statement {
	var values fields
	switch t.Go {
	case "bool":
		values.of("Enum", t.Enum)
		return genrt("Bool").Types(goType).Values(values.list...)
	case "string":
		values.of("Text", t.Text)
		if text := onlyText(t.Text.Enum); text != "" {
			values.add("Const", jen.Lit(text))
		}
		if named != nil {
			values.add("As", jen.Op("&").Add(genrt("Named").Types(goType).Values()))
		}
		return genrt("String").Values(values.list...)
	}
	values.of("Range", t.Range)
	values.of("Enum", t.Enum)
	table := "Int"
	if t.Go == "float64" {
		table = "Float"
	}
	return genrt(table).Types(goType).Values(values.list...)
}

// onlyText is the one string that an enum has; empty: it has others.
func onlyText(enum []string) (text string) {
	if len(enum) != 1 || json.Unmarshal([]byte(enum[0]), &text) != nil {
		return ""
	}
	return text
}

// fields are the keyed elements of a composite literal, in the order added.
type fields struct{ list []jen.Code }

func (fs *fields) add(key string, value jen.Code) *fields {
	fs.list = append(fs.list, jen.Id(key).Op(":").Add(value))
	return fs
}

func (fs *fields) when(holds bool, key string, value jen.Code) {
	if holds {
		fs.add(key, value)
	}
}
