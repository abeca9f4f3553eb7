package command

import (
	"slices"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/validate"

	rt "github.com/hotbind/hotbind/runtime"
)

// shortestSecret is how long a text must be to be hidden wherever it stands. A shorter
// one is hidden where its value is written: it could be a part of any word.
const shortestSecret = 4

// A veil hides the secrets in the lines of a diff. A nil veil hides nothing: without a
// schema nothing is known to be a secret.
type veil struct {
	all      bool         // no line can be understood
	old, new map[int]bool // lines, from 1, on which a secret begins
	texts    []string     // lines of secrets
}

// newVeil is that of a file that becomes another text, by what the schema says of both.
// Moved are values of the old text that stand elsewhere in the new one. A file that is
// no document, such as one of variables, may have a secret on any line.
func newVeil(schema *validate.Schema, name string, from, to []byte, moved *document.Node) *veil {
	if schema == nil {
		return nil
	}
	v := &veil{old: map[int]bool{}, new: map[int]bool{}}
	shape := schema.Shape()
	for _, side := range []struct {
		text  []byte
		lines map[int]bool
	}{{from, v.old}, {to, v.new}} {
		doc, findings := document.Parse(name, side.text, document.Limits{})
		v.all = v.all || doc == nil && !findings.Empty()
		v.find(doc, shape, side.lines)
	}
	v.find(moved, shape, v.old)
	slices.SortFunc(v.texts, func(a, b string) int { return len(b) - len(a) })
	return v
}

// find notes the values of n that hiding them would change.
func (v *veil) find(n *document.Node, shape document.Shape, lines map[int]bool) {
	if n != nil {
		v.compare(n, document.Hide(n, shape, false), lines)
	}
}

func (v *veil) compare(n, shown *document.Node, lines map[int]bool) {
	if shown.Kind == document.String && shown.Text == rt.Redacted {
		v.hide(n, lines)
		return
	}
	for i := range n.Members {
		v.compare(n.Members[i].Value, shown.Members[i].Value, lines)
	}
	for i := range n.Items {
		v.compare(n.Items[i], shown.Items[i], lines)
	}
}

// hide notes all that is in a secret value.
func (v *veil) hide(n *document.Node, lines map[int]bool) {
	lines[n.Pos.Line] = true
	for line := range strings.Lines(n.Text) {
		if text := strings.TrimSpace(line); len(text) >= shortestSecret {
			v.texts = append(v.texts, text)
		}
	}
	for _, m := range n.Members {
		lines[m.Pos.Line] = true
		v.hide(m.Value, lines)
	}
	for _, item := range n.Items {
		v.hide(item, lines)
	}
}

// over is a line of the diff with its secrets hidden; before and after are its numbers
// in the old and the new text.
func (v *veil) over(l diffLine, before, after int) diffLine {
	if v == nil {
		return l
	}
	if v.all || l.mark != '+' && v.old[before] || l.mark != '-' && v.new[after] {
		l.text = hideValue(l.text)
	}
	for _, text := range v.texts {
		l.text = strings.ReplaceAll(l.text, text, rt.Redacted)
	}
	return l
}

// hideValue hides all of a line behind its first key.
func hideValue(line string) string {
	end := ""
	if strings.HasSuffix(line, "\n") {
		end = "\n"
	}
	if at := strings.IndexAny(line, ":="); at >= 0 && strings.TrimSpace(line[at+1:]) != "" {
		return line[:at+1] + " " + rt.Redacted + end
	}
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t-"))]
	if strings.TrimSpace(strings.TrimRight(line, ":\r\n ")) == "" || strings.HasSuffix(strings.TrimSpace(line), ":") {
		return line
	}
	return indent + rt.Redacted + end
}
