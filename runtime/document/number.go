package document

import (
	"cmp"
	"strings"
)

// The largest supported numbers: enough for every measured quantity and for keys of
// 3000 bits, and small enough to compute with at no cost.
const (
	maxDigits         = 1000
	maxExponentDigits = 4
)

// A numeral is a number of the JSON grammar, split into its digits.
type numeral struct {
	negative, negativeExponent bool
	whole, fraction, exponent  string
}

// splitNumber splits text and reports whether it is a number of the JSON grammar.
func splitNumber(text string) (n numeral, ok bool) {
	text, n.negative = strings.CutPrefix(text, "-")
	n.whole, text = digits(text)
	if n.whole == "" || len(n.whole) > 1 && n.whole[0] == '0' {
		return n, false
	}
	if rest, found := strings.CutPrefix(text, "."); found {
		if n.fraction, text = digits(rest); n.fraction == "" {
			return n, false
		}
	}
	if text == "" {
		return n, true
	}
	if text[0] != 'e' && text[0] != 'E' {
		return n, false
	}
	text = text[1:]
	if text != "" && (text[0] == '+' || text[0] == '-') {
		n.negativeExponent = text[0] == '-'
		text = text[1:]
	}
	n.exponent, text = digits(text)
	return n, n.exponent != "" && text == ""
}

// digits splits off the digits at the start of text.
func digits(text string) (number, rest string) {
	i := 0
	for i < len(text) && '0' <= text[i] && text[i] <= '9' {
		i++
	}
	return text[:i], text[i:]
}

// plain reports whether a number has only digits.
func (n numeral) plain() bool { return n.fraction == "" && n.exponent == "" }

// isWhole reports whether the value of a number is an integer.
func (n numeral) isWhole() bool {
	d := n.decimal()
	return d.power >= len(d.digits)
}

// tooLarge returns why a number is too large, or "".
func (n numeral) tooLarge() string {
	if d := len(n.whole) + len(n.fraction); d > maxDigits {
		return "a number of " + count(d) + " digits; the limit is " + count(maxDigits)
	}
	if d := len(n.exponent); d > maxExponentDigits {
		return "a number with an exponent of " + count(d) + " digits; the limit is " + count(maxExponentDigits)
	}
	return ""
}

// A decimal is a numeral in a canonical form: 0.digits × 10^power, where digits neither
// begins nor ends with 0. Zero has no digits, no power and no sign.
type decimal struct {
	negative bool
	digits   string
	power    int
}

// maxPower stands for all larger exponents. It is far from the end of int, so that the
// length of digits can be added to it.
const maxPower = 1 << 30

func (n numeral) decimal() decimal {
	all := n.whole
	if n.fraction != "" {
		all += n.fraction
	}
	significant := strings.TrimLeft(all, "0")
	d := decimal{negative: n.negative, power: len(n.whole) - (len(all) - len(significant))}
	d.digits = strings.TrimRight(significant, "0")
	if d.digits == "" {
		return decimal{}
	}
	exponent := 0
	for i := 0; i < len(n.exponent); i++ {
		exponent = min(exponent*10+int(n.exponent[i]-'0'), maxPower)
	}
	if n.negativeExponent {
		exponent = -exponent
	}
	d.power += exponent
	return d
}

// CompareNumbers compares two numbers of the JSON grammar, such as the Text of Number
// nodes, exactly. It returns -1, 0 or 1 if a is less than, equal to or greater than b.
// Text that is not a number counts as 0.
func CompareNumbers(a, b string) int {
	if a == b {
		return 0
	}
	if isPlain(a) && isPlain(b) {
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	}
	x, _ := splitNumber(a)
	y, _ := splitNumber(b)
	return compareDecimals(x.decimal(), y.decimal())
}

// isPlain reports whether text is a number of digits alone. Most are.
func isPlain(text string) bool {
	whole, rest := digits(text)
	return rest == "" && whole != "" && (whole[0] != '0' || len(whole) == 1)
}

func compareDecimals(a, b decimal) int {
	if c := cmp.Compare(a.sign(), b.sign()); c != 0 {
		return c
	}
	c := cmp.Compare(a.power, b.power)
	if c == 0 {
		c = strings.Compare(a.digits, b.digits)
	}
	return c * a.sign()
}

func (d decimal) sign() int {
	switch {
	case d.digits == "":
		return 0
	case d.negative:
		return -1
	}
	return 1
}

// IsInteger reports whether text is a number of the JSON grammar without a fractional
// part: 100, 1.0 and 1e2 are, 1.5 and 1e-1 are not.
func IsInteger(text string) bool {
	n, ok := splitNumber(text)
	return ok && (n.plain() || n.isWhole())
}

// IntegerText returns the plain digits of an integer, with a sign if it is negative:
// 1e2 is 100 and -0 is 0. ok is false if text is not an integer (see [IsInteger]) or has
// more than 1000 digits.
func IntegerText(text string) (canonical string, ok bool) {
	n, ok := splitNumber(text)
	switch {
	case !ok:
		return "", false
	case n.plain() && n.whole != "0" && len(n.whole) <= maxDigits:
		return text, true
	}
	d := n.decimal()
	if d.power < len(d.digits) || d.power > maxDigits {
		return "", false
	}
	if d.sign() == 0 {
		return "0", true
	}
	canonical = d.digits + strings.Repeat("0", d.power-len(d.digits))
	if d.negative {
		canonical = "-" + canonical
	}
	return canonical, true
}
