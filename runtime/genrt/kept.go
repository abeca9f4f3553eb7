package genrt

import (
	"bytes"
	"reflect"

	"github.com/hotbind/hotbind/runtime/document"
)

// KeptField is the number by which At is asked for the pointer to the Kept of a
// struct; nil is a struct without one.
const KeptField = -1

// Kept is what a struct remembers of its object beside the fields: undeclared
// properties, and values whose text a field cannot give back. It keeps structs
// from being compared with ==, which would compare this too; Equal does not.
type Kept struct {
	_ [0]func()
	*kept
}

// kept is immutable, so that copies of a struct share it.
type kept struct {
	extra []document.Member // undeclared properties
	items []*document.Node  // of a tuple, those behind its positions
	texts map[int]keptText  // of fields, by number
	// strays are the values that loose fields do not hold, which are zero then.
	strays map[int]keptText
	// other is the whole value, where it is no object.
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

// keptOf is what is kept beside the fields of the struct for which at is asked;
// never nil.
func keptOf(at func(p any, n int) any, p any) *kept {
	if slot, ok := at(p, KeptField).(*Kept); ok && slot.kept != nil {
		return slot.kept
	}
	return &nothing
}

var nothing kept

// keep keeps k beside the fields, where there is room for it.
func (k *kept) keep(at func(p any, n int) any, p any) {
	if slot, ok := at(p, KeptField).(*Kept); ok && !k.empty() {
		slot.kept = k
	}
}

// write keeps n as the text of field f, if writing v would not give it back.
func (k *kept) write(f int, field *Field, n *document.Node, v any) {
	if field.Scratch == nil {
		return
	}
	// An any that holds null looks like an absent one: what was written decides.
	if written := n.AppendJSON(nil); field.Type.encoded(v) && bytes.Equal(written, field.Type.encode(nil, v)) {
		return
	}
	if k.texts == nil {
		k.texts = map[int]keptText{}
	}
	read := field.Scratch()
	field.Type.clone(read, v)
	k.texts[f] = keptText{n, read}
}

// stray keeps n as the value that field f does not hold; v is the field, zero.
func (k *kept) stray(f int, n *document.Node, v any) {
	if k.strays == nil {
		k.strays = map[int]keptText{}
	}
	k.strays[f] = keptText{n, reflect.New(reflect.TypeOf(v).Elem()).Interface()}
}

// text is the value of field f as it was written, if v still has that value; nil
// if it has not.
func (k *kept) text(f int, field *Field, v any) *document.Node {
	text, ok := k.texts[f]
	if !ok {
		text, ok = k.strays[f]
	}
	if !ok || !field.Type.equal(v, text.value) {
		return nil
	}
	return text.node
}

// equal compares what no field holds.
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
	return &document.Node{Kind: document.Object, Members: k.extra}
}

func (k *kept) surplus() *document.Node {
	return &document.Node{Kind: document.List, Items: k.items}
}
