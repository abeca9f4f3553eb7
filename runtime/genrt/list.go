package genrt

import (
	"slices"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"
)

// A List is the table of a slice. A nil slice is an absent list.
type List[S ~[]T, T any] struct {
	leaf
	Elem   Type
	Length Count
	Unique bool
	// One is the type of a single item if it may replace a list of one; nil if it may
	// not.
	One Type
	// Merge decides how the lists of two layers are merged (x-merge). Only a [Keyed]
	// merges by key.
	Merge document.ListMerge
}

func (t *List[S, T]) Kind() document.Kind {
	if t.One != nil {
		return 0
	}
	return document.List
}

func (t *List[S, T]) decode(d *decoder, n *document.Node, p any) {
	if t.One != nil && n.Kind() != document.List {
		if one := t.One.Kind(); one != 0 && one != n.Kind() {
			d.wrongOuter(t, n, wording.Kinds(one, document.List))
			return
		}
		s := make(S, 1)
		t.One.decode(d, n, &s[0])
		*p.(*S) = s
		return
	}
	if n.Kind() != document.List {
		d.wrongOuter(t, n, "a list")
		return
	}
	d.Items(n, &t.Length, t.Unique)
	was, value, decoded := d.counterpart(n, p)
	if was == nil {
		t.decodeItems(d, n.Items(), 0, p)
		return
	}
	t.decodeAfter(d, n.Items(), was.Items(), p, *value.(*S), decoded)
}

// decodeAfter decodes the items that are not those of the earlier list. The items at its
// beginning and end are compared with those at the same distance from there, so that the
// items after a new one are found.
func (t *List[S, T]) decodeAfter(d *decoder, items, was []*document.Node, p any, earlier S, decoded *fresh) {
	s := make(S, len(items))
	*p.(*S) = s
	from, to := 0, len(items)
	for from < min(len(items), len(was)) && d.sharesValue(was[from], items[from]) {
		from++
	}
	shift := len(was) - len(items)
	for to > from && to+shift > from && d.sharesValue(was[to+shift-1], items[to-1]) {
		to--
	}
	copy(s[:from], earlier)
	copy(s[to:], earlier[to+shift:])
	for i := from; i < to; i++ {
		if shift == 0 {
			d.follow(items[i], was[i], &earlier[i])
		}
		before := len(d.Findings)
		d.EnterIndex(i)
		t.Elem.decode(d, items[i], &s[i])
		d.Leave()
		d.note(items[i], before)
		decoded.add(d, dispatch.Step{Field: i}, items[i])
	}
}

// equalAfter is equal for an earlier list and what was decoded after it.
func (t *List[S, T]) equalAfter(a, b any, decoded *fresh) bool {
	x, y := *a.(*S), *b.(*S)
	return len(x) == len(y) && !slices.ContainsFunc(decoded.parts, func(part freshPart) bool {
		i := part.step.Field
		return !t.Elem.equal(&x[i], &y[i])
	})
}

func (t *List[S, T]) decodeItems(d *decoder, items []*document.Node, from int, p any) {
	s := make(S, len(items))
	for i, item := range items {
		d.EnterIndex(from + i)
		before := len(d.Findings)
		t.Elem.decode(d, item, &s[i])
		d.note(item, before)
		d.Leave()
	}
	*p.(*S) = s
}

func (t *List[S, T]) encode(e *encoder, p any) {
	e.raw("[")
	t.encodeItems(e, p, true)
	e.raw("]")
}

func (t *List[S, T]) encodeItems(e *encoder, p any, first bool) {
	s := *p.(*S)
	for i := range s {
		if i > 0 || !first {
			e.raw(",")
		}
		t.Elem.encode(e, &s[i])
	}
}

func (t *List[S, T]) equal(a, b any) bool {
	x, y := *a.(*S), *b.(*S)
	if len(x) != len(y) || (x == nil) != (y == nil) {
		return false
	}
	for i := range x {
		if !t.Elem.equal(&x[i], &y[i]) {
			return false
		}
	}
	return true
}

func (t *List[S, T]) clone(dst, src any) {
	from := *src.(*S)
	if from == nil {
		return
	}
	to := make(S, len(from))
	for i := range from {
		t.Elem.clone(&to[i], &from[i])
	}
	*dst.(*S) = to
}

func (t *List[S, T]) set(p any) bool     { return *p.(*S) != nil }
func (t *List[S, T]) encoded(p any) bool { return *p.(*S) != nil }

func (t *List[S, T]) ref(p any) any {
	if *p.(*S) == nil {
		return nil
	}
	return p
}

func (t *List[S, T]) value(p any) any {
	if *p.(*S) == nil {
		return nil
	}
	return *p.(*S)
}
