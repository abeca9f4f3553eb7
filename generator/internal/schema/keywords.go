package schema

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hotbind/hotbind/generator/diag"
	"github.com/hotbind/hotbind/runtime/document"
)

// A reader takes in the value of one keyword.
type reader func(p *parser, s *Schema, n *document.Node, at diag.Place)

// keywords are those that are known. One without a reader is refused.
var keywords map[string]reader

// Filled here because a reader of schemas refers to the table again.
func init() {
	keywords = map[string]reader{
		"$schema": ignore, "$comment": ignore, "$vocabulary": ignore, "contentMediaType": ignore,
		"contentEncoding": ignore, "contentSchema": ignore, "readOnly": ignore,
		"$id": readID, "id": readID, "$anchor": readAnchor, "$ref": readRef,
		"$defs": readDefs, "definitions": readDefs,

		"title":       func(p *parser, s *Schema, n *document.Node, at diag.Place) { p.text(&s.Title, n, at) },
		"description": func(p *parser, s *Schema, n *document.Node, at diag.Place) { p.text(&s.Description, n, at) },
		"default":     func(_ *parser, s *Schema, n *document.Node, _ diag.Place) { s.Default = n },
		"examples":    ignore,
		"deprecated":  func(p *parser, s *Schema, n *document.Node, at diag.Place) { p.flag(&s.Deprecated, n, at) },
		"writeOnly":   func(p *parser, s *Schema, n *document.Node, at diag.Place) { p.flag(&s.WriteOnly, n, at) },

		"type":  readType,
		"enum":  readEnum,
		"const": func(_ *parser, s *Schema, n *document.Node, _ diag.Place) { s.Const = n },

		"properties": readProperties,
		"required":   func(p *parser, s *Schema, n *document.Node, at diag.Place) { s.Required = p.texts(n, at) },
		"additionalProperties": func(p *parser, s *Schema, n *document.Node, at diag.Place) {
			s.AdditionalProperties = p.schema(n, at.Pointer)
		},
		"patternProperties": readPatternProperties,
		"propertyNames":     func(p *parser, s *Schema, n *document.Node, at diag.Place) { s.PropertyNames = p.schema(n, at.Pointer) },
		"minProperties":     func(p *parser, s *Schema, n *document.Node, at diag.Place) { p.count(&s.MinProperties, n, at) },
		"maxProperties":     func(p *parser, s *Schema, n *document.Node, at diag.Place) { p.count(&s.MaxProperties, n, at) },
		"dependentRequired": readNeeds,

		"items":       readItems,
		"minItems":    func(p *parser, s *Schema, n *document.Node, at diag.Place) { p.count(&s.MinItems, n, at) },
		"maxItems":    func(p *parser, s *Schema, n *document.Node, at diag.Place) { p.count(&s.MaxItems, n, at) },
		"uniqueItems": func(p *parser, s *Schema, n *document.Node, at diag.Place) { p.flag(&s.UniqueItems, n, at) },

		"minLength": func(p *parser, s *Schema, n *document.Node, at diag.Place) { p.count(&s.MinLength, n, at) },
		"maxLength": func(p *parser, s *Schema, n *document.Node, at diag.Place) { p.count(&s.MaxLength, n, at) },
		"pattern":   func(p *parser, s *Schema, n *document.Node, at diag.Place) { p.text(&s.Pattern, n, at) },
		"format":    func(p *parser, s *Schema, n *document.Node, at diag.Place) { p.text(&s.Format, n, at) },

		"minimum": func(p *parser, s *Schema, n *document.Node, at diag.Place) { p.number(&s.Minimum, n, at) },
		"maximum": func(p *parser, s *Schema, n *document.Node, at diag.Place) { p.number(&s.Maximum, n, at) },
		"exclusiveMinimum": func(p *parser, s *Schema, n *document.Node, at diag.Place) {
			p.exclusive(&s.Above, "minimum", s, n, at)
		},
		"exclusiveMaximum": func(p *parser, s *Schema, n *document.Node, at diag.Place) {
			p.exclusive(&s.Below, "maximum", s, n, at)
		},
		"multipleOf": func(p *parser, s *Schema, n *document.Node, at diag.Place) { p.number(&s.MultipleOf, n, at) },

		"oneOf": func(p *parser, s *Schema, n *document.Node, at diag.Place) { s.OneOf = p.list(n, at) },
		"anyOf": func(p *parser, s *Schema, n *document.Node, at diag.Place) { s.AnyOf = p.list(n, at) },

		"allOf": nil, "not": nil, "if": nil, "then": nil, "else": nil,
		"dependentSchemas": nil, "dependencies": readDependencies,
		"unevaluatedProperties": nil, "unevaluatedItems": nil,
		"contains": nil, "minContains": nil, "maxContains": nil, "prefixItems": nil, "additionalItems": nil,
		"$dynamicRef": nil, "$dynamicAnchor": nil, "$recursiveRef": nil, "$recursiveAnchor": nil,

		"x-go-name":     func(p *parser, s *Schema, n *document.Node, at diag.Place) { p.text(&s.GoName, n, at) },
		"x-go-type":     func(p *parser, s *Schema, n *document.Node, at diag.Place) { p.text(&s.GoType, n, at) },
		"x-one-of-name": func(p *parser, s *Schema, n *document.Node, at diag.Place) { p.text(&s.OneName, n, at) },
		"x-env":         func(p *parser, s *Schema, n *document.Node, at diag.Place) { p.text(&s.Env, n, at) },
		"x-secret":      func(p *parser, s *Schema, n *document.Node, at diag.Place) { p.flag(&s.Secret, n, at) },
		"x-reload":      nil, "x-merge": nil, "x-key": nil,
	}
}

// since is the draft that brought a keyword, for those that not all drafts have;
// until is the last one that has it.
var (
	since = map[string]Draft{
		"const": Draft6, "propertyNames": Draft6, "contains": Draft6, "if": Draft7, "then": Draft7, "else": Draft7,
		"dependentRequired": Draft2019, "dependentSchemas": Draft2019, "unevaluatedProperties": Draft2019, "unevaluatedItems": Draft2019,
		"minContains": Draft2019, "maxContains": Draft2019, "prefixItems": Draft2020, "$dynamicRef": Draft2020, "$dynamicAnchor": Draft2020,
		"$recursiveRef": Draft2019, "$recursiveAnchor": Draft2019, "$anchor": Draft2019,
	}
	until = map[string]Draft{"dependencies": Draft7, "additionalItems": Draft2019, "$recursiveRef": Draft2019, "$recursiveAnchor": Draft2019, "id": Draft4}
)

// isForeign reports a keyword that the schema's draft does not have and that so
// says nothing; the reference validator does not see it either.
func (p *parser) isForeign(key string, at diag.Place) bool {
	last, ends := until[key]
	if p.draft >= since[key] && (!ends || p.draft <= last) {
		return false
	}
	p.diags.Warnf(at, "foreign-keyword", "name another draft in $schema, or say it in this one's words", "%s is no keyword of this draft and is ignored", key)
	return true
}

func ignore(*parser, *Schema, *document.Node, diag.Place) {}

// unknown warns of a keyword that is probably a known one misspelt. Others are
// annotations of other tools, which JSON Schema allows anywhere.
func (p *parser) unknown(key string, at diag.Place) {
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

func (p *parser) wrong(n *document.Node, at diag.Place, want string) {
	p.diags.Errorf(at, "bad-keyword", "", "found a %s, want %s", n.Kind, want)
}

func (p *parser) text(to *string, n *document.Node, at diag.Place) {
	if n.Kind != document.String {
		p.wrong(n, at, "a string")
		return
	}
	*to = n.Text
}

func (p *parser) texts(n *document.Node, at diag.Place) (list []string) {
	if n.Kind != document.List {
		p.wrong(n, at, "a list of strings")
		return nil
	}
	for _, item := range n.Items {
		var text string
		p.text(&text, item, at)
		list = append(list, text)
	}
	return list
}

func (p *parser) flag(to *bool, n *document.Node, at diag.Place) {
	if n.Kind != document.Bool {
		p.wrong(n, at, "true or false")
		return
	}
	*to = n.Text == "true"
}

func (p *parser) number(to *string, n *document.Node, at diag.Place) {
	if n.Kind != document.Number {
		p.wrong(n, at, "a number")
		return
	}
	*to = n.Text
}

// exclusive reads a bound of draft 6 and later, or the flag of draft 4 that
// makes the other bound exclusive.
func (p *parser) exclusive(to *string, other string, s *Schema, n *document.Node, at diag.Place) {
	if p.draft > Draft4 {
		p.number(to, n, at)
		return
	}
	var exclusive bool
	p.flag(&exclusive, n, at)
	if bound := s.Node.Get(other); exclusive && bound != nil {
		p.number(to, bound, at)
	}
}

func (p *parser) count(to *Count, n *document.Node, at diag.Place) {
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
	*to = Count{int(i), true}
}

func (p *parser) list(n *document.Node, at diag.Place) (list []*Schema) {
	if n.Kind != document.List || len(n.Items) == 0 {
		p.wrong(n, at, "a list of schemas")
		return nil
	}
	for i, item := range n.Items {
		list = append(list, p.schema(item, at.Pointer+"/"+strconv.Itoa(i)))
	}
	return list
}

func readID(p *parser, s *Schema, n *document.Node, at diag.Place) {
	var id string
	p.text(&id, n, at)
	if s.At.Pointer == "#" {
		p.id, _, _ = strings.Cut(id, "#")
		return
	}
	if anchor, ok := strings.CutPrefix(id, "#"); ok && p.draft <= Draft7 {
		p.anchors[anchor] = s
		return
	}
	p.diags.Errorf(at, "unsupported-keyword", "remove it, and refer to this schema by its place in the file",
		"an identifier inside a schema is not supported")
}

func readAnchor(p *parser, s *Schema, n *document.Node, at diag.Place) {
	var name string
	p.text(&name, n, at)
	p.anchors[name] = s
}

func readRef(p *parser, s *Schema, n *document.Node, at diag.Place) {
	var text string
	p.text(&text, n, at)
	p.refs = append(p.refs, ref{s, text})
}

func readDefs(p *parser, s *Schema, n *document.Node, at diag.Place) {
	if n.Kind != document.Object {
		p.wrong(n, at, "an object of schemas")
		return
	}
	for i := range n.Members {
		m := &n.Members[i]
		def := p.schema(m.Value, at.Pointer+"/"+escape(m.Key))
		if def.DefName == "" {
			def.DefName = m.Key
		}
		if s.At.Pointer == "#" {
			p.defs = append(p.defs, def)
		}
	}
}

var typeNames = []string{"array", "boolean", "integer", "null", "number", "object", "string"}

func readType(p *parser, s *Schema, n *document.Node, at diag.Place) {
	names := []*document.Node{n}
	if n.Kind == document.List {
		names = n.Items
	}
	for _, name := range names {
		if name.Kind != document.String || !slices.Contains(typeNames, name.Text) {
			p.diags.Errorf(at, "bad-keyword", "", "%s is not one of %s", strconv.Quote(name.Text), strings.Join(typeNames, ", "))
			continue
		}
		s.Types = append(s.Types, name.Text)
	}
}

func readEnum(p *parser, s *Schema, n *document.Node, at diag.Place) {
	if n.Kind != document.List || len(n.Items) == 0 {
		p.diags.Errorf(at, "bad-keyword", "", "enum is not a list with at least one value, so nothing could ever be valid")
		return
	}
	s.Enum = n.Items
}

func readProperties(p *parser, s *Schema, n *document.Node, at diag.Place) {
	if n.Kind != document.Object {
		p.wrong(n, at, "an object of schemas")
		return
	}
	for i := range n.Members {
		m := &n.Members[i]
		place := diag.Place{Pos: m.Pos, Pointer: at.Pointer + "/" + escape(m.Key)}
		s.Properties = append(s.Properties, Property{m.Key, place, p.schema(m.Value, place.Pointer)})
	}
}

func readPatternProperties(p *parser, s *Schema, n *document.Node, at diag.Place) {
	if n.Kind != document.Object {
		p.wrong(n, at, "an object of schemas")
		return
	}
	for i := range n.Members {
		m := &n.Members[i]
		place := diag.Place{Pos: m.Pos, Pointer: at.Pointer + "/" + escape(m.Key)}
		s.PatternProperties = append(s.PatternProperties, Pattern{m.Key, place, p.schema(m.Value, place.Pointer)})
	}
}

func readNeeds(p *parser, s *Schema, n *document.Node, at diag.Place) {
	for i := range n.Members {
		for _, then := range p.texts(n.Members[i].Value, at) {
			s.Needs = append(s.Needs, Need{n.Members[i].Key, then})
		}
	}
}

// readDependencies reads the older form of dependentRequired; the form that
// holds schemas is not supported.
func readDependencies(p *parser, s *Schema, n *document.Node, at diag.Place) {
	for i := range n.Members {
		if n.Members[i].Value.Kind != document.List {
			p.diags.Errorf(at, "unsupported-keyword", "", "a schema under dependencies is not supported")
			return
		}
	}
	readNeeds(p, s, n, at)
}

func readItems(p *parser, s *Schema, n *document.Node, at diag.Place) {
	if n.Kind == document.List {
		p.diags.Errorf(at, "unsupported-keyword", "", "a list of schemas under items is not supported")
		return
	}
	s.Items = p.schema(n, at.Pointer)
}
