package validate

import (
	"slices"

	"github.com/hotbind/hotbind/runtime/document"
)

// A gathering collects the schemas of a shape.
type gathering struct {
	*shape
	seen map[*document.Node]bool
}

func (g *gathering) sure(n *document.Node) {
	if n.Kind == document.Bool && n.Text == "false" {
		g.never = true
	}
	if n.Kind != document.Object || g.seen[n] {
		return
	}
	g.seen[n] = true
	x := g.schema.index
	t := x.targets[n]
	for _, to := range t.sure {
		g.sure(to)
	}
	if len(t.perhaps) == 1 {
		g.sure(t.perhaps[0])
	}
	all := n.Get("allOf")
	later := all != nil && n.Get("properties") != nil && n.Get("properties").Pos.Before(all.Pos)
	if all != nil && !later {
		g.sureItems(all)
	}
	g.shape.sure = append(g.shape.sure, n)
	if later { // properties come in the order of the file
		g.sureItems(all)
	}
	if x.alone(n) {
		return
	}
	g.conditions(n, t)
}

func (g *gathering) sureItems(list *document.Node) {
	for _, n := range list.Items {
		g.sure(n)
	}
}

// conditions collects what may be about the value because n is.
func (g *gathering) conditions(n *document.Node, t targets) {
	for _, keyword := range []string{"oneOf", "anyOf"} {
		list := n.Get(keyword)
		if list == nil || slices.Contains(g.chosen, list) {
			continue
		}
		if only := g.schema.index.onlyBranch(list); only != nil {
			g.sure(only)
			continue
		}
		for _, b := range list.Items {
			g.maybe(b, false)
		}
	}
	g.maybes(n, t)
}

// maybes collects what holds on a condition.
func (g *gathering) maybes(n *document.Node, t targets) {
	for _, c := range children(n, []string{"then", "else"}, nil, objectInPlace) {
		g.maybe(c, false)
	}
	for _, c := range children(n, []string{"if", "not"}, nil, nil) {
		g.maybe(c, true)
	}
	if len(t.perhaps) > 1 {
		for _, c := range t.perhaps {
			g.maybe(c, false)
		}
	}
}

func (g *gathering) maybe(n *document.Node, asked bool) {
	if n.Kind != document.Object || g.seen[n] {
		return
	}
	g.seen[n] = true
	t := g.schema.index.targets[n]
	g.shape.maybe = append(g.shape.maybe, conditional{n, asked})
	lists := [][]*document.Node{t.sure, t.perhaps}
	if !g.schema.index.alone(n) {
		lists = append(lists, inPlace(n))
	}
	for _, list := range lists {
		for _, c := range list {
			g.maybe(c, asked)
		}
	}
}

// alone reports a schema that is only a reference: in its draft what stands beside
// that says nothing.
func (x *index) alone(n *document.Node) bool {
	return len(x.targets[n].sure) > 0 && x.old(n)
}
