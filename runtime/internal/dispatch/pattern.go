package dispatch

import (
	"slices"
	"strconv"

	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// A patternNode is a node in the tree of all patterns. Patterns are matched together, so
// the cost of a change does not depend on the patterns that do not match it.
type patternNode struct {
	hooks []*Hook // whose pattern ends here
	each  []*Hook // whose pattern ends here with **
	keys  map[string]*patternNode
	items map[int]*patternNode
	globs []globbed    // pool_*
	any   *patternNode // *
	deep  *patternNode // **, which continues at any depth
	loops bool         // it is the deep node of another
}

// A globbed is the node for all keys that a glob matches.
type globbed struct {
	keys *document.KeyGlob
	node *patternNode
}

func (n *patternNode) add(p document.Pattern, h *Hook) {
	switch {
	case len(p) == 0:
		n.hooks = append(n.hooks, h)
	case len(p) == 1 && p[0].Wildcard == document.AnyDepth:
		n.each = append(n.each, h)
	default:
		n.grown(p[0]).add(p[1:], h)
	}
}

// grown returns the node one step below n. It creates the node if it is missing.
func (n *patternNode) grown(s document.PatternStep) *patternNode {
	below := n.below(s)
	if below != nil {
		return below
	}
	below = &patternNode{loops: s.Wildcard == document.AnyDepth}
	switch {
	case s.Wildcard == document.AnyDepth:
		n.deep = below
	case s.Wildcard == document.AnyOne:
		n.any = below
	case s.Wildcard == document.AnyKey:
		n.globs = append(n.globs, globbed{s.Glob, below})
	case s.Step.Key == nil:
		if n.items == nil {
			n.items = map[int]*patternNode{}
		}
		n.items[s.Step.Index] = below
	default:
		if n.keys == nil {
			n.keys = map[string]*patternNode{}
		}
		n.keys[*s.Step.Key] = below
	}
	return below
}

func (n *patternNode) below(s document.PatternStep) *patternNode {
	switch {
	case s.Wildcard == document.AnyDepth:
		return n.deep
	case s.Wildcard == document.AnyOne:
		return n.any
	case s.Wildcard == document.AnyKey:
		if i := n.glob(s.Glob); i >= 0 {
			return n.globs[i].node
		}
		return nil
	case s.Step.Key == nil:
		return n.items[s.Step.Index]
	}
	return n.keys[*s.Step.Key]
}

// glob returns the index of a glob among those of n, or -1.
func (n *patternNode) glob(g *document.KeyGlob) int {
	return slices.IndexFunc(n.globs, func(other globbed) bool { return other.keys.String() == g.String() })
}

// remove removes h and prunes empty nodes. It reports whether n itself is empty.
func (n *patternNode) remove(p document.Pattern, h *Hook) (empty bool) {
	is := func(other *Hook) bool { return other == h }
	switch {
	case len(p) == 0:
		n.hooks = slices.DeleteFunc(n.hooks, is)
	case len(p) == 1 && p[0].Wildcard == document.AnyDepth:
		n.each = slices.DeleteFunc(n.each, is)
	default:
		if below := n.below(p[0]); below != nil && below.remove(p[1:], h) {
			n.drop(p[0])
		}
	}
	return len(n.hooks)+len(n.each)+len(n.keys)+len(n.items)+len(n.globs) == 0 && n.any == nil && n.deep == nil
}

func (n *patternNode) drop(s document.PatternStep) {
	switch {
	case s.Wildcard == document.AnyDepth:
		n.deep = nil
	case s.Wildcard == document.AnyOne:
		n.any = nil
	case s.Wildcard == document.AnyKey:
		i := n.glob(s.Glob)
		n.globs = slices.Delete(n.globs, i, i+1)
	case s.Step.Key == nil:
		delete(n.items, s.Step.Index)
	default:
		delete(n.keys, *s.Step.Key)
	}
}

// asksBelow reports whether some pattern continues below n.
func (n *patternNode) asksBelow() bool {
	return n.loops || len(n.keys)+len(n.items)+len(n.globs) > 0 || n.any != nil
}

// A place is where the configuration differs and a pattern matches.
type place struct {
	path  string
	delta *Delta
	each  bool // call the hook for each change in it
	round int  // distinguishes changes with the same path
}

func (p place) appendChanges(list rt.Changes) rt.Changes {
	if p.each {
		return p.delta.appendChanges(list, p.path)
	}
	return append(list, p.delta.change(p.path))
}

// MatchOne returns the call of h, which has a pattern, for the change delta, and whether
// there is one.
func MatchOne(h *Hook, delta *Delta) (Call, bool) {
	var root patternNode
	root.add(*h.Pattern, h)
	calls := root.match(delta)
	if len(calls) == 0 {
		return Call{}, false
	}
	return calls[0], true
}

// match finds the hooks for a change of the configuration.
func (n *patternNode) match(delta *Delta) []Call {
	if delta == nil || len(n.hooks)+len(n.each) == 0 && !n.asksBelow() && n.deep == nil {
		return nil
	}
	m := matching{calls: map[*Hook]*Call{}}
	m.at(enter(nil, n), "", delta)
	return m.found()
}

// matchChanges finds the hooks for changes that are known only by their paths.
func (n *patternNode) matchChanges(changes []rt.ValueChange) []Call {
	m := matching{calls: map[*Hook]*Call{}}
	for i, c := range changes {
		m.round = i
		if steps, err := document.ParsePath(c.Path); err == nil {
			delta := outline(c, steps)
			m.at(enter(nil, n), "", &delta)
		}
	}
	return m.found()
}

// outline returns a change as a difference of the whole configuration.
func outline(c rt.ValueChange, steps []document.Step) Delta {
	d := Delta{Kind: c.Kind, Old: c.Old, New: c.New, Values: func(p any) any { return p }}
	for _, s := range slices.Backward(steps) {
		if s.Key != nil {
			d.Step = Step{Field: Entry, Key: *s.Key}
		} else {
			d.Step = Step{Field: Item, Key: strconv.Itoa(s.Index)}
		}
		d = Delta{Kind: rt.Modified, Outline: true, Parts: []Delta{d}, Values: d.Values}
	}
	return d
}

// A matching follows patterns through a difference.
type matching struct {
	calls map[*Hook]*Call
	round int
}

// enter adds n to nodes, and the node after it for **, because ** may match nothing.
func enter(nodes []*patternNode, n *patternNode) []*patternNode {
	for n != nil && !slices.Contains(nodes, n) {
		nodes = append(nodes, n)
		n = n.deep
	}
	return nodes
}

// at matches the place of d, to which all of nodes lead.
func (m *matching) at(nodes []*patternNode, path string, d *Delta) {
	asksBelow, asksItems := false, false
	for _, n := range nodes {
		for _, h := range n.hooks {
			if !d.Outline {
				m.add(h, place{path: path, delta: d})
			}
		}
		for _, h := range n.each {
			m.add(h, place{path: path, delta: d, each: true})
		}
		asksBelow = asksBelow || n.asksBelow()
		asksItems = asksItems || len(n.items) > 0
	}
	switch {
	case !asksBelow:
	case d.Inside == nil:
		m.below(nodes, path, d.Parts, (*patternNode).follow)
	case len(d.Parts) == 0:
		m.below(nodes, path, d.Inside(d.Old, d.New), (*patternNode).follow)
	default: // Items with keys match by key. They match by index only if a pattern has one.
		m.below(nodes, path, d.Parts, (*patternNode).follow)
		if asksItems {
			m.below(nodes, path, d.Inside(d.Old, d.New), (*patternNode).followItem)
		}
	}
}

func (m *matching) add(h *Hook, p place) {
	call := m.calls[h]
	if call == nil {
		call = &Call{Hook: h}
		m.calls[h] = call
	}
	p.round = m.round
	call.places = append(call.places, p)
}

// A following adds the nodes that a step leads to from a node.
type following func(n *patternNode, nodes []*patternNode, s Step) []*patternNode

func (m *matching) found() []Call {
	calls := make([]Call, 0, len(m.calls))
	for _, call := range m.calls {
		calls = append(calls, *call)
	}
	return calls
}

// below matches the parts of a value at path.
func (m *matching) below(nodes []*patternNode, path string, parts []Delta, follow following) {
	var next []*patternNode
	for i := range parts {
		part := &parts[i]
		if part.Inline { // a place within the value itself
			m.below(nodes, path, part.Parts, follow)
			continue
		}
		next = next[:0]
		for _, n := range nodes {
			next = follow(n, next, part.Step)
		}
		if len(next) > 0 {
			m.at(slices.Clone(next), part.path(path), part)
		}
	}
}

func (n *patternNode) follow(nodes []*patternNode, s Step) []*patternNode {
	if n.loops {
		nodes = enter(nodes, n)
	}
	nodes = enter(nodes, n.any)
	if s.Field == Item {
		return n.followItem(nodes, s)
	}
	for _, g := range n.globs {
		if g.keys.Match(s.Key) {
			nodes = enter(nodes, g.node)
		}
	}
	return enter(nodes, n.keys[s.Key])
}

// followItem follows patterns that name an item by its place.
func (n *patternNode) followItem(nodes []*patternNode, s Step) []*patternNode {
	i, err := strconv.Atoi(s.Key)
	if err != nil {
		return nodes
	}
	return enter(nodes, n.items[i])
}
