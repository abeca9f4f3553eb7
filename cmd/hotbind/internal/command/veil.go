package command

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/validate"
)

// shortestSecret is the minimum length of a text that is hidden everywhere. A shorter one
// could be part of any word, so it is hidden only on the lines of its value.
const shortestSecret = 4

// A veil hides secrets in the lines of a diff: the lines of their values, and their texts
// anywhere else. A nil veil hides nothing: without a schema no value is known to be
// secret.
type veil struct {
	old, new *veiledText
	texts    []string // lines of secrets
}

// A veiledText is one of the two texts of a diff.
type veiledText struct {
	name    string
	lines   []string
	places  []document.Position // of its keys and values, in order
	columns map[int]int         // line to the first hidden column; both from 1
}

// newVeil returns the veil for a diff between two texts of a file. Moved holds values of
// the old text at their places in the new one, or is nil.
func newVeil(schema *validate.Schema, name string, from, to []byte, moved *document.Node) *veil {
	if schema == nil {
		return nil
	}
	v := &veil{}
	shape := schema.Shape()
	v.old = v.text(name, from, shape)
	v.new = v.text(name, to, shape)
	v.find(v.old, moved, shape)
	slices.SortFunc(v.texts, func(a, b string) int { return len(b) - len(a) })
	return v
}

// text finds the secrets of a text. A text that cannot be parsed, such as a file of
// variables, may have a secret on any line.
func (v *veil) text(name string, text []byte, shape document.Shape) *veiledText {
	t := &veiledText{name: name, lines: splitLines(text), columns: map[int]int{}}
	doc, findings := parse(name, text)
	if doc == nil && !findings.Empty() || !hasPlainLines(text) {
		t.hideAll()
		return t
	}
	t.place(doc)
	slices.SortFunc(t.places, comparePositions)
	v.find(t, doc, shape)
	return t
}

// hasPlainLines reports whether a document and a diff count the lines of text alike:
// YAML knows more line breaks.
func hasPlainLines(text []byte) bool {
	unix := strings.ReplaceAll(string(text), "\r\n", "\n")
	return utf8.ValidString(unix) && !strings.ContainsAny(unix, "\x00\r\u0085\u2028\u2029")
}

func comparePositions(a, b document.Position) int {
	switch {
	case a.Before(b):
		return -1
	case b.Before(a):
		return 1
	}
	return 0
}

// place records the positions of the keys and values of n.
func (t *veiledText) place(n *document.Node) {
	if n == nil {
		return
	}
	t.places = append(t.places, n.Pos())
	for _, m := range n.Members() {
		t.places = append(t.places, m.Pos())
		t.place(m.Value())
	}
	for _, item := range n.Items() {
		t.place(item)
	}
}

// find records the secret values of n.
func (v *veil) find(t *veiledText, n *document.Node, shape document.Shape) {
	if n != nil {
		v.compare(t, n, document.Hide(n, shape, false))
	}
}

func (v *veil) compare(t *veiledText, n, shown *document.Node) {
	if shown.Kind() == document.String && shown.Text() == document.Redacted {
		v.hide(t, n)
		return
	}
	for i := range n.Members() {
		v.compare(t, n.Members()[i].Value(), shown.Members()[i].Value())
	}
	for i := range n.Items() {
		v.compare(t, n.Items()[i], shown.Items()[i])
	}
}

// hide records everything within a secret value.
func (v *veil) hide(t *veiledText, n *document.Node) {
	t.hide(n.Pos())
	for line := range strings.Lines(n.Text()) {
		if text := strings.TrimSpace(line); len(text) >= shortestSecret {
			v.texts = append(v.texts, text)
		}
	}
	for _, m := range n.Members() {
		t.hide(m.Pos())
		v.hide(t, m.Value())
	}
	for _, item := range n.Items() {
		v.hide(t, item)
	}
}

// hide hides the text from a position up to the next key or value, including comments
// between them. In JSON it ends with the line.
func (t *veiledText) hide(at document.Position) {
	if at.File != t.name || at.Line < 1 {
		return
	}
	t.hideFrom(at.Line, at.Column)
	if strings.EqualFold(filepath.Ext(t.name), ".json") {
		return
	}
	for line := at.Line + 1; line <= t.lastLine(at); line++ {
		t.hideFrom(line, 1)
	}
}

func (t *veiledText) hideFrom(line, column int) {
	if now, ok := t.columns[line]; !ok || column < now {
		t.columns[line] = column
	}
}

// hideAll hides all lines. If every line sets a variable, the names stay.
func (t *veiledText) hideAll() {
	named := !slices.ContainsFunc(t.lines, func(line string) bool { return !variable.MatchString(line) })
	for i, line := range t.lines {
		column := 1
		if at := strings.IndexByte(line, '='); named && at >= 0 && !strings.HasPrefix(strings.TrimSpace(line), "#") {
			column = at + 2 // a name is ASCII
		}
		t.hideFrom(i+1, column)
	}
}

// variable matches a line that sets a variable, a comment or a blank line, but no value
// that continues on the next line.
var variable = regexp.MustCompile(`^\s*(#.*|(export\s+)?[A-Za-z_][A-Za-z0-9_.]*\s*=\s*("[^"\\]*"\s*(#.*)?|'[^']*'\s*(#.*)?|[^"'\s].*)?)?\s*$`)

// lastLine returns the last line that may belong to the value at a position.
func (t *veiledText) lastLine(at document.Position) int {
	i, _ := slices.BinarySearchFunc(t.places, at, comparePositions)
	for i < len(t.places) && !at.Before(t.places[i]) {
		i++
	}
	if i == len(t.places) {
		return len(t.lines)
	}
	next := t.places[i]
	if next.Line > len(t.lines) || isLead(firstRunes(t.lines[next.Line-1], next.Column-1)) {
		return next.Line - 1
	}
	return next.Line // both are on this line
}

// isLead reports whether text, before a key or value on its line, cannot end another one.
func isLead(text string) bool { return strings.Trim(text, " \t-?[{\ufeff") == "" }

// firstRunes returns the first n characters of text.
func firstRunes(text string, n int) string {
	for i := range text {
		if n <= 0 {
			return text[:i]
		}
		n--
	}
	return text
}

// over returns a line of the diff with secrets hidden. Before and after are its line
// numbers in the old and the new text.
func (v *veil) over(l diffLine, before, after int) diffLine {
	if v == nil {
		return l
	}
	column, hidden := 0, false
	if l.mark != '+' {
		column, hidden = v.old.columns[before]
	}
	if l.mark != '-' {
		if now, ok := v.new.columns[after]; ok && (!hidden || now < column) {
			column, hidden = now, true
		}
	}
	if hidden {
		l.text = hideRest(l.text, column)
	}
	for _, text := range v.texts {
		l.text = strings.ReplaceAll(l.text, text, document.Redacted)
	}
	return l
}

// hideRest hides a line from a column on, except for its indentation.
func hideRest(line string, column int) string {
	text := strings.TrimRight(line, "\r\n")
	indent := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
	shown := firstRunes(text, column-1)
	if len(shown) < len(indent) {
		shown = indent
	}
	if strings.TrimSpace(text[len(shown):]) == "" {
		return line
	}
	return shown + document.Redacted + line[len(text):]
}
