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

// Build returns the shape of doc. It adds findings to report and returns nil after an
// error. Defaults that their own schema rejects are dropped with a warning.
func Build(doc *schema.Document, report *schema.Reporter) *Document {
	w := &worker{
		Reporter: report, root: doc.Root, kinds: compile.New(doc), left: compile.New(doc),
		decls: map[string]*Decl{}, open: map[string]bool{}, ids: map[*schema.Schema]int{}, spoken: map[*schema.Schema]rules.Kinds{},
		composed: map[string]*schema.Schema{}, gathering: map[*schema.Schema]bool{}, used: map[*schema.Schema]int{}, dynamic: doc.HasDynamic,
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

// A worker builds the shapes of one document.
type worker struct {
	*schema.Reporter
	root *schema.Schema
	// kinds knows what whole schemas allow; left builds the rules for what types do not
	// check.
	kinds, left *compile.Compiler

	order []*Decl          // in the order in which they are met
	decls map[string]*Decl // by the key of their view
	open  map[string]bool  // views in progress: a reference to one leads back

	ids       map[*schema.Schema]int
	spoken    map[*schema.Schema]rules.Kinds
	composed  map[string]*schema.Schema
	gathering map[*schema.Schema]bool // schemas whose properties are being listed
	used      map[*schema.Schema]int  // which of their marks took effect
	full      bool                    // there are too many types
	dynamic   bool                    // the target of references depends on the way to them
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
	case nullable: // null or the value of d, under a name of its own
		d.Place, d.Whole = &Place{Kind: RootValue}, false
		inner := &Ref{Decl: d}
		d = w.newDecl(v.s, &Place{Kind: Root}, false)
		d.Named = &Optional{Elem: inner, Nullable: true}
	}
	if w.dynamic { // only the way from the root determines its references
		d.Rule = w.left.Rule(w.root)
	}
	return d
}

// rootNamed gives the root the type t.
func (w *worker) rootNamed(d *Decl, t Type) *Decl {
	ref, ok := t.(*Ref)
	switch {
	case ok && d.IsRecursive && ref.Decl.Struct != nil: // references to it need it unchanged
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

// asText returns t, or for a formatted string a plain one whose format is only checked,
// so that it is written as it was read.
func asText(t Type) Type {
	f, ok := t.(*Formatted)
	if !ok {
		return t
	}
	text := f.Text
	text.Format = f.Format
	return &Scalar{Go: "string", Text: text}
}

// refuseRootMarks rejects keywords at the root that are only allowed on fields.
func (w *worker) refuseRootMarks(s *schema.Schema) {
	for _, keyword := range []string{"x-secret", "writeOnly", "x-go-type"} {
		if s.Has(keyword) {
			w.Errorf(s.Keyword(keyword), "not-at-the-root", "put it on a property", "%s is not allowed at the root", keyword)
		}
	}
}

// declare returns the declaration of v, and creates it if needed.
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

// definition builds a definition. Unused ones are part of the package too.
func (w *worker) definition(s *schema.Schema) {
	if compile.Same(s) == compile.Same(w.root) || w.decls[w.view(s).key] != nil {
		return
	}
	w.typeOf(s, definition(s))
}

// typeOf returns the type of s. at is its place, from which it takes a name if it needs
// one.
func (w *worker) typeOf(s *schema.Schema, at *Place) Type {
	if t := compile.Same(s); t != s {
		return w.markList(s, w.mark(s, w.typeOf(t, refPlace(t, at))))
	}
	return w.markList(s, w.typeOfView(w.view(s), at))
}

// mostTypes bounds small schemas whose parts combine without end. The largest published
// schemas have 2,000 types.
const mostTypes = 10_000

// typeOfView returns the type of v.
func (w *worker) typeOfView(v *view, at *Place) Type {
	if d := w.decls[v.key]; d != nil {
		return w.markView(v, w.refer(v, d))
	}
	if w.open[v.key] {
		// A type other than a struct contains itself: it needs a name.
		d := w.declare(v, refPlace(v.s, at))
		d.Nilable = w.kindsOfView(v) == rules.KindList
		return w.markView(v, w.nullable(v, &Ref{Decl: d, Back: true}))
	}
	if len(w.order) > mostTypes {
		if !w.full {
			w.full = true
			w.Errorf(v.s.At, "too-large", "", "the schema has more than %d types", mostTypes)
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
		// An alias: a definition that needs no type of its own.
		w.declare(v, definition(v.s)).Alias = w.nullable(v, t)
	}
	return w.markView(v, w.nullable(v, t))
}

// shapeOf returns the type of v with a rule for what the type does not check, without
// null and marks. It returns nil if v became a declaration of its own.
func (w *worker) shapeOf(v *view, at *Place) Type {
	w.open[v.key] = true
	work := v.clone()
	t := w.shape(work, at)
	if untyped, ok := t.(*Any); ok && !untyped.Never && v.holdsSecret() { // no type describes where the secret is
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

// leftRule returns the rule for what no type has taken from v, or 0.
func (w *worker) leftRule(v *view) int {
	if w.dynamic {
		return 0 // the rule of the root covers everything
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
			// Only the whole schema determines what is evaluated.
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

// refer returns the type of a view that is already declared.
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

// close sets the type of a declaration that was met inside itself.
func (w *worker) close(v *view, d *Decl, t Type) {
	d.IsRecursive = true
	ref, ok := Bare(t).(*Ref)
	switch {
	case !ok:
		d.Named, d.Rule = Unchecked(t)
	case ref.Decl == d:
		w.Errorf(v.s.At, "infinite-type", "", "the definition refers only to itself")
		d.Named = &Any{}
	default:
		d.Alias = t
	}
}

// nullable makes t optional if v allows null among other values.
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

// markView adds what v declares about its value as a whole. If one alternative is
// secret, all are: showing which one a value is would reveal it.
func (w *worker) markView(v *view, t Type) Type {
	t = w.mark(v.s, t)
	if slices.ContainsFunc(v.parts, func(p *part) bool { return isSecretSomehow(p.s) }) {
		return markSecret(t)
	}
	return t
}

// mark adds what a schema declares about its value as a whole: that it is secret, or
// held by a type from elsewhere.
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

// markSecret hides t. An optional stays outside the secret.
func markSecret(t Type) Type {
	switch inner := t.(type) {
	case *Secret:
		return t
	case *Optional:
		return around(t, markSecret(inner.Elem))
	}
	return &Secret{Elem: t}
}

// isSecretSomehow reports whether s, or any schema that may apply to the same value,
// marks it as secret, or marks a part that has no type of its own: some items, or names
// of properties.
func isSecretSomehow(s *schema.Schema) bool {
	return findSecret([]*schema.Schema{s}, func(s *schema.Schema) []*schema.Schema {
		about := slices.Concat(s.Also(), s.AnyOf, s.OneOf, []*schema.Schema{s.Then, s.Else, s.Contains, s.UnevaluatedItems, s.PropertyNames})
		for _, d := range s.DependentSchemas {
			about = append(about, d.Schema)
		}
		return about
	})
}

// holdsSecret reports whether a schema of v, or any below, marks a secret.
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

// findSecret reports whether one of list, or a schema that they lead to, is secret. It
// visits each once, because a list can lead back to itself through items.
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
			"%q is not an exported Go type", s.GoType)
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

// unlimited returns the type of v if no type is named: an object if v describes one,
// which keeps values of other types as written, or else any.
func (w *worker) unlimited(v *view, at *Place) Type {
	if w.speaks(v) == rules.KindObject {
		if t, done := w.splitObjects(v, at); done {
			return t
		}
		if !w.isMap(v) { // a map has no place for a value that is not an object
			return w.object(v, at)
		}
	}
	why := "the schema allows any value"
	if w.speaks(v) != 0 {
		why = "the schema declares no type"
	}
	return &Any{Why: why}
}

// plain returns the type of v if all its values are of one class.
func (w *worker) plain(v *view, k rules.Kinds, at *Place) Type {
	switch {
	case !k.IsOne():
		return &Any{Why: "the schema allows several types that cannot be distinguished"}
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
