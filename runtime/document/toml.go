package document

import (
	"errors"
	"math/big"
	"regexp"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// readTOML reads TOML 1.0. The library says whether the text is TOML, tables that
// are defined twice included; its parser then gives the values with their places.
func readTOML(text string, lim Limits, r *report) *Node {
	t := &tomlReader{report: r, text: text, lim: lim, index: map[*Node]*keyIndex{}}
	if at, deep := tomlDepth(text, lim.Depth); deep {
		r.add(tooDeep(t.position(at), lim))
		return nil
	}
	var whole map[string]any
	if err := toml.Unmarshal([]byte(text), &whole); err != nil {
		t.refuse(err)
		return nil
	}
	return t.document()
}

// A tomlReader makes nodes of a text that is known to be TOML.
type tomlReader struct {
	*report
	text  string
	lim   Limits
	lines []int // where each line begins; made when it is needed
	nodes int
	index map[*Node]*keyIndex
	parse unstable.Parser
	nursery
}

// tomlCharacter is how the library repeats a character that may be seen, and so be
// of a secret.
var tomlCharacter = regexp.MustCompile(`(:| but got)? U\+[0-9A-F]{4,} '.+'`)

// refuse says what the library says, but for what it repeats of values.
func (t *tomlReader) refuse(err error) {
	reason := strings.TrimPrefix(err.Error(), "toml: ")
	if strings.Contains(reason, "strconv") { // which repeats the value
		reason = "a number is out of range"
	}
	reason = tomlCharacter.ReplaceAllString(reason, "")
	f := Finding{Message: "the TOML is not written right: " + reason}
	var at *toml.DecodeError
	if errors.As(err, &at) {
		f.Pos.Line, f.Pos.Column = at.Position()
	}
	t.add(f)
}

// position is the place of a byte.
func (t *tomlReader) position(at int) Position {
	if t.lines == nil {
		t.lines = []int{0}
		for i := range len(t.text) {
			if t.text[i] == '\n' {
				t.lines = append(t.lines, i+1)
			}
		}
	}
	line := sort.SearchInts(t.lines, at+1)
	column := utf8.RuneCountInString(t.text[t.lines[line-1]:at]) + 1
	return Position{File: t.file, Line: line, Column: column}
}

func (t *tomlReader) at(n *unstable.Node) Position { return t.position(int(n.Raw.Offset)) }

func (t *tomlReader) document() *Node {
	t.parse.Reset([]byte(t.text))
	root := t.node(Object, "", Position{File: t.file, Line: 1, Column: 1})
	table, said := root, false
	for t.parse.NextExpression() {
		e := t.parse.Expression()
		said = true
		switch e.Kind {
		case unstable.KeyValue:
			t.set(table, e)
		case unstable.Table:
			table = t.table(root, e, false)
		case unstable.ArrayTable:
			table = t.table(root, e, true)
		}
		if t.nodes > t.lim.Nodes {
			t.add(Finding{Pos: t.position(0), Message: "more than " + count(t.lim.Nodes) + " values in one file"})
			return nil
		}
	}
	if !said {
		return nil
	}
	return root
}

// table is the object that a header names; the last key of [[a.b]] is a new item of
// a list.
func (t *tomlReader) table(root *Node, e *unstable.Node, item bool) *Node {
	object := root
	keys := e.Key()
	for keys.Next() {
		key := keys.Node()
		last := keys.IsLast()
		object = t.below(object, key, item && last)
	}
	return object
}

// below is the object under a key, made if there is none. Of a list it is the last
// item, or a new one.
func (t *tomlReader) below(object *Node, key *unstable.Node, item bool) *Node {
	name, pos := string(key.Data), t.at(key)
	found := t.get(object, name)
	if found == nil {
		found = t.made(Object, pos)
		if item {
			list := t.made(List, pos)
			list.items = []*Node{found}
			t.put(object, name, pos, list)
			return found
		}
		t.put(object, name, pos, found)
		return found
	}
	if found.kind != List {
		return found
	}
	if item {
		found.items = append(found.items, t.made(Object, pos))
	}
	return found.items[len(found.items)-1]
}

func (t *tomlReader) made(kind Kind, pos Position) *Node {
	t.nodes++
	return t.node(kind, "", pos)
}

func (t *tomlReader) get(object *Node, key string) *Node {
	if i := t.indexOf(object).find(object.members, key); i >= 0 {
		return object.members[i].value
	}
	return nil
}

func (t *tomlReader) indexOf(object *Node) *keyIndex {
	x := t.index[object]
	if x == nil {
		x = &keyIndex{}
		t.index[object] = x
	}
	return x
}

func (t *tomlReader) put(object *Node, key string, pos Position, value *Node) {
	object.members = append(object.members, Member{key: key, pos: pos, value: value})
}

// set reads a line a.b = value.
func (t *tomlReader) set(object *Node, e *unstable.Node) {
	keys := e.Key()
	for keys.Next() {
		key := keys.Node()
		if !keys.IsLast() {
			object = t.below(object, key, false)
			continue
		}
		pos := t.at(key)
		t.put(object, string(key.Data), pos, t.value(e.Value(), pos))
	}
}

// value reads a value; pos is where it counts as written if the parser does not
// say.
func (t *tomlReader) value(v *unstable.Node, pos Position) *Node {
	if v.Raw.Length > 0 {
		pos = t.at(v)
	}
	switch v.Kind {
	case unstable.Array:
		list := t.made(List, pos)
		items := v.Children()
		for items.Next() {
			if item := items.Node(); item.Kind != unstable.Comment {
				list.items = append(list.items, t.value(item, pos))
			}
		}
		return list
	case unstable.InlineTable:
		object := t.made(Object, pos)
		members := v.Children()
		for members.Next() {
			if member := members.Node(); member.Kind == unstable.KeyValue {
				t.set(object, member)
			}
		}
		return object
	}
	return t.scalar(v, pos)
}

func (t *tomlReader) scalar(v *unstable.Node, pos Position) *Node {
	t.nodes++
	text := string(v.Data)
	switch v.Kind {
	case unstable.Bool:
		return t.node(Bool, text, pos)
	case unstable.Integer, unstable.Float:
		return t.number(text, pos)
	case unstable.DateTime, unstable.LocalDateTime:
		return t.node(String, strings.Replace(text, " ", "T", 1), pos) // RFC 3339 as formats have it
	}
	return t.node(String, text, pos)
}

// number is a number as JSON writes it, to the last digit.
func (t *tomlReader) number(text string, pos Position) *Node {
	plain := strings.TrimPrefix(strings.ReplaceAll(text, "_", ""), "+")
	if base := strings.TrimPrefix(plain, "-"); len(base) > 1 && base[0] == '0' && strings.ContainsRune("xob", rune(base[1])) {
		if n, ok := new(big.Int).SetString(plain, 0); ok {
			plain = n.String()
		}
	}
	number, ok := splitNumber(plain)
	if !ok {
		t.add(Finding{Pos: pos, Message: "found " + bare(text) + ", which is no number", Hint: "write a finite number"})
		return t.node(Null, "", pos)
	}
	if message := number.tooLarge(); message != "" {
		t.add(Finding{Pos: pos, Message: message, Hint: "put it in quotes if it is text"})
	}
	return t.node(Number, plain, pos)
}

// tomlDepth finds where brackets stand more than limit levels deep: the library
// would follow them to the end of the stack. Brackets in texts and comments do not
// count, which is all that has to be known of TOML for that.
func tomlDepth(text string, limit int) (at int, deep bool) {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '[', '{':
			if depth++; depth > limit {
				return i, true
			}
		case ']', '}':
			depth = max(depth-1, 0)
		case '#':
			i += lineLength(text[i:]) - 1
		case '"', '\'':
			i += tomlQuoted(text[i:]) - 1
		}
	}
	return 0, false
}

func lineLength(text string) int {
	if end := strings.IndexByte(text, '\n'); end >= 0 {
		return end + 1
	}
	return len(text)
}

// tomlQuoted is the length of the quoted text that text begins with.
func tomlQuoted(text string) int {
	quote := text[:1]
	if long := strings.Repeat(quote, 3); strings.HasPrefix(text, long) {
		quote = long
	}
	for i := len(quote); i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote[0] == '"':
			i++
		case strings.HasPrefix(text[i:], quote):
			return i + len(quote)
		case text[i] == '\n' && len(quote) == 1:
			return i // it does not end, as the library will say
		}
	}
	return len(text)
}
