package shape

import (
	"cmp"
	"slices"

	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/internal/wording"
)

// A mark is a keyword that controls how a value is treated, not what it may be:
// x-reload, x-merge and x-key. A mark without effect is an error, because its author
// relies on it.

// Which marks of a schema took effect.
const (
	usesReload = 1 << iota
	usesList
)

// isRestart reports whether s, or a schema that all its values must satisfy, has
// x-reload: restart, and records that a property uses it.
func (w *worker) isRestart(s *schema.Schema) bool {
	restart := s.Restart
	if restart {
		w.used[s] |= usesReload
	}
	for _, t := range s.Also() {
		restart = w.isRestart(t) || restart
	}
	return restart
}

// listRule returns the marks for lists of s and of what it refers to. The outermost
// wins.
func (w *worker) listRule(s *schema.Schema) ListRule {
	rule := ownListRule(s)
	if rule != (ListRule{}) {
		w.used[s] |= usesList
	}
	for _, t := range s.Also() {
		rule = rule.or(w.listRule(t))
	}
	return rule
}

// ownListRule returns the marks for lists of s itself.
func ownListRule(s *schema.Schema) ListRule {
	rule := ListRule{Merge: s.Merge, Key: s.Key}
	if rule != (ListRule{}) {
		rule.At = s.Keyword(rule.keyword())
	}
	return rule
}

// or returns r, completed by other.
func (r ListRule) or(other ListRule) ListRule {
	if r.Key == "" && (other.Key != "" || r.Merge == "") {
		r.At = other.At
	}
	r.Merge, r.Key = cmp.Or(r.Merge, other.Merge), cmp.Or(r.Key, other.Key)
	return r
}

// keyword returns the keyword at the rule's position.
func (r ListRule) keyword() string {
	if r.Key != "" {
		return "x-key"
	}
	return "x-merge"
}

// Replaces reports whether a list of a stronger layer replaces the one of a weaker
// layer.
func (r ListRule) Replaces() bool { return r.Merge == "" || r.Merge == "replace" }

// markList adds the marks for lists of s to its type t.
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
		why = "; here " + why
	}
	w.Errorf(rule.At, "misplaced-keyword", "", "%s is allowed only on a list%s", rule.keyword(), why)
}

const oneOrManyWhy = "a single item is allowed in place of a list"

// mark returns t with the rule, or nil and the reason if t is not a plain list.
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
		return nil, "x-go-type sets the type"
	case *Ref:
		return r.markDeclared(t)
	case *Optional, *Secret, *Checked:
		if marked, why = r.mark(Inner(t)[0]); marked != nil {
			marked = around(t, marked)
		}
	}
	return marked, why
}

// around returns t with another type inside.
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
		return nil, "items have schemas by position"
	case d.Nilable && d.Named == nil: // a list inside itself with the same rule
		return t, ""
	}
	list, ok := t.Decl.Named.(*List)
	if !ok {
		return nil, ""
	}
	if rule := r.or(list.Rule); rule.Merge != list.Rule.Merge || rule.Key != list.Rule.Key {
		return nil, "it contains itself; put the keyword on its definition"
	}
	return t, ""
}

// How a schema is reached, for marks.
const (
	asProperty  = 1 << iota // it describes a declared property
	asOther                 // it describes something else
	asCondition             // it is only compared with
	asNothing               // it is a definition
)

// refuseMisplaced reports the marks without effect.
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
		if where == 0 { // nothing refers to it
			continue
		}
		switch {
		case !s.Restart:
		case where&asOther != 0:
			w.Errorf(s.Keyword("x-reload"), "misplaced-keyword", "put it where the property is declared", "x-reload is allowed only on a property")
		case w.used[s]&usesReload == 0:
			w.Errorf(s.Keyword("x-reload"), "misplaced-keyword", "", "x-reload has no effect: the property has no field")
		}
		if rule := ownListRule(s); rule != (ListRule{}) && w.used[s]&usesList == 0 {
			w.refuseListMark(rule, "")
		}
	}
}

// meetings records how schemas are reached.
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

// aSecret is an enclosure inside which layers still merge but no restart is tracked.
const aSecret = "a secret"

// refuseMarks reports marks that their types cannot use, and warns of secrets among
// defaults. The types are complete.
func (w *worker) refuseMarks(doc *Document) {
	for _, d := range doc.Decls {
		for _, f := range d.Fields() {
			if f.Default != "" && Discloses(f.Type, f.Schema.DefaultValue()) {
				w.Warnf(f.Schema.Keyword("default"), "secret-default", "remove it and set the value in a file or an environment variable",
					"the default of a secret is visible in the schema and in the generated code")
			}
		}
		for _, t := range d.Types() {
			w.checkMarks(t)
		}
		if d.Union != nil {
			for _, b := range d.Union.Branches {
				w.refuseInside(&Ref{Decl: b.Decl}, "an alternative", map[*Decl]bool{})
			}
		}
		if d.Tuple != nil {
			for _, f := range d.Tuple.Fields {
				w.refuseInside(f.Type, "a list with schemas by position", map[*Decl]bool{})
			}
		}
	}
}

// checkMarks checks the marks of t and its parts, except references.
func (w *worker) checkMarks(t Type) {
	enclosure := ""
	switch t := t.(type) {
	case *List:
		if why := noKeyWhy(t); why != "" {
			w.Errorf(t.Rule.At, "bad-key", "", "%s", why)
		}
		if t.Rule.Merge == "key" && t.Rule.Key == "" {
			w.Errorf(t.Rule.At, "no-key", "", "x-merge: key requires x-key, the property that identifies an item")
		}
		if t.One != nil {
			enclosure = "a list that a single item may replace"
		}
	case *Secret:
		enclosure = aSecret
	case *Custom:
		enclosure = "a value with x-go-type"
	}
	if enclosure != "" {
		w.refuseInside(Inner(t)[0], enclosure, map[*Decl]bool{})
	}
	for _, inner := range Inner(t) {
		w.checkMarks(inner)
	}
}

// refuseInside reports the marks inside an enclosure.
func (w *worker) refuseInside(t Type, enclosure string, seen map[*Decl]bool) {
	inside := Inner(t)
	switch t := t.(type) {
	case *List:
		if enclosure != aSecret && !t.Rule.Replaces() {
			w.Errorf(t.Rule.At, "misplaced-keyword", "", "the list may be inside %s, where layers do not merge", enclosure)
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
				w.Errorf(f.At, "misplaced-keyword", "put x-reload on the whole",
					"the property may be inside %s, where a change cannot wait for the next start", enclosure)
			}
		}
		inside = t.Decl.Types()
	}
	for _, inner := range inside {
		w.refuseInside(inner, enclosure, seen)
	}
}

// noKeyWhy returns why the key of a list cannot identify its items, or "".
func noKeyWhy(list *List) string {
	key := list.Rule.Key
	if key == "" {
		return ""
	}
	ref, ok := Under(list.Elem).(*Ref)
	switch {
	case !ok || ref.Decl.Struct == nil:
		return "x-key requires items that are objects with properties"
	case ref.Decl.Struct.Loose:
		return "x-key requires items of type object, but their schema declares no type"
	}
	name := wording.Quote(key)
	fields := ref.Decl.Struct.Fields
	i := slices.IndexFunc(fields, func(f *Field) bool { return f.Key == key && !f.Entries })
	if i < 0 {
		return "x-key names " + name + ", but the items have no such property"
	}
	f := fields[i]
	_, secret := f.Type.(*Secret)
	switch {
	case !f.Required:
		return "the key " + name + " must be required"
	case secret:
		return "the key " + name + " must not be a secret"
	case f.Loose || !isText(f.Type):
		return "the key " + name + " must be a plain string"
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
