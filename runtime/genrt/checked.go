package genrt

import (
	"github.com/hotbind/hotbind/runtime/document"
)

// Checked is the table of a type whose schema has rules that the type cannot express: a
// rule checks a value before it is decoded. As an Entries field it is the map inside,
// unchecked; check the entries instead.
type Checked struct {
	Type
	Rules *Rules
	Rule  int
}

func (t *Checked) elem() Type { return t.Type }

func (t *Checked) decode(d *decoder, n *document.Node, p any) {
	d.decodeAs(t.Type, t.Rules, t.Rule, n, false, func() { t.Type.decode(d, n, p) })
}
