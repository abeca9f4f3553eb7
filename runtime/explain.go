package runtime

import (
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/seam"
)

// An Explanation describes where a value comes from.
type Explanation struct {
	Path string
	// Value is the effective value as JSON, with secrets hidden and defaults filled in;
	// "" if there is none.
	Value string
	// Layers lists what each layer sets, strongest first, and last the default of the
	// schema. The first is the origin of the value, except for objects, and for lists
	// with x-merge, which are merged from all of them.
	Layers []LayerValue
	// PendingRestart is the value that takes effect at the next start, as JSON; "" if
	// there is none.
	PendingRestart string
}

// A LayerValue is the value that one layer sets.
type LayerValue struct {
	// Layer is the name of the source, "(api)" for a value set by [Manager].Update, or
	// "(default)" for the default of the schema.
	Layer string
	Pos   document.Position // the place in the layer; only File for a source without lines
	Value string            // as JSON, secrets hidden; null removes the value of weaker layers
}

// IsDefault reports whether the value is the default of the schema.
func (v LayerValue) IsDefault() bool { return v.Layer == seam.DefaultLayer }
