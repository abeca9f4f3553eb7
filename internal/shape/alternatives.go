package shape

import (
	"slices"

	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/rules/compile"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

// An alternative is one of the types that a value may have: the type of a schema, or of
// a narrowed view.
type alternative struct {
	s    *schema.Schema
	view *view // nil: s unchanged
	kind rules.Kinds
}

// alternatives returns the type of v if it allows several types of values, or objects
// of several shapes. done is false if v has a single shape.
func (w *worker) alternatives(v *view, at *Place) (t Type, done bool) {
	k := w.kindsOfView(v) &^ rules.KindNull
	if k == rules.KindObject {
		return w.splitObjects(v, at)
	}
	if k.IsOne() || k == 0 {
		b := w.single(v, k)
		if b == nil || w.kinds.Kinds(b) != k {
			return nil, false
		}
		v.takeEverything() // null and the other alternative are everything
		return w.typeOf(b, at), true
	}
	var list []alternative
	exact, one := true, false
	for _, class := range k.Classes() {
		some, g, ok := w.ofClass(v, class)
		list, exact = append(list, some...), exact && ok
		one = one || g == "oneOf"
	}
	w.sortByPlace(v, list)
	v.takeAll("type")
	if t := w.oneOrMany(v, list, at); t != nil {
		return t, true
	}
	if exact {
		v.takeEverything()
		// An enum of several types is left to a rule with a complete message: each type
		// knows only its own values.
		if i := slices.IndexFunc(v.parts, func(p *part) bool { return len(p.s.Enum) > 0 }); i >= 0 {
			v.parts[i].left["enum"] = true
		}
	}
	return w.sealed(v, list, one && exact, at), true
}

// sortByPlace puts alternatives in the order in which the schema mentions them.
func (w *worker) sortByPlace(v *view, list []alternative) {
	place := func(a alternative) int {
		for _, g := range v.groups() {
			if i := slices.IndexFunc(g.branches, func(b *schema.Schema) bool { return b == a.s || a.view != nil && w.kinds.Kinds(b)&a.kind != 0 }); i >= 0 {
				return i
			}
		}
		for _, p := range v.parts {
			if i := slices.IndexFunc(p.s.Types, func(name string) bool { return rules.KindsOfType(name)&a.kind != 0 }); i >= 0 {
				return i
			}
			values, _ := w.kinds.Listed(p.s)
			if i := slices.IndexFunc(values, func(n *document.Node) bool { return rules.KindOf(n)&a.kind != 0 }); i >= 0 {
				return i
			}
		}
		return 0
	}
	slices.SortStableFunc(list, func(a, b alternative) int { return place(a) - place(b) })
}

// single returns the one alternative of v that allows values of k, or nil if v says
// anything else.
func (w *worker) single(v *view, k rules.Kinds) *schema.Schema {
	groups := v.groups()
	if len(groups) != 1 || !w.saysOnly(v, groups[0], k) {
		return nil
	}
	possible := w.possible(groups[0], k)
	if len(possible) != 1 {
		return nil
	}
	return possible[0]
}

// saysOnly reports whether g is all that v requires of values of k.
func (w *worker) saysOnly(v *view, g group, k rules.Kinds) bool {
	for _, p := range v.parts {
		for keyword := range p.left {
			switch {
			case p == g.part && keyword == g.keyword:
			case keyword == "type" && k&^compile.OwnKinds(p.s) == 0:
			case keyword != "type" && aboutOthers(keyword, k):
			default:
				return false
			}
		}
	}
	return true
}

// possible returns the branches of g that allow values of k.
func (w *worker) possible(g group, k rules.Kinds) []*schema.Schema {
	return slices.DeleteFunc(slices.Clone(g.branches), func(b *schema.Schema) bool { return w.kinds.Kinds(b)&k == 0 })
}

// ofClass returns the alternatives of v for values of one class, and the keyword of
// their group, if they come from one. exact reports that v requires nothing of such
// values but to match one of them, or exactly one for oneOf.
func (w *worker) ofClass(v *view, class rules.Kinds) (list []alternative, keyword string, exact bool) {
	if b := w.single(v, class); b != nil && w.kinds.Kinds(b) == class {
		if class != rules.KindObject || len(w.branchesOf(w.view(b))) == 0 {
			return []alternative{{s: b, kind: class}}, "", true
		}
	}
	narrowed := w.narrow(v, class)
	if class == rules.KindObject {
		if g, ok := w.objectGroup(narrowed); ok {
			list, exact = w.ofGroup(narrowed, g)
			return list, g.keyword, exact
		}
	}
	return []alternative{{s: v.s, view: narrowed, kind: class}}, "", true
}

// splitObjects returns the type of objects of several shapes, if they differ in more
// than what they reject.
func (w *worker) splitObjects(v *view, at *Place) (Type, bool) {
	if b := w.single(v, rules.KindObject); b != nil && w.kinds.Kinds(b)&^rules.KindNull == rules.KindObject && w.kinds.Kinds(b)&^w.kindsOfView(v) == 0 && !w.nullTwice(v) {
		v.takeEverything()
		return w.typeOf(b, at), true
	}
	g, ok := w.objectGroup(v)
	if !ok || w.kindsOfView(v) == rules.AllKinds && !w.saysOnly(v, g, rules.KindObject) {
		return nil, false
	}
	list, exact := w.ofGroup(v, g)
	one := g.keyword == "oneOf" && exact
	if exact {
		w.takeAround(v, g)
	}
	return w.sealed(v, list, one, at), true
}

// takeAround takes what the alternatives of g check: all of v if they are narrowed
// views, or g alone if they are unchanged schemas.
func (w *worker) takeAround(v *view, g group) {
	g.part.take(g.keyword)
	if !w.saysOnly(v, g, rules.KindObject) {
		v.takeEverything()
		return
	}
	if k := w.kinds.KindsOfAny(g.branches); k&^rules.KindNull == rules.KindObject {
		v.takeAll("type")
	}
}

// nullTwice reports whether null is allowed by an alternative that also allows objects.
// Only a rule can decide what it is then read as.
func (w *worker) nullTwice(v *view) bool {
	for _, g := range v.groups() {
		n := 0
		for _, b := range g.branches {
			if w.kinds.Kinds(b)&rules.KindNull != 0 {
				n++
			}
		}
		if n > 1 && g.keyword == "oneOf" {
			return true
		}
	}
	return false
}

// objectGroup returns the group whose branches become types of their own: v itself
// declares no properties, each branch declares some, and these distinguish the branches.
func (w *worker) objectGroup(v *view) (g group, ok bool) {
	for _, p := range v.parts {
		if len(p.s.Properties) > 0 || len(p.s.PatternProperties) > 0 || p.left["unevaluatedProperties"] {
			return g, false
		}
	}
	for _, candidate := range v.groups() {
		possible := w.possible(candidate, rules.KindObject)
		if len(possible) < 2 || !w.shaped(possible) {
			continue
		}
		if ok { // there are two; their properties are merged
			return group{}, false
		}
		if candidate.keyword == "anyOf" && !w.toldApart(possible) {
			continue
		}
		g, ok = candidate, true
	}
	return g, ok
}

// branchesOf returns the object alternatives that v would be split into.
func (w *worker) branchesOf(v *view) []*schema.Schema {
	g, _ := w.objectGroup(v)
	return w.possible(g, rules.KindObject)
}

// shaped reports whether each schema of list has a shape, not only conditions, and no
// two are the same.
func (w *worker) shaped(list []*schema.Schema) bool {
	for i, b := range list {
		v := w.view(b)
		if k := w.kinds.Kinds(b); k != rules.AllKinds && k&^rules.KindNull != rules.KindObject {
			v = w.narrow(v, rules.KindObject)
		} else if w.speaksOf(b)&^rules.KindNull != rules.KindObject && k&^rules.KindNull != rules.KindObject {
			return false
		}
		if w.kinds.Kinds(b) == rules.AllKinds && w.isMap(v) {
			return false // a type of its own could hold objects only
		}
		if len(v.declared()) == 0 && len(w.branchesOf(v)) == 0 && !(w.isMap(v) && v.has("patternProperties", "additionalProperties")) {
			return false // a map with a schema for its values has a shape
		}
		if slices.ContainsFunc(list[:i], func(other *schema.Schema) bool { return compile.Same(other) == compile.Same(b) }) {
			return false
		}
	}
	return true
}

// ofGroup returns the alternatives of g, including those of alternatives inside them.
func (w *worker) ofGroup(v *view, g group) (list []alternative, exact bool) {
	exact = true
	plain := w.saysOnly(v, g, rules.KindObject)
	for _, b := range w.possible(g, rules.KindObject) {
		if only := w.single(w.view(b), rules.KindObject); only != nil && plain {
			b = only
		}
		switch {
		case !plain:
			c := v.clone()
			c.parts[slices.Index(v.parts, g.part)].take(g.keyword)
			w.choose(c, b)
			c.only &= rules.KindObject
			c.settleKey(w)
			exact = exact && len(w.branchesOf(c)) == 0
			list = append(list, alternative{s: b, view: c, kind: rules.KindObject})
		case len(w.branchesOf(w.narrow(w.view(b), rules.KindObject))) > 0:
			// "Exactly one" inside a branch cannot be expressed for all together.
			some, _, _ := w.ofClass(w.view(b), rules.KindObject)
			list, exact = append(list, some...), false
		case w.kinds.Kinds(b) == rules.KindObject || w.kinds.Kinds(b) == rules.AllKinds && v.only == rules.AllKinds:
			list = append(list, alternative{s: b, kind: rules.KindObject})
		default:
			list = append(list, alternative{s: b, view: w.narrow(w.view(b), rules.KindObject), kind: rules.KindObject})
		}
	}
	return list, exact
}

// toldApart reports whether no object can match two of list: a property has different
// values in each, or each requires a property that no other declares.
func (w *worker) toldApart(list []*schema.Schema) bool {
	if key, _ := w.tagOf(list, false); key != "" {
		return true
	}
	declared := w.declaredBy(list)
	for i, b := range list {
		if !slices.ContainsFunc(w.requiredBy(b), func(key string) bool { return isOwn(key, i, declared) }) {
			return false
		}
	}
	return true
}

// declaredBy returns the keys that each of list declares unconditionally.
func (w *worker) declaredBy(list []*schema.Schema) [][]string {
	keys := make([][]string, len(list))
	for i, s := range list {
		keys[i] = w.view(s).declared()
	}
	return keys
}

// isOwn reports whether key is only in list number i of keys.
func isOwn(key string, i int, keys [][]string) bool {
	return !slices.ContainsFunc(slices.Concat(keys[:i], keys[i+1:]), func(others []string) bool { return slices.Contains(others, key) })
}

func (w *worker) requiredBy(s *schema.Schema) (keys []string) {
	for _, p := range w.view(s).parts {
		keys = append(keys, p.s.Required...)
	}
	return keys
}

// tagOf returns the property that has different values in each of list, or "". With
// single it must have one string in each, which texts holds.
func (w *worker) tagOf(list []*schema.Schema, single bool) (key string, texts []string) {
	for _, key := range w.view(list[0]).declared() {
		if texts := w.tagValues(key, list, single); texts != nil {
			return key, texts
		}
	}
	return "", nil
}

// tagValues returns the first value of the property key in each of list, or nil if some
// share a value.
func (w *worker) tagValues(key string, list []*schema.Schema, single bool) (texts []string) {
	var all []*document.Node
	for _, b := range list {
		those := w.valuesOf(b, key)
		if len(those) == 0 || single && (len(those) != 1 || those[0].Kind() != document.String) {
			return nil
		}
		for _, n := range those {
			if slices.ContainsFunc(all, func(other *document.Node) bool { return document.Equal(n, other) }) {
				return nil
			}
		}
		all, texts = append(all, those...), append(texts, those[0].Text())
	}
	return texts
}

// valuesOf lists the values of a property of s, if the schema lists them.
func (w *worker) valuesOf(s *schema.Schema, key string) []*document.Node {
	for _, p := range w.view(s).parts {
		if own := p.s.Property(key); own != nil {
			for _, q := range w.view(own).parts {
				if values, ok := w.kinds.Listed(q.s); ok {
					return values
				}
			}
		}
	}
	return nil
}

// oneOrMany returns the list type of a view that takes a T or a list of T, or nil for
// any other view.
func (w *worker) oneOrMany(v *view, list []alternative, at *Place) Type {
	if len(list) != 2 {
		return nil
	}
	one, many := list[0], list[1]
	if one.kind == rules.KindList {
		one, many = many, one
	}
	if many.kind != rules.KindList || one.kind == rules.KindList {
		return nil
	}
	listed := w.viewOf(many)
	if slices.ContainsFunc(listed.parts, func(p *part) bool { return len(p.s.Prefix) > 0 }) {
		return nil
	}
	items := w.itemsOf(listed.clone())
	if len(items) != 1 || !w.sameValue(one, items[0]) || isSecretSomehow(one.s) != isSecretSomehow(items[0]) {
		return nil
	}
	t, rule := Unchecked(w.altType(many, at))
	slice, ok := t.(*List)
	if !ok {
		return nil
	}
	merged := *slice
	merged.One = slice.Elem
	if _, listed := w.finite(w.viewOf(one)); !listed { // if both have the same values, one type is enough
		merged.One = w.altType(one, item(at))
	}
	if rule != 0 || !sameGo(merged.One, slice.Elem) {
		return nil
	}
	if merged.Rule != (ListRule{}) {
		w.refuseListMark(merged.Rule, oneOrManyWhy)
		merged.Rule = ListRule{}
	}
	v.takeEverything()
	return &merged
}

func sameGo(a, b Type) bool {
	x, one := Bare(a).(*Scalar)
	y, other := Bare(b).(*Scalar)
	return one == other && (!one || x.Go == y.Go)
}

// sameValue reports whether an alternative has the Go type of an item.
func (w *worker) sameValue(one alternative, item *schema.Schema) bool {
	if compile.Same(one.s) == compile.Same(item) && (one.view == nil || one.view.key == w.view(compile.Same(item)).key) {
		return true
	}
	a, b := w.viewOf(one), w.view(compile.Same(item))
	k := w.kindsOfView(a)
	if w.kindsOfView(b) != k || k == rules.KindList || k == rules.KindObject {
		return false
	}
	x, listedA := w.finite(a)
	y, listedB := w.finite(b)
	if listedA || listedB {
		return listedA && listedB && slices.EqualFunc(x, y, document.Equal)
	}
	return w.commonFormat(a) == w.commonFormat(b) && a.s.GoType == "" && b.s.GoType == ""
}

func (w *worker) viewOf(a alternative) *view {
	if a.view != nil {
		return a.view
	}
	return w.view(compile.Same(a.s))
}

// altType returns the type of an alternative.
func (w *worker) altType(a alternative, at *Place) Type {
	if a.view == nil {
		return w.typeOf(a.s, at)
	}
	return w.typeOfView(a.view, at)
}
