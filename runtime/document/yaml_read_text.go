package document

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// quoted reads a scalar in quotes. A text without escapes or line breaks is not copied.
func (y *yamlReader) quoted() (s span, ok bool) {
	start, quote := y.at, y.text[y.at]
	y.at++
	for i := y.at; i < len(y.text); i++ {
		switch c := y.text[i]; {
		case c == quote && (c == '"' || i+1 == len(y.text) || y.text[i+1] != c):
			y.at = i + 1
			return span{uint32(start), uint32(i-start-1) | inQuotes}, true
		case c == quote, isBreak(c), c == '\\' && quote == '"':
			return y.quotedText(start, quote)
		}
	}
	return s, false
}

// quotedText decodes a scalar in quotes.
func (y *yamlReader) quotedText(start int, quote byte) (s span, ok bool) {
	y.buffer = y.buffer[:0]
	for y.at < len(y.text) {
		switch c := y.text[y.at]; {
		case c == quote:
			y.at++
			if quote == '"' || y.peek() != quote {
				return y.decoded(start), true
			}
			y.buffer = append(y.buffer, quote)
			y.at++
		case c == '\\' && quote == '"':
			if !y.escape() {
				return s, false
			}
		case isSpace(c):
			y.quotedSpace()
		default:
			y.buffer = append(y.buffer, c)
			y.at++
		}
	}
	return s, false
}

// quotedSpace adds blanks to the text, or line breaks without the blanks around them.
func (y *yamlReader) quotedSpace() {
	from := y.at
	if n := y.breaks(); n > 0 {
		y.addBreaks(n)
		return
	}
	y.buffer = append(y.buffer, y.text[from:y.at]...)
}

// breaks skips white space and returns the number of line breaks in it.
func (y *yamlReader) breaks() (n int) {
	for ; y.at < len(y.text) && isSpace(y.text[y.at]); y.at++ {
		if y.text[y.at] == '\n' {
			n++
			y.line = y.at + 1
		}
	}
	return n
}

// escape adds the character of an escape in double quotes to the text.
func (y *yamlReader) escape() bool {
	y.at++
	c := y.peek()
	if isBreak(c) {
		y.addLines(y.breaks() - 1)
		return true
	}
	y.at++
	const letters, values = "0abt\tnvfre \"'\\", "\x00\a\b\t\t\n\v\f\r\x1B \"'\\"
	if i := strings.IndexByte(letters, c); i >= 0 {
		y.buffer = append(y.buffer, values[i])
		return true
	}
	switch c {
	case 'N':
		return y.addRune('\u0085')
	case '_':
		return y.addRune('\u00A0')
	case 'L':
		return y.addRune('\u2028')
	case 'P':
		return y.addRune('\u2029')
	case 'x':
		return y.code(2)
	case 'u':
		return y.code(4)
	case 'U':
		return y.code(8)
	}
	return false
}

// code adds the character with the code in the next digits to the text.
func (y *yamlReader) code(digits int) bool {
	if y.at+digits > len(y.text) {
		return false
	}
	code, err := strconv.ParseUint(y.text[y.at:y.at+digits], 16, 32)
	y.at += digits
	return err == nil && code <= utf8.MaxRune && y.addRune(rune(code))
}

func (y *yamlReader) addRune(c rune) bool {
	y.buffer = utf8.AppendRune(y.buffer, c)
	return utf8.ValidRune(c)
}

// blockText reads a text after | or >, whose lines are right of the column indent.
func (y *yamlReader) blockText(indent int) *Node {
	start := y.at
	chomp, digit, ok := y.textHeader()
	if !ok {
		return nil
	}
	y.skipLine()
	column := max(indent, 0) + digit
	if digit == 0 {
		if column, ok = y.textColumn(indent); !ok {
			return nil
		}
	}
	last, blank := y.textLines(column, y.text[start] == '>')
	if chomp != '-' {
		y.addLines(last)
	}
	if chomp == '+' {
		y.addLines(blank)
	}
	node := y.node(String, y.decoded(start))
	if !y.token() {
		return nil
	}
	return node
}

// textHeader reads the line of | or >: the sign for the line breaks at the end, or 0, and
// the digit for the indentation, or 0.
func (y *yamlReader) textHeader() (chomp byte, digit int, ok bool) {
	y.at++
	for range 2 {
		switch c := y.peek(); {
		case chomp == 0 && (c == '+' || c == '-'):
			chomp = c
			y.at++
		case digit == 0 && '1' <= c && c <= '9':
			digit = int(c - '0')
			y.at++
		}
	}
	y.blanks()
	return chomp, digit, y.lineEnds()
}

// textColumn returns the column of the first line that is not blank, or of a longer blank
// line before it.
func (y *yamlReader) textColumn(indent int) (column int, ok bool) {
	from := y.at
	column = max(indent+1, 1)
	for {
		column = max(column, y.spaces(len(y.text)))
		if c := y.peek(); !isBreak(c) {
			y.at = from
			return column, c != '\t'
		}
		y.skipLine()
	}
}

// textLines reads the lines of a block text that begin at column, and the blank lines
// among them. It returns the number of line breaks after the last line, 0 or 1, and of
// the blank lines after it.
func (y *yamlReader) textLines(column int, folds bool) (last, blank int) {
	y.buffer = y.buffer[:0]
	more := false // the line before is indented more, so that no line break next to it is folded
	for y.at < len(y.text) {
		from := y.at
		found := y.spaces(column)
		switch c := y.peek(); {
		case isBreak(c):
			blank++
			y.skipLine()
			continue
		case found < column:
			y.at = from
			return last, blank
		case c == 0:
			return last, blank
		case !folds || more || isBlank(c) || last == 0:
			y.addLines(last + blank)
		default:
			y.addBreaks(last + blank)
		}
		more = isBlank(y.peek())
		last, blank = y.textLine(), 0
	}
	return last, blank
}

// textLine adds the rest of a line to the text. It returns the number of line breaks
// after it.
func (y *yamlReader) textLine() int {
	from := y.at
	y.skipLine()
	line, ended := strings.CutSuffix(y.text[from:y.at], "\n")
	if !ended {
		y.buffer = append(y.buffer, line...)
		return 0
	}
	y.buffer = append(y.buffer, strings.TrimSuffix(line, "\r")...)
	return 1
}
