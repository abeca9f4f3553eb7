package genrt

import (
	"bytes"
	"reflect"
	"slices"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/sealed"
)

// KeptField is the field number for which At returns the pointer to the Kept of a struct;
// nil if the struct has none.
const KeptField = -1

// Kept holds what a struct keeps of its object beside the fields: undeclared properties,
// and values whose text a field cannot reproduce. It prevents comparing structs with ==,
// which would compare this too; Equal does not. It is sealed, because it may contain
// secrets.
type Kept struct {
	_   [0]func()
	box sealed.Box[kept]
}

// kept is immutable, so that copies of a struct share it.
type kept struct {
	extra []document.Member // undeclared properties
	items []*document.Node  // of a tuple, those behind its positions
	texts map[int]keptText  // of fields, by number
	// strays are the values that loose fields do not hold, which are zero then.
	strays map[int]keptText
	// hidden are the extra values and strays meant for a type that holds secrets: any
	// part of such a value may be one.
	hidden map[*document.Node]bool
	// other is the whole value if it is not an object.
	other *document.Node
}

// A keptText is the value of a field as it was written, and as it was read.
type keptText struct {
	node  *document.Node
	value any
}

func (k *kept) empty() bool {
	return k.extra == nil && k.items == nil && k.texts == nil && k.strays == nil && k.other == nil
}

// keptOf returns the values kept beside the fields of the struct that at reads; never
// nil.
func keptOf(at func(p any, n int) any, p any) *kept {
	if slot, ok := at(p, KeptField).(*Kept); ok {
		if k := slot.box.Get(); k != nil {
			return k
		}
	}
	return &nothing
}

var nothing kept

// keep stores k beside the fields, if the struct has a Kept.
func (k *kept) keep(at func(p any, n int) any, p any) {
	if slot, ok := at(p, KeptField).(*Kept); ok && !k.empty() {
		slot.box = sealed.New(k)
	}
}

// write keeps n as the text of field f, unless writing v gives the same text.
func (k *kept) write(f int, field *Field, n *document.Node, v any) {
	if field.Scratch == nil {
		return
	}
	if field.Type.encoded(v) { // an any that holds null looks like an absent one
		encoded := encode(field.Type, v)
		if bytes.Equal(n.AppendJSON(nil), encoded) {
			return
		}
		value, _ := document.ParseValue(document.Position{}, string(encoded), document.Limits{Depth: maxKeptDepth})
		if value == nil {
			return
		}
		if n = asWritten(value, n); bytes.Equal(n.AppendJSON(nil), encoded) {
			return
		}
	}
	if k.texts == nil {
		k.texts = map[int]keptText{}
	}
	read := field.Scratch()
	field.Type.clone(read, v)
	k.texts[f] = keptText{n, read}
}

// maxKeptDepth is deeper than any document that is read.
const maxKeptDepth = 10_000

// asWritten returns value, the encoded result of decoding n, with the texts of n where
// they differ: it has the defaults that were filled in, but not the secrets.
func asWritten(value, n *document.Node) *document.Node {
	switch {
	case value.Kind() == document.String && value.Text() == document.Redacted:
		return value
	case value.Kind() == document.Object && n.Kind() == document.Object:
		members := slices.Clone(value.Members())
		for i, m := range members {
			if written := n.Get(m.Key()); written != nil {
				members[i] = m.With(asWritten(m.Value(), written))
			}
		}
		return document.ObjectAt(value, members)
	case value.Kind() == document.List && n.Kind() == document.List && len(value.Items()) == len(n.Items()):
		items := slices.Clone(value.Items())
		for i, item := range items {
			items[i] = asWritten(item, n.Items()[i])
		}
		return document.ListAt(value, items)
	case value.Kind() == document.List && len(value.Items()) == 1 && n.Kind() != document.List: // a single item in place of a list of one
		return asWritten(value.Items()[0], n)
	}
	return n
}

// holdsSecret reports whether a value of type t can be a secret or hold one.
func holdsSecret(t Type, above map[Type]bool) bool {
	if isSecret(t) {
		return true
	}
	outer, ok := t.(interface{ inside() []Type })
	if !ok || above[t] {
		return false
	}
	above[t] = true
	return slices.ContainsFunc(outer.inside(), func(inner Type) bool { return holdsSecret(inner, above) })
}

func (t *Struct) inside() []Type     { return typesOf(t.Fields) }
func (t *Tuple) inside() []Type      { return typesOf(t.Fields) }
func (t *List[S, T]) inside() []Type { return []Type{t.Elem} }
func (t *Map[M, T]) inside() []Type  { return []Type{t.Elem} }
func (t *Optional) inside() []Type   { return []Type{t.Elem} }
func (t *Checked) inside() []Type    { return []Type{t.Type} }
func (r *Recursive) inside() []Type  { return []Type{r.Type} }

func (t *Union) inside() (types []Type) {
	for i := range t.Branches {
		types = append(types, t.Branches[i].Type)
	}
	return types
}

func typesOf(fields []Field) (types []Type) {
	for i := range fields {
		types = append(types, fields[i].Type)
	}
	return types
}

// hide marks n, a kept node that was meant for type t, as hidden if t holds secrets.
func (k *kept) hide(t Type, n *document.Node) {
	if !holdsSecret(t, map[Type]bool{}) {
		return
	}
	if k.hidden == nil {
		k.hidden = map[*document.Node]bool{}
	}
	k.hidden[n] = true
}

// encode writes n, which is kept, as JSON.
func (k *kept) encode(e *encoder, n *document.Node) {
	if k.hidden[n] && !e.reveal {
		e.text(document.Redacted)
		return
	}
	e.node(n)
}

// stray keeps n as a value that field f does not hold; v is the field, which is zero.
func (k *kept) stray(f int, field *Field, n *document.Node, v any) {
	k.hide(field.Type, n)
	if k.strays == nil {
		k.strays = map[int]keptText{}
	}
	k.strays[f] = keptText{n, reflect.New(reflect.TypeOf(v).Elem()).Interface()}
}

// text returns the value of field f as it was written, if v still has that value;
// otherwise nil. A text is kept without its secrets, so it cannot be used when secrets
// are revealed.
func (k *kept) text(e *encoder, f int, field *Field, v any) *document.Node {
	text, ok := k.texts[f]
	if ok && e.reveal && holdsSecret(field.Type, map[Type]bool{}) {
		return nil
	}
	if !ok {
		text, ok = k.strays[f]
	}
	if !ok || !field.Type.equal(v, text.value) {
		return nil
	}
	return text.node
}

// equal compares the values that no field holds.
func (k *kept) equal(other *kept) bool {
	if k.empty() && other.empty() {
		return true
	}
	if len(k.strays) != len(other.strays) || !document.Equal(k.other, other.other) {
		return false
	}
	for f, stray := range k.strays {
		if !document.Equal(stray.node, other.strays[f].node) {
			return false
		}
	}
	return document.Equal(k.undeclared(), other.undeclared()) && document.Equal(k.surplus(), other.surplus())
}

func (k *kept) undeclared() *document.Node {
	return document.NewObject(k.extra, document.Position{})
}

func (k *kept) surplus() *document.Node {
	return document.NewList(k.items, document.Position{})
}
