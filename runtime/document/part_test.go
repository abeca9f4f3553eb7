package document

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestPositions: positions are worked out from marks within the text, and are the same as
// counted from its beginning, with every kind of line end, in long lines, and in bytes that
// are not UTF-8. The way back leads to the same offset.
func TestPositions(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "é", "漢", "🙂", "\n", "\r\n", "\r", strings.Repeat("x", 300), strings.Repeat("é", 200), strings.Repeat("\xAA", 300), "\xE6"}
	for range 200 {
		var b strings.Builder
		for range random.IntN(60) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		text := b.String()
		p := newPart("f", text)
		from := mark{}
		want := Position{File: "f", Line: 1, Column: 1}
		for at, c := range text + " " {
			if got := p.position(uint32(at)); got != want {
				t.Fatalf("%q: got byte %d at %v, want %v", text, at, got, want)
			}
			if from = p.find(want.Line, want.Column, from); from.offset != at {
				t.Fatalf("%q: got %v at byte %d, want %d", text, want, from.offset, at)
			}
			if want.Column++; c == '\n' || c == '\r' && !strings.HasPrefix(text[at:], "\r\n") {
				want.Line, want.Column = want.Line+1, 1
			}
		}
	}
}

// TestPlainEnd: the check of eight bytes at a time finds what a check of each byte finds.
func TestPlainEnd(t *testing.T) {
	t.Parallel()
	for c := range 256 {
		for before := range 20 {
			text := strings.Repeat("~ ", 10)[:before] + string([]byte{byte(c)}) + strings.Repeat(" ~", 10)
			want := len(text)
			if c < ' ' && c != '\n' && c != '\t' && c != '\r' || c >= utf8.RuneSelf {
				want = before
			}
			if got := plainEnd(text, 0); got != want {
				t.Fatalf("%q: got %d, want %d", text, got, want)
			}
		}
	}
}
