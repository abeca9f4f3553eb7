package schema

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/hotbind/hotbind/generator/diag"
	"github.com/hotbind/hotbind/runtime/document"
)

var drafts = map[string]Draft{
	"http://json-schema.org/draft-04/schema":       Draft4,
	"http://json-schema.org/draft-06/schema":       Draft6,
	"http://json-schema.org/draft-07/schema":       Draft7,
	"https://json-schema.org/draft/2019-09/schema": Draft2019,
	"https://json-schema.org/draft/2020-12/schema": Draft2020,
}

// limits are those of a schema: the largest that people publish have 3 MB.
var limits = document.Limits{Bytes: 4 << 20, Depth: 200}

// Parse reads a schema in JSON or YAML. What is wrong is added to diags, and
// the document is then nil or incomplete.
func Parse(name string, data []byte, diags *diag.List) *Document {
	node, findings := document.Parse(name, data, limits)
	diags.Add(findings)
	if node == nil {
		return nil
	}
	p := &parser{diags: diags, root: node, schemas: map[*document.Node]*Schema{}, anchors: map[string]*Schema{}}
	p.draft = p.draftOf(node)
	if p.draft == 0 {
		return nil
	}
	doc := &Document{Name: name, Node: node}
	doc.Root = p.schema(node, "#")
	if len(node.Members) > 0 && len(doc.Root.keywords) == 0 {
		p.diags.Errorf(doc.Root.At, "not-a-schema", "is this a configuration file?", "no keyword of JSON Schema stands in it")
	}
	p.resolve()
	doc.Defs, doc.defaults = p.defs, p.defaults
	return doc
}

type parser struct {
	diags    *diag.List
	draft    Draft
	root     *document.Node
	id       string
	schemas  map[*document.Node]*Schema // each schema once, however it is reached
	anchors  map[string]*Schema
	refs     []ref
	defs     []*Schema
	defaults []*Schema
}

// A ref is a $ref that is resolved when the whole file is read.
type ref struct {
	from *Schema
	text string
}

func (p *parser) draftOf(root *document.Node) Draft {
	n := root.Get("$schema")
	if n == nil {
		return Draft2020
	}
	if n.Kind == document.String {
		if d, ok := drafts[strings.TrimSuffix(strings.Replace(n.Text, "https://json-schema.org/draft-0", "http://json-schema.org/draft-0", 1), "#")]; ok {
			return d
		}
	}
	at := diag.Place{Pos: n.Pos, Pointer: "#/$schema"}
	p.diags.Errorf(at, "unknown-draft", "drafts 4, 6, 7, 2019-09 and 2020-12 are read; without $schema it is 2020-12",
		"%s is no draft of JSON Schema that is read", strconv.Quote(n.Text))
	return 0
}

// schema reads the schema at n, once.
func (p *parser) schema(n *document.Node, pointer string) *Schema {
	if s, ok := p.schemas[n]; ok {
		return s
	}
	s := &Schema{At: diag.Place{Pos: n.Pos, Pointer: pointer}, Node: n, keywords: map[string]diag.Place{}}
	p.schemas[n] = s
	switch n.Kind {
	case document.Bool:
		s.Always, s.Never = n.Text == "true", n.Text == "false"
		return s
	case document.Object:
	default:
		p.diags.Errorf(s.At, "not-a-schema", "", "found a %s, want a schema: an object, true or false", n.Kind)
		return s
	}
	if p.draft <= Draft7 && n.Get("$ref") != nil {
		p.refOnly(s, n)
		return s
	}
	for i := range n.Members {
		m := &n.Members[i]
		p.keyword(s, m, diag.Place{Pos: m.Pos, Pointer: pointer + "/" + escape(m.Key)})
	}
	s.Always = len(s.keywords) == 0
	if s.Default != nil {
		p.defaults = append(p.defaults, s)
	}
	// In draft 4 the exclusive bound is the other one with a flag beside it.
	if p.draft == Draft4 && s.Above != "" {
		s.Minimum = ""
	}
	if p.draft == Draft4 && s.Below != "" {
		s.Maximum = ""
	}
	return s
}

// refOnly reads a $ref of draft 7 or older: what stands beside it says nothing
// of the value (draft 7, section 8.3), but people describe the property there.
func (p *parser) refOnly(s *Schema, n *document.Node) {
	annotations := []string{"$ref", "title", "description", "default", "examples", "deprecated", "writeOnly", "$comment"}
	for i := range n.Members {
		m := &n.Members[i]
		at := diag.Place{Pos: m.Pos, Pointer: s.At.Pointer + "/" + escape(m.Key)}
		if _, known := keywords[m.Key]; !known || slices.Contains(annotations, m.Key) || strings.HasPrefix(m.Key, "x-") ||
			m.Key == "definitions" || m.Key == "$defs" {
			p.keyword(s, m, at)
			continue
		}
		p.diags.Warnf(at, "ignored-beside-ref", "use draft 2019-09 or later, or move it into the definition",
			"%s beside $ref is ignored in this draft", m.Key)
	}
}

func (p *parser) keyword(s *Schema, m *document.Member, at diag.Place) {
	read, known := keywords[m.Key]
	if !known {
		p.unknown(m.Key, at)
		return
	}
	if p.isForeign(m.Key, at) {
		return
	}
	s.keywords[m.Key] = at
	if read == nil && strings.HasPrefix(m.Key, "x-") {
		p.diags.Errorf(at, "unsupported-keyword", "remove it", "%s is not supported by this version", m.Key)
		return
	}
	if read == nil {
		p.diags.Errorf(at, "unsupported-keyword", "", "%s is not supported: it would shape the type, and leaving it out would let invalid values in", m.Key)
		return
	}
	read(p, s, m.Value, at)
}

// resolve finds the targets of all references.
func (p *parser) resolve() {
	for i := 0; i < len(p.refs); i++ { // targets can hold further references
		r := p.refs[i]
		r.from.Ref = p.target(r)
	}
	for _, r := range p.refs {
		if !p.checkChain(r.from) {
			return
		}
	}
}

// longestChain is how many references may lead from one to the next.
const longestChain = 100

// checkChain refuses references that lead back to where they started, and
// reports whether the chain is short enough to be followed at all.
func (p *parser) checkChain(s *Schema) bool {
	chain, seen := []string{s.At.Pointer}, map[*Schema]bool{s: true}
	for t := s.Ref; t != nil; t = t.Ref {
		chain = append(chain, t.At.Pointer)
		if seen[t] {
			p.diags.Errorf(s.Keyword("$ref"), "reference-loop", "", "the reference leads back to itself: %s", strings.Join(chain, " → "))
			s.Ref = nil
			return true
		}
		if len(chain) > longestChain {
			p.diags.Errorf(s.Keyword("$ref"), "reference-chain", "", "more than %d references lead from one to the next", longestChain)
			for _, r := range p.refs { // nobody may follow them
				r.from.Ref = nil
			}
			return false
		}
		seen[t] = true
	}
	return true
}

func (p *parser) target(r ref) *Schema {
	at := r.from.Keyword("$ref")
	file, fragment, _ := strings.Cut(r.text, "#")
	if file != "" && file != p.id {
		p.diags.Errorf(at, "foreign-reference", "copy the definition into this file, under $defs",
			"%s points outside this file; only references into the same file are followed", strconv.Quote(r.text))
		return nil
	}
	fragment, err := url.PathUnescape(fragment)
	if err != nil {
		p.diags.Errorf(at, "bad-reference", "", "%s is no URI reference", strconv.Quote(r.text))
		return nil
	}
	if fragment != "" && !strings.HasPrefix(fragment, "/") {
		if s := p.anchors[fragment]; s != nil {
			return s
		}
		p.diags.Errorf(at, "bad-reference", "", "no $anchor is called %s", strconv.Quote(fragment))
		return nil
	}
	n, ok := lookup(p.root, fragment)
	if !ok {
		p.diags.Errorf(at, "bad-reference", "", "%s points to nothing in this file", strconv.Quote(r.text))
		return nil
	}
	s := p.schema(n, "#"+fragment)
	if s.DefName == "" {
		s.DefName = definitionName(fragment)
	}
	return s
}

// definitionName is the name under which fragment defines a schema; a reference
// to any other place takes no name from it.
func definitionName(fragment string) string {
	parts := strings.Split(fragment, "/")
	if n := len(parts); n >= 3 && (parts[n-2] == "$defs" || parts[n-2] == "definitions") {
		return unescape(parts[n-1])
	}
	return ""
}

// lookup follows a JSON pointer (RFC 6901).
func lookup(n *document.Node, pointer string) (*document.Node, bool) {
	if pointer == "" {
		return n, true
	}
	for token := range strings.SplitSeq(pointer[1:], "/") {
		switch n.Kind {
		case document.Object:
			n = n.Get(unescape(token))
		case document.List:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(n.Items) {
				return nil, false
			}
			n = n.Items[i]
		default:
			return nil, false
		}
		if n == nil {
			return nil, false
		}
	}
	return n, true
}

func escape(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}

func unescape(token string) string {
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
}
