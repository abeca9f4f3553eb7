package validate

import (
	"errors"
	"github.com/hotbind/hotbind/internal/schema"
	"net/url"
	"strconv"
	"strings"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// A reference is the value of one of the keywords that lead to another schema.
type reference struct {
	from    *document.Node
	in      *resource
	keyword string
	value   *document.Node
}

// file reads a whole file, once, to which a file of the dialect refers.
func (x *index) file(f *File, referring *Dialect) *resource {
	if r := x.files[f]; r != nil {
		return r
	}
	root := unshared(f.Node)
	dialect, err := x.folder.Of(f, referring)
	if x.undrafted(root, "#", err) {
		dialect = schema.Whole(schema.Newest)
	}
	r := x.resource(f, Resource(f.URI), dialect, root)
	x.files[f] = r
	x.own[ownAddress{f, r.base}] = r
	if x.byAddress[r.base] == nil {
		x.byAddress[r.base] = r
	}
	x.list(root, home{in: r, where: "#"})
	return r
}

// unshared copies a tree so that each node stands at one place.
func unshared(n *document.Node) *document.Node {
	c := *n
	c.Items = make([]*document.Node, len(n.Items))
	for i, item := range n.Items {
		c.Items[i] = unshared(item)
	}
	c.Members = make([]document.Member, len(n.Members))
	for i, m := range n.Members {
		m.Value = unshared(m.Value)
		c.Members[i] = m
	}
	return &c
}

func (x *index) resource(f *File, base string, dialect *Dialect, root *document.Node) *resource {
	r := &resource{
		url: rooted + strconv.Itoa(len(x.resources)), base: base, file: f, dialect: dialect, root: root,
		anchors: map[string]*document.Node{}, dynamic: map[string]*document.Node{},
	}
	x.resources = append(x.resources, r)
	return r
}

// dialect is what n, which stands in the file f, names by $schema, or else the one
// given.
func (x *index) dialect(f *File, n *document.Node, where string, otherwise *Dialect) *Dialect {
	named := n.Get("$schema")
	if named == nil {
		return otherwise
	}
	d, err := x.folder.Dialect(f, named)
	if x.undrafted(n, where, err) {
		return otherwise
	}
	return d
}

// undrafted reports whether err says that $schema of n names no dialect, after a
// finding.
func (x *index) undrafted(n *document.Node, where string, err error) bool {
	var missing *Missing
	if !errors.As(err, &missing) {
		return false
	}
	x.findings = append(x.findings, missing.Findings...)
	x.findings = append(x.findings, document.Finding{Pos: n.Get("$schema").Pos, Path: where + "/$schema", Message: missing.Message, Hint: missing.Hint})
	return true
}

// identify is the home of s, which begins a resource of its own if it has an
// identifier that is not only an anchor.
func (x *index) identify(s *document.Node, at home) home {
	in := at.in
	id := s.Get(in.id())
	if id == nil || id.Kind != document.String || in.old() && s.Get("$ref") != nil {
		return at
	}
	address, anchor, _ := strings.Cut(Resolve(in.base, id.Text), "#")
	if in.old() && strings.HasPrefix(id.Text, "#") {
		address = in.base
	}
	if address != in.base {
		if s != in.root {
			in = x.resource(in.file, address, x.dialect(in.file, s, at.where, in.dialect), s)
			at = home{in: in, where: at.where}
		}
		in.base = address
		if own := (ownAddress{in.file, address}); x.own[own] == nil {
			x.own[own] = in
		}
		if x.byAddress[address] == nil {
			x.byAddress[address] = in
		}
	}
	if in.old() && anchor != "" {
		in.anchors[anchor] = s
	}
	return at
}

// collect notes the anchors and references of s.
func (x *index) collect(s *document.Node, in *resource) {
	for _, key := range []string{"$anchor", "$dynamicAnchor"} {
		if a := s.Get(key); a != nil && a.Kind == document.String {
			in.anchors[a.Text] = s
			if key == "$dynamicAnchor" {
				in.dynamic[a.Text] = s
			}
		}
	}
	if a := s.Get("$recursiveAnchor"); a != nil && s == in.root {
		in.recursive = a.Text == "true"
	}
	for _, key := range []string{"$ref", "$dynamicRef", "$recursiveRef"} {
		if r := s.Get(key); r != nil && r.Kind == document.String && in.has(key) {
			x.refs = append(x.refs, reference{s, in, key, r})
		}
	}
}

// has reports whether a keyword that refers is one of the draft.
func (r *resource) has(keyword string) bool {
	switch keyword {
	case "$dynamicRef":
		return r.dialect.Draft == schema.Draft2020
	case "$recursiveRef":
		return r.dialect.Draft == schema.Draft2019
	}
	return true
}

// resolve finds the targets of all references, reading further files on the way.
func (x *index) resolve() {
	found := map[reference]*document.Node{}
	for i := 0; i < len(x.refs); i++ { // targets can hold further references
		found[x.refs[i]] = x.target(x.refs[i])
	}
	for _, r := range x.refs { // now that everybody who could be a target is known
		if n := found[r]; n != nil {
			x.settle(r, n)
		}
	}
}

// settle notes the target of a reference, and of a dynamic one all that it can
// have.
func (x *index) settle(r reference, n *document.Node) {
	t := x.targets[r.from]
	to := x.homes[n]
	address := to.in.url + "#" + to.local
	switch {
	case r.keyword == "$ref":
		t.sure, t.ref = append(t.sure, n), address
	case r.declared(to.in) == n:
		for _, c := range x.resources {
			if s := r.declared(c); s != nil {
				t.perhaps = append(t.perhaps, s)
			}
		}
		t.dynamic = to.in.url + "#" + r.name()
	default:
		t.perhaps, t.dynamic = append(t.perhaps, n), address
	}
	x.targets[r.from] = t
}

// name is that of the anchor to which a reference leads.
func (r reference) name() string {
	_, name, _ := strings.Cut(r.value.Text, "#")
	return name
}

// declared is what a resource offers as the target of a dynamic reference.
func (r reference) declared(in *resource) *document.Node {
	if r.keyword != "$recursiveRef" {
		return in.dynamic[r.name()]
	}
	if in.recursive {
		return in.root
	}
	return nil
}

// target is the schema that a reference leads to as it stands, or nil after a
// finding.
func (x *index) target(r reference) *document.Node {
	refuse := func(message, hint string) *document.Node {
		x.findings = append(x.findings, document.Finding{Pos: r.value.Pos, Path: x.homes[r.from].where + "/" + r.keyword, Message: message, Hint: hint})
		return nil
	}
	address, fragment, _ := strings.Cut(Resolve(r.in.base, r.value.Text), "#")
	to := x.known(r, address)
	if to == nil {
		file, err := x.folder.Find(r.in.file, r.value.Text, address)
		var missing *Missing
		if errors.As(err, &missing) {
			x.findings = append(x.findings, missing.Findings...)
			return refuse(missing.Message, missing.Hint)
		}
		to = x.file(file, r.in.dialect)
		if x.byAddress[address] == nil {
			x.byAddress[address] = to
		}
	}
	if name, err := url.PathUnescape(fragment); err == nil {
		fragment = name
	}
	if fragment != "" && !strings.HasPrefix(fragment, "/") {
		if n := to.anchors[fragment]; n != nil {
			return n
		}
		return refuse("no $anchor is called "+wording.Quote(fragment), "")
	}
	n, at := x.lookup(to, fragment)
	if n == nil && to.anchors[fragment] != nil { // $id of draft 7 and older may be #/name
		return to.anchors[fragment]
	}
	if n == nil {
		return refuse(wording.Quote(r.value.Text)+" points to nothing", "")
	}
	if !isSchema(n) {
		return refuse(wording.Quote(r.value.Text)+" points to what is no schema", "")
	}
	x.list(n, at)
	return n
}

// known is the resource with the address among those that were read: one in the same
// file, or else the file that the reference names.
func (x *index) known(r reference, address string) *resource {
	if own := x.own[ownAddress{r.in.file, address}]; own != nil {
		return own
	}
	known := x.byAddress[address]
	if known == nil || known.root != x.files[known.file].root || known.file.URI == address {
		return known
	}
	if named := x.folder.Beside(r.in.file, r.value.Text, address); named != nil && named != known.file {
		return x.file(named, r.in.dialect)
	}
	return known
}

// lookup follows a JSON pointer from the beginning of a resource. It returns nil
// where it leads to nothing.
func (x *index) lookup(from *resource, pointer string) (*document.Node, home) {
	n, at := from.root, x.homes[from.root]
	if pointer == "" {
		return n, at
	}
	for token := range strings.SplitSeq(pointer[1:], "/") {
		key := unescape.Replace(token)
		next := n.Get(key)
		if i, err := strconv.Atoi(key); err == nil && n.Kind == document.List && i >= 0 && i < len(n.Items) {
			next = n.Items[i]
		}
		if n = next; n == nil {
			return nil, home{}
		}
		at = at.below(key)
		if known, ok := x.homes[n]; ok {
			at = known
		}
	}
	return n, at
}

// at is the schema at an address as [Schema.ValidateAt] takes it, or nil.
func (x *index) at(address string) (*document.Node, home) {
	name, pointer, _ := strings.Cut(address, "#")
	for file, r := range x.files {
		if file.Name == name || name == "" && file == x.folder.Root() {
			return x.lookup(r, pointer)
		}
	}
	return nil, home{}
}

// located is the value at a place of which the compiler tells the address, or
// the last one on the way; whole says that it is the value itself.
func (x *index) located(address string) (n *document.Node, whole bool) {
	url, pointer, _ := strings.Cut(address, "#")
	for _, r := range x.resources {
		if r.url == url {
			return at(r.root, pointer), follow(r.root, pointer) != nil
		}
	}
	return x.resources[0].root, false
}
