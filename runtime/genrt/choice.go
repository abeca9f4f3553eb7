package genrt

import (
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/internal/wording"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Choice is the table of one Go type whose values the schema checks in
// several ways: at least one must accept a value, or exactly one (One). All
// branches are tables of T and differ in their checks only.
type Choice[T any] struct {
	Branches []Type
	One      bool
}

func (t *Choice[T]) decode(d *decoder, n *document.Node, p any) {
	var nearest document.Findings
	accepted := 0
	for i, b := range t.Branches {
		var v T
		found := d.try(b, n, &v)
		if len(found.Errors()) == 0 {
			if accepted++; accepted == 1 {
				*p.(*T) = v
			}
		} else if i == 0 || len(found) < len(nearest) {
			nearest = found
		}
	}
	switch {
	case accepted == 0:
		d.findings = append(d.findings, nearest...)
	case accepted > 1 && t.One:
		d.find(n, wording.TooMany(accepted), "")
	}
}

// The branches read and write alike, so that the first stands for all.
func (t *Choice[T]) first() Type                     { return t.Branches[0] }
func (t *Choice[T]) Kind() document.Kind             { return t.first().Kind() }
func (t *Choice[T]) AllowsNull() bool                { return false }
func (t *Choice[T]) Properties() []rt.Property       { return t.first().Properties() }
func (t *Choice[T]) encode(b []byte, p any) []byte   { return t.first().encode(b, p) }
func (t *Choice[T]) equal(a, b any) bool             { return t.first().equal(a, b) }
func (t *Choice[T]) clone(dst, src any)              { t.first().clone(dst, src) }
func (t *Choice[T]) set(p any) bool                  { return t.first().set(p) }
func (t *Choice[T]) encoded(p any) bool              { return t.first().encoded(p) }
func (t *Choice[T]) ref(p any) any                   { return t.first().ref(p) }
func (t *Choice[T]) value(p any) any                 { return t.first().value(p) }
func (t *Choice[T]) step(p any, s dispatch.Step) any { return t.first().step(p, s) }
func (t *Choice[T]) at(s dispatch.Step) Type         { return t.first().at(s) }
func (t *Choice[T]) diff(ds []dispatch.Delta, before, after any) ([]dispatch.Delta, bool) {
	return t.first().diff(ds, before, after)
}
func (t *Choice[T]) parts(ds []dispatch.Delta, kind rt.ChangeKind, p any) []dispatch.Delta {
	return t.first().parts(ds, kind, p)
}
