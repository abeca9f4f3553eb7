package document

// Same reports whether a and b are known to be the same value, as nodes are that two
// versions of a document share. It does not look at what is below them, so that it may
// report false for equal values.
func Same(a, b *Node) bool {
	if a == b {
		return true
	}
	if a == nil || b == nil || a.in == nil || b.in == nil || a.in.moved == nil && b.in.moved == nil {
		return false
	}
	return a.in.origin() == b.in.origin() && a.span == b.span && a.kind == b.kind &&
		(a.contents == nil || a.asRead && b.asRead)
}

// A mover makes the nodes of a new version from those of the version before.
type mover struct {
	nursery
	lines int // by which what follows the site has moved
	parts map[*part]*part
}

// rebuild returns n with other children at a site below it. Path leads to the site.
func (m *mover) rebuild(n *Node, s *site, path []int, read *Node) *Node {
	c := n.Copy()
	from, to := s.from, s.to
	if len(path) > 0 {
		from, to = path[0], path[0]+1
	}
	if n.kind == List {
		between := read.Items()
		if len(path) > 0 {
			between = []*Node{m.rebuild(n.child(from), s, path[1:], read)}
		}
		c.contents.items = m.joinItems(n.Items()[:from], between, n.Items()[to:])
		return m.begin(c, s, path, read)
	}
	between := read.Members()
	if len(path) > 0 {
		between = []Member{n.Members()[from].With(m.rebuild(n.child(from), s, path[1:], read))}
	}
	c.contents.members = m.joinMembers(n.Members()[:from], between, n.Members()[to:])
	if !sameKeys(n.Members()[from:to], between) {
		var index keyIndex
		c.contents.index = index.complete(c.contents.members)
	}
	return m.begin(c, s, path, read)
}

// begin sets where a block of YAML begins if its first child was read again: it begins
// with that.
func (m *mover) begin(c *Node, s *site, path []int, read *Node) *Node {
	if len(path) == 0 && s.from == 0 && !s.inBrackets {
		c.in, c.span = read.in, read.span
	}
	return c
}

func (m *mover) joinItems(before, between, after []*Node) []*Node {
	items := make([]*Node, 0, len(before)+len(between)+len(after))
	items = append(append(items, before...), between...)
	for _, item := range after {
		items = append(items, m.node(item))
	}
	return items
}

func (m *mover) joinMembers(before, between, after []Member) []Member {
	members := make([]Member, 0, len(before)+len(between)+len(after))
	members = append(append(append(members, before...), between...), after...)
	if m.lines != 0 {
		m.move(members[len(before)+len(between):])
	}
	return members
}

// move changes members to those after they have moved.
func (m *mover) move(members []Member) {
	for i := range members {
		members[i].in, members[i].value = m.part(members[i].in), m.node(members[i].value)
	}
}

// node returns n after it has moved.
func (m *mover) node(n *Node) *Node {
	if m.lines == 0 {
		return n
	}
	c := m.nodes.one()
	*c = *n
	c.in = m.part(n.in)
	if n.contents == nil {
		return c
	}
	c.contents = m.contents.one()
	*c.contents = *n.contents
	c.contents.items = m.items.copied(n.contents.items)
	for i, item := range c.contents.items {
		c.contents.items[i] = m.node(item)
	}
	c.contents.members = m.members.copied(n.contents.members)
	m.move(c.contents.members)
	return c
}

// part returns p after it has moved.
func (m *mover) part(p *part) *part {
	moved := m.parts[p]
	if moved == nil {
		moved = p.move(m.lines)
		m.parts[p] = moved
	}
	return moved
}

func sameKeys(a, b []Member) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Key() != b[i].Key() {
			return false
		}
	}
	return true
}
