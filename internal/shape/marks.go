package shape

import (
	"cmp"
	"slices"

	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/internal/wording"
)

// A mark is a keyword that says how a value is treated, not what it may be:
// x-reload, x-merge and x-key. One that nothing heeds is refused, because its
// author relies on it.

// What of a schema's marks is heeded.
const (
	heedsReload = 1 << iota
	heedsList
)

// isRestart reports whether s, or what every value of it must meet too, says
// x-reload: restart, and notes that a property heeds it.
func (w *worker) isRestart(s *schema.Schema) bool {
	restart := s.Restart
	if restart {
		w.heeded[s] |= heedsReload
	}
	for _, t := range s.Also() {
		restart = w.isRestart(t) || restart
	}
	return restart
}

// listRule is what s and what it refers to say of lists. What stands further outside
// wins.
func (w *worker) listRule(s *schema.Schema) ListRule {
	rule := ownListRule(s)
	if rule != (ListRule{}) {
		w.heeded[s] |= heedsList
	}
	for _, t := range s.Also() {
		rule = rule.or(w.listRule(t))
	}
	return rule
}

// ownListRule is what s itself says of lists.
func ownListRule(s *schema.Schema) ListRule {
	rule := ListRule{Merge: s.Merge, Key: s.Key}
	if rule != (ListRule{}) {
		rule.At = s.Keyword(rule.keyword())
	}
	return rule
}

// or is r, with what it does not say said by other.
func (r ListRule) or(other ListRule) ListRule {
	if r.Key == "" && (other.Key != "" || r.Merge == "") {
		r.At = other.At
	}
	r.Merge, r.Key = cmp.Or(r.Merge, other.Merge), cmp.Or(r.Key, other.Key)
	return r
}

// keyword is the one that stands where the rule does.
func (r ListRule) keyword() string {
	if r.Key != "" {
		return "x-key"
	}
	return "x-merge"
}

// Replaces reports whether a list of a stronger layer replaces one of a weaker.
func (r ListRule) Replaces() bool { return r.Merge == "" || r.Merge == "replace" }

// markList gives t, the type of s, what s says of lists.
func (w *worker) markList(s *schema.Schema, t Type) Type {
	rule := w.listRule(s)
	if rule == (ListRule{}) {
		return t
	}
	marked, why := rule.mark(t)
	if marked == nil {
		w.refuseListMark(rule, why)
		return t
	}
	return marked
}

func (w *worker) refuseListMark(rule ListRule, why string) {
	if why != "" {
		why = ", and here " + why
	}
	w.Errorf(rule.At, "misplaced-keyword", "", "%s belongs on a list%s", rule.keyword(), why)
}

const oneOrManyWhy = "a single item may stand for a list of one"

// mark is t with the rule; nil, and the reason, where t is no plain list.
func (r ListRule) mark(t Type) (marked Type, why string) {
	switch t := t.(type) {
	case *List:
		if t.One != nil {
			return nil, oneOrManyWhy
		}
		list := *t
		list.Rule = r.or(t.Rule)
		return &list, ""
	case *Custom:
		return nil, "x-go-type holds the value"
	case *Ref:
		return r.markDeclared(t)
	case *Optional, *Secret, *Checked:
		if marked, why = r.mark(Inner(t)[0]); marked != nil {
			marked = around(t, marked)
		}
	}
	return marked, why
}

// around is t with another type inside.
func around(t, inner Type) Type {
	switch t := t.(type) {
	case *Optional:
		return &Optional{Elem: inner, Nullable: t.Nullable}
	case *Secret:
		return &Secret{Elem: inner}
	case *Checked:
		return &Checked{Elem: inner, Rule: t.Rule}
	}
	return inner
}

func (r ListRule) markDeclared(t *Ref) (marked Type, why string) {
	switch d := t.Decl; {
	case d.Alias != nil:
		return r.mark(d.Alias)
	case d.Union != nil:
		return nil, "other types are allowed too"
	case d.Tuple != nil:
		return nil, "an item means something by its position"
	case d.Nilable && d.Named == nil: // a list inside itself, which says the same
		return t, ""
	}
	list, ok := t.Decl.Named.(*List)
	if !ok {
		return nil, ""
	}
	if rule := r.or(list.Rule); rule.Merge != list.Rule.Merge || rule.Key != list.Rule.Key {
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
func (w *worker) refuseMisplaced(doc *schema.Document) {
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
			w.Errorf(s.Keyword("x-reload"), "misplaced-keyword", "say it where the property is declared", "x-reload belongs on a property")
		case w.heeded[s]&heedsReload == 0:
			w.Errorf(s.Keyword("x-reload"), "misplaced-keyword", "", "x-reload says nothing here, because no field stands for the property")
		}
		if rule := ownListRule(s); rule != (ListRule{}) && w.heeded[s]&heedsList == 0 {
			w.refuseListMark(rule, "")
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
	met.all(s.Also(), where)
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
	met.all(slices.Concat(s.AnyOf, s.OneOf, s.Prefix, []*schema.Schema{
		s.Then, s.Else, s.AdditionalProperties, s.UnevaluatedProperties, s.Items, s.UnevaluatedItems,
	}), other)
	met.all([]*schema.Schema{s.Not, s.If, s.Contains, s.PropertyNames}, asCondition)
}

func (met meetings) all(list []*schema.Schema, where int) {
	for _, s := range list {
		met.visit(s, where)
	}
}

// aSecret is an enclosure that layers look into; reloads look into none.
const aSecret = "a secret"

// refuseMarks refuses the marks that the types they came to cannot heed, and warns of
// secrets among defaults. The types are complete.
func (w *worker) refuseMarks(doc *Document) {
	for _, d := range doc.Decls {
		for _, f := range d.Fields() {
			if f.Default != "" && Discloses(f.Type, f.Schema.DefaultValue()) {
				w.Warnf(f.Schema.Keyword("default"), "secret-default", "leave it out, and give it in a file or a variable",
					"the default of a secret can be read in the schema and in the generated code")
			}
		}
		for _, t := range d.Types() {
			w.checkMarks(t)
		}
		if d.Union != nil {
			for _, b := range d.Union.Branches {
				w.refuseInside(&Ref{Decl: b.Decl}, "one of several alternatives", map[*Decl]bool{})
			}
		}
		if d.Tuple != nil {
			for _, f := range d.Tuple.Fields {
				w.refuseInside(f.Type, "a list whose items mean something by their position", map[*Decl]bool{})
			}
		}
	}
}

// checkMarks checks the marks of t and what it is made of, references apart.
func (w *worker) checkMarks(t Type) {
	enclosure := ""
	switch t := t.(type) {
	case *List:
		if why := noKeyWhy(t); why != "" {
			w.Errorf(t.Rule.At, "bad-key", "", "%s", why)
		}
		if t.Rule.Merge == "key" && t.Rule.Key == "" {
			w.Errorf(t.Rule.At, "no-key", "", "x-merge: key needs x-key, the property that identifies an item")
		}
		if t.One != nil {
			enclosure = "a list for which a single item may stand"
		}
	case *Secret:
		enclosure = aSecret
	case *Custom:
		enclosure = "a value that x-go-type holds"
	}
	if enclosure != "" {
		w.refuseInside(Inner(t)[0], enclosure, map[*Decl]bool{})
	}
	for _, inner := range Inner(t) {
		w.checkMarks(inner)
	}
}

// refuseInside refuses the marks of what stands in an enclosure.
func (w *worker) refuseInside(t Type, enclosure string, seen map[*Decl]bool) {
	inside := Inner(t)
	switch t := t.(type) {
	case *List:
		if enclosure != aSecret && !t.Rule.Replaces() {
			w.Errorf(t.Rule.At, "misplaced-keyword", "", "the list can stand inside of %s, where layers do not merge", enclosure)
		}
	case *Custom:
		return
	case *Ref:
		if seen[t.Decl] {
			return
		}
		seen[t.Decl] = true
		for _, f := range t.Decl.Fields() {
			if f.Restart {
				w.Errorf(f.At, "misplaced-keyword", "say x-reload of the whole",
					"the property can stand inside of %s, where a change of it cannot wait for the next start", enclosure)
			}
		}
		inside = t.Decl.Types()
	}
	for _, inner := range inside {
		w.refuseInside(inner, enclosure, seen)
	}
}

// noKeyWhy says why the key of a list cannot identify its items; empty: it can, or there
// is none.
func noKeyWhy(list *List) string {
	key := list.Rule.Key
	if key == "" {
		return ""
	}
	ref, ok := Under(list.Elem).(*Ref)
	switch {
	case !ok || ref.Decl.Struct == nil:
		return "x-key needs items that are objects with properties, and nothing else"
	case ref.Decl.Struct.Loose:
		return "x-key needs items that are objects, and their schema names no type"
	}
	name := wording.Quote(key)
	fields := ref.Decl.Struct.Fields
	i := slices.IndexFunc(fields, func(f *Field) bool { return f.Key == key && !f.Entries })
	if i < 0 {
		return "the items have no property " + name + ", so that it cannot identify them"
	}
	f := fields[i]
	_, secret := f.Type.(*Secret)
	switch {
	case !f.Required:
		return name + " is not required, so that it cannot identify every item"
	case secret:
		return name + " is a secret, which cannot identify items"
	case f.Loose || !isText(f.Type):
		return name + " is not a plain string, so that it cannot identify items"
	}
	return ""
}

// isText reports whether t is a string, by whatever name.
func isText(t Type) bool {
	switch t := Under(t).(type) {
	case *Scalar:
		return t.Go == "string"
	case *Ref:
		return t.Decl.Enum != nil && t.Decl.Enum.Type.Go == "string"
	}
	return false
}
