package document

import "strings"

// flow reads a list in brackets or an object in braces, inside depth lists and objects.
func (y *yamlReader) flow(depth int) *Node {
	if depth == y.lim.Depth {
		return nil
	}
	if y.text[y.at] == '[' {
		return y.flowList(depth + 1)
	}
	return y.flowObject(depth + 1)
}

func (y *yamlReader) flowList(depth int) *Node {
	start, base := y.at, len(y.stackItems)
	for more := true; more; {
		y.at++ // the bracket or comma
		if y.flowNext() == ']' {
			y.at++
			break
		}
		item := y.flowValue(depth)
		if item == nil {
			return nil
		}
		y.stackItems = append(y.stackItems, item)
		var ok bool
		if more, ok = y.flowMore(']'); !ok {
			return nil
		}
	}
	list := y.list(start, y.stackItems[base:])
	y.stackItems = y.stackItems[:base]
	return list
}

func (y *yamlReader) flowObject(depth int) *Node {
	start, base := y.at, len(y.stackMembers)
	var index keyIndex
	for more := true; more; {
		y.at++ // the brace or comma
		if y.flowNext() == '}' {
			y.at++
			break
		}
		m, ok := y.flowMember(depth)
		if !ok || index.find(y.stackMembers[base:], m.Key()) >= 0 {
			return nil
		}
		y.stackMembers = append(y.stackMembers, m)
		if more, ok = y.flowMore('}'); !ok {
			return nil
		}
	}
	members := y.stackMembers[base:]
	object := y.object(start, members, index.complete(members))
	y.stackMembers = y.stackMembers[:base]
	return object
}

func (y *yamlReader) flowMember(depth int) (m Member, ok bool) {
	if y.peek() == 0 {
		return m, false
	}
	m.in = y.in
	if m.span, ok = y.key(true); !ok {
		return m, false
	}
	y.at++ // the colon
	y.flowNext()
	m.value = y.flowValue(depth)
	return m, m.value != nil
}

// flowMore reports whether a comma follows, at which it stops, or the end, which it
// reads.
func (y *yamlReader) flowMore(end byte) (more, ok bool) {
	switch y.flowNext() {
	case ',':
		return true, true
	case end:
		y.at++
		return false, true
	}
	return false, false
}

// flowValue reads the value at the next byte.
func (y *yamlReader) flowValue(depth int) *Node {
	y.count++
	switch c := y.peek(); {
	case c == '[' || c == '{':
		return y.flow(depth)
	case isQuote(c):
		if s, ok := y.quoted(); ok {
			return y.node(String, s)
		}
	case c != 0 && y.plainBegins():
		return y.flowPlain()
	}
	return nil
}

// flowPlain reads a plain scalar in brackets, which may go on in the next lines.
func (y *yamlReader) flowPlain() *Node {
	start := y.at
	y.buffer = y.buffer[:0]
	for from := start; ; from = y.at {
		end := y.plainLine(true)
		ended := endsFlowPlain(y.flowNext())
		switch {
		case y.tabIndents(end):
			return nil
		case ended && from == start:
			return y.word(start, end)
		}
		y.buffer = append(y.buffer, y.text[from:end]...)
		if ended {
			return y.folded(start)
		}
		if !y.fold(end) {
			return nil
		}
	}
}

// tabIndents reports whether a line since the end of a line of a plain scalar may be
// indented with a tab. yaml.v3 refuses that even before a bracket.
func (y *yamlReader) tabIndents(end int) bool {
	between := y.text[end:y.at]
	at := strings.IndexByte(between, '\n')
	return at >= 0 && strings.IndexByte(between[at:], '\t') >= 0
}

func endsFlowPlain(c byte) bool { return c == ',' || c == ']' || c == '}' }

// flowNext skips white space, line breaks and comments. It returns the next byte, or 0
// at the end.
func (y *yamlReader) flowNext() byte {
	for y.at < len(y.text) {
		switch c := y.text[y.at]; c {
		case ' ', '\t', '\r':
			y.at++
		case '\n':
			y.skipLine()
		case '#':
			if !y.lineEnds() {
				return c
			}
			y.skipLine()
		default:
			return c
		}
	}
	return 0
}
