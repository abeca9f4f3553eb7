package schema

import (
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// A ref is a reference that is resolved once the file around it is read.
type ref struct {
	from    *Schema
	keyword string // $ref, $dynamicRef, $recursiveRef
	text    string
	target  *Schema
}

func (r *ref) at() Place { return r.from.Keyword(r.keyword) }

// resolve finds the targets of all references, reading further files on the way.
func (p *parser) resolve() {
	for i := 0; i < len(p.refs); i++ { // targets can hold further references
		r := p.refs[i]
		if r.target = p.target(r); r.target != nil {
			p.define(r.target)
		}
		if r.keyword == "$ref" {
			r.from.Ref = r.target
		}
	}
	for _, r := range p.refs { // now all possible targets are known
		p.settle(r)
	}
}

// settle decides whether a dynamic reference stays dynamic.
func (p *parser) settle(r *ref) {
	if r.target == nil || r.keyword == "$ref" {
		return
	}
	var candidates []Candidate
	for _, c := range p.numbered {
		if s := r.declared(c); s != nil {
			candidates = append(candidates, Candidate{c.number, s})
		}
	}
	if r.declared(r.target.in) != r.target || len(candidates) < 2 {
		r.from.DynamicTo = r.target
		return
	}
	r.from.Dynamic = &Dynamic{Target: r.target, Candidates: candidates}
}

// declared returns the schema that the resource declares as a target of a dynamic
// reference.
func (r *ref) declared(in *resource) *Schema {
	name := "$recursiveAnchor"
	if r.keyword == "$dynamicRef" {
		_, name, _ = strings.Cut(r.text, "#")
	}
	return in.dynamic[name]
}

// target returns the schema that a reference leads to statically.
func (p *parser) target(r *ref) *Schema {
	address, fragment, _ := strings.Cut(Resolve(r.from.in.base, r.text), "#")
	to := p.resource(r, address)
	if to == nil {
		return nil
	}
	fragment, err := url.PathUnescape(fragment)
	switch {
	case err != nil:
		p.wrong(r, "", "is not a URI reference")
		return nil
	case fragment == "" || strings.HasPrefix(fragment, "/"):
		return p.pointed(r, to, fragment)
	case to.anchors[fragment] == nil:
		p.wrong(r, p.anchorHint(r, to, fragment), "does not exist in "+p.called(to))
	}
	return to.anchors[fragment]
}

// wrong reports an invalid reference.
func (p *parser) wrong(r *ref, hint, what string) {
	p.diags.Errorf(r.at(), "bad-reference", hint, "%s %s", strconv.Quote(r.text), what)
}

// resource returns the resource with the address: one in the same file; a file that the
// reference names; a known one; or another file. It returns nil after a finding.
func (p *parser) resource(r *ref, address string) *resource {
	in := r.from.in
	if own := p.own[ownAddress{in.file, address}]; own != nil {
		return own
	}
	known := p.resources[address]
	if known != nil && (known.root != known.file.read.root || known.file.URI == address) {
		return known // a part of a file, or a file by its path
	}
	if known == nil {
		return p.other(r, address)
	}
	if named := p.folder.Beside(in.file, r.text, address); named != nil && named != known.file {
		return p.file(named, in.dialect)
	}
	return known
}

// anchorHint returns what was probably meant by a reference to a name that a resource
// does not have.
func (p *parser) anchorHint(r *ref, to *resource, name string) string {
	file := ""
	if n, _ := p.lookup(to, "/"+name); n != nil {
		file, name, _ = strings.Cut(r.text, "#")
		name = "/" + name
	} else if i := slices.IndexFunc(p.numbered, func(other *resource) bool { return other.anchors[name] != nil && other.file != to.file }); i >= 0 {
		file = r.from.in.file.to(p.numbered[i].file.Name)
	} else if files := p.folder.declaring("#" + name); len(files) > 0 {
		file = r.from.in.file.to(files[0])
	} else {
		return ""
	}
	return "did you mean " + file + "#" + name + "?"
}

// to returns the reference from a file to another one.
func (file *File) to(name string) string {
	return relative(path.Join("/", path.Dir(file.Name)), "/"+name)
}

// other returns the resource at the root of another file, or nil after a finding.
func (p *parser) other(r *ref, address string) *resource {
	file, missing := p.folder.Find(r.from.in.file, r.text, address)
	if missing != nil {
		p.missing(r.at(), "foreign-reference", missing)
		return nil
	}
	to := p.file(file, r.from.in.dialect)
	if p.folder.placed[address] && file.base != address {
		p.diags.Warnf(to.root.member(idKeyword(to.dialect.Draft)), "other-identifier", "give the file that identifier",
			"references find this file as %s by its path, but its identifier differs", wording.Quote(address))
	}
	if p.resources[address] == nil {
		p.resources[address] = to
	}
	return to
}

// pointed returns the schema at a JSON pointer in a resource.
func (p *parser) pointed(r *ref, to *resource, pointer string) *Schema {
	n, in := p.lookup(to, pointer)
	if n == nil && to.anchors[pointer] != nil { // $id of draft 7 and older may be #/name
		return to.anchors[pointer]
	}
	if n == nil {
		hint := ""
		if pointer == "/" {
			hint = "write # for the whole file; #/ is the property with the empty name"
		}
		p.wrong(r, hint, "does not exist in "+p.called(to))
		return nil
	}
	s := p.schema(n, to.root.At.Pointer+pointer, in)
	if s.DefName == "" && !s.in.main && s == s.in.file.read.root {
		s.DefName = fileName(s.in.file, s)
	}
	if s.DefName == "" {
		s.DefName = definitionName(pointer)
	}
	return s
}

func (p *parser) called(r *resource) string {
	if r.main {
		return "this file"
	}
	return r.file.Name
}

// definitionName returns the name under which pointer defines a schema. A reference to
// any other place takes no name from it.
func definitionName(pointer string) string {
	parts := strings.Split(pointer, "/")
	if n := len(parts); n >= 3 && (parts[n-2] == "$defs" || parts[n-2] == "definitions") {
		return Unescape(parts[n-1])
	}
	return ""
}

// lookup follows a JSON pointer (RFC 6901) from the root of a resource. It returns the
// node, or nil, and the resource in which it ends.
func (p *parser) lookup(to *resource, pointer string) (n *document.Node, in *resource) {
	n, in = to.root.Node, to
	for _, token := range strings.Split(pointer, "/")[1:] {
		if n = Step(n, token); n == nil {
			break
		}
		if s := p.schemas[n]; s != nil {
			in = s.in
		}
	}
	return n, in
}

// Step returns the member or item of n that a token of a JSON pointer names, or nil.
func Step(n *document.Node, token string) *document.Node {
	if n.Kind() != document.List {
		return n.Get(Unescape(token))
	}
	i, err := strconv.Atoi(token)
	if err != nil || i < 0 || i >= len(n.Items()) || token[0] == '+' {
		return nil
	}
	return n.Items()[i]
}
