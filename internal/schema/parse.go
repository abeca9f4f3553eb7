package schema

import (
	"path"
	"slices"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// mostSchemas bounds the schemas of all files together. The largest published schemas
// have half as many.
const mostSchemas = 20_000

// Parse parses a schema in JSON or YAML and the files that it refers to. It adds
// findings to diags. After an error the document is nil or incomplete, but never leads
// back to itself for the same value.
func Parse(name string, data []byte, files Files, diags *Reporter) *Document {
	node, findings := ParseText(name, data)
	diags.Add(findings)
	if node == nil {
		return nil
	}
	p := &parser{
		diags: diags, folder: NewFolder(node, files), schemas: map[*document.Node]*Schema{},
		resources: map[string]*resource{}, own: map[ownAddress]*resource{},
	}
	p.inside = p.schema
	main := p.file(p.folder.Root(), nil)
	if main == nil {
		return nil
	}
	root := main.root
	if len(node.Members()) > 0 && len(root.keywords) == 0 {
		p.diags.Errorf(root.At, "not-a-schema", "is this a configuration file?", "no JSON Schema keyword found")
	}
	p.resolve()
	p.refuseLoops()
	doc := &Document{Name: name, Root: root, Node: node, Defs: p.defs, Folder: p.folder, all: p.order,
		HasDynamic: slices.ContainsFunc(p.order, func(s *Schema) bool { return s.Dynamic != nil })}
	for _, f := range p.folder.Others() {
		doc.Files = append(doc.Files, f.Name)
	}
	return doc
}

type parser struct {
	diags     *Reporter
	folder    *Folder
	schemas   map[*document.Node]*Schema // each schema once, however it is reached
	order     []*Schema                  // all of them, outer ones first
	resources map[string]*resource       // by address
	own       map[ownAddress]*resource
	numbered  []*resource
	refs      []*ref
	defs      []*Schema
	full      bool // there are too many schemas
	// inside is the method schema. The table of keywords would refer to itself if its
	// readers called the method directly.
	inside func(n *document.Node, pointer string, in *resource) *Schema
}

// An ownAddress is an address in a file that contains a resource with that address.
type ownAddress struct {
	file    *File
	address string
}

// A resource is a file, or a part of one with an identifier of its own.
type resource struct {
	number  int
	file    *File
	main    bool   // it is in the schema file itself
	base    string // its address
	dialect *Dialect
	root    *Schema
	anchors map[string]*Schema
	dynamic map[string]*Schema // those with $dynamicAnchor, and the root if $recursiveAnchor is true
}

func (p *parser) newResource(file *File, base string, dialect *Dialect, root *Schema) *resource {
	r := &resource{
		number: len(p.numbered) + 1, file: file, main: file == p.folder.Root(), base: base, root: root, dialect: dialect,
		anchors: map[string]*Schema{}, dynamic: map[string]*Schema{},
	}
	p.numbered = append(p.numbered, r)
	return r
}

// file reads a whole file, once; a file with the dialect referring refers to it. It
// returns nil after a finding about the dialect of the schema file itself.
func (p *parser) file(f *File, referring *Dialect) *resource {
	if f.read != nil {
		return f.read
	}
	dialect, missing := p.folder.Of(f, referring)
	if missing != nil {
		p.undrafted(f.Node, "#", missing)
		dialect = referring
	}
	if dialect == nil {
		return nil
	}
	if why := dialect.why; why != nil {
		p.diags.Warnf(why.at, "chosen-draft", "name the intended draft in $schema", "no $schema: read as draft %s, %s", dialect.Draft, why)
	}
	f.Draft = dialect.Draft
	r := p.newResource(f, Resource(f.URI), dialect, nil)
	f.read = r
	p.own[ownAddress{f, r.base}] = r
	other := p.resources[r.base]
	if other == nil {
		p.resources[r.base] = r
	}
	r.root = p.schema(f.Node, "#", r)
	if other != nil && r.base == Resource(f.URI) { // found by its name, which is its identifier
		p.sameIdentifier(r.root, r, other)
	}
	return r
}

// undrafted reports a $schema that names no dialect.
func (p *parser) undrafted(n *document.Node, pointer string, missing *Missing) {
	p.missing(Place{Pos: n.Get("$schema").Pos(), Pointer: pointer + "/$schema"}, "unknown-draft", missing)
}

func (p *parser) missing(at Place, rule string, missing *Missing) {
	p.diags.Errorf(at, rule, missing.Hint, "%s", missing.Message)
	p.diags.Add(missing.Findings)
}

// schema reads the schema at n, once, as part of the resource in or as the start of a
// new one.
func (p *parser) schema(n *document.Node, pointer string, in *resource) *Schema {
	if s, ok := p.schemas[n]; ok {
		return s
	}
	s := &Schema{At: Place{Pos: n.Pos(), Pointer: pointer}, Node: n, keywords: map[string]Place{}, in: in}
	p.schemas[n] = s
	p.order = append(p.order, s)
	if len(p.order) > mostSchemas && !p.full {
		p.full = true
		p.diags.Errorf(s.At, "too-large", "", "there are more than %d schemas in it", mostSchemas)
	}
	if n.Kind() == document.Object && !p.full {
		s.in = p.identify(s, in)
	}
	s.Draft, s.Resource = s.in.dialect.Draft, s.in.number
	switch {
	case p.full:
	case n.Kind() == document.Bool:
		s.Always, s.Never = n.Text() == "true", n.Text() == "false"
	case n.Kind() == document.Object:
		p.object(s)
	default:
		p.diags.Errorf(s.At, "not-a-schema", "", "found %s, want a schema: an object, true or false", a(n))
	}
	return s
}

// object reads the members of s. Keywords beside a $ref of draft 7 or older do not
// apply to the value (draft 7, section 8.3), but people describe the property there.
func (p *parser) object(s *Schema) {
	refOnly := s.Draft <= Draft7 && s.Node.Get("$ref") != nil
	for at, m := range members(s.Node, s.At) {
		switch k := Named(m.Key()); {
		case !refOnly || k == nil || k.isReadBesideRef():
			p.keyword(s, m, at)
		case s == s.in.root && m.Key() == idKeyword(s.Draft): // of a file; it changes nothing
		default:
			p.diags.Warnf(at, "ignored-beside-ref", "use draft 2019-09 or later, or move it into the definition", "%s beside $ref is ignored in this draft", m.Key())
		}
	}
	s.Always = !refOnly && len(s.keywords) == 0
	if s.Draft == Draft4 {
		p.exclusive(s, "exclusiveMinimum", "minimum", &s.Above, &s.Minimum)
		p.exclusive(s, "exclusiveMaximum", "maximum", &s.Below, &s.Maximum)
	}
}

// identify returns the resource of s: a new one if s has an identifier that is not only
// an anchor.
func (p *parser) identify(s *Schema, in *resource) *resource {
	root := in.root == nil
	if root {
		in.root = s
	}
	dialect, missing := p.ownDialect(s, in)
	draft := dialect.Draft
	id := s.Node.Get(idKeyword(draft))
	if id == nil || id.Kind() != document.String || draft <= Draft7 && s.Node.Get("$ref") != nil {
		return in
	}
	address := Resolve(in.base, id.Text())
	base := Resource(address)
	if draft <= Draft7 && strings.HasPrefix(id.Text(), "#") {
		base = in.base
	}
	if base != in.base {
		if missing != nil {
			p.undrafted(s.Node, s.At.Pointer, missing)
		}
		if !root {
			in = p.newResource(in.file, base, dialect, s)
		}
		in.base = base
		p.register(s, in)
	}
	if _, anchor, _ := strings.Cut(address, "#"); anchor != "" && draft <= Draft7 {
		in.anchors[anchor] = s
	}
	return in
}

func idKeyword(draft Draft) string {
	if draft == Draft4 {
		return "id"
	}
	return "$id"
}

// ownDialect returns the dialect of the identifier of s: that of its own $schema, or
// else that of the resource in. missing is why its $schema names nothing known.
func (p *parser) ownDialect(s *Schema, in *resource) (dialect *Dialect, missing *Missing) {
	if named := s.Node.Get("$schema"); in.root != s && named != nil {
		dialect, missing = p.folder.Dialect(in.file, named)
	}
	if dialect == nil {
		dialect = in.dialect
	}
	return dialect, missing
}

// register records the resource under its address, which is the identifier of s. If two
// files use the same one, each finds its own, and others find the first.
func (p *parser) register(s *Schema, r *resource) {
	if other := p.own[ownAddress{r.file, r.base}]; other != nil && other != r {
		p.diags.Errorf(s.member(idKeyword(r.dialect.Draft)), "bad-identifier", "", "the identifier is also used by %s", other.root.Address())
		return
	}
	p.own[ownAddress{r.file, r.base}] = r
	switch other := p.resources[r.base]; {
	case other == nil:
		p.resources[r.base] = r
	case other != r:
		p.sameIdentifier(s, r, other)
	}
}

// sameIdentifier warns that a resource of another file has the identifier of s too.
func (p *parser) sameIdentifier(s *Schema, r, other *resource) {
	p.diags.Warnf(s.member(idKeyword(r.dialect.Draft)), "same-identifier", "refer to each file by its name", "the identifier is also used by %s in %s", other.root.At.Pointer, other.file.Name)
}

// member returns the place of a keyword that may not have been read yet.
func (s *Schema) member(key string) Place {
	for at, m := range members(s.Node, s.At) {
		if m.Key() == key {
			return at
		}
	}
	return s.At
}

// isReadBesideRef reports whether the keyword counts beside $ref in draft 7 and older.
func (k *Keyword) isReadBesideRef() bool {
	return k.Role == Annotates || k.Role == Configures || k.Role == Defines || k.Name == "$ref" || k.Name == "$schema"
}

// define records a definition that is referred to.
func (p *parser) define(s *Schema) {
	if s.DefName != "" && !s.defined {
		s.defined = true
		p.defs = append(p.defs, s)
	}
}

// fileName returns the name under which the root of a file is defined.
func fileName(f *File, root *Schema) string {
	if root.Title != "" {
		return root.Title
	}
	name := path.Base(f.Name)
	return strings.TrimSuffix(strings.TrimSuffix(name, path.Ext(name)), ".schema")
}

var (
	escapes   = strings.NewReplacer("~", "~0", "/", "~1")
	unescapes = strings.NewReplacer("~1", "/", "~0", "~")
)

// Unescape returns the key that a token of a JSON pointer means (RFC 6901).
func Unescape(token string) string { return unescapes.Replace(token) }
