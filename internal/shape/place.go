package shape

import "github.com/hotbind/hotbind/internal/schema"

// A Place is where a shape without a name of its own was first met. Names are derived
// from it.
type Place struct {
	Kind PlaceKind
	// In is the enclosing declaration, for Property, Entries, Position, Rest and
	// Branch.
	In *Decl
	// Field is the property, the entries or the position.
	Field *Field
	// Up is the place of the list or map for Item, or the place without a name for
	// AsNamed.
	Up *Place
	// Schema is the definition for Definition, or the schema that has x-one-of-name.
	Schema *schema.Schema
	// Name is the schema's name for a branch.
	Name string
}

// A PlaceKind is a kind of place.
type PlaceKind int

// The kinds of places.
const (
	Root       PlaceKind = iota // the configuration
	RootValue                   // the configuration if it is not null
	Definition                  // a definition of the schema
	Property                    // a property of a struct
	Entries                     // the value of an undeclared property of a struct
	Item                        // the item of a list, or the value of a map
	Position                    // a position of a tuple
	Rest                        // an item after the positions of a tuple
	AsBranch                    // a branch of a union
	AsNamed                     // a union that x-one-of-name names
)

func item(of *Place) *Place { return &Place{Kind: Item, Up: of} }

func definition(s *schema.Schema) *Place { return &Place{Kind: Definition, Schema: s} }

// refPlace returns the place of a referenced type; a definition has its own.
func refPlace(target *schema.Schema, at *Place) *Place {
	if target.DefName != "" {
		return definition(target)
	}
	return at
}
