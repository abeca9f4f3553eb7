package schema

import (
	"slices"

	"github.com/hotbind/hotbind/runtime/document"
)

// Also returns the schemas that every value of s must meet too: the members of
// allOf, and what s refers to where that is certain.
func (s *Schema) Also() []*Schema {
	return present(slices.Concat(s.AllOf, []*Schema{s.Ref, s.DynamicTo}))
}

// present is the list without nil.
func present(list []*Schema) []*Schema {
	return slices.DeleteFunc(list, func(s *Schema) bool { return s == nil })
}

// Values returns the values that s lists by const or enum, and whether it lists any.
func (s *Schema) Values() (values []*document.Node, listed bool) {
	if s.Const != nil {
		return []*document.Node{s.Const}, true
	}
	return s.Enum, s.EnumGiven
}

// IsSecret reports whether s itself says that its value must not be shown.
func (s *Schema) IsSecret() bool { return s.Secret || s.WriteOnly || s.Format == "password" }

// Property returns the schema of a property that s declares, or nil.
func (s *Schema) Property(key string) *Schema {
	for i := range s.Properties {
		if s.Properties[i].Key == key {
			return s.Properties[i].Schema
		}
	}
	return nil
}

// DefaultValue returns the default of a property: its own, or that of what it refers
// to; nil: there is none.
func (s *Schema) DefaultValue() *document.Node {
	if s.Default != nil {
		return s.Default
	}
	for _, t := range s.Also() {
		if n := t.DefaultValue(); n != nil {
			return n
		}
	}
	return nil
}

// InPlace returns all schemas that s asks about its own value, on whatever condition.
func (s *Schema) InPlace() []*Schema {
	var list []*Schema
	for _, l := range s.links() {
		list = append(list, l.to)
	}
	return list
}

// Nameless returns the schemas of values inside whose keys s does not name: items,
// and properties that have no name.
func (s *Schema) Nameless() []*Schema {
	list := slices.Clone(s.Prefix)
	for _, p := range s.PatternProperties {
		list = append(list, p.Schema)
	}
	return present(append(list, s.AdditionalProperties, s.UnevaluatedProperties, s.Items, s.UnevaluatedItems, s.Contains))
}

// All returns every schema of the document, outer ones first.
func (d *Document) All() []*Schema { return d.all }

// At returns the schema at an address, as [Schema.Address] writes it; nil: there is
// none.
func (d *Document) At(address string) *Schema {
	for _, s := range d.all {
		if s.Address() == address {
			return s
		}
	}
	return nil
}
