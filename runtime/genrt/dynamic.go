package genrt

import (
	"fmt"

	"github.com/hotbind/hotbind/runtime/document"
)

// Package dynamic uses the code in this file to make tables at run time, for documents
// that are read by their schema alone. Such tables are those of generated code, over
// values without Go types of their own. The same code decodes, fills, compares and writes
// both, so they behave the same. Generated code uses none of it. It is here because only
// this package implements [Type].

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
	d.handOn(n, p, t.unbox)
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

// An arm is the Of of a branch whose values have no Go type. It accesses the value in the
// interface that p points to.
type arm interface {
	// Zero returns a pointer to a new zero value.
	Zero() any
	// Get returns the pointer to the value in p; nil if p holds none of this arm.
	Get(p any) any
	// Set makes p hold the value that value points to.
	Set(p, value any)
}

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
