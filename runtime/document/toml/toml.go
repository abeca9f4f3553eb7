// Package toml parses TOML 1.0. Programs that use only YAML and JSON do not link it. A
// program with a TOML file passes the format to its source:
//
//	rt.File("app.toml", rt.WithFormat(toml.Format{}))
package toml

import (
	"errors"
	"math/big"
	"regexp"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/hotbind/hotbind/runtime/document"
)

// Format parses files named .toml. It implements [document.Format]. Dates and times
// become text, and integers of another base become decimal. inf and nan are errors.
type Format struct{}

// Extension returns ".toml".
func (Format) Extension() string { return ".toml" }

// Read implements [document.Format]. The library checks the text, including duplicate
// tables; then its parser returns the values with their positions.
func (Format) Read(name, text string, lim document.Limits) (*document.Node, document.Findings) {
	t := &reader{file: name, text: text, lim: lim, index: map[*document.Node]map[string]*document.Node{}}
	if at, deep := depth(text, lim.Depth); deep {
		return nil, document.Findings{lim.TooDeep(t.position(at))}
	}
	var whole map[string]any
	if err := toml.Unmarshal([]byte(text), &whole); err != nil {
		t.refuse(err)
		return nil, t.findings
	}
	return t.document(), t.findings
}

// A reader makes nodes of a text that is valid TOML.
type reader struct {
	file     string
	text     string
	lim      document.Limits
	lines    []int // where each line begins; set on first use
	nodes    int
	index    map[*document.Node]map[string]*document.Node // the members of objects
	parse    unstable.Parser
	findings document.Findings
}

func (t *reader) add(pos document.Position, message, hint string) {
	t.findings = append(t.findings, document.Finding{Pos: pos, Message: message, Hint: hint})
}

// character matches characters that the library repeats, which may be part of a secret.
var character = regexp.MustCompile(`(:| but got)? U\+[0-9A-F]{4,} '.+'`)

// refuse reports the library's error without the values that it repeats.
func (t *reader) refuse(err error) {
	reason := strings.TrimPrefix(err.Error(), "toml: ")
	if strings.Contains(reason, "strconv") { // it repeats the value
		reason = "a number is out of range"
	}
	reason = character.ReplaceAllString(reason, "")
	pos := document.Position{File: t.file, Line: 1, Column: 1}
	var at *toml.DecodeError
	if errors.As(err, &at) {
		pos.Line, pos.Column = at.Position()
	}
	t.add(pos, "invalid TOML: "+reason, "")
}

// position returns the position of an offset.
func (t *reader) position(at int) document.Position {
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
	return document.Position{File: t.file, Line: line, Column: column}
}

func (t *reader) at(n *unstable.Node) document.Position { return t.position(int(n.Raw.Offset)) }

func (t *reader) document() *document.Node {
	t.parse.Reset([]byte(t.text))
	root := document.NewObject(nil, document.Position{File: t.file, Line: 1, Column: 1})
	table, found := root, false
	for t.parse.NextExpression() {
		e := t.parse.Expression()
		found = true
		switch e.Kind {
		case unstable.KeyValue:
			t.set(table, e)
		case unstable.Table:
			table = t.table(root, e, false)
		case unstable.ArrayTable:
			table = t.table(root, e, true)
		}
		if t.nodes > t.lim.Nodes {
			t.findings = append(t.findings, t.lim.TooMany(t.position(0)))
			return nil
		}
	}
	if !found {
		return nil
	}
	return root
}

// table returns the object that a header names. The last key of [[a.b]] is a new item
// of a list.
func (t *reader) table(root *document.Node, e *unstable.Node, item bool) *document.Node {
	object := root
	keys := e.Key()
	for keys.Next() {
		key := keys.Node()
		last := keys.IsLast()
		object = t.below(object, key, item && last)
	}
	return object
}

// below returns the object under a key, and creates it if needed. In a list it returns
// the last item, or a new one.
func (t *reader) below(object *document.Node, key *unstable.Node, item bool) *document.Node {
	name, pos := string(key.Data), t.at(key)
	found := t.get(object, name)
	if found == nil {
		found = t.made(document.Object, pos)
		if item {
			list := t.made(document.List, pos)
			list.SetItems([]*document.Node{found})
			t.put(object, name, pos, list)
			return found
		}
		t.put(object, name, pos, found)
		return found
	}
	if found.Kind() != document.List {
		return found
	}
	if item {
		found.SetItems(append(found.Items(), t.made(document.Object, pos)))
	}
	items := found.Items()
	return items[len(items)-1]
}

// made returns an empty list or object.
func (t *reader) made(kind document.Kind, pos document.Position) *document.Node {
	t.nodes++
	if kind == document.List {
		return document.NewList(nil, pos)
	}
	return document.NewObject(nil, pos)
}

func (t *reader) get(object *document.Node, key string) *document.Node { return t.index[object][key] }

func (t *reader) put(object *document.Node, key string, pos document.Position, value *document.Node) {
	if t.index[object] == nil {
		t.index[object] = map[string]*document.Node{}
	}
	t.index[object][key] = value
	object.SetMembers(append(object.Members(), document.NewMember(key, value, pos)))
}

// set reads a line a.b = value.
func (t *reader) set(object *document.Node, e *unstable.Node) {
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

// value reads a value. pos is its position if the parser has none.
func (t *reader) value(v *unstable.Node, pos document.Position) *document.Node {
	if v.Raw.Length > 0 {
		pos = t.at(v)
	}
	switch v.Kind {
	case unstable.Array:
		list := t.made(document.List, pos)
		items := v.Children()
		for items.Next() {
			if item := items.Node(); item.Kind != unstable.Comment {
				list.SetItems(append(list.Items(), t.value(item, pos)))
			}
		}
		return list
	case unstable.InlineTable:
		object := t.made(document.Object, pos)
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

func (t *reader) scalar(v *unstable.Node, pos document.Position) *document.Node {
	t.nodes++
	text := string(v.Data)
	switch v.Kind {
	case unstable.Bool:
		return document.NewScalar(document.Bool, text, pos)
	case unstable.Integer, unstable.Float:
		return t.number(text, pos)
	case unstable.DateTime, unstable.LocalDateTime:
		return document.NewScalar(document.String, strings.Replace(text, " ", "T", 1), pos) // the form of RFC 3339, as formats expect
	}
	return document.NewScalar(document.String, text, pos)
}

// number returns a number as JSON writes it, to the last digit.
func (t *reader) number(text string, pos document.Position) *document.Node {
	plain := strings.TrimPrefix(strings.ReplaceAll(text, "_", ""), "+")
	if base := strings.TrimPrefix(plain, "-"); len(base) > 1 && base[0] == '0' && strings.ContainsRune("xob", rune(base[1])) {
		if n, ok := new(big.Int).SetString(plain, 0); ok {
			plain = n.String()
		}
	}
	if strings.HasSuffix(plain, "inf") || strings.HasSuffix(plain, "nan") {
		t.add(pos, "found "+text+", which is not a JSON number", "write a finite number")
		return document.NewScalar(document.Null, "", pos)
	}
	// The number is now one of JSON, but may be too large.
	if _, findings := document.ParseValue(pos, plain, document.Limits{}); len(findings) > 0 {
		t.add(pos, findings[0].Message, findings[0].Hint)
	}
	return document.NewScalar(document.Number, plain, pos)
}

// depth finds where brackets are nested more than limit levels deep; the library would
// follow them to the end of the stack. Brackets in texts and comments do not count.
func depth(text string, limit int) (at int, deep bool) {
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
			i += quoted(text[i:]) - 1
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

// quoted returns the length of the quoted text at the start of text.
func quoted(text string) int {
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
			return i // it does not end, which the library reports
		}
	}
	return len(text)
}
