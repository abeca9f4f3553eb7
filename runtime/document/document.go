// Package document holds a configuration as an ordered tree whose every node
// knows where it was written, and reads that tree from YAML and JSON text.
//
// It knows nothing of schemas and nothing of Go types: a node is null, a
// boolean, a number, a string, a list or an object, and a scalar keeps the text
// its author wrote. What the text is allowed to be is decided by later steps,
// which report in the terms of this package: a [Finding] at a [Position].
package document

import (
	"strconv"
	"strings"
)

// Kind is the JSON type of a [Node].
type Kind uint8

// The kinds of node; the zero Kind is no kind.
const (
	Null Kind = iota + 1
	Bool
	Number
	String
	List
	Object
)

var kindNames = [...]string{"nothing", "null", "boolean", "number", "string", "list", "object"}

// String is the kind as it is named in messages: null, boolean, number,
// string, list, object.
func (k Kind) String() string { return kindNames[k] }

// Article is the kind as a sentence names a value of it: null, a boolean, a list, an
// object.
func (k Kind) Article() string {
	switch k {
	case Null:
		return k.String()
	case Object:
		return "an " + k.String()
	}
	return "a " + k.String()
}

// A Node is one value of a document.
type Node struct {
	Kind Kind
	// Text is the value of a scalar: the characters of a string, "true" or
	// "false", or a number exactly as written, in the grammar of RFC 8259.
	Text string
	// Items are the values of a list, in order.
	Items []*Node
	// Members are the members of an object, in the order written, no key twice.
	Members []Member
	// Pos is where the value begins.
	Pos Position
	// Plain reports a YAML string without quotes, such as 0777 or yes, which
	// its author may have meant as something else than text.
	Plain bool
	// Hidden reports a value from where secrets live, such as the environment: no
	// message repeats it.
	Hidden bool
	// Removed is, of an object that was merged, an object of the members that a
	// stronger layer took away with null; nil: none.
	Removed *Node
}

// A Member is one key of an object and its value.
type Member struct {
	Key   string
	Pos   Position // where the key begins
	Value *Node
}

// Get returns the value of key, or nil when n is nil, is no object or lacks key.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for i := range n.Members {
		if n.Members[i].Key == key {
			return n.Members[i].Value
		}
	}
	return nil
}

// A Position is a place in a source. Line and Column count from 1, columns in
// characters; a Line of 0 means the source as a whole.
type Position struct {
	File         string // the file's name as the user gave it, or the name of another source
	Line, Column int
}

// String is file:line:column, or just file for the source as a whole.
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}

// Before orders positions by file, line and column.
func (p Position) Before(q Position) bool {
	if p.File != q.File {
		return p.File < q.File
	}
	if p.Line != q.Line {
		return p.Line < q.Line
	}
	return p.Column < q.Column
}

// KeyPath is the path of the member key of the object at path parent:
// database.pool_size, or tenants["a.b"] for a key that a dotted path could not
// carry. The path of the document itself is "".
func KeyPath(parent, key string) string {
	if !plainKey(key) {
		return parent + "[" + strconv.Quote(key) + "]"
	}
	if parent == "" {
		return key
	}
	return parent + "." + key
}

// IndexPath is the path of item i of the list at path parent: servers[0].
func IndexPath(parent string, i int) string {
	return parent + "[" + strconv.Itoa(i) + "]"
}

func plainKey(key string) bool {
	return key != "" && !strings.ContainsFunc(key, func(r rune) bool {
		return r <= ' ' || strings.ContainsRune(".[]\"'\\:*", r) || !strconv.IsPrint(r)
	})
}
