package edit

import (
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// guarded calls read to find the slots of p. If read fails, p is kept as it is, up to
// end.
func (s *source) guarded(p *piece, read func(), end func() int) {
	defer func() {
		switch fault := recover().(type) {
		case nil:
		case *unsupported:
			p.opaque, p.slots = fault, nil
			p.end = end()
			p.tail = p.end
		default:
			panic(fault)
		}
	}()
	read()
}

// blockStart finds where a block begins whose first key or dash, or its anchor, is at
// an offset. It returns the first key or dash.
func (s *source) blockStart(p *piece, at int) int {
	property := at > p.start
	if property && s.lineStart(at) <= p.start {
		// The anchor belongs to the first key.
		property, at = false, p.start
	}
	p.column = s.column(at)
	line := s.lineStart(at)
	p.own = line >= p.after && strings.Trim(s.text[line:at], " ") == ""
	p.from = at
	if p.own {
		// Comments between the key and the block belong to the block.
		p.from = p.after
		if p.from > s.lineStart(p.from) {
			p.from = s.lineEnd(p.from)
		}
		if property {
			p.from = max(p.from, s.lineEnd(p.start))
		}
	}
	return at
}

// block finds the members or items of a block, the first of which is at an offset.
func (s *source) block(p *piece, at int) {
	from := p.from
	for i := range len(p.node.Members()) + len(p.node.Items()) {
		sl := s.slot(p, i, from, at)
		p.slots = append(p.slots, sl)
		from = sl.to
		at = s.skip(from)
	}
	p.tail = from
	p.end = s.tail(p, from)
}

// blockEnd returns the offset after the last line of a block with an unsupported
// layout.
func (s *source) blockEnd(p *piece, at int) int {
	end := s.lineEnd(at)
	for next := end; next < len(s.text); {
		line := s.text[next:s.lineEnd(next)]
		next = s.lineEnd(next)
		if isBlank(line) || isComment(line) {
			continue
		}
		indent := indentation(line)
		item := p.node.Kind() == document.List && indent == p.parent && line[indent] == '-'
		mark := p.parent < 0 && strings.HasPrefix(line, "...")
		if indent <= p.parent && !item || mark {
			break
		}
		end = next
	}
	return end
}

// slot reads slot i of a block, which begins at an offset.
func (s *source) slot(p *piece, i, from, at int) *slot {
	sl := &slot{from: from, at: at, column: p.column}
	if s.column(at) != p.column {
		refuse(at, "the layout of this block is not supported")
	}
	var value *document.Node
	if p.node.Kind() == document.Object {
		m := p.node.Members()[i]
		value, sl.key = m.Value(), m.Key()
		if s.offset(m.Pos()) != at {
			s.aliased = true
			refuse(at, "it has a merge key or a key in an unsupported form")
		}
		sl.keyEnd = s.keyEnd(at)
		sl.colon = sl.keyEnd + strings.IndexByte(s.text[sl.keyEnd:], ':') + 1
		s.keys[place{m.Pos().Line, m.Pos().Column}] = sl
	} else {
		value = p.node.Items()[i]
		if s.byteAt(at) != '-' {
			refuse(at, "the layout of this list is not supported")
		}
		sl.keyEnd, sl.colon = at+1, at+1
	}
	sl.lead = s.leadStart(from, at, p.column)
	sl.value = s.piece(value, sl.colon, p.column, false)
	end := sl.value.end
	if sl.value.style != block {
		rest := strings.TrimLeft(s.text[end:s.lineEnd(end)], " \t")
		if rest != "\n" && !isComment(rest) {
			refuse(end, "the layout of this value is not supported")
		}
		end = s.lineEnd(end)
	}
	sl.to = s.foot(end, p.column)
	return sl
}

// leadStart returns where the comments directly above a key begin.
func (s *source) leadStart(from, at, column int) int {
	start := s.lineStart(at)
	if start < from {
		return from
	}
	for start > from {
		before := s.lineStart(start - 1)
		if before < from || !isComment(s.text[before:start]) {
			break
		}
		start = before
	}
	return start
}

// foot returns the offset after the comments that follow a value and are indented
// deeper than its key.
func (s *source) foot(end, column int) int {
	for end < len(s.text) {
		line := s.text[end:s.lineEnd(end)]
		if !isComment(line) || indentation(line) <= column {
			break
		}
		end = s.lineEnd(end)
	}
	return end
}

// tail returns the offset after the comments and blank lines at the end of a block that
// belong to it: all at the root, and elsewhere those with its indentation.
func (s *source) tail(p *piece, from int) int {
	end := from
	for at := from; at < len(s.text); {
		line := s.text[at:s.lineEnd(at)]
		at = s.lineEnd(at)
		if isBlank(line) {
			continue
		}
		if !isComment(line) || indentation(line) <= p.parent || indentation(line) < p.column {
			break
		}
		end = at
	}
	return end
}
