package schema

import (
	"slices"

	"github.com/hotbind/hotbind/runtime/document"
)

// Also returns the schemas that every value of s must satisfy too: the members of
// allOf, and targets of references that are certain.
func (s *Schema) Also() []*Schema {
	return present(slices.Concat(s.AllOf, []*Schema{s.Ref, s.DynamicTo}))
}

// present returns the list without nil.
func present(list []*Schema) []*Schema {
	return slices.DeleteFunc(list, func(s *Schema) bool { return s == nil })
}

// Values returns the values that s lists in const or enum, and reports whether it lists
// any.
func (s *Schema) Values() (values []*document.Node, listed bool) {
	if s.Const != nil {
		return []*document.Node{s.Const}, true
	}
	return s.Enum, s.EnumGiven
}

// IsSecret reports whether s itself marks its value as secret.
func (s *Schema) IsSecret() bool { return s.Secret || s.WriteOnly || s.Format == "password" }

// Property returns the schema of a declared property, or nil.
func (s *Schema) Property(key string) *Schema {
	for i := range s.Properties {
		if s.Properties[i].Key == key {
			return s.Properties[i].Schema
		}
	}
	return nil
}

// DefaultValue returns the default of a property, its own or that of the target of its
// reference, or nil.
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

// InPlace returns all schemas that s applies to its own value, unconditionally or not.
func (s *Schema) InPlace() []*Schema {
	var list []*Schema
	for _, l := range s.links() {
		list = append(list, l.to)
	}
	return list
}

// Nameless returns the schemas of values inside whose keys s does not name: items, and
// undeclared properties.
func (s *Schema) Nameless() []*Schema {
	list := slices.Clone(s.Prefix)
	for _, p := range s.PatternProperties {
		list = append(list, p.Schema)
	}
	return present(append(list, s.AdditionalProperties, s.UnevaluatedProperties, s.Items, s.UnevaluatedItems, s.Contains))
}

// All returns every schema of the document, outer ones first.
func (d *Document) All() []*Schema { return d.all }

// At returns the schema at an address in the form of [Schema.Address], or nil.
func (d *Document) At(address string) *Schema {
	for _, s := range d.all {
		if s.Address() == address {
			return s
		}
	}
	return nil
}
