package document

import (
	"strings"
	"unicode/utf8"
)

// maxDirectives bounds the lines that begin with %: yaml.v3 compares each of them with
// all before it.
const maxDirectives = 16

// A frame is the part of a file that is parsed. The start of each line is enough to find
// it: a line --- or ... at the first column is a marker of YAML anywhere, even inside
// quoted text.
type frame struct {
	text  string
	blank bool // there are only comments and markers
}

// A framer reads lines until it has the frame.
type framer struct {
	*report
	text       string
	state      framerState
	directives int
	versioned  bool
	blank      bool
	end        int // where the document ends
	version    int // the byte of the digit in %YAML 1.2 that yaml.v3 must see as 1
}

const noDocument = "lines that begin with % must be followed by a line --- and a document"

type framerState uint8

const (
	inDirectives framerState = iota
	inDocument
	afterDocument
)

// frameYAML finds the one document of text. It reports more documents and unsupported
// directives; ok is then false.
func frameYAML(text string, r *report) (f frame, ok bool) {
	s := &framer{report: r, text: text, blank: true, end: len(text), version: -1}
	number := 0
	for from := 0; from < len(text); {
		to, next := lineEnd(text, from)
		number++
		if f := s.line(text[from:to], from); f != nil {
			f.Pos.Line, f.Pos.Column = number, max(f.Pos.Column, 1)
			r.add(*f)
			return frame{}, false
		}
		from = next
	}
	if s.state == inDirectives && s.directives > 0 {
		r.add(Finding{Pos: lastPosition(text), Message: noDocument})
		return frame{}, false
	}
	body := text[:s.end]
	if s.version >= 0 {
		body = body[:s.version] + "1" + body[s.version+1:]
	}
	// yaml.v3 checks the directives.
	return frame{text: body, blank: s.blank && s.directives == 0}, true
}

// lineEnd returns where the line that begins at from ends, and where the next begins.
func lineEnd(text string, from int) (to, next int) {
	// Lines are short: strings.IndexAny takes longer to begin than this takes to end.
	for to = from; to < len(text) && !isBreak(text[to]); {
		to++
	}
	switch {
	case to == len(text):
		return to, to
	case strings.HasPrefix(text[to:], "\r\n"):
		return to, to + 2
	}
	return to, to + 1
}

func (s *framer) line(line string, offset int) *Finding {
	if at, c := forbiddenInYAML(line); c != 0 {
		return &Finding{
			Pos:     Position{Column: utf8.RuneCountInString(line[:at]) + 1},
			Message: "the character U+" + hex4(c) + " is not allowed in YAML as it is",
			Hint:    `write it as an escape in double quotes: "\u` + hex4(c) + `"`,
		}
	}
	if s.state == afterDocument {
		if !idle(line) && !isMark(line, "...") {
			return &Finding{Message: "found text after the line ... that ended the document; a file holds one document"}
		}
		return nil
	}
	switch {
	case isMark(line, "---"):
		if s.state == inDocument {
			return &Finding{Message: "a second document begins here; a file holds one document", Hint: "remove the line --- or split the file"}
		}
		s.state = inDocument
		s.blank = idle(line[3:])
	case isMark(line, "...") && s.state == inDirectives && s.directives > 0:
		return &Finding{Message: noDocument}
	case isMark(line, "..."):
		if !idle(line[3:]) {
			return &Finding{Message: "found text after ... on the same line; a file holds one document"}
		}
		s.state, s.end = afterDocument, offset
	case s.state == inDirectives && strings.HasPrefix(line, "%"):
		return s.directive(line, offset)
	case idle(line):
	case s.state == inDirectives && s.directives > 0:
		return &Finding{Message: noDocument}
	default:
		s.state, s.blank = inDocument, false
	}
	return nil
}

// directive checks a %YAML line. yaml.v3 accepts only 1.1; the walker handles
// everything that 1.2 changes, so the digit may be replaced.
func (s *framer) directive(line string, offset int) *Finding {
	if s.directives++; s.directives > maxDirectives {
		return &Finding{Message: "more than " + count(maxDirectives) + " lines that begin with %"}
	}
	fields := strings.Fields(line)
	if fields[0] != "%YAML" || len(fields) < 2 {
		return nil
	}
	if s.versioned {
		return &Finding{Message: "only one %YAML line is allowed"}
	}
	s.versioned = true
	switch fields[1] {
	case "1.1":
	case "1.2":
		s.version = offset + strings.Index(line, "1.2") + 2
	default:
		return &Finding{Message: "YAML version " + Quote(fields[1]) + " is not supported, want 1.1 or 1.2"}
	}
	return nil
}

// isMark reports whether line is mark, alone or before white space.
func isMark(line, mark string) bool {
	rest, ok := strings.CutPrefix(line, mark)
	return ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t')
}

// idle reports whether line is blank or a comment.
func idle(line string) bool {
	for i := range len(line) {
		if !isBlank(line[i]) {
			return line[i] == '#'
		}
	}
	return true
}

// forbiddenInYAML finds a character that YAML 1.2 does not allow, or that 1.1 and 1.2
// treat differently as a line end.
func forbiddenInYAML(line string) (at int, c rune) {
	for i := 0; i < len(line); i++ {
		if b := line[i]; b < 0x7F {
			continue
		}
		r, size := utf8.DecodeRuneInString(line[i:])
		if 0x7F <= r && r < 0xA0 || r == '\u2028' || r == '\u2029' || r == 0xFFFE || r == 0xFFFF {
			return i, r
		}
		i += size - 1
	}
	return 0, 0
}

func hex4(c rune) string {
	const hex = "0123456789ABCDEF"
	return string([]byte{hex[c>>12&15], hex[c>>8&15], hex[c>>4&15], hex[c&15]})
}
