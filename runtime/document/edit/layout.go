package edit

import (
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// A piece is a value as it is written.
type piece struct {
	node   *document.Node
	start  int // where it begins, with its anchor and tag; for a block on lines of its own, the first line
	end    int // after it; for a block, after its last line
	after  int // where the colon or dash before it ends
	from   int // of a block: where its lines begin, with comments before the first slot
	open   int // of braces: where they open
	column int // of the keys or dashes of a block
	parent int // the column of the block that it is in, -1 at the root
	style  style
	own    bool // a block that begins on a line of its own
	slots  []*slot
	tail   int          // where the text after the last slot begins
	opaque *unsupported // why it can only be kept as it is; there are no slots then
}

type style uint8

const (
	scalar style = iota
	literal
	alias
	nothing // a null that is not written
	flow
	block
)

// A slot is a member or an item of a block or of braces. In a block it consists of
// lines: a gap of blank lines and detached comments, the lead of comments that belong
// to it, its own lines, and a foot of comments.
type slot struct {
	key    string
	from   int // where the gap begins; in braces, after the comma before
	lead   int // where the lead begins
	at     int // the key, or the dash of an item
	keyEnd int
	colon  int // after the colon or the dash
	value  *piece
	to     int // after the foot; in braces, the comma or the end
	column int // of the key or the dash in a block
	flow   bool
}

// layout finds how the document root is written.
func (s *source) layout(root *document.Node) *piece {
	at := 0
	if !s.json {
		at = s.afterFrame()
	}
	p := s.piece(root, at, -1, s.json)
	rest := s.text[p.end:]
	for _, line := range strings.SplitAfter(rest, "\n") {
		line, _ = strings.CutPrefix(line, "...")
		if !isBlank(line) && !isComment(line) {
			refuse(p.end, "the layout of the document is not supported")
		}
	}
	return p
}

// afterFrame returns the offset after the line --- that may precede the document.
func (s *source) afterFrame() int {
	for _, start := range s.lines {
		line := s.text[start:s.lineEnd(start)]
		switch {
		case strings.HasPrefix(line, "--- ") || strings.HasPrefix(line, "---\t"):
			return start + 3
		case line == "---\n":
			return start + 4
		case !isBlank(line) && !isComment(line) && line[0] != '%':
			return 0
		}
	}
	return 0
}

// piece finds how n is written, after the offset at which a key with its colon or a
// dash ends, in a block at column parent.
func (s *source) piece(n *document.Node, at, parent int, inFlow bool) *piece {
	p := &piece{node: n, after: at, parent: parent}
	if n.Kind() == document.Null && s.unwritten(at, inFlow) {
		p.start, p.end, p.style = at, at, nothing
		return p
	}
	at = s.skip(at)
	p.start = at
	at, propertyEnd := s.properties(at)
	c := s.byteAt(at)
	// An alias has the position of its anchor.
	if known := (place{n.Pos().Line, n.Pos().Column}); s.values[known] == nil && s.offset(n.Pos()) == p.start {
		s.values[known] = p
	}
	switch {
	case propertyEnd > p.start && n.Text() == "" && isScalar(n) && s.unwritten(propertyEnd, inFlow):
		p.end = propertyEnd
	case c == '*' && !s.json:
		s.aliased = true
		p.style, p.end = alias, s.word(at, inFlow)
	case n.Kind() == document.Object && c == '{' || n.Kind() == document.List && c == '[':
		p.style, p.open = flow, at
		s.guarded(p, func() { s.braces(p, at) }, func() int { return s.bracesEnd(at) })
	case (n.Kind() == document.Object || n.Kind() == document.List) && !inFlow:
		p.style = block
		at = s.blockStart(p, at)
		s.guarded(p, func() { s.block(p, at) }, func() int { return s.blockEnd(p, at) })
	case n.Kind() == document.Object || n.Kind() == document.List:
		refuse(at, "the layout of this value is not supported")
	case (c == '|' || c == '>') && !inFlow:
		p.style, p.end = literal, s.literal(at, parent)
	default:
		p.end = s.scalar(at, parent, inFlow)
	}
	return p
}

// unwritten reports whether only a comment follows up to the end of the line, or in
// braces up to their end.
func (s *source) unwritten(at int, inFlow bool) bool {
	if inFlow {
		c := s.byteAt(s.skip(at))
		return c == ',' || c == '}' || c == ']'
	}
	rest := strings.TrimLeft(s.text[at:s.lineEnd(at)], " \t")
	return rest == "\n" || rest == "" || rest[0] == '#'
}

// braces finds the members or items of an object or list in braces or brackets that
// open at an offset.
func (s *source) braces(p *piece, at int) {
	at++
	count := len(p.node.Members()) + len(p.node.Items())
	p.tail = at
	for i := range count {
		sl := &slot{from: at, flow: true}
		sl.at = s.skip(at)
		sl.lead = sl.at
		sl.colon = sl.at
		var value *document.Node
		if p.node.Kind() == document.Object {
			m := p.node.Members()[i]
			if s.offset(m.Pos()) != sl.at {
				s.aliased = true
				refuse(sl.at, "it has a merge key or a key in an unsupported form")
			}
			s.keys[place{m.Pos().Line, m.Pos().Column}] = sl
			sl.key, value = m.Key(), m.Value()
			sl.keyEnd = s.flowKeyEnd(sl.at)
			if next := s.skip(sl.keyEnd); s.byteAt(next) == ':' {
				sl.colon = next + 1
			} else {
				refuse(sl.at, "it has a key without a value in braces")
			}
		} else {
			value = p.node.Items()[i]
			sl.keyEnd = sl.at
		}
		sl.value = s.piece(value, sl.colon, -1, true)
		sl.to = s.skip(sl.value.end)
		p.slots = append(p.slots, sl)
		at = sl.to
		if s.byteAt(at) == ',' {
			at++
		} else if i+1 < count {
			refuse(at, "the layout of these braces is not supported")
		}
	}
	p.tail = at
	at = s.skip(at)
	if c := s.byteAt(at); c != '}' && c != ']' {
		refuse(at, "the layout of these braces is not supported")
	}
	p.end = at + 1
}
