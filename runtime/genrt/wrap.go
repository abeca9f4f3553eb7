package genrt

import (
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/internal/wording"

	rt "github.com/hotbind/hotbind/runtime"
)

// An Optional is the table of an rt.Optional. Nullable allows null.
type Optional struct {
	Elem     Type
	Nullable bool
	As       Cell
}

// A Cell reaches into the rt.Optional of one Go type. The types [Some] are the
// only ones: what of an optional depends on its type stays this small, because
// every generated package has many types.
type Cell interface {
	// get returns a pointer to the value in p, nil where there is none.
	get(p any) any
	// put makes p hold a zero value and returns a pointer to it.
	put(p any) any
	// null makes p null, isNull tells whether it is.
	null(p any)
	isNull(p any) bool
}

// Some is the Cell of an rt.Optional[T].
type Some[T any] struct{}

func (*Some[T]) get(p any) any {
	if v := p.(*rt.Optional[T]).Ref(); v != nil {
		return v
	}
	return nil
}

func (*Some[T]) put(p any) any {
	o := p.(*rt.Optional[T])
	*o = rt.Some(*new(T))
	return o.Ref()
}

func (*Some[T]) null(p any)        { *p.(*rt.Optional[T]) = rt.Null[T]() }
func (*Some[T]) isNull(p any) bool { return p.(*rt.Optional[T]).IsNull() }

func (t *Optional) elem() Type          { return t.Elem }
func (t *Optional) Kind() document.Kind { return t.Elem.Kind() }
func (t *Optional) AllowsNull() bool    { return t.Nullable || t.Elem.AllowsNull() }

func (t *Optional) Properties() []rt.Property { return t.Elem.Properties() }

func (t *Optional) decode(d *decoder, n *document.Node, p any) {
	if n.Kind == document.Null && t.Nullable {
		t.As.null(p)
		return
	}
	t.Elem.decode(d, n, t.As.put(p))
}

func (t *Optional) encode(b []byte, p any) []byte {
	if v := t.As.get(p); v != nil {
		return t.Elem.encode(b, v)
	}
	return append(b, "null"...)
}

func (t *Optional) equal(a, b any) bool {
	x, y := t.As.get(a), t.As.get(b)
	if x == nil || y == nil {
		return x == y && t.As.isNull(a) == t.As.isNull(b)
	}
	return t.Elem.equal(x, y)
}

func (t *Optional) clone(dst, src any) {
	if v := t.As.get(src); v != nil {
		t.Elem.clone(t.As.put(dst), v)
	} else if t.As.isNull(src) {
		t.As.null(dst)
	}
}

func (t *Optional) set(p any) bool     { return t.As.get(p) != nil }
func (t *Optional) encoded(p any) bool { return t.set(p) || t.As.isNull(p) }

func (t *Optional) ref(p any) any {
	if v := t.As.get(p); v != nil {
		return t.Elem.ref(v)
	}
	return nil
}

func (t *Optional) value(p any) any {
	if v := t.As.get(p); v != nil {
		return t.Elem.value(v)
	}
	if t.As.isNull(p) {
		return rt.Null[any]()
	}
	return nil
}

func (t *Optional) diff(ds []dispatch.Delta, before, after any) ([]dispatch.Delta, bool) {
	return t.Elem.diff(ds, t.As.get(before), t.As.get(after))
}

func (t *Optional) parts(ds []dispatch.Delta, kind rt.ChangeKind, p any) []dispatch.Delta {
	return t.Elem.parts(ds, kind, t.As.get(p))
}

func (t *Optional) step(p any, s dispatch.Step) any {
	if v := t.As.get(p); v != nil {
		return t.Elem.step(v, s)
	}
	return nil
}

func (t *Optional) at(s dispatch.Step) Type { return t.Elem.at(s) }

// A Secret is the table of an rt.Secret.
type Secret[T any] struct {
	leaf
	Elem Type
}

func (t *Secret[T]) Kind() document.Kind { return t.Elem.Kind() }

func (t *Secret[T]) decode(d *decoder, n *document.Node, p any) {
	s := p.(*rt.Secret[T])
	if n.Kind == document.String && n.Text == rt.Redacted {
		d.find(n, wording.IsRedacted(), "")
		return
	}
	defer d.enterSecret()()
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

func (t *Secret[T]) encode(b []byte, _ any) []byte { return appendString(b, rt.Redacted) }
func (t *Secret[T]) value(p any) any               { return *p.(*rt.Secret[T]) }
func (t *Secret[T]) equal(a, b any) bool {
	return t.Elem.equal(a.(*rt.Secret[T]).Ref(), b.(*rt.Secret[T]).Ref())
}
func (t *Secret[T]) clone(dst, src any) {
	var v T
	t.Elem.clone(&v, src.(*rt.Secret[T]).Ref())
	*dst.(*rt.Secret[T]) = rt.NewSecret(v)
}
func (t *Secret[T]) diff(ds []dispatch.Delta, a, b any) ([]dispatch.Delta, bool) {
	return ds, !t.equal(a, b)
}
