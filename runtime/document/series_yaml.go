package document

import (
	"sort"
	"strings"
)

// yamlSyntax implements syntax for the YAML that the yamlReader reads.
type yamlSyntax struct{}

func (yamlSyntax) site(v *version, e edit) (site, bool) {
	return v.siteInBlock(v.root, len(v.text), e)
}

// siteInBlock finds the smallest site in n, whose last line ends before end. The text of
// a site is whole lines, from the first line of a child to that of a later child, or to
// the end of n. What comes before it is read as before, because its first line begins with
// the same character at the same column. What follows is too, because a value in a block
// ends at a line that begins at the column of its list or object, or left of it.
func (v *version) siteInBlock(n *Node, end int, e edit) (site, bool) {
	if n.contents == nil || e.to > end {
		return site{}, false
	}
	begin := v.offset(n.in, n.span.at)
	if c := v.text[begin]; c == '{' || c == '[' {
		return site{}, false
	}
	column := begin - lineStart(v.text, begin)
	// The first character of the site must stay.
	first := sort.Search(n.size(), func(i int) bool { return v.childStart(n, i) >= e.from }) - 1
	if next, ok := v.lineOfChild(n, first+1, column); ok && next+column < e.from {
		first++ // the edit is after its dash
	}
	start, ok := v.lineOfChild(n, first, column)
	if !ok || start+column >= e.from {
		return site{}, false
	}
	last := first
	to := end
	for ; last+1 < n.size(); last++ {
		if line, ok := v.lineOfChild(n, last+1, column); ok && line >= e.to {
			to = line
			break
		}
	}
	if last == first {
		if s, ok := v.siteInBlock(n.child(first), to, e); ok {
			return s.below(first), true
		}
	}
	endsLine := to == len(v.text) || e.text[to+e.grown-1] == '\n'
	return site{n: n, from: first, to: last + 1, start: start, end: to, column: column}, endsLine
}

// lineOfChild returns the offset of the line of a child, if the child is the first on it,
// at the column of its list or object.
func (v *version) lineOfChild(n *Node, i, column int) (line int, ok bool) {
	if i < 0 || i >= n.size() {
		return 0, false
	}
	at := v.childStart(n, i)
	line = lineStart(v.text, at)
	token := line + column
	if token > at || strings.TrimLeft(v.text[line:token], " ") != "" {
		return 0, false
	}
	if n.kind == List {
		return line, token < at && v.text[token] == '-'
	}
	return line, token == at
}

// lineStart returns the offset at which the line of an offset begins.
func lineStart(text string, at int) int { return strings.LastIndexByte(text[:at], '\n') + 1 }

func (yamlSyntax) read(r *report, s *site, lim Limits) (n *Node, ok bool) {
	was, _ := weighed(s.old, 0) // allowed it is
	is, ok := weighed(s.text, s.column)
	if !ok {
		return nil, false
	}
	s.weight = is - was
	at := s.position()
	at.Column = 1
	y := &yamlReader{text: s.text, lim: lim, nursery: nursery{in: newPartAt(at, s.text)}}
	if !y.token() || y.column != s.column {
		return nil, false
	}
	if s.n.kind == List {
		if !y.dash() {
			return nil, false
		}
		n = y.blockList(len(s.path))
	} else if key, ok := y.key(false); ok {
		n = y.blockObject(key, len(s.path))
	}
	return n, n != nil && y.column < 0
}

// weighed returns the weight of lines that begin at a column or right of it. It gives up
// on what may end the document or be refused in any place, and on deep indentation.
func weighed(text string, column int) (sum int, ok bool) {
	var indents []int
	for from := 0; from < len(text); {
		to, next := lineEnd(text, from)
		line := text[from:to]
		if _, c := forbiddenInYAML(line); c != 0 || isMark(line, "---") || isMark(line, "...") {
			return 0, false
		}
		if !idle(line) {
			indents = openBlocks(indents, line)
		}
		if column+len(indents) > minIndents {
			return 0, false
		}
		sum += weight(line)
		from = next
	}
	return sum, true
}
