package lower

import (
	"slices"
	"strconv"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/schema"
)

// A mark is a keyword that says how a value is treated, not what it may be:
// x-reload, x-merge and x-key. One that nothing heeds is refused, because its
// author relies on it.

// isRestart reports whether s, or what every value of it must meet too, says
// x-reload: restart, and notes that a property heeds it.
func (l *lowerer) isRestart(s *schema.Schema) bool {
	restart := s.Restart
	if restart {
		l.heeded[s] |= heedsReload
	}
	for _, t := range inPlaceAll(s) {
		restart = l.isRestart(t) || restart
	}
	return restart
}

// What of a schema's marks is heeded.
const (
	heedsReload = 1 << iota
	heedsList
)

// listMarks are the schemas that say x-merge and x-key of a list; nil: none does.
type listMarks struct{ merge, key *schema.Schema }

// listMarksOf are the marks of s and what it refers to. What stands further outside
// wins.
func (l *lowerer) listMarksOf(s *schema.Schema) (m listMarks) {
	if s.Merge != "" {
		m.merge, l.heeded[s] = s, l.heeded[s]|heedsList
	}
	if s.Key != "" {
		m.key, l.heeded[s] = s, l.heeded[s]|heedsList
	}
	for _, t := range inPlaceAll(s) {
		inner := l.listMarksOf(t)
		if m.merge == nil {
			m.merge = inner.merge
		}
		if m.key == nil {
			m.key = inner.key
		}
	}
	return m
}

// at is where the marks stand.
func (m listMarks) at() schema.Place {
	if m.key != nil {
		return m.key.Keyword("x-key")
	}
	return m.merge.Keyword("x-merge")
}

// keywordOf is the keyword that stands where rule does.
func keywordOf(rule ir.ListRule) string {
	if rule.Key != "" {
		return "x-key"
	}
	return "x-merge"
}

var listMerges = map[string]ir.ListMerge{"replace": ir.ReplaceList, "append": ir.AppendList, "key": ir.KeyList}

// over is rule with what m says.
func (m listMarks) over(rule ir.ListRule) ir.ListRule {
	if m.merge != nil {
		rule.Merge = listMerges[m.merge.Merge]
	}
	if m.key != nil {
		rule.Key = m.key.Key
	}
	rule.At = m.at()
	return rule
}

// listRule is the rule that s has for a list.
func (l *lowerer) listRule(s *schema.Schema) (rule ir.ListRule) {
	if m := l.listMarksOf(s); m != (listMarks{}) {
		rule = m.over(rule)
	}
	return rule
}

// markList gives t, the type of s, what s says of lists.
func (l *lowerer) markList(s *schema.Schema, t ir.Type) ir.Type {
	m := l.listMarksOf(s)
	if m == (listMarks{}) {
		return t
	}
	marked, why := m.mark(t)
	if marked != nil {
		return marked
	}
	rule := m.over(ir.ListRule{})
	l.refuseListMark(rule.At, keywordOf(rule), why)
	return t
}

func (l *lowerer) refuseListMark(at schema.Place, keyword, why string) {
	if why != "" {
		why = ", and here " + why
	}
	l.diags.Errorf(at, "misplaced-keyword", "", "%s belongs on a list%s", keyword, why)
}

const oneOrManyWhy = "a single item may stand for a list of one"

// mark is t with the rule of m; nil, and the reason, where t is no plain list.
func (m listMarks) mark(t ir.Type) (marked ir.Type, why string) {
	switch t := t.(type) {
	case *ir.List:
		if t.One != nil {
			return nil, oneOrManyWhy
		}
		list := *t
		list.Rule = m.over(t.Rule)
		return &list, ""
	case *ir.Optional:
		if marked, why = m.mark(t.Elem); marked != nil {
			marked = &ir.Optional{Elem: marked, Nullable: t.Nullable}
		}
	case *ir.Secret:
		if marked, why = m.mark(t.Elem); marked != nil {
			marked = &ir.Secret{Elem: marked}
		}
	case *ir.Checked:
		if marked, why = m.mark(t.Elem); marked != nil {
			marked = &ir.Checked{Elem: marked, Rule: t.Rule}
		}
	case *ir.Custom:
		why = "x-go-type holds the value"
	case *ir.Ref:
		return m.markDeclared(t)
	}
	return marked, why
}

func (m listMarks) markDeclared(t *ir.Ref) (marked ir.Type, why string) {
	switch d := t.Decl; {
	case d.Alias != nil:
		return m.mark(d.Alias)
	case d.Union != nil:
		return nil, "other types are allowed too"
	case d.Tuple != nil:
		return nil, "an item means something by its position"
	case d.Nilable && d.Named == nil: // a list inside itself, which says the same
		return t, ""
	}
	list, ok := t.Decl.Named.(*ir.List)
	if !ok {
		return nil, ""
	}
	if rule := m.over(list.Rule); rule.Merge != list.Rule.Merge || rule.Key != list.Rule.Key {
		return nil, "it contains itself: say it where it is defined"
	}
	return t, ""
}

// Where a schema is met, for marks.
const (
	asProperty  = 1 << iota // it is what a declared property has to be
	asOther                 // it is about something else
	asCondition             // it is only compared with
	asNothing               // it is defined
)

// refuseMisplaced refuses the marks that nothing heeds.
func (l *lowerer) refuseMisplaced(doc *schema.Document) {
	if len(doc.Marked()) == 0 {
		return
	}
	met := meetings{}
	met.visit(doc.Root, asOther)
	for _, def := range doc.Defs {
		met.visit(def, asNothing)
	}
	for _, s := range doc.Marked() {
		where := met[s] &^ asNothing
		if where == 0 { // nobody refers to it
			continue
		}
		switch {
		case !s.Restart:
		case where&asOther != 0:
			l.diags.Errorf(s.Keyword("x-reload"), "misplaced-keyword", "say it where the property is declared", "x-reload belongs on a property")
		case l.heeded[s]&heedsReload == 0:
			l.diags.Errorf(s.Keyword("x-reload"), "misplaced-keyword", "", "x-reload says nothing here, because no field stands for the property")
		}
		switch {
		case l.heeded[s]&heedsList != 0:
		case s.Key != "":
			l.refuseListMark(s.Keyword("x-key"), "x-key", "")
		case s.Merge != "":
			l.refuseListMark(s.Keyword("x-merge"), "x-merge", "")
		}
	}
}

// meetings are the ways in which schemas are met.
type meetings map[*schema.Schema]int

func (met meetings) visit(s *schema.Schema, where int) {
	if s == nil || met[s]&where != 0 {
		return
	}
	met[s] |= where
	met.all(inPlaceAll(s), where)
	if s.Dynamic != nil {
		met.visit(s.Dynamic.Target, where)
		for _, c := range s.Dynamic.Candidates {
			met.visit(c.Schema, where)
		}
	}
	property, other := asProperty, asOther
	if where == asCondition {
		property, other = asCondition, asCondition
	}
	for _, p := range s.Properties {
		met.visit(p.Schema, property)
	}
	for _, p := range s.PatternProperties {
		met.visit(p.Schema, other)
	}
	for _, p := range s.DependentSchemas {
		met.visit(p.Schema, other)
	}
	met.all(slices.Concat(s.AnyOf, s.OneOf, s.Prefix), other)
	met.all([]*schema.Schema{s.Then, s.Else, s.AdditionalProperties, s.UnevaluatedProperties, s.Items, s.UnevaluatedItems}, other)
	met.all([]*schema.Schema{s.Not, s.If, s.Contains, s.PropertyNames}, asCondition)
}

func (met meetings) all(list []*schema.Schema, where int) {
	for _, s := range list {
		met.visit(s, where)
	}
}

// refuseMarks refuses the marks that the types they came to cannot heed. The types
// are complete and have their names.
func (l *lowerer) refuseMarks(p *ir.Package) {
	for _, d := range p.Decls {
		for _, t := range typesIn(d) {
			l.checkRules(t)
		}
		if d.Union != nil {
			for _, b := range d.Union.Branches {
				l.refuseInside(&ir.Ref{Decl: b.Decl}, "the alternatives of "+d.Name, map[*ir.Decl]bool{})
			}
		}
		if d.Tuple != nil {
			for _, f := range d.Tuple.Fields {
				l.refuseInside(f.Type, "the positions of "+d.Name, map[*ir.Decl]bool{})
			}
		}
	}
}

// typesIn are the types that d is made of, those of branches apart.
func typesIn(d *ir.Decl) (list []ir.Type) {
	for _, f := range fieldsOf(d) {
		list = append(list, f.Type)
	}
	for _, t := range []ir.Type{d.Named, d.Alias} {
		if t != nil {
			list = append(list, t)
		}
	}
	return list
}

// checkRules checks the lists that t is made of, without following references.
func (l *lowerer) checkRules(t ir.Type) {
	switch t := t.(type) {
	case *ir.List:
		if t.One != nil {
			l.refuseInside(t.Elem, "a list for which a single item may stand", map[*ir.Decl]bool{})
		}
		l.checkRule(t)
		l.checkRules(t.Elem)
	case *ir.Map:
		l.checkRules(t.Elem)
	case *ir.Optional:
		l.checkRules(t.Elem)
	case *ir.Checked:
		l.checkRules(t.Elem)
	case *ir.Secret:
		l.refuseHeldBack(t.Elem, "a secret", map[*ir.Decl]bool{})
		l.checkRules(t.Elem)
	case *ir.Custom:
		l.refuseInside(t.Check, "a value that x-go-type holds", map[*ir.Decl]bool{})
	}
}

// checkRule checks that a list has items that its key tells apart.
func (l *lowerer) checkRule(t *ir.List) {
	rule := t.Rule
	if rule.Key == "" {
		if rule.Merge == ir.KeyList {
			l.diags.Errorf(rule.At, "no-key", "", "x-merge: key needs x-key, the property that tells the items apart")
		}
		return
	}
	if why := cannotTell(t.Elem, rule.Key); why != "" {
		l.diags.Errorf(rule.At, "bad-key", "", "%s", why)
	}
}

// cannotTell says why the property key does not tell items apart; empty: it does.
func cannotTell(item ir.Type, key string) string {
	d := declared(item)
	switch {
	case d == nil || d.Struct == nil:
		return "x-key needs items that are objects with properties, and nothing else"
	case d.Struct.Loose:
		return "x-key needs items that are objects, and their schema names no type"
	}
	name := strconv.Quote(oneLine(key))
	i := slices.IndexFunc(d.Struct.Fields, func(f *ir.Field) bool { return f.Key == key && !f.Entries })
	if i < 0 {
		return "the items have no property " + name + ", which is to tell them apart"
	}
	f := d.Struct.Fields[i]
	_, secret := f.Type.(*ir.Secret)
	switch {
	case !f.Required:
		return name + " is not required of the items, which it is to tell apart"
	case secret:
		return name + " is a secret, which cannot tell items apart"
	case f.Loose || !isText(f.Type):
		return name + " is not a plain string, which is to tell the items apart"
	}
	return ""
}

// declared is the declaration that t is, by whatever name; nil: it is none.
func declared(t ir.Type) *ir.Decl {
	for {
		t, _ = unchecked(t)
		ref, ok := t.(*ir.Ref)
		switch {
		case !ok:
			return nil
		case ref.Decl.Alias == nil:
			return ref.Decl
		}
		t = ref.Decl.Alias
	}
}

// isText reports whether t is a string in Go too, by whatever name.
func isText(t ir.Type) bool {
	t, _ = unchecked(t)
	switch t := t.(type) {
	case *ir.Scalar:
		return t.Go == "string"
	case *ir.Ref:
		switch d := t.Decl; {
		case d.Enum != nil:
			return d.Enum.Base == "string"
		case d.Alias != nil:
			return isText(d.Alias)
		case d.Named != nil:
			return isText(d.Named)
		}
	}
	return false
}

// refuseInside refuses the marks inside of a value that layers and reloads do not
// look into.
func (l *lowerer) refuseInside(t ir.Type, what string, seen map[*ir.Decl]bool) {
	l.visitInside(t, seen, func(f *ir.Field) {
		l.refuseField(f, what)
	}, func(list *ir.List) {
		if list.Rule.Merge != ir.ReplaceList {
			l.diags.Errorf(list.Rule.At, "misplaced-keyword", "", "the list can stand inside of %s, where layers do not merge", what)
		}
	})
}

// refuseHeldBack is refuseInside for what reloads do not look into.
func (l *lowerer) refuseHeldBack(t ir.Type, what string, seen map[*ir.Decl]bool) {
	l.visitInside(t, seen, func(f *ir.Field) { l.refuseField(f, what) }, func(*ir.List) {})
}

func (l *lowerer) refuseField(f *ir.Field, what string) {
	if f.Restart {
		l.diags.Errorf(f.At, "misplaced-keyword", "say x-reload of the whole", "the property can stand inside of %s, where a change of it cannot wait for the next start", what)
	}
}

// visitInside visits the fields and lists that t leads to.
func (l *lowerer) visitInside(t ir.Type, seen map[*ir.Decl]bool, field func(*ir.Field), list func(*ir.List)) {
	inside := func(t ir.Type) { l.visitInside(t, seen, field, list) }
	switch t := t.(type) {
	case *ir.List:
		list(t)
		inside(t.Elem)
	case *ir.Map:
		inside(t.Elem)
	case *ir.Optional:
		inside(t.Elem)
	case *ir.Checked:
		inside(t.Elem)
	case *ir.Secret:
		inside(t.Elem)
	case *ir.Ref:
		if seen[t.Decl] {
			return
		}
		seen[t.Decl] = true
		for _, f := range fieldsOf(t.Decl) {
			field(f)
		}
		for _, below := range typesIn(t.Decl) {
			inside(below)
		}
	}
}
