package document

// A slab allocates values in chunks, which is much cheaper than one by one. The first
// chunk is a single value, as for a default; each next one is twice as large.
type slab[T any] struct {
	free []T
	size int
}

// largestChunk is the maximum number of values allocated at once. It bounds what one
// value that is still used keeps in memory.
const largestChunk = 128

func (s *slab[T]) one() *T {
	if len(s.free) == 0 {
		s.grow(1)
	}
	v := &s.free[0]
	s.free = s.free[1:]
	return v
}

// copied returns a copy of values.
func (s *slab[T]) copied(values []T) []T {
	n := len(values)
	if n > largestChunk/4 {
		return append([]T(nil), values...)
	}
	if len(s.free) < n {
		s.grow(n)
	}
	c := s.free[:n:n]
	s.free = s.free[n:]
	copy(c, values)
	return c
}

func (s *slab[T]) grow(least int) {
	s.size = max(least, min(2*s.size, largestChunk))
	s.free = make([]T, s.size)
}

// A nursery allocates what the reading of one part creates.
type nursery struct {
	in       *part
	nodes    slab[Node]
	contents slab[contents]
	items    slab[*Node]
	members  slab[Member]
}

func (n *nursery) node(kind Kind, s span) *Node {
	node := n.nodes.one()
	node.kind, node.in, node.span = kind, n.in, s
	return node
}

// list returns a list that begins at an offset. It copies the slice.
func (n *nursery) list(at int, items []*Node) *Node {
	node := n.node(List, span{at: uint32(at)})
	node.contents, node.asRead = n.contents.one(), true
	node.contents.items = n.items.copied(items)
	return node
}

// object returns an object that begins at an offset. It copies the slice.
func (n *nursery) object(at int, members []Member, index *keyTable) *Node {
	node := n.node(Object, span{at: uint32(at)})
	node.contents, node.asRead = n.contents.one(), true
	node.contents.members = n.members.copied(members)
	node.contents.index = index
	return node
}
