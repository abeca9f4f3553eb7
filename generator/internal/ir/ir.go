// Package ir describes the Go code to write: the shapes of a schema with their names
// and doc comments. All decisions are made. It knows neither JSON Schema nor Go syntax.
package ir

import (
	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/shape"
	"github.com/hotbind/hotbind/runtime/document"
)

// A Package is one generated package.
type Package struct {
	Name       string
	SchemaName string // the base name of the schema file
	Schema     *document.Node
	// SchemaFiles are the other files that it refers to.
	SchemaFiles []string
	Root        *Decl
	Null        bool // null is a configuration
	NoLive      bool // it is read once, never followed
	Decls       []*Decl
	Entries     []*Entries  // binding types of maps and keyed lists
	RootEntries *Entries    // of the root, whose binding is Live; nil: it has none
	Rules       rules.Rules // the first is unused

	byShape map[*shape.Decl]*Decl
}

// Declare adds the declaration of a shape.
func (p *Package) Declare(of *shape.Decl) *Decl {
	if p.byShape == nil {
		p.byShape = map[*shape.Decl]*Decl{}
	}
	d := &Decl{Decl: of}
	p.Decls, p.byShape[of] = append(p.Decls, d), d
	return d
}

// Decl returns the declaration of a shape.
func (p *Package) Decl(of *shape.Decl) *Decl { return p.byShape[of] }

// A Decl is one declared type.
type Decl struct {
	*shape.Decl
	Name string
	Doc  []string
	// Fields are the fields of a struct, or the positions of a tuple.
	Fields []*Field
	// Consts are the single values of fields, or the values of an enum.
	Consts []Const
}

// A Field is one field. Name is its name in the struct, Method its name in the binding.
type Field struct {
	*shape.Field
	Name, Method string
	Doc          []string
	Binding      *Entries // of a map or a keyed list that a binding leads to
}

// A Const is a constant for a value of a field or of an enum.
type Const struct {
	Name  string
	Value shape.Value
	Doc   []string
}
