package lower

import (
	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/validate"
)

// isKnownFormat reports whether a format limits strings.
func isKnownFormat(name string) bool {
	f := format.Named(name)
	return f != nil && f.Kind == document.String && f.Limits()
}

// isGoFormat reports whether strings of a format become Go values of another type.
func isGoFormat(name string) bool {
	f := format.Named(name)
	return f != nil && f.Kind == document.String && f.Type != ""
}

// text is a string, or the Go value that its format becomes.
func (l *lowerer) text(v *view) ir.Type {
	format := l.commonFormat(v)
	t := ir.Text{Length: v.count("minLength", "maxLength")}
	for _, p := range v.parts {
		if p.left["pattern"] && t.Pattern == "" && l.checkPattern(p.s.Keyword("pattern"), p.s.Pattern) {
			t.Pattern = p.s.Pattern
			p.take("pattern")
		}
		switch f := p.s.Format; {
		case !p.left["format"]:
		case !isKnownFormat(f):
			l.warnUnknownFormat(p.s)
			p.take("format")
		case format == f:
			p.take("format") // reading it checks it
		case !isGoFormat(f) && t.Format == "":
			t.Format = f
			p.take("format")
		}
	}
	if format != "" {
		return &ir.Formatted{Format: format, Text: t}
	}
	return &ir.Scalar{Go: "string", Text: t}
}

func (l *lowerer) warnUnknownFormat(s *schema.Schema) {
	if f := format.Named(s.Format); f == nil || f.Kind != document.String {
		l.diags.Warnf(s.Keyword("format"), "unknown-format", "", "the format %q is not known, so any string is allowed", s.Format)
	}
}

// commonFormat is the format with a Go type that all values of v have; empty:
// none.
func (l *lowerer) commonFormat(v *view) string {
	for _, p := range v.parts {
		if isGoFormat(p.s.Format) {
			return p.s.Format
		}
	}
	for _, g := range v.groups() {
		if f := l.formatOfAll(g.branches); f != "" {
			return f
		}
	}
	return ""
}

// formatOfAll is the one format that all strings among list have.
func (l *lowerer) formatOfAll(list []*schema.Schema) string {
	format := ""
	for _, s := range list {
		if l.kindsOf(s)&kindString == 0 {
			continue
		}
		this := l.commonFormat(l.view(s))
		if this == "" || format != "" && this != format {
			return ""
		}
		format = this
	}
	return format
}

// checkPattern refuses what is no regular expression of ECMAScript, and warns of
// what only some engines read.
func (l *lowerer) checkPattern(at schema.Place, pattern string) bool {
	if l.patterns[pattern] {
		return true
	}
	if err := validate.PatternError(pattern); err != nil {
		l.diags.Errorf(at, "unsupported-pattern", "", "the pattern %s cannot be used: %v", oneLine(pattern), err)
		return false
	}
	if foreign := validate.PatternForeign(pattern); foreign != "" {
		l.diags.Warnf(at, "foreign-pattern", "say it as ECMAScript does", "the pattern %s uses %s, which other validators may not read", oneLine(pattern), foreign)
	} else {
		l.patterns[pattern] = true
	}
	return true
}

// count takes the bounds that two keywords set on a number of things.
func (v *view) count(least, most string) (c ir.Count) {
	for _, p := range v.parts {
		lo, hi := countsOf(p.s, least)
		if p.left[least] {
			c.Min = max(c.Min, lo.N)
		}
		if p.left[most] && (!c.Capped || hi.N < c.Max) {
			c.Max, c.Capped = hi.N, true
		}
		p.take(least, most)
	}
	return c
}

// countsOf are the bounds of s, the lower of which is called least.
func countsOf(s *schema.Schema, least string) (lo, hi schema.Count) {
	switch least {
	case "minLength":
		return s.MinLength, s.MaxLength
	case "minItems":
		return s.MinItems, s.MaxItems
	}
	return s.MinProperties, s.MaxProperties
}

// rangeOf takes the bounds of a number; of several the tightest.
func (l *lowerer) rangeOf(v *view) (r ir.Range) {
	for _, p := range v.parts {
		tighten(&r.Min, p.s.Minimum, 1)
		tighten(&r.Above, p.s.Above, 1)
		tighten(&r.Max, p.s.Maximum, -1)
		tighten(&r.Below, p.s.Below, -1)
		if p.left["multipleOf"] && r.MultipleOf == "" {
			r.MultipleOf = p.s.MultipleOf
			p.take("multipleOf")
		}
		p.take("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
	}
	return r
}

// tighten replaces bound by other, if that allows less.
func tighten(bound *string, other string, sign int) {
	if other != "" && (*bound == "" || document.CompareNumbers(other, *bound) == sign) {
		*bound = other
	}
}

const (
	minInt64  = "-9223372036854775808"
	maxInt64  = "9223372036854775807"
	maxUint64 = "18446744073709551615"
)

// integer is int, or uint64 where the bounds need it. Values beyond 64 bits no Go
// integer holds: where the bounds allow such, it is a float64, whose text is kept.
func (l *lowerer) integer(v *view) ir.Type {
	places := map[string]*schema.Schema{}
	for _, p := range v.parts {
		for _, keyword := range []string{"minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"} {
			if p.left[keyword] {
				places[keyword] = p.s
			}
		}
	}
	r := l.rangeOf(v)
	over := func(bound, limit string, sign int) bool {
		return bound != "" && document.CompareNumbers(bound, limit) == sign
	}
	highest, lowest := r.Max, r.Min
	if highest == "" {
		highest = r.Below
	}
	if lowest == "" {
		lowest = r.Above
	}
	t := &ir.Scalar{Go: "int", Range: r}
	if over(highest, maxInt64, 1) && lowest != "" && document.CompareNumbers(lowest, "0") >= 0 {
		t.Go = "uint64"
	}
	for _, b := range []struct{ keyword, bound string }{
		{"minimum", r.Min}, {"exclusiveMinimum", r.Above}, {"maximum", r.Max}, {"exclusiveMaximum", r.Below},
	} {
		if over(b.bound, minInt64, -1) || over(b.bound, maxUint64, 1) || (t.Go == "int" && over(b.bound, maxInt64, 1)) {
			l.diags.Warnf(places[b.keyword].Keyword(b.keyword), "out-of-range", "bound the value within 64 bits, or make it a number or a string",
				"the bound %s is beyond what a Go integer holds, so that the value is a float64", b.bound)
			return &ir.Scalar{Go: "float64", Range: r}
		}
	}
	v.takeAll("type")
	return t
}
