package schema

import (
	"strings"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// A word is a keyword of another dialect of JSON Schema, which has no effect here.
type word struct {
	name, dialect string
	// instead returns the JSON Schema for what n means beside the other keywords of s;
	// empty: n has no effect in its own dialect either.
	instead func(s *Schema, n *document.Node) string
}

// words are the keywords of other dialects that change what is valid there, or on which
// their users rely.
var words = [...]word{
	{"nullable", "OpenAPI 3.0", nullable},
	{"x-nullable", "OpenAPI 2.0", nullable},
	{"discriminator", "OpenAPI", discriminator},
	{"example", "OpenAPI", func(*Schema, *document.Node) string { return `write it as an item of "examples"` }},
	{"x-kubernetes-int-or-string", "Kubernetes", func(_ *Schema, n *document.Node) string { return ifTrue(n, `write "type": ["integer", "string"]`) }},
	{"x-kubernetes-preserve-unknown-fields", "Kubernetes", func(_ *Schema, n *document.Node) string { return ifTrue(n, `write "additionalProperties": true`) }},
}

// otherDialect warns of a keyword of another dialect, and reports whether m is one.
func (p *parser) otherDialect(s *Schema, m *document.Member, at Place) bool {
	for _, w := range words {
		if w.name != m.Key() {
			continue
		}
		if instead := w.instead(s, m.Value()); instead != "" {
			p.diags.Warnf(at, "foreign-word", instead, "%s is a keyword of %s, not of JSON Schema, and is ignored", m.Key(), w.dialect)
		}
		return true
	}
	return false
}

func ifTrue(n *document.Node, instead string) string {
	if n.Text() != "true" {
		return ""
	}
	return instead
}

func nullable(s *Schema, n *document.Node) string {
	types := s.Node.Get("type")
	if types == nil {
		return ifTrue(n, `write "anyOf" with {"type": "null"} as an alternative`)
	}
	return ifTrue(n, `write "type": ["`+wording.Line(strings.Join(append(texts(types), "null"), `", "`))+`"]`)
}

func discriminator(_ *Schema, n *document.Node) string {
	name := "the property"
	if property := n.Get("propertyName"); property != nil && property.Kind() == document.String {
		name = wording.Quote(property.Text())
	}
	return "require " + name + " in each alternative, with a const of its own"
}
