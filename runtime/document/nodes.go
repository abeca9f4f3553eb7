package document

import "strconv"

// largestChunk is how many nodes are allocated at once at most.
const largestChunk = 128

// A nursery hands out nodes from chunks, which costs a fraction of allocating
// each on its own. The first chunk is a single node, as for the value of a
// default, and each is twice as large as the one before.
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

// Place gives n and every node below it the position pos, for a source that has no
// lines. N must not be shared.
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

// fewKeys is the size up to which looking through an object is as fast as a map.
const fewKeys = 8

// A keyIndex finds keys among the members of one object while it is read, in
// constant time however many there are.
type keyIndex struct {
	at   map[string]int
	told map[string]bool
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

// duplicate is the finding for a second key at pos, told once for each key.
func (x *keyIndex) duplicate(r *report, t *trail, first Member, pos Position) {
	if x.told[first.key] {
		return
	}
	if x.told == nil {
		x.told = map[string]bool{}
	}
	x.told[first.key] = true
	t.enterKey(first.key)
	r.add(Finding{
		Pos:     pos,
		Path:    t.path(),
		Message: "the key " + Quote(first.key) + " is already written on line " + strconv.Itoa(first.pos.Line),
		Hint:    "remove or rename one of them",
	})
	t.leave()
}
