package document

// value reads the value at the next token, inside depth lists and objects of which the
// innermost in a block has its keys or dashes at the column indent. fresh reports
// whether the value may be a list or object in a block: it is not on the line of its key.
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

// blockList reads a list whose first dash is the next byte. The dashes may be in the
// column of the key before the list.
//
// A token after the list that is right of its column, or in it without being a dash, fits
// nothing around the list either, unless it is a key in the column of the dashes. So what
// is read next checks the column, and at last [readCommonYAML]. The same holds for
// blockObject.
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

// blockObject reads an object of which the first key is read up to the colon.
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

// colon moves from the end of a scalar, which begins at start, to a colon that makes it a
// key. In brackets, the value may follow the colon without a blank.
func (y *yamlReader) colon(start int, inFlow bool) bool {
	y.blanks()
	return y.peek() == ':' && (inFlow || y.wordEnds(y.at+1)) && y.line <= start && y.at-start <= maxKey
}
