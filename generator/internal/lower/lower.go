// Package lower turns a schema into the Go that will be written. All decisions
// fall here: which type a schema becomes, what is refused, what everything is
// called. The files:
//
//	lower.go    the way through a schema
//	object.go   objects: structs and maps
//	scalar.go   strings, numbers, enums, formats
//	union.go    oneOf, anyOf, several types
//	settle.go   names of types, constants and methods
//	naming.go   what a word of a schema is called in Go
//	doc.go      doc comments
//	check.go    defaults without end, types that cannot exist in Go, values that
//	            writing them anew could change
package lower

import (
	"path"
	"slices"
	"strings"

	"github.com/hotbind/hotbind/generator/diag"
	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/generator/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

// Lower turns doc into a package. Package and root are the names wanted. What
// is refused is added to diags, and the package is then nil.
//
// Accepts says whether the schema at a place allows a value.
func Lower(doc *schema.Document, pkg, root string, accepts func(pointer string, value *document.Node) bool, diags *diag.List) *ir.Package {
	l := &lowerer{
		diags: diags, root: target(doc.Root), rootName: root,
		decls: map[*schema.Schema]*ir.Decl{}, claims: map[*ir.Decl]*claim{}, open: map[*schema.Schema]bool{},
		accepts: func(s *schema.Schema, value *document.Node) bool { return accepts(s.At.Pointer, value) },
	}
	rootDecl := l.rootDecl(l.root)
	for _, def := range doc.Defs {
		l.definition(def)
	}
	p := &ir.Package{
		Name: pkg, SchemaName: path.Base(strings.ReplaceAll(doc.Name, `\`, "/")), SchemaText: string(doc.Node.AppendJSON(nil)),
		Root: rootDecl, Decls: l.order,
	}
	if diags.Failed() {
		return nil
	}
	l.refuseInfinite(p)
	l.refuseEndlessDefaults(p)
	l.settle(p)
	if diags.Failed() {
		return nil
	}
	return p
}

type lowerer struct {
	diags    *diag.List
	root     *schema.Schema
	rootName string

	order   []*ir.Decl // in the order in which they are met
	decls   map[*schema.Schema]*ir.Decl
	claims  map[*ir.Decl]*claim
	open    map[*schema.Schema]bool // being lowered now: a reference to one goes back
	accepts func(s *schema.Schema, value *document.Node) bool
}

// A scope is where an inline type stands: the names of what encloses it, from
// the outside in, the last being the name it would like to have.
type scope []string

func (s scope) in(name string) scope { return append(slices.Clone(s), name) }

func (l *lowerer) rootDecl(s *schema.Schema) *ir.Decl {
	d := l.declare(s, scope{l.rootName})
	l.claims[d].fixed, l.claims[d].parts = true, scope{l.rootName}
	l.open[s] = true
	t := l.shape(s, scope{l.rootName}, d)
	delete(l.open, s)
	l.refuseRootMarks(s)
	if t == nil {
		return d // the declaration took its shape itself
	}
	if ref, ok := t.(*ir.Ref); ok { // what is left of alternatives, null apart
		l.order = slices.DeleteFunc(l.order, func(other *ir.Decl) bool { return other == d })
		l.claims[ref.Decl].fixed, l.claims[ref.Decl].parts = true, scope{l.rootName}
		return ref.Decl
	}
	d.Named = t
	d.Doc = l.declDoc(s)
	return d
}

// refuseRootMarks refuses what can be said of a field only.
func (l *lowerer) refuseRootMarks(s *schema.Schema) {
	for _, keyword := range []string{"x-secret", "writeOnly", "x-go-type"} {
		if s.Has(keyword) {
			l.diags.Errorf(s.Keyword(keyword), "not-at-the-root", "say it of a property", "%s cannot be said of the configuration as a whole", keyword)
		}
	}
}

// declare makes the declaration of s.
func (l *lowerer) declare(s *schema.Schema, at scope) *ir.Decl {
	d := &ir.Decl{At: s.At}
	l.decls[s] = d
	l.order = append(l.order, d)
	c := &claim{decl: d, parts: at}
	switch {
	case s.GoName != "":
		l.checkGoName(s)
		c.parts, c.fixed = scope{s.GoName}, true
	case s.DefName != "":
		c.parts, c.defined = scope{goName(s.DefName)}, true
	}
	l.claims[d] = c
	return d
}

func (l *lowerer) checkGoName(s *schema.Schema) {
	if !isExported(s.GoName) {
		l.diags.Errorf(s.Keyword("x-go-name"), "bad-go-name", "a name begins with a capital letter and has letters, digits and underscores",
			"%q is no exported Go name", s.GoName)
	}
}

// definition lowers a definition, used or not: it is part of the package.
func (l *lowerer) definition(s *schema.Schema) {
	if s == l.root || l.decls[s] != nil {
		return
	}
	l.typeOf(s, scope{goName(s.DefName)})
}

// typeOf is the Go type of s. At is where it stands, should it need a name.
func (l *lowerer) typeOf(s *schema.Schema, at scope) ir.Type {
	if s.Ref != nil {
		l.refuseBeside(s, "$ref")
		return l.wrap(s, l.typeOf(s.Ref, l.refScope(s.Ref, at)))
	}
	if d := l.decls[s]; d != nil {
		return l.reference(s, d)
	}
	if l.open[s] {
		// A definition that is no struct contains itself: it needs a name.
		return l.wrap(s, &ir.Ref{Decl: l.declare(s, l.refScope(s, at)), Back: true})
	}
	l.open[s] = true
	t := l.shape(s, at, nil)
	delete(l.open, s)
	if d := l.decls[s]; d != nil && t != nil { // it contains itself
		l.close(s, d, t)
		t = &ir.Ref{Decl: d}
	} else if t == nil {
		t = &ir.Ref{Decl: l.decls[s]}
	} else if s.DefName != "" {
		l.alias(s, t)
	}
	return l.wrap(s, t)
}

// close gives a declaration that was met inside itself its type.
func (l *lowerer) close(s *schema.Schema, d *ir.Decl, t ir.Type) {
	d.IsRecursive = true
	d.Doc = l.declDoc(s)
	ref, ok := bare(t).(*ir.Ref)
	switch {
	case !ok:
		d.Named = t
	case ref.Decl == d:
		l.diags.Errorf(s.At, "infinite-type", "", "the definition is nothing but itself")
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

// constraints are the keywords that say what a value may be.
var constraints = []string{"type", "enum", "const", "oneOf", "anyOf", "properties", "required", "additionalProperties", "patternProperties",
	"propertyNames", "minProperties", "maxProperties", "dependentRequired", "dependencies", "items", "minItems", "maxItems", "uniqueItems",
	"pattern", "minLength", "maxLength", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}

// refuseBeside refuses constraints that would have to be merged with what
// keyword says, and reports whether there are none. Those excepted are allowed.
func (l *lowerer) refuseBeside(s *schema.Schema, keyword string, except ...string) bool {
	alone := true
	for _, beside := range constraints {
		if beside == keyword || slices.Contains(except, beside) || !s.Has(beside) {
			continue
		}
		l.diags.Errorf(s.Keyword(beside), "unsupported-keyword", "say it in the schema that "+keyword+" leads to",
			"%s beside %s is not supported", beside, keyword)
		alone = false
	}
	return alone
}

// reference is the type of a schema that is declared already.
func (l *lowerer) reference(s *schema.Schema, d *ir.Decl) ir.Type {
	if d.Alias != nil {
		return l.wrap(s, d.Alias)
	}
	back := l.open[s]
	if back {
		d.IsRecursive = true
	}
	return l.wrap(s, &ir.Ref{Decl: d, Back: back})
}

// alias gives a definition that needs no type of its own another name for the
// type it has.
func (l *lowerer) alias(s *schema.Schema, t ir.Type) {
	d := l.declare(s, scope{goName(s.DefName)})
	d.Alias = t
	d.Doc = l.declDoc(s)
}

// wrap adds what a schema says of its value as a whole: that it is secret, that
// it is held by a type from elsewhere, that it may be null.
func (l *lowerer) wrap(s *schema.Schema, t ir.Type) ir.Type {
	if s.GoType != "" {
		t = l.custom(s, t)
	}
	nullable := isNullable(s)
	if o, ok := t.(*ir.Optional); ok { // a reference to a type that may be null
		t, nullable = o.Elem, true
	}
	if s.Secret || s.WriteOnly || s.Format == "password" {
		if _, already := t.(*ir.Secret); !already {
			t = &ir.Secret{Elem: t}
		}
	}
	if nullable {
		t = &ir.Optional{Elem: t, Nullable: true}
	}
	return t
}

func (l *lowerer) custom(s *schema.Schema, t ir.Type) ir.Type {
	dot := strings.LastIndexByte(s.GoType, '.')
	if dot < 1 || !isExported(s.GoType[dot+1:]) || strings.ContainsAny(s.GoType[:dot], " \t\n\"`\\*[]") {
		l.diags.Errorf(s.Keyword("x-go-type"), "bad-go-type", "write the import path and the name, as in net/netip.AddrPort",
			"%q names no exported Go type", s.GoType)
		return t
	}
	return &ir.Custom{Path: s.GoType[:dot], Name: s.GoType[dot+1:], Check: t}
}

// isNullable reports whether s allows null beside other values: its type does,
// and so does what else it says.
func isNullable(s *schema.Schema) bool {
	isNull := func(n *document.Node) bool { return n.Kind == document.Null }
	typed := len(s.Types) == 0 || slices.Contains(s.Types, "null")
	switch {
	case s.Ref != nil, !typed, s.Const != nil:
		return false
	case len(s.Enum) > 0:
		return len(s.Enum) > 1 && slices.ContainsFunc(s.Enum, isNull)
	case len(s.OneOf) > 0:
		return slices.ContainsFunc(s.OneOf, allowsNull)
	case len(s.AnyOf) > 0:
		return slices.ContainsFunc(s.AnyOf, allowsNull)
	}
	return len(s.Types) > 1
}

// allowsNull reports whether null is a value of s.
func allowsNull(s *schema.Schema) bool { return onlyNull(target(s)) || isNullable(target(s)) }

// onlyNull reports whether null is the only value s allows.
func onlyNull(s *schema.Schema) bool {
	return len(s.Types) == 1 && s.Types[0] == "null" || s.Const != nil && s.Const.Kind == document.Null
}

// shape is the type of s apart from wrap. It is nil where s became a declaration
// of its own; given is that declaration where it exists already, as for the root.
func (l *lowerer) shape(s *schema.Schema, at scope, given *ir.Decl) ir.Type {
	switch {
	case s.Never:
		return &ir.Any{Never: true, Why: "nothing is allowed here"}
	case len(s.OneOf) > 0 || len(s.AnyOf) > 0:
		return l.union(s, at, given)
	}
	types := kinds(s)
	switch {
	case len(s.Enum) > 0 || s.Const != nil:
		return l.enum(s, at, given)
	case len(types) > 1:
		return l.severalTypes(s, types, at, given)
	case len(types) == 0:
		return &ir.Any{Why: "the schema says nothing of its type"}
	}
	if types[0] != "string" && slices.Contains(append(slices.Clone(goFormats), checkedFormats...), s.Format) {
		l.diags.Warnf(s.Keyword("format"), "ignored-format", "", "the format %q says nothing of a value of type %s", s.Format, types[0])
	}
	switch types[0] {
	case "object":
		return l.object(s, at, given)
	case "array":
		return l.array(s, at)
	case "string":
		return l.text(s)
	case "integer":
		return l.integer(s)
	case "number":
		return &ir.Scalar{Go: "float64", Range: rangeOf(s)}
	case "boolean":
		return &ir.Scalar{Go: "bool"}
	}
	return &ir.Any{Enum: []string{"null"}, Why: "null is the only value"}
}

// kinds are the types that s allows, null apart: as it says, or as its keywords
// suggest.
func kinds(s *schema.Schema) []string {
	if len(s.Types) > 0 {
		if len(s.Types) == 1 {
			return s.Types
		}
		types := slices.DeleteFunc(slices.Clone(s.Types), func(t string) bool { return t == "null" })
		if slices.Contains(types, "number") { // every integer is a number
			types = slices.DeleteFunc(types, func(t string) bool { return t == "integer" })
		}
		return types
	}
	for _, guess := range []struct {
		kind     string
		keywords []string
	}{
		{"object", []string{"properties", "required", "additionalProperties", "patternProperties", "propertyNames", "minProperties", "maxProperties", "dependentRequired", "dependencies"}},
		{"array", []string{"items", "minItems", "maxItems", "uniqueItems"}},
		{"string", []string{"pattern", "format", "minLength", "maxLength"}},
		{"number", []string{"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}},
	} {
		if slices.ContainsFunc(guess.keywords, func(k string) bool { return s.Has(k) && !saysNothing(s, k) }) {
			return []string{guess.kind}
		}
	}
	return nil
}

// saysNothing reports whether a keyword allows everything, so that nothing can be
// inferred from it.
func saysNothing(s *schema.Schema, keyword string) bool {
	return keyword == "additionalProperties" && s.AdditionalProperties.Always
}

func (l *lowerer) array(s *schema.Schema, at scope) ir.Type {
	list := &ir.List{Length: count(s.MinItems, s.MaxItems), Unique: s.UniqueItems}
	if s.Items == nil {
		list.Elem = &ir.Any{Why: "the schema says nothing of the items"}
	} else {
		list.Elem = l.typeOf(s.Items, itemScope(at))
	}
	return list
}

// itemScope names what a list or a map holds after one of it.
func itemScope(at scope) scope {
	last := at[len(at)-1]
	one := singular(last)
	if one == last { // the list or the map may need its name itself
		one += "Item"
		if len(at) == 1 {
			one = last + "Value"
		}
	}
	return append(slices.Clone(at[:len(at)-1]), one)
}

func count(least, most schema.Count) ir.Count {
	return ir.Count{Min: least.N, Max: most.N, Capped: most.Given}
}
