package untyped

import (
	"github.com/hotbind/hotbind/runtime/internal/address"
	"github.com/hotbind/hotbind/runtime/validate"
)

// CheckPath returns an error, with a suggestion, if no document of the schema can have a
// value at path.
func CheckPath(schema *validate.Schema, path string) error {
	_, err := address.Path(schema.Shape(), path)
	return err
}
