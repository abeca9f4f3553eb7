package document

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
	"unsafe"
)

const byteOrderMark = '\uFEFF'

// shared returns data as text without copying it. The data must not change any more.
func shared(data []byte) string { return unsafe.String(unsafe.SliceData(data), len(data)) }

// decode returns text without a leading byte order mark, or why it is not text.
func decode(text string) (decoded string, fault *Finding) {
	if utf16(text) {
		return "", &Finding{
			Pos:     Position{Line: 1, Column: 1},
			Message: "the file is UTF-16 or UTF-32 text (seen at byte 0); only UTF-8 is supported",
			Hint:    "save as UTF-8",
		}
	}
	skipped := len(text)
	text = strings.TrimPrefix(text, string(byteOrderMark))
	skipped -= len(text)
	for i := plainEnd(text, 0); i < len(text); i = plainEnd(text, i) {
		c, size := utf8.DecodeRuneInString(text[i:])
		if message, hint := refused(c, size, text[i:], i+skipped); message != "" {
			return "", &Finding{Pos: locate(text, i), Message: message, Hint: hint}
		}
		i += size
	}
	return text, nil
}

// plainEnd returns the offset, from at on, of the first byte that is neither printable
// ASCII nor white space. It looks at eight bytes at a time.
func plainEnd(text string, at int) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for at < len(text) {
		end := min(at+8, len(text))
		if at+8 <= len(text) {
			word := uint64(text[at]) | uint64(text[at+1])<<8 | uint64(text[at+2])<<16 | uint64(text[at+3])<<24 |
				uint64(text[at+4])<<32 | uint64(text[at+5])<<40 | uint64(text[at+6])<<48 | uint64(text[at+7])<<56
			// A byte below ' ' borrows from its highest bit.
			if (word|(word-ones*' '))&highs == 0 {
				at = end
				continue
			}
		}
		for ; at < end; at++ {
			if c := text[at]; (c < ' ' && c != '\n' && c != '\t' && c != '\r') || c >= utf8.RuneSelf {
				return at
			}
		}
	}
	return at
}

// withoutMark returns YAML without a byte order mark after leading comments and blank
// lines. They may precede a document in any order (YAML 1.2, production 202,
// l-document-prefix).
func withoutMark(data []byte) []byte {
	mark := []byte(string(byteOrderMark))
	at := bytes.Index(data, mark)
	if at <= 0 || data[at-1] != '\n' && data[at-1] != '\r' {
		return data
	}
	for line := range bytes.FieldsFuncSeq(data[:at], func(c rune) bool { return c == '\n' || c == '\r' }) {
		if line = bytes.TrimLeft(line, " \t"); len(line) > 0 && line[0] != '#' {
			return data
		}
	}
	return slices.Concat(data[:at], data[at+len(mark):])
}

// utf16 reports whether data begins with a byte order mark of UTF-16 or UTF-32, or with
// ASCII text in them, in which every other byte is 0.
func utf16(data string) bool {
	if strings.HasPrefix(data, "\xFF\xFE") || strings.HasPrefix(data, "\xFE\xFF") {
		return true
	}
	if len(data) < 4 {
		return false
	}
	zeros := data[0] == 0 || data[1] == 0
	return zeros && (data[0] == 0) == (data[2] == 0) && (data[1] == 0) == (data[3] == 0) && data[0] != data[1] ||
		strings.HasPrefix(data, "\x00\x00\xFE\xFF")
}

// refused returns what is wrong with the character c of size bytes at the start of
// rest, which is at offset in the file. It returns "" for an allowed character.
func refused(c rune, size int, rest string, offset int) (message, hint string) {
	switch {
	case c == utf8.RuneError && size == 1:
		return fmt.Sprintf("byte %d of the file, 0x%02X, is not valid UTF-8", offset, rest[0]), "save as UTF-8"
	case c == 0:
		n := len(rest) - len(strings.TrimLeft(rest, "\x00"))
		return fmt.Sprintf("%s NUL byte(s) from byte %d of the file on; text cannot contain NUL", count(n), offset),
			"the file may have been cut off while it was written"
	case c < ' ' && c != '\t' && c != '\n' && c != '\r':
		return fmt.Sprintf("control character U+%04X at byte %d of the file; only tabs and line breaks are allowed", c, offset),
			"write it as an escape in double quotes"
	case c == byteOrderMark:
		return fmt.Sprintf("byte order mark U+FEFF at byte %d; it is allowed only at the beginning of a file", offset),
			"remove it; most editors do not show it"
	}
	return "", ""
}
