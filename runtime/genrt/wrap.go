package genrt

import (
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/internal/wording"

	rt "github.com/hotbind/hotbind/runtime"
)

// An Optional is the table of an rt.Optional. Nullable allows null.
type Optional[T any] struct {
	Elem     Type
	Nullable bool
}

func (t *Optional[T]) elem() Type          { return t.Elem }
func (t *Optional[T]) Kind() document.Kind { return t.Elem.Kind() }
func (t *Optional[T]) AllowsNull() bool    { return t.Nullable || t.Elem.AllowsNull() }

func (t *Optional[T]) Properties() []rt.Property { return t.Elem.Properties() }

func (t *Optional[T]) decode(d *decoder, n *document.Node, p any) {
	o := p.(*rt.Optional[T])
	if n.Kind == document.Null && t.Nullable {
		*o = rt.Null[T]()
		return
	}
	*o = rt.Some(*new(T))
	t.Elem.decode(d, n, o.Ref())
}

func (t *Optional[T]) encode(b []byte, p any) []byte {
	if v := p.(*rt.Optional[T]).Ref(); v != nil {
		return t.Elem.encode(b, v)
	}
	return append(b, "null"...)
}

func (t *Optional[T]) equal(a, b any) bool {
	x, y := a.(*rt.Optional[T]), b.(*rt.Optional[T])
	if !x.IsSet() || !y.IsSet() {
		return x.IsSet() == y.IsSet() && x.IsNull() == y.IsNull()
	}
	return t.Elem.equal(x.Ref(), y.Ref())
}

func (t *Optional[T]) clone(dst, src any) {
	from, to := src.(*rt.Optional[T]), dst.(*rt.Optional[T])
	if !from.IsSet() {
		*to = *from
		return
	}
	*to = rt.Some(*new(T))
	t.Elem.clone(to.Ref(), from.Ref())
}

func (t *Optional[T]) set(p any) bool     { return p.(*rt.Optional[T]).IsSet() }
func (t *Optional[T]) encoded(p any) bool { return !p.(*rt.Optional[T]).IsZero() }

func (t *Optional[T]) ref(p any) any {
	if v := p.(*rt.Optional[T]).Ref(); v != nil {
		return t.Elem.ref(v)
	}
	return nil
}

func (t *Optional[T]) value(p any) any {
	o := p.(*rt.Optional[T])
	if v := o.Ref(); v != nil {
		return t.Elem.value(v)
	}
	if o.IsNull() {
		return *o
	}
	return nil
}

func (t *Optional[T]) diff(ds []dispatch.Delta, before, after any) ([]dispatch.Delta, bool) {
	return t.Elem.diff(ds, before.(*rt.Optional[T]).Ref(), after.(*rt.Optional[T]).Ref())
}

func (t *Optional[T]) parts(ds []dispatch.Delta, kind rt.ChangeKind, p any) []dispatch.Delta {
	return t.Elem.parts(ds, kind, p.(*rt.Optional[T]).Ref())
}

func (t *Optional[T]) step(p any, s dispatch.Step) any {
	if v := p.(*rt.Optional[T]).Ref(); v != nil {
		return t.Elem.step(v, s)
	}
	return nil
}

func (t *Optional[T]) at(s dispatch.Step) Type { return t.Elem.at(s) }

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
