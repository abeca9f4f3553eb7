package untyped

import (
	"fmt"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/wording"
	"github.com/hotbind/hotbind/runtime/validate"
)

// CheckPath says why no document of the schema can have a value at a path, and
// which one was perhaps meant; nil: one can.
func CheckPath(schema *validate.Schema, path string) error {
	steps, err := document.ParsePath(path)
	if err != nil {
		return err
	}
	at := ""
	for i, step := range steps {
		if _, allowed := document.ShapeAt(schema.Shape(), steps[:i+1]); allowed {
			at = below(at, step)
			continue
		}
		err := fmt.Errorf("%s: the schema allows no such value", path)
		above, _ := document.ShapeAt(schema.Shape(), steps[:i])
		if step.Key == nil || above == nil {
			return err
		}
		var names []string
		for _, p := range above.Properties() {
			names = append(names, p.Key)
		}
		if meant := wording.Nearest(*step.Key, names); meant != "" {
			return fmt.Errorf("%w (did you mean %s?)", err, document.KeyPath(at, meant))
		}
		return err
	}
	return nil
}

func below(path string, step document.Step) string {
	if step.Key != nil {
		return document.KeyPath(path, *step.Key)
	}
	return document.IndexPath(path, step.Index)
}
