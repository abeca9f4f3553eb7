// Package shape determines what a value of a schema can be: an object with certain
// properties, a map, a list, one of several distinguishable alternatives, or a scalar.
// A shape includes defaults, secrets and x- marks, and rules for everything else that
// the schema requires. The generator derives Go names and types from it; tools read
// documents with it without generated code. The files:
//
//	shape.go         the shapes
//	build.go         the walk through a schema
//	place.go         where a shape was met, from which names are derived
//	view.go          all schemas for one value, and what is left to check
//	nothing.go       warnings of schemas that allow nothing
//	object.go        objects: structs and maps
//	fields.go        the fields of structs
//	list.go          lists and tuples
//	scalar.go        strings, numbers, formats
//	enum.go          values of a fixed set
//	alternatives.go  several types, oneOf, anyOf
//	sealed.go        the unions they become
//	marks.go         x-reload, x-merge, x-key: where they are allowed
//	defaults.go      which defaults apply, and that they are finite
package shape

import (
	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/schema"
)

// A Document is the shape of a schema document.
type Document struct {
	Schema *schema.Document
	Root   *Decl
	Null   bool // null is a configuration
	Decls  []*Decl
	Rules  rules.Rules // the first is unused
}

// A Decl is a shape that others refer to. Exactly one of its forms is set.
type Decl struct {
	Schema *schema.Schema // source of its names, description and marks
	// Whole reports that the shape covers all of Schema, neither narrowed nor an
	// alternative of it, so that it takes the name of Schema.
	Whole bool
	Place *Place

	Struct *Struct
	Tuple  *Tuple
	Enum   *Enum
	Union  *Union
	Named  Type // a shape with a name of its own
	Alias  Type // another name
	// Unions lists the unions that it is a branch of.
	Unions []*Decl
	// IsRecursive reports that it leads back to itself.
	IsRecursive bool
	// Rule checks what the form does not; 0: nothing.
	Rule int
	// Nilable reports that a shape in progress will be one whose nil means absent.
	Nilable bool
}

// A Struct is an object whose properties the schema names.
type Struct struct {
	Fields   []*Field
	Extra    *Field // takes undeclared properties; nil: none does
	Closed   bool
	Keeps    bool // has values that its fields do not give back
	Loose    bool // may be something other than an object
	Patterns []PatternField
	Length   rules.Count
	Keys     *rules.Text
	Needs    []rules.Need
	Required []string // required keys without a field
}

// A Field is one property, a position of a tuple, or a map that takes undeclared
// properties (Entries).
type Field struct {
	Key  string
	At   schema.Place
	Type Type
	// Schema combines the schemas of the property, and is nil if there are none. Said
	// are those schemas.
	Schema *schema.Schema
	Said   []*schema.Schema

	Default     string // JSON; empty: none
	Required    bool
	Filled      bool // read from an empty object if absent
	Kept        bool // keeps its text if the value does not determine it
	Deprecated  bool
	Loose       bool // its value may be one that the type cannot hold
	Conditional bool // declared by alternatives only
	Entries     bool
	Pattern     string // of Entries; empty: names that match no pattern
	Rule        int    // checks a loose value; 0: nothing
	Env         string
	Restart     bool // a change waits for the next start
}

// A Tuple is a list whose items have schemas by position. Fields are the positions.
// Rest, the last of them, takes further items.
type Tuple struct {
	Fields []*Field
	Rest   *Field
	Closed bool
	Keeps  bool
	Length rules.Count
	Unique bool
}

// A PatternField assigns properties whose names match to a field.
type PatternField struct {
	Pattern string
	Field   *Field
}

// An Enum is a scalar of a fixed set of values.
type Enum struct {
	Type   *Scalar
	Values []Value
}

// A Value is one value of an enum, with the description of the alternative that names
// it.
type Value struct {
	Text     string // of a string or a number
	IsString bool
	Doc      string
}

// A Union is a value that is one of several shapes.
type Union struct {
	Branches []Branch
	One      bool   // exactly one must match
	Tag      string // the property whose value selects the branch; empty: none
}

// A Branch is one shape of a union.
type Branch struct {
	Label string // its name in messages
	Decl  *Decl
	Tag   string // the value of the union's Tag
}

// A Type is one of the types below.
type Type interface{ isType() }

// A Scalar is a boolean, a number or a string.
type Scalar struct {
	Go    string   // bool, string, float64, or one of Go's integers
	Enum  []string // JSON texts
	Range rules.Range
	Text  rules.Text
}

// Formatted is a string that its format turns into another Go type.
type Formatted struct {
	Format string
	Text   rules.Text
}

// A List is a list of any length. If a single item may replace the list, One is the
// type of that item.
type List struct {
	Elem   Type
	Length rules.Count
	Unique bool
	One    Type
	Rule   ListRule
}

// A ListRule defines how the lists of two layers merge, and what identifies items.
type ListRule struct {
	Merge string // of x-merge; empty: replace
	Key   string // a required string property of the items; empty: their position
	At    schema.Place
}

// A Map is an object whose keys the schema does not name.
type Map struct {
	Elem     Type
	Length   rules.Count
	Keys     *rules.Text
	Patterns []*rules.Pattern
}

// A Ref refers to a declared shape. Back marks a reference from inside the shape
// itself.
type Ref struct {
	Decl *Decl
	Back bool
}

// An Optional is a value that may be absent, and null if Nullable is set.
type Optional struct {
	Elem     Type
	Nullable bool
}

// A Secret is a value that must not be shown.
type Secret struct{ Elem Type }

// Checked is a value with a rule for what its type does not check.
type Checked struct {
	Elem Type
	Rule int
}

// Any is a value without a fixed type. Why is the reason.
type Any struct {
	Enum  []string
	Never bool
	Why   string
}

// Custom is a value that a Go type from elsewhere holds.
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
func (*Checked) isType()   {}
func (*Any) isType()       {}
func (*Custom) isType()    {}

// Fields returns the fields of a struct or the positions of a tuple.
func (d *Decl) Fields() []*Field {
	switch {
	case d.Struct != nil:
		return d.Struct.Fields
	case d.Tuple != nil:
		return d.Tuple.Fields
	}
	return nil
}

// Types returns the types that d consists of, except the branches of a union.
func (d *Decl) Types() (list []Type) {
	for _, f := range d.Fields() {
		list = append(list, f.Type)
	}
	for _, t := range []Type{d.Named, d.Alias} {
		if t != nil {
			list = append(list, t)
		}
	}
	return list
}

// Inner returns the types that a type consists of, except references.
func Inner(t Type) (list []Type) {
	switch t := t.(type) {
	case *List:
		if list = append(list, t.Elem); t.One != nil {
			list = append(list, t.One)
		}
	case *Map:
		list = append(list, t.Elem)
	case *Optional:
		list = append(list, t.Elem)
	case *Secret:
		list = append(list, t.Elem)
	case *Checked:
		list = append(list, t.Elem)
	case *Custom:
		list = append(list, t.Check)
	}
	return list
}

// Bare returns t without Optional, Secret and Checked.
func Bare(t Type) Type {
	switch t.(type) {
	case *Optional, *Secret, *Checked:
		return Bare(Inner(t)[0])
	}
	return t
}

// Under returns t without aliases and rules.
func Under(t Type) Type {
	t, _ = Unchecked(t)
	if ref, ok := t.(*Ref); ok && ref.Decl.Named != nil {
		return Under(ref.Decl.Named)
	} else if ok && ref.Decl.Alias != nil {
		return Under(ref.Decl.Alias)
	}
	return t
}

// Core returns t without Optional, Secret, Checked and aliases.
func Core(t Type) Type {
	inner := Under(Bare(t))
	if inner == t {
		return t
	}
	return Core(inner)
}

// IsAbsentable reports whether nil is a value of type t and means absent.
func IsAbsentable(t Type) bool {
	switch t := Under(t).(type) {
	case *List, *Map, *Optional:
		return true
	case *Ref:
		return t.Decl.Union != nil || t.Decl.Nilable
	}
	return false
}

// Unchecked returns t without the rule around it, and the rule.
func Unchecked(t Type) (Type, int) {
	if c, ok := t.(*Checked); ok {
		return c.Elem, c.Rule
	}
	return t, 0
}

// CountFields returns the number of struct fields, how many of them are any, by
// whatever name, and how many hold any in a list or a map.
func (d *Document) CountFields() (fields, untyped, holding int) {
	for _, decl := range d.Decls {
		for _, f := range decl.Fields() {
			fields++
			if a, depth := FindAny(f.Type); a != nil && depth == 0 {
				untyped++
			} else if a != nil {
				holding++
			}
		}
	}
	return fields, untyped, holding
}

// FindAny returns the any that t is or holds in depth lists and maps, or nil. It does
// not look into other declared types, whose fields count separately.
func FindAny(t Type) (a *Any, depth int) {
	for range 100 { // a recursive type has no any at its end
		switch inner := Core(t).(type) {
		case *Any:
			return inner, depth
		case *List, *Map:
			t, depth = Inner(inner)[0], depth+1
		default:
			return nil, 0
		}
	}
	return nil, 0
}
