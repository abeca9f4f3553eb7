package shape

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

// A view is one value as seen by all schemas that apply to it: a schema, what it refers
// to, and the members of its allOf. Build chooses a type for a view and takes the
// keywords that the type checks. The rest become a rule, so that nothing is lost.
type view struct {
	s     *schema.Schema // names, docs and marks come from it
	parts []*part
	only  rules.Kinds // a view may be narrowed to some kinds
	key   string
	whole bool // it is the whole schema: not narrowed, no alternative chosen
}

// A part is one of the schemas of a view.
type part struct {
	s    *schema.Schema
	left map[string]bool // the constraints that no type checks so far
}

// view collects the schemas that apply to a value of s.
func (w *worker) view(s *schema.Schema) *view {
	v := &view{s: s, only: rules.AllKinds}
	w.collect(v, s, map[*schema.Schema]bool{})
	v.settleKey(w)
	w.warnOfNothing(v)
	return v
}

func (w *worker) collect(v *view, s *schema.Schema, seen map[*schema.Schema]bool) {
	if seen[s] {
		return
	}
	seen[s] = true
	first := s.Also()
	own := s.Keyword("properties").Pos
	var later []*schema.Schema
	for _, t := range first {
		if s.Has("properties") && s.Has("allOf") && own.Before(s.Keyword("allOf").Pos) && slices.Contains(s.AllOf, t) {
			later = append(later, t) // fields come in the order of the file
			continue
		}
		w.collect(v, t, seen)
	}
	v.add(s)
	for _, t := range later {
		w.collect(v, t, seen)
	}
}

// add adds s itself, if it has keywords.
func (v *view) add(s *schema.Schema) {
	p := &part{s: s, left: map[string]bool{}}
	for _, keyword := range schema.Assertions() {
		if s.Has(keyword) {
			p.left[keyword] = true
		}
	}
	if s.Never {
		p.left["false"] = true
	}
	if s.Dynamic != nil {
		p.left["$dynamicRef"] = true
	}
	if len(p.left) > 0 {
		v.parts = append(v.parts, p)
	}
}

func (v *view) settleKey(w *worker) {
	v.whole = v.only == rules.AllKinds
	var b strings.Builder
	for _, p := range v.parts {
		b.WriteString(strconv.Itoa(w.id(p.s)))
		for _, group := range []string{"oneOf", "anyOf"} {
			if p.s.Has(group) && !p.left[group] { // an alternative was chosen
				v.whole = false
				b.WriteString(group[:1])
			}
		}
		b.WriteByte(',')
	}
	if v.only != rules.AllKinds {
		b.WriteByte('k')
		b.WriteString(strconv.Itoa(int(v.only)))
	}
	if len(v.parts) == 0 {
		b.WriteString("s" + strconv.Itoa(w.id(v.s)))
	}
	v.key = b.String()
}

// id returns the number of a schema.
func (w *worker) id(s *schema.Schema) int {
	n, known := w.ids[s]
	if !known {
		n = len(w.ids) + 1
		w.ids[s] = n
	}
	return n
}

// clone returns a copy whose keywords can be taken independently.
func (v *view) clone() *view {
	c := *v
	c.parts = make([]*part, len(v.parts))
	for i, p := range v.parts {
		c.parts[i] = &part{p.s, maps.Clone(p.left)}
	}
	return &c
}

// narrow returns v for values of k only. If one alternative is left, it is chosen.
func (w *worker) narrow(v *view, k rules.Kinds) *view {
	c := v.clone()
	c.only &= k
	for i := 0; i < len(c.parts); i++ { // chosen alternatives bring further parts
		for _, g := range c.parts[i].groups() {
			if possible := w.possible(g, c.only); len(possible) == 1 {
				delete(g.part.left, g.keyword)
				w.choose(c, possible[0])
			}
		}
	}
	c.settleKey(w)
	return c
}

// choose adds b to v.
func (w *worker) choose(v *view, b *schema.Schema) {
	seen := map[*schema.Schema]bool{}
	for _, p := range v.parts {
		seen[p.s] = true
	}
	w.collect(v, b, seen)
}

// A group is the oneOf or anyOf of one part.
type group struct {
	part     *part
	keyword  string
	branches []*schema.Schema
}

func (p *part) groups() (list []group) {
	if p.left["oneOf"] {
		list = append(list, group{p, "oneOf", p.s.OneOf})
	}
	if p.left["anyOf"] {
		list = append(list, group{p, "anyOf", p.s.AnyOf})
	}
	return list
}

func (v *view) groups() (list []group) {
	for _, p := range v.parts {
		list = append(list, p.groups()...)
	}
	return list
}

// kindsOfKeyword returns the kinds that a keyword is about, by default all.
func kindsOfKeyword(keyword string) rules.Kinds {
	if kind := schema.SpeaksOf(keyword); kind != 0 {
		return rules.KindsOf(kind)
	}
	return rules.AllKinds
}

// aboutOthers reports whether a keyword is only about values outside k.
func aboutOthers(keyword string, k rules.Kinds) bool { return kindsOfKeyword(keyword)&k == 0 }

// kindsOfView returns the kinds that v allows.
func (w *worker) kindsOfView(v *view) rules.Kinds {
	k := v.only
	for _, p := range v.parts {
		k &= w.kinds.Kinds(p.s)
	}
	return k
}

// speaks returns the kinds that v describes.
func (w *worker) speaks(v *view) (k rules.Kinds) {
	for _, p := range v.parts {
		k |= w.speaksOf(p.s)
	}
	return k & v.only
}

// take takes keywords of p that the type checks.
func (p *part) take(keywords ...string) {
	for _, k := range keywords {
		delete(p.left, k)
	}
}

// takeAll takes keywords of all parts.
func (v *view) takeAll(keywords ...string) {
	for _, p := range v.parts {
		p.take(keywords...)
	}
}

// takeEverything is for types that check everything.
func (v *view) takeEverything() {
	for _, p := range v.parts {
		clear(p.left)
	}
}

// has reports whether a part of v has one of the keywords left.
func (v *view) has(keywords ...string) bool {
	for _, p := range v.parts {
		for _, k := range keywords {
			if p.left[k] {
				return true
			}
		}
	}
	return false
}

// acceptsView reports whether v allows n.
func (w *worker) acceptsView(v *view, n *document.Node) bool {
	if rules.KindOf(n)&v.only == 0 {
		return false
	}
	for _, p := range v.parts {
		if !w.kinds.Allows(p.s, n) {
			return false
		}
	}
	return true
}

// all returns the schema of a value to which all of list apply; each list has one.
func (w *worker) all(list []*schema.Schema) *schema.Schema { return w.make("allOf", list) }

// anyOne returns the schema of a value to which one of list applies.
func (w *worker) anyOne(list []*schema.Schema) *schema.Schema { return w.make("anyOf", list) }

// make composes the parts, each once. It takes composed schemas apart first: in a cycle
// of references they would grow with every turn.
func (w *worker) make(keyword string, parts []*schema.Schema) *schema.Schema {
	var list []*schema.Schema
	for _, s := range parts {
		for _, t := range s.Composed(keyword) {
			if !slices.Contains(list, t) {
				list = append(list, t)
			}
		}
	}
	if len(list) == 1 {
		return list[0]
	}
	key := keyword
	for _, s := range list {
		key += "," + strconv.Itoa(w.id(s))
	}
	if s := w.composed[key]; s != nil {
		return s
	}
	s := schema.Compose(keyword, list)
	w.composed[key] = s
	return s
}
