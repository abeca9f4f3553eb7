package lower

import (
	"slices"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

// An alternative is one of the types that a value may have: that of a schema as
// it is, or of a narrowed view.
type alternative struct {
	s    *schema.Schema
	view *view // nil: s as it is
	kind kinds
}

// alternatives is the type of v where it allows several types of values, or
// objects of several shapes. Done is false where v has one shape only.
func (l *lowerer) alternatives(v *view, at scope, given *ir.Decl) (t ir.Type, done bool) {
	k := l.kindsOfView(v) &^ kindNull
	if k == kindObject {
		return l.splitObjects(v, at, given)
	}
	if k.isOne() || k == 0 {
		return l.onlyOne(v, k, at)
	}
	var list []alternative
	exact, one := true, false
	for _, class := range k.classes() {
		some, g, ok := l.ofClass(v, class)
		list, exact = append(list, some...), exact && ok
		one = one || g == "oneOf"
	}
	l.sortByPlace(v, list)
	v.takeAll("type")
	if t := l.oneOrMany(v, list, at); t != nil {
		return t, true
	}
	if exact {
		v.takeEverything()
		v.tellValues()
	}
	return l.sealed(v, list, one && exact, at, given), true
}

// tellValues leaves an enum of several types to a rule, which can say what is
// allowed; each of the types knows its own values only.
func (v *view) tellValues() {
	for _, p := range v.parts {
		if len(p.s.Enum) > 0 {
			p.left["enum"] = true
			return
		}
	}
}

// sortByPlace puts alternatives in the order in which the schema speaks of them.
func (l *lowerer) sortByPlace(v *view, list []alternative) {
	place := func(a alternative) int {
		for _, g := range v.groups() {
			for i, b := range g.branches {
				if b == a.s || a.view != nil && l.kindsOf(b)&a.kind != 0 {
					return i
				}
			}
		}
		for _, p := range v.parts {
			for i, name := range p.s.Types {
				if kindNames[name]&a.kind != 0 {
					return i
				}
			}
			values, _ := l.listed(p.s)
			for i, n := range values {
				if kindOf(n)&a.kind != 0 {
					return i
				}
			}
		}
		return 0
	}
	slices.SortStableFunc(list, func(a, b alternative) int { return place(a) - place(b) })
}

// onlyOne is the type of v where null and one other alternative are all there
// is and nothing stands beside them.
func (l *lowerer) onlyOne(v *view, k kinds, at scope) (ir.Type, bool) {
	b := l.single(v, k)
	if b == nil || l.kindsOf(b) != k {
		return nil, false
	}
	v.takeEverything()
	return l.typeOf(b, at), true
}

// single is the one alternative of v that allows values of k, if v says nothing
// else.
func (l *lowerer) single(v *view, k kinds) *schema.Schema {
	groups := v.groups()
	if len(groups) != 1 || !l.saysOnly(v, groups[0], k) {
		return nil
	}
	possible := l.possible(groups[0], k)
	if len(possible) != 1 {
		return nil
	}
	return possible[0]
}

// saysOnly reports whether v says nothing of values of k but what g does.
func (l *lowerer) saysOnly(v *view, g group, k kinds) bool {
	for _, p := range v.parts {
		for keyword := range p.left {
			switch {
			case p == g.part && keyword == g.keyword:
			case keyword == "type" && k&^ownKinds(p.s) == 0:
			case keyword != "type" && aboutOthers(keyword, k):
			default:
				return false
			}
		}
	}
	return true
}

// aboutOthers reports whether a keyword speaks of values that k has none of.
func aboutOthers(keyword string, k kinds) bool {
	about := spokenOf(keyword)
	return about != 0 && about&k == 0
}

// possible are the branches of g that allow values of k.
func (l *lowerer) possible(g group, k kinds) []*schema.Schema {
	return slices.DeleteFunc(slices.Clone(g.branches), func(b *schema.Schema) bool { return l.kindsOf(b)&k == 0 })
}

// ofClass are the alternatives of v for values of one class, and the keyword of
// the group they are from, if they are from one. Exact reports that being one of
// them, or one only where that is oneOf, is all that v asks of such values.
func (l *lowerer) ofClass(v *view, class kinds) (list []alternative, keyword string, exact bool) {
	if b := l.single(v, class); b != nil && l.kindsOf(b) == class {
		if class != kindObject || len(l.branchesOf(l.view(b))) == 0 {
			return []alternative{{s: b, kind: class}}, "", true
		}
	}
	narrowed := l.narrow(v, class)
	if class == kindObject {
		if g, ok := l.objectGroup(narrowed); ok {
			list, exact = l.ofGroup(narrowed, g)
			return list, g.keyword, exact
		}
	}
	return []alternative{{s: v.s, view: narrowed, kind: class}}, "", true
}

// splitObjects is the type of objects of several shapes, if they are told apart
// by more than what they refuse.
func (l *lowerer) splitObjects(v *view, at scope, given *ir.Decl) (ir.Type, bool) {
	if b := l.single(v, kindObject); b != nil && l.kindsOf(b)&^kindNull == kindObject && l.kindsOf(b)&^l.kindsOfView(v) == 0 && !l.nullTwice(v) {
		v.takeEverything()
		return l.typeOf(b, at), true
	}
	g, ok := l.objectGroup(v)
	if !ok || l.kindsOfView(v) == anyKind && !l.saysOnly(v, g, kindObject) {
		return nil, false
	}
	list, exact := l.ofGroup(v, g)
	one := g.keyword == "oneOf" && exact
	if exact {
		l.takeAround(v, g)
	}
	return l.sealed(v, list, one, at, given), true
}

// takeAround takes what the alternatives of g check: all of v if they are narrowed
// views, and g alone if they are schemas as they are.
func (l *lowerer) takeAround(v *view, g group) {
	g.part.take(g.keyword)
	if !l.saysOnly(v, g, kindObject) {
		v.takeEverything()
		return
	}
	if k := l.kindsOfAny(g.branches); k&^kindNull == kindObject {
		v.takeAll("type")
	}
}

// nullTwice reports whether null is allowed by an alternative that also allows
// objects: what it is then read as, only a rule can say.
func (l *lowerer) nullTwice(v *view) bool {
	for _, g := range v.groups() {
		n := 0
		for _, b := range g.branches {
			if l.kindsOf(b)&kindNull != 0 {
				n++
			}
		}
		if n > 1 && g.keyword == "oneOf" {
			return true
		}
	}
	return false
}

// objectGroup is the group whose branches become types of their own: where v
// declares no properties itself, each branch declares some, and they are told
// apart.
func (l *lowerer) objectGroup(v *view) (g group, ok bool) {
	for _, p := range v.parts {
		if len(p.s.Properties) > 0 || len(p.s.PatternProperties) > 0 || p.left["unevaluatedProperties"] {
			return g, false
		}
	}
	for _, candidate := range v.groups() {
		possible := l.possible(candidate, kindObject)
		if len(possible) < 2 || !l.shaped(possible) {
			continue
		}
		if ok { // two of them: what they have is merged
			return group{}, false
		}
		if candidate.keyword == "anyOf" && !l.toldApart(possible) {
			continue
		}
		g, ok = candidate, true
	}
	return g, ok
}

// branchesOf are the object alternatives that v would be split into.
func (l *lowerer) branchesOf(v *view) []*schema.Schema {
	g, ok := l.objectGroup(v)
	if !ok {
		return nil
	}
	return l.possible(g, kindObject)
}

// shaped reports whether each of list has a shape of its own, not only
// conditions, and no two are the same schema.
func (l *lowerer) shaped(list []*schema.Schema) bool {
	for i, b := range list {
		v := l.view(b)
		if k := l.kindsOf(b); k != anyKind && k&^kindNull != kindObject {
			v = l.narrow(v, kindObject)
		} else if l.speaksOf(b)&^kindNull != kindObject && k&^kindNull != kindObject {
			return false
		}
		if l.kindsOf(b) == anyKind && l.isMap(v) {
			return false // what it allows beside objects no type of its own could hold
		}
		if len(v.declared()) == 0 && len(l.branchesOf(v)) == 0 && !l.isNamedMap(v) {
			return false
		}
		if slices.ContainsFunc(list[:i], func(other *schema.Schema) bool { return same(other) == same(b) }) {
			return false
		}
	}
	return true
}

// isNamedMap reports whether v is a map that says what its values are.
func (l *lowerer) isNamedMap(v *view) bool {
	return l.isMap(v) && v.has("patternProperties", "additionalProperties")
}

// ofGroup are the alternatives of g, those of alternatives within them included.
func (l *lowerer) ofGroup(v *view, g group) (list []alternative, exact bool) {
	exact = true
	plain := l.saysOnly(v, g, kindObject)
	for _, b := range l.possible(g, kindObject) {
		if only := l.single(l.view(b), kindObject); only != nil && plain {
			b = only
		}
		switch {
		case !plain:
			c := v.clone()
			c.partOf(g.part.s).take(g.keyword)
			l.choose(c, b)
			c.only &= kindObject
			c.settleKey(l)
			exact = exact && len(l.branchesOf(c)) == 0
			list = append(list, alternative{s: b, view: c, kind: kindObject})
		case len(l.branchesOf(l.narrow(l.view(b), kindObject))) > 0:
			// What exactly one of them is cannot be said of all together.
			some, _, _ := l.ofClass(l.view(b), kindObject)
			list, exact = append(list, some...), false
		case l.kindsOf(b) == kindObject || l.kindsOf(b) == anyKind && v.only == anyKind:
			list = append(list, alternative{s: b, kind: kindObject})
		default:
			list = append(list, alternative{s: b, view: l.narrow(l.view(b), kindObject), kind: kindObject})
		}
	}
	return list, exact
}

func (v *view) partOf(s *schema.Schema) *part {
	return v.parts[slices.IndexFunc(v.parts, func(p *part) bool { return p.s == s })]
}

// toldApart reports whether no object can be two of list: by a property that has
// other values in each, or by one that each requires and no other declares.
func (l *lowerer) toldApart(list []*schema.Schema) bool {
	return l.tagOf(list, nil) != "" || l.ownRequired(list)
}

func (l *lowerer) ownRequired(list []*schema.Schema) bool {
	declared := make([]map[string]bool, len(list))
	for i, b := range list {
		declared[i] = l.declaredBy(b)
	}
	for i, b := range list {
		own := slices.ContainsFunc(l.requiredBy(b), func(key string) bool {
			for j := range declared {
				if j != i && declared[j][key] {
					return false
				}
			}
			return true
		})
		if !own {
			return false
		}
	}
	return true
}

func (l *lowerer) requiredBy(s *schema.Schema) (keys []string) {
	for _, p := range l.view(s).parts {
		keys = append(keys, p.s.Required...)
	}
	return keys
}

// tagOf is the property that has other values in each of list; empty: there is
// none. Values, where it is not nil, gets the one string value in each.
func (l *lowerer) tagOf(list []*schema.Schema, values *[]string) string {
	for _, p := range l.view(list[0]).parts {
		for _, own := range p.s.Properties {
			if l.tells(own.Key, list, values) {
				return own.Key
			}
		}
	}
	return ""
}

func (l *lowerer) tells(key string, list []*schema.Schema, values *[]string) bool {
	var all []*document.Node
	var texts []string
	for _, b := range list {
		those := l.valuesOf(b, key)
		if len(those) == 0 || values != nil && (len(those) != 1 || those[0].Kind != document.String) {
			return false
		}
		for _, n := range those {
			if slices.ContainsFunc(all, func(other *document.Node) bool { return document.Equal(n, other) }) {
				return false
			}
		}
		all = append(all, those...)
		texts = append(texts, those[0].Text)
	}
	if values != nil {
		*values = texts
	}
	return true
}

// valuesOf lists the values that a property of s can have, where it lists them.
func (l *lowerer) valuesOf(s *schema.Schema, key string) []*document.Node {
	for _, p := range l.view(s).parts {
		if own := propertyOf(p.s, key); own != nil {
			for _, q := range l.view(own).parts {
				if values, ok := l.listed(q.s); ok {
					return values
				}
			}
		}
	}
	return nil
}

// oneOrMany is the list of a view that takes a T or a list of T; nil where it is
// something else.
func (l *lowerer) oneOrMany(v *view, list []alternative, at scope) ir.Type {
	if len(list) != 2 {
		return nil
	}
	one, many := list[0], list[1]
	if one.kind == kindList {
		one, many = many, one
	}
	if many.kind != kindList || one.kind == kindList {
		return nil
	}
	listed := l.viewOf(many)
	if slices.ContainsFunc(listed.parts, func(p *part) bool { return len(p.s.Prefix) > 0 }) {
		return nil
	}
	items := l.itemsOf(listed.clone())
	if len(items) != 1 || !l.sameValue(one, items[0]) || isSecretSomehow(one.s) != isSecretSomehow(items[0]) {
		return nil
	}
	t, rule := unchecked(l.altType(many, at))
	slice, ok := t.(*ir.List)
	if !ok {
		return nil
	}
	merged := *slice
	merged.One = slice.Elem
	if _, listed := l.finite(l.viewOf(one)); !listed { // of the same values, one type is enough
		merged.One = l.altType(one, itemScope(at))
	}
	if rule != 0 || !sameGo(merged.One, slice.Elem) {
		return nil
	}
	if merged.Rule != (ir.ListRule{}) {
		l.refuseListMark(merged.Rule.At, keywordOf(merged.Rule), oneOrManyWhy)
		merged.Rule = ir.ListRule{}
	}
	v.takeEverything()
	return &merged
}

func sameGo(a, b ir.Type) bool {
	x, one := bare(a).(*ir.Scalar)
	y, other := bare(b).(*ir.Scalar)
	return one == other && (!one || x.Go == y.Go)
}

// sameValue reports whether an alternative has the Go type of an item.
func (l *lowerer) sameValue(one alternative, item *schema.Schema) bool {
	if same(one.s) == same(item) && (one.view == nil || one.view.key == l.view(same(item)).key) {
		return true
	}
	a, b := l.viewOf(one), l.view(same(item))
	k := l.kindsOfView(a)
	if l.kindsOfView(b) != k || k == kindList || k == kindObject {
		return false
	}
	_, listedA := l.finite(a)
	_, listedB := l.finite(b)
	if listedA != listedB {
		return false
	}
	if listedA {
		x, _ := l.finite(a)
		y, _ := l.finite(b)
		return slices.EqualFunc(x, y, document.Equal)
	}
	return l.commonFormat(a) == l.commonFormat(b) && a.s.GoType == "" && b.s.GoType == ""
}

func (l *lowerer) viewOf(a alternative) *view {
	if a.view != nil {
		return a.view
	}
	return l.view(same(a.s))
}

// altType is the type of an alternative.
func (l *lowerer) altType(a alternative, at scope) ir.Type {
	if a.view == nil {
		return l.typeOf(a.s, at)
	}
	return l.typeOfView(a.view, at)
}
