package document

import (
	"reflect"
	"slices"
)

// A Shape describes the value at one place of a schema: enough to merge layers, to
// distinguish a number from a string in plain text, and to follow a path that no
// document has. A nil Shape does not restrict the value.
type Shape interface {
	// Kind returns the kind of value that the schema requires, or 0 if it allows
	// several.
	Kind() Kind
	// AllowsNull reports whether null is also allowed.
	AllowsNull() bool
	// Properties returns the members that the schema declares for an object.
	Properties() []Property
	// Member returns the shape of the member key, declared or not, or nil if the schema
	// does not restrict it. allowed is false if no object may have the member.
	Member(key string) (shape Shape, allowed bool)
	// Undeclared returns the shapes that undeclared members may have; a nil element is
	// a member that the schema does not restrict. The result is empty if undeclared
	// members are not allowed.
	Undeclared() []Shape
	// Item returns the shape of the items of a list.
	Item() Shape
	// Lists returns how a list of a stronger layer merges with one of a weaker layer.
	Lists() ListRule
	// Alternative returns the member of n that names one of several alternatives, and
	// the shape of that alternative, or nil if the name is unknown. tag is nil if no
	// member distinguishes alternatives, or if n does not have it.
	Alternative(n *Node) (tag *Node, shape Shape)
	// Secret reports whether the value must not be shown, or holds a secret that Member
	// and Item do not lead to.
	Secret() bool
}

// A Property is a declared member of an object.
type Property struct {
	Key   string
	Env   string // the environment variable named by x-env; empty: none
	Shape Shape
	// Restart reports x-reload: restart: a change waits for the next start.
	Restart bool
	// Default is the JSON text of the default value; empty: none.
	Default string
}

// A ListMerge is how lists of two layers merge.
type ListMerge uint8

// The ways to merge lists, as in x-merge.
const (
	ReplaceList ListMerge = iota // the stronger list replaces the weaker one
	AppendList                   // the items of the stronger list follow those of the weaker one
	KeyList                      // objects with the same key merge; others are appended
)

// A ListRule defines how lists of two layers merge and what identifies their items.
type ListRule struct {
	Merge ListMerge
	// Key is the string property named by x-key. If it is empty, items are identified
	// by position.
	Key string
}

// A chosen is the alternative of a union that a value names. A member that it does not
// declare may belong to any alternative, and be a secret there.
type chosen struct {
	Shape
	union Shape
}

// choose returns the shape of n: in a union, the alternative that n names, if any.
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

// Redacted replaces a secret wherever a value is shown.
const Redacted = "[secret]"

// Hide returns n with every secret of shape, or with all of n if all is set, replaced
// by [Redacted]. A value of the wrong kind is replaced as a whole if there are secrets
// below shape, because it is unknown where in the value they are. So is a member that
// shape does not allow: an older schema may have marked it as a secret. Hide does not
// modify n.
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
	shown := n.Copy()
	switch n.kind {
	case Object:
		members := slices.Clone(n.Members())
		for i, m := range members {
			below, allowed := shape.Member(m.Key())
			members[i] = m.With(Hide(m.value, below, !allowed && (shape.Kind() == Object || shape.Kind() == 0)))
		}
		shown.SetMembers(members)
	case List:
		items := slices.Clone(n.Items())
		for i, item := range items {
			items[i] = Hide(item, shape.Item(), false)
		}
		shown.SetItems(items)
	}
	return shown
}

// isHidden reports whether n is a secret, or may be one in the wrong place.
func isHidden(n *Node, shape Shape) bool {
	return shape != nil && (shape.Secret() || n.kind != Null && isMisplaced(n, shape))
}

// Cover marks the findings about n whose line contains a secret or a part of one, so
// that the line is not shown.
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

// wholeLine returns the line of a position.
func wholeLine(p Position) Position {
	p.Column = 0
	return p
}

func coverLines(lines map[Position]bool, n *Node, shape Shape, secret bool) {
	if secret = secret || isHidden(n, shape); secret {
		lines[wholeLine(n.Pos())] = true
	}
	if shape == nil && !secret {
		return
	}
	for _, m := range n.Members() {
		var below Shape
		if shape != nil {
			below, _ = shape.Member(m.Key())
		}
		if secret || isHidden(m.value, below) {
			lines[wholeLine(m.Pos())] = true
		}
		coverLines(lines, m.value, below, secret)
	}
	for _, item := range n.Items() {
		var below Shape
		if shape != nil {
			below = shape.Item()
		}
		coverLines(lines, item, below, secret)
	}
}

func redacted(n *Node) *Node { return NewScalar(String, Redacted, n.Pos()) }

// isMisplaced reports whether n has the wrong kind to hold the secrets below shape, so
// that it is often such a secret itself. If several kinds are allowed, a list must have
// a shape for its items, and an object one for its members.
func isMisplaced(n *Node, shape Shape) bool {
	s := search{seen: map[Shape]bool{}}
	if kind := shape.Kind(); kind != 0 {
		return n.kind != kind && (s.inItems(shape) || s.inMembers(shape))
	}
	return n.kind != List && s.inItems(shape) || n.kind != Object && s.inMembers(shape)
}

// maxSearched bounds the shapes searched for a secret, and maxSearchDepth their depth:
// shapes may be created on request, without end.
const (
	maxSearched    = 10_000
	maxSearchDepth = 100
)

// A search looks for a secret among shapes. What exceeds its bounds counts as one.
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
