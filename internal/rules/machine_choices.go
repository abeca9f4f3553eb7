package rules

import (
	"slices"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

func (m *machine) any(r *Rule, n *document.Node, own *seen) bool {
	matched := false
	for _, branch := range r.Any {
		if !m.quietly(branch, n, own) {
			continue
		}
		if matched = true; own == nil {
			return true // the others matter only for what they evaluate
		}
	}
	if !matched {
		m.refuseAll(r.Any, n, own)
	}
	return matched
}

func (m *machine) one(r *Rule, n *document.Node, own *seen) bool {
	var matches []int
	for _, branch := range r.One {
		if !m.quietly(branch, n, own) {
			continue
		}
		if matches = append(matches, branch); len(matches) > 1 && m.p.quiet {
			return false
		}
	}
	switch len(matches) {
	case 1:
		return true
	case 0:
		m.refuseAll(r.One, n, own)
		return false
	}
	m.findSeveral(matches, n)
	return false
}

// findSeveral reports a value that more than one alternative allows.
func (m *machine) findSeveral(matches []int, n *document.Node) {
	if keys, ok := m.keysOf(matches); ok && n.Kind() == document.Object {
		m.p.Find(n, wording.Exclusive(keys))
		return
	}
	names := make([]string, len(matches))
	for i, branch := range matches {
		names[i] = m.rules[branch].Label
	}
	if slices.Contains(names, "") {
		m.p.Find(n, wording.TooMany(len(names)))
		return
	}
	m.p.Find(n, wording.Several(names))
}

// keysOf returns the property that each branch requires, if each requires exactly one
// and nothing else: oneOf: [{required: [a]}, {required: [b]}].
func (m *machine) keysOf(branches []int) (keys []string, ok bool) {
	for _, branch := range branches {
		r := &m.rules[branch]
		if r.Object == nil || len(r.Object.Required) != 1 || r.asksMore() {
			return nil, false
		}
		keys = append(keys, r.Object.Required[0])
	}
	return keys, true
}

// asksMore reports whether a rule has more than required properties.
func (r *Rule) asksMore() bool {
	o := r.Object
	return r.Kinds&^KindObject != 0 || r.Never || len(r.Enum) > 0 || r.Array != nil || r.Dynamic != nil || len(r.All)+len(r.Any)+len(r.One)+r.Not+r.If > 0 ||
		len(o.Properties)+len(o.Patterns)+len(o.Needs)+len(o.Dependent)+o.Additional+o.Names+o.Unevaluated > 0 || o.Length != (Count{})
}

// excluded returns the finding for a value that a negated rule allows.
func (m *machine) excluded(not int, n *document.Node) document.Finding {
	r := m.rules[not]
	secret := m.p.Hides(n)
	switch {
	case secret || r.Label != "":
		return wording.Excluded(r.Label)
	case len(r.Enum) > 0:
		return wording.ExcludedValue(n, secret)
	case r.Object != nil && len(r.Object.Required) > 0 && n.Kind() == document.Object:
		return wording.ExcludedTogether(r.Object.Required)
	case r.Kinds != 0:
		return wording.Excluded(r.Kinds.String())
	}
	return wording.Excluded("")
}

// refuseAll reports a value that no branch allows, with the findings of the branch that
// it resembles most.
func (m *machine) refuseAll(branches []int, n *document.Node, own *seen) {
	own.leaveOpen()
	if m.p.quiet || m.refuseTagged(branches, n) {
		return
	}
	if keys, ok := m.keysOf(branches); ok && n.Kind() == document.Object {
		m.p.Find(n, wording.OneNeeded(keys))
		return
	}
	var readings []Reading
	var kinds Kinds
	for _, branch := range branches {
		allowed := m.kinds(branch)
		kinds |= allowed
		if !allowed.Allow(n) {
			continue
		}
		readings = append(readings, m.reading(branch, n))
	}
	if len(readings) == 0 && kinds != 0 {
		m.p.WrongType(n, slices.ContainsFunc(branches, m.holdsSecret), kinds.String())
		return
	}
	if len(readings) == 0 {
		m.p.Find(n, wording.Never)
		return
	}
	m.p.Nearest(readings)
}

// kinds returns a superset of the kinds that rule allows, found without deep
// evaluation; 0 is none.
func (m *machine) kinds(rule int) Kinds {
	if kinds, known := m.types[rule]; known {
		return kinds
	}
	r := &m.rules[rule]
	kinds := r.Kinds
	if kinds == 0 {
		kinds = AllKinds
	}
	if len(r.Enum) > 0 {
		kinds &= kindsOf(r.Enum)
	}
	for _, all := range r.All {
		kinds &= m.kinds(all)
	}
	for _, list := range [...][]int{r.Any, r.One} {
		some := Kinds(0)
		for _, branch := range list {
			some |= m.kinds(branch)
		}
		if len(list) > 0 {
			kinds &= some
		}
	}
	if r.Never {
		kinds = 0
	}
	if m.types == nil {
		m.types = map[int]Kinds{}
	}
	m.types[rule] = kinds
	return kinds
}

// reading returns the findings of n read as an alternative that does not allow it.
func (m *machine) reading(branch int, n *document.Node) Reading {
	r := Reading{Name: m.rules[branch].Label, Findings: m.aside(func() { m.eval(branch, n, nil) })}
	names := m.declared(&m.rules[branch])
	for i := range n.Members() {
		if slices.Contains(names, n.Members()[i].Key()) {
			r.Declared++
		} else if len(names) > 0 {
			r.Undeclared++
		}
	}
	return r
}

// maxFollowed bounds how many references are followed for a message.
const maxFollowed = 8

// A constant is a property and the only string allowed for it, a JSON text.
type constant struct{ key, text string }

// refuseTagged reports an object whose alternatives are distinguished by a property,
// and reports whether they are. The other alternatives cannot match.
func (m *machine) refuseTagged(branches []int, n *document.Node) bool {
	key, tags := m.tag(branches)
	tag := n.Get(key)
	if len(tags) == 0 || tag == nil || tag.Kind() != document.String {
		return false
	}
	if i := slices.IndexFunc(tags, func(text string) bool { return isValue(tag, text) }); i >= 0 {
		m.eval(branches[i], n, nil)
		return true
	}
	m.p.EnterKey(key)
	defer m.p.Leave()
	if m.hidden[tag] {
		defer m.p.EnterSecret()()
	}
	return !m.p.Enum(tag, tags)
}

// tag returns a property that has a different constant string in each branch.
func (m *machine) tag(branches []int) (key string, tags []string) {
	for _, c := range m.constants(branches[0], 0) {
		tags = tags[:0]
		for _, branch := range branches {
			list := m.constants(branch, 0)
			i := slices.IndexFunc(list, func(other constant) bool { return other.key == c.key })
			if i < 0 || slices.Contains(tags, list[i].text) {
				break
			}
			tags = append(tags, list[i].text)
		}
		if len(tags) == len(branches) && len(tags) > 1 {
			return c.key, tags
		}
	}
	return "", nil
}

// constants returns the constant strings among the properties of rule.
func (m *machine) constants(rule, depth int) []constant {
	r := &m.rules[rule]
	var list []constant
	if r.Object != nil {
		for i := range r.Object.Properties {
			p := &r.Object.Properties[i]
			if text, ok := m.constant(p.Rule, depth); ok {
				list = append(list, constant{p.Key, text})
			}
		}
	}
	if depth < maxFollowed {
		for _, all := range r.All {
			list = append(list, m.constants(all, depth+1)...)
		}
	}
	return list
}

func (m *machine) constant(rule, depth int) (string, bool) {
	r := &m.rules[rule]
	if len(r.Enum) == 1 {
		_, is := Unquote(r.Enum[0])
		return r.Enum[0], is
	}
	if depth < maxFollowed {
		for _, all := range r.All {
			if text, ok := m.constant(all, depth+1); ok {
				return text, true
			}
		}
	}
	return "", false
}
