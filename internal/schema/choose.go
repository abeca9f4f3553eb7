package schema

import (
	"github.com/hotbind/hotbind/runtime/document"
)

// An obstacle is a keyword that a draft does not have, or not in the form in which it
// is written.
type obstacle struct {
	at      Place
	keyword string
	lacking bool // the draft does not have it
}

// choose returns the newest draft in which the whole schema file is well formed, and
// the obstacle to reading it as the next one. What no draft allows is ignored here and
// reported when the schema is read. If no draft is left, choose returns the newest.
func choose(n *document.Node) (Draft, *obstacle) {
	c := chooser{seen: map[*document.Node]bool{}}
	c.schema(n, Place{Pos: n.Pos(), Pointer: "#"}, nil)
	for d := Newest; d >= Draft4; d-- {
		if c.why[d] == nil {
			return d, c.why[d+1]
		}
	}
	return Newest, nil
}

// A chooser walks through a schema file once and finds what each draft does not allow.
type chooser struct {
	why  [Newest + 2]*obstacle   // the first of each draft
	seen map[*document.Node]bool // a YAML alias puts a node in several places
}

// schema walks through a schema under the keyword k, or nil for the file itself.
func (c *chooser) schema(n *document.Node, at Place, k *Keyword) {
	if c.seen[n] {
		return
	}
	c.seen[n] = true
	if n.Kind() == document.Bool && k != nil && k.value(Draft4) != schemaOrFlagValue {
		c.add(Draft4, &obstacle{at, k.Name, false})
	}
	for at, m := range members(n, at) {
		if k := Named(m.Key()); k != nil {
			c.keyword(k, m.Value(), at)
			c.below(k, m.Value(), at)
		}
	}
}

// keyword records the drafts that lack k or do not allow n under it.
func (c *chooser) keyword(k *Keyword, n *document.Node, at Place) {
	var why [Newest + 1]*obstacle
	var checked *value // checked once, whichever drafts have it
	allowed, wrong := false, false
	for d := Draft4; d <= Newest; d++ {
		if v := k.value(d); v != checked {
			checked, wrong = v, len(v.faults(n, at)) > 0
		}
		if lacking := !k.In(d); lacking || wrong {
			why[d] = &obstacle{at, k.Name, lacking}
		} else {
			allowed = true
		}
	}
	for d := Draft4; d <= Newest && allowed; d++ {
		c.add(d, why[d])
	}
}

func (c *chooser) add(d Draft, why *obstacle) {
	if c.why[d] == nil {
		c.why[d] = why
	}
}

// below walks through the schemas in the value of a keyword.
func (c *chooser) below(k *Keyword, n *document.Node, at Place) {
	var holds uint8
	for _, f := range k.forms {
		holds |= f.value.holds
	}
	if holds&isSchema != 0 {
		c.schema(n, at, k)
	}
	if holds&inList != 0 {
		for at, item := range items(n, at) {
			c.schema(item, at, k)
		}
	}
	if holds&byKey != 0 {
		for at, m := range members(n, at) {
			c.schema(m.Value(), at, k)
		}
	}
}

// String names what makes the draft the newest one.
func (o *obstacle) String() string {
	if o.lacking {
		return "the newest with the keyword " + o.keyword
	}
	return "the newest that allows this value of " + o.keyword
}
