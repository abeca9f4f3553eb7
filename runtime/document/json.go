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
	count  int // values so far
	failed bool
	trail  trail
	nursery

	// stackItems and stackMembers hold what is read of all open lists and objects. Each
	// list is copied once, when its length is known.
	stackItems   []*Node
	stackMembers []Member
}

func readJSON(text string, lim Limits, r *report) *Node {
	j := &jsonReader{report: r, text: text, lim: lim, nursery: nursery{in: r.part(text)}}
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
	r.reading = reading{in: j.in, syntax: jsonSyntax{}, values: j.count}
	return root
}

// fail records the error that ends parsing.
func (j *jsonReader) fail(at int, message, hint string) {
	if !j.failed {
		j.add(Finding{Pos: j.in.position(uint32(at)), Path: j.trail.path(), Message: message, Hint: hint})
	}
	j.failed = true
}

// space skips white space.
func (j *jsonReader) space() {
	for j.at < len(j.text) {
		switch j.text[j.at] {
		case ' ', '\t', '\n', '\r':
			j.at++
		default:
			return
		}
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
	if j.count++; j.count > j.lim.Nodes {
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
			return j.readObject(depth + 1)
		}
		return j.readList(depth + 1)
	case '"':
		if s, ok := j.str(); ok {
			return j.node(String, s)
		}
		return nil
	}
	return j.word()
}

func (j *jsonReader) readList(depth int) *Node {
	start := j.at
	j.at++
	if j.next() == ']' {
		j.at++
		return j.list(start, nil)
	}
	base := len(j.stackItems)
	for i := 0; ; i++ {
		j.trail.enterItem(i)
		item := j.value(depth)
		if item == nil {
			return nil
		}
		j.trail.leave()
		j.stackItems = append(j.stackItems, item)
		if more, ok := j.separator(List, start, ']'); !ok {
			return nil
		} else if !more {
			break
		}
	}
	list := j.list(start, j.stackItems[base:])
	j.stackItems = j.stackItems[:base]
	return list
}

func (j *jsonReader) readObject(depth int) *Node {
	start := j.at
	j.at++
	if j.next() == '}' {
		j.at++
		return j.object(start, nil, nil)
	}
	base := len(j.stackMembers)
	var index keyIndex
	for {
		member, ok := j.member(depth)
		if !ok {
			return nil
		}
		if i := index.find(j.stackMembers[base:], member.Key()); i >= 0 {
			index.duplicate(j.report, &j.trail, j.stackMembers[base+i], member.Pos())
		} else {
			j.stackMembers = append(j.stackMembers, member)
		}
		if more, ok := j.separator(Object, start, '}'); !ok {
			return nil
		} else if !more {
			break
		}
	}
	members := j.stackMembers[base:]
	object := j.object(start, members, index.complete(members))
	j.stackMembers = j.stackMembers[:base]
	return object
}

func (j *jsonReader) member(depth int) (m Member, ok bool) {
	if c := j.next(); c != '"' {
		j.fail(j.at, "found "+j.found()+" where a key in double quotes is expected", "")
		return m, false
	}
	m.in = j.in
	if m.span, ok = j.str(); !ok {
		return m, false
	}
	key := m.Key()
	j.trail.enterKey(key)
	if j.next() != ':' {
		j.fail(j.at, "found "+j.found()+` where ":" is expected, after the key `+Quote(key), "")
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

// separator reads the comma after a part of a list or object that begins at start, or its
// end.
func (j *jsonReader) separator(of Kind, start int, end byte) (more, ok bool) {
	c := j.next()
	switch c {
	case end:
		j.at++
		return false, true
	case ',':
		comma := j.at
		j.at++
		if j.next() != end {
			return true, true
		}
		j.fail(comma, `a comma before "`+string(end)+`" is not allowed in JSON`, "remove the comma")
		return false, false
	}
	j.fail(j.at, "found "+j.found()+` where "," or "`+string(end)+`" is expected, in the `+of.String()+
		" that begins on line "+strconv.Itoa(j.in.position(uint32(start)).Line), "")
	return false, false
}

// word reads a number, true, false or null, or reports what is there instead.
func (j *jsonReader) word() *Node {
	start := j.at
	for j.at < len(j.text) && wordByte(j.text[j.at]) {
		j.at++
	}
	word := j.text[start:j.at]
	written := span{uint32(start), uint32(len(word))}
	switch word {
	case "null":
		return j.node(Null, span{at: uint32(start)})
	case "true", "false":
		return j.node(Bool, written)
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
	return j.node(Number, written)
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
