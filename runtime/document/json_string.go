package document

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// str reads the string at the current byte, a double quote. A string without escapes is
// not copied.
func (j *jsonReader) str() (s span, ok bool) {
	start := j.at
	j.at++
	plain := j.at
	var b []byte
	for j.at < len(j.text) {
		switch c := j.text[j.at]; {
		case c == '"':
			j.at++
			if b == nil {
				return span{uint32(start), uint32(j.at-1-plain) | inQuotes}, true
			}
			return j.in.decode(start, string(append(b, j.text[plain:j.at-1]...))), true
		case c == '\\':
			b = append(b, j.text[plain:j.at]...)
			c, ok := j.escape()
			if !ok {
				return span{}, false
			}
			b = utf8.AppendRune(b, c)
			plain = j.at
		case c < ' ':
			j.fail(start, "the text that begins here has a line break or tab, which JSON allows only as an escape", `write \n or \t, or close the quotes`)
			return span{}, false
		default:
			j.at++
		}
	}
	j.fail(start, "the text that begins here is not closed before the end of the file", "")
	return span{}, false
}

// escape reads an escape, or a surrogate pair as one.
func (j *jsonReader) escape() (c rune, ok bool) {
	start := j.at
	rest := j.text[start:]
	if len(rest) == 1 {
		j.fail(start, "the file ends inside an escape", "")
		return 0, false
	}
	if rest[1] != 'u' {
		const letters, values = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
		if i := strings.IndexByte(letters, rest[1]); i >= 0 {
			j.at += 2
			return rune(values[i]), true
		}
		j.fail(start, "unknown escape", `write \\ for a backslash`)
		return 0, false
	}
	c, ok = j.unit()
	switch {
	case !ok:
		j.fail(start, `the escape \u needs four hexadecimal digits`, "")
		return 0, false
	case c < 0xD800 || c > 0xDFFF:
		return c, true
	}
	if low, ok := j.unit(); ok && c < 0xDC00 && 0xDC00 <= low && low <= 0xDFFF {
		return 0x10000 + (c-0xD800)<<10 + (low - 0xDC00), true
	}
	j.fail(start, "the escape is half of a surrogate pair", "write the character itself")
	return 0, false
}

// unit reads one \u escape, if there is one.
func (j *jsonReader) unit() (c rune, ok bool) {
	if !strings.HasPrefix(j.text[j.at:], `\u`) || len(j.text) < j.at+6 {
		return 0, false
	}
	n, err := strconv.ParseUint(j.text[j.at+2:j.at+6], 16, 32)
	if err != nil {
		return 0, false
	}
	j.at += 6
	return rune(n), true
}
