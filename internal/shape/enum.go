package shape

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// finite lists the values of v if the schema lists them, in enum, const, or
// alternatives that all do. With other values, null is left to the optional around
// them.
func (w *worker) finite(v *view) ([]*document.Node, bool) {
	var values []*document.Node
	found := false
	for _, p := range v.parts {
		if values, found = w.kinds.Listed(p.s); found {
			break
		}
	}
	if !found {
		return nil, false
	}
	var list []*document.Node
	for _, n := range values {
		if w.acceptsView(v, n) && !slices.ContainsFunc(list, func(other *document.Node) bool { return document.Equal(n, other) }) {
			list = append(list, n)
		}
	}
	if len(list) > 1 {
		list = slices.DeleteFunc(list, func(n *document.Node) bool { return n.Kind() == document.Null })
	}
	return list, true
}

// enum returns the type of a fixed set of values: a named type with constants, or for a
// single value a plain type with a constant beside the struct. values satisfy all of v,
// so nothing else is left to check.
func (w *worker) enum(v *view, values []*document.Node, at *Place) Type {
	v.takeEverything()
	if len(values) == 0 {
		w.Warnf(v.s.At, "empty-enum", "", "no value is valid: the rest of the schema excludes all listed values")
		return &Any{Never: true, Why: "no value is allowed here"}
	}
	var texts []string
	for _, v := range values {
		texts = append(texts, string(v.AppendJSON(nil)))
	}
	base := commonBase(values)
	switch {
	case base == "bool" && len(texts) > 1:
		return &Scalar{Go: "bool"}
	case base == "bool":
		return &Scalar{Go: "bool", Enum: texts}
	case base == "" && len(values) == 1:
		return &Any{Enum: texts, Why: "its only value is not a scalar"}
	case base == "":
		return &Any{Enum: texts, Why: "its values are of different types"}
	}
	t := &Scalar{Go: base}
	if base == "string" {
		t.Text.Enum = texts
	} else {
		t.Enum = texts
	}
	if len(values) == 1 && v.s.DefName == "" && w.decls[v.key] == nil {
		return t // a constant and a checked field
	}
	d := w.declare(v, at)
	d.Enum = &Enum{Type: t}
	for _, n := range values {
		value := ValueOf(n)
		value.Doc = v.valueDoc(n)
		d.Enum.Values = append(d.Enum.Values, value)
	}
	return nil
}

// ValueOf returns n, a string or a number, as a constant.
func ValueOf(n *document.Node) Value {
	value := Value{Text: n.Text(), IsString: n.Kind() == document.String}
	if digits, ok := document.IntegerText(n.Text()); ok && !value.IsString {
		value.Text = digits
	}
	return value
}

// valueDoc returns the description of the alternative that names n.
func (v *view) valueDoc(n *document.Node) string {
	for _, p := range v.parts {
		for _, b := range slices.Concat(p.s.OneOf, p.s.AnyOf) {
			if b.Const != nil && document.Equal(b.Const, n) {
				return cmp.Or(b.Description, b.Title)
			}
		}
	}
	return ""
}

// commonBase returns the Go type that holds all values. It is empty if there is none,
// or if float64 constants could not distinguish them.
func commonBase(values []*document.Node) string {
	base, floats := "", map[float64]bool{}
	for _, v := range values {
		this := ""
		switch v.Kind() {
		case document.String:
			this = "string"
		case document.Bool:
			this = "bool"
		case document.Number:
			this = "float64"
			if f, err := strconv.ParseFloat(v.Text(), 64); err == nil {
				floats[f] = true
			}
			if digits, ok := document.IntegerText(v.Text()); ok && document.CompareNumbers(digits, minInt64) >= 0 && document.CompareNumbers(digits, maxInt64) <= 0 {
				this = "int"
			}
		default:
			return ""
		}
		switch {
		case base == "" || base == this:
			base = this
		case strings.Contains("int float64", base) && strings.Contains("int float64", this):
			base = "float64"
		default:
			return ""
		}
	}
	if base == "float64" && len(floats) < len(values) {
		return ""
	}
	return base
}
