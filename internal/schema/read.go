package schema

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hotbind/hotbind/internal/ecma"
	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// keyword reads a member of s.
func (p *parser) keyword(s *Schema, m *document.Member, at Place) {
	k := Named(m.Key())
	switch {
	case k == nil:
		p.unknown(s, m, at)
		return
	case k.Vocabulary&^s.in.dialect.vocabularies != 0:
		p.diags.Warnf(at, "foreign-keyword", "list its vocabulary in $vocabulary of the meta-schema", "%s is in no vocabulary of the meta-schema and is ignored", k.Name)
		return
	case !k.In(s.Draft):
		p.diags.Warnf(at, "foreign-keyword", "name another draft in $schema, or use a keyword of this one", "%s is not a keyword of this draft and is ignored", k.Name)
		return
	}
	s.keywords[m.Key()] = at
	if !p.isWellFormed(s, k, m.Value(), at) {
		return
	}
	if k.field != nil {
		p.store(k.field(s), s, m.Value(), at)
	}
	if k.read != nil {
		k.read(p, s, m, at)
	}
}

// isWellFormed reports whether the value of a keyword has the form that the draft of s
// requires. An invalid annotation is harmless and only ignored.
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

// elsewhere returns the hint for a value that another draft allows.
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

// unknown warns of a keyword that is probably a misspelled one, or one of another
// dialect. Others are annotations of other tools, which JSON Schema allows anywhere.
func (p *parser) unknown(s *Schema, m *document.Member, at Place) {
	if p.otherDialect(s, m, at) {
		return
	}
	for i := range keywords {
		name := keywords[i].Name
		if strings.EqualFold(name, m.Key()) || len(name) >= 4 && wording.Distance(name, m.Key(), 2) < 2 {
			p.diags.Warnf(at, "unknown-keyword", "did you mean "+name+"?", "%s is an unknown keyword and is ignored", strconv.Quote(m.Key()))
			return
		}
	}
}

// store stores the value of a keyword in a field of s.
func (p *parser) store(field any, s *Schema, n *document.Node, at Place) {
	switch to := field.(type) {
	case *string: // numbers as they are written
		*to = n.Text()
	case *bool: // or the only word that is allowed
		*to = n.Text() != "false"
	case *Count:
		i, _ := countOf(n)
		*to = Count{i, true}
	case *[]string:
		*to = texts(n)
	case **document.Node:
		*to = n
	case *[]*document.Node:
		*to = n.Items()
	case **Schema:
		*to = p.part(s, n, at)
	case *[]*Schema:
		*to = p.parts(s, n, at)
	case *[]Property:
		*to = p.members(s, n, at)
	default:
		panic(fmt.Sprintf("no keyword is stored in a %T", field))
	}
}

// texts returns the strings of a list, or a single string.
func texts(n *document.Node) (list []string) {
	if n.Kind() == document.String {
		return []string{n.Text()}
	}
	for _, item := range n.Items() {
		list = append(list, item.Text())
	}
	return list
}

// part reads a schema under a keyword of s.
func (p *parser) part(s *Schema, n *document.Node, at Place) *Schema {
	if s.Draft == Draft4 && n.Kind() == document.Bool && !strings.HasSuffix(at.Pointer, "/additionalProperties") && !strings.HasSuffix(at.Pointer, "/additionalItems") {
		p.diags.Warnf(at, "foreign-keyword", "name another draft in $schema, or write {} or {not: {}}", "%s is not a schema in draft 4 and is read as in draft 6", n.Text())
	}
	return p.inside(n, at.Pointer, s.in)
}

// parts reads a list of schemas.
func (p *parser) parts(s *Schema, n *document.Node, at Place) (list []*Schema) {
	for at, item := range items(n, at) {
		list = append(list, p.part(s, item, at))
	}
	return list
}

// members reads an object of schemas.
func (p *parser) members(s *Schema, n *document.Node, at Place) (list []Property) {
	for at, m := range members(n, at) {
		if p.full {
			break
		}
		list = append(list, Property{m.Key(), at, p.part(s, m.Value(), at)})
	}
	return list
}

// content reads the schema for the content of a string, which is not applied.
func (p *parser) content(s *Schema, m *document.Member, at Place) { p.part(s, m.Value(), at) }

func (p *parser) pattern(s *Schema, _ *document.Member, at Place) {
	p.warnForeignPattern(s.Pattern, at)
}

// warnForeignPattern warns of a pattern that other validators may not read.
func (p *parser) warnForeignPattern(source string, at Place) {
	if re, err := ecma.Compile(source); err == nil && re.Foreign() != "" {
		p.diags.Warnf(at, "foreign-pattern", "use the syntax of ECMAScript", "the pattern %s uses %s, which other validators may not read", wording.Name(source), re.Foreign())
	}
}

func (p *parser) patterns(s *Schema, m *document.Member, at Place) {
	for _, m := range p.members(s, m.Value(), at) {
		p.warnForeignPattern(m.Key, m.At)
		s.PatternProperties = append(s.PatternProperties, Pattern{m.Key, m.At, m.Schema})
	}
}

func (p *parser) format(s *Schema, _ *document.Member, at Place) {
	if format.Named(s.Format) != nil {
		return
	}
	hint := ""
	for _, f := range format.All() {
		if wording.Distance(f.Name, s.Format, 2) < 2 {
			hint = "did you mean " + f.Name + "?"
		}
	}
	p.diags.Warnf(at, "unknown-format", hint, "unknown format %s; every value is allowed", wording.Quote(s.Format))
}

// anchor records the first schema of a resource with the name of m.
func (p *parser) anchor(s *Schema, m *document.Member, _ Place) {
	name := m.Value().Text()
	if s.in.anchors[name] == nil {
		s.in.anchors[name] = s
	}
	if m.Key() == "$dynamicAnchor" && s.in.dynamic[name] == nil {
		s.in.dynamic[name] = s
	}
}

// recursiveAnchor reads the flag at the root of a resource; elsewhere it has no effect
// (2019-09 core 8.2.4.2.2).
func (p *parser) recursiveAnchor(s *Schema, m *document.Member, _ Place) {
	if s == s.in.root && m.Value().Text() == "true" {
		s.in.dynamic[m.Key()] = s
	}
}

// reference reads a reference, which is resolved later.
func (p *parser) reference(s *Schema, m *document.Member, _ Place) {
	p.refs = append(p.refs, &ref{from: s, keyword: m.Key(), text: m.Value().Text()})
}

// definitions reads definitions. An invalid one is harmless if nothing refers to it.
func (p *parser) definitions(s *Schema, m *document.Member, at Place) {
	for at, m := range members(m.Value(), at) {
		if m.Value().Kind() != document.Object && m.Value().Kind() != document.Bool {
			p.diags.Warnf(at, "not-a-schema", "", "found %s, want a schema; it is ignored", a(m.Value()))
			continue
		}
		if p.full {
			continue
		}
		def := p.part(s, m.Value(), at)
		if def.DefName == "" {
			def.DefName = m.Key()
		}
		if s.in.main && s.At.Pointer == "#" {
			p.define(def)
		}
	}
}

func (p *parser) enum(s *Schema, _ *document.Member, at Place) {
	s.EnumGiven = true
	if len(s.Enum) == 0 {
		p.diags.Warnf(at, "empty-enum", "", "no value is valid: enum is empty")
	}
}

// exclusive reads a flag of draft 4 that makes the bound under another keyword
// exclusive.
func (p *parser) exclusive(s *Schema, keyword, other string, flag, bound *string) {
	if *flag != "" && s.Node.Get(other) == nil {
		p.diags.Errorf(s.Keyword(keyword), "no-bound", "write the bound under "+other, "has no effect without %s", other)
	}
	if *flag == "true" {
		*flag, *bound = *bound, ""
	} else {
		*flag = ""
	}
}

// dependencies reads dependentRequired, and the older form that mixes schemas and
// lists.
func (p *parser) dependencies(s *Schema, m *document.Member, at Place) {
	for at, m := range members(m.Value(), at) {
		if m.Value().Kind() != document.List {
			s.DependentSchemas = append(s.DependentSchemas, Property{m.Key(), at, p.part(s, m.Value(), at)})
			continue
		}
		for _, then := range texts(m.Value()) {
			s.Needs = append(s.Needs, Need{m.Key(), then})
		}
	}
}

// items reads the schema of all items, or in older drafts a list of those of the first
// ones.
func (p *parser) items(s *Schema, m *document.Member, at Place) {
	if m.Value().Kind() == document.List {
		s.Prefix = p.parts(s, m.Value(), at)
		return
	}
	s.Items = p.part(s, m.Value(), at)
}

// additionalItems reads the schema of the items after those in a list under items;
// without such a list it has no effect.
func (p *parser) additionalItems(s *Schema, m *document.Member, at Place) {
	rest := p.part(s, m.Value(), at)
	if items := s.Node.Get("items"); items != nil && items.Kind() == document.List {
		s.Items = rest
	}
}

// branch drops then and else without if.
func (p *parser) branch(s *Schema, _ *document.Member, at Place) {
	if s.Node.Get("if") == nil {
		p.diags.Warnf(at, "no-condition", "", "has no effect without if")
		s.Then, s.Else = nil, nil
	}
}
