package suites

import (
	"bytes"
	"math/rand/v2"
)

// inserted are texts that matter in YAML or JSON, or in neither.
var inserted = []string{
	"", "", "x", "12", " ", "\n", "é", "\"", "'", ":", ": ", "#", " #c\n", "- ", "[", "]", "{", "}", ",", ", \"n\": 1", "1, ",
	"k: v\n", "\n\n", "|\n", "...\n", "---\n", "\r\n", "\t", "~", "true", "&a ", "<<: ",
}

// Edited returns text after a random edit as people and faults make them: to a few bytes,
// to lines, or to a block of YAML with the lines below it. The result may be invalid.
func Edited(r *rand.Rand, text []byte) []byte {
	lines := bytes.SplitAfter(text, []byte("\n"))
	i, j := r.IntN(len(lines)), r.IntN(len(lines))
	block, rest := lines[i:blockEnd(lines, i)], lines[blockEnd(lines, i):]
	switch r.IntN(12) {
	case 0: // a line again, elsewhere
		return join(lines[:i], lines[j:j+1], lines[i:])
	case 1: // fewer lines
		return join(lines[:i], lines[min(len(lines), i+1+r.IntN(3)):])
	case 2: // lines in another order
		lines[i], lines[j] = lines[j], lines[i]
		return join(lines)
	case 3: // a line further left or right
		if rest, ok := bytes.CutPrefix(lines[i], []byte("  ")); ok && r.IntN(2) == 0 {
			return join(lines[:i], [][]byte{rest}, lines[i+1:])
		}
		return join(lines[:i], [][]byte{[]byte("  ")}, lines[i:])
	case 4, 5: // without a block
		return join(lines[:i], rest)
	case 6: // a block again, with another first letter
		again := bytes.Clone(join(block))
		if at := bytes.IndexAny(again, "abcdefghijklmnopqrstuvwxyz"); at >= 0 {
			again[at] = 'a' + byte(r.IntN(26))
		}
		return join(lines[:i], block, [][]byte{again}, rest)
	case 7, 8: // another letter or digit
		text = bytes.Clone(text)
		at := r.IntN(len(text) + 1)
		if next := bytes.IndexAny(text[at:], "0123456789abcdxyz"); next >= 0 {
			text[at+next] = "1234567890xyzabcd"[r.IntN(17)]
		}
		return text
	}
	at := r.IntN(len(text) + 1)
	to := min(len(text), at+r.IntN(4)*r.IntN(4))
	return bytes.Join([][]byte{text[:at], text[to:]}, []byte(inserted[r.IntN(len(inserted))]))
}

// blockEnd returns the index of the first line after i that is not indented more.
func blockEnd(lines [][]byte, i int) int {
	indent := func(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " ")) }
	end := i + 1
	for end < len(lines) && indent(lines[end]) > indent(lines[i]) {
		end++
	}
	return end
}

func join(parts ...[][]byte) []byte {
	var text []byte
	for _, lines := range parts {
		text = append(text, bytes.Join(lines, nil)...)
	}
	return text
}
