package compile

import (
	"strings"

	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// Kinds returns the kinds that s allows by its types, values and alternatives. Other
// keywords, such as not and if, can only allow less.
func (c *Compiler) Kinds(s *schema.Schema) rules.Kinds {
	if k, known := c.kinds[s]; known {
		return k
	}
	c.kinds[s] = rules.AllKinds // another check refuses loops
	k := OwnKinds(s)
	for _, t := range s.Also() {
		k &= c.Kinds(t)
	}
	for _, group := range [][]*schema.Schema{s.AnyOf, s.OneOf} {
		if len(group) > 0 {
			k &= c.KindsOfAny(group)
		}
	}
	c.kinds[s] = k
	return k
}

// KindsOfAny returns the kinds that at least one of the schemas allows.
func (c *Compiler) KindsOfAny(list []*schema.Schema) (k rules.Kinds) {
	for _, s := range list {
		k |= c.Kinds(s)
	}
	return k
}

// OwnKinds returns the kinds that type, format, enum and const of s allow.
func OwnKinds(s *schema.Schema) rules.Kinds {
	if s.Never {
		return 0
	}
	k := rules.AllKinds
	if len(s.Types) > 0 {
		k = rules.KindsOfType(s.Types...)
	}
	if f := format.Named(s.Format); f != nil && f.Whole {
		k &^= rules.KindFraction
	}
	if s.EnumGiven {
		k &= KindsOfValues(s.Enum)
	}
	if s.Const != nil {
		k &= rules.KindOf(s.Const)
	}
	return k
}

// KindsOfValues returns the kinds of some values.
func KindsOfValues(values []*document.Node) (k rules.Kinds) {
	for _, v := range values {
		k |= rules.KindOf(v)
	}
	return k
}

// Listed returns the values that s lists in const, enum, or alternatives that all list
// values. It reports whether s does.
func (c *Compiler) Listed(s *schema.Schema) ([]*document.Node, bool) {
	if values, listed := s.Values(); listed {
		return values, true
	}
	for _, branches := range [][]*schema.Schema{s.OneOf, s.AnyOf} {
		if values, ok := c.listedByAll(branches); ok {
			return values, true
		}
	}
	return nil, false
}

func (c *Compiler) listedByAll(branches []*schema.Schema) (all []*document.Node, ok bool) {
	for _, b := range branches {
		values, found := c.listedAbout(b, map[*schema.Schema]bool{})
		if !found && c.Kinds(b) == rules.KindNull {
			values, found = []*document.Node{document.NewScalar(document.Null, "", b.At.Pos)}, true
		}
		if !found {
			return nil, false
		}
		all = append(all, values...)
	}
	return all, len(branches) > 0
}

// listedAbout returns the values that s, or a schema that all its values must satisfy,
// lists.
func (c *Compiler) listedAbout(s *schema.Schema, seen map[*schema.Schema]bool) ([]*document.Node, bool) {
	if seen[s] {
		return nil, false
	}
	seen[s] = true
	for _, t := range s.Also() {
		if values, ok := c.listedAbout(t, seen); ok {
			return values, true
		}
	}
	return c.Listed(s)
}

// longestLabel bounds titles used as names in messages.
const longestLabel = 40

// label returns the name of s among alternatives in messages, or "".
func (c *Compiler) label(s *schema.Schema) string {
	t := Same(s)
	switch {
	case t.DefName != "":
		return t.DefName
	case t.Title != "" && len(t.Title) <= longestLabel:
		return t.Title
	}
	if values, ok := c.Listed(t); ok && len(values) > 0 {
		return listOf(values)
	}
	if k := c.Kinds(t); k != rules.AllKinds && k.IsOne() && k != rules.KindObject {
		return k.String()
	}
	return ""
}

// listOf names the first of some values.
func listOf(values []*document.Node) string {
	var texts []string
	for _, n := range values[:min(3, len(values))] {
		texts = append(texts, string(n.AppendJSON(nil)))
	}
	if len(values) > 3 {
		return strings.Join(texts, ", ") + " or another of its values"
	}
	return wording.Or(texts)
}
