// Package shape works out what a value of a schema can be: an object with these
// properties, a map, a list, one of several alternatives that are told apart so, a
// scalar; with its defaults, secrets and x- marks, and with rules for what none of
// this says. It is worked out once, for the generator, which gives shapes names and
// types of Go, and for the tools that read documents by their schema alone. The files:
//
//	shape.go         the shapes
//	build.go         the way through a schema
//	place.go         where a shape was met, which names are made of
//	view.go          all that is said of one value, and what of it is left to check
//	nothing.go       warnings of schemas that allow nothing
//	object.go        objects: structs and maps
//	fields.go        the fields of structs
//	list.go          lists and tuples
//	scalar.go        strings, numbers, formats
//	enum.go          values of a fixed set
//	alternatives.go  several types, oneOf, anyOf
//	sealed.go        the unions they become
//	marks.go         x-reload, x-merge, x-key: where they may stand
//	defaults.go      which defaults hold, and that they have an end
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
	Rules  rules.Rules // the first is nobody's
}

// A Decl is a shape that others refer to. Exactly one of its forms is set.
type Decl struct {
	Schema *schema.Schema // whose names, description and marks it has
	// Whole says that it is all that Schema says, not narrowed and no alternative of
	// it, so that it has the name of Schema.
	Whole bool
	Place *Place

	Struct *Struct
	Tuple  *Tuple
	Enum   *Enum
	Union  *Union
	Named  Type // a shape with a name of its own
	Alias  Type // another name
	// Unions lists those that it is a branch of.
	Unions []*Decl
	// IsRecursive says that it leads back to itself.
	IsRecursive bool
	// Rule is what the form does not say; 0: nothing.
	Rule int
	// Nilable says of a shape that is not settled yet that it will be one that can be
	// absent by itself.
	Nilable bool
}

// A Struct is an object whose properties the schema names.
type Struct struct {
	Fields   []*Field
	Extra    *Field // takes undeclared properties; nil: none does
	Closed   bool
	Keeps    bool // has values that its fields do not give back
	Loose    bool // may be something else than an object
	Patterns []PatternField
	Length   rules.Count
	Keys     *rules.Text
	Needs    []rules.Need
	Required []string // keys that no field stands for and that must be there
}

// A Field is one property, a position of a tuple, or a map that takes undeclared
// properties (Entries).
type Field struct {
	Key  string
	At   schema.Place
	Type Type
	// Schema is what is said of the property together, nil where nothing is, and Said
	// the schemas that say it.
	Schema *schema.Schema
	Said   []*schema.Schema

	Default     string // JSON; empty: none
	Required    bool
	Filled      bool // read from an empty object where it is absent
	Kept        bool // kept as written where the value does not say how it was
	Deprecated  bool
	Loose       bool // its value may be one that the type cannot hold
	Conditional bool // declared by alternatives only
	Entries     bool
	Pattern     string // of Entries; empty: those that no pattern matches
	Rule        int    // what a loose value has to meet; 0: nothing
	Env         string
	Restart     bool // a change waits for the next start
}

// A Tuple is a list whose items stand for something by their position. Fields are
// the positions, and Rest the last of them where it takes further items.
type Tuple struct {
	Fields []*Field
	Rest   *Field
	Closed bool
	Keeps  bool
	Length rules.Count
	Unique bool
}

// A PatternField leads properties whose names match to a field.
type PatternField struct {
	Pattern string
	Field   *Field
}

// An Enum is a scalar of a fixed set of values.
type Enum struct {
	Type   *Scalar
	Values []Value
}

// A Value is one of an enum, with what the alternative that names it says of it.
type Value struct {
	Text     string // of a string or a number
	IsString bool
	Doc      string
}

// A Union is a value that is one of several shapes.
type Union struct {
	Branches []Branch
	One      bool   // exactly one must match
	Tag      string // the property by whose value every branch is known; empty: none
}

// A Branch is one shape of a union.
type Branch struct {
	Label string // as messages name it
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

// Formatted is a string that stands for another value, by its format.
type Formatted struct {
	Format string
	Text   rules.Text
}

// A List is a list of any length. One is what a single item must be where one may
// stand for a list of one.
type List struct {
	Elem   Type
	Length rules.Count
	Unique bool
	One    Type
	Rule   ListRule
}

// A ListRule is how the lists of two layers meet, and what tells items apart.
type ListRule struct {
	Merge string // of x-merge; empty: replace
	Key   string // a required string property of the items; empty: their place
	At    schema.Place
}

// A Map is an object whose keys the schema does not name.
type Map struct {
	Elem     Type
	Length   rules.Count
	Keys     *rules.Text
	Patterns []*rules.Pattern
}

// A Ref is a shape that is declared. Back marks a reference from inside itself.
type Ref struct {
	Decl *Decl
	Back bool
}

// An Optional is a value that may be absent, and null where Nullable.
type Optional struct {
	Elem     Type
	Nullable bool
}

// A Secret is a value that must not be shown.
type Secret struct{ Elem Type }

// Checked is a value of which a rule asks for more.
type Checked struct {
	Elem Type
	Rule int
}

// Any is a value of no settled type. Why says why.
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

// Fields are the fields of a struct or the positions of a tuple.
func (d *Decl) Fields() []*Field {
	switch {
	case d.Struct != nil:
		return d.Struct.Fields
	case d.Tuple != nil:
		return d.Tuple.Fields
	}
	return nil
}

// Types returns the types that d is made of, the branches of a union apart.
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

// Inner returns the types that a type is made of, references apart.
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

// Bare returns t without what says null, secret and rules.
func Bare(t Type) Type {
	switch t.(type) {
	case *Optional, *Secret, *Checked:
		return Bare(Inner(t)[0])
	}
	return t
}

// Under returns what t is called by other names, without rules.
func Under(t Type) Type {
	t, _ = Unchecked(t)
	if ref, ok := t.(*Ref); ok && ref.Decl.Named != nil {
		return Under(ref.Decl.Named)
	} else if ok && ref.Decl.Alias != nil {
		return Under(ref.Decl.Alias)
	}
	return t
}

// Core returns what is left of t without null, secret, rules and other names.
func Core(t Type) Type {
	inner := Under(Bare(t))
	if inner == t {
		return t
	}
	return Core(inner)
}

// IsAbsentable reports whether a value of type t can itself say that it is absent: nil
// does.
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

// CountFields returns how many fields the structs have, how many of them are any, by
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

// FindAny returns the any that t is or holds, in so many lists and maps; nil: there
// is none. Other declared types are not looked into: their fields count for
// themselves.
func FindAny(t Type) (a *Any, depth int) {
	for range 100 { // a type that contains itself has no any at its end
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
