// Package ir is the Go that will be written, as plain data: every name is
// settled, every type chosen and every decision taken. It knows neither JSON
// Schema nor the text of Go.
package ir

import "github.com/hotbind/hotbind/generator/diag"

// A Package is one generated package.
type Package struct {
	Name       string
	SchemaName string // the base name of the schema file
	SchemaText string // the schema as JSON
	Root       *Decl
	Decls      []*Decl
}

// A Decl is one declared type. Exactly one of its shapes is set.
type Decl struct {
	Name string
	Doc  []string
	At   diag.Place

	Struct *Struct
	Enum   *Enum
	Union  *Union
	Named  Type // a type of its own over another one: type Config map[string]Tenant
	Alias  Type // another name: type Port = int
	// Branches lists the unions this type is a branch of.
	Branches []*Decl
	// IsRecursive says that tables refer to the type from inside itself.
	IsRecursive bool
}

// A Struct is an object whose properties the schema names.
type Struct struct {
	Fields   []*Field
	Extra    *Field // takes undeclared properties; nil: none does
	Closed   bool
	Keeps    bool // remembers what its fields cannot give back
	Patterns []PatternField
	Length   Count
	Keys     *Text
	Needs    []Need
	Required []string // keys that no field stands for and that must be there
	Consts   []Const
}

// A Field is one property: Key as the schema spells it, Name as the struct
// does, and Method as the binding does.
type Field struct {
	Key, Name, Method string
	Doc               []string
	Type              Type
	Default           string // JSON; empty: none
	Required          bool
	Filled            bool
	Kept              bool // kept as written where the value does not say how it was
	Deprecated        bool
	Entries           bool
	Env               string
	At                diag.Place
}

// A PatternField leads properties whose names match to a field.
type PatternField struct {
	Pattern string
	Field   *Field
}

// A Need says that the property If requires the property Then.
type Need struct{ If, Then string }

// A Const is a constant for the only value of a field.
type Const struct {
	Name  string
	Value Value
}

// An Enum is a named scalar with constants.
type Enum struct {
	Base   string // string, int or float64
	Type   Type   // the scalar, with its checks
	Values []Const
}

// A Union is a sealed interface.
type Union struct {
	Branches []Branch
	One      bool
	Tag      string // the property by whose value every branch is known; empty: none
}

// A Branch is one type of a union.
type Branch struct {
	Label string // as messages name it
	Decl  *Decl
	Tag   string // the value of the union's Tag
}

// A Value is a Go constant: a string, or the text of a number or a boolean.
type Value struct {
	Text     string
	IsString bool
}

// A Type is one of the types below.
type Type interface{ isType() }

// Scalar is bool, int, uint64, float64 or string with what the schema asks of
// it.
type Scalar struct {
	Go    string
	Enum  []string // JSON texts
	Range Range
	Text  Text
}

// Formatted is a string that is read into a Go value.
type Formatted struct {
	Format string
	Text   Text
}

// List is a slice. One is what a single item must be where one may stand for a
// list of one.
type List struct {
	Elem   Type
	Length Count
	Unique bool
	One    Type
}

// Map is a map with string keys.
type Map struct {
	Elem     Type
	Length   Count
	Keys     *Text
	Patterns []string
}

// Ref is a declared type. Back marks a reference from inside the type itself.
type Ref struct {
	Decl *Decl
	Back bool
}

// Optional is an rt.Optional.
type Optional struct {
	Elem     Type
	Nullable bool
}

// Secret is an rt.Secret.
type Secret struct{ Elem Type }

// Choice is one Go type with several sets of checks.
type Choice struct {
	Branches []Type
	One      bool
}

// Any is a value of no settled type. Why says why.
type Any struct {
	Enum  []string
	Never bool
	Why   string
}

// Custom is a type from elsewhere.
type Custom struct {
	Path, Name string
	Check      Type
}

func (*Scalar) isType()    {}
func (*Formatted) isType() {}
func (*List) isType()      {}
func (*Map) isType()       {}
func (*Ref) isType()       {}
func (*Optional) isType()  {}
func (*Secret) isType()    {}
func (*Choice) isType()    {}
func (*Any) isType()       {}
func (*Custom) isType()    {}

// Range bounds a number; an empty bound does not.
type Range struct{ Min, Max, Above, Below, MultipleOf string }

// Count bounds how many there are of something; Max holds where Capped.
type Count struct {
	Min, Max int
	Capped   bool
}

// Text bounds a string.
type Text struct {
	Length  Count
	Pattern string
	Format  string
	Enum    []string
}

// CountFields returns how many fields the structs of p have, and how many of
// them are of a type that is any or holds any.
func (p *Package) CountFields() (fields, untyped int) {
	for _, d := range p.Decls {
		if d.Struct == nil {
			continue
		}
		for _, f := range d.Struct.Fields {
			fields++
			if holdsAny(f.Type) {
				untyped++
			}
		}
	}
	return fields, untyped
}

// holdsAny does not look into declared types: their fields count for themselves.
func holdsAny(t Type) bool {
	switch t := t.(type) {
	case *Any:
		return true
	case *List:
		return holdsAny(t.Elem)
	case *Map:
		return holdsAny(t.Elem)
	case *Optional:
		return holdsAny(t.Elem)
	case *Secret:
		return holdsAny(t.Elem)
	}
	return false
}
