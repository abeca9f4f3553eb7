// Package restart handles properties that only a restart may change: those marked
// x-reload: restart.
package restart

import (
	"slices"

	"github.com/hotbind/hotbind/runtime/document"
)

// Needs reports whether the property key of a section is marked. Section may be nil.
func Needs(section document.Shape, key string) bool {
	return section != nil && slices.ContainsFunc(section.Properties(), func(p document.Property) bool { return p.Restart && p.Key == key })
}

// A Holding builds documents that keep the values in force of properties that need a
// restart.
type Holding struct {
	Whole  bool // a section that is added or removed with a marked property waits as a whole
	Parted bool // such a section was split into a part that waits and a part that does not
}

// Marked reports whether a property is marked anywhere in a shape.
func Marked(shape document.Shape) bool { return marked(shape, map[document.Shape]bool{}) }

func marked(shape document.Shape, seen map[document.Shape]bool) bool {
	if shape == nil || seen[shape] {
		return false
	}
	seen[shape] = true
	for _, p := range shape.Properties() {
		if p.Restart || marked(p.Shape, seen) {
			return true
		}
	}
	below := func(s document.Shape) bool { return marked(s, seen) }
	return slices.ContainsFunc(shape.Undeclared(), below) || below(shape.Item())
}

// Back returns next with the values of running for every property marked x-reload:
// restart; next itself if nothing differs there. It leaves an entry of a map or an item
// as it is in next if only one of the two has it.
func (h *Holding) Back(running, next *document.Node, shape document.Shape) *document.Node {
	switch {
	case shape == nil || running == next || running == nil || next == nil || running.Kind() != next.Kind():
		return next
	case next.Kind() == document.Object:
		return h.object(running, next, shape)
	case next.Kind() == document.List && shape.Item() != nil:
		return h.list(running, next, shape)
	}
	return next
}

// section is Back for a declared property, which either document may lack. What is marked
// in a section waits even if the section itself appears or goes.
func (h *Holding) section(running, next *document.Node, shape document.Shape) *document.Node {
	was, is := isObject(running), isObject(next)
	if shape == nil || was == is {
		return h.Back(running, next, shape)
	}
	if is {
		held := h.object(document.NewObject(nil, next.Pos()), next, shape)
		if held == next {
			return next
		}
		h.Parted = true
		if h.Whole || len(held.Members()) == 0 {
			return running
		}
		return held
	}
	held := h.object(running, document.NewObject(nil, running.Pos()), shape)
	if len(held.Members()) == 0 {
		return next
	}
	h.Parted = true
	if h.Whole {
		return running
	}
	return held
}

func isObject(n *document.Node) bool { return n != nil && n.Kind() == document.Object }

func (h *Holding) object(running, next *document.Node, shape document.Shape) *document.Node {
	marked, declared := map[string]bool{}, map[string]bool{}
	for _, p := range shape.Properties() {
		marked[p.Key], declared[p.Key] = p.Restart, true
	}
	held := overlay{node: next}
	before := lookup(running)
	for i := range next.Members() {
		m := next.Members()[i]
		below, _ := shape.Member(m.Key())
		was := before(i, m.Key())
		switch {
		case !declared[m.Key()]:
			held.member(i, h.Back(was, m.Value(), below))
		case !marked[m.Key()]:
			held.member(i, h.section(was, m.Value(), below))
		case !document.Equal(was, m.Value()):
			held.member(i, was)
		}
	}
	for _, m := range running.Members() {
		if !declared[m.Key()] || next.Get(m.Key()) != nil {
			continue
		}
		if marked[m.Key()] {
			held.add(m)
			continue
		}
		below, _ := shape.Member(m.Key())
		if section := h.section(m.Value(), nil, below); section != nil {
			held.add(m.With(section))
		}
	}
	return held.done()
}

// lookup returns a function that finds members of an object. It tries index i first,
// because both objects mostly have the same order.
func lookup(object *document.Node) func(i int, key string) *document.Node {
	var at map[string]*document.Node
	return func(i int, key string) *document.Node {
		if i < len(object.Members()) && object.Members()[i].Key() == key {
			return object.Members()[i].Value()
		}
		if at == nil {
			at = make(map[string]*document.Node, len(object.Members()))
			for _, m := range object.Members() {
				at[m.Key()] = m.Value()
			}
		}
		return at[key]
	}
}

// An overlay copies an object when its first member changes.
type overlay struct {
	node   *document.Node
	copied bool
}

func (c *overlay) own() {
	if !c.copied {
		c.node, c.copied = document.NewObject(slices.Clone(c.node.Members()), c.node.Pos()), true
	}
}

func (c *overlay) member(i int, value *document.Node) {
	if c.node.Members()[i].Value() != value {
		c.own()
		c.node.SetMember(i, c.node.Members()[i].With(value))
	}
}

func (c *overlay) add(m document.Member) {
	c.own()
	c.node.SetMembers(append(c.node.Members(), m))
}

// done removes the members that became nil, because running has none.
func (c *overlay) done() *document.Node {
	if c.copied {
		c.node.SetMembers(slices.DeleteFunc(c.node.Members(), func(m document.Member) bool { return m.Value() == nil }))
	}
	return c.node
}

// list matches items by their key, or by index if they have none.
func (h *Holding) list(running, next *document.Node, shape document.Shape) *document.Node {
	before := counterparts(running, shape.Lists().Key)
	var items []*document.Node
	for i, item := range next.Items() {
		held := h.Back(before(i, item), item, shape.Item())
		if held != item && items == nil {
			items = slices.Clone(next.Items())
		}
		if held != item {
			items[i] = held
		}
	}
	if items == nil {
		return next
	}
	return document.NewList(items, next.Pos())
}

// counterparts returns a function that finds the item of running that corresponds to an
// item of another list.
func counterparts(running *document.Node, key string) func(i int, item *document.Node) *document.Node {
	if key == "" {
		return func(i int, _ *document.Node) *document.Node {
			if i < len(running.Items()) {
				return running.Items()[i]
			}
			return nil
		}
	}
	at := make(map[string]*document.Node, len(running.Items()))
	for _, was := range running.Items() {
		if k, ok := document.ItemKey(was, key); ok {
			at[k] = was
		}
	}
	return func(_ int, item *document.Node) *document.Node {
		k, _ := document.ItemKey(item, key)
		return at[k]
	}
}
