package document

// value reads the value at the next token, inside depth lists and objects. indent is the
// column of the innermost one, or -1. fresh reports whether the value may itself be a
// list or object in a block, because no key precedes it on its line.
func (y *yamlReader) value(indent, depth int, fresh bool) *Node {
	y.count++
	start := y.at
	switch c := y.text[start]; {
	case c == '-' && y.wordEnds(start+1):
		if !fresh {
			return nil
		}
		return y.blockList(depth)
	case c == '[' || c == '{':
		return y.thenLine(y.flow(depth))
	case c == '|' || c == '>':
		return y.blockText(indent)
	case isQuote(c):
		s, ok := y.quoted()
		switch {
		case !ok:
			return nil
		case fresh && y.colon(start, false):
			return y.blockObject(s, depth)
		}
		return y.thenLine(y.node(String, s))
	case !y.plainBegins():
		return nil
	}
	end := y.plainLine(false)
	if fresh && y.colon(start, false) {
		s, ok := y.plainKey(start, end)
		if !ok {
			return nil
		}
		return y.blockObject(s, depth)
	}
	return y.plain(start, end, indent)
}

// thenLine returns a node if its line ends after it.
func (y *yamlReader) thenLine(node *Node) *Node {
	if node == nil || !y.toNext() {
		return nil
	}
	return node
}

// blockList reads a list whose first dash is the next byte. Its dashes may be in the column
// of the key before it.
//
// A token that does not continue the list may continue what is around it. A token that
// fits nowhere is left over, and [readCommonYAML] gives up.
func (y *yamlReader) blockList(depth int) *Node {
	if depth == y.lim.Depth {
		return nil
	}
	start, column := y.at, y.at-y.line
	base := len(y.stackItems)
	for {
		item := y.blockItem(column, depth+1)
		if item == nil {
			return nil
		}
		y.stackItems = append(y.stackItems, item)
		if y.column != column || !y.dash() {
			break
		}
	}
	list := y.list(start, y.stackItems[base:])
	y.stackItems = y.stackItems[:base]
	return list
}

func (y *yamlReader) dash() bool { return y.text[y.at] == '-' && y.wordEnds(y.at+1) }

// blockItem reads a dash and the value after it.
func (y *yamlReader) blockItem(column, depth int) *Node {
	y.at++
	end := y.at
	y.spaces(len(y.text))
	if !y.lineEnds() {
		return y.value(column, depth, true)
	}
	if !y.toNext() {
		return nil
	}
	if y.column > column {
		return y.value(column, depth, true)
	}
	return y.null(end)
}

// blockObject reads an object whose first key has been read, up to the colon.
func (y *yamlReader) blockObject(key span, depth int) *Node {
	if depth == y.lim.Depth {
		return nil
	}
	start := int(key.at)
	column := start - y.line
	base := len(y.stackMembers)
	var index keyIndex
	for {
		m := Member{in: y.in, span: key, value: y.blockMember(column, depth+1)}
		if m.value == nil || index.find(y.stackMembers[base:], m.Key()) >= 0 {
			return nil
		}
		y.stackMembers = append(y.stackMembers, m)
		if y.column != column {
			break
		}
		var ok bool
		if key, ok = y.key(false); !ok {
			return nil
		}
	}
	members := y.stackMembers[base:]
	object := y.object(start, members, index.complete(members))
	y.stackMembers = y.stackMembers[:base]
	return object
}

// blockMember reads a colon and the value after it.
func (y *yamlReader) blockMember(column, depth int) *Node {
	y.at++
	end := y.at
	y.blanks()
	if !y.lineEnds() {
		return y.value(column, depth, false)
	}
	if !y.toNext() {
		return nil
	}
	if y.column > column || y.column == column && y.dash() {
		return y.value(column, depth, true)
	}
	return y.null(end)
}

// key reads a key up to its colon.
func (y *yamlReader) key(inFlow bool) (s span, ok bool) {
	start := y.at
	switch {
	case isQuote(y.text[start]):
		s, ok = y.quoted()
	case y.plainBegins():
		s, ok = y.plainKey(start, y.plainLine(inFlow))
	}
	return s, ok && y.colon(start, inFlow)
}

// maxKey is the maximum length of a key in yaml.v3, in characters.
const maxKey = 1024

// colon moves from the end of the scalar that begins at start to the colon after it. It
// reports whether the scalar is a key: on one line, short enough, and with white space
// after the colon, except in brackets.
func (y *yamlReader) colon(start int, inFlow bool) bool {
	y.blanks()
	return y.peek() == ':' && (inFlow || y.wordEnds(y.at+1)) && y.line <= start && y.at-start <= maxKey
}
