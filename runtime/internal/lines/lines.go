// Package lines writes notifications so that nothing in them breaks a line or controls a
// terminal.
package lines

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	rt "github.com/hotbind/hotbind/runtime"
)

// longestLine bounds a line for people, in characters.
const longestLine = 400

// Visible returns text with line breaks and control characters for terminals escaped.
// Long text is cut.
func Visible(text string) string {
	var b strings.Builder
	count := 0
	for _, r := range text { // invalid UTF-8 is read as the replacement character
		if count++; count > longestLine {
			b.WriteString("…")
			break
		}
		if strconv.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}

// Record returns a notification as one line of JSON, without the line break. It escapes
// line breaks and control characters for terminals, some of which JSON leaves as they
// are.
func Record(n rt.Notification) ([]byte, error) {
	text, err := json.Marshal(n)
	if err != nil {
		return nil, fmt.Errorf("cannot write the notification as JSON: %w", err)
	}
	if !bytes.ContainsFunc(text, hidden) {
		return text, nil
	}
	safe := make([]byte, 0, len(text)+len(text)/4)
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if hidden(r) || r == utf8.RuneError && size == 1 {
			for _, unit := range utf16.Encode([]rune{r}) {
				safe = fmt.Appendf(safe, `\u%04x`, unit)
			}
		} else {
			safe = append(safe, text[:size]...)
		}
		text = text[size:]
	}
	return safe, nil
}

// hidden reports whether JSON must escape a character. It includes the replacement for
// invalid UTF-8.
func hidden(r rune) bool { return r == utf8.RuneError || !strconv.IsPrint(r) }
