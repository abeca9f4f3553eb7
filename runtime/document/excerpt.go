package document

import (
	"slices"
	"strings"
	"unicode"
)

// longestExcerpt bounds the characters shown of a line.
const longestExcerpt = 160

// An Excerpter returns the lines of one text that findings point to.
type Excerpter struct {
	lines   []string
	secrets []string
	hidden  bool // the text has secrets; if it cannot be parsed, any line may be part of one
}

// NewExcerpter returns an Excerpter for text. Lines with a key in secrets are not
// shown; see [SecretKeys].
func NewExcerpter(text []byte, secrets []string) *Excerpter {
	all := strings.TrimPrefix(string(text), string(byteOrderMark))
	e := &Excerpter{secrets: secrets, hidden: mentions(all, secrets)}
	e.lines = strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(all), "\n")
	return e
}

// Excerpt returns the line that a finding points to, and a line with a caret under the
// column. Both are empty if the line is unknown, too long to be of use, or may hold a
// secret.
func (e *Excerpter) Excerpt(f Finding) (line, caret string) {
	if f.Secret || f.Pos.Line < 1 || f.Pos.Line > len(e.lines) || f.Rule == "" && e.hidden {
		return "", ""
	}
	shown := []rune(e.lines[f.Pos.Line-1])
	if len(shown) > longestExcerpt || mentions(string(shown), e.secrets) {
		return "", ""
	}
	column := min(max(f.Pos.Column, 1), len(shown)+1)
	if len(e.secrets) > 0 && strings.ContainsAny(string(shown[:column-1]), ",]}") {
		return "", "" // a secret that began on an earlier line may end on this one
	}
	var pad strings.Builder
	for i, r := range shown {
		if !unicode.IsPrint(r) && r != '\t' {
			shown[i] = '?'
		}
		switch {
		case i >= column-1:
		case r == '\t':
			pad.WriteRune('\t')
		default:
			pad.WriteRune(' ')
		}
	}
	return string(shown), pad.String() + "^"
}

func mentions(text string, keys []string) bool {
	return slices.ContainsFunc(keys, func(key string) bool { return strings.Contains(text, key) })
}

// SecretKeys returns, sorted, the keys that are secret anywhere in a shape, or that hold
// a secret without a key of its own. Lines with one of them are not shown. If there are
// secrets under keys that the shape does not name, such as those of a map, the result
// includes the empty key, which every line contains.
func SecretKeys(shape Shape) []string {
	w := secretWalk{keys: map[string]bool{}, holds: map[Shape]bool{}}
	w.look(shape)
	var list []string
	for key := range w.keys {
		list = append(list, key)
	}
	slices.Sort(list)
	return list
}

// A secretWalk finds the keys of secrets. Shapes may contain themselves, so it visits
// each once.
type secretWalk struct {
	keys  map[string]bool
	holds map[Shape]bool // whether a visited shape is a secret, or holds one without a key
}

// look visits a shape, and reports whether it is a secret or holds one without a key.
func (w *secretWalk) look(shape Shape) bool {
	if shape == nil {
		return false
	}
	if known, walked := w.holds[shape]; walked {
		return known
	}
	w.holds[shape] = shape.Secret()
	for _, p := range shape.Properties() {
		if w.look(p.Shape) {
			w.keys[p.Key] = true
		}
	}
	for _, s := range append(slices.Clone(shape.Undeclared()), shape.Item()) {
		if w.look(s) {
			w.keys[""] = true
			w.holds[shape] = true
		}
	}
	return w.holds[shape]
}
