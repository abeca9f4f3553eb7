package untyped

import (
	"github.com/hotbind/hotbind/runtime/internal/address"
	"github.com/hotbind/hotbind/runtime/validate"
)

// CheckPath returns why no document of the schema can have a value at a path, with a
// suggestion, or nil.
func CheckPath(schema *validate.Schema, path string) error {
	_, err := address.Path(schema.Shape(), path)
	return err
}
