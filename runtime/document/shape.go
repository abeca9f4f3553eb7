package document

import (
	"reflect"
	"slices"
)

// A Shape is what a schema says of the value at one place: enough to merge
// layers, to tell a number from a string in plain text, and to follow a path
// that no document holds. A nil Shape says nothing.
type Shape interface {
	// Kind is the kind of value the schema asks for, 0 where several are allowed.
	Kind() Kind
	// AllowsNull reports whether null is allowed beside it.
	AllowsNull() bool
	// Properties are the members the schema declares for an object.
	Properties() []Property
	// Member is the shape of the member key, declared or not; nil where the schema
	// says nothing of it. Allowed is false where no object may have it.
	Member(key string) (shape Shape, allowed bool)
	// Undeclared are the shapes that members which are not declared may have; nil
	// among them is one that the schema says nothing of. It is empty where an object
	// has no such members.
	Undeclared() []Shape
	// Item is the shape of the items of a list.
	Item() Shape
	// Lists is how a list of a stronger layer meets one of a weaker layer.
	Lists() ListRule
	// Alternative returns the member of n that names one of several alternatives, and
	// the shape of that one, nil if there is none of the name. The tag is nil where
	// the shape has no alternatives told apart by a member, or n does not have it.
	Alternative(n *Node) (tag *Node, shape Shape)
	// Secret reports whether the value must not be shown, or holds something
	// below that must not and that Member and Item do not lead to.
	Secret() bool
}

// A Property is a declared member of an object.
type Property struct {
	Key   string
	Env   string // the environment variable named by x-env; empty: none
	Shape Shape
	// Restart reports x-reload: restart: a change waits for the next start.
	Restart bool
	// Default is the JSON text of the value of an absent property; empty: none.
	Default string
}

// A ListMerge is what becomes of two lists in two layers.
type ListMerge uint8

// The ways to merge lists, as x-merge names them.
const (
	ReplaceList ListMerge = iota // the stronger one is the list
	AppendList                   // the items of the stronger one follow those of the weaker one
	KeyList                      // objects with the same key merge; others are appended
)

// A ListRule says how two lists meet and which property tells their items apart.
type ListRule struct {
	Merge ListMerge
	// Key is the property of x-key, a string; empty: items are told apart by their
	// place.
	Key string
}

// A chosen is the alternative of a union that a value names. A member that it does
// not declare may be one of any alternative, and a secret there.
type chosen struct {
	Shape
	union Shape
}

// choose returns the shape of n: of a union, the alternative that n names, if any.
func choose(n *Node, shape Shape) Shape {
	if n == nil || shape == nil {
		return shape
	}
	if _, named := shape.Alternative(n); named != nil {
		return &chosen{named, shape}
	}
	return shape
}

func (c *chosen) Member(key string) (Shape, bool) {
	if slices.ContainsFunc(c.Properties(), func(p Property) bool { return p.Key == key }) {
		return c.Shape.Member(key)
	}
	return c.union.Member(key)
}

// Redacted stands for a secret wherever a value is shown.
const Redacted = "[secret]"

// Hide returns n with what shape says is secret, or with all of it, replaced by
// [Redacted]. A value of another kind than shape asks for, where something below
// shape is secret, is replaced as a whole: where in it the secret stands is not
// known. N is not changed.
func Hide(n *Node, shape Shape, all bool) *Node {
	shape = choose(n, shape)
	switch {
	case n == nil:
		return nil
	case all || isHidden(n, shape):
		return redacted(n)
	case shape == nil:
		return n
	}
	shown := *n
	shown.members, shown.items = nil, nil
	for _, m := range n.members {
		below, _ := shape.Member(m.key)
		m.value = Hide(m.value, below, false)
		shown.members = append(shown.members, m)
	}
	for _, item := range n.items {
		shown.items = append(shown.items, Hide(item, shape.Item(), false))
	}
	return &shown
}

// isHidden reports whether n is a secret, or may be one in the wrong place.
func isHidden(n *Node, shape Shape) bool {
	return shape != nil && (shape.Secret() || n.kind != Null && isMisplaced(n, shape))
}

// Cover marks the findings about n whose line has a secret, or a part of one, on it:
// the line must not be shown.
func (fs Findings) Cover(n *Node, shape Shape) {
	if len(fs) == 0 {
		return
	}
	lines := map[Position]bool{}
	coverLines(lines, n, shape, false)
	for i := range fs {
		fs[i].Secret = fs[i].Secret || lines[wholeLine(fs[i].Pos)]
	}
}

// wholeLine is the line of a position.
func wholeLine(p Position) Position {
	p.Column = 0
	return p
}

func coverLines(lines map[Position]bool, n *Node, shape Shape, secret bool) {
	if secret = secret || isHidden(n, shape); secret {
		lines[wholeLine(n.pos)] = true
	}
	if shape == nil && !secret {
		return
	}
	for _, m := range n.members {
		var below Shape
		if shape != nil {
			below, _ = shape.Member(m.key)
		}
		if secret || isHidden(m.value, below) {
			lines[wholeLine(m.pos)] = true
		}
		coverLines(lines, m.value, below, secret)
	}
	for _, item := range n.items {
		var below Shape
		if shape != nil {
			below = shape.Item()
		}
		coverLines(lines, item, below, secret)
	}
}

func redacted(n *Node) *Node { return &Node{kind: String, text: Redacted, pos: n.pos} }

// isMisplaced reports whether n has no place for a secret that shape has below it,
// so that it is often that secret itself, or has it where shape does not lead.
// Where several kinds are allowed, items are wanted of a list and members of an
// object.
func isMisplaced(n *Node, shape Shape) bool {
	s := search{seen: map[Shape]bool{}}
	if kind := shape.Kind(); kind != 0 {
		return n.kind != kind && (s.inItems(shape) || s.inMembers(shape))
	}
	return n.kind != List && s.inItems(shape) || n.kind != Object && s.inMembers(shape)
}

// maxSearched bounds the shapes that are looked through for a secret, and
// maxSearchDepth how deep: shapes may be made as they are asked for, without end.
const (
	maxSearched    = 10_000
	maxSearchDepth = 100
)

// A search looks for a secret among shapes. What it has no time for counts as one.
type search struct {
	seen            map[Shape]bool
	searched, depth int
}

func (s *search) in(shape Shape) bool {
	if shape == nil || reflect.TypeOf(shape).Comparable() && s.seen[shape] {
		return false
	}
	if reflect.TypeOf(shape).Comparable() {
		s.seen[shape] = true
	}
	s.searched++
	s.depth++
	defer func() { s.depth-- }()
	return s.searched > maxSearched || s.depth > maxSearchDepth ||
		shape.Secret() || s.inItems(shape) || s.inMembers(shape)
}

func (s *search) inItems(shape Shape) bool { return s.in(shape.Item()) }

func (s *search) inMembers(shape Shape) bool {
	for _, p := range shape.Properties() {
		if s.in(p.Shape) {
			return true
		}
	}
	return slices.ContainsFunc(shape.Undeclared(), s.in)
}
