// Package schema parses JSON Schema into a tree with resolved references, in which
// every keyword has a position. It knows nothing of Go.
package schema

import (
	"slices"

	"github.com/hotbind/hotbind/runtime/document"
)

// A Schema is one schema: a file, or a part of one. An absent keyword has its zero
// value.
type Schema struct {
	At   Place
	Node *document.Node
	// Draft is that of the schema's resource.
	Draft Draft
	// Resource is the number, from 1, of the schema's resource: a file, or a part of
	// one with an identifier of its own.
	Resource int
	// Always and Never are the schemas true and false.
	Always, Never bool

	Ref       *Schema  // the target of $ref
	Dynamic   *Dynamic // of $dynamicRef or $recursiveRef, if its target is not known in advance
	DynamicTo *Schema  // of $dynamicRef or $recursiveRef, if it has a single possible target

	Types     []string // of type; empty: absent
	Enum      []*document.Node
	EnumGiven bool // also if the list is empty, so that nothing is valid
	Const     *document.Node

	Title, Description string
	Default            *document.Node
	Examples           []*document.Node
	Deprecated         bool
	WriteOnly          bool

	Properties            []Property
	Required              []string
	AdditionalProperties  *Schema // nil: absent
	UnevaluatedProperties *Schema
	PatternProperties     []Pattern
	PropertyNames         *Schema
	MinProperties         Count
	MaxProperties         Count
	Needs                 []Need     // dependentRequired, and the lists under dependencies
	DependentSchemas      []Property // also the schemas under dependencies

	Prefix           []*Schema // of prefixItems, or the list under items of older drafts
	Items            *Schema   // of the items after Prefix: items, or additionalItems beside a list
	UnevaluatedItems *Schema
	Contains         *Schema
	MinContains      Count
	MaxContains      Count
	MinItems         Count
	MaxItems         Count
	UniqueItems      bool

	MinLength, MaxLength Count
	Pattern              string
	Format               string

	// Bounds are JSON numbers as written; empty: none.
	Minimum, Maximum, Above, Below, MultipleOf string

	AllOf, AnyOf, OneOf []*Schema
	Not                 *Schema
	If, Then, Else      *Schema // Then and Else only if there is an If

	// GoName and the following fields are our own keywords.
	GoName  string
	GoType  string
	OneName string // x-one-of-name
	Env     string
	Secret  bool
	Restart bool   // x-reload: restart
	Merge   string // x-merge: replace, append or key
	Key     string // x-key

	// DefName is the name under which the schema is defined, in $defs or definitions,
	// or that of the file whose root it is; empty elsewhere.
	DefName string

	keywords map[string]Place
	in       *resource
	defined  bool // it is in the definitions of the document
	// composedOf are the schemas that [Compose] combined; nil: the schema is in a file.
	composedOf []*Schema
}

// A Dynamic is a reference whose target depends on the way to it (2020-12 core 8.2.3.2;
// 2019-09 core 8.2.4.2.2): the candidate of the outermost resource on that way, or else
// Target.
type Dynamic struct {
	Target     *Schema
	Candidates []Candidate // in the order of their resources
}

// A Candidate is what a resource declares as the target of a dynamic reference.
type Candidate struct {
	Resource int
	Schema   *Schema
}

// A Property is one member of properties.
type Property struct {
	Key    string
	At     Place
	Schema *Schema
}

// A Pattern is one member of patternProperties.
type Pattern struct {
	Pattern string
	At      Place
	Schema  *Schema
}

// A Need is a property, If, that requires another, Then.
type Need struct{ If, Then string }

// A Count is the value of a keyword such as minItems.
type Count struct {
	N     int
	Given bool
}

// Has reports whether the schema has the keyword.
func (s *Schema) Has(keyword string) bool { _, ok := s.keywords[keyword]; return ok }

// Keyword returns the place of the keyword's value, or of the schema if it has no such
// keyword.
func (s *Schema) Keyword(keyword string) Place {
	if at, ok := s.keywords[keyword]; ok {
		return at
	}
	return s.At
}

// reference returns the place of the schema's reference.
func (s *Schema) reference() Place {
	for _, keyword := range []string{"$ref", "$dynamicRef", "$recursiveRef"} {
		if s.Has(keyword) {
			return s.Keyword(keyword)
		}
	}
	return s.At
}

// Address returns a key that is unique across all files: the schema's pointer, prefixed
// with the path of its file unless that is the schema file itself.
func (s *Schema) Address() string {
	if s.in == nil || s.in.main {
		return s.At.Pointer
	}
	return s.in.file.Name + s.At.Pointer
}

// A Document is a schema file with all the files that it refers to.
type Document struct {
	Name string
	Root *Schema
	Node *document.Node
	Defs []*Schema // the definitions of the file in order, then others that are referred to
	// Files are the paths of the other files, in the order of their first use.
	Files []string
	// HasDynamic reports that the target of a reference depends on the way to it.
	HasDynamic bool

	// Folder is the folder of the files.
	Folder *Folder

	all []*Schema
}

// WithDefaults lists the schemas that have a default.
func (d *Document) WithDefaults() []*Schema {
	return d.only(func(s *Schema) bool { return s.Default == nil })
}

// Marked lists the schemas that have x-reload, x-merge or x-key, which not every schema
// may have.
func (d *Document) Marked() []*Schema {
	return d.only(func(s *Schema) bool { return !s.Restart && s.Merge == "" && s.Key == "" })
}

// only lists the schemas for which left is false, outer ones first.
func (d *Document) only(left func(*Schema) bool) []*Schema {
	return slices.DeleteFunc(slices.Clone(d.all), left)
}
