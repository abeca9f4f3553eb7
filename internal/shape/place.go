package shape

import "github.com/hotbind/hotbind/internal/schema"

// A Place is where a shape that has no name of its own was first met. Names are made
// of it.
type Place struct {
	Kind PlaceKind
	// In is the declaration around, of a Property, Entries, Position, Rest and Branch.
	In *Decl
	// Field is the property, the entries or the position.
	Field *Field
	// Up is the place of the list or map, of an Item, or that without a name, of AsNamed.
	Up *Place
	// Schema is the definition, of a Definition, or what has x-one-of-name.
	Schema *schema.Schema
	// Name is what the schema calls a branch.
	Name string
}

// A PlaceKind is a kind of place.
type PlaceKind int

// The kinds of places.
const (
	Root       PlaceKind = iota // the configuration
	RootValue                   // the configuration where it is not null
	Definition                  // a definition of the schema
	Property                    // a property of a struct
	Entries                     // the value of an undeclared property of a struct
	Item                        // the item of a list, or the value of a map
	Position                    // a position of a tuple
	Rest                        // an item behind the positions of a tuple
	AsBranch                    // a branch of a union
	AsNamed                     // a union that x-one-of-name names
)

func item(of *Place) *Place { return &Place{Kind: Item, Up: of} }

func definition(s *schema.Schema) *Place { return &Place{Kind: Definition, Schema: s} }

// refPlace is the place of a type that is referred to: a definition stands on its
// own.
func refPlace(target *schema.Schema, at *Place) *Place {
	if target.DefName != "" {
		return definition(target)
	}
	return at
}
