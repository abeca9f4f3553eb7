package runtime

import (
	"encoding/json"
	"fmt"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/seam"
)

// An Edit sets or removes one value through [Manager].Update. The Set function of a
// generated package returns typed ones.
type Edit struct{ edit seam.Edit }

// Set returns an edit that sets the value at a path, such as database.pool_size, to the
// JSON encoding of v; a json.RawMessage is used as it is. A secret is set by its plain
// text, or with the Set of a generated package. Update reports an error of the encoding.
func Set(path string, v any) Edit {
	if edit, ok := v.(seam.Edit); ok { // of a generated package, which encodes secrets
		return Edit{edit}
	}
	value, err := encoded(v)
	return Edit{seam.Edit{Path: path, Value: value, Err: err}}
}

func encoded(v any) (*document.Node, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("the value cannot be encoded as JSON: %w", err)
	}
	value, findings := document.ParseValue(document.Position{File: seam.APILayer}, string(text), document.Limits{})
	if value == nil {
		return nil, &ValidationError{Findings: findings}
	}
	return value, nil
}

// Unset returns an edit that removes what was set at a path and below it through
// Update, so that the sources decide again. It does not remove a source's value.
func Unset(path string) Edit { return Edit{seam.Edit{Path: path}} }

// Apply is called by the engine.
func (e Edit) Apply(r *seam.Request) { r.Edits = append(r.Edits, e.edit) }

func (Edit) ofUpdate() {}

// Path returns the path of the value.
func (e Edit) Path() string { return e.edit.Path }
