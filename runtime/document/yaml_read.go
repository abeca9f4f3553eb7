package document

import "strings"

// A yamlReader reads the part of YAML in which most files are written, and does so many
// times faster than yaml.v3: lists and objects in blocks and in brackets, scalars of
// every style, and comments. It gives up on everything else, and on every fault, without
// a finding; yaml.v3 then parses the text. What it accepts, it reads exactly as yaml.v3
// and the walker do, positions included.
//
// Its methods return nil or false to give up.
type yamlReader struct {
	text   string
	at     int // the next byte to read
	line   int // where its line begins
	column int // of the next token, from 0, after a value in a block; -1 at the end
	lim    Limits
	count  int    // values so far
	buffer []byte // a text while it is decoded
	nursery

	// stackItems and stackMembers hold what is read of all open lists and objects. Each
	// list is copied once, when its length is known.
	stackItems   []*Node
	stackMembers []Member
}

// readCommonYAML reads the text of a frame that is within the bounds. It returns nil if
// it gives up.
func readCommonYAML(text string, lim Limits, r *report) *Node {
	if strings.Count(text, "\r") != strings.Count(text, "\r\n") {
		return nil // a CR alone also ends a line
	}
	y := &yamlReader{text: text, lim: lim, nursery: nursery{in: r.part(text)}}
	if !y.start() || y.column < 0 {
		return nil
	}
	root := y.value(-1, 0, true)
	if root == nil || y.column >= 0 || y.count > lim.Nodes {
		return nil
	}
	r.reading = reading{in: y.in, syntax: yamlSyntax{}, values: y.count}
	return root
}

// start moves to the first token, after a line ---.
func (y *yamlReader) start() bool {
	if !y.token() {
		return false
	}
	if y.column == 0 && strings.HasPrefix(y.text[y.at:], "---") && y.wordEnds(y.at+3) {
		y.at += 3
		return y.toNext()
	}
	return true
}

// peek returns the next byte, or 0 at the end. The text has no byte 0.
func (y *yamlReader) peek() byte {
	if y.at == len(y.text) {
		return 0
	}
	return y.text[y.at]
}

// wordEnds reports whether white space or the end is at an offset.
func (y *yamlReader) wordEnds(at int) bool {
	return at >= len(y.text) || isSpace(y.text[at])
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }
func isBreak(c byte) bool { return c == '\n' || c == '\r' }

// blanks skips spaces and tabs.
func (y *yamlReader) blanks() {
	for y.at < len(y.text) && isBlank(y.text[y.at]) {
		y.at++
	}
}

// spaces skips at most n spaces and returns their number.
func (y *yamlReader) spaces(n int) int {
	from := y.at
	for y.at < len(y.text) && y.at < from+n && y.text[y.at] == ' ' {
		y.at++
	}
	return y.at - from
}

// lineEnds reports whether nothing or a comment is left on the line. A # without white
// space before it is left to yaml.v3.
func (y *yamlReader) lineEnds() bool {
	switch y.peek() {
	case 0, '\n', '\r':
		return true
	case '#':
		return y.at > 0 && isSpace(y.text[y.at-1])
	}
	return false
}

// skipLine moves to the beginning of the next line.
func (y *yamlReader) skipLine() {
	i := strings.IndexByte(y.text[y.at:], '\n')
	if i < 0 {
		y.at = len(y.text)
		return
	}
	y.at += i + 1
	y.line = y.at
}

// toNext moves from the end of a value to the next token, which must be on a later line.
func (y *yamlReader) toNext() bool {
	y.blanks()
	if !y.lineEnds() {
		return false
	}
	y.skipLine()
	return y.token()
}

// token moves from the beginning of a line to the next token, and sets its column.
func (y *yamlReader) token() bool {
	for {
		y.line = y.at
		y.column = y.spaces(len(y.text))
		switch y.peek() {
		case 0:
			y.column = -1
			return true
		case '\t':
			return false
		case '\n', '\r', '#':
			y.skipLine()
		default:
			return true
		}
	}
}

// null returns the node for an absent value.
func (y *yamlReader) null(at int) *Node {
	y.count++
	return y.node(Null, span{at: uint32(at)})
}
