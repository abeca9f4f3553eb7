package document

import "strconv"

// largestChunk is the maximum number of nodes allocated at once.
const largestChunk = 128

// A nursery allocates nodes in chunks, which is much cheaper than one by one. The first
// chunk is a single node, as for the value of a default; each next one is twice as
// large.
type nursery struct {
	free []Node
	size int
}

func (n *nursery) node(kind Kind, text string, pos Position) *Node {
	if len(n.free) == 0 {
		n.size = min(max(1, 2*n.size), largestChunk)
		n.free = make([]Node, n.size)
	}
	node := &n.free[0]
	n.free = n.free[1:]
	node.kind, node.text, node.pos = kind, text, pos
	return node
}

// Place sets the position of n and every node below it, for a source without lines. n
// must not be shared.
func Place(n *Node, pos Position) {
	n.pos = pos
	for _, item := range n.items {
		Place(item, pos)
	}
	for i := range n.members {
		n.members[i].pos = pos
		Place(n.members[i].value, pos)
	}
}

// fewKeys is the size up to which a linear search is as fast as a map.
const fewKeys = 8

// A keyIndex finds keys among the members of an object during parsing, in constant
// time.
type keyIndex struct {
	at       map[string]int
	reported map[string]bool
}

// find returns the index of key among members, or -1.
func (x *keyIndex) find(members []Member, key string) int {
	if len(members) <= fewKeys {
		for i := range members {
			if members[i].key == key {
				return i
			}
		}
		return -1
	}
	if x.at == nil {
		x.at = make(map[string]int, 4*fewKeys)
	}
	for i := len(x.at); i < len(members); i++ {
		x.at[members[i].key] = i
	}
	if i, ok := x.at[key]; ok {
		return i
	}
	return -1
}

// duplicate reports a second key at pos, once per key.
func (x *keyIndex) duplicate(r *report, t *trail, first Member, pos Position) {
	if x.reported[first.key] {
		return
	}
	if x.reported == nil {
		x.reported = map[string]bool{}
	}
	x.reported[first.key] = true
	t.enterKey(first.key)
	r.add(Finding{
		Pos:     pos,
		Path:    t.path(),
		Message: "duplicate key " + Quote(first.key) + ", first written on line " + strconv.Itoa(first.pos.Line),
		Hint:    "remove or rename one of them",
	})
	t.leave()
}
