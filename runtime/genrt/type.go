package genrt

import (
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Type is the table of one Go type: the rules of the schema, and how values are
// decoded, encoded, compared and copied. Only this package implements it. Every p below
// is a pointer to a value of the Go type.
type Type interface {
	document.Shape
	// decode decodes n into p, a zero value, and reports what the schema does not allow.
	decode(d *decoder, n *document.Node, p any)
	// encode writes the value as JSON.
	encode(e *encoder, p any)
	equal(a, b any) bool
	// clone makes dst, a zero value, equal to src and independent of it.
	clone(dst, src any)
	// set reports whether there is a value at all: an optional, a list, a map or
	// a union can be absent.
	set(p any) bool
	// encoded reports whether there is something to write: a value, or null.
	encoded(p any) bool
	// ref returns the pointer to the innermost value: the one inside an optional, or p
	// itself. It returns nil if the value is absent.
	ref(p any) any
	// value returns the value for readers without its type; nil if absent.
	value(p any) any
}

// A composite is a type of values with parts that have bindings. Its methods take the
// pointers that ref returns.
type composite interface {
	Type
	// diff returns the differences below the value, and whether there are any: items in
	// another order differ without a part that does. If decoded is not nil, only what it
	// lists can differ.
	diff(before, after any, decoded *fresh) ([]dispatch.Delta, bool)
	// parts returns one delta for each part of a value that was added or removed.
	parts(kind rt.ChangeKind, p any) []dispatch.Delta
	// step returns the pointer to one part of the value; nil if it is absent.
	step(p any, s dispatch.Step) any
	// at returns the type of the parts that s leads to.
	at(s dispatch.Step) Type
}

// leaf has the methods that most types share, for a value that is always present, is not
// null, and has no parts in documents.
type leaf struct{}

func (leaf) AllowsNull() bool { return false }
func (leaf) set(any) bool     { return true }
func (leaf) encoded(any) bool { return true }
func (leaf) ref(p any) any    { return p }

// Recursive is the table of a type that contains itself. Go does not let a variable's
// initial value refer to the variable, so the generated package assigns Type when it is
// initialized.
type Recursive struct{ Type }
