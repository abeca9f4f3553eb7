package untyped

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/validate"

	rt "github.com/hotbind/hotbind/runtime"
)

// formats are those whose text stands for another value, as generated code has it.
var formats = map[string]func(text string) (fmt.Stringer, error){
	"date-time":   of(format.DateTime),
	"date":        of(rt.ParseDate),
	"go-duration": of(format.GoDuration),
	"duration":    of(format.ISODuration),
	"ipv4":        of(format.IPv4),
	"ipv6":        of(format.IPv6),
	"cidr":        of(format.CIDR),
	"uri":         of(rt.ParseURL),
	"byte-size":   of(rt.ParseByteSize),
}

func of[T fmt.Stringer](parse func(string) (T, error)) func(string) (fmt.Stringer, error) {
	return func(text string) (fmt.Stringer, error) { return parse(text) }
}

// A meaning is what the text of a string stands for: it is shown as that, and
// written as the text.
type meaning struct {
	fmt.Stringer
	text string
}

// MarshalJSON implements json.Marshaler.
func (m meaning) MarshalJSON() ([]byte, error) { return json.Marshal(m.text) }

// formatted is what the text of a string stands for; nil: the text itself.
func formatted(shape document.Shape, n *document.Node) fmt.Stringer {
	detail, ok := shape.(validate.Detail)
	if !ok || n.Kind != document.String {
		return nil
	}
	parse := formats[detail.Format()]
	if parse == nil {
		return nil
	}
	v, err := parse(n.Text)
	if err != nil {
		return nil
	}
	return v
}

// equal reports whether two values mean the same to the schema.
func equal(shape document.Shape, a, b *document.Node) bool {
	if shape == nil || a == nil || b == nil || a.Kind != b.Kind {
		return document.Equal(a, b)
	}
	switch a.Kind {
	case document.Object:
		return equalMembers(shape, a, b)
	case document.List:
		if len(a.Items) != len(b.Items) {
			return false
		}
		for i := range a.Items {
			if !equal(shape.Item(), a.Items[i], b.Items[i]) {
				return false
			}
		}
		return true
	}
	return document.Equal(a, b) || sameText(formatted(shape, a), formatted(shape, b))
}

func equalMembers(shape document.Shape, a, b *document.Node) bool {
	if len(a.Members) != len(b.Members) {
		return false
	}
	for _, m := range a.Members {
		below, _ := shape.Member(m.Key)
		other := b.Get(m.Key)
		if other == nil || !equal(below, m.Value, other) {
			return false
		}
	}
	return true
}

func sameText(a, b fmt.Stringer) bool {
	if t, ok := a.(time.Time); ok {
		u, ok := b.(time.Time)
		return ok && t.Equal(u)
	}
	return a != nil && b != nil && a.String() == b.String()
}

// value is a node for a reader of changes.
func (p place) value(v any) any {
	n, ok := v.(*document.Node)
	if !ok {
		n = v.(*Config).doc // the configuration as a whole
	}
	shown := document.Hide(n, p.shape, p.secret)
	if shown.Kind == document.String && shown.Text == rt.Redacted {
		return rt.NewSecret(struct{}{})
	}
	if v := formatted(p.shape, n); v != nil {
		return meaning{v, n.Text}
	}
	switch n.Kind {
	case document.Null:
		return rt.Null[any]()
	case document.Bool:
		return n.Text == "true"
	case document.Number:
		return number(n.Text)
	case document.String:
		if detail, ok := p.shape.(validate.Detail); ok && detail.Listed() {
			return word(n.Text)
		}
		return n.Text
	}
	return section{shown}
}

// A word is one of a list, which stands in changes without quotes.
type word string

func (w word) String() string { return string(w) }

func number(text string) any {
	if digits, whole := document.IntegerText(text); whole {
		return json.Number(digits)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || document.CompareNumbers(strconv.FormatFloat(f, 'g', -1, 64), text) != 0 {
		return json.Number(text)
	}
	return f
}

// A section is an object or a list, secrets hidden.
type section struct{ shown *document.Node }

// MarshalJSON implements json.Marshaler.
func (s section) MarshalJSON() ([]byte, error) { return s.shown.AppendJSON(nil), nil }
