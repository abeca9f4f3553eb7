package document

import "strings"

// The bytes that end a plain scalar or cannot begin one.
const (
	endsPlain  = 1 << iota // maybe, anywhere
	endsInFlow             // in brackets
	beginsNone
)

var plainBytes = func() (classes [256]uint8) {
	for class, bytes := range map[uint8]string{
		endsPlain:  "\r\n:#",
		endsInFlow: ",?[]{}",
		beginsNone: " \t\r\n?:,[]{}#&*!|>'\"%@`",
	} {
		for i := range len(bytes) {
			classes[bytes[i]] |= class
		}
	}
	return classes
}()

// plainBegins reports whether the next byte begins a plain scalar.
func (y *yamlReader) plainBegins() bool {
	c := y.text[y.at]
	if c == '-' {
		return !y.wordEnds(y.at + 1)
	}
	return plainBytes[c]&beginsNone == 0
}

// plainLine moves to the end of a plain scalar in this line, or to a colon or comment
// after it. It returns the end of the scalar without the blanks after it.
func (y *yamlReader) plainLine(inFlow bool) (end int) {
	start := y.at
	stop := uint8(endsPlain)
	if inFlow {
		stop |= endsInFlow
	}
	for ; y.at < len(y.text); y.at++ {
		c := y.text[y.at]
		if plainBytes[c]&stop == 0 ||
			c == ':' && !y.wordEnds(y.at+1) ||
			c == '#' && !isBlank(y.text[y.at-1]) {
			continue
		}
		break
	}
	for end = y.at; end > start && isBlank(y.text[end-1]); {
		end--
	}
	return end
}

// plainKey returns the span of a plain key. It gives up on a merge key and on keys that
// are not text.
func (y *yamlReader) plainKey(start, end int) (s span, ok bool) {
	word := y.text[start:end]
	kind, ok := wordKind(word)
	return span{uint32(start), uint32(len(word))}, ok && kind == String && word != "<<"
}

// plain returns the node for a plain scalar in a block. It may go on in the next lines,
// right of the column indent.
func (y *yamlReader) plain(start, end, indent int) *Node {
	if !y.toNext() {
		return nil
	}
	if y.column <= indent {
		return y.word(start, end)
	}
	y.buffer = append(y.buffer[:0], y.text[start:end]...)
	for y.column > indent {
		if !y.fold(end) {
			return nil
		}
		from := y.at
		end = y.plainLine(false)
		y.buffer = append(y.buffer, y.text[from:end]...)
		if !y.toNext() {
			return nil
		}
	}
	return y.folded(start)
}

// fold adds the line breaks since the end of a line of a plain scalar to the text. It
// gives up if it finds none, or a comment.
func (y *yamlReader) fold(end int) bool {
	between := y.text[end:y.at]
	n := strings.Count(between, "\n")
	if n == 0 || strings.IndexByte(between, '#') >= 0 {
		return false
	}
	y.addBreaks(n)
	return true
}

// addBreaks adds n line breaks to the text: a single one becomes a space, otherwise the
// first is dropped.
func (y *yamlReader) addBreaks(n int) {
	if n == 1 {
		y.buffer = append(y.buffer, ' ')
	}
	y.addLines(n - 1)
}

// addLines adds n line breaks to the text.
func (y *yamlReader) addLines(n int) {
	for range n {
		y.buffer = append(y.buffer, '\n')
	}
}

// folded returns the node for a plain scalar of several lines.
func (y *yamlReader) folded(start int) *Node {
	node := y.node(String, y.decoded(start))
	node.plain = true
	return node
}

// decoded returns the span for the text in the buffer.
func (y *yamlReader) decoded(start int) span { return y.in.decode(start, string(y.buffer)) }

// word returns the node for a plain scalar in one line.
func (y *yamlReader) word(start, end int) *Node {
	word := y.text[start:end]
	kind, ok := wordKind(word)
	if !ok {
		return nil
	}
	s := span{uint32(start), uint32(len(word))}
	switch kind {
	case Null:
		s.size = 0
	case Bool:
		if text := boolText(word); text != word {
			s = y.in.decode(start, text)
		}
	}
	node := y.node(kind, s)
	node.plain = kind == String
	return node
}

// wordKind is [plainKind], but looks at the first byte before the others. ok is false for
// a number that is too large or has the prefix of [exactNumber].
func wordKind(word string) (kind Kind, ok bool) {
	switch word[0] {
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		if number, isNumber := splitNumber(word); isNumber {
			return Number, number.tooLarge() == ""
		}
	case 't', 'T', 'f', 'F', 'n', 'N', '~':
		return plainKind(word), true
	case exactPrefix[0]:
		_, exact := exactNumber(word)
		return String, !exact
	}
	return String, true
}
