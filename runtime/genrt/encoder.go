package genrt

import (
	"encoding/json"

	"github.com/hotbind/hotbind/runtime/document"
)

// An encoder writes values as JSON.
type encoder struct {
	b []byte
	// reveal writes secrets as a document has them. They are hidden otherwise.
	reveal bool
}

// encode returns a value as JSON with its secrets hidden.
func encode(t Type, p any) []byte {
	var e encoder
	t.encode(&e, p)
	return e.b
}

// raw writes JSON as it is.
func (e *encoder) raw(text string) { e.b = append(e.b, text...) }

// text writes a string.
func (e *encoder) text(s string) { e.node(document.NewScalar(document.String, s, document.Position{})) }

func (e *encoder) node(n *document.Node) { e.b = n.AppendJSON(e.b) }

// marshal writes v as encoding/json does. It writes null for a value that encoding/json
// cannot write, which only code can have set.
func (e *encoder) marshal(v any) {
	text, err := json.Marshal(v)
	if err != nil {
		e.raw("null")
		return
	}
	e.b = append(e.b, text...)
}
