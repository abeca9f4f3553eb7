// Package ir is the Go that will be written, as plain data: every name is
// settled, every type chosen and every decision taken. It knows neither JSON
// Schema nor the text of Go.
package ir

import "github.com/hotbind/hotbind/internal/schema"

// A Package is one generated package.
type Package struct {
	Name       string
	SchemaName string // the base name of the schema file
	SchemaText string // the schema as JSON
	// SchemaFiles are the other files that it refers to.
	SchemaFiles []string
	Root        *Decl
	Null        bool // null is a configuration
	NoLive      bool // it is only read, never followed
	Decls       []*Decl
	Entries     []*Entries // binding types of maps and keyed lists
	RootEntries *Entries   // of the root, whose binding is Live; nil: it has none
	Rules       []Rule     // the first is nobody's
}

// A Decl is one declared type. Exactly one of its shapes is set.
type Decl struct {
	Name string
	Doc  []string
	At   schema.Place

	Struct *Struct
	Tuple  *Tuple
	Enum   *Enum
	Union  *Union
	Named  Type // a type of its own over another one: type Config map[string]Tenant
	Alias  Type // another name: type Port = int
	// Branches lists the unions this type is a branch of.
	Branches []*Decl
	// IsRecursive says that tables refer to the type from inside itself.
	IsRecursive bool
	// Rule is what the type cannot check; 0: nothing.
	Rule int
	// Nilable says of a type whose shape is not settled yet that nil will be one
	// of its values.
	Nilable bool
}

// A Struct is an object whose properties the schema names.
type Struct struct {
	Fields   []*Field
	Extra    *Field // takes undeclared properties; nil: none does
	Closed   bool
	Keeps    bool // remembers what its fields cannot give back
	Loose    bool // may be something else than an object
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
	Binding           *Entries // of a map or a keyed list that a binding leads to
	Default           string   // JSON; empty: none
	Required          bool
	Filled            bool
	Kept              bool // kept as written where the value does not say how it was
	Deprecated        bool
	Entries           bool
	Loose             bool // its value may be one that the type cannot hold
	Rule              int  // what a loose value has to meet; 0: nothing
	Env               string
	Restart           bool // a change waits for the next start
	At                schema.Place
}

// A Tuple is a list whose items stand for something by their position. Fields
// are the positions, and Rest the last of them where it takes further items.
type Tuple struct {
	Fields []*Field
	Rest   *Field
	Closed bool
	Keeps  bool
	Length Count
	Unique bool
}

// A PatternField leads properties whose names match to a field.
type PatternField struct {
	Pattern string
	Field   *Field
}

// A Need says that the property If requires the property Then.
type Need struct{ If, Then string }

// A Const is a constant for a value of a field or of an enum.
type Const struct {
	Name  string
	Value Value
	Doc   []string
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
	Rule   ListRule
}

// A ListRule is how the lists of two layers meet, and what tells items apart.
type ListRule struct {
	Merge ListMerge
	Key   string // a required string property of the items; empty: their place
	At    schema.Place
}

// A ListMerge is what becomes of the lists of two layers.
type ListMerge int

// The ways to merge lists.
const (
	ReplaceList ListMerge = iota
	AppendList
	KeyList
)

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

// Checked is a type whose schema asks for more than the type can say.
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
func (*Checked) isType()   {}
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

// CountFields returns how many fields the structs of p have, how many of them are
// any, by whatever name, and how many hold any in a list or a map.
func (p *Package) CountFields() (fields, untyped, holding int) {
	for _, d := range p.Decls {
		list := []*Field{}
		if d.Struct != nil {
			list = d.Struct.Fields
		} else if d.Tuple != nil {
			list = d.Tuple.Fields
		}
		for _, f := range list {
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

// FindAny is the any that t is or holds, in so many lists and maps; nil: there is
// none. Other declared types are not looked into: their fields count for
// themselves.
func FindAny(t Type) (a *Any, depth int) {
	for range 100 { // a type that contains itself has no any at its end
		switch inner := t.(type) {
		case *Any:
			return inner, depth
		case *List:
			t, depth = inner.Elem, depth+1
		case *Map:
			t, depth = inner.Elem, depth+1
		case *Optional:
			t = inner.Elem
		case *Secret:
			t = inner.Elem
		case *Checked:
			t = inner.Elem
		case *Ref:
			switch {
			case inner.Decl.Named != nil:
				t = inner.Decl.Named
			case inner.Decl.Alias != nil:
				t = inner.Decl.Alias
			default:
				return nil, 0
			}
		default:
			return nil, 0
		}
	}
	return nil, 0
}
