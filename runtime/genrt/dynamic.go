package genrt

import (
	"encoding/json"
	"fmt"
	"sync/atomic"

	"github.com/hotbind/hotbind/runtime/document"
)

// Package dynamic uses the code in this file to make tables at run time, for documents
// that are read by their schema alone. Such tables are those of generated code, over
// values without Go types of their own. The same code decodes, fills, compares and writes
// both, so they behave the same. Generated code uses none of it.

// A record is the value of a struct or a tuple without a Go type.
type record struct {
	made atomic.Pointer[recordFields]
	kept Kept
}

// recordFields are pointers to the fields of a record, and its table.
type recordFields struct {
	table  Type
	values []any
}

// MarshalJSON implements json.Marshaler.
func (r *record) MarshalJSON() ([]byte, error) {
	if made := r.made.Load(); made != nil {
		return encode(made.table, r), nil
	}
	return []byte("null"), nil
}

// shown returns the value of a struct for readers without its type. Generated types need
// no conversion.
func shown(t Type, p any) any {
	if r, ok := p.(*record); ok && r.made.Load() == nil {
		atOf(t)(r, 0) // which makes its fields
	}
	return p
}

// NewRecord returns a zero value of a [Struct] or a [Tuple] without a Go type.
func NewRecord() any { return new(record) }

// RecordAt returns the At of a table t whose values come from [NewRecord]; zeros make
// the fields. A zero value gets its fields when they are first needed.
func RecordAt(t Type, zeros []func() any) func(p any, n int) any {
	return func(p any, n int) any {
		r := p.(*record)
		if n == KeptField {
			return &r.kept
		}
		made := r.made.Load()
		if made == nil {
			made = &recordFields{table: t, values: make([]any, len(zeros))}
			for i, zero := range zeros {
				made.values[i] = zero()
			}
			if !r.made.CompareAndSwap(nil, made) {
				made = r.made.Load()
			}
		}
		if n >= len(made.values) {
			return nil
		}
		return made.values[n]
	}
}

func atOf(t Type) func(p any, n int) any {
	if s, ok := t.(*Struct); ok {
		return s.At
	}
	return t.(*Tuple).At
}

// Boxed returns the table of a value of t inside an any that holds the pointer to it;
// zero makes such a pointer. It serves as the element of lists, maps, optionals and
// secrets of any.
func Boxed(t Type, zero func() any) Type { return &boxed{t, zero} }

// boxed is the table of a value in an interface that holds the pointer to it.
type boxed struct {
	Type
	zero func() any
}

// unbox returns the pointer that p, a *any, holds.
func (t *boxed) unbox(p any) any {
	box := p.(*any)
	if *box == nil {
		return t.zero()
	}
	return *box
}

func (t *boxed) elem() Type     { return t.Type }
func (t *boxed) inside() []Type { return []Type{t.Type} }

func (t *boxed) decode(d *decoder, n *document.Node, p any) {
	v := t.zero()
	t.Type.decode(d, n, v)
	*p.(*any) = v
}

func (t *boxed) clone(dst, src any) {
	v := t.zero()
	t.Type.clone(v, t.unbox(src))
	*dst.(*any) = v
}

func (t *boxed) encode(e *encoder, p any) { t.Type.encode(e, t.unbox(p)) }
func (t *boxed) equal(a, b any) bool      { return t.Type.equal(t.unbox(a), t.unbox(b)) }
func (t *boxed) set(p any) bool           { return t.Type.set(t.unbox(p)) }
func (t *boxed) encoded(p any) bool       { return t.Type.encoded(t.unbox(p)) }
func (t *boxed) ref(p any) any            { return t.Type.ref(t.unbox(p)) }
func (t *boxed) value(p any) any          { return t.Type.value(t.unbox(p)) }

// NewBranch returns a branch of a union whose values are held in an any.
func NewBranch(name, tag string, t Type, zero func() any) Branch {
	return Branch{Name: name, Type: t, Tag: tag, arm: &arm{zero}}
}

// An arm holds the value of a branch in a union without Go types.
type arm struct{ zero func() any }

// armed is the value of one arm.
type armed struct {
	arm   *arm
	value any
}

// MarshalJSON implements json.Marshaler.
func (a armed) MarshalJSON() ([]byte, error) { return json.Marshal(a.value) }

func (a *arm) get(p any) any {
	if held, ok := (*p.(*any)).(armed); ok && held.arm == a {
		return held.value
	}
	return nil
}

func (a *arm) set(p, value any) { *p.(*any) = armed{a, value} }

// A Word is a string of a fixed set, which changes show without quotes.
type Word string

// String returns the word.
func (w Word) String() string { return string(w) }

// Texted returns the table of a value that JSON shows as its text, as documents do,
// and not as encoding/json shows its Go type.
func Texted(t Type) Type { return &texted{t} }

type texted struct{ Type }

func (t *texted) elem() Type      { return t.Type }
func (t *texted) value(p any) any { return textedValue{t.Type.value(p), encode(t.Type, p)} }

type textedValue struct {
	value any
	text  []byte
}

// String returns the value as fmt shows it.
func (v textedValue) String() string { return fmt.Sprint(v.value) }

// MarshalJSON implements json.Marshaler.
func (v textedValue) MarshalJSON() ([]byte, error) { return v.text, nil }

// Unchecked returns the table of a value that t allows and that only a Go type of the
// application can check completely.
func Unchecked(t Type) Type { return &unchecked{t} }

// unchecked is the table of a value that only a Go type of the application can check.
type unchecked struct{ Type }

func (t *unchecked) elem() Type     { return t.Type }
func (t *unchecked) inside() []Type { return []Type{t.Type} }

func (t *unchecked) decode(d *decoder, n *document.Node, p any) {
	d.unchecked = append(d.unchecked, d.Path())
	t.Type.decode(d, n, p)
}
