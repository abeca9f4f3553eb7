package edit

import (
	"strings"
	"unicode/utf8"

	"github.com/hotbind/hotbind/runtime/document"
)

const byteOrderMark = "\uFEFF"

// A source is the text to edit, without a byte order mark and with LF line ends.
type source struct {
	name    string
	text    string
	json    bool
	lines   []int // where each begins
	marked  bool  // there was a byte order mark
	crlf    bool  // all lines ended with CR LF
	open    bool  // the last line did not end
	aliased bool  // there are anchors, aliases or merge keys

	last     document.Position // the last position whose offset was requested
	lastByte int

	keys   map[place]*slot  // by the position of the key
	values map[place]*piece // by the position of the value
}

// A place is a position in the source.
type place struct{ line, column int }

func newSource(name, text string, json bool) (s *source, fault string) {
	s = &source{name: name, json: json, keys: map[place]*slot{}, values: map[place]*piece{}}
	text, s.marked = strings.CutPrefix(text, byteOrderMark)
	if strings.Contains(text, byteOrderMark) {
		return nil, "cannot be edited: it has a byte order mark after its first lines"
	}
	feeds, returns := strings.Count(text, "\n"), strings.Count(text, "\r")
	if pairs := strings.Count(text, "\r\n"); pairs > 0 && pairs == feeds && pairs == returns {
		s.crlf = true
		text = strings.ReplaceAll(text, "\r\n", "\n")
	} else if returns > 0 {
		return nil, "cannot be edited: it mixes line endings"
	}
	if s.open = !strings.HasSuffix(text, "\n"); s.open {
		text += "\n"
	}
	s.text = text
	s.lines = []int{0}
	for i := range len(text) {
		if text[i] == '\n' && i+1 < len(text) {
			s.lines = append(s.lines, i+1)
		}
	}
	return s, ""
}

// finish restores the byte order mark and the line ends of the source.
func (s *source) finish(text string) string {
	if s.open {
		text = strings.TrimSuffix(text, "\n")
	}
	if s.crlf {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	if s.marked {
		text = byteOrderMark + text
	}
	return text
}

// offset returns the offset of a position, or -1 if it is not in the source.
func (s *source) offset(p document.Position) int {
	if p.File != s.name || p.Line < 1 || p.Line > len(s.lines) {
		return -1
	}
	at, column := s.lines[p.Line-1], 1
	if s.last.Line == p.Line && s.last.Column <= p.Column {
		// A file may be one long line, which is counted once.
		at, column = s.lastByte, s.last.Column
	}
	for ; column < p.Column; column++ {
		if at >= len(s.text) || s.text[at] == '\n' {
			return -1
		}
		_, size := utf8.DecodeRuneInString(s.text[at:])
		at += size
	}
	s.last, s.lastByte = p, at
	return at
}

// lineStart returns where the line of an offset begins.
func (s *source) lineStart(at int) int { return strings.LastIndexByte(s.text[:at], '\n') + 1 }

// lineEnd returns the offset after the line feed of a line.
func (s *source) lineEnd(at int) int {
	i := strings.IndexByte(s.text[at:], '\n')
	if i < 0 {
		return len(s.text)
	}
	return at + i + 1
}

// column returns the number of characters before an offset in its line.
func (s *source) column(at int) int { return utf8.RuneCountInString(s.text[s.lineStart(at):at]) }

func (s *source) position(at int) document.Position {
	return document.Position{File: s.name, Line: strings.Count(s.text[:at], "\n") + 1, Column: s.column(at) + 1}
}

// key returns the member whose key was written at a position.
func (s *source) key(p document.Position) *slot {
	if p.File != s.name {
		return nil
	}
	return s.keys[place{p.Line, p.Column}]
}

// value returns what was written at a position.
func (s *source) value(p document.Position) *piece {
	if p.File != s.name {
		return nil
	}
	return s.values[place{p.Line, p.Column}]
}

// unit returns the indentation of one level: a number of blanks, or in JSON what it
// uses.
func (s *source) unit() string {
	for _, start := range s.lines {
		line := s.text[start:s.lineEnd(start)]
		rest := strings.TrimLeft(line, " \t")
		if indent := line[:len(line)-len(rest)]; indent != "" && rest != "\n" && rest[0] != '#' && rest[0] != '-' {
			if s.json || len(indent) <= 8 {
				return indent
			}
			break
		}
	}
	return "  "
}

// indentation returns the number of blanks at the start of a line.
func indentation(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// isBlank reports whether a line is white space.
func isBlank(line string) bool { return strings.Trim(line, " \t\n") == "" }

// isComment reports whether a line is only a comment.
func isComment(line string) bool { return strings.HasPrefix(strings.TrimLeft(line, " \t"), "#") }
