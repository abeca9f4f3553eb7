package document

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A jsonReader parses one JSON text. It stops at the first syntax error, and collects
// duplicate keys.
type jsonReader struct {
	*report
	text   string
	at     int // the next byte to read
	lim    Limits
	nodes  int
	failed bool
	trail  trail
	nursery

	// items holds the items and members of all open lists and objects. Each list is
	// copied once, when its length is known.
	items   []*Node
	members []Member

	// The last position determined. The next is counted from there.
	line, column, columnByte int
}

func readJSON(text string, lim Limits, r *report) *Node {
	j := &jsonReader{report: r, text: text, lim: lim, line: 1, column: 1}
	j.space()
	if j.at == len(text) {
		return nil
	}
	root := j.value(0)
	if j.failed {
		return nil
	}
	if j.space(); j.at < len(text) {
		j.fail(j.at, "found "+j.found()+" after the end of the document; a file holds one value", "")
		return nil
	}
	return root
}

// position returns the position of a byte in the current line, which must not precede
// the last one requested. So columns are counted once, however long the line is.
func (j *jsonReader) position(at int) Position {
	j.column += utf8.RuneCountInString(j.text[j.columnByte:at])
	j.columnByte = at
	return Position{File: j.file, Line: j.line, Column: j.column}
}

// fail records the error that ends parsing, at a byte of the current line.
func (j *jsonReader) fail(at int, message, hint string) {
	if !j.failed {
		j.add(Finding{Pos: j.position(at), Path: j.trail.path(), Message: message, Hint: hint})
	}
	j.failed = true
}

// space skips white space. Lines can only end there.
func (j *jsonReader) space() {
	for ; j.at < len(j.text); j.at++ {
		switch j.text[j.at] {
		case ' ', '\t':
			continue
		case '\r':
			if strings.HasPrefix(j.text[j.at:], "\r\n") {
				continue
			}
		case '\n':
		default:
			return
		}
		j.line++
		j.column, j.columnByte = 1, j.at+1
	}
}

// next skips white space and returns the next byte, or 0 at the end.
func (j *jsonReader) next() byte {
	j.space()
	if j.at == len(j.text) {
		return 0
	}
	return j.text[j.at]
}

// value reads the value at the current byte, inside depth lists and objects. It returns
// nil after an error.
func (j *jsonReader) value(depth int) *Node {
	if j.nodes++; j.nodes > j.lim.Nodes {
		j.fail(j.at, j.lim.TooMany(Position{}).Message, "")
		return nil
	}
	switch c := j.next(); c {
	case '{', '[':
		if depth == j.lim.Depth {
			j.fail(j.at, "nested more than "+count(j.lim.Depth)+" levels deep", "")
			return nil
		}
		if c == '{' {
			return j.object(depth + 1)
		}
		return j.list(depth + 1)
	case '"':
		pos := j.position(j.at)
		if text, ok := j.str(); ok {
			return j.node(String, text, pos)
		}
		return nil
	}
	return j.word()
}

func (j *jsonReader) list(depth int) *Node {
	list := j.node(List, "", j.position(j.at))
	j.at++
	base := len(j.items)
	if j.next() == ']' {
		j.at++
		return list
	}
	for i := 0; ; i++ {
		j.trail.enterItem(i)
		item := j.value(depth)
		if item == nil {
			return nil
		}
		j.trail.leave()
		j.items = append(j.items, item)
		if more, ok := j.separator(list, ']'); !ok {
			return nil
		} else if !more {
			break
		}
	}
	list.items = append([]*Node(nil), j.items[base:]...)
	j.items = j.items[:base]
	return list
}

func (j *jsonReader) object(depth int) *Node {
	object := j.node(Object, "", j.position(j.at))
	j.at++
	base := len(j.members)
	if j.next() == '}' {
		j.at++
		return object
	}
	var index keyIndex
	for {
		member, ok := j.member(depth)
		if !ok {
			return nil
		}
		if i := index.find(j.members[base:], member.key); i >= 0 {
			index.duplicate(j.report, &j.trail, j.members[base+i], member.pos)
		} else {
			j.members = append(j.members, member)
		}
		if more, ok := j.separator(object, '}'); !ok {
			return nil
		} else if !more {
			break
		}
	}
	object.members = append([]Member(nil), j.members[base:]...)
	j.members = j.members[:base]
	return object
}

func (j *jsonReader) member(depth int) (m Member, ok bool) {
	if c := j.next(); c != '"' {
		j.fail(j.at, "found "+j.found()+" where a key in double quotes is expected", "")
		return m, false
	}
	m.pos = j.position(j.at)
	if m.key, ok = j.str(); !ok {
		return m, false
	}
	j.trail.enterKey(m.key)
	if j.next() != ':' {
		j.fail(j.at, "found "+j.found()+` where ":" is expected, after the key `+Quote(m.key), "")
		return m, false
	}
	j.at++
	m.value = j.value(depth)
	if m.value == nil {
		return m, false
	}
	j.trail.leave()
	return m, true
}

// separator reads the comma after a part of a list or object, or its end.
func (j *jsonReader) separator(of *Node, end byte) (more, ok bool) {
	c := j.next()
	switch c {
	case end:
		j.at++
		return false, true
	case ',':
		comma := j.position(j.at)
		j.at++
		if j.next() != end {
			return true, true
		}
		j.add(Finding{Pos: comma, Path: j.trail.path(), Message: `a comma before "` + string(end) + `" is not allowed in JSON`, Hint: "remove the comma"})
		j.failed = true
		return false, false
	}
	j.fail(j.at, "found "+j.found()+` where "," or "`+string(end)+`" is expected, in the `+of.kind.String()+" that begins on line "+strconv.Itoa(of.pos.Line), "")
	return false, false
}

// word reads a number, true, false or null, or reports what is there instead.
func (j *jsonReader) word() *Node {
	start := j.at
	for j.at < len(j.text) && wordByte(j.text[j.at]) {
		j.at++
	}
	word := j.text[start:j.at]
	pos := j.position(start)
	switch word {
	case "null":
		return j.node(Null, "", pos)
	case "true", "false":
		return j.node(Bool, word, pos)
	}
	number, ok := splitNumber(word)
	if !ok {
		j.at = start
		j.fail(start, "found "+j.found()+" where a value is expected: an object, a list, text in double quotes, a number, true, false or null", "")
		return nil
	}
	if message := number.tooLarge(); message != "" {
		j.fail(start, message, "put it in quotes if it is text")
		return nil
	}
	return j.node(Number, word, pos)
}

func wordByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '-' || c == '+' || c == '.'
}

// misspelled are words that messages may repeat: they are not secrets, and what was meant
// is clear.
var misspelled = []string{"True", "TRUE", "False", "FALSE", "Null", "NULL", "None", "nil", "undefined",
	"NaN", "nan", ".nan", "Infinity", "-Infinity", "inf", "-inf", ".inf", "-.inf"}

// found describes the current byte for a message. It does not repeat words or numbers,
// which may be a secret without its quotes.
func (j *jsonReader) found() string {
	rest := j.text[j.at:]
	switch {
	case rest == "":
		return "the end of the file"
	case rest[0] == '#', strings.HasPrefix(rest, "//"), strings.HasPrefix(rest, "/*"):
		return "a comment, which JSON does not have,"
	case rest[0] == '\'':
		return "a single quote, which JSON does not have,"
	}
	end := 0
	for end < len(rest) && wordByte(rest[end]) {
		end++
	}
	if end == 0 {
		c, _ := utf8.DecodeRuneInString(rest)
		return oneCharacter(c)
	}
	return wordFound(rest[:end])
}

func wordFound(word string) string {
	_, number := splitNumber(word)
	switch {
	case slices.Contains(misspelled, word):
		return Quote(word)
	case number:
		return "a number"
	case strings.IndexByte("+-.0123456789", word[0]) >= 0:
		return "a number that is not valid in JSON,"
	}
	return "a word"
}
