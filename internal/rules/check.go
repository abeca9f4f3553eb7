package rules

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/pattern"
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// A Range bounds a number. The bounds are JSON numbers as written in the schema; "" is
// no bound.
type Range struct {
	Min, Max, Above, Below, MultipleOf string
}

// Meet tightens the bounds of r to those of other. MultipleOf is left alone.
func (r *Range) Meet(other Range) {
	for _, b := range []struct {
		to    *string
		bound string
		sign  int
	}{{&r.Min, other.Min, 1}, {&r.Above, other.Above, 1}, {&r.Max, other.Max, -1}, {&r.Below, other.Below, -1}} {
		if b.bound != "" && (*b.to == "" || document.CompareNumbers(b.bound, *b.to) == b.sign) {
			*b.to = b.bound
		}
	}
}

// Check reports whether n is within r and adds a finding for each bound that it breaks.
func (r *Range) Check(p *Report, n *document.Node) bool {
	if *r == (Range{}) {
		return true
	}
	text, ok := n.Text(), true
	breaks := func(keyword, bound string) {
		ok = p.refuse(n, func() document.Finding { return wording.Bound(n, p.Hides(n), keyword, bound) })
	}
	if r.Min != "" && document.CompareNumbers(text, r.Min) < 0 {
		breaks("minimum", r.Min)
	}
	if r.Above != "" && document.CompareNumbers(text, r.Above) <= 0 {
		breaks("exclusiveMinimum", r.Above)
	}
	if r.Max != "" && document.CompareNumbers(text, r.Max) > 0 {
		breaks("maximum", r.Max)
	}
	if r.Below != "" && document.CompareNumbers(text, r.Below) >= 0 {
		breaks("exclusiveMaximum", r.Below)
	}
	if r.MultipleOf != "" && !isMultiple(text, r.MultipleOf) {
		breaks("multipleOf", r.MultipleOf)
	}
	return ok
}

// isMultiple is exact. The parser bounds digits and exponents, so the fraction stays
// small.
func isMultiple(text, of string) bool {
	a, ok := new(big.Rat).SetString(text)
	b, okOf := new(big.Rat).SetString(of)
	return ok && okOf && b.Sign() != 0 && a.Quo(a, b).IsInt()
}

// A Count bounds a number of items, properties or characters. Max holds where Capped is
// set.
type Count struct {
	Min, Max int
	Capped   bool
}

// Check reports whether have is within c and adds a finding about n if not.
func (c *Count) Check(p *Report, n *document.Node, have int, unit wording.Unit) bool {
	switch {
	case have < c.Min:
		return p.refuse(n, func() document.Finding { return wording.Few(have, c.Min, unit, p.Hides(n)) })
	case c.Capped && have > c.Max:
		return p.refuse(n, func() document.Finding { return wording.Many(have, c.Max, unit, p.Hides(n)) })
	}
	return true
}

// Items checks the number of items of n and, if unique is set, that all differ. It
// reports the results of the two checks.
func (p *Report) Items(n *document.Node, length *Count, unique bool) (fits, differ bool) {
	fits, differ = *length == (Count{}) || length.Check(p, n, len(n.Items()), wording.Items), true
	if unique && p.wants(fits) {
		if i, j, found := document.Duplicate(n.Items()); found {
			differ = p.refuse(n.Items()[j], func() document.Finding { return wording.Unique(i, j) })
		}
	}
	return fits, differ
}

// A Pattern is a regular expression of ECMA-262 that a text must match somewhere. It is
// compiled on first use.
type Pattern struct {
	Source string
	Engine pattern.Engine `json:"-"` // for what Go's regexp cannot match; nil if it can
	once   sync.Once
	re     *pattern.Pattern
}

// Match reports whether text matches. It fails if that takes longer than
// [pattern.TimeLimit].
func (p *Pattern) Match(text string) (bool, error) {
	p.once.Do(func() {
		re, err := pattern.Compile(p.Source, p.Engine)
		if err != nil { // the compiler of rules refuses invalid patterns
			panic("hotbind: the pattern " + p.Source + ": " + err.Error())
		}
		p.re = re
	})
	return p.re.Match(text)
}

// A Text bounds a string: its length in characters, a pattern, a format and its values.
type Text struct {
	Length  Count
	Pattern *Pattern
	Format  string
	Enum    []string // JSON texts
}

// Check reports whether the string n satisfies t and adds a finding for each violation.
func (t *Text) Check(p *Report, n *document.Node) bool {
	ok := t.Length == (Count{}) || t.Length.Check(p, n, utf8.RuneCountInString(n.Text()), wording.Characters)
	if t.Pattern != nil && p.wants(ok) && !p.Matches(t.Pattern, n, n.Text()) {
		ok = p.refuse(n, func() document.Finding { return wording.Pattern(n, p.Hides(n), t.Pattern.Source) })
	}
	if f := format.Named(t.Format); f != nil && p.wants(ok) {
		if err := f.Check(n.Text()); err != nil {
			ok = p.refuse(n, func() document.Finding { return wording.Format(n, p.Hides(n), t.Format, err.Error()) })
		}
	}
	return p.wants(ok) && p.Enum(n, t.Enum) && ok
}

// Enum checks n against allowed, which are JSON texts and appear in messages as such.
// Empty allows every value.
func (p *Report) Enum(n *document.Node, allowed []string) bool {
	if len(allowed) == 0 || slices.ContainsFunc(allowed, func(text string) bool { return isValue(n, text) }) {
		return true
	}
	return p.refuse(n, func() document.Finding { return wording.NotAllowed(n, p.Hides(n), allowed) })
}

// isValue reports whether n equals a JSON text.
func isValue(n *document.Node, text string) bool {
	switch n.Kind() {
	case document.String:
		s, ok := Unquote(text)
		return ok && s == n.Text()
	case document.Number:
		return document.IsNumber(text) && document.CompareNumbers(n.Text(), text) == 0
	case document.Bool:
		return text == n.Text()
	case document.Null:
		return text == "null"
	}
	other, _ := document.ParseValue(document.Position{}, text, document.Limits{})
	return document.Equal(n, other)
}

// Unquote returns the string that a JSON text encodes, and reports whether it is one.
func Unquote(text string) (string, bool) {
	if len(text) < 2 || text[0] != '"' {
		return "", false
	}
	if strings.IndexByte(text, '\\') < 0 {
		return text[1 : len(text)-1], true
	}
	var s string
	return s, json.Unmarshal([]byte(text), &s) == nil
}
