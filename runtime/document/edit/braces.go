package edit

import (
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// braces writes an object or list in braces or brackets, which p was before.
func (e *emitter) braces(p *piece, n *document.Node) string {
	if p.opaque != nil {
		refuse(p.opaque.offset, p.opaque.message)
	}
	if e.commented(p) {
		refuse(p.open, "it has comments between braces")
	}
	brackets := "{}"
	if n.Kind() == document.List {
		brackets = "[]"
	}
	open := e.text[p.start:p.open] + brackets[:1]
	if len(n.Members())+len(n.Items()) == 0 {
		return open + brackets[1:]
	}
	first, others, end := e.spaces(p)
	var b strings.Builder
	b.WriteString(open)
	for k, i := range e.matches(p, n) {
		if k == 0 {
			b.WriteString(first)
		} else {
			b.WriteString("," + others)
		}
		var old *slot
		if i >= 0 {
			old = p.slots[i]
		}
		value, key := n, ""
		if n.Kind() == document.Object {
			value = n.Members()[k].Value()
			key = e.flowKey(p, n.Members()[k], old)
		} else {
			value = n.Items()[k]
		}
		b.WriteString(key + e.flowValue(value, old, lastLine(others)))
	}
	b.WriteString(end + brackets[1:])
	return b.String()
}

// commented reports whether there is a comment directly between the braces.
func (e *emitter) commented(p *piece) bool {
	if e.json {
		return false
	}
	for _, sl := range p.slots {
		if strings.Contains(e.text[sl.from:sl.at]+e.text[sl.keyEnd:sl.value.start]+e.text[sl.value.end:sl.to], "#") {
			return true
		}
	}
	return strings.Contains(e.text[p.tail:p.end], "#")
}

// spaces returns the text before the first part in braces, before each other, and
// before the end.
func (e *emitter) spaces(p *piece) (first, others, end string) {
	if len(p.slots) == 0 {
		if !e.json || !strings.Contains(strings.TrimSpace(e.text), "\n") {
			return "", strings.TrimPrefix(e.colon(), ":"), ""
		}
		indent := e.lineIndent(p.start)
		return "\n" + indent + e.indent, "\n" + indent + e.indent, "\n" + indent
	}
	last := p.slots[len(p.slots)-1]
	first = e.text[p.slots[0].from:p.slots[0].at]
	end = e.text[last.value.end : p.end-1]
	switch {
	case len(p.slots) > 1:
		others = e.text[p.slots[1].from:p.slots[1].at]
	case strings.Contains(first, "\n"):
		others = first
	case !e.compact:
		others = " "
	}
	return first, others, end
}

func (e *emitter) lineIndent(at int) string {
	line := e.text[e.lineStart(at):e.lineEnd(at)]
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

// lastLine returns the last line end of a text with what follows it, or "".
func lastLine(space string) string {
	if i := strings.LastIndexByte(space, '\n'); i >= 0 {
		return space[i:]
	}
	return ""
}

// flowKey writes a key in braces, with its colon.
func (e *emitter) flowKey(p *piece, m document.Member, old *slot) string {
	if old != nil && m.Key() == old.key {
		return e.text[old.at:old.value.start]
	}
	if sl := e.key(m.Pos()); sl != nil && !sl.flow && strings.Contains(e.leading(sl)+e.text[sl.value.end:sl.to], "#") {
		refuse(sl.at, "a comment would have to move into braces")
	}
	colon := ""
	if old != nil {
		colon = e.text[old.keyEnd:old.value.start]
	} else if len(p.slots) > 0 && p.slots[0].value.style != nothing {
		colon = e.text[p.slots[0].keyEnd:p.slots[0].value.start]
	} else {
		colon = e.colon()
	}
	return e.keyText(m.Key()) + colon
}

// colon returns the text between a new key and its value.
func (e *emitter) colon() string {
	if e.compact {
		return ":"
	}
	return ": "
}

// flowValue writes a value in braces, which was in the slot old if that is not nil. Its
// parts follow line, which is the start of a line, or "" for a value on one line.
func (e *emitter) flowValue(n *document.Node, old *slot, line string) string {
	if old != nil {
		was := old.value
		switch {
		case document.Equal(n, was.node):
			return e.text[was.start:was.end]
		case was.style == flow && was.node.Kind() == n.Kind() && was.node.Pos() == n.Pos():
			return e.braces(was, n)
		case isScalar(n) && isScalar(was.node) && was.style == scalar:
			return e.likewise(n, was, true)
		}
	}
	if p := e.value(n.Pos()); p != nil && document.Equal(p.node, n) {
		if p.style == scalar || p.style == flow {
			text := e.text[p.start:p.end]
			if !strings.Contains(text, "\n") {
				return text
			}
			return strings.ReplaceAll(text, "\n"+e.lineIndent(p.start), "\n"+strings.TrimPrefix(line, "\n"))
		}
		if strings.Contains(e.text[p.start:p.end], "#") {
			refuse(p.start, "a comment would have to move into braces")
		}
	}
	if isScalar(n) {
		return e.scalarText(n, true)
	}
	return e.freshBraces(n, line)
}

// freshBraces writes an object or list that was not in braces before.
func (e *emitter) freshBraces(n *document.Node, line string) string {
	brackets := "{}"
	if n.Kind() == document.List {
		brackets = "[]"
	}
	if len(n.Members())+len(n.Items()) == 0 {
		return brackets
	}
	inner, between := "", ", "
	if e.compact {
		between = ","
	}
	if line != "" && e.json {
		inner = line + e.indent
		between = "," + inner
	}
	var parts []string
	for _, m := range n.Members() {
		parts = append(parts, e.keyText(m.Key())+e.colon()+e.flowValue(m.Value(), nil, inner))
	}
	for _, item := range n.Items() {
		parts = append(parts, e.flowValue(item, nil, inner))
	}
	end := ""
	if inner != "" {
		end = line
	}
	return brackets[:1] + inner + strings.Join(parts, between) + end + brackets[1:]
}
