package migrate

import (
	"math/big"
	"strconv"
	"strings"
)

// Limits for the digits and the exponent of a product, equal to those of documents.
const (
	maxDigits   = 1000
	maxExponent = 9999
	// longestPlain is the maximum number of digits without an exponent.
	longestPlain = 30
)

// product returns a×b exactly, for two JSON numbers: 1.5 × 1000 is 1500. It reports
// false if the product is too large for a document.
func product(a, b string) (text string, ok bool) {
	x, p := parts(a)
	y, q := parts(b)
	digits := x.Mul(x, y).String()
	exponent := p + q
	digits, negative := strings.CutPrefix(digits, "-")
	trimmed := strings.TrimRight(digits, "0")
	if trimmed == "" {
		return "0", true
	}
	exponent += len(digits) - len(trimmed)
	if len(trimmed) > maxDigits || exponent > maxExponent || exponent < -maxExponent {
		return "", false
	}
	text = written(trimmed, exponent)
	if negative {
		text = "-" + text
	}
	return text, true
}

// parts splits a number into an integer and a power of ten to multiply it by.
func parts(text string) (*big.Int, int) {
	mantissa, power, _ := strings.Cut(strings.ToLower(text), "e")
	exponent, _ := strconv.Atoi(power)
	whole, fraction, _ := strings.Cut(mantissa, ".")
	n, ok := new(big.Int).SetString(whole+fraction, 10)
	if !ok {
		n = new(big.Int)
	}
	return n, exponent - len(fraction)
}

// written formats digits × 10^exponent, without an exponent if that is short enough.
func written(digits string, exponent int) string {
	switch {
	case exponent >= 0 && len(digits)+exponent <= longestPlain:
		return digits + strings.Repeat("0", exponent)
	case exponent < 0 && -exponent < len(digits):
		point := len(digits) + exponent
		return digits[:point] + "." + digits[point:]
	case exponent < 0 && -exponent <= longestPlain:
		return "0." + strings.Repeat("0", -exponent-len(digits)) + digits
	}
	return digits + "e" + strconv.Itoa(exponent)
}
