package document_test

import (
	"strings"
	"testing"

	"github.com/hotbind/hotbind/runtime/document"
)

// The line that a finding points to is shown with a caret, unless it may contain a
// secret. That includes lines that continue a secret, and texts that cannot be parsed.
func TestExcerpt(t *testing.T) {
	t.Parallel()
	secrets := []string{"password"}
	for _, c := range []struct {
		why, text    string
		line, column int
		finding      document.Finding
		want         string
	}{
		{"plain", "a: 1\nbb: x\n", 2, 5, document.Finding{Rule: "type"}, "bb: x\n    ^"},
		{"a mark and other line ends", "\uFEFFa: 1\r\nbb: x\rc: 3", 2, 1, document.Finding{Rule: "type"}, "bb: x\n^"},
		{"tabs and unprintable bytes", "a:\t\x01é: x", 1, 5, document.Finding{Rule: "type"}, "a:\t?é: x\n  \t ^"},
		{"after the end of the line", "a:", 1, 9, document.Finding{Rule: "type"}, "a:\n  ^"},
		{"no such line", "a:", 2, 1, document.Finding{Rule: "type"}, ""},
		{"no place", "a:", 0, 0, document.Finding{Rule: "type"}, ""},
		{"too long", strings.Repeat("a", 161), 1, 1, document.Finding{Rule: "type"}, ""},
		{"a secret", "a: hunter2", 1, 4, document.Finding{Rule: "type", Secret: true}, ""},
		{"a secret beside it", "{a: x, password: hunter2}", 1, 5, document.Finding{Rule: "type"}, ""},
		{"a secret that ends on the line", "{password: hunt\n er2, a: x}", 2, 10, document.Finding{Rule: "type"}, ""},
		{"an unreadable text with a secret somewhere", "password: |\n  a\n hunter2", 3, 2, document.Finding{}, ""},
		{"an unreadable text without secrets", "a: |\n  a\n b", 3, 2, document.Finding{}, " b\n ^"},
	} {
		c.finding.Pos = document.Position{File: "c.yaml", Line: c.line, Column: c.column}
		line, caret := document.NewExcerpter([]byte(c.text), secrets).Excerpt(c.finding)
		if got := strings.TrimSuffix(line+"\n"+caret, "\n"); got != c.want {
			t.Errorf("%s: got %q, want %q", c.why, got, c.want)
		}
	}
}
