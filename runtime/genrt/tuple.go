package genrt

import (
	"reflect"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// A Tuple is the table of a struct whose fields are the positions of a list.
type Tuple struct {
	leaf
	// Fields are the positions, in order, and the field of Rest. Required ones must be
	// present; the others have types that can be absent. Their Key is not used.
	Fields []Field
	At     func(p any, n int) any // as in [Struct]
	// Rest is the number of the field for the items after the positions, plus one; 0 is
	// none. Of that List, only Elem counts. Its Rule is ignored.
	Rest int
	// Closed refuses such items; otherwise, without Rest, they are kept.
	Closed bool
	Length Count
	Unique bool
	Rules  *Rules // those of the fields' Rule

	defaults defaults
}

// A rest is a list that holds the items after the positions of a tuple.
type rest interface {
	Type
	// decodeItems decodes items. The first has the index from in the document's list.
	decodeItems(d *decoder, items []*document.Node, from int, p any)
	// encodeItems writes the items with a comma before each. If first is set, the first
	// item has no comma.
	encodeItems(e *encoder, p any, first bool)
}

// restOf returns t as a list. It ignores rules on it as a whole.
func restOf(t Type) rest { return innermost(t).(rest) }

func (t *Tuple) Kind() document.Kind { return document.List }
func (t *Tuple) value(p any) any     { return made(p, t.At) }

// positions returns the number of fields that are positions.
func (t *Tuple) positions() int {
	if t.Rest > 0 {
		return len(t.Fields) - 1
	}
	return len(t.Fields)
}

// field returns the number of the field for position i, because Rest may be at any
// number.
func (t *Tuple) field(i int) int {
	if t.Rest > 0 && i >= t.Rest-1 {
		return i + 1
	}
	return i
}

func (t *Tuple) decode(d *decoder, n *document.Node, p any) {
	made(p, t.At)
	if n.Kind() != document.List {
		d.wrongOuter(t, n, "a list")
		return
	}
	if d.steps++; d.steps > maxSteps || d.tooDeep(n) {
		return
	}
	fits, _ := d.Items(n, &t.Length, t.Unique)
	var beside kept
	given := min(len(n.Items()), t.positions())
	for i, item := range n.Items()[:given] {
		f := t.field(i)
		d.EnterIndex(i)
		t.Fields[f].read(d, t.Rules, f, item, item, t.At(p, f), &beside)
		d.Leave()
	}
	t.decodeRest(d, n, given, p, &beside, fits)
	t.fillAbsent(d, n, given, p, fits)
	if !beside.empty() {
		k := beside
		k.keep(t.At, p)
	}
}

// decodeRest decodes, keeps or refuses the items after the positions. If fits is false,
// the wrong length was reported already.
func (t *Tuple) decodeRest(d *decoder, n *document.Node, from int, p any, kept *kept, fits bool) {
	items := n.Items()[from:]
	switch {
	case len(items) == 0:
	case t.Rest > 0:
		field, v := &t.Fields[t.Rest-1], t.At(p, t.Rest-1)
		if !d.decodeLoosely(field.Loose, func() { restOf(field.Type).decodeItems(d, items, from, v) }) {
			reflect.ValueOf(v).Elem().SetZero()
			kept.items = items
			for _, item := range items {
				kept.hide(field.Type, item)
			}
		}
	case t.Closed && fits:
		d.Find(n, wording.Many(len(n.Items()), from, wording.Items, d.Hides(n)))
	case !t.Closed:
		kept.items = items
	}
}

// fillAbsent fills in the defaults of absent positions up to the first without a default:
// a list has no holes.
func (t *Tuple) fillAbsent(d *decoder, n *document.Node, given int, p any, fits bool) {
	filling := true
	for i := given; i < t.positions(); i++ {
		field := &t.Fields[t.field(i)]
		absent := t.defaults.absent(t.Fields, t.field(i), n)
		d.EnterIndex(i)
		switch {
		case field.Required:
			if filling = false; fits {
				d.Find(n, wording.Missing("", nil))
			}
		case absent == nil:
			filling = false
		case filling:
			field.Type.decode(d, absent, t.At(p, t.field(i)))
		}
		d.Leave()
	}
}

func (t *Tuple) encode(e *encoder, p any) {
	kept := keptOf(t.At, p)
	e.raw("[")
	first := true
	for i := range t.written(e, p, kept) {
		if !first {
			e.raw(",")
		}
		first = false
		f := t.field(i)
		field, v := &t.Fields[f], t.At(p, f)
		if text := kept.text(e, f, field, v); text != nil {
			kept.encode(e, text)
		} else {
			field.Type.encode(e, v)
		}
	}
	if t.Rest > 0 {
		restOf(t.Fields[t.Rest-1].Type).encodeItems(e, t.At(p, t.Rest-1), first)
	}
	for _, item := range kept.items {
		if !first {
			e.raw(",")
		}
		first = false
		kept.encode(e, item)
	}
	e.raw("]")
}

// written returns the number of positions to write: up to the last that is present, or
// all if items follow.
func (t *Tuple) written(e *encoder, p any, kept *kept) int {
	n := t.positions()
	if len(kept.items) > 0 || t.Rest > 0 && reflect.ValueOf(t.At(p, t.Rest-1)).Elem().Len() > 0 {
		return n
	}
	for ; n > 0; n-- {
		f := t.field(n - 1)
		field, v := &t.Fields[f], t.At(p, f)
		if field.Required || field.Type.encoded(v) || kept.text(e, f, field, v) != nil {
			break
		}
	}
	return n
}

func (t *Tuple) equal(a, b any) bool { return equalFields(t.Fields, t.At, a, b) }
func (t *Tuple) clone(dst, src any)  { cloneFields(t.Fields, t.At, dst, src) }
