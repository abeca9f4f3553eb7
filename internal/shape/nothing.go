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

// A bound is what a keyword sets to the size of a value.
type bound struct {
	number string // JSON
	open   bool   // the number itself is not allowed
	said   string // for messages
	at     schema.Place
}

// warnOfNothing warns of a view that says something of values which no value meets:
// the schema is well formed, and nobody can have meant it. Who means it says false.
func (w *worker) warnOfNothing(v *view) {
	if slices.ContainsFunc(v.parts, func(p *part) bool { return p.s.Never }) {
		return
	}
	kinds := w.kindsOfView(v)
	if kinds == 0 {
		w.Warnf(v.s.At, "nothing-valid", "", "no value is valid, because %s", v.whyNoKind())
		return
	}
	for _, size := range v.sizes() {
		if kinds&size.kinds != 0 {
			w.warnOfBounds(size)
		}
	}
	if kinds&rules.KindObject != 0 {
		w.warnOfRequired(v)
	}
}

// whyNoKind tells what allows no kind of value together.
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

// A size is what a view says of how large its values of some kinds are.
type size struct {
	kinds       rules.Kinds
	what        string
	least, most []bound
}

func (v *view) sizes() []*size {
	numbers := &size{kinds: rules.KindNumber, what: "number"}
	texts := &size{kinds: rules.KindString, what: "string"}
	lists := &size{kinds: rules.KindList, what: "list"}
	objects := &size{kinds: rules.KindObject, what: "object"}
	for _, p := range v.parts {
		s := p.s
		numbers.ofFormat(s)
		numbers.atLeast(s, "minimum", s.Minimum)
		numbers.atLeast(s, "exclusiveMinimum", s.Above)
		numbers.atMost(s, "maximum", s.Maximum)
		numbers.atMost(s, "exclusiveMaximum", s.Below)
		texts.counts(s, "minLength", "maxLength")
		lists.counts(s, "minItems", "maxItems")
		lists.ofPositions(s)
		objects.counts(s, "minProperties", "maxProperties")
		if n := len(s.Required); n > 0 {
			objects.least = append(objects.least, bound{number: strconv.Itoa(n), said: strconv.Itoa(n) + " properties are required"})
		}
	}
	return []*size{numbers, texts, lists, objects}
}

// atLeast adds the number that a keyword of s sets; empty: none.
func (z *size) atLeast(s *schema.Schema, keyword, number string) {
	if number != "" {
		z.least = append(z.least, boundOf(s, keyword, number))
	}
}

// atMost is as atLeast.
func (z *size) atMost(s *schema.Schema, keyword, number string) {
	if number != "" {
		z.most = append(z.most, boundOf(s, keyword, number))
	}
}

func boundOf(s *schema.Schema, keyword, number string) bound {
	return bound{number, strings.HasPrefix(keyword, "exclusive"), keyword + " is " + number, s.Keyword(keyword)}
}

func (z *size) counts(s *schema.Schema, least, most string) {
	lo, hi := countsOf(s, least)
	if lo.Given {
		z.atLeast(s, least, strconv.Itoa(lo.N))
	}
	if hi.Given {
		z.atMost(s, most, strconv.Itoa(hi.N))
	}
}

// ofFormat adds the bounds of a format of numbers.
func (z *size) ofFormat(s *schema.Schema) {
	if f := format.Named(s.Format); f != nil && f.Kind == document.Number {
		at := s.Keyword("format")
		z.least = append(z.least, bound{number: f.Lowest, said: f.Name + " begins at " + f.Lowest, at: at})
		z.most = append(z.most, bound{number: f.Highest, said: f.Name + " ends at " + f.Highest, at: at})
	}
}

// ofPositions bounds lists that end with their last position.
func (z *size) ofPositions(s *schema.Schema) {
	if s.Items != nil && s.Items.Never {
		n := strconv.Itoa(len(s.Prefix))
		z.most = append(z.most, bound{number: n, said: "no more than " + n + " are allowed", at: s.Items.At})
	}
}

// warnOfBounds warns of the first two bounds that exclude each other.
func (w *worker) warnOfBounds(z *size) {
	for _, lo := range z.least {
		for _, hi := range z.most {
			order := document.CompareNumbers(lo.number, hi.number)
			if order > 0 || order == 0 && (lo.open || hi.open) {
				w.Warnf(hi.at, "nothing-valid", "", "no %s is valid, because %s and %s", z.what, lo.said, hi.said)
				return
			}
		}
	}
}

// warnOfRequired warns of properties that have to be there and must not.
func (w *worker) warnOfRequired(v *view) {
	for _, p := range v.parts {
		for _, declared := range p.s.Properties {
			if !declared.Schema.Never {
				continue
			}
			if slices.ContainsFunc(v.parts, func(q *part) bool { return slices.Contains(q.s.Required, declared.Key) }) {
				w.Warnf(declared.Schema.At, "nothing-valid", "", "no object is valid, because %q is required and its schema allows no value", declared.Key)
			}
		}
	}
}
