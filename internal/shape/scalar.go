package shape

import (
	"cmp"

	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

// isTextFormat reports whether a format limits strings.
func isTextFormat(name string) bool {
	f := format.Named(name)
	return f != nil && f.Kind == document.String && f.Limits()
}

// isGoFormat reports whether strings of a format become values of another Go type.
func isGoFormat(name string) bool {
	f := format.Named(name)
	return f != nil && f.Kind == document.String && f.Type != ""
}

// text returns a string, or the Go type of its format.
func (w *worker) text(v *view) Type {
	common := w.commonFormat(v)
	t := rules.Text{Length: v.count("minLength", "maxLength")}
	for _, p := range v.parts {
		if p.left["pattern"] && t.Pattern == nil {
			t.Pattern = w.left.Pattern(p.s.Pattern)
			p.take("pattern")
		}
		switch f := p.s.Format; {
		case !p.left["format"]:
		case !isTextFormat(f): // the reader has warned of an unknown one
			p.take("format")
		case common == f:
			p.take("format") // parsing checks it
		case !isGoFormat(f) && t.Format == "":
			t.Format = f
			p.take("format")
		}
	}
	if common != "" {
		return &Formatted{Format: common, Text: t}
	}
	return &Scalar{Go: "string", Text: t}
}

// commonFormat returns the format with a Go type that all values of v have, or "".
func (w *worker) commonFormat(v *view) string {
	for _, p := range v.parts {
		if isGoFormat(p.s.Format) {
			return p.s.Format
		}
	}
	for _, g := range v.groups() {
		if f := w.formatOfAll(g.branches); f != "" {
			return f
		}
	}
	return ""
}

// formatOfAll returns the format that all strings among list share.
func (w *worker) formatOfAll(list []*schema.Schema) string {
	common := ""
	for _, s := range list {
		if w.kinds.Kinds(s)&rules.KindString == 0 {
			continue
		}
		this := w.commonFormat(w.view(s))
		if this == "" || common != "" && this != common {
			return ""
		}
		common = this
	}
	return common
}

// count takes the bounds that two keywords set on a count.
func (v *view) count(least, most string) (c rules.Count) {
	for _, p := range v.parts {
		lo, hi := p.s.MinProperties, p.s.MaxProperties
		switch least {
		case "minLength":
			lo, hi = p.s.MinLength, p.s.MaxLength
		case "minItems":
			lo, hi = p.s.MinItems, p.s.MaxItems
		}
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

// rangeOf takes the bounds of a number; the tightest win.
func (w *worker) rangeOf(v *view) (r rules.Range) {
	for _, p := range v.parts {
		r.Meet(rules.Range{Min: p.s.Minimum, Above: p.s.Above, Max: p.s.Maximum, Below: p.s.Below})
		if p.left["multipleOf"] && r.MultipleOf == "" {
			r.MultipleOf = p.s.MultipleOf
			p.take("multipleOf")
		}
		p.take("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
	}
	return r
}

// numberFormat takes the first number format of v, and tightens r by all further ones.
// It returns nil if there is none.
func (w *worker) numberFormat(v *view, r *rules.Range) (first *format.Format) {
	for _, p := range v.parts {
		f := format.Named(p.s.Format)
		if f == nil || f.Kind != document.Number || !p.left["format"] {
			continue
		}
		p.take("format")
		if first == nil {
			first = f
			continue
		}
		r.Meet(rules.Range{Min: f.Lowest, Max: f.Highest})
	}
	return first
}

// number returns a float64.
func (w *worker) number(v *view) Type {
	t := &Scalar{Go: "float64", Range: w.rangeOf(v)}
	if f := w.numberFormat(v, &t.Range); f != nil {
		t.Range.Meet(rules.Range{Min: f.Lowest, Max: f.Highest})
	}
	return t
}

const (
	minInt64  = "-9223372036854775808"
	maxInt64  = "9223372036854775807"
	maxUint64 = "18446744073709551615"
)

// integer returns the type of the format, or int, or uint64 if the bounds need it. If
// the bounds allow values beyond 64 bits, it is a float64 that keeps its text.
func (w *worker) integer(v *view) Type {
	r := w.rangeOf(v)
	f := w.numberFormat(v, &r)
	if f != nil && f.Whole {
		v.takeAll("type")
		return &Scalar{Go: string(f.Type), Range: r}
	}
	over := func(bound, limit string, sign int) bool {
		return bound != "" && document.CompareNumbers(bound, limit) == sign
	}
	highest, lowest := cmp.Or(r.Max, r.Below), cmp.Or(r.Min, r.Above)
	t := &Scalar{Go: "int", Range: r}
	if over(highest, maxInt64, 1) && lowest != "" && document.CompareNumbers(lowest, "0") >= 0 {
		t.Go = "uint64"
	}
	for _, b := range []struct{ keyword, bound string }{
		{"minimum", r.Min}, {"exclusiveMinimum", r.Above}, {"maximum", r.Max}, {"exclusiveMaximum", r.Below},
	} {
		if over(b.bound, minInt64, -1) || over(b.bound, maxUint64, 1) || (t.Go == "int" && over(b.bound, maxInt64, 1)) {
			at := v.s
			for _, p := range v.parts {
				if p.s.Has(b.keyword) {
					at = p.s
				}
			}
			w.Warnf(at.Keyword(b.keyword), "out-of-range", "keep the bounds within 64 bits, or use the type number or string",
				"the bound %s is beyond 64-bit integers, so the Go type is float64", b.bound)
			if f != nil {
				r.Meet(rules.Range{Min: f.Lowest, Max: f.Highest})
			}
			return &Scalar{Go: "float64", Range: r}
		}
	}
	v.takeAll("type")
	return t
}
