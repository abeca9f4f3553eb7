package shape

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

// A bound is the limit that a keyword sets on values of some kinds.
type bound struct {
	kinds  rules.Kinds
	most   bool   // an upper bound; otherwise a lower one
	open   bool   // excludes the number itself
	number string // JSON
	text   string // for messages
	at     schema.Place
}

// warnOfNothing warns of a view that no value can satisfy. The schema is well formed,
// but nobody means it; the schema false is for that.
func (w *worker) warnOfNothing(v *view) {
	if slices.ContainsFunc(v.parts, func(p *part) bool { return p.s.Never }) {
		return
	}
	kinds := w.kindsOfView(v)
	if kinds == 0 {
		w.Warnf(v.s.At, "nothing-valid", "", "no value is valid: %s", v.whyNoKind())
		return
	}
	var bounds []bound
	for _, p := range v.parts {
		bounds = append(bounds, boundsOf(p.s)...)
	}
	w.warnOfBounds(bounds, kinds)
	if kinds&rules.KindObject != 0 {
		w.warnOfRequired(v)
	}
}

// whyNoKind names the keywords that together allow no kind of value.
func (v *view) whyNoKind() string {
	var keywords []string
	for _, keyword := range []string{"type", "enum", "const", "oneOf", "anyOf"} {
		if slices.ContainsFunc(v.parts, func(p *part) bool { return p.s.Has(keyword) }) {
			keywords = append(keywords, keyword)
		}
	}
	if len(keywords) < 2 {
		return "no type is allowed by all parts of the schema"
	}
	last := len(keywords) - 1
	return "no type is allowed by " + strings.Join(keywords[:last], ", ") + " and " + keywords[last] + " together"
}

// boundsOf returns the bounds that s sets.
func boundsOf(s *schema.Schema) (list []bound) {
	if f := format.Named(s.Format); f != nil && f.Kind == document.Number {
		at := s.Keyword("format")
		list = append(list, bound{rules.KindNumber, false, false, f.Lowest, f.Name + " begins at " + f.Lowest, at},
			bound{rules.KindNumber, true, false, f.Highest, f.Name + " ends at " + f.Highest, at})
	}
	add := func(kinds rules.Kinds, most bool, keyword, number string) {
		if number != "" {
			list = append(list, bound{kinds, most, strings.HasPrefix(keyword, "exclusive"), number, keyword + " is " + number, s.Keyword(keyword)})
		}
	}
	counts := func(kinds rules.Kinds, least string, lo schema.Count, most string, hi schema.Count) {
		add(kinds, false, least, countText(lo))
		add(kinds, true, most, countText(hi))
	}
	add(rules.KindNumber, false, "minimum", s.Minimum)
	add(rules.KindNumber, false, "exclusiveMinimum", s.Above)
	add(rules.KindNumber, true, "maximum", s.Maximum)
	add(rules.KindNumber, true, "exclusiveMaximum", s.Below)
	counts(rules.KindString, "minLength", s.MinLength, "maxLength", s.MaxLength)
	counts(rules.KindList, "minItems", s.MinItems, "maxItems", s.MaxItems)
	counts(rules.KindObject, "minProperties", s.MinProperties, "maxProperties", s.MaxProperties)
	if s.Items != nil && s.Items.Never { // the list ends with its last position
		n := strconv.Itoa(len(s.Prefix))
		list = append(list, bound{rules.KindList, true, false, n, "no more than " + n + " are allowed", s.Items.At})
	}
	if n := strconv.Itoa(len(s.Required)); n != "0" {
		list = append(list, bound{rules.KindObject, false, false, n, n + " properties are required", s.At})
	}
	return list
}

// countText returns a count as a JSON number, or "" if it is absent.
func countText(c schema.Count) string {
	if !c.Given {
		return ""
	}
	return strconv.Itoa(c.N)
}

var sized = map[rules.Kinds]string{rules.KindNumber: "number", rules.KindString: "string", rules.KindList: "list", rules.KindObject: "object"}

// warnOfBounds warns of the first two bounds on a kind that contradict each other.
func (w *worker) warnOfBounds(bounds []bound, kinds rules.Kinds) {
	for _, lo := range bounds {
		for _, hi := range bounds {
			if lo.most || !hi.most || lo.kinds != hi.kinds || lo.kinds&kinds == 0 {
				continue
			}
			if order := document.CompareNumbers(lo.number, hi.number); order > 0 || order == 0 && (lo.open || hi.open) {
				w.Warnf(hi.at, "nothing-valid", "", "no %s is valid: %s and %s", sized[lo.kinds], lo.text, hi.text)
				kinds &^= lo.kinds
			}
		}
	}
}

// warnOfRequired warns of properties that are required but never allowed.
func (w *worker) warnOfRequired(v *view) {
	for _, p := range v.parts {
		for _, declared := range p.s.Properties {
			if !declared.Schema.Never {
				continue
			}
			if slices.ContainsFunc(v.parts, func(q *part) bool { return slices.Contains(q.s.Required, declared.Key) }) {
				w.Warnf(declared.Schema.At, "nothing-valid", "", "no object is valid: %q is required, but its schema allows no value", declared.Key)
			}
		}
	}
}
