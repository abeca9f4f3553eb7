package document_test

import (
	"strings"
	"testing"

	"github.com/hotbind/hotbind/runtime/document"
)

// A password whose quotes are missing or broken is not a string to the reader. The
// message goes to a log, so it must not contain even the first letter of the password.
func TestReadersKeepSecrets(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, data string }{
		{"c.json", `{"a": hunter2x}`},
		{"c.json", `{"a": -hunter2x}`},
		{"c.json", `{"a": 0hunter2x}`},
		{"c.json", `{"a": "x"hunter2x"}`},
		{"c.json", `{"a": "x", hunter2x}`},
		{"c.json", `{"a": "x"} hunter2x`},
		{"c.json", `{"a" hunter2x}`},
		{"c.json", `{"a": "\hunter2x"}`},
		{"c.json", `{"a": éhunter2x}`},
		{"c.json", `{"a": "\ud81d hunter2x"}`},
		{"c.yaml", "a: !hunter2x\n"},
		{"c.yaml", "a: !hunter2x x\n"},
		{"c.yaml", "a: !hunter2x {x: 1}\n"},
		{"c.yaml", "a: !!hunter2x [x]\n"},
		{"c.yaml", "a: !hunter2x!x\n"},
		{"c.yaml", "a: !!int hunter2x\n"},
		{"c.yaml", "a: !!map hunter2x\n"},
		{"c.yaml", "a: *hunter2x\n"},
		{"c.yaml", "a: &hunter2x:hunter2x\n"},
		{"c.yaml", "a: 'x'hunter2x\n"},
		{"c.yaml", "a: @hunter2x\n"},
		{"c.yaml", "a: \"\\hunter2x\"\n"},
		{"c.yaml", "a: {b: 1}hunter2x\n"},
		{"c.toml", "a = hunter2x\n"},
		{"c.toml", "a = 0hunter2x\n"},
		{"c.toml", "a = 'x'hunter2x\n"},
		{"c.toml", "a = \"\\hunter2x\"\n"},
		{"c.toml", "a = +hunter2x\n"},
		{"c.toml", "a = 1e99999999hunter2x\n"},
		{"c.toml", "a = thunter2x\n"},
		{"c.toml", "a = [1 hunter2x]\n"},
		{"c.toml", "a = {b = 1 hunter2x}\n"},
	} {
		node, findings := parse(t, c.name, []byte(c.data))
		text := findings.String()
		if node != nil || strings.Contains(text, "hunter2") || strings.Contains(text, `"h"`) || strings.Contains(text, "'h'") {
			t.Errorf("%s %q: got %s", c.name, c.data, text)
		}
	}
}

// Common misspellings of JSON words are named in the message.
func TestMisspelledWordsAreNamed(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"True", "NULL", "undefined", "NaN"} {
		refuse(t, "c.json", `{"a": `+word+`}`, "1:7", `found "`+word+`" where a value is expected`)
	}
}

// A fakeShape is a shape defined by a test.
type fakeShape struct {
	kind    document.Kind
	item    document.Shape
	members map[string]document.Shape
	other   document.Shape // of undeclared members
	secret  bool
	tagged  map[string]document.Shape // the alternatives by the value of their member kind
}

func (s *fakeShape) Kind() document.Kind      { return s.kind }
func (s *fakeShape) AllowsNull() bool         { return false }
func (s *fakeShape) Item() document.Shape     { return s.item }
func (s *fakeShape) Lists() document.ListRule { return document.ListRule{} }
func (s *fakeShape) Secret() bool             { return s.secret }
func (s *fakeShape) Alternative(n *document.Node) (*document.Node, document.Shape) {
	tag := n.Get("kind")
	if s.tagged == nil || tag == nil {
		return nil, nil
	}
	return tag, s.tagged[tag.Text()]
}

func (s *fakeShape) Properties() (list []document.Property) {
	for key, shape := range s.members {
		list = append(list, document.Property{Key: key, Shape: shape})
	}
	return list
}

func (s *fakeShape) Member(key string) (document.Shape, bool) {
	if shape, declared := s.members[key]; declared {
		return shape, true
	}
	return s.other, s.other != nil
}

func (s *fakeShape) Undeclared() []document.Shape {
	if s.other == nil {
		return nil
	}
	return []document.Shape{s.other}
}

// A freshShape returns a new shape below it on every call.
type freshShape struct {
	*fakeShape
	_ []int // makes it incomparable
}

func (s freshShape) Item() document.Shape { return s }

// A layer is shown before it is checked: a value of another kind than the schema allows
// must not show the secrets inside it. A value without secrets is shown anyway.
func TestHide(t *testing.T) {
	t.Parallel()
	text := &fakeShape{kind: document.String}
	secret := &fakeShape{kind: document.String, secret: true}
	object := &fakeShape{kind: document.Object, members: map[string]document.Shape{"tok": secret, "n": text}}
	list := &fakeShape{kind: document.List, item: object}
	dictionary := &fakeShape{kind: document.Object, other: list}
	node := &fakeShape{kind: document.Object, members: map[string]document.Shape{"name": text}}
	node.members["next"] = node
	hidden := &fakeShape{kind: document.Object, members: map[string]document.Shape{"tok": secret}}
	hidden.members["next"] = &fakeShape{kind: document.List, item: hidden}
	disk := &fakeShape{kind: document.Object, members: map[string]document.Shape{"kind": text, "dir": text}, other: text}
	union := &fakeShape{secret: true, other: secret, tagged: map[string]document.Shape{"disk": disk}}
	const all = `"[secret]"`
	for _, c := range []struct {
		why        string
		shape      document.Shape
		data, want string
	}{
		{"as it should be", list, `[{"n":"x","tok":"SEKRIT"}]`, `[{"n":"x","tok":"[secret]"}]`},
		{"an object for a list", list, `{"tok":"SEKRIT"}`, all},
		{"a list for an object", object, `[{"tok":"SEKRIT"}]`, all},
		{"text for an object", object, `"SEKRIT"`, all},
		{"deeper than one level", dictionary, `["SEKRIT"]`, all},
		{"below a member that fits", dictionary, `{"x":{"tok":"SEKRIT"}}`, `{"x":"[secret]"}`},
		{"null is not a secret", list, `null`, `null`},
		{"a value for a secret", secret, `{"x":"SEKRIT"}`, all},
		{"several kinds and a secret", &fakeShape{secret: true}, `{"x":"SEKRIT"}`, all},
		{"several kinds with items", &fakeShape{item: object}, `{"tok":"SEKRIT"}`, all},
		{"several kinds with items, as they should be", &fakeShape{item: object}, `[{"tok":"SEKRIT"}]`, `[{"tok":"[secret]"}]`},
		{"several kinds with members", &fakeShape{members: object.members}, `["SEKRIT"]`, all},
		{"no secret in it", &fakeShape{kind: document.List, item: text}, `{"a":"x"}`, `{"a":"x"}`},
		{"it contains itself, without a secret", node, `["x"]`, `["x"]`},
		{"it contains itself, with a secret", hidden, `["SEKRIT"]`, all},
		{"the alternative it names, except for members that another one declares", union, `{"kind":"disk","dir":"x","tok":"SEKRIT"}`, `{"kind":"disk","dir":"x","tok":"[secret]"}`},
		{"no alternative of that name", union, `{"kind":"dsk","dir":"SEKRIT"}`, all},
		{"a member that is not allowed", object, `{"n":"x","token":"SEKRIT"}`, `{"n":"x","token":"[secret]"}`},
		{"no alternative named", union, `{"dir":"SEKRIT"}`, all},
		{"no end of shapes", freshShape{fakeShape: &fakeShape{kind: document.List}}, `"SEKRIT"`, all},
	} {
		n := accept(t, "c.json", c.data)
		if got := string(document.Hide(n, c.shape, false).AppendJSON(nil)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.why, got, c.want)
		}
		if string(n.AppendJSON(nil)) != c.data {
			t.Errorf("%s: the value was changed", c.why)
		}
	}
}
