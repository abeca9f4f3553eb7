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
// or to lines. The result may be invalid.
func Edited(r *rand.Rand, text []byte) []byte {
	lines := bytes.SplitAfter(text, []byte("\n"))
	i, j := r.IntN(len(lines)), r.IntN(len(lines))
	switch r.IntN(8) {
	case 0: // a line again, elsewhere
		lines = append(lines[:i:i], append([][]byte{lines[j]}, lines[i:]...)...)
	case 1: // fewer lines
		lines = append(lines[:i:i], lines[min(len(lines), i+1+r.IntN(3)):]...)
	case 2: // lines in another order
		lines[i], lines[j] = lines[j], lines[i]
	case 3: // a line further left or right
		if rest, ok := bytes.CutPrefix(lines[i], []byte("  ")); ok && r.IntN(2) == 0 {
			lines[i] = rest
		} else {
			lines[i] = append([]byte("  "), lines[i]...)
		}
	default:
		at := r.IntN(len(text) + 1)
		to := min(len(text), at+r.IntN(4)*r.IntN(4))
		return bytes.Join([][]byte{text[:at], text[to:]}, []byte(inserted[r.IntN(len(inserted))]))
	}
	return bytes.Join(lines, nil)
}
