package edit

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// plainText matches text that no YAML reader takes for anything else without quotes:
// words, or an amount such as 10s.
var plainText = regexp.MustCompile(`^(?:[A-Za-z_/](?:[:@+-]*[A-Za-z0-9_./]+)*(?: [A-Za-z0-9_./](?:[:@+-]*[A-Za-z0-9_./]+)*)*|[1-9][0-9]*[a-zA-Z]{1,2})$`)

// plainKey matches a key that needs no quotes.
var plainKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_./-]*$`)

// isWord reports whether some YAML reader takes text for null or a boolean.
func isWord(text string) bool {
	switch strings.ToLower(text) {
	case "null", "true", "false", "yes", "no", "on", "off", "y", "n":
		return true
	}
	return false
}

func (e *emitter) keyText(key string) string {
	if !e.json && plainKey.MatchString(key) && !isWord(key) {
		return key
	}
	return e.quotedText(key)
}

// scalarText writes a scalar in the usual way.
func (e *emitter) scalarText(n *document.Node, inFlow bool) string {
	switch {
	case n.Kind() != document.String:
		return string(n.AppendJSON(nil))
	case e.json || !plainText.MatchString(n.Text()) || isWord(n.Text()) || document.IsNumber(n.Text()):
		return e.quotedText(n.Text())
	case inFlow && strings.Contains(n.Text(), ":"):
		return e.quotedText(n.Text())
	}
	return n.Text()
}

// likewise writes a scalar with the quotes that the previous one had.
func (e *emitter) likewise(n *document.Node, old *piece, inFlow bool) string {
	if n.Kind() != document.String || old.node.Kind() != document.String {
		return e.scalarText(n, inFlow)
	}
	switch e.text[old.start] {
	case '"':
		return e.quotedText(n.Text())
	case '\'':
		if !strings.ContainsFunc(n.Text(), func(r rune) bool { return r < ' ' || r > '~' }) {
			return "'" + strings.ReplaceAll(n.Text(), "'", "''") + "'"
		}
	}
	return e.scalarText(n, inFlow)
}

// quotedText returns text in double quotes, which reads the same in JSON and YAML.
func (e *emitter) quotedText(text string) string {
	quoted := string(document.NewScalar(document.String, text, document.Position{}).AppendJSON(nil))
	if e.json {
		return quoted
	}
	var b strings.Builder
	for _, c := range quoted {
		// YAML does not allow these unescaped.
		if 0x7F <= c && c < 0xA0 || c == 0xFEFF || c == 0xFFFE || c == 0xFFFF {
			fmt.Fprintf(&b, `\u%04x`, c)
		} else {
			b.WriteRune(c)
		}
	}
	return b.String()
}
