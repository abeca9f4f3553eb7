package document

import "strings"

// minIndents is how many levels of indentation are accepted whatever the limit, because
// block text may be indented too without adding to the depth.
const minIndents = 200

// boundsYAML reports whether yaml.v3 can parse text within the limits, and returns the
// weight of its lines. yaml.v3 could use up time or memory before the walker counts.
//
// It looks at how lines begin and counts characters, without knowing which are in
// quotes, block text or comments. So it never accepts a text that is too large. To be
// rejected wrongly, a text needs hundreds of thousands of commas and line breaks, or
// block text with hundreds of indentation levels.
func boundsYAML(text string, lim Limits, r *report) (weights int, ok bool) {
	var indents []int // the columns at which the open blocks begin
	number := 0
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
			return 0, false
		}
		from = next
	}
	if weights > lim.Nodes {
		r.add(Finding{
			Message: "the file may hold " + count(weights) + " values and keys, judging by its line breaks, commas and colons; the limit is " + count(lim.Nodes),
		})
		return 0, false
	}
	return weights, true
}

// weight returns how many nodes yaml.v3 may make of a line. A comma counts twice,
// because in braces it may end a key and a value. A comment also counts, because it
// takes as much memory as a node.
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
				n += 2 // and go on: it may be in quotes
			}
		}
	}
	return n
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }
func isQuote(c byte) bool { return c == '"' || c == '\'' }

// openBlocks returns the blocks that are open after the start of line. Its indentation
// closes the deeper ones. It may open a block itself, and one more for each "- " or "?
// " that follows.
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

// lineOf returns a line of text, counted from 1.
func lineOf(text string, number int) string {
	from := 0
	for range number - 1 {
		_, from = lineEnd(text, from)
	}
	to, _ := lineEnd(text, from)
	return text[from:to]
}

// runeAt returns the character at a column of line, counted from 1, or 0 after its end.
func runeAt(line string, column int) rune {
	for _, c := range line {
		if column--; column == 0 {
			return c
		}
	}
	return 0
}

// lastPosition returns the end of the last non-empty line of text.
func lastPosition(text string) Position {
	return locate(text, len(strings.TrimRight(text, "\r\n")))
}
