package document

import "strings"

// minIndents is how many steps of indentation are let through however low the
// limit is, for text in blocks may be indented too and is no part of the depth.
const minIndents = 200

// boundsYAML refuses text on which yaml.v3 could use up time or memory before
// the walker gets to count: it reports whether text is within bounds.
//
// It looks at how lines begin and counts characters, without knowing which of
// them stand in quotes, block text or comments. So it never misses a text that
// is too large, and to be refused wrongly a text would need hundreds of thousands
// of commas and line breaks, or a block text that is indented in hundreds of
// steps.
func boundsYAML(text string, lim Limits, r *report) bool {
	var indents []int // the columns at which the blocks that are open begin
	number, weights := 0, 0
	for from := 0; from < len(text); {
		to, next := lineEnd(text, from)
		number++
		line := text[from:to]
		weights += weight(line)
		if !idle(line) {
			indents = openBlocks(indents, line)
		}
		if len(indents) > max(2*lim.Depth, minIndents) {
			r.add(lim.TooDeep(Position{Line: number, Column: indents[lim.Depth] + 1}))
			return false
		}
		from = next
	}
	if weights > lim.Nodes {
		r.add(Finding{
			Message: "the file may hold " + count(weights) + " values and keys, as its line breaks, commas, colons and the like are counted; the limit is " + count(lim.Nodes),
		})
		return false
	}
	return true
}

// weight is how many nodes yaml.v3 may make of a line. A comma counts twice, for
// in braces it may end a key and a value. So does a comment, which is no node but
// takes as much memory.
func weight(line string) int {
	n := 1
	for i := range len(line) {
		switch line[i] {
		case ',':
			n += 2
		case '[', '{':
			n++
		case '-', '?', ':':
			if i+1 == len(line) || isBlank(line[i+1]) || i > 0 && isQuote(line[i-1]) {
				n++
			}
		case '#':
			if i == 0 || isBlank(line[i-1]) {
				n += 2 // and on, for it may stand in quotes
			}
		}
	}
	return n
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }
func isQuote(c byte) bool { return c == '"' || c == '\'' }

// openBlocks is the blocks that are open after the beginning of line: its
// indentation closes the deeper ones, and it may open one, and one more for each
// "- " or "? " that follows.
func openBlocks(indents []int, line string) []int {
	rest := strings.TrimLeft(line, " ")
	column := len(line) - len(rest)
	for len(indents) > 0 && indents[len(indents)-1] >= column {
		indents = indents[:len(indents)-1]
	}
	for {
		indents = append(indents, column)
		if len(rest) < 2 || !strings.ContainsRune("-?:", rune(rest[0])) || !isBlank(rest[1]) {
			return indents
		}
		inner := strings.TrimLeft(rest[1:], " \t")
		column += len(rest) - len(inner)
		rest = inner
	}
}

// lineOf returns line number of text, counted from 1.
func lineOf(text string, number int) string {
	from := 0
	for range number - 1 {
		_, from = lineEnd(text, from)
	}
	to, _ := lineEnd(text, from)
	return text[from:to]
}

// runeAt returns the character at a column of line, counted from 1, and 0 after
// its end.
func runeAt(line string, column int) rune {
	for _, c := range line {
		if column--; column == 0 {
			return c
		}
	}
	return 0
}

// lastPosition is the end of the last line of text that is not empty.
func lastPosition(text string) Position {
	return locate(text, len(strings.TrimRight(text, "\r\n")))
}
