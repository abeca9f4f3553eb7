package document

import "unicode/utf8"

// AppendJSON appends n to dst as JSON on one line. Members keep their order and numbers
// their text. U+2028 and U+2029 are escaped, because some readers take them for line
// ends. A nil node becomes null, and invalid UTF-8 becomes U+FFFD.
func (n *Node) AppendJSON(dst []byte) []byte {
	if n == nil {
		return append(dst, "null"...)
	}
	switch n.kind {
	case Bool, Number:
		return append(dst, n.Text()...)
	case String:
		return appendString(dst, n.Text())
	case List:
		dst = append(dst, '[')
		for i, item := range n.Items() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = item.AppendJSON(dst)
		}
		return append(dst, ']')
	case Object:
		dst = append(dst, '{')
		for i, m := range n.Members() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendString(dst, m.Key()), ':')
			dst = m.value.AppendJSON(dst)
		}
		return append(dst, '}')
	}
	return append(dst, "null"...)
}

func appendString(dst []byte, text string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(text); {
		c, size := rune(text[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRuneInString(text[i:])
		}
		if escape(c, size) {
			dst = appendEscape(append(dst, text[start:i]...), c)
			start = i + size
		}
		i += size
	}
	return append(append(dst, text[start:]...), '"')
}

func escape(c rune, size int) bool {
	return c < ' ' || c == '"' || c == '\\' || c == 0x7F ||
		c == '\u2028' || c == '\u2029' || c == utf8.RuneError && size == 1
}

func appendEscape(dst []byte, c rune) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', byte(c))
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	case utf8.RuneError:
		return utf8.AppendRune(dst, c)
	}
	const hex = "0123456789abcdef"
	return append(dst, '\\', 'u', hex[c>>12&15], hex[c>>8&15], hex[c>>4&15], hex[c&15])
}
