package shape

import (
	"go/token"
	"slices"
	"strings"

	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/rules/compile"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

// Build works out the shape of doc. What is refused is added to report, and the
// document is then nil. Defaults that break their own schema are dropped, with a
// warning.
func Build(doc *schema.Document, report *schema.Reporter) *Document {
	w := &worker{
		Reporter: report, root: doc.Root, kinds: compile.New(doc), left: compile.New(doc),
		decls: map[string]*Decl{}, open: map[string]bool{}, ids: map[*schema.Schema]int{}, spoken: map[*schema.Schema]rules.Kinds{},
		composed: map[string]*schema.Schema{}, gathering: map[*schema.Schema]bool{}, heeded: map[*schema.Schema]int{}, dynamic: doc.HasDynamic,
	}
	w.dropBadDefaults(doc)
	d := &Document{Schema: doc, Root: w.rootDecl()}
	for _, def := range doc.Defs {
		w.definition(def)
	}
	d.Decls, d.Rules = w.order, w.left.Rules()
	if k := w.kinds.Kinds(doc.Root); k != rules.AllKinds && k&rules.KindNull != 0 {
		d.Null = w.kinds.Allows(doc.Root, null)
	}
	w.refuseMisplaced(doc)
	if report.Failed() {
		return nil
	}
	w.breakInfinite(d)
	w.dropEndlessDefaults(d)
	w.refuseMarks(d)
	if report.Failed() {
		return nil
	}
	return d
}

// A worker works out the shapes of one document.
type worker struct {
	*schema.Reporter
	root *schema.Schema
	// kinds knows what schemas allow, as a whole; left makes the rules for what no
	// type says.
	kinds, left *compile.Compiler

	order []*Decl          // in the order in which they are met
	decls map[string]*Decl // by the key of the view they are of
	open  map[string]bool  // views being worked out now: a reference to one goes back

	ids       map[*schema.Schema]int
	spoken    map[*schema.Schema]rules.Kinds
	composed  map[string]*schema.Schema
	gathering map[*schema.Schema]bool // schemas whose properties are being listed
	heeded    map[*schema.Schema]int  // what of their marks came to something
	full      bool                    // there are too many types
	dynamic   bool                    // references depend on the way they are reached
}

func (w *worker) rootDecl() *Decl {
	s := compile.Same(w.root)
	v := w.view(s)
	d := w.declare(v, &Place{Kind: Root})
	t := w.shapeOf(v, d.Place)
	w.refuseRootMarks(s)
	if t != nil {
		t = w.markList(w.root, t)
	}
	switch nullable := isOptional(w.nullable(v, &Ref{Decl: d})); {
	case t != nil:
		d = w.rootNamed(d, w.nullable(v, t))
	case nullable && d.Struct != nil: // it stays a struct, so that bindings lead to its fields
		d.Rule = w.left.All(w.left.Add(rules.Rule{Kinds: rules.KindObject | rules.KindNull}), d.Rule)
		d.Struct.Loose, d.Struct.Keeps = true, true
	case nullable: // null, or what d says, which gets a name of its own
		d.Place, d.Whole = &Place{Kind: RootValue}, false
		inner := &Ref{Decl: d}
		d = w.newDecl(v.s, &Place{Kind: Root}, false)
		d.Named = &Optional{Elem: inner, Nullable: true}
	}
	if w.dynamic { // what its references mean is known on the way from the root only
		d.Rule = w.left.Rule(w.root)
	}
	return d
}

// rootNamed gives the root the type t.
func (w *worker) rootNamed(d *Decl, t Type) *Decl {
	ref, ok := t.(*Ref)
	switch {
	case ok && d.IsRecursive && ref.Decl.Struct != nil: // it has to stay what it was referred to as
		d.Struct, d.Rule, d.Schema, d.Unions = ref.Decl.Struct, ref.Decl.Rule, ref.Decl.Schema, ref.Decl.Unions
		ref.Decl.Struct, ref.Decl.Rule, ref.Decl.Unions = nil, 0, nil
		ref.Decl.Alias = &Ref{Decl: d}
		for _, other := range w.order {
			for p := other.Place; p != nil; p = p.Up {
				if p.In == ref.Decl { // its fields are those of d now
					p.In = d
				}
			}
		}
		return d
	case ok && !ref.Back && !d.IsRecursive: // what is left of alternatives
		w.order = slices.DeleteFunc(w.order, func(other *Decl) bool { return other == d })
		ref.Decl.Place = d.Place
		return ref.Decl
	}
	d.Named, d.Rule = Unchecked(asText(t))
	return d
}

// asText is t, or a string whose format is only checked, which is written back as it
// was.
func asText(t Type) Type {
	f, ok := t.(*Formatted)
	if !ok {
		return t
	}
	text := f.Text
	text.Format = f.Format
	return &Scalar{Go: "string", Text: text}
}

// refuseRootMarks refuses what can be said of a field only.
func (w *worker) refuseRootMarks(s *schema.Schema) {
	for _, keyword := range []string{"x-secret", "writeOnly", "x-go-type"} {
		if s.Has(keyword) {
			w.Errorf(s.Keyword(keyword), "not-at-the-root", "say it of a property", "%s cannot be said of the configuration as a whole", keyword)
		}
	}
}

// declare makes the declaration of v, unless it is there already, as for the root.
func (w *worker) declare(v *view, at *Place) *Decl {
	if d := w.decls[v.key]; d != nil {
		return d
	}
	d := w.newDecl(v.s, at, v.whole)
	w.decls[v.key] = d
	return d
}

func (w *worker) newDecl(s *schema.Schema, at *Place, whole bool) *Decl {
	d := &Decl{Schema: s, Place: at, Whole: whole}
	w.order = append(w.order, d)
	return d
}

// definition works out a definition, used or not: it is part of the package.
func (w *worker) definition(s *schema.Schema) {
	if compile.Same(s) == compile.Same(w.root) || w.decls[w.view(s).key] != nil {
		return
	}
	w.typeOf(s, definition(s))
}

// typeOf is the type of s. At is where it stands, should it need a name.
func (w *worker) typeOf(s *schema.Schema, at *Place) Type {
	if t := compile.Same(s); t != s {
		return w.markList(s, w.mark(s, w.typeOf(t, refPlace(t, at))))
	}
	return w.markList(s, w.typeOfView(w.view(s), at))
}

// mostTypes bounds what a small schema can become whose parts combine without
// end. The largest that people publish have 2,000.
const mostTypes = 10_000

// typeOfView is the type of v.
func (w *worker) typeOfView(v *view, at *Place) Type {
	if d := w.decls[v.key]; d != nil {
		return w.markView(v, w.refer(v, d))
	}
	if w.open[v.key] {
		// A type that is no struct contains itself: it needs a name.
		d := w.declare(v, refPlace(v.s, at))
		d.Nilable = w.kindsOfView(v) == rules.KindList
		return w.markView(v, w.nullable(v, &Ref{Decl: d, Back: true}))
	}
	if len(w.order) > mostTypes {
		if !w.full {
			w.full = true
			w.Errorf(v.s.At, "too-large", "", "the schema becomes more than %d types", mostTypes)
		}
		return &Any{}
	}
	t := w.shapeOf(v, at)
	if d := w.decls[v.key]; d != nil && t != nil { // it contains itself
		w.close(v, d, t)
		t = &Ref{Decl: d}
	} else if t == nil {
		t = &Ref{Decl: w.decls[v.key]}
	} else if v.s.DefName != "" && v.only == rules.AllKinds {
		// Another name: a definition that needs no type of its own.
		w.declare(v, definition(v.s)).Alias = w.nullable(v, t)
	}
	return w.markView(v, w.nullable(v, t))
}

// shapeOf is the type of v with a rule for what the type does not check, apart from
// null and marks. It is nil where v became a declaration of its own.
func (w *worker) shapeOf(v *view, at *Place) Type {
	w.open[v.key] = true
	work := v.clone()
	t := w.shape(work, at)
	if untyped, ok := t.(*Any); ok && !untyped.Never && v.holdsSecret() { // where in it, no type says
		t = &Secret{Elem: untyped}
	}
	delete(w.open, v.key)
	rule := w.leftRule(work)
	if t == nil {
		w.decls[v.key].Rule = rule
		return nil
	}
	return checked(t, rule)
}

// leftRule is the rule for what no type has taken from v; 0: nothing is left.
func (w *worker) leftRule(v *view) int {
	if w.dynamic {
		return 0 // the rule of the root says all
	}
	var numbers []int
	k := w.kindsOfView(v)
	for _, p := range v.parts {
		for keyword := range p.left {
			if aboutOthers(keyword, k) || saysNothing(p.s, keyword) {
				p.take(keyword)
			}
		}
		switch {
		case len(p.left) == 0:
		case p.left["unevaluatedProperties"] || p.left["unevaluatedItems"]:
			// What is evaluated, the whole schema says.
			numbers = append(numbers, w.left.Rule(p.s))
		default:
			numbers = append(numbers, w.left.Part(p.s, p.left))
		}
	}
	return w.left.All(numbers...)
}

// checked adds a rule to t.
func checked(t Type, rule int) Type {
	if rule == 0 {
		return t
	}
	return &Checked{Elem: t, Rule: rule}
}

// refer is the type of a view that is declared already.
func (w *worker) refer(v *view, d *Decl) Type {
	if d.Alias != nil {
		return d.Alias
	}
	back := w.open[v.key]
	if back {
		d.IsRecursive = true
	}
	return w.nullable(v, &Ref{Decl: d, Back: back})
}

// close gives a declaration that was met inside itself its type.
func (w *worker) close(v *view, d *Decl, t Type) {
	d.IsRecursive = true
	ref, ok := Bare(t).(*Ref)
	switch {
	case !ok:
		d.Named, d.Rule = Unchecked(t)
	case ref.Decl == d:
		w.Errorf(v.s.At, "infinite-type", "", "the definition is nothing but itself")
		d.Named = &Any{}
	default:
		d.Alias = t
	}
}

// nullable makes t optional where null is one value of v among others.
func (w *worker) nullable(v *view, t Type) Type {
	k := w.kindsOfView(v)
	if k == rules.AllKinds || k&rules.KindNull == 0 || k == rules.KindNull || isOptional(t) || isUntyped(t) || !w.acceptsView(v, null) {
		return t
	}
	return &Optional{Elem: t, Nullable: true}
}

func isOptional(t Type) bool {
	_, ok := t.(*Optional)
	return ok
}

func isUntyped(t Type) bool {
	t, _ = Unchecked(t)
	_, ok := t.(*Any)
	return ok
}

// markView adds what v says of its value as a whole. Where one alternative is secret
// all is: which one a value is cannot be said without showing it.
func (w *worker) markView(v *view, t Type) Type {
	t = w.mark(v.s, t)
	if slices.ContainsFunc(v.parts, func(p *part) bool { return isSecretSomehow(p.s) }) {
		return markSecret(t)
	}
	return t
}

// mark adds what a schema says of its value as a whole: that it is secret, that it
// is held by a type from elsewhere.
func (w *worker) mark(s *schema.Schema, t Type) Type {
	if s.GoType != "" {
		if optional, ok := t.(*Optional); ok {
			t = around(t, w.custom(s, optional.Elem))
		} else {
			t = w.custom(s, t)
		}
	}
	if isSecretSomehow(s) {
		return markSecret(t)
	}
	return t
}

// markSecret hides t; what is optional stays so outside of the secret.
func markSecret(t Type) Type {
	switch inner := t.(type) {
	case *Secret:
		return t
	case *Optional:
		return around(t, markSecret(inner.Elem))
	}
	return &Secret{Elem: t}
}

// isSecretSomehow reports whether s, or any schema that can be about the same value,
// says that it must not be shown, or says so of what no type of its own is made of:
// some items, and names of properties.
func isSecretSomehow(s *schema.Schema) bool {
	return findSecret([]*schema.Schema{s}, func(s *schema.Schema) []*schema.Schema {
		about := slices.Concat(s.Also(), s.AnyOf, s.OneOf, []*schema.Schema{s.Then, s.Else, s.Contains, s.UnevaluatedItems, s.PropertyNames})
		for _, d := range s.DependentSchemas {
			about = append(about, d.Schema)
		}
		return about
	})
}

// holdsSecret reports whether a schema of v, or of anything below, is about a secret.
func (v *view) holdsSecret() bool {
	var list []*schema.Schema
	for _, p := range v.parts {
		list = append(list, p.s)
	}
	return findSecret(list, func(s *schema.Schema) []*schema.Schema {
		inside := slices.Concat(s.InPlace(), s.Nameless(), []*schema.Schema{s.PropertyNames})
		for _, p := range s.Properties {
			inside = append(inside, p.Schema)
		}
		return inside
	})
}

// findSecret reports whether one of list is secret, or of those that they lead to. It
// looks at each once: through items a list can lead back to itself.
func findSecret(list []*schema.Schema, leadsTo func(*schema.Schema) []*schema.Schema) bool {
	seen := map[*schema.Schema]bool{nil: true}
	for ; len(list) > 0; list = list[1:] {
		s := list[0]
		if seen[s] {
			continue
		}
		if s.IsSecret() {
			return true
		}
		seen[s] = true
		list = append(list, leadsTo(s)...)
	}
	return false
}

func (w *worker) custom(s *schema.Schema, t Type) Type {
	dot := strings.LastIndexByte(s.GoType, '.')
	if dot < 1 || s.GoType[0] == '.' || s.GoType[0] == '/' || !token.IsIdentifier(s.GoType[dot+1:]) || !token.IsExported(s.GoType[dot+1:]) ||
		strings.ContainsAny(s.GoType[:dot], " \t\n\"`\\*[]") {
		w.Errorf(s.Keyword("x-go-type"), "bad-go-type", "write the import path and the name, as in net/netip.AddrPort",
			"%q names no exported Go type", s.GoType)
		return t
	}
	return &Custom{Path: s.GoType[:dot], Name: s.GoType[dot+1:], Check: t}
}

// shape chooses the type of v and takes from v what the type checks.
func (w *worker) shape(v *view, at *Place) Type {
	k := w.kindsOfView(v)
	switch {
	case k == 0:
		v.takeEverything()
		return &Any{Never: true, Why: "no value is allowed here"}
	case k == rules.KindNull:
		v.takeAll("type")
		return &Any{Enum: []string{"null"}, Why: "null is the only value"}
	case k == rules.AllKinds:
		return w.unlimited(v, at)
	}
	if t, done := w.alternatives(v, at); done {
		return t
	}
	if values, ok := w.finite(v); ok && compile.KindsOfValues(values)&(rules.KindList|rules.KindObject) == 0 {
		return w.enum(v, values, at)
	}
	return w.plain(v, k&^rules.KindNull, at)
}

// unlimited is the type of v where every type of value is allowed, because none is
// named: an object if that is what v speaks of, which may then be something else and
// is kept as it is, or any.
func (w *worker) unlimited(v *view, at *Place) Type {
	if w.speaks(v) == rules.KindObject {
		if t, done := w.splitObjects(v, at); done {
			return t
		}
		if !w.isMap(v) { // which has no place for a value that is no object
			return w.object(v, at)
		}
	}
	why := "the schema says nothing of its type"
	if w.speaks(v) != 0 {
		why = "the schema names no type"
	}
	return &Any{Why: why}
}

// plain is the type of v where all its values are of one class.
func (w *worker) plain(v *view, k rules.Kinds, at *Place) Type {
	switch {
	case !k.IsOne():
		return &Any{Why: "the schema allows several types that are not told apart"}
	case k == rules.KindInteger:
		return w.integer(v)
	case k == rules.KindFraction:
		return w.number(v)
	}
	v.takeAll("type")
	switch k {
	case rules.KindObject:
		return w.object(v, at)
	case rules.KindList:
		return w.list(v, at)
	case rules.KindString:
		return w.text(v)
	case rules.KindBool:
		return &Scalar{Go: "bool"}
	}
	return w.number(v)
}

var null = document.NewScalar(document.Null, "", document.Position{})
