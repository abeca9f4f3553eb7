package document_test

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/runtime/document"
)

// ample holds limits under which every accepted document is accepted again after it is
// written out.
var ample = document.Limits{Bytes: 1 << 30, Nodes: 1 << 30, Depth: 10_000}

// roundTrip writes node as JSON and reads it back.
func roundTrip(t *testing.T, node *document.Node) {
	t.Helper()
	text := node.AppendJSON(nil)
	back, findings := document.ParseJSON("back.json", text, ample)
	if !document.Equal(node, back) {
		t.Fatalf("got %v back from %s", findings, text)
	}
	if back != nil && !bytes.Equal(text, back.AppendJSON(nil)) {
		t.Fatalf("got %s, then %s", text, back.AppendJSON(nil))
	}
}

func checkPositions(t *testing.T, data []byte, findings document.Findings) {
	t.Helper()
	lines := 1 + bytes.Count(data, []byte("\n")) + bytes.Count(data, []byte("\r"))
	for _, f := range findings {
		if f.Pos.Line < 0 || f.Pos.Line > lines || f.Pos.Line > 0 && f.Pos.Column < 1 || f.Pos.Column > len(data)+1 {
			t.Fatalf("%q: got %v, which is outside of the file", data, f)
		}
	}
}

func FuzzParseYAML(f *testing.F) {
	f.Add([]byte(goodFiles["c.yaml"]))
	for _, seed := range []string{
		"a: &a {x: 1}\nb: {<<: [*a, {y: 2}]}\n", "- - |\n    x\n  - >-\n   y\n", "%YAML 1.2\n---\n? a\n: b\n...\n", "{a: [b, 'c', \"\\u00e9\"], ? d}",
		"a:\n\tb", "--- !!str\n", "\uFEFFa: 1e5\r\nb: 0777\r", "# c\n\n  # d\na: # e\n  - b # f\n# g\n", "{{},<<}", "&a [*a]", "a: b\n--- c", "!!binary x",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		node, findings := document.ParseYAML("c.yaml", data, document.Limits{})
		checkResult(t, node, findings)
		checkPositions(t, data, findings)
		if strings.Contains(findings.String(), "makes the parser fail") {
			t.Fatalf("%q: a panic was caught", data)
		}
		if node != nil {
			roundTrip(t, node)
		}
	})
}

// Inputs that encoding/json accepts and this package refuses on purpose.
var strictness = []string{
	"first written on line", "nested more than", "digits; the limit is", "half of a surrogate pair",
	"is not valid UTF-8", "UTF-16", "byte order mark", "the file is empty",
}

func FuzzParseJSON(f *testing.F) {
	f.Add([]byte(goodFiles["c.json"]))
	for _, seed := range []string{
		`{"a":1,"a":2}`, `[1e99999,"\ud800"]`, "[\"\x7f\u2028\"]", "\uFEFF[]", `[1,]`, `{"a":[{},[]]} `, `"\u12`, `-0.0e-0`, "// c\n1", `{"<<":{"a":1}}`, "[\"\\/\"]",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		node, findings := document.ParseJSON("c.json", data, document.Limits{})
		checkResult(t, node, findings)
		checkPositions(t, data, findings)
		valid := json.Valid(bytes.TrimPrefix(data, []byte("\uFEFF")))
		if node != nil && !valid {
			t.Fatalf("%q was accepted", data)
		}
		if node == nil && valid {
			for _, reason := range strictness {
				if strings.Contains(findings.String(), reason) {
					return
				}
			}
			t.Fatalf("%q: got %v", data, findings)
		}
		if node != nil {
			roundTrip(t, node)
			agree(t, node, data)
		}
	})
}

// agree compares node with what other parsers read from the same data.
func agree(t *testing.T, node *document.Node, data []byte) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\uFEFF"))))
	decoder.UseNumber()
	var want any
	if err := decoder.Decode(&want); err != nil {
		t.Fatal(err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		t.Fatalf("%q: text after the value was accepted", data)
	}
	if got := toGo(node); !reflect.DeepEqual(got, want) {
		t.Fatalf("%q: got %v, want %v", data, got, want)
	}
	// JSON is YAML, as far as yaml.v3 accepts it.
	asYAML, _ := document.ParseYAML("c.yaml", data, document.Limits{})
	if asYAML != nil && !document.Equal(node, asYAML) {
		t.Fatalf("%q: got %s as JSON, %s as YAML", data, node.AppendJSON(nil), asYAML.AppendJSON(nil))
	}
}

// toGo returns node as encoding/json would decode it.
func toGo(node *document.Node) any {
	switch node.Kind() {
	case document.Bool:
		return node.Text() == "true"
	case document.Number:
		return json.Number(node.Text())
	case document.String:
		return node.Text()
	case document.List:
		items := make([]any, len(node.Items()))
		for i, item := range node.Items() {
			items[i] = toGo(item)
		}
		return items
	case document.Object:
		members := make(map[string]any, len(node.Members()))
		for _, m := range node.Members() {
			members[m.Key()] = toGo(m.Value())
		}
		return members
	}
	return nil
}
