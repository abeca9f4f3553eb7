// Package dynamic makes the tables of generated code at run time, from the shape of a
// schema: for tools that read documents by their schema alone.
package dynamic

import (
	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/rules/compile"
	"github.com/hotbind/hotbind/internal/shape"
	"github.com/hotbind/hotbind/runtime/genrt"

	rt "github.com/hotbind/hotbind/runtime"
)

// A tabler makes tables of shapes.
type tabler struct {
	doc    *shape.Document
	tables map[*shape.Decl]*made
}

// A made is a table with a function that makes zero values for it.
type made struct {
	table genrt.Type
	zero  func() any
}

// late makes a zero value of a table that may not be complete yet.
func (m *made) late() any { return m.zero() }

// NewProgram returns the program of a schema document; text is the schema as JSON.
func NewProgram(doc *shape.Document, text string) *genrt.Program {
	b := &tabler{doc: doc, tables: map[*shape.Decl]*made{}}
	m := b.decl(doc.Root)
	return &genrt.Program{Type: m.table, New: m.zero, Text: text, Null: doc.Null}
}

func newOf[T any]() func() any { return func() any { return new(T) } }

// box returns the table of an element of a list, a map, an optional or a secret.
func (b *tabler) box(t shape.Type) genrt.Type {
	m := b.table(t)
	return genrt.Boxed(m.table, m.zero)
}

// decl returns the table of a declaration, made once. A declaration that contains itself
// is a Recursive in its own table.
func (b *tabler) decl(d *shape.Decl) *made {
	m := b.tables[d]
	if m != nil {
		return m
	}
	if d.Alias != nil {
		return b.table(d.Alias)
	}
	late := &genrt.Recursive{}
	m = &made{table: late}
	m.zero = m.late // of the final m
	b.tables[d] = m
	inner := b.form(d)
	if d.Rule != 0 {
		inner = made{table: &genrt.Checked{Type: inner.table, Rules: &b.doc.Rules, Rule: d.Rule}, zero: inner.zero}
	}
	late.Type = inner.table
	*m = inner
	return m
}

// form returns the table of a declaration.
func (b *tabler) form(d *shape.Decl) made {
	switch {
	case d.Struct != nil:
		return b.structOf(d.Struct)
	case d.Tuple != nil:
		return b.tupleOf(d.Tuple)
	case d.Union != nil:
		return b.unionOf(d.Union)
	case d.Enum != nil:
		return scalarOf(d.Enum.Type, true)
	}
	return *b.table(d.Named)
}

func (b *tabler) structOf(s *shape.Struct) made {
	t := &genrt.Struct{Closed: s.Closed, Loose: s.Loose, Length: s.Length, Keys: s.Keys, Needs: s.Needs, Required: s.Required, Rules: &b.doc.Rules}
	for i, f := range s.Fields {
		if f == s.Extra {
			t.Extra = i + 1
		}
		for j := range s.Patterns {
			if s.Patterns[j].Field == f {
				t.Patterns = append(t.Patterns, genrt.PatternField{Pattern: compile.NewPattern(s.Patterns[j].Pattern), Field: i})
			}
		}
	}
	var zeros []func() any
	t.Fields, zeros = b.fields(s.Fields)
	t.At = recordAt(t, zeros)
	return made{table: t, zero: newOf[record]()}
}

func (b *tabler) tupleOf(s *shape.Tuple) made {
	t := &genrt.Tuple{Closed: s.Closed, Length: s.Length, Unique: s.Unique, Rules: &b.doc.Rules}
	var zeros []func() any
	t.Fields, zeros = b.fields(s.Fields)
	if s.Rest != nil {
		t.Rest = len(s.Fields)
	}
	t.At = recordAt(t, zeros)
	return made{table: t, zero: newOf[record]()}
}

func (b *tabler) fields(list []*shape.Field) (fields []genrt.Field, zeros []func() any) {
	for _, f := range list {
		m := b.table(f.Type)
		field := genrt.Field{
			Key: f.Key, Type: m.table, Default: f.Default, Required: f.Required, Filled: f.Filled, Deprecated: f.Deprecated,
			Env: f.Env, Restart: f.Restart, Entries: f.Entries, Loose: f.Loose, Rule: f.Rule,
		}
		if f.Kept && !f.Entries {
			field.Scratch = m.late
		}
		fields = append(fields, field)
		zeros = append(zeros, m.late)
	}
	return fields, zeros
}

func (b *tabler) unionOf(u *shape.Union) made {
	t := &genrt.Union{One: u.One, Tag: u.Tag}
	for _, branch := range u.Branches {
		m := b.decl(branch.Decl)
		t.Branches = append(t.Branches, genrt.Branch{Name: branch.Label, Type: m.table, Of: &arm{m.late}, Tag: branch.Tag})
	}
	return made{table: t, zero: newOf[any]()}
}

// table returns the table of t.
func (b *tabler) table(t shape.Type) *made {
	switch t := t.(type) {
	case *shape.Ref:
		return b.decl(t.Decl)
	case *shape.Scalar:
		m := scalarOf(t, false)
		return &m
	case *shape.Formatted:
		m := formattedOf(t)
		return &m
	case *shape.List:
		return &made{table: b.listOf(t), zero: newOf[[]any]()}
	case *shape.Map:
		return &made{table: &genrt.Map[map[string]any, any]{Elem: b.box(t.Elem), Length: t.Length, Keys: t.Keys, Patterns: t.Patterns}, zero: newOf[map[string]any]()}
	case *shape.Optional:
		return &made{table: &genrt.Optional{Elem: b.box(t.Elem), Nullable: t.Nullable, As: &genrt.Some[any]{}}, zero: newOf[rt.Optional[any]]()}
	case *shape.Secret:
		return &made{table: &genrt.Secret[any]{Elem: b.box(t.Elem)}, zero: newOf[rt.Secret[any]]()}
	case *shape.Checked:
		m := b.table(t.Elem)
		return &made{table: &genrt.Checked{Type: m.table, Rules: &b.doc.Rules, Rule: t.Rule}, zero: m.zero}
	case *shape.Custom:
		m := b.table(t.Check)
		return &made{table: genrt.Unchecked(m.table), zero: m.zero}
	}
	untyped := t.(*shape.Any)
	return &made{table: &genrt.Any{Enum: untyped.Enum, Never: untyped.Never}, zero: newOf[any]()}
}

func (b *tabler) listOf(t *shape.List) genrt.Type {
	list := &genrt.List[[]any, any]{Elem: b.box(t.Elem), Length: t.Length, Unique: t.Unique}
	if t.One != nil {
		list.One = b.box(t.One)
	}
	switch t.Rule.Merge {
	case "append":
		list.Merge = genrt.AppendList
	case "key":
		list.Merge = genrt.KeyList
	}
	if t.Rule.Key == "" {
		return list
	}
	return &genrt.Keyed{Type: list, Key: t.Rule.Key}
}

func scalarOf(t *shape.Scalar, listed bool) made {
	switch t.Go {
	case "bool":
		return made{table: &genrt.Bool[bool]{Enum: t.Enum}, zero: newOf[bool]()}
	case "float64":
		return made{table: &genrt.Float[float64]{Range: t.Range, Enum: t.Enum}, zero: newOf[float64]()}
	case "int":
		return intOf[int](t)
	case string(format.TypeInt8):
		return intOf[int8](t)
	case string(format.TypeInt16):
		return intOf[int16](t)
	case string(format.TypeInt32):
		return intOf[int32](t)
	case string(format.TypeInt64):
		return intOf[int64](t)
	case string(format.TypeUint8):
		return intOf[uint8](t)
	case string(format.TypeUint16):
		return intOf[uint16](t)
	case string(format.TypeUint32):
		return intOf[uint32](t)
	case string(format.TypeUint64):
		return intOf[uint64](t)
	}
	if listed {
		return made{table: &genrt.String{Text: t.Text, As: &genrt.Named[word]{}}, zero: newOf[word]()}
	}
	return made{table: &genrt.String{Text: t.Text}, zero: newOf[string]()}
}

func intOf[T genrt.Integer](t *shape.Scalar) made {
	return made{table: &genrt.Int[T]{Range: t.Range, Enum: t.Enum}, zero: newOf[T]()}
}

func formattedOf(t *shape.Formatted) made {
	switch t.Format {
	case genrt.DateTime.Name:
		return formattedAs(t, &genrt.DateTime)
	case genrt.Date.Name:
		return formattedAs(t, &genrt.Date)
	case genrt.GoDuration.Name:
		return formattedAs(t, &genrt.GoDuration)
	case genrt.ISODuration.Name:
		return formattedAs(t, &genrt.ISODuration)
	case genrt.IPv4.Name:
		return formattedAs(t, &genrt.IPv4)
	case genrt.IPv6.Name:
		return formattedAs(t, &genrt.IPv6)
	case genrt.CIDR.Name:
		return formattedAs(t, &genrt.CIDR)
	case genrt.URI.Name:
		return formattedAs(t, &genrt.URI)
	}
	return formattedAs(t, &genrt.ByteSize)
}

func formattedAs[T any](t *shape.Formatted, f *genrt.Format[T]) made {
	return made{table: genrt.Texted(&genrt.Formatted[T]{Text: t.Text, Format: f}), zero: newOf[T]()}
}
