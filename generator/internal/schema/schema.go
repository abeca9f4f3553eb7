// Package schema turns the text of a JSON Schema into a tree whose references
// are resolved and whose every keyword knows where it stands. It knows nothing
// of Go.
package schema

import (
	"github.com/hotbind/hotbind/generator/diag"
	"github.com/hotbind/hotbind/runtime/document"
)

// A Draft is a version of JSON Schema.
type Draft int

// The drafts that are read.
const (
	Draft4 Draft = iota + 1
	Draft6
	Draft7
	Draft2019
	Draft2020
)

// A Schema is one schema: the root or a part of it. A keyword that is absent
// has its zero value.
type Schema struct {
	At   diag.Place
	Node *document.Node
	// Always and Never are the schemas true and false.
	Always, Never bool

	Ref *Schema // the target of $ref

	Types []string // of type; empty: not said
	Enum  []*document.Node
	Const *document.Node

	Title, Description string
	Default            *document.Node
	Deprecated         bool
	WriteOnly          bool

	Properties           []Property
	Required             []string
	AdditionalProperties *Schema // nil: not said
	PatternProperties    []Pattern
	PropertyNames        *Schema
	MinProperties        Count
	MaxProperties        Count
	Needs                []Need

	Items       *Schema
	MinItems    Count
	MaxItems    Count
	UniqueItems bool

	MinLength, MaxLength Count
	Pattern              string
	Format               string

	// Bounds are JSON numbers as written; empty: none.
	Minimum, Maximum, Above, Below, MultipleOf string

	OneOf, AnyOf []*Schema

	// GoName and the following are our own keywords.
	GoName  string
	GoType  string
	OneName string // x-one-of-name
	Env     string
	Secret  bool

	// DefName is the name under which the schema is defined, in $defs or
	// definitions; empty elsewhere.
	DefName string

	keywords map[string]diag.Place
}

// A Property is one member of properties.
type Property struct {
	Key    string
	At     diag.Place
	Schema *Schema
}

// A Pattern is one member of patternProperties.
type Pattern struct {
	Pattern string
	At      diag.Place
	Schema  *Schema
}

// A Need says that the property If requires the property Then.
type Need struct{ If, Then string }

// A Count is the value of a keyword such as minItems.
type Count struct {
	N     int
	Given bool
}

// Has reports whether the schema has the keyword.
func (s *Schema) Has(keyword string) bool { _, ok := s.keywords[keyword]; return ok }

// Keyword is where the value of the keyword stands, or the schema itself where
// it has no such keyword.
func (s *Schema) Keyword(keyword string) diag.Place {
	if at, ok := s.keywords[keyword]; ok {
		return at
	}
	return s.At
}

// A Document is a schema file.
type Document struct {
	Name string
	Root *Schema
	Defs []*Schema // the definitions at the top, in order
	Node *document.Node

	defaults []*Schema
}

// WithDefaults lists the schemas that have a default, in the order of the file.
func (d *Document) WithDefaults() []*Schema { return d.defaults }
