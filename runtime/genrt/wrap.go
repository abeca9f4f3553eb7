package genrt

import (
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// An Optional is the table of an rt.Optional. Nullable allows null.
type Optional struct {
	Elem     Type
	Nullable bool
	As       Cell
}

// A Cell accesses the rt.Optional of one Go type. Only the types [Some] implement it.
// Every generated package has many such types, so the code that depends on the type is
// kept this small.
type Cell interface {
	// get returns a pointer to the value in p, nil if there is none, and whether p is
	// null.
	get(p any) (value any, isNull bool)
	// put makes p null, or makes it hold a zero value and returns a pointer to that.
	put(p any, null bool) any
}

// Some is the Cell of an [rt.Optional] of T.
type Some[T any] struct{}

func (*Some[T]) get(p any) (value any, isNull bool) {
	o := p.(*rt.Optional[T])
	if v := o.Ref(); v != nil {
		return v, false
	}
	return nil, o.IsNull()
}

func (*Some[T]) put(p any, null bool) any {
	o := p.(*rt.Optional[T])
	if null {
		*o = rt.Null[T]()
		return nil
	}
	var zero T
	*o = rt.Some(zero)
	return o.Ref()
}

// held returns a pointer to the value in p; nil if there is none.
func (t *Optional) held(p any) any {
	v, _ := t.As.get(p)
	return v
}

func (t *Optional) elem() Type          { return t.Elem }
func (t *Optional) Kind() document.Kind { return t.Elem.Kind() }
func (t *Optional) AllowsNull() bool    { return t.Nullable || t.Elem.AllowsNull() }

func (t *Optional) decode(d *decoder, n *document.Node, p any) {
	if n.Kind() == document.Null && t.Nullable {
		t.As.put(p, true)
		return
	}
	d.handOn(n, p, t.held)
	t.Elem.decode(d, n, t.As.put(p, false))
}

func (t *Optional) encode(e *encoder, p any) {
	if v := t.held(p); v != nil {
		t.Elem.encode(e, v)
		return
	}
	e.raw("null")
}

func (t *Optional) equal(a, b any) bool {
	x, nullA := t.As.get(a)
	y, nullB := t.As.get(b)
	if x == nil || y == nil {
		return x == y && nullA == nullB
	}
	return t.Elem.equal(x, y)
}

func (t *Optional) clone(dst, src any) {
	if v, isNull := t.As.get(src); v != nil {
		t.Elem.clone(t.As.put(dst, false), v)
	} else if isNull {
		t.As.put(dst, true)
	}
}

func (t *Optional) set(p any) bool { return t.held(p) != nil }

func (t *Optional) encoded(p any) bool {
	v, isNull := t.As.get(p)
	return v != nil || isNull
}

func (t *Optional) ref(p any) any {
	if v := t.held(p); v != nil {
		return t.Elem.ref(v)
	}
	return nil
}

func (t *Optional) value(p any) any {
	v, isNull := t.As.get(p)
	if v != nil {
		return t.Elem.value(v)
	}
	if isNull {
		return rt.Null[any]()
	}
	return nil
}

// A Secret is the table of an rt.Secret.
type Secret[T any] struct {
	leaf
	Elem Type
}

func (t *Secret[T]) Kind() document.Kind { return t.Elem.Kind() }

func (t *Secret[T]) decode(d *decoder, n *document.Node, p any) {
	s := p.(*rt.Secret[T])
	if n.Kind() == document.String && n.Text() == document.Redacted {
		d.Find(n, wording.IsRedacted)
		return
	}
	defer d.EnterSecret()()
	var v T
	t.Elem.decode(d, n, &v)
	*s = rt.NewSecret(v)
}

// isSecret reports whether values of t are secrets.
func isSecret(t Type) bool {
	_, ok := innermost(t).(interface{ secret() })
	return ok
}

func (t *Secret[T]) secret() {}

func (t *Secret[T]) encode(e *encoder, p any) {
	if !e.reveal {
		e.text(document.Redacted)
		return
	}
	t.Elem.encode(e, p.(*rt.Secret[T]).Ref())
}
func (t *Secret[T]) value(p any) any { return *p.(*rt.Secret[T]) }
func (t *Secret[T]) equal(a, b any) bool {
	return t.Elem.equal(a.(*rt.Secret[T]).Ref(), b.(*rt.Secret[T]).Ref())
}
func (t *Secret[T]) clone(dst, src any) {
	var v T
	t.Elem.clone(&v, src.(*rt.Secret[T]).Ref())
	*dst.(*rt.Secret[T]) = rt.NewSecret(v)
}
