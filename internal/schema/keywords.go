package schema

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// A reader takes in the value of one keyword.
type reader func(p *parser, s *Schema, n *document.Node, at Place)

// keywords are those that are known.
var keywords map[string]reader

// Filled here because a reader of schemas refers to the table again.
func init() {
	keywords = map[string]reader{
		"$schema": ignore, "$id": ignore, "id": ignore, // read before the others
		"$vocabulary": ignore, "$comment": note(document.String, "a string", func(*Schema, *document.Node) {}), "contentMediaType": ignore, "contentEncoding": ignore, "contentSchema": ignore,
		"$anchor": readAnchor, "$dynamicAnchor": readDynamicAnchor, "$recursiveAnchor": readRecursiveAnchor,
		"$ref": refer("$ref"), "$dynamicRef": refer("$dynamicRef"), "$recursiveRef": refer("$recursiveRef"),
		"$defs": readDefs, "definitions": readDefs,

		"title":       note(document.String, "a string", func(s *Schema, n *document.Node) { s.Title = n.Text }),
		"description": note(document.String, "a string", func(s *Schema, n *document.Node) { s.Description = n.Text }),
		"default":     func(_ *parser, s *Schema, n *document.Node, _ Place) { s.Default = n },
		"examples":    note(document.List, "a list", func(s *Schema, n *document.Node) { s.Examples = n.Items }),
		"deprecated":  note(document.Bool, "true or false", func(s *Schema, n *document.Node) { s.Deprecated = n.Text == "true" }),
		"readOnly":    note(document.Bool, "true or false", func(*Schema, *document.Node) {}),
		"writeOnly":   note(document.Bool, "true or false", func(s *Schema, n *document.Node) { s.WriteOnly = n.Text == "true" }),

		"type":  readType,
		"enum":  readEnum,
		"const": func(_ *parser, s *Schema, n *document.Node, _ Place) { s.Const = n },

		"properties":            named(func(s *Schema) *[]Property { return &s.Properties }),
		"required":              func(p *parser, s *Schema, n *document.Node, at Place) { s.Required = p.texts(n, at) },
		"additionalProperties":  one(func(s *Schema) **Schema { return &s.AdditionalProperties }),
		"unevaluatedProperties": one(func(s *Schema) **Schema { return &s.UnevaluatedProperties }),
		"patternProperties":     readPatternProperties,
		"propertyNames":         one(func(s *Schema) **Schema { return &s.PropertyNames }),
		"minProperties":         count(func(s *Schema) *Count { return &s.MinProperties }),
		"maxProperties":         count(func(s *Schema) *Count { return &s.MaxProperties }),
		"dependentRequired":     readNeeds,
		"dependentSchemas":      named(func(s *Schema) *[]Property { return &s.DependentSchemas }),
		"dependencies":          readDependencies,

		"prefixItems":      list(func(s *Schema) *[]*Schema { return &s.Prefix }),
		"items":            readItems,
		"additionalItems":  readAdditionalItems,
		"unevaluatedItems": one(func(s *Schema) **Schema { return &s.UnevaluatedItems }),
		"contains":         one(func(s *Schema) **Schema { return &s.Contains }),
		"minContains":      count(func(s *Schema) *Count { return &s.MinContains }),
		"maxContains":      count(func(s *Schema) *Count { return &s.MaxContains }),
		"minItems":         count(func(s *Schema) *Count { return &s.MinItems }),
		"maxItems":         count(func(s *Schema) *Count { return &s.MaxItems }),
		"uniqueItems":      flag(func(s *Schema) *bool { return &s.UniqueItems }),

		"minLength": count(func(s *Schema) *Count { return &s.MinLength }),
		"maxLength": count(func(s *Schema) *Count { return &s.MaxLength }),
		"pattern":   readPattern,
		"format":    readFormat,

		"minimum":          number(func(s *Schema) *string { return &s.Minimum }),
		"maximum":          number(func(s *Schema) *string { return &s.Maximum }),
		"exclusiveMinimum": exclusive("minimum", func(s *Schema) *string { return &s.Above }),
		"exclusiveMaximum": exclusive("maximum", func(s *Schema) *string { return &s.Below }),
		"multipleOf":       readFactor,

		"allOf": list(func(s *Schema) *[]*Schema { return &s.AllOf }),
		"anyOf": list(func(s *Schema) *[]*Schema { return &s.AnyOf }),
		"oneOf": list(func(s *Schema) *[]*Schema { return &s.OneOf }),
		"not":   one(func(s *Schema) **Schema { return &s.Not }),
		"if":    one(func(s *Schema) **Schema { return &s.If }),
		"then":  readBranch("then", func(s *Schema) **Schema { return &s.Then }),
		"else":  readBranch("else", func(s *Schema) **Schema { return &s.Else }),

		"x-go-name":     text(func(s *Schema) *string { return &s.GoName }),
		"x-go-type":     text(func(s *Schema) *string { return &s.GoType }),
		"x-one-of-name": text(func(s *Schema) *string { return &s.OneName }),
		"x-env":         text(func(s *Schema) *string { return &s.Env }),
		"x-secret":      flag(func(s *Schema) *bool { return &s.Secret }),
		"x-reload":      oneOf(func(s *Schema, _ string) { s.Restart = true }, "restart"),
		"x-merge":       oneOf(func(s *Schema, text string) { s.Merge = text }, "replace", "append", "key"),
		"x-key":         readKey,
	}
}

// since is the draft that brought a keyword, for those that not all drafts have;
// until is the last one that has it. The later drafts suggest to go on reading
// dependencies.
var (
	since = map[string]Draft{
		"const": Draft6, "propertyNames": Draft6, "contains": Draft6, "if": Draft7, "then": Draft7, "else": Draft7,
		"dependentRequired": Draft2019, "dependentSchemas": Draft2019, "unevaluatedProperties": Draft2019, "unevaluatedItems": Draft2019,
		"minContains": Draft2019, "maxContains": Draft2019, "prefixItems": Draft2020, "$dynamicRef": Draft2020, "$dynamicAnchor": Draft2020,
		"$recursiveRef": Draft2019, "$recursiveAnchor": Draft2019, "$anchor": Draft2019,
	}
	until = map[string]Draft{"additionalItems": Draft2019, "$recursiveRef": Draft2019, "$recursiveAnchor": Draft2019, "id": Draft4}
)

// isForeign reports a keyword that the schema's draft or dialect does not have and
// that so says nothing; the reference validator does not see it either.
func (p *parser) isForeign(s *Schema, key string, at Place) bool {
	if s.in.dialect.Lacks(key) {
		p.diags.Warnf(at, "foreign-keyword", "list its vocabulary in $vocabulary there", "%s is in no vocabulary of the meta-schema that $schema names and is ignored", key)
		return true
	}
	last, ends := until[key]
	if s.Draft >= since[key] && (!ends || s.Draft <= last) {
		return false
	}
	p.diags.Warnf(at, "foreign-keyword", "name another draft in $schema, or say it in this one's words", "%s is no keyword of this draft and is ignored", key)
	return true
}

func ignore(*parser, *Schema, *document.Node, Place) {}

// unknown warns of a keyword that is probably a known one misspelt. Others are
// annotations of other tools, which JSON Schema allows anywhere.
func (p *parser) unknown(key string, at Place) {
	if strings.HasPrefix(key, "x-") {
		return
	}
	for _, known := range slices.Sorted(maps.Keys(keywords)) {
		if strings.EqualFold(known, key) || oneEdit(known, key) {
			p.diags.Warnf(at, "unknown-keyword", "did you mean "+known+"?", "%s is no keyword of JSON Schema and is ignored", strconv.Quote(key))
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

// a names the kind of a value with its article.
func a(n *document.Node) string {
	switch n.Kind {
	case document.Object:
		return "an object"
	case document.Null:
		return "null"
	}
	return "a " + n.Kind.String()
}

func (p *parser) wrong(n *document.Node, at Place, want string) {
	p.diags.Errorf(at, "bad-keyword", "", "found %s, want %s", a(n), want)
}

// note reads what says nothing of the value: where it is not of its kind it does
// no harm, and is ignored.
func note(kind document.Kind, want string, to func(*Schema, *document.Node)) reader {
	return func(p *parser, s *Schema, n *document.Node, at Place) {
		if n.Kind != kind {
			p.diags.Warnf(at, "bad-annotation", "", "found %s, want %s; it is ignored", a(n), want)
			return
		}
		to(s, n)
	}
}

// text reads a string.
func text(to func(*Schema) *string) reader {
	return func(p *parser, s *Schema, n *document.Node, at Place) { *to(s) = p.text(n, at) }
}

func (p *parser) text(n *document.Node, at Place) string {
	if n.Kind != document.String {
		p.wrong(n, at, "a string")
		return ""
	}
	return n.Text
}

// oneOf reads one of some texts.
func oneOf(to func(s *Schema, text string), allowed ...string) reader {
	return func(p *parser, s *Schema, n *document.Node, at Place) {
		switch value := p.text(n, at); {
		case n.Kind != document.String:
		case slices.Contains(allowed, value):
			to(s, value)
		case len(allowed) == 1:
			p.diags.Errorf(at, "bad-keyword", "", "%s is not %s, the only value allowed", strconv.Quote(value), allowed[0])
		default:
			p.diags.Errorf(at, "bad-keyword", "", "%s is not one of %s", strconv.Quote(value), strings.Join(allowed, ", "))
		}
	}
}

// readKey reads the name of a property.
func readKey(p *parser, s *Schema, n *document.Node, at Place) {
	if s.Key = p.text(n, at); n.Kind == document.String && n.Text == "" {
		p.diags.Errorf(at, "bad-keyword", "", "it names no property")
	}
}

func (p *parser) texts(n *document.Node, at Place) (list []string) {
	if n.Kind != document.List {
		p.wrong(n, at, "a list of strings")
		return nil
	}
	for _, item := range n.Items {
		list = append(list, p.text(item, at))
	}
	return list
}

// flag reads true or false.
func flag(to func(*Schema) *bool) reader {
	return func(p *parser, s *Schema, n *document.Node, at Place) { *to(s) = p.flag(n, at) }
}

func (p *parser) flag(n *document.Node, at Place) bool {
	if n.Kind != document.Bool {
		p.wrong(n, at, "true or false")
	}
	return n.Text == "true"
}

// number reads a number as it is written.
func number(to func(*Schema) *string) reader {
	return func(p *parser, s *Schema, n *document.Node, at Place) { *to(s) = p.number(n, at) }
}

func (p *parser) number(n *document.Node, at Place) string {
	if n.Kind != document.Number {
		p.wrong(n, at, "a number")
		return ""
	}
	return n.Text
}

// exclusive reads a bound of draft 6 and later, or the flag of draft 4 that
// makes the other bound exclusive.
func exclusive(other string, to func(*Schema) *string) reader {
	return func(p *parser, s *Schema, n *document.Node, at Place) {
		if s.Draft > Draft4 {
			*to(s) = p.number(n, at)
			return
		}
		if bound := s.Node.Get(other); p.flag(n, at) && bound != nil {
			*to(s) = p.number(bound, at)
		}
	}
}

// The factors that everybody can compute with.
const leastFactor, mostFactor = "1e-308", "1e308"

func readFactor(p *parser, s *Schema, n *document.Node, at Place) {
	factor := p.number(n, at)
	if factor == "" {
		return
	}
	if document.CompareNumbers(factor, leastFactor) < 0 || document.CompareNumbers(factor, mostFactor) > 0 {
		p.diags.Errorf(at, "out-of-range", "", "%s is out of range: a number from %s to %s is allowed", factor, leastFactor, mostFactor)
		return
	}
	s.MultipleOf = factor
}

// count reads how many are allowed.
func count(to func(*Schema) *Count) reader {
	return func(p *parser, s *Schema, n *document.Node, at Place) {
		if n.Kind != document.Number {
			p.wrong(n, at, "a whole number from 0")
			return
		}
		digits, ok := document.IntegerText(n.Text)
		i, err := strconv.ParseInt(digits, 10, 32)
		if !ok || err != nil || i < 0 {
			p.diags.Errorf(at, "out-of-range", "", "%s is out of range: a whole number from 0 to 2147483647 is allowed", n.Text)
			return
		}
		*to(s) = Count{int(i), true}
	}
}

// one reads a schema.
func one(to func(*Schema) **Schema) reader {
	return func(p *parser, s *Schema, n *document.Node, at Place) { *to(s) = p.part(s, n, at) }
}

// part reads a schema that is the value of a keyword of s. Draft 4 has true and
// false in two places only, but what they mean is clear elsewhere too.
func (p *parser) part(s *Schema, n *document.Node, at Place) *Schema {
	if s.Draft == Draft4 && n.Kind == document.Bool && !strings.HasSuffix(at.Pointer, "/additionalProperties") && !strings.HasSuffix(at.Pointer, "/additionalItems") {
		p.diags.Warnf(at, "foreign-keyword", "name another draft in $schema, or write {} or {not: {}}", "%s is no schema in draft 4, and is read as one of draft 6", n.Text)
	}
	return p.schema(n, at.Pointer, s.in)
}

// list reads a list of schemas.
func list(to func(*Schema) *[]*Schema) reader {
	return func(p *parser, s *Schema, n *document.Node, at Place) {
		if n.Kind != document.List || len(n.Items) == 0 {
			p.wrong(n, at, "a list of schemas")
			return
		}
		*to(s) = p.parts(s, n, at)
	}
}

func (p *parser) parts(s *Schema, n *document.Node, at Place) (list []*Schema) {
	for i, item := range n.Items {
		list = append(list, p.part(s, item, Place{Pos: item.Pos, Pointer: at.Pointer + "/" + strconv.Itoa(i)}))
	}
	return list
}

// named reads an object of schemas.
func named(to func(*Schema) *[]Property) reader {
	return func(p *parser, s *Schema, n *document.Node, at Place) { *to(s) = p.members(s, n, at) }
}

func (p *parser) members(s *Schema, n *document.Node, at Place) (list []Property) {
	if n.Kind != document.Object {
		p.wrong(n, at, "an object of schemas")
		return nil
	}
	for i := range n.Members {
		if p.full {
			break
		}
		m := &n.Members[i]
		place := under(at, m)
		list = append(list, Property{m.Key, place, p.part(s, m.Value, place)})
	}
	return list
}

func readAnchor(p *parser, s *Schema, n *document.Node, at Place) {
	name := p.text(n, at)
	if s.in.anchors[name] == nil {
		s.in.anchors[name] = s
	}
}

func readDynamicAnchor(p *parser, s *Schema, n *document.Node, at Place) {
	readAnchor(p, s, n, at)
	if s.in.dynamic[n.Text] == nil {
		s.in.dynamic[n.Text] = s
	}
}

// readRecursiveAnchor reads the mark at the beginning of a resource; elsewhere it
// says nothing (2019-09 core 8.2.4.2.2).
func readRecursiveAnchor(p *parser, s *Schema, n *document.Node, at Place) {
	if recursive := p.flag(n, at); s == s.in.root {
		s.in.recursive = recursive
	}
}

// refer reads a reference, which is resolved later.
func refer(keyword string) reader {
	return func(p *parser, s *Schema, n *document.Node, at Place) {
		if n.Kind != document.String {
			p.wrong(n, at, "a string")
			return
		}
		p.refs = append(p.refs, ref{from: s, keyword: keyword, text: n.Text})
	}
}

// readDefs reads definitions. One that is no schema does no harm as long as nobody
// refers to it.
func readDefs(p *parser, s *Schema, n *document.Node, at Place) {
	schemas := *n
	schemas.Members = nil
	for i := range n.Members {
		m := &n.Members[i]
		if m.Value.Kind == document.Object || m.Value.Kind == document.Bool {
			schemas.Members = append(schemas.Members, *m)
			continue
		}
		p.diags.Warnf(under(at, m), "not-a-schema", "", "found %s, want a schema; it is ignored", a(m.Value))
	}
	for _, m := range p.members(s, &schemas, at) {
		def := m.Schema
		if def.DefName == "" {
			def.DefName = m.Key
		}
		if s.in.main && s.At.Pointer == "#" {
			p.define(def)
		}
	}
}

var typeNames = []string{"array", "boolean", "integer", "null", "number", "object", "string"}

func readType(p *parser, s *Schema, n *document.Node, at Place) {
	names := []*document.Node{n}
	if n.Kind == document.List {
		names = n.Items
	}
	if len(names) == 0 {
		p.diags.Errorf(at, "bad-keyword", "", "the list of types is empty")
	}
	for _, name := range names {
		if name.Kind != document.String || !slices.Contains(typeNames, name.Text) {
			p.diags.Errorf(at, "bad-keyword", "", "%s is not one of %s", strconv.Quote(name.Text), strings.Join(typeNames, ", "))
			continue
		}
		s.Types = append(s.Types, name.Text)
	}
}

func readEnum(p *parser, s *Schema, n *document.Node, at Place) {
	if n.Kind != document.List {
		p.wrong(n, at, "a list of values")
		return
	}
	s.Enum, s.EnumGiven = n.Items, true
	if len(n.Items) == 0 {
		p.diags.Warnf(at, "empty-enum", "", "nothing could ever be valid: enum is empty")
	}
}

func readPatternProperties(p *parser, s *Schema, n *document.Node, at Place) {
	for _, m := range p.members(s, n, at) {
		p.pattern(m.Key, m.At)
		s.PatternProperties = append(s.PatternProperties, Pattern{m.Key, m.At, m.Schema})
	}
}

func readNeeds(p *parser, s *Schema, n *document.Node, at Place) {
	if n.Kind != document.Object {
		p.wrong(n, at, "an object of lists of names")
		return
	}
	for i := range n.Members {
		m := &n.Members[i]
		p.needs(s, m, under(at, m))
	}
}

func (p *parser) needs(s *Schema, m *document.Member, at Place) {
	for _, then := range p.texts(m.Value, at) {
		s.Needs = append(s.Needs, Need{m.Key, then})
	}
}

// readDependencies reads the older form of dependentRequired and
// dependentSchemas, in one.
func readDependencies(p *parser, s *Schema, n *document.Node, at Place) {
	if n.Kind != document.Object {
		p.wrong(n, at, "an object of schemas or lists of names")
		return
	}
	for i := range n.Members {
		m := &n.Members[i]
		place := under(at, m)
		if m.Value.Kind == document.List {
			p.needs(s, m, place)
			continue
		}
		s.DependentSchemas = append(s.DependentSchemas, Property{m.Key, place, p.part(s, m.Value, place)})
	}
}

// readItems reads the schema of all items, or in older drafts a list of those of
// the first ones.
func readItems(p *parser, s *Schema, n *document.Node, at Place) {
	if n.Kind != document.List {
		s.Items = p.part(s, n, at)
		return
	}
	if s.Draft >= Draft2020 {
		p.diags.Errorf(at, "bad-keyword", "write prefixItems", "a list under items is not allowed in this draft")
		return
	}
	s.Prefix = p.parts(s, n, at)
}

// readAdditionalItems reads the schema of the items after those in a list under
// items; without such a list it says nothing.
func readAdditionalItems(p *parser, s *Schema, n *document.Node, at Place) {
	rest := p.part(s, n, at)
	if items := s.Node.Get("items"); items != nil && items.Kind == document.List {
		s.Items = rest
	}
}

// readBranch reads then or else, which say nothing without an if.
func readBranch(keyword string, to func(*Schema) **Schema) reader {
	return func(p *parser, s *Schema, n *document.Node, at Place) {
		branch := p.part(s, n, at)
		if s.Node.Get("if") == nil {
			p.diags.Warnf(at, "no-condition", "", "%s says nothing without if", keyword)
			return
		}
		*to(s) = branch
	}
}
