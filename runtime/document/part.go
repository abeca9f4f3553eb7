package document

import (
	"sort"
	"strings"
	"sync"
	"unicode/utf8"
)

// A part is a text and what was decoded from it. The nodes that were read from the text
// refer to it by offsets.
type part struct {
	// at is the position at which text begins. If lines is nil, it is the position of every
	// node.
	at      Position
	text    string
	decoded strings.Builder // the texts that are not written in text as they are
	lines   *lines
	// moved is the part that this one is, but for at; nil if it is itself.
	moved *part
}

// newPart returns the part for the text of a file.
func newPart(file, text string) *part {
	return newPartAt(Position{file, 1, 1}, text)
}

// newPartAt returns the part for a text that begins at a position of a file.
func newPartAt(at Position, text string) *part {
	return &part{at: at, text: text, lines: &lines{}}
}

// move returns p with its text a number of lines further down. p must be complete.
func (p *part) move(lines int) *part {
	at := p.at
	at.Line += lines
	return &part{at: at, text: p.text, decoded: p.decoded, lines: p.lines, moved: p.origin()}
}

// origin returns the part that p was before it was moved.
func (p *part) origin() *part {
	if p.moved != nil {
		return p.moved
	}
	return p
}

// maxBytes is the largest text that a span can refer to.
const maxBytes = 1<<30 - 1

// A span is a key or a value in a part: where it begins, and its text.
type span struct {
	at   uint32
	size uint32 // with the form in its upper two bits
}

// The forms of a span. The zero form is a text that is written as it is.
const (
	inQuotes  = 1 << 30 // the text begins one byte later
	isDecoded = 2 << 30 // size is the offset in decoded, where the length precedes the text
	isWhole   = 3 << 30 // the text is all of the part
	formBits  = 3 << 30
)

// written returns the text of a span.
func (p *part) written(s span) string {
	size := s.size &^ formBits
	switch s.size & formBits {
	case inQuotes:
		return p.text[s.at+1 : s.at+1+size]
	case isDecoded:
		d := p.decoded.String()[size:]
		length := uint32(d[0]) | uint32(d[1])<<8 | uint32(d[2])<<16 | uint32(d[3])<<24
		return d[4 : 4+length]
	case isWhole:
		return p.text
	}
	if size == 0 {
		return ""
	}
	return p.text[s.at : s.at+size]
}

// decode returns the span for a decoded text that begins at an offset of the text.
func (p *part) decode(at int, text string) span {
	begin, length := p.decoded.Len(), len(text)
	if begin+length > maxBytes {
		// Limits.Bytes bounds the text and what aliases repeat of it, and a decoded text
		// takes hardly more than it was written with.
		panic("document: decoded text is too long")
	}
	p.decoded.Write([]byte{byte(length), byte(length >> 8), byte(length >> 16), byte(length >> 24)})
	p.decoded.WriteString(text)
	return span{uint32(at), uint32(begin) | isDecoded}
}

// position returns the position of an offset.
func (p *part) position(at uint32) Position {
	switch {
	case p == nil:
		return Position{}
	case p.lines == nil:
		return p.at
	}
	m := p.lines.before(p.text, int(at)).advance(p.text, int(at))
	pos := Position{p.at.File, p.at.Line + m.line - 1, m.column}
	if m.line == 1 {
		pos.Column += p.at.Column - 1
	}
	return pos
}

// find returns the mark of a line and column of the text. from is a mark from which to
// search, if it is the nearest one.
func (p *part) find(line, column int, from mark) mark {
	m := p.lines.at(p.text, line, column)
	if from.offset > m.offset && !from.after(line, column) {
		m = from
	}
	for m.line < line {
		_, next := lineEnd(p.text, m.offset)
		m = mark{next, m.line + 1, 1}
	}
	for ; m.column < column && m.offset < len(p.text); m.column++ {
		_, size := utf8.DecodeRuneInString(p.text[m.offset:])
		m.offset += size
	}
	return m
}

// lines finds the lines of a text. The first position makes the marks.
type lines struct {
	once  sync.Once
	marks []mark
}

// A mark is an offset with a known line and column, both counted from 1.
type mark struct{ offset, line, column int }

// markedEvery is the number of bytes between two marks: few enough to find a position fast,
// and enough for the marks to be small beside the text.
const markedEvery = 256

// before returns the last mark at or before an offset.
func (l *lines) before(text string, at int) mark {
	l.once.Do(func() { l.marks = marksIn(text) })
	i := sort.Search(len(l.marks), func(i int) bool { return l.marks[i].offset > at })
	return l.marks[i-1]
}

// at returns the last mark at or before a line and column.
func (l *lines) at(text string, line, column int) mark {
	l.once.Do(func() { l.marks = marksIn(text) })
	i := sort.Search(len(l.marks), func(i int) bool { return l.marks[i].after(line, column) })
	return l.marks[i-1]
}

// after reports whether m is after a line and column.
func (m mark) after(line, column int) bool {
	return m.line > line || m.line == line && m.column > column
}

// advance returns the mark of a later offset.
func (m mark) advance(text string, offset int) mark {
	text = text[:min(offset+1, len(text))] // the line may be long
	for m.offset < offset {
		end, next := lineEnd(text, m.offset)
		if next > offset || end == next { // the text may end without a line end
			m.column += utf8.RuneCountInString(text[m.offset:offset])
			m.offset = offset
			break
		}
		m = mark{next, m.line + 1, 1}
	}
	return m
}

// marksIn returns the marks of a text.
func marksIn(text string) []mark {
	marks := make([]mark, 1, 1+len(text)/(markedEvery-utf8.UTFMax))
	marks[0] = mark{0, 1, 1}
	for at := markedEvery; at < len(text); at += markedEvery {
		for back := range utf8.UTFMax { // text that is not UTF-8 may have no start nearby
			if utf8.RuneStart(text[at-back]) {
				at -= back
				break
			}
		}
		if text[at] == '\n' { // perhaps of a CR LF
			at++
		}
		marks = append(marks, marks[len(marks)-1].advance(text, at))
	}
	return marks
}

// locate returns the position of a byte of text. Lines end with LF, CR LF or CR.
func locate(text string, offset int) Position {
	return newPart("", text).position(uint32(offset))
}
