// Package shapetest prints shapes for tests.
package shapetest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/internal/shape"
)

// Build returns the shape of a schema, or nil if the schema is invalid, and all
// findings.
func Build(text string) (*shape.Document, *schema.Reporter) {
	report := new(schema.Reporter)
	doc := schema.Parse("s.yaml", []byte(text), schema.Files{}, report)
	if doc == nil || report.Failed() {
		return nil, report
	}
	return shape.Build(doc, report), report
}

// Dump prints a document: a line per shape, named by the place of its schema, and an
// indented line for each field, value or branch.
func Dump(doc *shape.Document) string {
	var b strings.Builder
	if doc.Null {
		b.WriteString("null or\n")
	}
	names := map[*shape.Decl]string{}
	for _, d := range doc.Decls {
		name := d.Schema.At.Pointer
		for n := 2; taken(names, name); n++ {
			name = fmt.Sprintf("%s(%d)", d.Schema.At.Pointer, n)
		}
		names[d] = name
	}
	for _, d := range doc.Decls {
		fmt.Fprintf(&b, "%s: %s\n", names[d], Decl(d, func(d *shape.Decl) string { return names[d] }))
	}
	return b.String()
}

func taken(names map[*shape.Decl]string, name string) bool {
	for _, other := range names {
		if other == name {
			return true
		}
	}
	return false
}

// Decl prints a shape without its name. name returns the names of other shapes.
func Decl(d *shape.Decl, name func(*shape.Decl) string) string {
	var b strings.Builder
	switch {
	case d.Struct != nil:
		b.WriteString("struct" + flags(
			flag{d.Struct.Closed, "closed"}, flag{d.Struct.Keeps, "keeps"}, flag{d.Struct.Loose, "loose"},
			flag{len(d.Struct.Required) > 0, "needs " + strings.Join(d.Struct.Required, ",")},
			flag{d.Struct.Length != (rules.Count{}), "counted"}, flag{d.Struct.Keys != nil, "keys checked"}))
	case d.Tuple != nil:
		b.WriteString("tuple" + flags(flag{d.Tuple.Closed, "closed"}, flag{d.Tuple.Keeps, "keeps"}, flag{d.Tuple.Unique, "unique"}))
	case d.Enum != nil:
		b.WriteString("enum of " + d.Enum.Type.Go)
		for _, v := range d.Enum.Values {
			b.WriteString(" " + Value(v))
		}
	case d.Union != nil:
		b.WriteString("union" + flags(flag{d.Union.One, "one"}, flag{d.Union.Tag != "", "by " + d.Union.Tag}))
		for _, branch := range d.Union.Branches {
			fmt.Fprintf(&b, "\n  %s: %s%s", branch.Label, name(branch.Decl), flags(flag{branch.Tag != "", branch.Tag}))
		}
	case d.Named != nil:
		b.WriteString(Type(d.Named, name))
	default:
		b.WriteString("alias of " + Type(d.Alias, name))
	}
	if d.Rule != 0 {
		b.WriteString(" + rule")
	}
	if d.IsRecursive {
		b.WriteString(" recursive")
	}
	for _, f := range d.Fields() {
		fmt.Fprintf(&b, "\n  %s", Field(f, name))
	}
	return b.String()
}

// Value prints a value of an enum, a string in quotes.
func Value(v shape.Value) string {
	if v.IsString {
		return strconv.Quote(v.Text)
	}
	return v.Text
}

// Field prints a field with its type and properties.
func Field(f *shape.Field, name func(*shape.Decl) string) string {
	key := f.Key
	switch {
	case f.Entries && f.Pattern != "":
		key = "/" + f.Pattern + "/"
	case f.Entries:
		key = "*"
	}
	return key + ": " + Type(f.Type, name) + flags(flag{f.Required, "required"}, flag{f.Default != "", "default " + f.Default}, flag{f.Filled, "filled"},
		flag{f.Deprecated, "deprecated"}, flag{f.Loose, "loose"}, flag{f.Conditional, "conditional"}, flag{f.Rule != 0, "rule"},
		flag{f.Env != "", "env " + f.Env}, flag{f.Restart, "restart"})
}

type flag struct {
	set  bool
	text string
}

func flags(list ...flag) string {
	var b strings.Builder
	for _, f := range list {
		if f.set {
			b.WriteString(" " + f.text)
		}
	}
	return b.String()
}

// Type prints a type nearly as Go does: ? is a value that may be absent, ?null one that
// may also be null, and + adds a rule. name returns the names of shapes.
func Type(t shape.Type, name func(*shape.Decl) string) string {
	switch t := t.(type) {
	case *shape.Scalar:
		return t.Go + bounds(t.Range) + texts(t.Text) + flags(flag{len(t.Enum) > 0, "in " + strings.Join(t.Enum, ",")})
	case *shape.Formatted:
		return t.Format
	case *shape.List:
		return "[]" + Type(t.Elem, name) + flags(flag{t.One != nil, "or one"}, flag{t.Unique, "unique"}, flag{t.Length != (rules.Count{}), "counted"},
			flag{t.Rule.Merge != "", t.Rule.Merge}, flag{t.Rule.Key != "", "by " + t.Rule.Key})
	case *shape.Map:
		return "map " + Type(t.Elem, name) + flags(flag{t.Keys != nil, "keys checked"}, flag{len(t.Patterns) > 0, "matching"}, flag{t.Length != (rules.Count{}), "counted"})
	case *shape.Ref:
		return name(t.Decl)
	case *shape.Optional:
		if t.Nullable {
			return "?null " + Type(t.Elem, name)
		}
		return "? " + Type(t.Elem, name)
	case *shape.Secret:
		return "secret " + Type(t.Elem, name)
	case *shape.Checked:
		return "+" + Type(t.Elem, name)
	case *shape.Any:
		return "any" + flags(flag{t.Never, "never"}, flag{len(t.Enum) > 0, "in " + strings.Join(t.Enum, ",")})
	case *shape.Custom:
		return t.Path + "." + t.Name
	}
	return fmt.Sprintf("%T", t)
}

func bounds(r rules.Range) string {
	return flags(flag{r.Min != "", ">=" + r.Min}, flag{r.Max != "", "<=" + r.Max}, flag{r.Above != "", ">" + r.Above},
		flag{r.Below != "", "<" + r.Below}, flag{r.MultipleOf != "", "%" + r.MultipleOf})
}

func texts(t rules.Text) string {
	return flags(flag{t.Length != (rules.Count{}), "length"}, flag{t.Pattern != nil, "pattern"}, flag{t.Format != "", t.Format}, flag{len(t.Enum) > 0, "in " + strings.Join(t.Enum, ",")})
}
