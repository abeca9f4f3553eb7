package genrt

import (
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"

	rt "github.com/hotbind/hotbind/runtime"
)

// Checked is the table of a type whose schema asks for more than the type can
// say: a value is checked by a rule before it is read. As an Entries field it is
// the map inside, unchecked; check the entries instead.
type Checked struct {
	Elem  Type
	Rules *Rules
	Rule  int
}

func (t *Checked) elem() Type { return t.Elem }

func (t *Checked) decode(d *decoder, n *document.Node, p any) {
	d.decodeAs(t.Elem, t.Rules, t.Rule, n, false, func() { t.Elem.decode(d, n, p) })
}

func (t *Checked) Kind() document.Kind             { return t.Elem.Kind() }
func (t *Checked) AllowsNull() bool                { return t.Elem.AllowsNull() }
func (t *Checked) encode(e *encoder, p any)        { t.Elem.encode(e, p) }
func (t *Checked) equal(a, b any) bool             { return t.Elem.equal(a, b) }
func (t *Checked) clone(dst, src any)              { t.Elem.clone(dst, src) }
func (t *Checked) set(p any) bool                  { return t.Elem.set(p) }
func (t *Checked) encoded(p any) bool              { return t.Elem.encoded(p) }
func (t *Checked) ref(p any) any                   { return t.Elem.ref(p) }
func (t *Checked) value(p any) any                 { return t.Elem.value(p) }
func (t *Checked) step(p any, s dispatch.Step) any { return t.Elem.step(p, s) }
func (t *Checked) at(s dispatch.Step) Type         { return t.Elem.at(s) }
func (t *Checked) diff(ds []dispatch.Delta, before, after any) ([]dispatch.Delta, bool) {
	return t.Elem.diff(ds, before, after)
}
func (t *Checked) parts(ds []dispatch.Delta, kind rt.ChangeKind, p any) []dispatch.Delta {
	return t.Elem.parts(ds, kind, p)
}
