// Package lower turns shapes into the Go code to write: it assigns names and doc
// comments. The files:
//
//	lower.go     the declarations of a package, and the scopes that names come from
//	fields.go    the names of fields and methods
//	settle.go    the names of types and constants
//	bindings.go  the names of bindings
//	naming.go    the Go name of a word in a schema
//	doc.go       doc comments
//	markdown.go  descriptions in them
package lower

import (
	"path"
	"slices"
	"strings"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/internal/shape"
	"github.com/hotbind/hotbind/runtime/document"
)

// Lower turns a document into a package. pkg and root are the requested names. It adds
// findings to report and returns nil after an error.
func Lower(doc *shape.Document, pkg, root string, report *schema.Reporter) *ir.Package {
	text := doc.Schema
	l := &lowerer{Reporter: report, doc: doc, rootName: root, claims: map[*ir.Decl]*claim{}, p: &ir.Package{
		Name: pkg, SchemaName: path.Base(strings.ReplaceAll(text.Name, `\`, "/")), Schema: text.Node,
		SchemaFiles: text.Files, Null: doc.Null, Rules: doc.Rules,
	}}
	for _, d := range doc.Decls {
		l.p.Declare(d)
	}
	l.p.Root = l.p.Decl(doc.Root)
	for _, d := range l.p.Decls {
		l.fields(d)
	}
	for _, d := range l.p.Decls {
		l.claim(d)
	}
	for _, d := range l.p.Decls {
		l.describe(d)
	}
	l.settle(l.p)
	if report.Failed() {
		return nil
	}
	return l.p
}

type lowerer struct {
	*schema.Reporter
	doc      *shape.Document
	p        *ir.Package
	rootName string
	claims   map[*ir.Decl]*claim
}

// A scope is where an inline type is: the names of what encloses it, outermost first,
// and last its own preferred name.
type scope []string

func (s scope) in(name string) scope { return append(slices.Clone(s), name) }

// claim returns the name that a declaration requests. Declarations with a name in the
// schema come first: other names are derived from theirs.
func (l *lowerer) claim(d *ir.Decl) *claim {
	if c := l.claims[d]; c != nil {
		return c
	}
	c := &claim{decl: d}
	l.claims[d] = c
	s := d.Schema
	switch {
	case d == l.p.Root:
		c.parts, c.fixed = scope{l.rootName}, true
	case d.Whole && s.GoName != "" && !l.isTaken(d):
		l.checkGoName(s, "x-go-name", s.GoName)
		c.parts, c.fixed = scope{s.GoName}, true
	case d.Whole && s.DefName != "":
		c.parts, c.defined = definitionScope(s), true
	default:
		c.parts = l.scope(d.Place)
	}
	return c
}

// isTaken reports whether another declaration has the x-go-name of d from the same
// schema. A property that is reached twice can have two shapes, of which one gets the
// name: the shape of that schema alone, or the first.
func (l *lowerer) isTaken(d *ir.Decl) bool {
	own, before := d.Schema.Sources(), true
	for _, other := range l.p.Decls {
		if other == d {
			before = false
			continue
		}
		if !other.Whole || other.Schema.GoName != d.Schema.GoName {
			continue
		}
		theirs := other.Schema.Sources()
		alone, otherAlone := len(own) == 1, len(theirs) == 1
		if (otherAlone && !alone || otherAlone == alone && before) &&
			slices.ContainsFunc(own, func(s *schema.Schema) bool { return slices.Contains(theirs, s) }) {
			return true
		}
	}
	return false
}

// scope returns the scope of a place.
func (l *lowerer) scope(p *shape.Place) scope {
	switch p.Kind {
	case shape.Root:
		return scope{l.rootName}
	case shape.RootValue:
		return scope{l.rootName, l.rootName + "Value"}
	case shape.Definition:
		return scope{goName(p.Schema.DefName)}
	case shape.Item:
		return itemScope(l.scope(p.Up))
	case shape.AsNamed:
		at := l.scope(p.Up)
		return append(slices.Clone(at[:len(at)-1]), p.Schema.OneName)
	case shape.AsBranch:
		at := l.claim(l.p.Decl(p.In)).parts
		return append(slices.Clone(at[:len(at)-1]), at[len(at)-1]+goName(p.Name))
	case shape.Entries:
		// An Extra of Pool is a PoolValue, and one that matches a pattern a PoolMatch.
		at, last := slices.Clone(l.inner(p.In)), "Value"
		if p.Field.Pattern != "" {
			last = strings.Replace(l.field(p.In, p.Field).Name, "Matching", "Match", 1)
		}
		at[len(at)-1] += last
		return at
	case shape.Rest:
		return l.inner(p.In).in("Rest")
	}
	return l.inner(p.In).in(l.field(p.In, p.Field).Name)
}

// inner returns the scope inside a declaration.
func (l *lowerer) inner(of *shape.Decl) scope {
	c := l.claim(l.p.Decl(of))
	if c.fixed || c.defined {
		return scope{c.parts[len(c.parts)-1]}
	}
	return c.parts
}

func (l *lowerer) field(of *shape.Decl, field *shape.Field) *ir.Field {
	for _, f := range l.p.Decl(of).Fields {
		if f.Field == field {
			return f
		}
	}
	panic("a field of another declaration")
}

// itemScope returns the scope for one item of a list or a map.
func itemScope(at scope) scope {
	last := at[len(at)-1]
	one := singular(last)
	for _, suffix := range []string{"Array", "Object"} { // one of several types
		if base, ok := strings.CutSuffix(last, suffix); ok && base != "" {
			if one = singular(base); one == base {
				one += "Item"
			}
		}
	}
	if one == last { // the list or the map may need its name itself
		one += "Item"
		if len(at) == 1 {
			one = last + "Value"
		}
	}
	if len(at) == 1 {
		return scope{one}
	}
	return at.in(one)
}

// definitionScope returns the name of a definition, after the definitions around it and
// its file, unless that is the schema itself.
func definitionScope(s *schema.Schema) scope {
	var at scope
	file, pointer, _ := strings.Cut(s.Address(), "#")
	if file != "" {
		base := path.Base(file)
		at = append(at, goName(strings.TrimSuffix(strings.TrimSuffix(base, path.Ext(base)), ".schema")))
	}
	tokens := strings.Split(pointer, "/")
	for i := 1; i+1 < len(tokens); i++ {
		if tokens[i-1] == "$defs" || tokens[i-1] == "definitions" {
			at = append(at, goName(tokens[i]))
		}
	}
	name := goName(s.DefName)
	if len(at) > 0 && at[len(at)-1] == name { // a file has the name of its root
		return at
	}
	return append(at, name)
}

// checkGoName reports a name in a keyword of s that is not exported in Go.
func (l *lowerer) checkGoName(s *schema.Schema, keyword, name string) {
	if !isExported(name) {
		l.Errorf(s.Keyword(keyword), "bad-go-name", "use letters, digits and underscores, a capital letter first",
			"%q is not an exported Go name", name)
	}
}

// describe sets the doc comments of fields and constants, and creates the constants
// without names.
func (l *lowerer) describe(d *ir.Decl) {
	for _, f := range d.Fields {
		f.Doc = l.fieldDoc(f, d.Struct != nil)
		if value, ok := onlyValue(f.Type); ok && d.Struct != nil && !f.Entries {
			d.Consts = append(d.Consts, ir.Const{Name: f.Name, Value: value})
		}
	}
	if d.Enum != nil {
		for _, v := range d.Enum.Values {
			d.Consts = append(d.Consts, ir.Const{Value: v, Doc: lines(markdown(v.Doc))})
		}
	}
	if d.Union != nil && d.Place.Kind == shape.AsNamed {
		l.checkGoName(d.Schema, "x-one-of-name", d.Schema.OneName)
	}
}

// onlyValue returns the single value that a field can have, if there is one.
func onlyValue(t shape.Type) (v shape.Value, ok bool) {
	scalar, ok := shape.Bare(t).(*shape.Scalar)
	if !ok {
		return v, false
	}
	values := slices.Concat(scalar.Enum, scalar.Text.Enum)
	if len(values) != 1 {
		return v, false
	}
	n, _ := document.ParseValue(document.Position{}, values[0], document.Limits{})
	if n == nil {
		return v, false
	}
	return shape.ValueOf(n), true
}
