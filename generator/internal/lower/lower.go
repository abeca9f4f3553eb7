// Package lower turns a schema into the Go that will be written. All decisions
// fall here: which type a schema becomes, what is refused, what everything is
// called. The files:
//
//	lower.go         the way through a schema
//	view.go          all that is said of one value, and what of it is left to check
//	kinds.go         the types that a value may have
//	object.go        objects: structs and maps
//	fields.go        the fields of structs
//	list.go          lists and tuples
//	scalar.go        strings, numbers, formats
//	enum.go          values of a fixed set
//	alternatives.go  several types, oneOf, anyOf
//	sealed.go        the interfaces they become
//	rule.go          what no type checks
//	marks.go         x-reload, x-merge, x-key: where they may stand
//	settle.go        names of types, constants and methods
//	naming.go        what a word of a schema is called in Go
//	doc.go           doc comments
//	check.go         defaults without end, types that cannot exist in Go, values
//	                 that writing them anew could change
package lower

import (
	"path"
	"slices"
	"strings"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

// Lower turns doc into a package. Package and root are the names wanted. What
// is refused is added to diags, and the package is then nil.
//
// Accepts says whether a schema of doc allows a value.
func Lower(doc *schema.Document, pkg, root string, accepts func(s *schema.Schema, value *document.Node) bool, diags *schema.Reporter) *ir.Package {
	l := &lowerer{
		diags: diags, root: doc.Root, rootName: root, reference: accepts,
		decls: map[string]*ir.Decl{}, claims: map[*ir.Decl]*claim{}, open: map[string]bool{},
		ids: map[*schema.Schema]int{}, kinds: map[*schema.Schema]kinds{}, spoken: map[*schema.Schema]kinds{},
		composed: map[string]*schema.Schema{}, made: map[*schema.Schema]bool{}, gathering: map[*schema.Schema]bool{}, patterns: map[string]bool{},
		rules: ruleSet{numbers: map[*schema.Schema]int{}, list: make([]ir.Rule, 1), known: map[string]int{}},
	}
	l.dynamic = doc.HasDynamic
	l.heeded = map[*schema.Schema]int{}
	rootDecl := l.rootDecl()
	for _, def := range doc.Defs {
		l.definition(def)
	}
	p := &ir.Package{
		Name: pkg, SchemaName: path.Base(strings.ReplaceAll(doc.Name, `\`, "/")), SchemaText: string(doc.Node.AppendJSON(nil)),
		Root: rootDecl, Decls: l.order,
	}
	if k := l.kindsOf(doc.Root); k != anyKind && k&kindNull != 0 {
		p.Null = l.accepts(doc.Root, null)
	}
	p.SchemaFiles = doc.Files
	l.refuseMisplaced(doc)
	if diags.Failed() {
		return nil
	}
	p.Rules = l.rules.list
	l.breakInfinite(p)
	l.dropEndlessDefaults(p)
	l.settle(p)
	l.refuseMarks(p)
	if diags.Failed() {
		return nil
	}
	return p
}

type lowerer struct {
	diags     *schema.Reporter
	root      *schema.Schema
	rootName  string
	reference func(s *schema.Schema, value *document.Node) bool

	order  []*ir.Decl          // in the order in which they are met
	decls  map[string]*ir.Decl // by the key of the view they are of
	claims map[*ir.Decl]*claim
	open   map[string]bool // views being lowered now: a reference to one goes back

	ids       map[*schema.Schema]int
	kinds     map[*schema.Schema]kinds
	spoken    map[*schema.Schema]kinds
	composed  map[string]*schema.Schema
	made      map[*schema.Schema]bool // those of composed
	gathering map[*schema.Schema]bool // schemas whose properties are being listed
	patterns  map[string]bool         // those of which nothing is to be said
	rules     ruleSet
	heeded    map[*schema.Schema]int // what of their marks came to something
	full      bool                   // there are too many types
	dynamic   bool                   // references depend on the way they are reached
}

// A scope is where an inline type stands: the names of what encloses it, from
// the outside in, the last being the name it would like to have.
type scope []string

func (s scope) in(name string) scope { return append(slices.Clone(s), name) }

func (l *lowerer) rootDecl() *ir.Decl {
	s := same(l.root)
	at := scope{l.rootName}
	v := l.view(s)
	d := l.declare(v, at)
	l.claims[d].fixed, l.claims[d].parts = true, at
	t := l.shapeOf(v, at, d)
	l.refuseRootMarks(s)
	if t != nil {
		t = l.markList(l.root, t)
	}
	switch nullable := isOptional(l.nullable(v, &ir.Ref{Decl: d})); {
	case t != nil:
		d = l.rootNamed(v, d, l.nullable(v, t))
	case nullable && d.Struct != nil:
		l.allowNull(d)
	case nullable:
		d = l.rootOptional(v, d)
	}
	if l.dynamic { // what its references mean is known on the way from the root only
		d.Rule = l.ruleOf(l.root)
	}
	return d
}

// rootNamed gives the root the type t.
func (l *lowerer) rootNamed(v *view, d *ir.Decl, t ir.Type) *ir.Decl {
	ref, ok := t.(*ir.Ref)
	switch {
	case ok && d.IsRecursive && ref.Decl.Struct != nil: // it has to stay what it was referred to as
		d.Struct, d.Rule, d.Doc, d.Branches = ref.Decl.Struct, ref.Decl.Rule, ref.Decl.Doc, ref.Decl.Branches
		ref.Decl.Struct, ref.Decl.Rule, ref.Decl.Branches = nil, 0, nil
		ref.Decl.Alias = &ir.Ref{Decl: d}
		return d
	case ok && !ref.Back && !d.IsRecursive: // what is left of alternatives
		l.order = slices.DeleteFunc(l.order, func(other *ir.Decl) bool { return other == d })
		l.claims[ref.Decl].fixed, l.claims[ref.Decl].parts = true, scope{l.rootName}
		return ref.Decl
	}
	if f, ok := t.(*ir.Formatted); ok { // read as text, which is written back as it was
		f.Text.Format = f.Format
		t = &ir.Scalar{Go: "string", Text: f.Text}
	}
	d.Named, d.Rule = unchecked(t)
	d.Doc = l.namedDoc(v.s, d.Named)
	return d
}

// rootOptional is a root that is null or what d says, which gets a name of its
// own.
func (l *lowerer) rootOptional(v *view, inner *ir.Decl) *ir.Decl {
	c := l.claims[inner]
	c.fixed, c.parts = false, scope{l.rootName, l.rootName + "Value"}
	d := l.newDecl(v.s, scope{l.rootName}, false)
	l.claims[d].fixed = true
	d.Named = &ir.Optional{Elem: &ir.Ref{Decl: inner}, Nullable: true}
	d.Doc = l.declDoc(v.s)
	return d
}

// allowNull lets the root be null besides an object: it stays a struct, so that
// bindings lead to its fields.
func (l *lowerer) allowNull(d *ir.Decl) {
	kinds := l.rules.add(ir.Rule{Kinds: []string{"object", "null"}})
	if d.Rule != 0 {
		kinds = l.rules.add(ir.Rule{All: []int{kinds, d.Rule}})
	}
	d.Rule, d.Struct.Loose, d.Struct.Keeps = kinds, true, true
}

// refuseRootMarks refuses what can be said of a field only.
func (l *lowerer) refuseRootMarks(s *schema.Schema) {
	for _, keyword := range []string{"x-secret", "writeOnly", "x-go-type"} {
		if s.Has(keyword) {
			l.diags.Errorf(s.Keyword(keyword), "not-at-the-root", "say it of a property", "%s cannot be said of the configuration as a whole", keyword)
		}
	}
}

// declare makes the declaration of v.
func (l *lowerer) declare(v *view, at scope) *ir.Decl {
	d := l.newDecl(v.s, at, v.whole)
	l.decls[v.key] = d
	return d
}

// newDecl is a declaration that has the name of s, if it is all that s is, and
// stands in its scope otherwise.
func (l *lowerer) newDecl(s *schema.Schema, at scope, whole bool) *ir.Decl {
	d := &ir.Decl{At: s.At}
	l.order = append(l.order, d)
	c := &claim{decl: d, parts: at}
	switch {
	case !whole:
	case s.GoName != "":
		l.checkGoName(s)
		c.parts, c.fixed = scope{s.GoName}, true
	case s.DefName != "":
		c.parts, c.defined = definitionScope(s), true
	}
	l.claims[d] = c
	return d
}

// definitionScope is the name of a definition behind those of what it is defined
// in: other definitions, and a file that is not the schema itself.
func definitionScope(s *schema.Schema) scope {
	var at scope
	file, pointer, _ := strings.Cut(s.Address(), "#")
	if file != "" {
		base := path.Base(file)
		at = append(at, goName(strings.TrimSuffix(strings.TrimSuffix(base, path.Ext(base)), ".schema")))
	}
	tokens := strings.Split(pointer, "/")
	for i := 1; i+1 < len(tokens); i++ {
		if (tokens[i-1] == "$defs" || tokens[i-1] == "definitions") && i+1 < len(tokens) {
			at = append(at, goName(tokens[i]))
		}
	}
	name := goName(s.DefName)
	if len(at) > 0 && at[len(at)-1] == name { // a file is called like its root
		return at
	}
	return append(at, name)
}

func (l *lowerer) checkGoName(s *schema.Schema) {
	if !isExported(s.GoName) {
		l.diags.Errorf(s.Keyword("x-go-name"), "bad-go-name", "a name begins with a capital letter and has letters, digits and underscores",
			"%q is no exported Go name", s.GoName)
	}
}

// definition lowers a definition, used or not: it is part of the package.
func (l *lowerer) definition(s *schema.Schema) {
	if same(s) == same(l.root) || l.decls[l.view(s).key] != nil {
		return
	}
	l.typeOf(s, scope{goName(s.DefName)})
}

// same is the schema that s only refers to; one that says anything itself is
// itself.
func same(s *schema.Schema) *schema.Schema {
	for !saysAnything(s) {
		in := inPlaceAll(s)
		if len(in) != 1 {
			break
		}
		s = in[0]
	}
	return s
}

func saysAnything(s *schema.Schema) bool {
	return s.Never || s.Dynamic != nil || slices.ContainsFunc(schema.Assertions(), s.Has)
}

// typeOf is the Go type of s. At is where it stands, should it need a name.
func (l *lowerer) typeOf(s *schema.Schema, at scope) ir.Type {
	if t := same(s); t != s {
		return l.markList(s, l.mark(s, l.typeOf(t, l.refScope(t, at))))
	}
	return l.markList(s, l.typeOfView(l.view(s), at))
}

// mostTypes bounds what a small schema can become whose parts combine without
// end. The largest that people publish have 2,000.
const mostTypes = 10_000

// typeOfView is the Go type of v.
func (l *lowerer) typeOfView(v *view, at scope) ir.Type {
	if d := l.decls[v.key]; d != nil {
		return l.markView(v, l.refer(v, d))
	}
	if l.open[v.key] {
		// A type that is no struct contains itself: it needs a name.
		d := l.declare(v, l.refScope(v.s, at))
		d.Nilable = l.kindsOfView(v) == kindList
		return l.markView(v, l.nullable(v, &ir.Ref{Decl: d, Back: true}))
	}
	if len(l.order) > mostTypes {
		if !l.full {
			l.full = true
			l.diags.Errorf(v.s.At, "too-large", "", "the schema becomes more than %d types", mostTypes)
		}
		return &ir.Any{}
	}
	t := l.shapeOf(v, at, nil)
	if d := l.decls[v.key]; d != nil && t != nil { // it contains itself
		l.close(v, d, t)
		t = &ir.Ref{Decl: d}
	} else if t == nil {
		t = &ir.Ref{Decl: l.decls[v.key]}
	} else if v.s.DefName != "" && v.only == anyKind {
		l.alias(v, t)
	}
	return l.markView(v, l.nullable(v, t))
}

// shapeOf is the type of v with a rule for what the type does not check, apart
// from null and marks. It is nil where v became a declaration of its own; given is
// that declaration where it exists already, as for the root.
func (l *lowerer) shapeOf(v *view, at scope, given *ir.Decl) ir.Type {
	l.open[v.key] = true
	work := v.clone()
	t := l.shape(work, at, given)
	delete(l.open, v.key)
	rule := l.leftRule(work)
	if t == nil {
		l.decls[v.key].Rule = rule
		return nil
	}
	return checked(t, rule)
}

// checked adds a rule to t.
func checked(t ir.Type, rule int) ir.Type {
	if rule == 0 {
		return t
	}
	return &ir.Checked{Elem: t, Rule: rule}
}

// unchecked is t without the rule around it, and the rule.
func unchecked(t ir.Type) (ir.Type, int) {
	if c, ok := t.(*ir.Checked); ok {
		return c.Elem, c.Rule
	}
	return t, 0
}

// refer is the type of a view that is declared already.
func (l *lowerer) refer(v *view, d *ir.Decl) ir.Type {
	if d.Alias != nil {
		return d.Alias
	}
	back := l.open[v.key]
	if back {
		d.IsRecursive = true
	}
	return l.nullable(v, &ir.Ref{Decl: d, Back: back})
}

// close gives a declaration that was met inside itself its type.
func (l *lowerer) close(v *view, d *ir.Decl, t ir.Type) {
	d.IsRecursive = true
	d.Doc = l.declDoc(v.s)
	ref, ok := bare(t).(*ir.Ref)
	switch {
	case !ok:
		d.Named, d.Rule = unchecked(t)
		d.Doc = l.namedDoc(v.s, d.Named)
	case ref.Decl == d:
		l.diags.Errorf(v.s.At, "infinite-type", "", "the definition is nothing but itself")
		d.Named = &ir.Any{}
	default:
		d.Alias = t
	}
}

// refScope is the scope of a type that is referred to: a definition stands on
// its own.
func (l *lowerer) refScope(target *schema.Schema, at scope) scope {
	if target.DefName != "" {
		return scope{goName(target.DefName)}
	}
	return at
}

// alias gives a definition that needs no type of its own another name for the
// type it has.
func (l *lowerer) alias(v *view, t ir.Type) {
	d := l.declare(v, scope{goName(v.s.DefName)})
	d.Alias = l.nullable(v, t)
	d.Doc = l.declDoc(v.s)
}

// nullable makes t optional where null is one value of v among others.
func (l *lowerer) nullable(v *view, t ir.Type) ir.Type {
	k := l.kindsOfView(v)
	if k == anyKind || k&kindNull == 0 || k == kindNull || isOptional(t) || isUntyped(t) {
		return t
	}
	if !l.acceptsView(v, null) {
		return t
	}
	return &ir.Optional{Elem: t, Nullable: true}
}

func isOptional(t ir.Type) bool {
	_, ok := t.(*ir.Optional)
	return ok
}

func isUntyped(t ir.Type) bool {
	t, _ = unchecked(t)
	_, ok := t.(*ir.Any)
	return ok
}

// markView adds what v says of its value as a whole. Where one alternative is
// secret all is: which one a value is cannot be said without showing it.
func (l *lowerer) markView(v *view, t ir.Type) ir.Type {
	t = l.mark(v.s, t)
	if slices.ContainsFunc(v.parts, func(p *part) bool { return isSecretSomehow(p.s) }) {
		return markSecret(t)
	}
	return t
}

// mark adds what a schema says of its value as a whole: that it is secret, that
// it is held by a type from elsewhere.
func (l *lowerer) mark(s *schema.Schema, t ir.Type) ir.Type {
	optional, isOptional := t.(*ir.Optional)
	if isOptional {
		t = optional.Elem
	}
	if s.GoType != "" {
		t = l.custom(s, t)
	}
	if isOptional {
		t = &ir.Optional{Elem: t, Nullable: optional.Nullable}
	}
	if isSecretSomehow(s) {
		return markSecret(t)
	}
	return t
}

// markSecret hides t; what is optional stays so outside of the secret.
func markSecret(t ir.Type) ir.Type {
	switch inner := t.(type) {
	case *ir.Secret:
		return t
	case *ir.Optional:
		return &ir.Optional{Elem: markSecret(inner.Elem), Nullable: inner.Nullable}
	}
	return &ir.Secret{Elem: t}
}

// isSecret reports whether s says of itself that it must not be shown.
func isSecret(s *schema.Schema) bool { return s.Secret || s.WriteOnly || s.Format == "password" }

// isSecretSomehow reports whether s, or any schema that can be about the same
// value, says that it must not be shown, or says so of items that no type of items
// is made of.
func isSecretSomehow(s *schema.Schema) bool { return findSecret(s, map[*schema.Schema]bool{}) }

// findSecret looks at each schema once: through items a list can lead back to
// itself.
func findSecret(s *schema.Schema, seen map[*schema.Schema]bool) bool {
	if s == nil || seen[s] {
		return false
	}
	seen[s] = true
	if isSecret(s) {
		return true
	}
	about := slices.Concat(inPlaceAll(s), s.AnyOf, s.OneOf, []*schema.Schema{s.Then, s.Else, s.Contains, s.UnevaluatedItems})
	for _, d := range s.DependentSchemas {
		about = append(about, d.Schema)
	}
	return slices.ContainsFunc(about, func(t *schema.Schema) bool { return findSecret(t, seen) })
}

func (l *lowerer) custom(s *schema.Schema, t ir.Type) ir.Type {
	dot := strings.LastIndexByte(s.GoType, '.')
	if dot < 1 || s.GoType[0] == '.' || s.GoType[0] == '/' || !isExported(s.GoType[dot+1:]) || strings.ContainsAny(s.GoType[:dot], " \t\n\"`\\*[]") {
		l.diags.Errorf(s.Keyword("x-go-type"), "bad-go-type", "write the import path and the name, as in net/netip.AddrPort",
			"%q names no exported Go type", s.GoType)
		return t
	}
	return &ir.Custom{Path: s.GoType[:dot], Name: s.GoType[dot+1:], Check: t}
}

// shape chooses the type of v and takes from v what the type checks.
func (l *lowerer) shape(v *view, at scope, given *ir.Decl) ir.Type {
	k := l.kindsOfView(v)
	switch {
	case k == 0:
		v.takeEverything()
		return &ir.Any{Never: true, Why: "nothing is allowed here"}
	case k == kindNull:
		v.takeAll("type")
		return &ir.Any{Enum: []string{"null"}, Why: "null is the only value"}
	case k == anyKind:
		return l.unlimited(v, at, given)
	}
	if t, done := l.alternatives(v, at, given); done {
		return t
	}
	if values, ok := l.finite(v); ok && kindsOfValues(values)&(kindList|kindObject) == 0 {
		return l.enum(v, values, at, given)
	}
	return l.plain(v, k&^kindNull, at, given)
}

// unlimited is the type of v where every type of value is allowed, because none
// is named: an object if that is what v speaks of, which may then be something
// else and is kept as it is, or any.
func (l *lowerer) unlimited(v *view, at scope, given *ir.Decl) ir.Type {
	if l.speaks(v) == kindObject {
		if t, done := l.splitObjects(v, at, given); done {
			return t
		}
		if !l.isMap(v) { // which has no place for a value that is no object
			return l.object(v, at, given)
		}
	}
	why := "the schema says nothing of its type"
	if l.speaks(v) != 0 {
		why = "the schema names no type"
	}
	return &ir.Any{Why: why}
}

// plain is the type of v where all its values are of one class.
func (l *lowerer) plain(v *view, k kinds, at scope, given *ir.Decl) ir.Type {
	switch {
	case !k.isOne():
		return &ir.Any{Why: "the schema allows several types that are not told apart"}
	case k == kindInteger:
		return l.integer(v)
	case k == kindFraction:
		return &ir.Scalar{Go: "float64", Range: l.rangeOf(v)}
	}
	v.takeAll("type")
	switch k {
	case kindObject:
		return l.object(v, at, given)
	case kindList:
		return l.list(v, at, given)
	case kindString:
		return l.text(v)
	case kindBool:
		return &ir.Scalar{Go: "bool"}
	}
	return &ir.Scalar{Go: "float64", Range: l.rangeOf(v)}
}
