package runtime

import (
	"encoding/json"
	"fmt"

	"github.com/hotbind/hotbind/runtime/document"
)

// An Edit sets or removes one value through [Manager.Update]. The Set of a
// generated package makes typed ones.
type Edit struct {
	path   string
	value  *document.Node // nil removes
	failed error
}

// Set makes an edit that sets the value at a path, such as database.pool_size, to
// what encoding/json makes of v. Secrets are set with the Set of a generated
// package, or with their plain text here.
func Set(path string, v any) Edit {
	text, err := json.Marshal(v)
	if err != nil {
		return Edit{path: path, failed: fmt.Errorf("the value cannot be written as JSON: %w", err)}
	}
	return SetJSON(path, text)
}

// SetJSON is [Set] for a value that is JSON already.
func SetJSON(path string, text []byte) Edit {
	value, findings := document.ParseValue(APIName, string(text), document.Limits{})
	if value == nil {
		return Edit{path: path, failed: &ValidationError{Findings: findings}}
	}
	document.Place(value, document.Position{File: APIName})
	return Edit{path: path, value: value}
}

// Unset makes an edit that takes back what was set at a path and below it: the
// files and the environment decide again. It does not remove what they say.
func Unset(path string) Edit { return Edit{path: path} }

// FailedEdit makes an edit that cannot be carried out: Update refuses it, and all
// edits beside it, with err.
func FailedEdit(path string, err error) Edit { return Edit{path: path, failed: err} }

// Apply implements [RequestOption].
func (e Edit) Apply(r *Request) { r.Edits = append(r.Edits, e) }

func (Edit) ofUpdate() {}
func (Edit) ofDryRun() {}

// Path is the path of the value.
func (e Edit) Path() string { return e.path }

// Value is the value to be set, nil for [Unset], or why there is none.
func (e Edit) Value() (*document.Node, error) { return e.value, e.failed }

// APIName is what findings and explanations call the layer of the values that
// were set through [Manager.Update], the strongest one.
const APIName = "(api)"

// DefaultName is what explanations call the defaults of the schema, the weakest layer.
const DefaultName = "(default)"
