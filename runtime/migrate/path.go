package migrate

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// A segment is one part of a path.
type segment struct {
	kind  segmentKind
	key   string // of a keySegment
	index int    // of an indexSegment
}

type segmentKind uint8

const (
	keySegment   segmentKind = iota
	indexSegment             // [0]
	everyKey                 // *
	everyItem                // [*]
)

func (s segment) star() bool { return s.kind == everyKey || s.kind == everyItem }

// A path leads from a document to a value, or with stars to several.
type path []segment

// partPattern matches one part of a path: a key, with a leading dot unless it is the
// first, or a part in brackets.
var partPattern = regexp.MustCompile(`^(?:(\.?)([^\x00-\x20.\[\]"'\\:*]+|\*)|\[(\*|0|[1-9][0-9]{0,8})\]|\[("(?:[^"\\]|\\.)*")\])`)

// parsePath parses a path, or returns what is wrong with text.
func parsePath(text string) (p path, fault string) {
	const form = "want a path such as database.pool_size, servers[0].host or tenants[\"a.b\"].quota"
	if text == "" {
		return nil, "is empty; " + form
	}
	for rest := text; rest != ""; {
		m := partPattern.FindStringSubmatch(rest)
		if m == nil || m[2] != "" && (m[1] == "") != (len(p) == 0) {
			return nil, "is invalid at character " + strconv.Itoa(len([]rune(text[:len(text)-len(rest)]))+1) + "; " + form
		}
		rest = rest[len(m[0]):]
		switch {
		case m[2] == "*":
			p = append(p, segment{kind: everyKey})
		case m[2] != "":
			p = append(p, segment{kind: keySegment, key: m[2]})
		case m[3] == "*":
			p = append(p, segment{kind: everyItem})
		case m[3] != "":
			i, _ := strconv.Atoi(m[3])
			p = append(p, segment{kind: indexSegment, index: i})
		default:
			key, err := strconv.Unquote(m[4])
			if err != nil {
				return nil, "has a key in quotes that cannot be read; " + form
			}
			p = append(p, segment{kind: keySegment, key: key})
		}
	}
	return p, ""
}

// String writes the path as [document.KeyPath] does.
func (p path) String() string {
	text := ""
	for _, s := range p {
		switch s.kind {
		case keySegment:
			text = document.KeyPath(text, s.key)
		case indexSegment:
			text = document.IndexPath(text, s.index)
		case everyKey:
			text = strings.TrimPrefix(text+".*", ".")
		case everyItem:
			text += "[*]"
		}
	}
	return text
}

// stars returns the segments that are stars.
func (p path) stars() path {
	var stars path
	for _, s := range p {
		if s.star() {
			stars = append(stars, s)
		}
	}
	return stars
}

// bound returns p with its stars replaced by what the stars of pattern match in found.
func (p path) bound(pattern, found path) path {
	bound := slices.Clone(p)
	next := 0
	for i, s := range bound {
		if !s.star() {
			continue
		}
		for !pattern[next].star() {
			next++
		}
		bound[i] = found[next]
		next++
	}
	return bound
}

// shared returns the length of the common prefix of p and q.
func (p path) shared(q path) int {
	n := 0
	for n < len(p) && n < len(q) && p[n] == q[n] {
		n++
	}
	return n
}

// covers reports whether p equals q or is a prefix of it.
func (p path) covers(q path) bool {
	if len(p) > len(q) {
		return false
	}
	for i, s := range p {
		every := s.kind == everyKey && q[i].kind == keySegment || s.kind == everyItem && q[i].kind == indexSegment
		if s != q[i] && !every {
			return false
		}
	}
	return true
}
