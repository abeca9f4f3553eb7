package edit

import (
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// An emitter writes the new text and copies unchanged parts from the source.
type emitter struct {
	*source
	indent  string // one level
	compact bool   // JSON without blanks
}

// document writes the whole text of the document to.
func (e *emitter) document(root *piece, to *document.Node) string {
	switch {
	case root.style == block && e.same(root, to):
		return e.text[:root.from] + e.block(root, to, root.column) + e.text[root.end:]
	case root.style == flow && root.node.Kind() == to.Kind():
		return e.text[:root.start] + e.braces(root, to) + e.text[root.end:]
	}
	refuse(root.start, "the whole document changes")
	return ""
}

// same reports whether n is a changed version of p, so that part of p stays. It fails
// for a p that can only be kept as it is.
func (e *emitter) same(p *piece, n *document.Node) bool {
	if p == nil || p.node.Kind() != n.Kind() || p.node.Pos() != n.Pos() {
		return false
	}
	if p.opaque != nil {
		refuse(p.opaque.offset, p.opaque.message)
	}
	for _, i := range e.matches(p, n) {
		if i >= 0 {
			return true
		}
	}
	return false
}

// matches returns for each member or item of n the slot of p in which it was written,
// or -1.
func (e *emitter) matches(p *piece, n *document.Node) []int {
	index := map[*slot]int{}
	items := map[document.Position][]int{}
	for i, sl := range p.slots {
		index[sl] = i
		if pos := sl.value.node.Pos(); n.Kind() == document.List {
			items[pos] = append(items[pos], i)
		}
	}
	var matches []int
	for _, m := range n.Members() {
		i, ok := index[e.key(m.Pos())]
		if !ok {
			i = -1
		}
		delete(index, e.key(m.Pos()))
		matches = append(matches, i)
	}
	for _, item := range n.Items() {
		i := -1
		if left := items[item.Pos()]; len(left) > 0 {
			i, items[item.Pos()] = left[0], left[1:]
		}
		matches = append(matches, i)
	}
	return matches
}

// block writes the lines of a block at a column and keeps those of p that are
// unchanged. p is nil if nothing of it was a block before.
func (e *emitter) block(p *piece, n *document.Node, column int) string {
	var b strings.Builder
	if p == nil {
		p = &piece{column: column}
	}
	shift := column - p.column
	matches := e.matches(p, n)
	kept := map[int]bool{}
	for _, i := range matches {
		kept[i] = true
	}
	written := 0 // the slots whose gaps are written
	gaps := func(to int) {
		for ; written < to; written++ {
			sl := p.slots[written]
			if gap := e.text[sl.from:sl.lead]; kept[written] || strings.Contains(gap, "#") {
				b.WriteString(reindent(gap, shift))
			}
		}
	}
	for k, i := range matches {
		switch {
		case i >= 0:
			gaps(i + 1)
		case written < len(p.slots) && !kept[written]:
			// In place of deleted slots.
			b.WriteString(reindent(e.text[p.slots[written].from:p.slots[written].lead], shift))
			written++
		case k == 0 && len(p.slots) > 0:
			gaps(1) // the head of a file stays its head
		}
		if n.Kind() == document.Object {
			b.WriteString(e.member(n.Members()[k], column))
		} else {
			b.WriteString(e.item(n.Items()[k], p, i, column))
		}
	}
	gaps(len(p.slots))
	b.WriteString(reindent(e.text[p.tail:p.end], shift))
	return b.String()
}

// member writes a member of a block, with the comments that belong to it.
func (e *emitter) member(m document.Member, column int) string {
	sl := e.key(m.Pos())
	if sl == nil {
		return pad(column) + e.keyText(m.Key()) + ":" + e.fresh(m.Value(), column, column+len(e.indent)) + "\n"
	}
	key := e.text[sl.at:sl.keyEnd]
	if m.Key() != sl.key {
		key = e.keyText(m.Key())
	}
	if sl.flow {
		return pad(column) + key + ":" + e.fresh(m.Value(), column, column+len(e.indent)) + "\n"
	}
	return reindent(e.leading(sl)+pad(sl.column)+key+e.text[sl.keyEnd:sl.colon]+e.changed(m.Value(), sl), column-sl.column)
}

// leading returns the comments above a slot.
func (e *emitter) leading(sl *slot) string {
	if line := e.lineStart(sl.at); sl.lead < line {
		return e.text[sl.lead:line]
	}
	return ""
}

// item writes an item of a list, which was in slot i of p, or in none.
func (e *emitter) item(n *document.Node, p *piece, i, column int) string {
	if i >= 0 {
		sl := p.slots[i]
		return reindent(e.leading(sl)+pad(sl.column)+"-"+e.changed(n, sl), column-sl.column)
	}
	text := e.fresh(n, column, column+2)
	if strings.HasPrefix(text, "\n") {
		text = " " + strings.TrimLeft(text, "\n ")
	}
	return pad(column) + "-" + text + "\n"
}

// changed writes what follows the colon or dash of a slot, up to its end.
func (e *emitter) changed(n *document.Node, sl *slot) string {
	old := sl.value
	before, rest := e.text[sl.colon:old.start], e.text[old.end:sl.to]
	switch {
	case document.Equal(n, old.node):
		return e.text[sl.colon:sl.to]
	case old.style == block && e.same(old, n):
		text := e.block(old, n, old.column)
		if !old.own {
			text = strings.TrimLeft(text, "\n ")
		}
		return e.text[sl.colon:old.from] + text + rest
	case old.style == flow && old.node.Kind() == n.Kind() && old.node.Pos() == n.Pos():
		return before + e.braces(old, n) + rest
	case isScalar(n) && old.style == nothing:
		return " " + e.scalarText(n, false) + rest
	case isScalar(n) && isScalar(old.node):
		return before + e.likewise(n, old, false) + rest
	}
	return e.replaced(n, sl)
}

// replaced writes a value of another kind than the slot had; a comment beside the key
// stays there.
func (e *emitter) replaced(n *document.Node, sl *slot) string {
	old := sl.value
	text := e.fresh(n, sl.column, sl.column+len(e.indent))
	rest := e.text[old.end:sl.to]
	comment := ""
	if old.style == block && old.own {
		head := e.text[sl.colon : e.lineEnd(sl.colon)-1]
		if i := strings.Index(head, " #"); i >= 0 {
			comment = head[i:]
		}
		rest = "\n" + rest
	} else if old.style == block {
		rest = "\n" + rest
	} else {
		end := strings.IndexByte(rest, '\n')
		comment, rest = strings.TrimRight(rest[:end], " \t"), rest[end:]
	}
	if strings.HasPrefix(text, "\n") {
		return comment + text + rest
	}
	return text + comment + rest
}

// fresh writes a value after the colon of a key at a column, without the last line end.
// A block in it starts at column inner. Parts that are in the source are copied from
// there.
func (e *emitter) fresh(n *document.Node, column, inner int) string {
	p := e.value(n.Pos())
	if p != nil && document.Equal(p.node, n) {
		return e.copied(p, column, inner)
	}
	switch {
	case isScalar(n):
		return " " + e.scalarText(n, false)
	case n.Kind() == document.Object && len(n.Members()) == 0:
		return " {}"
	case n.Kind() == document.List && len(n.Items()) == 0:
		return " []"
	}
	if p == nil || p.style != block || !e.same(p, n) {
		p = nil
	}
	return "\n" + strings.TrimSuffix(e.block(p, n, inner), "\n")
}

// copied returns a value as it is in the source, moved to another column.
func (e *emitter) copied(p *piece, column, inner int) string {
	switch p.style {
	case nothing:
		return ""
	case block:
		text := e.text[p.from:p.end]
		if !p.own {
			text = pad(p.column) + text
		}
		return "\n" + strings.TrimSuffix(reindent(text, inner-p.column), "\n")
	}
	first, others, _ := strings.Cut(e.text[p.start:p.end], "\n")
	if others == "" {
		return " " + first
	}
	return " " + first + "\n" + reindent(others, column-indentation(e.text[e.lineStart(p.start):]))
}

// reindent moves the lines of a text to the right, or to the left.
func reindent(text string, by int) string {
	if by == 0 || text == "" {
		return text
	}
	var b strings.Builder
	for _, line := range strings.SplitAfter(text, "\n") {
		switch {
		case isBlank(line):
		case by > 0:
			b.WriteString(pad(by))
		default:
			line = line[min(-by, indentation(line)):]
		}
		b.WriteString(line)
	}
	return b.String()
}

func pad(column int) string { return strings.Repeat(" ", column) }

func isScalar(n *document.Node) bool {
	return n.Kind() != document.Object && n.Kind() != document.List
}
