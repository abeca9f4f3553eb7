package document

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxFindings is where parsing stops: more findings seldom help, and a hostile file
// must not use up memory.
const maxFindings = 1000

// The longest texts from a file that findings repeat, in bytes. They keep the [Shown]
// findings of [Findings.String] below 8 KB.
const (
	maxShown = 60
	maxStep  = 40
	maxPath  = 120
)

// A report collects the findings about one file.
type report struct {
	file     string
	value    *Position // where everything is, in a text without lines of its own
	findings Findings
	full     bool // no more findings are added, parsing may stop
	reading  reading
	keeps    bool // the data of the file, which does not change, instead of a copy
}

// text returns the data of the file as text.
func (r *report) text(data []byte) string {
	if r.keeps {
		return shared(data)
	}
	return string(data)
}

// part returns the part for a text.
func (r *report) part(text string) *part {
	if r.value != nil {
		return &part{at: *r.value, text: text}
	}
	return newPart(r.file, text)
}

func (r *report) add(f Finding) {
	if r.full {
		return
	}
	switch {
	case r.value != nil:
		f.Pos = *r.value
	case f.Pos.Line == 0: // the whole file
		f.Pos = Position{File: r.file, Line: 1, Column: 1}
	default:
		f.Pos.File = r.file
	}
	r.findings = append(r.findings, f)
	r.full = len(r.findings) == maxFindings
}

// Quote returns text from a file as messages show it: in quotes, on one line, without
// control characters, and shortened.
func Quote(text string) string {
	return `"` + strings.ReplaceAll(escaped(text, maxShown), `"`, `\"`) + `"`
}

// oneCharacter returns a character from a file as messages show it. Letters and digits
// are not shown, because they may begin a secret.
func oneCharacter(c rune) string {
	if unicode.IsLetter(c) || unicode.IsDigit(c) {
		return "text"
	}
	return Quote(string(c))
}

// bare is [Quote] without the quotes, for numbers and tags.
func bare(text string) string { return escaped(text, maxShown) }

func escaped(text string, limit int) string {
	var b strings.Builder
	for _, c := range text {
		part := string(c)
		if !strconv.IsPrint(c) {
			part = strings.Trim(strconv.QuoteRune(c), "'")
		}
		if b.Len()+len(part) > limit {
			b.WriteString("…")
			break
		}
		b.WriteString(part)
	}
	return b.String()
}

// A trail is the way from the document to a value.
type trail []step

// A step leads to the member key of an object, or to item index of a list.
type step struct {
	key   string
	index int // -1 for a key
}

func (t *trail) enterKey(key string) { *t = append(*t, step{key, -1}) }
func (t *trail) enterItem(i int)     { *t = append(*t, step{"", i}) }
func (t *trail) leave()              { *t = (*t)[:len(*t)-1] }

// path returns the trail in the form of [KeyPath] and [IndexPath], shortened if long.
func (t trail) path() string {
	path := ""
	for _, s := range t {
		if s.index >= 0 {
			path = IndexPath(path, s.index)
		} else {
			path = KeyPath(path, shortened(s.key, maxStep, 0))
		}
	}
	return shortened(path, maxPath/2, maxPath/2)
}

// shortened keeps about head bytes at the start and tail bytes at the end of text.
func shortened(text string, head, tail int) string {
	if len(text) <= head+tail {
		return text
	}
	for !utf8.RuneStart(text[head]) {
		head--
	}
	from := len(text) - tail
	for from < len(text) && !utf8.RuneStart(text[from]) {
		from++
	}
	return text[:head] + "…" + text[from:]
}
