package schema

import (
	"strconv"
	"strings"

	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/pattern"
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// A reader stores the value of a keyword, which is well formed, in s. Readers are types
// and not functions, because they lead back to the table of keywords that lists them.
type reader interface {
	read(p *parser, s *Schema, n *document.Node, at Place)
}

// keyword reads a member of s.
func (p *parser) keyword(s *Schema, m *document.Member, at Place) {
	k := Named(m.Key())
	if k == nil {
		p.unknown(s, m, at)
		return
	}
	if p.isForeign(s, k, at) {
		return
	}
	s.keywords[m.Key()] = at
	if p.isWellFormed(s, k, m.Value(), at) && k.read != nil {
		k.read.read(p, s, m.Value(), at)
	}
}

// isForeign reports a keyword that the schema's draft or dialect does not have, so
// that it has no effect.
func (p *parser) isForeign(s *Schema, k *Keyword, at Place) bool {
	if s.in.dialect.Lacks(k.Name) {
		p.diags.Warnf(at, "foreign-keyword", "list its vocabulary in $vocabulary there", "%s is in no vocabulary of the meta-schema that $schema names and is ignored", k.Name)
		return true
	}
	if k.In(s.Draft) {
		return false
	}
	p.diags.Warnf(at, "foreign-keyword", "name another draft in $schema, or say it in this one's words", "%s is no keyword of this draft and is ignored", k.Name)
	return true
}

// isWellFormed reports whether the value of a keyword is what the draft of s asks for.
// An annotation that is not does no harm: it is ignored.
func (p *parser) isWellFormed(s *Schema, k *Keyword, n *document.Node, at Place) bool {
	faults := k.value(s.Draft).faults(n, at)
	for _, f := range faults {
		if k.Role == Annotates {
			p.diags.Warnf(f.at, "bad-annotation", f.hint, "%s; it is ignored", f.message)
			continue
		}
		if f.hint == "" {
			f.hint = k.elsewhere(n, s.Draft)
		}
		p.diags.Errorf(f.at, f.rule, f.hint, "%s", f.message)
	}
	return len(faults) == 0
}

// elsewhere is the hint about a value that is well formed in another draft.
func (k *Keyword) elsewhere(n *document.Node, draft Draft) string {
	for d := Newest; d >= Draft4; d-- {
		if d == draft || !k.In(d) || len(k.value(d).faults(n, Place{})) > 0 {
			continue
		}
		if k.instead != "" && d < draft {
			return "write " + k.instead
		}
		return "draft " + d.String() + " allows it; name the draft in $schema"
	}
	return ""
}

// unknown warns of a keyword that is probably a known one misspelt, or one of another
// dialect. Others are annotations of other tools, which JSON Schema allows anywhere.
func (p *parser) unknown(s *Schema, m *document.Member, at Place) {
	if p.otherDialect(s, m, at) || strings.HasPrefix(m.Key(), "x-") {
		return
	}
	for i := range keywords {
		name := keywords[i].Name
		if strings.EqualFold(name, m.Key()) || oneEdit(name, m.Key()) {
			p.diags.Warnf(at, "unknown-keyword", "did you mean "+name+"?", "%s is no keyword of JSON Schema and is ignored", strconv.Quote(m.Key()))
			return
		}
	}
}

// oneEdit reports whether one letter added, removed or replaced, or two that
// change places, turn a into b.
func oneEdit(a, b string) bool {
	if len(a) < 4 || len(a)-len(b) > 1 || len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	tail := func(s string, n int) string { return s[min(n, len(s)):] }
	if i+1 < len(a) && i+1 < len(b) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:] {
		return true
	}
	return a != b && (tail(a, i+1) == tail(b, i+1) || tail(a, i) == tail(b, i+1) || tail(a, i+1) == tail(b, i))
}

// A textReader stores a string, or a number as it is written.
type textReader func(*Schema) *string

func (to textReader) read(_ *parser, s *Schema, n *document.Node, _ Place) { *to(s) = n.Text() }

// A flagReader stores true or false.
type flagReader func(*Schema) *bool

func (to flagReader) read(_ *parser, s *Schema, n *document.Node, _ Place) {
	*to(s) = n.Text() == "true"
}

// A valueReader stores any value.
type valueReader func(*Schema) **document.Node

func (to valueReader) read(_ *parser, s *Schema, n *document.Node, _ Place) { *to(s) = n }

// A valuesReader stores a list of any values.
type valuesReader func(*Schema) *[]*document.Node

func (to valuesReader) read(_ *parser, s *Schema, n *document.Node, _ Place) { *to(s) = n.Items() }

// A countReader stores how many of something are allowed.
type countReader func(*Schema) *Count

func (to countReader) read(_ *parser, s *Schema, n *document.Node, _ Place) {
	i, _ := countOf(n)
	*to(s) = Count{i, true}
}

// A namesReader stores a list of names.
type namesReader func(*Schema) *[]string

func (to namesReader) read(_ *parser, s *Schema, n *document.Node, _ Place) { *to(s) = texts(n) }

func texts(n *document.Node) (list []string) {
	for _, item := range n.Items() {
		list = append(list, item.Text())
	}
	return list
}

// A schemaReader stores a schema.
type schemaReader func(*Schema) **Schema

func (to schemaReader) read(p *parser, s *Schema, n *document.Node, at Place) {
	*to(s) = p.part(s, n, at)
}

// A contentReader reads the schema of what a string contains, which is not applied.
type contentReader struct{}

func (contentReader) read(p *parser, s *Schema, n *document.Node, at Place) { p.part(s, n, at) }

// part reads a schema under a keyword of s.
func (p *parser) part(s *Schema, n *document.Node, at Place) *Schema {
	if s.Draft == Draft4 && n.Kind() == document.Bool && !strings.HasSuffix(at.Pointer, "/additionalProperties") && !strings.HasSuffix(at.Pointer, "/additionalItems") {
		p.diags.Warnf(at, "foreign-keyword", "name another draft in $schema, or write {} or {not: {}}", "%s is no schema in draft 4, and is read as one of draft 6", n.Text())
	}
	return p.schema(n, at.Pointer, s.in)
}

// A schemasReader stores a list of schemas.
type schemasReader func(*Schema) *[]*Schema

func (to schemasReader) read(p *parser, s *Schema, n *document.Node, at Place) {
	*to(s) = p.parts(s, n, at)
}

func (p *parser) parts(s *Schema, n *document.Node, at Place) (list []*Schema) {
	for i := range n.Items() {
		list = append(list, p.part(s, n.Items()[i], item(at, n, i)))
	}
	return list
}

// A propertiesReader stores an object of schemas.
type propertiesReader func(*Schema) *[]Property

func (to propertiesReader) read(p *parser, s *Schema, n *document.Node, at Place) {
	*to(s) = p.members(s, n, at)
}

func (p *parser) members(s *Schema, n *document.Node, at Place) (list []Property) {
	for i := range n.Members() {
		if p.full {
			break
		}
		m := &n.Members()[i]
		place := under(at, m)
		list = append(list, Property{m.Key(), place, p.part(s, m.Value(), place)})
	}
	return list
}

type patternReader struct{}

func (patternReader) read(p *parser, s *Schema, n *document.Node, at Place) {
	s.Pattern = n.Text()
	p.warnForeignPattern(n.Text(), at)
}

// warnForeignPattern warns of a pattern that other validators may not read.
func (p *parser) warnForeignPattern(source string, at Place) {
	if re, err := pattern.Compile(source); err == nil && re.Foreign() != "" {
		p.diags.Warnf(at, "foreign-pattern", "write it as ECMAScript does", "the pattern %s uses %s, which other validators may not read", wording.Name(source), re.Foreign())
	}
}

type formatReader struct{}

func (formatReader) read(p *parser, s *Schema, n *document.Node, at Place) {
	if s.Format = n.Text(); format.Named(n.Text()) == nil {
		p.diags.Warnf(at, "unknown-format", "", "the format %s is not known, so every value is allowed", wording.Quote(n.Text()))
	}
}

type patternsReader struct{}

func (patternsReader) read(p *parser, s *Schema, n *document.Node, at Place) {
	for _, m := range p.members(s, n, at) {
		p.warnForeignPattern(m.Key, m.At)
		s.PatternProperties = append(s.PatternProperties, Pattern{m.Key, m.At, m.Schema})
	}
}

type anchorReader struct{}

func (anchorReader) read(_ *parser, s *Schema, n *document.Node, _ Place) {
	if s.in.anchors[n.Text()] == nil {
		s.in.anchors[n.Text()] = s
	}
}

type dynamicAnchorReader struct{}

func (dynamicAnchorReader) read(p *parser, s *Schema, n *document.Node, at Place) {
	anchorReader{}.read(p, s, n, at)
	if s.in.dynamic[n.Text()] == nil {
		s.in.dynamic[n.Text()] = s
	}
}

// A recursiveAnchorReader reads the mark at the beginning of a resource; elsewhere it
// has no effect (2019-09 core 8.2.4.2.2).
type recursiveAnchorReader struct{}

func (recursiveAnchorReader) read(_ *parser, s *Schema, n *document.Node, _ Place) {
	if s == s.in.root {
		s.in.recursive = n.Text() == "true"
	}
}

// A referenceReader reads a reference by the keyword, which is resolved later.
type referenceReader string

func (keyword referenceReader) read(p *parser, s *Schema, n *document.Node, _ Place) {
	p.refs = append(p.refs, ref{from: s, keyword: string(keyword), text: n.Text()})
}

// A definitionsReader reads definitions. One that is no schema does no harm as long as
// nothing refers to it.
type definitionsReader struct{}

func (definitionsReader) read(p *parser, s *Schema, n *document.Node, at Place) {
	var schemas []document.Member
	for i := range n.Members() {
		m := &n.Members()[i]
		if m.Value().Kind() == document.Object || m.Value().Kind() == document.Bool {
			schemas = append(schemas, *m)
			continue
		}
		p.diags.Warnf(under(at, m), "not-a-schema", "", "found %s, want a schema; it is ignored", a(m.Value()))
	}
	for _, m := range p.members(s, document.NewObject(schemas, n.Pos()), at) {
		def := m.Schema
		if def.DefName == "" {
			def.DefName = m.Key
		}
		if s.in.main && s.At.Pointer == "#" {
			p.define(def)
		}
	}
}

type typeReader struct{}

func (typeReader) read(_ *parser, s *Schema, n *document.Node, _ Place) {
	s.Types = texts(n)
	if n.Kind() == document.String {
		s.Types = []string{n.Text()}
	}
}

type enumReader struct{}

func (enumReader) read(p *parser, s *Schema, n *document.Node, at Place) {
	s.Enum, s.EnumGiven = n.Items(), true
	if len(n.Items()) == 0 {
		p.diags.Warnf(at, "empty-enum", "", "no value is valid, because enum is empty")
	}
}

// An exclusiveReader reads a bound of draft 6 and later, or the flag of draft 4 that
// makes the bound under another keyword exclusive.
type exclusiveReader struct {
	other string
	to    func(*Schema) *string
}

func (r exclusiveReader) read(p *parser, s *Schema, n *document.Node, at Place) {
	if s.Draft > Draft4 {
		*r.to(s) = n.Text()
		return
	}
	bound := s.Node.Get(r.other)
	if bound == nil {
		p.diags.Errorf(at, "no-bound", "write the bound under "+r.other, "has no effect without %s", r.other)
		return
	}
	if n.Text() == "true" && bound.Kind() == document.Number {
		*r.to(s) = bound.Text()
	}
}

type needsReader struct{}

func (needsReader) read(_ *parser, s *Schema, n *document.Node, _ Place) {
	for i := range n.Members() {
		s.need(&n.Members()[i])
	}
}

// need stores the properties that the one called like m requires.
func (s *Schema) need(m *document.Member) {
	for _, then := range texts(m.Value()) {
		s.Needs = append(s.Needs, Need{m.Key(), then})
	}
}

// A dependenciesReader reads the older form of dependentRequired and dependentSchemas,
// in one.
type dependenciesReader struct{}

func (dependenciesReader) read(p *parser, s *Schema, n *document.Node, at Place) {
	for i := range n.Members() {
		m := &n.Members()[i]
		place := under(at, m)
		if m.Value().Kind() == document.List {
			s.need(m)
			continue
		}
		s.DependentSchemas = append(s.DependentSchemas, Property{m.Key(), place, p.part(s, m.Value(), place)})
	}
}

// An itemsReader reads the schema of all items, or in older drafts a list of those of
// the first ones.
type itemsReader struct{}

func (itemsReader) read(p *parser, s *Schema, n *document.Node, at Place) {
	if n.Kind() != document.List {
		s.Items = p.part(s, n, at)
		return
	}
	s.Prefix = p.parts(s, n, at)
}

// An additionalItemsReader reads the schema of the items after those in a list under
// items; without such a list it has no effect.
type additionalItemsReader struct{}

func (additionalItemsReader) read(p *parser, s *Schema, n *document.Node, at Place) {
	rest := p.part(s, n, at)
	if items := s.Node.Get("items"); items != nil && items.Kind() == document.List {
		s.Items = rest
	}
}

// A branchReader reads then or else, which have no effect without if.
type branchReader func(*Schema) **Schema

func (to branchReader) read(p *parser, s *Schema, n *document.Node, at Place) {
	branch := p.part(s, n, at)
	if s.Node.Get("if") == nil {
		p.diags.Warnf(at, "no-condition", "", "has no effect without if")
		return
	}
	*to(s) = branch
}

// A reloadReader reads x-reload, which has one value.
type reloadReader struct{}

func (reloadReader) read(_ *parser, s *Schema, _ *document.Node, _ Place) { s.Restart = true }
