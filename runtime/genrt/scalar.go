package genrt

import (
	"encoding/json"
	"math"
	"math/big"
	"slices"
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/pattern"
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"
)

// A Bool is the table of a boolean. Enum lists the values allowed; empty: both.
type Bool[T ~bool] struct {
	leaf
	Enum []string
}

func (t *Bool[T]) Kind() document.Kind { return document.Bool }

func (t *Bool[T]) decode(d *decoder, n *document.Node, p any) {
	if n.Kind != document.Bool {
		d.wrongType(n, "true or false")
		return
	}
	d.enum(n, t.Enum)
	*p.(*T) = n.Text == "true"
}

func (t *Bool[T]) encode(e *encoder, p any) { e.b = strconv.AppendBool(e.b, bool(*p.(*T))) }
func (t *Bool[T]) equal(a, b any) bool      { return *a.(*T) == *b.(*T) }
func (t *Bool[T]) clone(dst, src any)       { *dst.(*T) = *src.(*T) }
func (t *Bool[T]) value(p any) any          { return *p.(*T) }
func (t *Bool[T]) diff(ds []dispatch.Delta, a, b any) ([]dispatch.Delta, bool) {
	return ds, !t.equal(a, b)
}

// A Range bounds a number. The bounds are JSON numbers as the schema has them;
// an empty one does not bound.
type Range struct {
	Min, Max, Above, Below, MultipleOf string
}

func (r *Range) check(d *decoder, n *document.Node) {
	secret := d.hides(n)
	if r.Min != "" && document.CompareNumbers(n.Text, r.Min) < 0 {
		d.find(n, wording.Minimum(n, secret, r.Min, false), "")
	}
	if r.Above != "" && document.CompareNumbers(n.Text, r.Above) <= 0 {
		d.find(n, wording.Minimum(n, secret, r.Above, true), "")
	}
	if r.Max != "" && document.CompareNumbers(n.Text, r.Max) > 0 {
		d.find(n, wording.Maximum(n, secret, r.Max, false), "")
	}
	if r.Below != "" && document.CompareNumbers(n.Text, r.Below) >= 0 {
		d.find(n, wording.Maximum(n, secret, r.Below, true), "")
	}
	if r.MultipleOf != "" && !isMultiple(n.Text, r.MultipleOf) {
		d.find(n, wording.Multiple(n, secret, r.MultipleOf), "")
	}
}

// allows is check without the messages.
func (r *Range) allows(text string) bool {
	return (r.Min == "" || document.CompareNumbers(text, r.Min) >= 0) &&
		(r.Above == "" || document.CompareNumbers(text, r.Above) > 0) &&
		(r.Max == "" || document.CompareNumbers(text, r.Max) <= 0) &&
		(r.Below == "" || document.CompareNumbers(text, r.Below) < 0) &&
		(r.MultipleOf == "" || isMultiple(text, r.MultipleOf))
}

// isMultiple is exact: the parser bounds digits and exponents, so that the
// fraction stays small.
func isMultiple(text, of string) bool {
	a, ok := new(big.Rat).SetString(text)
	b, okOf := new(big.Rat).SetString(of)
	return ok && okOf && b.Sign() != 0 && a.Quo(a, b).IsInt()
}

// An Int is the table of a whole number.
type Int[T ~int | ~int64 | ~uint64] struct {
	leaf
	Range Range
	Enum  []string
}

func (t *Int[T]) Kind() document.Kind { return document.Number }

func (t *Int[T]) decode(d *decoder, n *document.Node, p any) {
	if n.Kind != document.Number || !document.IsInteger(n.Text) {
		d.wrongType(n, "a whole number")
		return
	}
	v, lowest, highest, ok := parseInt[T](n.Text)
	if !ok {
		if t.Range.Min != "" {
			lowest = t.Range.Min
		}
		if t.Range.Max != "" {
			highest = t.Range.Max
		}
		d.find(n, wording.Range(n, d.hides(n), lowest, highest), "")
		return
	}
	t.Range.check(d, n)
	d.enum(n, t.Enum)
	*p.(*T) = v
}

// parseInt reads a whole number, also one written as 1.0 or 1e3, and says which
// numbers T holds.
func parseInt[T ~int | ~int64 | ~uint64](text string) (v T, lowest, highest string, ok bool) {
	digits, whole := document.IntegerText(text)
	var zero T
	if unsigned := zero-1 > zero; unsigned {
		u, err := strconv.ParseUint(digits, 10, 64)
		return T(u), "0", strconv.FormatUint(math.MaxUint64, 10), whole && err == nil
	}
	i, err := strconv.ParseInt(digits, 10, 64)
	v = T(i)
	// Where int has 32 bits the conversion shows what it cannot hold.
	return v, strconv.FormatInt(math.MinInt64, 10), strconv.FormatInt(math.MaxInt64, 10), whole && err == nil && int64(v) == i
}

func (t *Int[T]) encode(e *encoder, p any) {
	v := *p.(*T)
	if v < 0 {
		e.b = strconv.AppendInt(e.b, int64(v), 10)
		return
	}
	e.b = strconv.AppendUint(e.b, uint64(v), 10)
}
func (t *Int[T]) equal(a, b any) bool { return *a.(*T) == *b.(*T) }
func (t *Int[T]) clone(dst, src any)  { *dst.(*T) = *src.(*T) }
func (t *Int[T]) value(p any) any     { return *p.(*T) }
func (t *Int[T]) diff(ds []dispatch.Delta, a, b any) ([]dispatch.Delta, bool) {
	return ds, !t.equal(a, b)
}

// A Float is the table of a number.
type Float[T ~float64] struct {
	leaf
	Range Range
	Enum  []string
}

func (t *Float[T]) Kind() document.Kind { return document.Number }

func (t *Float[T]) decode(d *decoder, n *document.Node, p any) {
	if n.Kind != document.Number {
		d.wrongType(n, "a number")
		return
	}
	v, err := strconv.ParseFloat(n.Text, 64)
	if err != nil {
		d.find(n, wording.Range(n, d.hides(n), "-1.8e308", "1.8e308"), "")
		return
	}
	t.Range.check(d, n)
	d.enum(n, t.Enum)
	*p.(*T) = T(v)
}

func (t *Float[T]) encode(e *encoder, p any) { e.marshal(float64(*p.(*T))) }
func (t *Float[T]) equal(a, b any) bool      { return *a.(*T) == *b.(*T) }
func (t *Float[T]) clone(dst, src any)       { *dst.(*T) = *src.(*T) }
func (t *Float[T]) value(p any) any          { return *p.(*T) }
func (t *Float[T]) diff(ds []dispatch.Delta, a, b any) ([]dispatch.Delta, bool) {
	return ds, !t.equal(a, b)
}

// A Count bounds how many there may be of something. Max holds where Capped.
type Count struct {
	Min, Max int
	Capped   bool
}

func (c *Count) check(d *decoder, n *document.Node, have int, unit string) {
	if have < c.Min {
		d.find(n, wording.Few(have, c.Min, unit, d.hides(n)), "")
	}
	if c.Capped && have > c.Max {
		d.find(n, wording.Many(have, c.Max, unit, d.hides(n)), "")
	}
}

// allows is check without the messages.
func (c *Count) allows(have int) bool { return have >= c.Min && (!c.Capped || have <= c.Max) }

// A Pattern is a regular expression of ECMA-262 that a text must match
// somewhere. It is compiled when it is first needed.
type Pattern struct {
	Source string
	once   sync.Once
	re     *pattern.Pattern
}

func (p *Pattern) match(text string) (bool, error) {
	p.once.Do(func() {
		re, err := pattern.Compile(p.Source)
		if err != nil { // the generator refuses a pattern that does not compile
			panic("hotbind: the pattern " + p.Source + ": " + err.Error())
		}
		p.re = re
	})
	return p.re.Match(text)
}

// matches reports whether text, which stands at pos, matches p. A document for
// which that takes too long is refused whatever else is found, so that the
// answer does not matter then, and p is not asked again.
func (d *decoder) matches(p *Pattern, pos document.Position, text string) bool {
	if slices.Contains(d.late, p) {
		return true
	}
	matched, err := p.match(text)
	if err != nil {
		d.late = append(d.late, p)
		d.always = append(d.always, document.Finding{
			Pos: pos, Path: d.pathText(), Message: wording.Slow(p.Source), Secret: d.secret > 0,
		})
		return true
	}
	return matched
}

// A Text bounds a string: its length in characters, a pattern and a format.
type Text struct {
	Length  Count
	Pattern *Pattern
	Format  string
	Enum    []string // JSON texts
}

// check reports whether n is a string at all; what is wrong with the string it
// reports as findings.
func (t *Text) check(d *decoder, n *document.Node) bool {
	if n.Kind != document.String {
		d.wrongType(n, "a string")
		return false
	}
	secret := d.hides(n)
	if t.Length != (Count{}) {
		t.Length.check(d, n, utf8.RuneCountInString(n.Text), "character")
	}
	if t.Pattern != nil && !d.matches(t.Pattern, n.Pos, n.Text) {
		d.find(n, wording.Pattern(n, secret, t.Pattern.Source), "")
	}
	if t.Format != "" {
		if check := format.Named(t.Format); check != nil {
			if err := check(n.Text); err != nil {
				d.find(n, wording.Format(n, secret, t.Format, d.why(n, err)), "")
			}
		}
	}
	d.enum(n, t.Enum)
	return true
}

// allows is check of a string without the messages, and without Enum.
func (t *Text) allows(d *decoder, n *document.Node) bool {
	if t.Length != (Count{}) && !t.Length.allows(utf8.RuneCountInString(n.Text)) {
		return false
	}
	if t.Pattern != nil && !d.matches(t.Pattern, n.Pos, n.Text) {
		return false
	}
	if t.Format != "" {
		if check := format.Named(t.Format); check != nil {
			return check(n.Text) == nil
		}
	}
	return true
}

// enum checks n against the values allowed, none given allowing all. They are
// JSON texts, so that messages repeat them as the schema has them.
func (d *decoder) enum(n *document.Node, allowed []string) {
	if allowedBy(allowed, n) {
		return
	}
	message, hint := wording.NotAllowed(n, d.hides(n), plain(allowed))
	d.find(n, message, hint)
}

func allowedBy(allowed []string, n *document.Node) bool {
	return len(allowed) == 0 || slices.ContainsFunc(allowed, func(text string) bool { return sameValue(n, text) })
}

// sameValue compares n with a JSON text.
func sameValue(n *document.Node, text string) bool {
	switch n.Kind {
	case document.String:
		s, ok := unquote(text)
		return ok && s == n.Text
	case document.Number:
		return document.IsNumber(text) && document.CompareNumbers(n.Text, text) == 0
	case document.Bool:
		return text == n.Text
	case document.Null:
		return text == "null"
	}
	other, _ := document.ParseValue("", text, document.Limits{})
	return document.Equal(n, other)
}

func unquote(text string) (string, bool) {
	if len(text) < 2 || text[0] != '"' {
		return "", false
	}
	var s string
	return s, json.Unmarshal([]byte(text), &s) == nil
}

// plain drops the quotes of strings for a list of values in a message.
func plain(texts []string) []string {
	names := make([]string, len(texts))
	for i, text := range texts {
		names[i] = text
		if s, ok := unquote(text); ok && s != "" {
			names[i] = s
		}
	}
	return names
}

// A String is the table of a string.
type String struct {
	leaf
	Text Text
	As   Words // of a type that is called otherwise; nil: string itself
	// Const is the only value allowed, where there is one: the empty string stands
	// for it, so that code need not name the tag of a union's branch.
	Const string
}

// Words reaches into values of one string type. The types [Named] are the only
// ones: packages have many such types, of which this is all that differs.
type Words interface {
	get(p any) string
	set(p any, text string)
	value(text string) any
}

// Named are the Words of T.
type Named[T ~string] struct{}

func (*Named[T]) get(p any) string       { return string(*p.(*T)) }
func (*Named[T]) set(p any, text string) { *p.(*T) = T(text) }
func (*Named[T]) value(text string) any  { return T(text) }

func (t *String) Kind() document.Kind { return document.String }

func (t *String) get(p any) string {
	text := ""
	if t.As != nil {
		text = t.As.get(p)
	} else {
		text = *p.(*string)
	}
	if text == "" {
		return t.Const
	}
	return text
}

func (t *String) put(p any, text string) {
	if t.As != nil {
		t.As.set(p, text)
		return
	}
	*p.(*string) = text
}

func (t *String) decode(d *decoder, n *document.Node, p any) {
	if t.Text.check(d, n) {
		t.put(p, n.Text)
	}
}

func (t *String) encode(e *encoder, p any) { e.text(t.get(p)) }
func (t *String) equal(a, b any) bool      { return t.get(a) == t.get(b) }
func (t *String) clone(dst, src any)       { t.put(dst, t.get(src)) }

func (t *String) value(p any) any {
	if t.As != nil {
		return t.As.value(t.get(p))
	}
	return t.get(p)
}

func (t *String) diff(ds []dispatch.Delta, a, b any) ([]dispatch.Delta, bool) {
	return ds, !t.equal(a, b)
}
