package genrt

import (
	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// Checked is the table of a type whose schema asks for more than the type can
// say: a value is checked by a rule before it is read. As an Entries field it is
// the map inside, unchecked; check the entries instead.
type Checked struct {
	Type
	Rules *Rules
	Rule  int
}

func (t *Checked) elem() Type { return t.Type }

func (t *Checked) decode(d *decoder, n *document.Node, p any) {
	d.decodeAs(t.Type, t.Rules, t.Rule, n, func() { t.Type.decode(d, n, p) })
}

// decodeAs reads a value of type t that rule binds too.
func (d *decoder) decodeAs(t Type, rules *Rules, rule int, n *document.Node, decode func()) {
	if rule == 0 || !isSecret(t) {
		d.decodeObeying(rules, rule, n, decode)
		return
	}
	if n.Kind == document.String && n.Text == rt.Redacted {
		decode() // which says all there is to say
		return
	}
	leave := d.enterSecret()
	d.decodeObeying(rules, rule, n, decode)
	leave()
}
