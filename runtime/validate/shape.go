package validate

import (
	"fmt"
	"slices"
	"sync"

	"github.com/hotbind/hotbind/runtime/document"
)

// Shape is what the schema says of a document, as far as merging layers, reading
// text and following paths need it. It is worked out as it is asked for, and may
// be used from several goroutines at once. Every shape below it is a [Detail].
//
// It agrees with the tables of a generated package: properties that only
// alternatives declare have no default, and where alternatives are shapes of their
// own nothing is declared before one of them is chosen ([Detail].Choose).
func (s *Schema) Shape() document.Shape { return s.shape([]*document.Node{s.root}, nil, nil) }

// A Detail is a shape of which more is known than merging needs.
type Detail interface {
	document.Shape
	// Format is the format of a string; empty: none.
	Format() string
	// Listed reports a string that is one of a list of words.
	Listed() bool
	// Choose is the shape of n where the schema has alternatives that are shapes of
	// their own, and which of them it is; the shape itself and 0 where it has none,
	// or n is none of them.
	Choose(n *document.Node) (chosen Detail, alternative int)
	// Filled reports whether an absent section is one that its defaults fill: all in
	// it may be absent, and something has a default.
	Filled() bool
}

// A shape is what several schemas say of one value together.
type shape struct {
	schema *Schema
	all    []*document.Node // they hold
	some   []*document.Node // which of them hold is not known
	chosen []*document.Node // lists of alternatives in all of which one was chosen; it is in all as well

	once       sync.Once
	sure       []*document.Node // all, with what they refer to and allOf
	maybe      []conditional    // what else may hold
	never      bool             // no value is allowed
	kinds      kinds
	choice     *document.Node // the list of alternatives that are shapes of their own
	branches   []*shape
	properties []property
	listed     []document.Property // they, completed
	fills      fills

	telling sync.Once
	tells   bool // x-key may tell the items apart
}

// A conditional schema holds on some condition, or is only asked (if, not), so that
// nothing in it is declared.
type conditional struct {
	*document.Node
	asked bool
}

// shape is the one for these schemas, which is made once: types that contain
// themselves have an end.
func (s *Schema) shape(all, some, chosen []*document.Node) *shape {
	if len(all) == 0 && len(some) == 1 {
		all, some = some, nil
	}
	s.shaping.Lock()
	defer s.shaping.Unlock()
	if s.shapes == nil {
		s.shapes = map[string]*shape{}
	}
	key := nodesKey(all) + "|" + nodesKey(some) + "|" + nodesKey(chosen)
	h := s.shapes[key]
	if h == nil {
		h = &shape{schema: s, all: all, some: some, chosen: chosen}
		s.shapes[key] = h
	}
	return h
}

func nodesKey(list []*document.Node) string {
	var key []byte
	for _, n := range list {
		key = fmt.Appendf(key, "%p,", n)
	}
	return string(key)
}

// prepare finds all schemas that can be about the value.
func (h *shape) prepare() {
	h.once.Do(func() {
		g := gathering{shape: h, seen: map[*document.Node]bool{}}
		for _, n := range h.all {
			g.sure(n)
		}
		for _, n := range h.some {
			g.maybe(n, false)
		}
		h.kinds = h.allowedKinds()
		h.findChoice()
		if h.choice == nil {
			h.findProperties()
		}
	})
}

// Kind implements [document.Shape].
func (h *shape) Kind() document.Kind {
	h.prepare()
	if h.choice != nil {
		return 0
	}
	return h.kinds.one()
}

// AllowsNull implements [document.Shape].
func (h *shape) AllowsNull() bool {
	h.prepare()
	return h.kinds&kindNull != 0
}

// Secret implements [document.Shape].
func (h *shape) Secret() bool {
	x := h.schema.index
	if slices.ContainsFunc(h.all, x.hides) || slices.ContainsFunc(h.some, x.hides) {
		return true
	}
	h.prepare()
	return h.anySchema(func(n *document.Node) bool { // names that are secrets are in no other place
		names := n.Get("propertyNames")
		return names != nil && x.hides(names)
	})
}

func (h *shape) anySchema(is func(*document.Node) bool) bool {
	return slices.ContainsFunc(h.sure, is) || slices.ContainsFunc(h.maybe, func(c conditional) bool { return is(c.Node) })
}

// Lists implements [document.Shape].
func (h *shape) Lists() document.ListRule {
	var rule document.ListRule
	if n := h.annotation("x-key"); n != nil && n.Kind == document.String && h.mayTell(n.Text) {
		rule.Key = n.Text
	}
	if n := h.annotation("x-merge"); n != nil {
		switch n.Text {
		case "append":
			rule.Merge = document.AppendList
		case "key":
			rule.Merge = document.KeyList
		}
	}
	return rule
}

// Format implements [Detail].
func (h *shape) Format() string {
	h.prepare()
	for _, n := range h.sure {
		if f := n.Get("format"); f != nil && f.Kind == document.String && !h.schema.index.alone(n) {
			return f.Text
		}
	}
	return ""
}

// Listed implements [Detail].
func (h *shape) Listed() bool {
	h.prepare()
	constants := 0
	for _, c := range h.maybe { // alternatives that are constants
		if c.Get("const") == nil || c.asked {
			return false
		}
		constants++
	}
	return h.Kind() == document.String && (constants > 0 || slices.ContainsFunc(h.sure, func(n *document.Node) bool {
		return n.Get("enum") != nil && !h.schema.index.alone(n)
	}))
}

// annotation is the value of a keyword that describes the value: what stands
// nearest to it.
func (h *shape) annotation(keyword string) *document.Node {
	h.prepare()
	seen := map[*document.Node]bool{}
	for _, n := range h.all {
		if found := h.schema.index.annotation(n, keyword, seen); found != nil {
			return found
		}
	}
	return nil
}

// annotation looks in n, and then in what is surely about the same value.
func (x *index) annotation(n *document.Node, keyword string, seen map[*document.Node]bool) *document.Node {
	if n.Kind != document.Object || seen[n] {
		return nil
	}
	seen[n] = true
	if found := n.Get(keyword); found != nil {
		return found
	}
	more := slices.Clone(x.targets[n].sure)
	if all := n.Get("allOf"); all != nil && !x.alone(n) {
		more = append(more, all.Items...)
	}
	for _, c := range more {
		if found := x.annotation(c, keyword, seen); found != nil {
			return found
		}
	}
	return nil
}

// Text is the schema as JSON, as it was given.
func (s *Schema) Text() string { return string(s.index.folder.Root().Node.AppendJSON(nil)) }
