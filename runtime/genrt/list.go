package genrt

import (
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
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
	t.decodeItems(d, n.Items(), 0, p)
}

func (t *List[S, T]) decodeItems(d *decoder, items []*document.Node, from int, p any) {
	s := make(S, len(items))
	for i, item := range items {
		d.EnterIndex(from + i)
		t.Elem.decode(d, item, &s[i])
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
