package document

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// jsonSyntax implements syntax for JSON.
type jsonSyntax struct{}

func (jsonSyntax) site(v *version, e edit) (site, bool) {
	start := v.offset(v.root.in, v.root.span.at)
	return v.siteInBrackets(v.root, start, spaceBefore(v.text, len(v.text)), e)
}

// siteInBrackets finds the smallest site in n, whose text is from start to end. The text
// of a site goes from the start of its first child to the end of its last one. What comes
// before and after it is read as before, whatever stands in between, because a value in
// JSON ends where it does without regard to what follows.
func (v *version) siteInBrackets(n *Node, start, end int, e edit) (site, bool) {
	if n.contents == nil || e.from <= start || e.to >= end {
		return site{}, false
	}
	first := sort.Search(n.size(), func(i int) bool { return v.childStart(n, i) > e.from }) - 1
	if first < 0 {
		return site{}, false
	}
	last := first
	for last < n.size() && v.childEnd(n, last, end) < e.to {
		last++
	}
	if last == n.size() {
		return site{}, false
	}
	if first == last {
		child := n.child(first)
		if s, ok := v.siteInBrackets(child, v.offset(child.in, child.span.at), v.childEnd(n, first, end), e); ok {
			return s.below(first), true
		}
	}
	s := site{n: n, from: first, to: last + 1, start: v.childStart(n, first), end: v.childEnd(n, last, end), inBrackets: true}
	return s, v.keepsColumns(&s, e)
}

// childStart returns the offset of a member or item.
func (v *version) childStart(n *Node, i int) int {
	if n.kind == List {
		item := n.contents.items[i]
		return v.offset(item.in, item.span.at)
	}
	m := &n.contents.members[i]
	return v.offset(m.in, m.span.at)
}

// childEnd returns the offset of the end of a member or item of n, which ends at end.
func (v *version) childEnd(n *Node, i, end int) int {
	if i+1 == n.size() {
		return spaceBefore(v.text, end-1) // the bracket
	}
	return spaceBefore(v.text, spaceBefore(v.text, v.childStart(n, i+1))-1) // the comma
}

// spaceBefore returns the offset of the white space before an offset.
func spaceBefore(text string, at int) int {
	for at > 0 && isSpace(text[at-1]) {
		at--
	}
	return at
}

// keepsColumns reports whether what follows a site on its last line keeps its column.
func (v *version) keepsColumns(s *site, e edit) bool {
	to, _ := lineEnd(v.text, s.end)
	if strings.Trim(v.text[s.end:to], " \t]},") == "" {
		return true
	}
	was, is := v.text[s.start:s.end], string(e.text[s.start:s.end+e.grown])
	return strings.Count(was, "\n") == strings.Count(is, "\n") && lastLine(was) == lastLine(is)
}

// lastLine returns the number of characters in the last line of a text.
func lastLine(text string) int {
	return utf8.RuneCountInString(text[strings.LastIndexByte(text, '\n')+1:])
}

func (jsonSyntax) read(r *report, s *site, lim Limits) (n *Node, ok bool) {
	brackets := "{}"
	if s.n.kind == List {
		brackets = "[]"
	}
	text := brackets[:1] + s.text + brackets[1:]
	at := s.position()
	at.Column-- // of the bracket
	j := &jsonReader{report: r, text: text, lim: lim, nursery: nursery{in: newPartAt(at, text)}}
	depth := len(s.path) + 1
	if s.n.kind == List {
		n = j.readList(depth)
	} else {
		n = j.readObject(depth)
	}
	// Without a child, a comma would be left over.
	return n, n != nil && n.size() > 0 && j.at == len(text)
}

// position returns where the first child of a site begins.
func (s *site) position() Position {
	if s.n.kind == List {
		return s.n.contents.items[s.from].Pos()
	}
	return s.n.contents.members[s.from].Pos()
}
