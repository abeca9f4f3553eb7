package genrt

import (
	"cmp"
	"reflect"
	"slices"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"
)

// This file lets a decoding take over what did not change since an earlier one. Two
// documents of one file share the nodes that did not change; see [document.Series]. A node
// that both have was decoded to the same value, because decoding depends on the node, on
// its type and on its place alone, and snapshots do not change. So the decoding follows the
// earlier document and value, node by node, takes over the values of shared nodes, and
// decodes the rest. What it did not take over is all that a comparison has to look at.

// A memory is what a decoding leaves for a later one.
type memory struct {
	doc      *document.Node
	snapshot any
	// noted holds the nodes below which there are findings. They are decoded again.
	noted map[*document.Node]bool
	// steps is the number of steps that the decoding took, with those of what it took over.
	steps   int
	decoded *fresh // what was not taken over
}

// fresh lists the parts of a value that were decoded, and that are gone. All others were
// taken over from the value before. A nil *fresh stands for everything.
type fresh struct{ parts []freshPart }

// A freshPart is a field, an entry or an item. Below is what was decoded of it.
type freshPart struct {
	step  dispatch.Step // Field is the index of a field or an item
	below *fresh
}

// add adds a part that was decoded from n; nil: from no node of its own.
func (f *fresh) add(d *decoder, step dispatch.Step, n *document.Node) {
	if f != nil {
		f.parts = append(f.parts, freshPart{step, d.fresh[n]})
	}
}

// inOrder returns the parts in the order of their fields and keys.
func (f *fresh) inOrder() []freshPart {
	slices.SortFunc(f.parts, func(a, b freshPart) int {
		return cmp.Or(cmp.Compare(a.step.Field, b.step.Field), cmp.Compare(a.step.Key, b.step.Key))
	})
	return f.parts
}

// An earlier is the counterpart of a node in the earlier document, with its value.
type earlier struct {
	n, was *document.Node
	value  any // a pointer
}

// follow makes was, with its value, the counterpart of n for the decoding of n, which must
// come next.
func (d *decoder) follow(n, was *document.Node, value any) {
	if was != nil && was.Kind() == n.Kind() {
		d.next = earlier{n, was, value}
	}
}

// counterpart returns the earlier node and value for n, which is decoded into p, and
// records what is decoded of it from now on; nil if there are none.
func (d *decoder) counterpart(n *document.Node, p any) (was *document.Node, value any, decoded *fresh) {
	e := d.next
	d.next = earlier{}
	// A type that decodes its node into a value of another type does not hand on.
	if e.n != n || n == nil || reflect.TypeOf(e.value) != reflect.TypeOf(p) {
		return nil, nil, nil
	}
	if d.fresh == nil {
		d.fresh = map[*document.Node]*fresh{}
	}
	decoded = &fresh{}
	d.fresh[n] = decoded
	return e.was, e.value, decoded
}

// handOn replaces the earlier value for n by the one inside of it.
func (d *decoder) handOn(n *document.Node, p any, inside func(p any) any) {
	if d.next.n != n || reflect.TypeOf(d.next.value) != reflect.TypeOf(p) {
		d.next = earlier{}
		return
	}
	if d.next.value = inside(d.next.value); d.next.value == nil {
		d.next = earlier{}
	}
}

// sharesValue reports whether the value of was is that of n.
func (d *decoder) sharesValue(was, n *document.Node) bool {
	return document.Same(was, n) && !d.before.noted[was]
}

// takeOver makes the zero value at p the value at from, and shares what that refers to.
func takeOver(p, from any) { reflect.ValueOf(p).Elem().Set(reflect.ValueOf(from).Elem()) }

// note notes n if its decoding added findings to the first from.
func (d *decoder) note(n *document.Node, from int) {
	if len(d.Findings) == from {
		return
	}
	if d.noted == nil {
		d.noted = map[*document.Node]bool{}
	}
	d.noted[n] = true
	delete(d.fresh, n) // the value may have been dropped
}

// decodeAfter decodes doc into the zero value at v, which is a snapshot, after an earlier
// decoding; nil: there is none.
func decodeAfter(t Type, doc *document.Node, v any, before *memory) (*memory, document.Findings) {
	d := &decoder{before: before}
	if before != nil {
		d.follow(doc, before.doc, before.snapshot)
	}
	findings := d.run(t, doc, v)
	now := &memory{doc: doc, snapshot: v, noted: d.noted, steps: d.steps + d.Steps(), decoded: d.fresh[doc]}
	if before != nil {
		now.steps += before.steps
	}
	return now, findings
}
