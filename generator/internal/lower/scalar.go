package lower

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hotbind/hotbind/generator/diag"
	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/generator/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

// goFormats are the formats that become Go values; checkedFormats stay strings.
var (
	goFormats = []string{"date-time", "date", "go-duration", "duration", "ipv4", "ipv6", "cidr", "uri", "byte-size"}

	checkedFormats = []string{"time", "email", "idn-email", "hostname", "idn-hostname", "uri-reference", "iri",
		"iri-reference", "uri-template", "json-pointer", "relative-json-pointer", "uuid", "regex", "password"}
)

func (l *lowerer) text(s *schema.Schema) ir.Type {
	t := l.textOf(s)
	if slices.Contains(goFormats, s.Format) {
		return &ir.Formatted{Format: s.Format, Text: t}
	}
	return &ir.Scalar{Go: "string", Text: t}
}

// textOf is what s asks of a string. A format that becomes a Go value is checked
// by reading it.
func (l *lowerer) textOf(s *schema.Schema) ir.Text {
	t := ir.Text{Length: count(s.MinLength, s.MaxLength), Pattern: s.Pattern}
	l.checkPattern(s.Keyword("pattern"), s.Pattern)
	switch {
	case s.Format == "password", slices.Contains(goFormats, s.Format):
	case slices.Contains(checkedFormats, s.Format):
		t.Format = s.Format
	case s.Format != "":
		l.diags.Warnf(s.Keyword("format"), "unknown-format", "", "the format %q is not known, so any string is allowed", s.Format)
	}
	return t
}

// checkPattern refuses what Go's regular expressions cannot say.
func (l *lowerer) checkPattern(at diag.Place, pattern string) {
	if _, err := regexp.Compile(pattern); err != nil {
		l.diags.Errorf(at, "unsupported-pattern",
			"Go's regular expressions have no lookaround and no backreferences; say it in several keywords or in a simpler pattern",
			"the pattern %s cannot be compiled", pattern)
	}
}

func rangeOf(s *schema.Schema) ir.Range {
	return ir.Range{Min: s.Minimum, Max: s.Maximum, Above: s.Above, Below: s.Below, MultipleOf: s.MultipleOf}
}

const (
	minInt64  = "-9223372036854775808"
	maxInt64  = "9223372036854775807"
	maxUint64 = "18446744073709551615"
)

// integer is int, or uint64 where the bounds need it. Bounds beyond 64 bits
// would allow values that no Go integer holds.
func (l *lowerer) integer(s *schema.Schema) ir.Type {
	r := rangeOf(s)
	t := &ir.Scalar{Go: "int", Range: r}
	over := func(bound, limit string, sign int) bool {
		return bound != "" && document.CompareNumbers(bound, limit) == sign
	}
	highest := s.Maximum
	if highest == "" {
		highest = s.Below
	}
	lowest := s.Minimum
	if lowest == "" {
		lowest = s.Above
	}
	if over(highest, maxInt64, 1) && lowest != "" && document.CompareNumbers(lowest, "0") >= 0 {
		t.Go = "uint64"
	}
	for _, b := range []struct{ keyword, bound string }{
		{"minimum", s.Minimum}, {"exclusiveMinimum", s.Above}, {"maximum", s.Maximum}, {"exclusiveMaximum", s.Below},
	} {
		keyword, bound := b.keyword, b.bound
		if over(bound, minInt64, -1) || over(bound, maxUint64, 1) || (t.Go == "int" && over(bound, maxInt64, 1)) {
			l.diags.Errorf(s.Keyword(keyword), "out-of-range", "bound the value within 64 bits, or make it a number or a string",
				"the bound %s is beyond what a Go integer holds", bound)
		}
	}
	return t
}

// enum is a value of a fixed set: a named type with constants, or for a single
// value a plain one whose constant stands beside the struct.
func (l *lowerer) enum(s *schema.Schema, at scope, given *ir.Decl) ir.Type {
	values := l.allowedValues(s)
	if len(values) == 0 {
		l.diags.Errorf(s.At, "empty-enum", "", "no value is allowed by all that the schema says, so nothing could ever be valid")
		return &ir.Any{Never: true}
	}
	values = distinct(values)
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
	t := &ir.Scalar{Go: base, Range: rangeOf(s)}
	if base == "string" {
		t.Text = l.textOf(s)
		t.Text.Enum = texts
	} else {
		t.Enum = texts
	}
	if s.Const != nil && s.DefName == "" && given == nil {
		return t // a constant and a checked field
	}
	d := given
	if d == nil {
		d = l.declare(s, at)
	}
	d.Enum = &ir.Enum{Base: base, Type: t}
	for _, v := range values {
		c := ir.Const{Value: ir.Value{Text: v.Text, IsString: v.Kind == document.String}}
		if base == "int" {
			c.Value.Text, _ = document.IntegerText(v.Text)
		}
		d.Enum.Values = append(d.Enum.Values, c)
	}
	d.Doc = l.declDoc(s)
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

// allowedValues are the values of an enum or a const that the schema allows,
// null left to the optional around them where there are others.
func (l *lowerer) allowedValues(s *schema.Schema) []*document.Node {
	values := s.Enum
	if s.Const != nil {
		values = []*document.Node{s.Const}
	}
	values = slices.DeleteFunc(slices.Clone(values), func(n *document.Node) bool { return !l.accepts(s, n) })
	if len(values) < 2 {
		return values
	}
	return slices.DeleteFunc(values, func(n *document.Node) bool { return n.Kind == document.Null })
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
