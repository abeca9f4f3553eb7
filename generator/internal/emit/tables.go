package emit

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/rules/compile"
	"github.com/hotbind/hotbind/internal/shape"
)

func (e *emitter) tables(f *jen.File) {
	null := ""
	if e.p.Null {
		null = "Null: true,\n"
	}
	f.Add(code(`
// This does not compile if the runtime is older than the generator of this package.
const _ = genrt.GeneratedLevel3
var program = genrt.Program{
	New: func() any { return new($) },
	$Text: schemaText,
	Type: &table$,
}`, e.p.Root.Name, null, e.p.Root.Name))
	for _, d := range e.p.Decls {
		f.Line()
		e.declTable(f, d)
	}
	e.recursive(f)
	e.rules(f)
}

// recursive closes the cycles that variable initialisers cannot.
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
	variables, values := jen.Null(), jen.Null()
	for _, d := range circles {
		variables.Add(code("\nrecursive$ genrt.Recursive", d.Name))
		values.Add(code("\nrecursive$.Type = $", d.Name, e.table(&shape.Ref{Decl: d.Decl})))
	}
	f.Add(code("// The types that contain themselves.\nvar ($\n)\nfunc init() {$\n}", variables, values))
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
		table = checked(code("&$", table), d.Rule)
	}
	f.Add(code("var table$ = $", d.Name, table))
}

// checked returns a table with a rule around it.
func checked(elem jen.Code, rule int) *jen.Statement {
	return code("genrt.Checked{Type: $, Rules: &rules, Rule: $}", elem, rule)
}

// accessor writes the function that returns the fields of a struct.
func (e *emitter) accessor(f *jen.File, d *ir.Decl, keeps bool) {
	body := code("return nil")
	if len(d.Fields) > 0 || keeps {
		cases := jen.Null()
		if keeps {
			cases.Add(code("\ncase genrt.KeptField:\nreturn &v.kept"))
		}
		for i, field := range d.Fields {
			cases.Add(code("\ncase $:\nreturn &v.$", i, field.Name))
		}
		body = code("v := p.(*$)\nswitch n {$\n}\nreturn nil", d.Name, cases)
	}
	f.Add(code("func fieldsOf$(p any, n int) any {\n$\n}\n", d.Name, body))
}

func (e *emitter) structTable(f *jen.File, d *ir.Decl) *jen.Statement {
	s := d.Struct
	e.accessor(f, d, s.Keeps)
	var values fields
	values.add("At", jen.Id("fieldsOf"+d.Name))
	values.copy(s, "Closed", "Loose")
	values.of("Extra", slices.Index(s.Fields, s.Extra)+1)
	values.when(len(s.Patterns) > 0, "Patterns", jen.Index().Add(genrt("PatternField")).ValuesFunc(func(g *jen.Group) {
		for _, p := range s.Patterns {
			g.Values(new(fields).of("Pattern", compile.NewPattern(p.Pattern)).add("Field", jen.Lit(slices.Index(s.Fields, p.Field))).list...)
		}
	}))
	values.copy(s, "Length", "Keys", "Needs", "Required")
	values.when(slices.ContainsFunc(s.Fields, func(f *shape.Field) bool { return f.Rule != 0 }), "Rules", code("&rules"))
	values.when(len(s.Fields) > 0, "Fields", e.fieldRows(d.Fields))
	return genrt("Struct").Values(values.list...)
}

func (e *emitter) tupleTable(f *jen.File, d *ir.Decl) *jen.Statement {
	t := d.Tuple
	e.accessor(f, d, t.Keeps)
	var values fields
	values.add("At", jen.Id("fieldsOf"+d.Name))
	values.copy(t, "Closed")
	values.of("Rest", slices.Index(t.Fields, t.Rest)+1)
	values.copy(t, "Length", "Unique")
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

func (e *emitter) fieldRow(field *ir.Field) jen.Code {
	var row fields
	row.when(field.Key != "", "Key", jen.Lit(field.Key))
	row.add("Type", e.table(field.Type))
	row.copy(field.Field, "Default", "Required", "Filled", "Deprecated", "Entries", "Loose", "Rule", "Env")
	row.of("Restart", field.Restart && !e.p.NoLive)
	if field.Kept && !field.Entries {
		row.add("Scratch", newFunc(e.goType(field.Type)))
	}
	return jen.Values(row.list...)
}

func newFunc(t jen.Code) jen.Code { return code("func() any { return new($) }", t) }

func (e *emitter) unionTable(d *ir.Decl) *jen.Statement {
	var values fields
	values.of("One", d.Union.One)
	values.when(d.Union.Tag != "", "Tag", jen.Lit(d.Union.Tag))
	values.add("Branches", jen.Index().Add(genrt("Branch")).CustomFunc(multiline, func(g *jen.Group) {
		for _, b := range d.Union.Branches {
			row := new(fields).add("Name", jen.Lit(b.Label)).add("Type", e.refTable(&shape.Ref{Decl: b.Decl, Back: b.Decl.IsRecursive})).
				add("Of", code("(*$)(nil)", e.p.Decl(b.Decl).Name))
			row.when(b.Tag != "", "Tag", jen.Lit(b.Tag))
			g.Values(row.list...)
		}
	}))
	return genrt("Union").Values(values.list...)
}

// table returns a pointer to the table of t.
func (e *emitter) table(t shape.Type) jen.Code {
	if ref, ok := t.(*shape.Ref); ok {
		return e.refTable(ref)
	}
	return code("&$", e.literal(t, nil))
}

func (e *emitter) refTable(ref *shape.Ref) jen.Code {
	if ref.Back {
		return code("&recursive$", e.p.Decl(ref.Decl).Name)
	}
	if ref.Decl.Alias != nil {
		return e.table(ref.Decl.Alias)
	}
	return code("&table$", e.p.Decl(ref.Decl).Name)
}

// literal returns the table of t as a composite literal. named is the declaration it
// belongs to, if t has a name.
func (e *emitter) literal(t shape.Type, named *ir.Decl) *jen.Statement {
	goType := func() *jen.Statement {
		if named != nil {
			return jen.Id(named.Name)
		}
		return e.goType(t)
	}
	var values fields
	switch t := t.(type) {
	case *shape.Scalar:
		return e.scalarTable(t, goType(), named)
	case *shape.Formatted:
		values.of("Text", t.Text).add("Format", code("&$", genrt(format.Named(t.Format).Go)))
		return code("genrt.Formatted[$]", goType()).Values(values.list...)
	case *shape.List:
		return e.listTable(t, goType())
	case *shape.Map:
		values.add("Elem", e.table(t.Elem)).copy(t, "Length", "Keys", "Patterns")
		return code("genrt.Map[$, $]", goType(), e.goType(t.Elem)).Values(values.list...)
	case *shape.Optional:
		values.add("Elem", e.table(t.Elem)).of("Nullable", t.Nullable).add("As", code("&genrt.Some[$]{}", e.goType(t.Elem)))
		return genrt("Optional").Values(values.list...)
	case *shape.Secret:
		return code("genrt.Secret[$]{Elem: $}", e.goType(t.Elem), e.table(t.Elem))
	case *shape.Checked:
		return checked(e.table(t.Elem), t.Rule)
	case *shape.Ref: // an alias of a declared type
		return code("table$", e.p.Decl(t.Decl).Name)
	case *shape.Custom:
		return code("genrt.Custom[$]{Check: $, New: $}", goType(), e.table(t.Check), newFunc(e.goType(t.Check)))
	case *shape.Any:
		return genrt("Any").Values(values.copy(t, "Enum", "Never").list...)
	}
	panic(fmt.Sprintf("no table for %T", t))
}

func (e *emitter) listTable(t *shape.List, goType jen.Code) *jen.Statement {
	var values fields
	values.add("Elem", e.table(t.Elem)).copy(t, "Length", "Unique")
	if t.One != nil {
		values.add("One", e.table(t.One))
	}
	values.when(t.Rule.Merge == "append", "Merge", genrt("AppendList"))
	values.when(t.Rule.Merge == "key", "Merge", genrt("KeyList"))
	list := code("genrt.List[$, $]", goType, e.goType(t.Elem)).Values(values.list...)
	if t.Rule.Key == "" {
		return list
	}
	return code("genrt.Keyed{Type: &$, Key: $}", list, jen.Lit(t.Rule.Key))
}

func (e *emitter) scalarTable(t *shape.Scalar, goType jen.Code, named *ir.Decl) *jen.Statement {
	var values fields
	switch t.Go {
	case "bool":
		return code("genrt.Bool[$]", goType).Values(values.copy(t, "Enum").list...)
	case "string":
		values.copy(t, "Text")
		if enum := t.Text.Enum; len(enum) == 1 {
			text, _ := rules.Unquote(enum[0])
			values.when(text != "", "Const", jen.Lit(text))
		}
		if named != nil {
			values.add("As", code("&genrt.Named[$]{}", goType))
		}
		return genrt("String").Values(values.list...)
	}
	table := "Int"
	if t.Go == "float64" {
		table = "Float"
	}
	return code("$[$]", genrt(table), goType).Values(values.copy(t, "Range", "Enum").list...)
}

// fields are the keyed elements of a composite literal, in the order added.
type fields struct{ list []jen.Code }

func (fs *fields) add(key string, value jen.Code) *fields {
	fs.list = append(fs.list, jen.Id(key).Op(":").Add(value))
	return fs
}

// of adds a value of Go or of package rules, or a list of them, unless it is zero.
func (fs *fields) of(key string, value any) *fields {
	v := reflect.ValueOf(value)
	if !v.IsZero() && (v.Kind() != reflect.Slice || v.Len() > 0) {
		fs.add(key, literal(v, false))
	}
	return fs
}

// copy adds named fields of a struct that a table has under the same names.
func (fs *fields) copy(from any, names ...string) *fields {
	for _, name := range names {
		fs.of(name, reflect.ValueOf(from).Elem().FieldByName(name).Interface())
	}
	return fs
}

func (fs *fields) when(holds bool, key string, value jen.Code) {
	if holds {
		fs.add(key, value)
	}
}
