package document_test

import (
	"strings"
	"testing"

	"github.com/hotbind/hotbind/runtime/document"
)

func TestYAMLSyntax(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ why, data, where, want string }{
		{"two colons", "a: 1\nurl: a: b\n", "2:7", `found ":" where no key can end`},
		{"reserved character", "a: 1\nk: @x", "2:4", `a value cannot begin with "@"`},
		{"backquote", "k: `x`", "1:4", "a value cannot begin with \"`\""},
		{"line without a colon", "server:\n  port: 80\n  ho", "3:3", `a key without ":"`},
		{"indented less, far below the beginning", "a:\n  b: 1\n  c: 1\n  d: 1\n e: 2\n", "5:2", "expected a key in the object that begins on line 1"},
		{"item of a list indented less", "a:\n  - b\n - c\n", "3:2", "expected a key in the object that begins on line 1"},
		{"object in place of an item", "- a\nb: c\n", "2:1", `expected "- " in the list that begins on line 1`},
		{"text after quotes", "a: 'b' c\n", "1:8", `found text after the end of a value`},
		{"bracket not closed", "# c\na: [1,\n2\n", "3:2", `expected "," or "]" in the list that begins on line 2; found the end of the file`},
		{"wrong bracket", "a: [1}\n", "1:6", `expected "," or "]"`},
		{"brace not closed", "a: {b: 1", "1:9", `expected "," or "}" in the object that begins on line 1; found the end`},
		{"nothing but a bracket", "a: ]", "1:4", "expected a value here"},
		{"double quotes not closed", "a: 1\nb: \"c\nd\n", "2:4", "not closed"},
		{"single quotes not closed", "b: 'it's'\n", "1:8", `found text after the end of a value`},
		{"unknown escape", "a:\n  \"b\\qc\"", "2:5", "unknown escape"},
		{"short escape", "a: \"\\x1\"", "1:7", "more hexadecimal digits"},
		{"no character", "a: \"\\uD800\"", "1:7", "is not a character"},
		{"%TAG without a prefix", "%TAG !a!\n---\na: 1", "1:1", "invalid %TAG line"},
		{"%TAG twice", "%TAG ! a\n%TAG ! b\n---\na: 1", "2:1", "duplicate %TAG line"},
		{"%YAML without a version", "%YAML\n---\na: 1", "1:1", "has no YAML version"},
		{"more after the version", "%YAML 1.2 x\n---\na: 1", "1:1", "only a comment"},
		{"% without a name", "% x\n---\na: 1", "1:1", "must be a YAML directive"},
		{"second bracket", "a: [b, c]]", "1:10", `found "]" after the end of a value`},
		{"item in an object", "a: - b", "1:4", "a list item"},
		{"unknown alias on a later line", "a: 1\nb:\n  c: *nope", "3:6", `no anchor`},
		{"anchor without a name", "a: & b", "1:4", "the name of an anchor or alias"},
		{"unknown tag handle", "a: !x!y b", "1:4", "by a %TAG line"},
		{"tag not well formed", "a: !<x b", "1:4", "invalid tag"},
		{"text after a block sign", "a: | b\n", "1:4", "only a comment"},
		{"indented by 0", "a: |0\n b\n", "1:4", "indented by 0"},
		{"explicit key in an object", "a: ? b", "1:4", `"? "`},
		{"character of two bytes before", "é: é: b", "1:5", `found ":"`},
	} {
		t.Run(c.why, func(t *testing.T) { refuse(t, "c.yaml", c.data, c.where, c.want) })
	}
}

func TestYAMLMergeKeys(t *testing.T) {
	t.Parallel()
	const anchors = "a: &a {x: 1, y: 1}\nb: &b {x: 2, z: 2}\nl: &l [*a, *b]\n"
	for _, c := range []struct{ why, m, want string }{
		{"members take the place of the key", "{p: 0, <<: *a, q: 0}", `{"p":0,"x":1,"y":1,"q":0}`},
		{"its own key wins, before", "{x: 9, <<: *a}", `{"x":9,"y":1}`},
		{"its own key wins, after", "{<<: *a, x: 9}", `{"y":1,"x":9}`},
		{"first in a list wins", "{<<: [*a, *b]}", `{"x":1,"y":1,"z":2}`},
		{"the other first", "{<<: [*b, *a]}", `{"x":2,"z":2,"y":1}`},
		{"alias of a list", "{<<: *l}", `{"x":1,"y":1,"z":2}`},
		{"object without an alias", "{<<: {x: 3}, w: 4}", `{"x":3,"w":4}`},
		{"merge inside merge", "{<<: {<<: *a, x: 5}}", `{"y":1,"x":5}`},
		{"empty list", "{<<: [], w: 4}", `{"w":4}`},
		{"in quotes it is a key", `{"<<": *a}`, `{"<<":{"x":1,"y":1}}`},
		{"with a tag it is a key", "{!!str <<: 1}", `{"<<":1}`},
		{"as a value it is text", "{a: <<}", `{"a":"<<"}`},
	} {
		node := accept(t, "c.yaml", anchors+"m: "+c.m+"\n")
		if got := string(node.Get("m").AppendJSON(nil)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.why, got, c.want)
		}
	}
	for _, value := range []string{"5", "text", "[*a, 5]", "[[*a]]", "~"} {
		refuse(t, "c.yaml", anchors+"m: {<<: "+value+"}\n", "4:9", "m.<<: the merge key << needs an object or a list")
	}
	refuse(t, "c.yaml", "m: &m\n  n:\n    <<: *m\n", "3:9", `"&m" contains itself`)
}

func TestYAMLPositions(t *testing.T) {
	t.Parallel()
	node := accept(t, "dir/c.yaml", "# c\ns: &s\n  é: [1, {k: 'v'}]\nt:\n- - |\n    x\nm:\n  <<: *s\nr: *s\n")
	for _, c := range []struct {
		what string
		node *document.Node
		want string
	}{
		{"document", node, "2:1"},
		{"anchored object", node.Get("s"), "2:4"},
		{"list in brackets", node.Get("s").Get("é"), "3:6"},
		{"item", node.Get("s").Get("é").Items()[0], "3:7"},
		{"object in braces", node.Get("s").Get("é").Items()[1], "3:10"},
		{"text in quotes", node.Get("s").Get("é").Items()[1].Get("k"), "3:14"},
		{"list", node.Get("t"), "5:1"},
		{"list in a list", node.Get("t").Items()[0], "5:3"},
		{"block text", node.Get("t").Items()[0].Items()[0], "5:5"},
		{"merged value is at its anchor", node.Get("m").Get("é"), "3:6"},
		{"alias is at its anchor", node.Get("r"), "2:4"},
	} {
		if got := c.node.Pos().String(); got != "dir/c.yaml:"+c.want {
			t.Errorf("%s: got %s, want %s", c.what, got, c.want)
		}
	}
	for i, want := range []string{"2:1", "4:1", "7:1", "9:1"} {
		if got := node.Members()[i].Pos().String(); got != "dir/c.yaml:"+want {
			t.Errorf("key %s: got %s, want %s", node.Members()[i].Key(), got, want)
		}
	}
}

func TestYAMLAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	_, findings := parse(t, "c.yaml", []byte("a: !x 1\n1: 2\nb: &b 1\nc: &b 2\nd: *b\nb: 3\ne: {f: [1, !y 2, *b]}\ne: 1e99999\n"))
	want := []string{"1:4: a: unsupported tag", "2:1: (document): the key 1", "4:4: c: duplicate anchor", "6:1: b: duplicate key", "7:12: e.f[1]: unsupported tag", "8:1: e: duplicate key", "8:4: e: a number"}
	for i, f := range findings {
		if i >= len(want) || !strings.HasPrefix(f.String(), "c.yaml:"+want[i]) {
			t.Errorf("got %s", f)
		}
	}
	if len(findings) != len(want) {
		t.Errorf("got %d findings, want %d", len(findings), len(want))
	}
}

// However long keys, texts and paths are, the findings fit on a page.
func TestFindingsAreShort(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ключ\u202e", 150)
	deep := strings.Repeat("{\""+long+"\": ", 50)
	var tags, keys strings.Builder
	for range 200 {
		tags.WriteString("  - !" + strings.Repeat("t", 900) + " " + long + "\n")
		keys.WriteString("  - {\"" + long + "\": 1, \"" + long + "\": 2}\n")
	}
	for _, data := range []string{
		deep + "!x 1" + strings.Repeat("}", 50),
		"\"" + long + "\":\n" + tags.String(),
		"\"" + long + "\":\n" + keys.String(),
		"a: *" + strings.Repeat("n", 10_000),
		"a: &" + strings.Repeat("n", 10_000) + " 1\nb: &" + strings.Repeat("n", 10_000) + " 1\n",
		"%YAML " + strings.Repeat("1", 10_000) + "\n---\na",
		"a: !!int \"" + long + "\"",
	} {
		for _, name := range []string{"c.yaml", "c.json"} {
			if _, findings := parse(t, name, []byte(data)); len(findings) == 0 {
				t.Errorf("%.40s: got no findings", data)
			}
		}
	}
}
