package validate

import (
	"slices"

	"github.com/hotbind/hotbind/runtime/document"
)

// kinds is a set of kinds of values.
type kinds uint8

const (
	kindNull   = kinds(1) << document.Null
	kindObject = kinds(1) << document.Object
	kindList   = kinds(1) << document.List
	anyKind    = kindNull | kindObject | kindList | 1<<document.Bool | 1<<document.Number | 1<<document.String
)

var kindsOfType = map[string]kinds{
	"null": kindNull, "boolean": 1 << document.Bool, "number": 1 << document.Number, "integer": 1 << document.Number,
	"string": 1 << document.String, "array": kindList, "object": kindObject,
}

// one is the only kind beside null; 0: there are several, or none.
func (k kinds) one() document.Kind {
	if k == kindNull {
		return document.Null
	}
	for kind := document.Bool; kind <= document.Object; kind++ {
		if k&^kindNull == 1<<kind {
			return kind
		}
	}
	return 0
}

// allowedKinds are the kinds of values that the schemas of h allow.
func (h *shape) allowedKinds() kinds {
	k := anyKind
	for _, n := range h.all {
		k &= h.schema.index.kindsOf(n, map[*document.Node]bool{})
	}
	if len(h.all) == 0 && len(h.some) > 0 {
		k = 0
		for _, n := range h.some {
			k |= h.schema.index.kindsOf(n, map[*document.Node]bool{})
		}
	}
	return k
}

// kindsOf are the kinds that a schema allows, as far as types, constants and
// alternatives say.
func (x *index) kindsOf(n *document.Node, above map[*document.Node]bool) kinds {
	switch {
	case n.Kind == document.Bool && n.Text == "false":
		return 0
	case n.Kind != document.Object || above[n]:
		return anyKind
	}
	above[n] = true
	defer delete(above, n)
	k := anyKind
	for _, to := range x.targets[n].sure {
		k &= x.kindsOf(to, above)
	}
	if x.alone(n) {
		return k
	}
	k &= ownKinds(n)
	if all := n.Get("allOf"); all != nil {
		for _, c := range all.Items {
			k &= x.kindsOf(c, above)
		}
	}
	for _, keyword := range []string{"oneOf", "anyOf"} {
		list := n.Get(keyword)
		if list == nil {
			continue
		}
		var some kinds
		for _, c := range list.Items {
			some |= x.kindsOf(c, above)
		}
		k &= some
	}
	return k
}

// ownKinds are those that type, enum and const of a schema allow.
func ownKinds(n *document.Node) kinds {
	k := anyKind
	if t := n.Get("type"); t != nil {
		k = kindsOfType[t.Text]
		for _, item := range t.Items {
			k |= kindsOfType[item.Text]
		}
	}
	if enum := n.Get("enum"); enum != nil {
		var listed kinds
		for _, v := range enum.Items {
			listed |= 1 << v.Kind
		}
		k &= listed
	}
	if value := n.Get("const"); value != nil {
		k &= 1 << value.Kind
	}
	return k
}

// onlyBranch is the one of several alternatives that is not null, if one is.
func (x *index) onlyBranch(list *document.Node) (only *document.Node) {
	for _, b := range list.Items {
		if x.kindsOf(b, map[*document.Node]bool{})&^kindNull == 0 {
			continue
		}
		if only != nil {
			return nil
		}
		only = b
	}
	return only
}

// findChoice finds the alternatives that are shapes of their own: where the value
// declares no properties itself, each of several that are objects declares some,
// and they are told apart.
func (h *shape) findChoice() {
	x := h.schema.index
	var found *document.Node
	for _, n := range h.sure {
		if x.alone(n) {
			continue
		}
		if n.Get("properties") != nil || n.Get("patternProperties") != nil || n.Get("unevaluatedProperties") != nil {
			return
		}
		for _, keyword := range []string{"oneOf", "anyOf"} {
			list := n.Get(keyword)
			if list == nil || slices.Contains(h.chosen, list) || x.onlyBranch(list) != nil || !h.isChoice(list, keyword) {
				continue
			}
			if found != nil {
				return
			}
			found = list
		}
	}
	if found == nil {
		return
	}
	h.choice = found
	for _, b := range found.Items {
		all := append(slices.Clone(h.all), b)
		h.branches = append(h.branches, h.schema.shape(all, h.some, append(slices.Clone(h.chosen), found)))
	}
}

func (h *shape) isChoice(list *document.Node, keyword string) bool {
	x := h.schema.index
	var objects []*document.Node
	for _, b := range list.Items {
		if b.Kind == document.Object && x.kindsOf(b, map[*document.Node]bool{})&kindObject != 0 {
			objects = append(objects, b)
		}
	}
	if len(objects) == 0 {
		return false
	}
	var declared []map[string]*document.Node
	for _, b := range objects {
		own := x.declared(b, map[*document.Node]bool{})
		if len(own) == 0 {
			return false
		}
		declared = append(declared, own)
	}
	return len(objects) == 1 || keyword == "oneOf" || x.toldApart(objects, declared)
}

// declared are the properties that a schema, and what is about the same value, has.
func (x *index) declared(n *document.Node, above map[*document.Node]bool) map[string]*document.Node {
	found := map[string]*document.Node{}
	if n.Kind != document.Object || above[n] {
		return found
	}
	above[n] = true
	if p := n.Get("properties"); p != nil && !x.alone(n) {
		for _, m := range p.Members {
			found[m.Key] = m.Value
		}
	}
	for _, list := range [][]*document.Node{x.targets[n].sure, children(n, nil, listInPlace, nil)} {
		for _, c := range list {
			for key, s := range x.declared(c, above) {
				found[key] = s
			}
		}
	}
	return found
}

// toldApart reports whether a property has another constant in each alternative, or
// each requires one that the others do not declare.
func (x *index) toldApart(objects []*document.Node, declared []map[string]*document.Node) bool {
	for key := range declared[0] {
		if hasOwnConstants(declared, key) {
			return true
		}
	}
	for i, b := range objects {
		if !slices.ContainsFunc(x.required(b, map[*document.Node]bool{}), func(key string) bool {
			for j := range declared {
				if j != i && declared[j][key] != nil {
					return false
				}
			}
			return true
		}) {
			return false
		}
	}
	return true
}

// required are the keys that a schema, and what is surely about the same value,
// requires.
func (x *index) required(n *document.Node, above map[*document.Node]bool) (keys []string) {
	if n.Kind != document.Object || above[n] {
		return nil
	}
	above[n] = true
	if r := n.Get("required"); r != nil && !x.alone(n) {
		for _, key := range r.Items {
			keys = append(keys, key.Text)
		}
	}
	for _, list := range [][]*document.Node{x.targets[n].sure, children(n, nil, []string{"allOf"}, nil)} {
		for _, c := range list {
			keys = append(keys, x.required(c, above)...)
		}
	}
	return keys
}

func hasOwnConstants(declared []map[string]*document.Node, key string) bool {
	values := map[string]bool{}
	for _, own := range declared {
		s := own[key]
		value := s.Get("const")
		if enum := s.Get("enum"); value == nil && enum != nil && len(enum.Items) == 1 {
			value = enum.Items[0]
		}
		if value == nil {
			return false
		}
		values[string(value.AppendJSON(nil))] = true
	}
	return len(values) == len(declared)
}

// Choose implements [Detail].
func (h *shape) Choose(n *document.Node) (chosen Detail, alternative int) {
	h.prepare()
	if n == nil || h.choice == nil {
		return h, 0
	}
	for i, b := range h.choice.Items {
		if h.schema.accepts(b, n) {
			inner, below := h.branches[i].Choose(n)
			return inner, (i+1)*1000 + below
		}
	}
	return h, 0
}

// accepts reports whether a part of the schema allows a value.
func (s *Schema) accepts(part, n *document.Node) bool {
	compiled, err := s.part(s.index.homes[part])
	return err == nil && len(s.validate(compiled, part, n).Errors()) == 0
}
