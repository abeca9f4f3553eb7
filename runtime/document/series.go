package document

import (
	"slices"
	"strings"
)

// A Series parses the versions of one file, one after another. It parses a version that
// differs little from the one before only where they differ, and both versions share the
// other nodes (see [Same]). Whether they do makes no other difference: the document and
// its positions are those of [Parse]. The zero Series is ready. It is for one goroutine;
// its documents are for any number of them.
//
// What a Series keeps of earlier versions does not grow with their number.
type Series struct {
	name string
	lim  Limits
	last *version // the last one without findings; nil if it cannot be continued
}

// A version is a document with the text that it was read from.
type version struct {
	reading
	root   *Node
	text   string
	pieces []piece // the text, in order
	held   int     // the bytes of the parts that the document refers to, at most
}

// A reading describes how a reader of ours read a text; its zero value stands for all
// other ways. A Series continues it.
type reading struct {
	in     *part
	syntax syntax
	values int // that Limits.Nodes bounds
	weight int // of the lines of YAML, which the same limit bounds
}

// A syntax knows how a document is written.
type syntax interface {
	// site finds the smallest site around an edit.
	site(v *version, e edit) (site, bool)
	// read reads the new text of a site. It returns a list or object with what it read in
	// place of the children of the site, or gives up.
	read(r *report, s *site, lim Limits) (n *Node, ok bool)
}

// A piece is a range of a version's text, with the part that holds it.
type piece struct {
	in             *part
	from, at, size int // from is the offset in the part, at the one in the version
}

// An edit is the range of an old text that has another text in the new one. What is around
// it did not change.
type edit struct {
	from, to int // in the old text
	grown    int // the bytes by which the new text is longer
	text     []byte
}

// A site is a range of a document that is read again: some children of a list or object.
type site struct {
	n          *Node
	path       []int // the indexes of the children that lead to n
	from, to   int   // the children of n
	start, end int   // of their text in the old version
	inBrackets bool
	column     int    // of the children, from 0, if they are not in brackets
	old, text  string // the text of the old version and of the new one
	weight     int    // by which the lines of YAML have become heavier
}

// below adds the way to n to a site below its child i.
func (s site) below(i int) site {
	s.path = append([]int{i}, s.path...)
	return s
}

// maxPieces bounds the time that it takes to find a node in the text.
const maxPieces = 1024

// maxHeld bounds the memory for texts: that of all parts is at most so many times the size
// of the file.
const maxHeld = 2

// Parse parses the next version as [Parse] does, but keeps data, which must not change any
// more. Nodes are shared only with a version of the same name, with the same limits, in
// YAML or JSON.
func (s *Series) Parse(name string, data []byte, lim Limits, formats ...Format) (*Node, Findings) {
	lim = lim.WithDefaults()
	if s.last != nil && s.name == name && s.lim == lim && len(data) <= lim.Bytes {
		if next := s.last.next(name, data, lim); next != nil {
			s.last = next
			return next.root, nil
		}
	}
	r := &report{file: name, keeps: true}
	root, findings := parseFormat(r, data, lim, formats)
	if in := r.reading.in; len(findings) == 0 && in != nil && len(in.text) == len(data) {
		s.name, s.lim = name, lim
		s.last = &version{reading: r.reading, root: root, text: in.text, held: len(data), pieces: []piece{{in: in, size: len(data)}}}
	}
	return root, findings
}

// Shares reports whether the last version shares nodes with an earlier one.
func (s *Series) Shares() bool { return s.last != nil && len(s.last.pieces) > 1 }

// next returns the version with a new text, or nil if the text must be parsed as a whole.
func (v *version) next(name string, data []byte, lim Limits) *version {
	e := editOf(v.text, data)
	if e.from == e.to && e.grown == 0 {
		return v
	}
	s, ok := v.syntax.site(v, e)
	if !ok || len(v.pieces) >= maxPieces || v.held+s.end-s.start+e.grown > maxHeld*len(data) {
		return nil
	}
	s.old, s.text = v.text[s.start:s.end], string(data[s.start:s.end+e.grown])
	if !s.isAllowed() {
		return nil
	}
	r := &report{file: name}
	read, ok := v.syntax.read(r, &s, lim)
	if !ok || len(r.findings) > 0 || s.repeatsKey(read) {
		return nil
	}
	next := &version{reading: v.reading, text: shared(data), held: v.held + len(s.text)}
	next.values += values(read) - 1
	for _, child := range s.n.children(s.from, s.to) {
		next.values -= values(child)
	}
	if next.weight += s.weight; next.values > lim.Nodes || next.weight > lim.Nodes {
		return nil
	}
	m := mover{lines: strings.Count(s.text, "\n") - strings.Count(s.old, "\n"), parts: map[*part]*part{}}
	next.root = m.rebuild(v.root, &s, s.path, read)
	next.pieces = v.replace(&s, read.in)
	return next
}

// isAllowed reports whether the new text has only characters that the decoding of a file
// allows, and whether line feeds end the lines of both texts.
func (s *site) isAllowed() bool {
	text, fault := decode(s.text)
	return fault == nil && len(text) == len(s.text) && plainLines(s.old) && plainLines(s.text)
}

// plainLines reports whether every CR of text is followed by LF.
func plainLines(text string) bool {
	return strings.Count(text, "\r") == strings.Count(text, "\r\n")
}

// editOf returns the edit that makes a text of another.
func editOf(old string, data []byte) edit {
	shorter := min(len(old), len(data))
	from := common(shorter, func(at, n int) bool { return old[at:at+n] == string(data[at:at+n]) })
	after := common(shorter-from, func(at, n int) bool {
		o, d := len(old)-at, len(data)-at
		return old[o-n:o] == string(data[d-n:d])
	})
	return edit{from: from, to: len(old) - after, grown: len(data) - len(old), text: data}
}

// common returns how many bytes, of at most n, are the same. It compares large ranges at
// once, which is many times faster than byte by byte.
func common(n int, same func(at, n int) bool) (length int) {
	for step := 1 << 12; step > 0; step /= 16 {
		for length+step <= n && same(length, step) {
			length += step
		}
	}
	return length
}

// offset returns the offset in the text of what is at an offset of a part.
func (v *version) offset(in *part, at uint32) int {
	in = in.origin()
	end := 0
	for i := range v.pieces {
		p := &v.pieces[i]
		if p.in != in {
			continue
		}
		if inside := int(at) - p.from; 0 <= inside && inside < p.size {
			return p.at + inside
		}
		end = p.at + p.size // an absent value may be at the end
	}
	return end
}

// replace returns the pieces after the text of a site became that of a new part.
func (v *version) replace(s *site, in *part) []piece {
	pieces := make([]piece, 0, len(v.pieces)+2)
	i := 0
	for ; i < len(v.pieces) && v.pieces[i].at+v.pieces[i].size <= s.start; i++ {
		pieces = append(pieces, v.pieces[i])
	}
	if i < len(v.pieces) && v.pieces[i].at < s.start {
		p := v.pieces[i]
		p.size = s.start - p.at
		pieces = append(pieces, p)
	}
	pieces = append(pieces, piece{in, strings.Index(in.text, s.text), s.start, len(s.text)})
	for ; i < len(v.pieces); i++ {
		p := v.pieces[i]
		if cut := s.end - p.at; cut > 0 {
			p.from, p.at, p.size = p.from+cut, p.at+cut, p.size-cut
		}
		if p.size > 0 {
			p.at += len(s.text) - len(s.old)
			pieces = append(pieces, p)
		}
	}
	return pieces
}

// repeatsKey reports whether a member that was read has the key of a member that stays.
func (s *site) repeatsKey(read *Node) bool {
	return slices.ContainsFunc(read.Members(), func(m Member) bool {
		i := s.n.find(m.Key())
		return i >= 0 && (i < s.from || i >= s.to)
	})
}

// children returns the values of some members of an object, or some items of a list.
func (n *Node) children(from, to int) []*Node {
	if n.kind == List {
		return n.Items()[from:to]
	}
	values := make([]*Node, 0, to-from)
	for _, m := range n.Members()[from:to] {
		values = append(values, m.value)
	}
	return values
}

// size returns the number of members or items of n.
func (n *Node) size() int { return len(n.Items()) + len(n.Members()) }

// child returns the value of a member of an object, or an item of a list.
func (n *Node) child(i int) *Node {
	if n.kind == List {
		return n.contents.items[i]
	}
	return n.contents.members[i].value
}

// values returns the number of values in n, with itself.
func values(n *Node) (count int) {
	count = 1
	for i := range n.size() {
		count += values(n.child(i))
	}
	return count
}
