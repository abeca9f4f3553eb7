package format

import (
	"slices"
	"strings"
	"unicode"
)

// The parameters of RFC 3492, section 5.
const (
	punyBase      = 36
	punyLeast     = 1
	punyMost      = 26
	punySkew      = 38
	punyDamp      = 700
	punyFirst     = 0x80
	punyFirstBias = 72
	punyDigits    = "abcdefghijklmnopqrstuvwxyz0123456789"
)

// punyAdapt returns the bias after a character (RFC 3492, section 6.1).
func punyAdapt(delta, count int, first bool) int {
	if first {
		delta /= punyDamp
	} else {
		delta /= 2
	}
	delta += delta / count
	k := 0
	for ; delta > (punyBase-punyLeast)*punyMost/2; k += punyBase {
		delta /= punyBase - punyLeast
	}
	return k + (punyBase-punyLeast+1)*delta/(delta+punySkew)
}

func punyThreshold(k, bias int) int { return min(max(k-bias, punyLeast), punyMost) }

// punyDecode decodes the text after xn--, in lower case and of the length of a part of
// a host name.
func punyDecode(text string) (label []rune, ok bool) {
	if i := strings.LastIndexByte(text, '-'); i > 0 {
		label, text = []rune(text[:i]), text[i+1:]
	}
	n, i, bias := punyFirst, 0, punyFirstBias
	for text != "" {
		before, weight := i, 1
		for k := punyBase; ; k += punyBase {
			if text == "" || weight > unicode.MaxRune {
				return nil, false
			}
			digit := strings.IndexByte(punyDigits, text[0])
			if digit < 0 {
				return nil, false
			}
			text = text[1:]
			i += digit * weight
			t := punyThreshold(k, bias)
			if digit < t {
				break
			}
			weight *= punyBase - t
		}
		count := len(label) + 1
		bias = punyAdapt(i-before, count, before == 0)
		n += i / count
		if n > unicode.MaxRune {
			return nil, false
		}
		label = slices.Insert(label, i%count, rune(n))
		i = i%count + 1
	}
	return label, true
}

// punyEncode encodes label, which has the length of a part of a host name, without
// xn--.
func punyEncode(label []rune) string {
	var out strings.Builder
	for _, r := range label {
		if r < punyFirst {
			out.WriteRune(r)
		}
	}
	basic := out.Len()
	if basic > 0 {
		out.WriteByte('-')
	}
	n, delta, bias := rune(punyFirst), 0, punyFirstBias
	for done := basic; done < len(label); n, delta = n+1, delta+1 {
		next := rune(unicode.MaxRune)
		for _, r := range label {
			if r >= n {
				next = min(next, r)
			}
		}
		delta += int(next-n) * (done + 1)
		n = next
		for _, r := range label {
			if r < n {
				delta++
			}
			if r != n {
				continue
			}
			punyNumber(&out, delta, bias)
			bias = punyAdapt(delta, done+1, done == basic)
			delta = 0
			done++
		}
	}
	return out.String()
}

// punyNumber writes a number in digits of changing weight (RFC 3492, section 3.3).
func punyNumber(out *strings.Builder, q, bias int) {
	for k := punyBase; ; k += punyBase {
		t := punyThreshold(k, bias)
		if q < t {
			break
		}
		out.WriteByte(punyDigits[t+(q-t)%(punyBase-t)])
		q = (q - t) / (punyBase - t)
	}
	out.WriteByte(punyDigits[q])
}
