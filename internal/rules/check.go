package rules

import (
	"encoding/json"
	"math/big"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/pattern"
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// A Range bounds a number. The bounds are JSON numbers as the schema has them; an
// empty one does not bound.
type Range struct {
	Min, Max, Above, Below, MultipleOf string
}

// Meet replaces the bounds of r by those of other that allow less, MultipleOf apart.
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

// Check reports the bounds that the number n breaks.
func (r *Range) Check(p *Report, n *document.Node) bool {
	return *r == (Range{}) || r.check(n.Text(), func(keyword, bound string) {
		p.Find(n, wording.Bound(n, p.Hides(n), keyword, bound))
	})
}

// Allows reports whether a number is within the bounds.
func (r *Range) Allows(text string) bool { return r.check(text, nil) }

// check calls report for each bound that text breaks. Without report it stops at the
// first.
func (r *Range) check(text string, report func(keyword, bound string)) (ok bool) {
	ok = true
	for _, b := range [...]struct {
		keyword, bound string
		broken         func(comparison int) bool
	}{
		{"minimum", r.Min, func(c int) bool { return c < 0 }},
		{"exclusiveMinimum", r.Above, func(c int) bool { return c <= 0 }},
		{"maximum", r.Max, func(c int) bool { return c > 0 }},
		{"exclusiveMaximum", r.Below, func(c int) bool { return c >= 0 }},
	} {
		if b.bound == "" || !b.broken(document.CompareNumbers(text, b.bound)) {
			continue
		}
		if ok = false; report == nil {
			return false
		}
		report(b.keyword, b.bound)
	}
	if r.MultipleOf != "" && !isMultiple(text, r.MultipleOf) {
		if ok = false; report != nil {
			report("multipleOf", r.MultipleOf)
		}
	}
	return ok
}

// isMultiple is exact: the parser bounds digits and exponents, so that the
// fraction stays small.
func isMultiple(text, of string) bool {
	a, ok := new(big.Rat).SetString(text)
	b, okOf := new(big.Rat).SetString(of)
	return ok && okOf && b.Sign() != 0 && a.Quo(a, b).IsInt()
}

// A Count bounds how many there may be of something. Max holds where Capped.
type Count struct {
	Min, Max int
	Capped   bool
}

// Check reports whether there are too few or too many of unit in n.
func (c *Count) Check(p *Report, n *document.Node, have int, unit wording.Unit) bool {
	if c.Allows(have) {
		return true
	}
	if have < c.Min {
		p.Find(n, wording.Few(have, c.Min, unit, p.Hides(n)))
	} else {
		p.Find(n, wording.Many(have, c.Max, unit, p.Hides(n)))
	}
	return false
}

// Allows reports whether so many are allowed.
func (c *Count) Allows(have int) bool { return have >= c.Min && (!c.Capped || have <= c.Max) }

// A Pattern is a regular expression of ECMA-262 that a text must match somewhere.
// It is compiled when it is first needed.
type Pattern struct {
	Source string
	once   sync.Once
	re     *pattern.Pattern
}

// Match reports whether text matches. The error is that it took too long.
func (p *Pattern) Match(text string) (bool, error) {
	p.once.Do(func() {
		re, err := pattern.Compile(p.Source)
		if err != nil { // whoever makes rules refuses a pattern that does not compile
			panic("hotbind: the pattern " + p.Source + ": " + err.Error())
		}
		p.re = re
	})
	return p.re.Match(text)
}

// A Text bounds a string: its length in characters, a pattern and a format.
type Text struct {
	Length  Count
	Pattern *Pattern
	Format  string
	Enum    []string // JSON texts
}

// Check reports what is wrong with the string n.
func (t *Text) Check(p *Report, n *document.Node) bool {
	ok := t.check(p, n, func(f document.Finding) { p.Find(n, f) })
	return p.Enum(n, t.Enum) && ok
}

// Allows reports whether the string n is allowed, Enum apart.
func (t *Text) Allows(p *Report, n *document.Node) bool { return t.check(p, n, nil) }

// check is as that of Range.
func (t *Text) check(p *Report, n *document.Node, report func(document.Finding)) (ok bool) {
	ok = true
	if t.Length != (Count{}) && !t.Length.Allows(utf8.RuneCountInString(n.Text())) {
		if ok = false; report == nil {
			return false
		}
		t.Length.Check(p, n, utf8.RuneCountInString(n.Text()), wording.Characters)
	}
	if t.Pattern != nil && !p.Matches(t.Pattern, n.Pos(), n.Text()) {
		if ok = false; report == nil {
			return false
		}
		report(wording.Pattern(n, p.Hides(n), t.Pattern.Source))
	}
	if t.Format == "" {
		return ok
	}
	if f := format.Named(t.Format); f != nil {
		if err := f.Check(n.Text()); err != nil {
			if ok = false; report != nil {
				report(wording.Format(n, p.Hides(n), t.Format, err.Error()))
			}
		}
	}
	return ok
}

// Enum checks n against the values allowed, none given allowing all. They are JSON
// texts, so that messages repeat them as the schema has them.
func (p *Report) Enum(n *document.Node, allowed []string) bool {
	if isListed(allowed, n) {
		return true
	}
	p.Find(n, wording.NotAllowed(n, p.Hides(n), allowed))
	return false
}

func isListed(allowed []string, n *document.Node) bool {
	return len(allowed) == 0 || slices.ContainsFunc(allowed, func(text string) bool { return isValue(n, text) })
}

// isValue compares n with a JSON text.
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
	other, _ := document.ParseValue("", text, document.Limits{})
	return document.Equal(n, other)
}

// Unquote is the string that a JSON text is, and whether it is one.
func Unquote(text string) (string, bool) {
	if len(text) < 2 || text[0] != '"' {
		return "", false
	}
	var s string
	return s, json.Unmarshal([]byte(text), &s) == nil
}
