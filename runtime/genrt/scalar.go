package genrt

import (
	"math"
	"strconv"
	"unsafe"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// A Bool is the table of a boolean. Enum lists the values allowed; empty: both.
type Bool[T ~bool] struct {
	leaf
	Enum []string
}

func (t *Bool[T]) Kind() document.Kind { return document.Bool }

func (t *Bool[T]) decode(d *decoder, n *document.Node, p any) {
	if n.Kind() != document.Bool {
		d.WrongType(n, false, "true or false")
		return
	}
	d.Enum(n, t.Enum)
	*p.(*T) = n.Text() == "true"
}

func (t *Bool[T]) encode(e *encoder, p any) { e.b = strconv.AppendBool(e.b, bool(*p.(*T))) }
func (t *Bool[T]) equal(a, b any) bool      { return *a.(*T) == *b.(*T) }
func (t *Bool[T]) clone(dst, src any)       { *dst.(*T) = *src.(*T) }
func (t *Bool[T]) value(p any) any          { return *p.(*T) }

// An Int is the table of a whole number.
type Int[T Integer] struct {
	leaf
	Range Range
	Enum  []string
}

func (t *Int[T]) Kind() document.Kind { return document.Number }

func (t *Int[T]) decode(d *decoder, n *document.Node, p any) {
	if n.Kind() != document.Number || !document.IsInteger(n.Text()) {
		d.WrongType(n, false, "a whole number")
		return
	}
	v, ok := parseInt[T](n.Text())
	if !ok {
		lowest, highest := bounds[T]()
		if t.Range.Min != "" && document.CompareNumbers(t.Range.Min, lowest) > 0 {
			lowest = t.Range.Min
		}
		if t.Range.Max != "" && document.CompareNumbers(t.Range.Max, highest) < 0 {
			highest = t.Range.Max
		}
		d.Find(n, wording.Range(n, d.Hides(n), lowest, highest))
		return
	}
	t.Range.Check(&d.Report, n)
	d.Enum(n, t.Enum)
	*p.(*T) = v
}

// Integer is a type of whole numbers.
type Integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// parseInt parses a whole number, which may be written as 1.0 or 1e3.
func parseInt[T Integer](text string) (v T, ok bool) {
	digits, whole := document.IntegerText(text)
	bits, unsigned := sizeOf[T]()
	if unsigned {
		u, err := strconv.ParseUint(digits, 10, bits)
		return T(u), whole && err == nil
	}
	i, err := strconv.ParseInt(digits, 10, bits)
	return T(i), whole && err == nil
}

// bounds returns the range of T.
func bounds[T Integer]() (lowest, highest string) {
	bits, unsigned := sizeOf[T]()
	if unsigned {
		return "0", strconv.FormatUint(math.MaxUint64>>(64-bits), 10)
	}
	most := int64(math.MaxInt64 >> (64 - bits))
	return strconv.FormatInt(-most-1, 10), strconv.FormatInt(most, 10)
}

func sizeOf[T Integer]() (bits int, unsigned bool) {
	var v T
	return int(unsafe.Sizeof(v)) * 8, v-1 > v
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

// A Float is the table of a number.
type Float[T ~float64] struct {
	leaf
	Range Range
	Enum  []string
}

func (t *Float[T]) Kind() document.Kind { return document.Number }

func (t *Float[T]) decode(d *decoder, n *document.Node, p any) {
	if n.Kind() != document.Number {
		d.WrongType(n, false, "a number")
		return
	}
	v, err := strconv.ParseFloat(n.Text(), 64)
	if err != nil {
		d.Find(n, wording.Range(n, d.Hides(n), "-1.8e308", "1.8e308"))
		return
	}
	t.Range.Check(&d.Report, n)
	d.Enum(n, t.Enum)
	*p.(*T) = T(v)
}

func (t *Float[T]) encode(e *encoder, p any) { e.marshal(float64(*p.(*T))) }
func (t *Float[T]) equal(a, b any) bool      { return *a.(*T) == *b.(*T) }
func (t *Float[T]) clone(dst, src any)       { *dst.(*T) = *src.(*T) }
func (t *Float[T]) value(p any) any          { return *p.(*T) }

// A String is the table of a string.
type String struct {
	leaf
	Text Text
	As   Words // of a type that is called otherwise; nil: string itself
	// Const is the only value allowed, if it is not empty. A Go value of "" counts as
	// Const, so that code need not set the tag of a union's branch.
	Const string
}

// Words accesses values of one string type. Only the types [Named] implement it. Packages
// have many such types, which differ in nothing else.
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
	if n.Kind() != document.String {
		d.WrongType(n, false, "a string")
		return
	}
	t.Text.Check(&d.Report, n)
	t.put(p, n.Text())
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
