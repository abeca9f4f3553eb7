// Package document holds a configuration as an ordered tree in which every node has a
// position, and parses that tree from YAML and JSON.
//
// The package knows nothing of schemas or Go types. A [Node] is null, a boolean, a
// number, a string, a list or an object; a scalar keeps its text as written. Other
// packages decide what the text may be. They report in terms of this package: a
// [Finding] at a [Position].
package document

import (
	"slices"
	"strconv"
	"strings"
)

// Kind is the JSON type of a [Node].
type Kind uint8

// The kinds of nodes. The zero Kind is invalid.
const (
	Null Kind = iota + 1
	Bool
	Number
	String
	List
	Object
)

var kindNames = [...]string{"nothing", "null", "boolean", "number", "string", "list", "object"}

// String returns the name of the kind: null, boolean, number, string, list or object.
func (k Kind) String() string { return kindNames[k] }

// Article returns the kind with its article: null, a boolean, a list, an object.
func (k Kind) Article() string {
	switch k {
	case Null:
		return k.String()
	case Object:
		return "an " + k.String()
	}
	return "a " + k.String()
}

// A Node is one value of a document. Documents share nodes: change only a node that you
// created and have not shared yet.
type Node struct {
	in       *part
	contents *contents // of a list or object
	span     span
	kind     Kind
	plain    bool
	hidden   bool
	asRead   bool // of a list or object: nothing below it was changed since it was read
}

// contents are the values below a list or object.
type contents struct {
	items   []*Node
	members []Member
	index   *keyTable // nil for few members, and after a change
	removed *Node
}

// A Member is one key of an object and its value.
type Member struct {
	in    *part
	span  span
	value *Node
}

// NewScalar returns a null, boolean, number or string. text is what [Node.Text]
// returns.
func NewScalar(kind Kind, text string, pos Position) *Node {
	n := &struct {
		Node
		part
	}{Node{kind: kind, span: span{size: isWhole}}, part{at: pos, text: text}}
	n.in = &n.part
	return &n.Node
}

// NewList returns a list. It keeps the slice.
func NewList(items []*Node, pos Position) *Node {
	return &Node{kind: List, in: &part{at: pos}, contents: &contents{items: items}}
}

// NewObject returns an object. It keeps the slice. No two members may have the same
// key.
func NewObject(members []Member, pos Position) *Node {
	return &Node{kind: Object, in: &part{at: pos}, contents: &contents{members: members}}
}

// NewMember returns a member whose key is at pos.
func NewMember(key string, value *Node, pos Position) Member {
	return Member{&part{at: pos, text: key}, span{size: isWhole}, value}
}

// Kind returns the kind of n.
func (n *Node) Kind() Kind { return n.kind }

// Text returns the value of a scalar: the characters of a string, "true" or "false", or
// a number exactly as written, in the grammar of RFC 8259. It returns "" for other
// kinds.
func (n *Node) Text() string { return n.in.written(n.span) }

// Items returns the items of a list, in order.
func (n *Node) Items() []*Node {
	if n.contents == nil {
		return nil
	}
	return n.contents.items
}

// Members returns the members of an object, in the order written. Keys are unique.
func (n *Node) Members() []Member {
	if n.contents == nil {
		return nil
	}
	return n.contents.members
}

// Pos returns where n begins.
func (n *Node) Pos() Position { return n.in.position(n.span.at) }

// Plain reports whether n is a YAML string without quotes, such as 0777 or yes. Its
// author may have meant something other than text.
func (n *Node) Plain() bool { return n.plain }

// Hidden reports whether n comes from a source that may hold secrets, such as the
// environment. Messages do not show its value.
func (n *Node) Hidden() bool { return n.hidden }

// Removed returns the members that a stronger layer removed from the object n with
// null, as an object, or nil.
func (n *Node) Removed() *Node {
	if n.contents == nil {
		return nil
	}
	return n.contents.removed
}

// Key returns the key of m.
func (m *Member) Key() string { return m.in.written(m.span) }

// Pos returns where the key of m begins.
func (m *Member) Pos() Position { return m.in.position(m.span.at) }

// Value returns the value of m.
func (m *Member) Value() *Node { return m.value }

// With returns a copy of m with another value.
func (m Member) With(value *Node) Member { m.value = value; return m }

// Get returns the value of key, or nil if n is nil, is not an object or lacks key.
func (n *Node) Get(key string) *Node {
	if i := n.find(key); i >= 0 {
		return n.contents.members[i].value
	}
	return nil
}

// find returns the index of the member with a key, or -1.
func (n *Node) find(key string) int {
	switch {
	case n == nil || n.contents == nil:
		return -1
	case n.contents.index != nil:
		return n.contents.index.find(n.contents.members, key)
	}
	return findFew(n.contents.members, key)
}

// Clone returns a copy of n that shares nothing that can be changed. Clone(nil) is nil.
func Clone(n *Node) *Node {
	if n == nil {
		return nil
	}
	c := n.Copy()
	switch n.kind {
	case List:
		c.contents.items = slices.Clone(n.Items())
		for i, item := range n.Items() {
			c.contents.items[i] = Clone(item)
		}
	case Object:
		c.contents.members = slices.Clone(n.Members())
		for i, m := range n.Members() {
			c.contents.members[i].value = Clone(m.value)
		}
	}
	return c
}

// Counterpart returns the value of the key of m, which is member i of another version of
// the object n; nil if n lacks it.
func (n *Node) Counterpart(i int, m *Member) *Node {
	if members := n.Members(); i < len(members) {
		if other := &members[i]; other.in == m.in && other.span == m.span || other.Key() == m.Key() {
			return other.value
		}
	}
	return n.Get(m.Key())
}

// index returns an index for the members of n.
func (n *Node) index() keyIndex {
	if n.contents == nil {
		return keyIndex{}
	}
	return keyIndex{table: n.contents.index}
}

// Copy returns a copy of n that shares its items and members.
func (n *Node) Copy() *Node {
	c := *n
	if n.contents != nil {
		below := *n.contents
		c.contents, c.asRead = &below, false
	}
	return &c
}

// ObjectAt returns an object at the position of n. It keeps the slice.
func ObjectAt(n *Node, members []Member) *Node { return n.at(Object, contents{members: members}) }

// ListAt returns a list at the position of n. It keeps the slice.
func ListAt(n *Node, items []*Node) *Node { return n.at(List, contents{items: items}) }

// at returns a list or object at the position of n.
func (n *Node) at(kind Kind, below contents) *Node {
	return &Node{kind: kind, in: n.in, span: span{at: n.span.at}, contents: &below}
}

// SetItem replaces item i of the list n. nil leaves a gap that [Node.SetItems] must
// close.
func (n *Node) SetItem(i int, item *Node) { n.contents.items[i] = item }

// SetItems replaces the items of the list n. It keeps the slice.
func (n *Node) SetItems(items []*Node) { n.contents.items = items }

// SetMember replaces member i of the object n. A member without a value leaves a gap
// that [Node.SetMembers] must close.
func (n *Node) SetMember(i int, m Member) {
	n.contents.members[i] = m
	n.contents.index = nil
}

// SetMembers replaces the members of the object n. It keeps the slice.
func (n *Node) SetMembers(members []Member) {
	n.contents.members = members
	n.contents.index = nil
}

// Set sets the value of key in the object n. A new key is added at the end, at the
// position of value.
func (n *Node) Set(key string, value *Node) {
	if i := n.find(key); i >= 0 {
		n.contents.members[i].value = value
		return
	}
	n.SetMembers(append(n.contents.members, NewMember(key, value, value.Pos())))
}

// Delete removes key from the object n.
func (n *Node) Delete(key string) {
	n.SetMembers(slices.DeleteFunc(n.contents.members, func(m Member) bool { return m.Key() == key }))
}

// SetPos sets where n begins. It does not change the values below n.
func (n *Node) SetPos(pos Position) {
	n.in = &part{at: pos, text: n.Text()}
	if n.span = (span{}); n.contents == nil {
		n.span.size = isWhole
	}
}

// SetHidden sets what [Node.Hidden] reports for n. It does not change the values below n.
func (n *Node) SetHidden(hidden bool) { n.hidden = hidden }

// Placed is what has a position: a [*Node] or a [*Member]. A position is worked out by each
// call of Pos, so pass on what has it rather than the position itself.
type Placed interface{ Pos() Position }

// A Position is a place in a source. Line and Column count from 1, columns in
// characters. A Line of 0 means the whole source.
type Position struct {
	File         string // the file name as the user wrote it, or the name of another source
	Line, Column int
}

// String returns file:line:column, or only file for the whole source.
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}

// Before reports whether p comes before q, by file, line and column.
func (p Position) Before(q Position) bool {
	if p.File != q.File {
		return p.File < q.File
	}
	if p.Line != q.Line {
		return p.Line < q.Line
	}
	return p.Column < q.Column
}

// KeyPath returns the path of the member key of the object at path parent:
// database.pool_size, or tenants["a.b"] for a key that cannot be written with a dot.
// The path of the document itself is "".
func KeyPath(parent, key string) string {
	if !plainKey(key) {
		return parent + "[" + strconv.Quote(key) + "]"
	}
	if parent == "" {
		return key
	}
	return parent + "." + key
}

// IndexPath returns the path of item i of the list at path parent: servers[0].
func IndexPath(parent string, i int) string {
	return parent + "[" + strconv.Itoa(i) + "]"
}

func plainKey(key string) bool {
	return key != "" && !strings.ContainsFunc(key, func(r rune) bool {
		return r <= ' ' || strings.ContainsRune(".[]{}\"'\\:*?", r) || !strconv.IsPrint(r)
	})
}
