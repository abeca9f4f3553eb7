package migrate

import (
	"github.com/hotbind/hotbind/runtime/document"
)

// A place is a value in a document and the way to it.
type place struct {
	path    path             // without stars
	nodes   []*document.Node // what the first 0, 1, 2 … segments lead to
	indices []int            // of those segments among members or items
}

func (p place) value() *document.Node { return p.nodes[len(p.nodes)-1] }

// holder returns the object or list that contains the value, and its index there.
func (p place) holder() (n *document.Node, index int) {
	return p.nodes[len(p.nodes)-2], p.indices[len(p.indices)-1]
}

// member returns the member whose value is at p, or nil in a list.
func (p place) member() *document.Member {
	n, i := p.holder()
	if n.Kind() != document.Object {
		return nil
	}
	return &n.Members()[i]
}

// find returns all places in the stage's document that pattern matches.
func (s *stage) find(pattern path) []place {
	var found []place
	s.walk(place{nodes: []*document.Node{s.doc}}, pattern, &found)
	return found
}

func (s *stage) walk(at place, rest path, found *[]place) {
	if len(rest) == 0 {
		*found = append(*found, at)
		return
	}
	n := at.value()
	visit := func(seg segment, i int, value *document.Node) {
		if value == nil {
			return
		}
		// Cut to length, so that appending in one place does not change another.
		s.walk(place{
			path:    append(at.path[:len(at.path):len(at.path)], seg),
			nodes:   append(at.nodes[:len(at.nodes):len(at.nodes)], value),
			indices: append(at.indices[:len(at.indices):len(at.indices)], i),
		}, rest[1:], found)
	}
	switch seg := rest[0]; {
	case seg.kind == keySegment:
		if i := s.lookup(n, seg.key); i >= 0 {
			visit(seg, i, n.Members()[i].Value())
		}
	case seg.kind == indexSegment && seg.index < len(n.Items()):
		visit(seg, seg.index, n.Items()[seg.index])
	case seg.kind == everyKey:
		for i, m := range n.Members() {
			visit(segment{key: m.Key()}, i, m.Value())
		}
	case seg.kind == everyItem:
		for i, item := range n.Items() {
			visit(segment{kind: indexSegment, index: i}, i, item)
		}
	}
}

// child returns the node that a segment without a star selects, or nil.
func child(n *document.Node, s segment) *document.Node {
	switch {
	case n == nil:
		return nil
	case s.kind == keySegment:
		return n.Get(s.key)
	case s.kind == indexSegment && s.index < len(n.Items()):
		return n.Items()[s.index]
	}
	return nil
}

// fewKeys is the number of keys up to which a linear search is as fast as a map.
const fewKeys = 16

// lookup returns the index of a member that has not been taken, or -1.
func (s *stage) lookup(n *document.Node, key string) int {
	if len(n.Members()) <= fewKeys {
		for i, m := range n.Members() {
			if m.Key() == key && m.Value() != nil {
				return i
			}
		}
		return -1
	}
	keys := s.keys[n]
	if keys == nil {
		keys = make(map[string]int, len(n.Members()))
		for i, m := range n.Members() {
			if m.Value() != nil {
				keys[m.Key()] = i
			}
		}
		s.keys[n] = keys
	}
	if i, ok := keys[key]; ok && n.Members()[i].Key() == key && n.Members()[i].Value() != nil {
		return i
	}
	return -1
}

// take removes the value at p from the document and returns it.
func (s *stage) take(p place) *document.Node {
	n, i := p.holder()
	if n.Kind() == document.Object {
		n.SetMember(i, n.Members()[i].With(nil))
	} else {
		n.SetItem(i, nil)
	}
	s.emptied[n] = true
	return p.value()
}

// add adds a member with a new key to an object: at vacant if that is in the same object,
// otherwise at the end.
func (s *stage) add(object *document.Node, m document.Member, vacant *place) {
	i := len(object.Members())
	if vacant != nil {
		if holder, j := vacant.holder(); holder == object && object.Kind() == document.Object && object.Members()[j].Value() == nil {
			i = j
		}
	}
	if i == len(object.Members()) {
		object.SetMembers(append(object.Members(), m))
	} else {
		object.SetMember(i, m)
	}
	if keys := s.keys[object]; keys != nil {
		keys[m.Key()] = i
	}
}

// An obstacle is the reason why a value cannot be added.
type obstacle struct{ message string }

// reach follows rest from the node at the path at, up to the object for the last key. If
// objects are missing it returns the last one that exists and the missing segments, which
// build creates.
func (s *stage) reach(from *document.Node, at, rest path) (object *document.Node, missing path, o *obstacle) {
	n := from
	for i, seg := range rest {
		where := append(at[:len(at):len(at)], rest[:i]...).String()
		if where == "" {
			where = "the document"
		}
		var next *document.Node
		switch {
		case seg.kind == keySegment && n.Kind() == document.Object:
			j := s.lookup(n, seg.key)
			if j < 0 {
				for _, below := range rest[i+1:] {
					if below.kind != keySegment {
						return nil, nil, &obstacle{"the list " + append(at[:len(at):len(at)], rest[:len(rest)-1]...).String() + " is missing"}
					}
				}
				return n, rest[i:], nil
			}
			next = n.Members()[j].Value()
		case seg.kind == keySegment:
			return nil, nil, &obstacle{where + " is " + n.Kind().Article() + ", not an object"}
		default:
			if next = child(n, seg); next == nil {
				return nil, nil, &obstacle{where + " has no item " + document.IndexPath("", seg.index)}
			}
		}
		n = next
	}
	return n, nil, nil
}

// build adds a member below object and creates missing objects on the way, with the
// position of the step.
func (s *stage) build(object *document.Node, missing path, m document.Member, vacant *place) {
	m = document.NewMember(missing[len(missing)-1].key, m.Value(), m.Pos())
	for i := len(missing) - 2; i >= 0; i-- {
		below := document.NewObject([]document.Member{m}, s.step.pos)
		m = document.NewMember(missing[i].key, below, s.step.pos)
		s.budget.nodes++
	}
	s.add(object, m, vacant)
}
