package genrt

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// An Any is the table of a value whose schema has no type, or allows values of several
// types (Enum). It holds the value as encoding/json would, except that a whole number is
// an int, and a number that neither int nor float64 holds exactly is a json.Number.
type Any struct {
	leaf
	Enum  []string
	Never bool // the schema allows no value at all
}

func (t *Any) Kind() document.Kind { return 0 }

func (t *Any) decode(d *decoder, n *document.Node, p any) {
	if t.Never {
		d.Find(n, wording.Never)
		return
	}
	d.Enum(n, t.Enum)
	*p.(*any) = untypedValue(n)
}

func untypedValue(n *document.Node) any {
	switch n.Kind() {
	case document.Bool:
		return n.Text() == "true"
	case document.String:
		return n.Text()
	case document.Number:
		return untypedNumber(n.Text())
	case document.List:
		list := make([]any, len(n.Items()))
		for i, item := range n.Items() {
			list[i] = untypedValue(item)
		}
		return list
	case document.Object:
		object := make(map[string]any, len(n.Members()))
		for i := range n.Members() {
			object[n.Members()[i].Key()] = untypedValue(n.Members()[i].Value())
		}
		return object
	}
	return nil
}

func untypedNumber(text string) any {
	if digits, whole := document.IntegerText(text); whole {
		if i, err := strconv.Atoi(digits); err == nil {
			return i
		}
		return json.Number(digits)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || document.CompareNumbers(strconv.FormatFloat(f, 'g', -1, 64), text) != 0 {
		return json.Number(text)
	}
	return f
}

func (t *Any) encode(e *encoder, p any) { e.marshal(*p.(*any)) }

func (t *Any) equal(a, b any) bool { return equalUntyped(*a.(*any), *b.(*any)) }
func (t *Any) clone(dst, src any)  { *dst.(*any) = cloneUntyped(*src.(*any)) }
func (t *Any) set(p any) bool      { return *p.(*any) != nil }
func (t *Any) encoded(any) bool    { return true } // nil is null: a field that can be absent is an Optional

func (t *Any) ref(p any) any {
	if !t.set(p) {
		return nil
	}
	return p
}

func (t *Any) value(p any) any {
	if v := *p.(*any); v != nil {
		return v
	}
	return rt.Null[any]()
}

// equalUntyped compares by value the numbers that are kept as they are written.
func equalUntyped(a, b any) bool {
	switch x := a.(type) {
	case json.Number:
		y, ok := b.(json.Number)
		return ok && document.CompareNumbers(string(x), string(y)) == 0
	case []any:
		y, ok := b.([]any)
		return ok && (x == nil) == (y == nil) && slices.EqualFunc(x, y, equalUntyped)
	case map[string]any:
		y, ok := b.(map[string]any)
		return ok && (x == nil) == (y == nil) && maps.EqualFunc(x, y, equalUntyped)
	}
	return reflect.DeepEqual(a, b)
}

func cloneUntyped(v any) any {
	switch v := v.(type) {
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = cloneUntyped(v[i])
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(v))
		for key := range v {
			object[key] = cloneUntyped(v[key])
		}
		return object
	}
	return v
}
