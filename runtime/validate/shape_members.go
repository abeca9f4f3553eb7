package validate

import (
	"slices"

	"github.com/hotbind/hotbind/runtime/document"
)

// A property is one that a shape declares.
type property struct {
	document.Property
	conditional bool // declared by alternatives only
}

// Properties implements [document.Shape]. The list is made once and must not be
// changed.
func (h *shape) Properties() []document.Property {
	h.prepare()
	h.completed()
	return slices.Clip(h.listed)
}

// findProperties finds what is declared: first what surely is, then what
// alternatives declare, then what is only required.
func (h *shape) findProperties() {
	if h.kinds&kindObject == 0 {
		return
	}
	x := h.schema.index
	seen := map[string]bool{}
	add := func(key string, conditional bool) {
		if shape, allowed := h.member(key); allowed && !seen[key] && shape != nil {
			seen[key] = true
			h.properties = append(h.properties, property{document.Property{Key: key, Shape: shape}, conditional})
		}
	}
	for _, n := range h.sure {
		if p := n.Get("properties"); p != nil && !x.alone(n) {
			for _, m := range p.Members {
				add(m.Key, false)
			}
		}
	}
	if !h.closed() {
		for _, c := range h.maybe {
			if p := c.Get("properties"); p != nil && !c.asked && !x.alone(c.Node) {
				for _, m := range p.Members {
					add(m.Key, true)
				}
			}
		}
	}
	for _, n := range h.sure {
		if r := n.Get("required"); r != nil && !x.alone(n) && len(h.properties) > 0 {
			for _, key := range r.Items {
				if !seen[key.Text] {
					seen[key.Text] = true
					shape, _ := h.member(key.Text)
					if shape == nil {
						shape = h.schema.shape(nil, nil, nil)
					}
					h.properties = append(h.properties, property{document.Property{Key: key.Text, Shape: shape}, true})
				}
			}
		}
	}
}

// closed reports whether the schema says something of undeclared properties.
func (h *shape) closed() bool {
	return slices.ContainsFunc(h.sure, func(n *document.Node) bool {
		a := n.Get("additionalProperties")
		return a != nil && (a.Kind == document.Object || a.Text == "false")
	})
}

// Member implements [document.Shape].
func (h *shape) Member(key string) (document.Shape, bool) {
	h.prepare()
	if h.kinds&kindObject == 0 {
		return nil, false
	}
	if h.choice != nil && !slices.ContainsFunc(h.branches, func(b *shape) bool { _, allowed := b.Member(key); return allowed }) {
		return nil, false
	}
	shape, allowed := h.member(key)
	if shape == nil {
		return nil, allowed // and not a nil pointer
	}
	return shape, allowed
}

// Undeclared implements [document.Shape].
func (h *shape) Undeclared() (shapes []document.Shape) {
	h.prepare()
	if h.kinds&kindObject == 0 {
		return nil
	}
	add := func(n *document.Node) {
		if n != nil && !isNever(n) {
			shapes = append(shapes, h.schema.shape([]*document.Node{n}, nil, nil))
		}
	}
	schemas := slices.Clone(h.sure)
	for _, c := range h.maybe {
		schemas = append(schemas, c.Node)
	}
	for _, n := range schemas {
		if h.schema.index.alone(n) {
			continue
		}
		if patterns := n.Get("patternProperties"); patterns != nil {
			for _, m := range patterns.Members {
				add(m.Value)
			}
		}
		add(n.Get("additionalProperties"))
		add(n.Get("unevaluatedProperties"))
	}
	if _, allowed := h.member(unlikelyKey); allowed && h.choice != nil || allowed && !h.closed() {
		shapes = append(shapes, nil)
	}
	return shapes
}

// unlikelyKey is a name that no schema declares.
const unlikelyKey = "\x00"

// member is the shape of a member; nil where the schema says nothing of it.
func (h *shape) member(key string) (*shape, bool) {
	x := h.schema.index
	var all, some, rest []*document.Node
	for _, n := range h.sure {
		if x.alone(n) {
			continue
		}
		said := x.saidOf(n, key)
		if a := n.Get("additionalProperties"); len(said) == 0 && a != nil {
			said = append(said, a)
		}
		all = addNodes(all, said)
		if u := n.Get("unevaluatedProperties"); u != nil {
			rest = append(rest, u)
		}
	}
	for _, c := range h.maybe {
		if x.alone(c.Node) {
			continue
		}
		said := x.saidOf(c.Node, key)
		if a := c.Get("additionalProperties"); len(said) == 0 && a != nil {
			said = append(said, a)
		}
		some = addNodes(some, said)
	}
	some = slices.DeleteFunc(some, isNever)
	if len(all)+len(some) == 0 {
		all = rest
	}
	if slices.ContainsFunc(all, isNever) {
		return nil, false
	}
	if len(all)+len(some) == 0 {
		return nil, true
	}
	return h.schema.shape(all, some, nil), true
}

func isNever(n *document.Node) bool { return n.Kind == document.Bool && n.Text == "false" }

// addNodes adds those that say something and are not there yet.
func addNodes(list, more []*document.Node) []*document.Node {
	for _, n := range more {
		if !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return list
}

// saidOf are the schemas that n has for a property by its name.
func (x *index) saidOf(n *document.Node, key string) (said []*document.Node) {
	if p := n.Get("properties").Get(key); p != nil {
		said = append(said, p)
	}
	if patterns := n.Get("patternProperties"); patterns != nil {
		for _, m := range patterns.Members {
			if x.matchesKey(m.Key, key) {
				said = append(said, m.Value)
			}
		}
	}
	return said
}

// Item implements [document.Shape]. Where items differ by their place it is what
// any of them may be.
func (h *shape) Item() document.Shape {
	h.prepare()
	if h.kinds&kindList == 0 {
		return nil
	}
	var all, some []*document.Node
	x := h.schema.index
	for _, n := range h.sure {
		if x.alone(n) {
			continue
		}
		items := n.Get("items")
		tuple := n.Get("prefixItems") != nil || items != nil && items.Kind == document.List
		for _, c := range children(n, []string{"items", "additionalItems", "unevaluatedItems", "contains"}, listNameless, nil) {
			if c == items && !tuple {
				all = addNodes(all, []*document.Node{c})
			} else {
				some = addNodes(some, []*document.Node{c})
			}
		}
	}
	for _, c := range h.maybe {
		some = addNodes(some, children(c.Node, []string{"items", "additionalItems", "unevaluatedItems", "contains"}, listNameless, nil))
	}
	if len(all)+len(some) == 0 {
		return nil
	}
	return h.schema.shape(all, some, nil)
}
