package schema

import (
	"github.com/hotbind/hotbind/runtime/document"
)

// An obstacle is a keyword that a draft does not have, or not as it is written.
type obstacle struct {
	at      Place
	keyword string
	lacking bool // the draft does not have it
}

// choose returns the newest draft in which all of a schema file is well formed, and
// what keeps it from being one of the next draft. What no draft allows keeps it from
// none: it is reported when the schema is read. Where no draft is left, it is the
// newest.
func choose(n *document.Node) (Draft, *obstacle) {
	c := chooser{left: everyDraft, seen: map[*document.Node]bool{}}
	c.schema(n, Place{Pos: n.Pos(), Pointer: "#"}, nil)
	for d := Newest; d >= Draft4; d-- {
		if c.left.has(d) {
			return d, c.why[d+1]
		}
	}
	return Newest, nil
}

// draftSet is a set of drafts.
type draftSet uint

const everyDraft draftSet = 1<<(Newest+1) - 1<<Draft4

func setOf(d Draft) draftSet { return 1 << d }

func (s draftSet) has(d Draft) bool { return s&setOf(d) != 0 }

// A chooser goes through a schema file once and rules out drafts.
type chooser struct {
	left draftSet
	why  [Newest + 2]*obstacle
	seen map[*document.Node]bool // a node that YAML aliases is in several places
}

// schema goes through a schema under the keyword k, nil for the file itself.
func (c *chooser) schema(n *document.Node, at Place, k *Keyword) {
	if c.left == 0 || c.seen[n] {
		return
	}
	c.seen[n] = true
	if n.Kind() == document.Bool && k != nil && k.value(Draft4) != schemaOrFlagValue {
		c.ruleOut(setOf(Draft4), obstacle{at, k.Name, false})
	}
	for i := range n.Members() {
		m := &n.Members()[i]
		if k := Named(m.Key()); k != nil {
			place := under(at, m)
			c.keyword(k, m.Value(), place)
			c.below(k, m.Value(), place)
		}
	}
}

// keyword rules out the drafts that lack k, or do not allow n under it.
func (c *chooser) keyword(k *Keyword, n *document.Node, at Place) {
	var lacking, malformed draftSet
	wrong := map[value]bool{} // a value is checked once, whichever drafts have it
	for d := Draft4; d <= Newest; d++ {
		v := k.value(d)
		if _, known := wrong[v]; !known {
			wrong[v] = len(v.faults(n, at)) > 0
		}
		switch {
		case !k.In(d):
			lacking |= setOf(d)
		case wrong[v]:
			malformed |= setOf(d)
		}
	}
	if lacking|malformed != everyDraft {
		c.ruleOut(lacking, obstacle{at, k.Name, true})
		c.ruleOut(malformed, obstacle{at, k.Name, false})
	}
}

func (c *chooser) ruleOut(drafts draftSet, why obstacle) {
	for d := Draft4; d <= Newest; d++ {
		if drafts.has(d) && c.why[d] == nil {
			c.why[d] = &why
		}
	}
	c.left &^= drafts
}

// below goes through the schemas in the value of a keyword.
func (c *chooser) below(k *Keyword, n *document.Node, at Place) {
	var holds uint8
	for _, f := range k.forms {
		holds |= values[f.value].holds
	}
	if holds&isSchema != 0 {
		c.schema(n, at, k)
	}
	for i := range n.Items() {
		if holds&inList != 0 {
			c.schema(n.Items()[i], item(at, n, i), k)
		}
	}
	for i := range n.Members() {
		if holds&byKey != 0 {
			c.schema(n.Members()[i].Value(), under(at, &n.Members()[i]), k)
		}
	}
}

// String names what makes the draft the newest one.
func (o *obstacle) String() string {
	if o.lacking {
		return "the newest draft with the keyword " + o.keyword
	}
	return "the newest draft that allows this value of " + o.keyword
}
