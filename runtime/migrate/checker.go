package migrate

import "github.com/hotbind/hotbind/runtime/document"

// maxDepth limits the depth of a document that a function returns.
const maxDepth = 1000

// A checker copies and checks a document that a function returned. After the copy the
// function shares no part of it, and no part can contain itself.
type checker struct {
	pos   document.Position // for nodes without one
	nodes int
	fault string
}

func (c *checker) node(n *document.Node, depth int) *document.Node {
	c.nodes++
	switch {
	case c.fault != "":
		return nil
	case n == nil:
		c.fault = "an object or a list in which a value is nil"
		return nil
	case c.nodes > maxNodes:
		c.fault = "more than 500,000 values"
		return nil
	case depth > maxDepth:
		c.fault = "values nested more than 1,000 levels deep"
		return nil
	case !wellFormed(n):
		c.fault = "an invalid " + kind(n)
		return nil
	}
	copied := n.Copy()
	copied.SetPos(c.position(n.Pos()))
	switch n.Kind() {
	case document.List:
		var items []*document.Node
		for _, item := range n.Items() {
			items = append(items, c.node(item, depth+1))
		}
		copied.SetItems(items)
	case document.Object:
		copied.SetMembers(c.members(n, depth))
	}
	return copied
}

// members checks and copies the members of an object.
func (c *checker) members(n *document.Node, depth int) (members []document.Member) {
	keys := make(map[string]bool, len(n.Members()))
	for _, m := range n.Members() {
		if keys[m.Key()] {
			c.fault = "an object with a duplicate key"
			return nil
		}
		keys[m.Key()] = true
		members = append(members, document.NewMember(m.Key(), c.node(m.Value(), depth+1), c.position(m.Pos())))
	}
	return members
}

func (c *checker) position(p document.Position) document.Position {
	if p == (document.Position{}) {
		return c.pos
	}
	return p
}

func kind(n *document.Node) string {
	if n.Kind() > document.Object {
		return "value"
	}
	return n.Kind().String()
}

// wellFormed reports whether the content of n fits its kind.
func wellFormed(n *document.Node) bool {
	if n.Kind() != document.Object && n.Members() != nil || n.Kind() != document.List && n.Items() != nil {
		return false
	}
	switch n.Kind() {
	case document.Null, document.List, document.Object:
		return n.Text() == ""
	case document.Bool:
		return n.Text() == "true" || n.Text() == "false"
	case document.Number:
		return document.IsNumber(n.Text())
	}
	return n.Kind() == document.String
}
