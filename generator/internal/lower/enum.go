package lower

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

// finite lists the values of v where the schema lists them, by enum, by const, or
// by alternatives that all do. Null is left to the optional around them where
// there are others.
func (l *lowerer) finite(v *view) ([]*document.Node, bool) {
	var values []*document.Node
	found := false
	for _, p := range v.parts {
		if values, found = l.listed(p.s); found {
			break
		}
	}
	if !found {
		return nil, false
	}
	values = distinct(slices.DeleteFunc(slices.Clone(values), func(n *document.Node) bool { return !l.acceptsView(v, n) }))
	if len(values) > 1 {
		values = slices.DeleteFunc(values, func(n *document.Node) bool { return n.Kind == document.Null })
	}
	return values, true
}

// listed are the values that s lists itself.
func (l *lowerer) listed(s *schema.Schema) ([]*document.Node, bool) {
	switch {
	case s.Const != nil:
		return []*document.Node{s.Const}, true
	case s.EnumGiven || len(s.Enum) > 0:
		return s.Enum, true
	}
	for _, branches := range [][]*schema.Schema{s.OneOf, s.AnyOf} {
		if values, ok := l.listedByAll(branches); ok {
			return values, true
		}
	}
	return nil, false
}

func (l *lowerer) listedByAll(branches []*schema.Schema) (all []*document.Node, ok bool) {
	for _, b := range branches {
		found := false
		for _, p := range l.view(b).parts {
			values, ok := l.listed(p.s)
			if found = ok; found {
				all = append(all, values...)
				break
			}
		}
		if !found && l.kindsOf(b) == kindNull {
			all, found = append(all, &document.Node{Kind: document.Null, Pos: b.At.Pos}), true
		}
		if !found {
			return nil, false
		}
	}
	return all, len(branches) > 0
}

// enum is a value of a fixed set: a named type with constants, or for a single
// value a plain one whose constant stands beside the struct. The values are what
// is left by everything that v says, so that nothing else is to be checked.
func (l *lowerer) enum(v *view, values []*document.Node, at scope, given *ir.Decl) ir.Type {
	v.takeEverything()
	if len(values) == 0 {
		l.diags.Warnf(v.s.At, "empty-enum", "", "no value is allowed by all that the schema says, so nothing could ever be valid")
		return &ir.Any{Never: true, Why: "nothing is allowed here"}
	}
	var texts []string
	for _, v := range values {
		texts = append(texts, string(v.AppendJSON(nil)))
	}
	base := commonBase(values)
	if base == "float64" && sameFloats(values) {
		base = "" // no constants could tell them apart
	}
	if base == "" || base == "bool" {
		return scalarEnum(base, texts, values)
	}
	t := &ir.Scalar{Go: base}
	if base == "string" {
		t.Text.Enum = texts
	} else {
		t.Enum = texts
	}
	if len(values) == 1 && v.s.DefName == "" && given == nil {
		return t // a constant and a checked field
	}
	d := given
	if d == nil {
		d = l.declare(v, at)
	}
	d.Enum = &ir.Enum{Base: base, Type: t}
	for _, n := range values {
		c := ir.Const{Value: valueOf(n), Doc: l.valueDoc(v, n)}
		d.Enum.Values = append(d.Enum.Values, c)
	}
	d.Doc = l.declDoc(v.s)
	return nil
}

// valueOf is n as a Go constant.
func valueOf(n *document.Node) ir.Value {
	value := ir.Value{Text: n.Text, IsString: n.Kind == document.String}
	if digits, ok := document.IntegerText(n.Text); ok && !value.IsString {
		value.Text = digits
	}
	return value
}

// valueDoc is what the alternative that names n says of it.
func (l *lowerer) valueDoc(v *view, n *document.Node) []string {
	for _, p := range v.parts {
		for _, b := range slices.Concat(p.s.OneOf, p.s.AnyOf) {
			if b.Const != nil && document.Equal(b.Const, n) {
				if b.Description != "" {
					return wrap(b.Description)
				}
				return wrap(b.Title)
			}
		}
	}
	return nil
}

// scalarEnum is an enum that gets no type of its own: of booleans, or of values
// that no Go type unites.
func scalarEnum(base string, texts []string, values []*document.Node) ir.Type {
	if base == "bool" {
		if len(texts) > 1 {
			texts = nil
		}
		return &ir.Scalar{Go: "bool", Enum: texts}
	}
	why := "its values are of different types"
	if len(values) == 1 {
		why = "its only value is no scalar"
	}
	return &ir.Any{Enum: texts, Why: why}
}

// distinct drops values that stand in the list already.
func distinct(values []*document.Node) (list []*document.Node) {
	for _, v := range values {
		if !slices.ContainsFunc(list, func(n *document.Node) bool { return document.Equal(n, v) }) {
			list = append(list, v)
		}
	}
	return list
}

// sameFloats reports whether two of the numbers are one float64.
func sameFloats(values []*document.Node) bool {
	seen := map[float64]bool{}
	for _, v := range values {
		f, err := strconv.ParseFloat(v.Text, 64)
		if err != nil || seen[f] {
			return true
		}
		seen[f] = true
	}
	return false
}

// commonBase is the Go type that holds all values; empty: none.
func commonBase(values []*document.Node) string {
	base := ""
	for _, v := range values {
		this := ""
		switch v.Kind {
		case document.String:
			this = "string"
		case document.Bool:
			this = "bool"
		case document.Number:
			this = "float64"
			if digits, ok := document.IntegerText(v.Text); ok && document.CompareNumbers(digits, minInt64) >= 0 && document.CompareNumbers(digits, maxInt64) <= 0 {
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
	return base
}
