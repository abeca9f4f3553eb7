package toml_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/document/toml"
)

// TOML becomes the same tree as YAML and JSON: tables, lists of tables, dotted keys, and
// every scalar as JSON has it.
func TestTOML(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a = 1\nb.c = true\n":                                    `{"a":1,"b":{"c":true}}`,
		"[a]\nx = 1\n[a.b]\ny = \"z\"\n":                         `{"a":{"x":1,"b":{"y":"z"}}}`,
		"[[a]]\nx = 1\n[[a]]\nx = 2\n[a.b]\ny = 3\n":             `{"a":[{"x":1},{"x":2,"b":{"y":3}}]}`,
		"[[a.b]]\n[[a.b]]\n":                                     `{"a":{"b":[{},{}]}}`,
		"a = [1, [2, 3], {x = 4}] # c\n":                         `{"a":[1,[2,3],{"x":4}]}`,
		"a = { b.c = 1, \"d e\" = 'f' }":                         `{"a":{"b":{"c":1},"d e":"f"}}`,
		"a = 0xff\nb = 0o17\nc = 0b101\nd = +1_000\ne = -0":      `{"a":255,"b":15,"c":5,"d":1000,"e":-0}`,
		"a = 1_0.5_0\nb = 1e3\nc = +2.5":                         `{"a":10.50,"b":1e3,"c":2.5}`,
		"a = 9007199254740993":                                   `{"a":9007199254740993}`,
		"a = 2024-01-02\nb = 2024-01-02 03:04:05Z\nc = 03:04:05": `{"a":"2024-01-02","b":"2024-01-02T03:04:05Z","c":"03:04:05"}`,
		"a = \"\"\"\nx\\\n  y\"\"\"\nb = '''\n'z'''":             `{"a":"xy","b":"'z"}`,
		"a = \"[[[\" # [[[\nb = '{{{'":                           `{"a":"[[[","b":"{{{"}`,
	} {
		doc, findings := document.Parse("a.toml", []byte(text), document.Limits{Depth: 3}, toml.Format{})
		if doc == nil {
			t.Errorf("%q: %v", text, findings)
			continue
		}
		if diff := cmp.Diff(want, string(doc.AppendJSON(nil))); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

// Every value has its position, counted in characters.
func TestTOMLPositions(t *testing.T) {
	t.Parallel()
	doc, findings := document.Parse("a.toml", []byte("# x\n[sec]\n\"ä\" = 'ö' # c\nlist = [1,\n  2]\ninline = { k = true }\n"), document.Limits{}, toml.Format{})
	if doc == nil {
		t.Fatal(findings)
	}
	sec := doc.Get("sec")
	got := []string{
		sec.Pos().String(), sec.Members()[0].Pos().String(), sec.Get("ä").Pos().String(), sec.Get("list").Items()[1].Pos().String(),
		sec.Get("inline").Get("k").Pos().String(),
	}
	if diff := cmp.Diff([]string{"a.toml:2:2", "a.toml:3:1", "a.toml:3:7", "a.toml:5:3", "a.toml:6:16"}, got); diff != "" {
		t.Error(diff)
	}
}

// Invalid or excessive TOML is one finding with its position.
func TestTOMLRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a = 1\na = 2\n":        "a.toml:2:1: (document): invalid TOML: key a is already defined",
		"a = \n":                "a.toml:1:5: (document): invalid TOML: unexpected character U+000A at start of value",
		"a = inf\nb = nan":      "a.toml:1:5: (document): found inf, which is not a JSON number (write a finite number)\na.toml:2:5: (document): found nan, which is not a JSON number (write a finite number)",
		"a = [[[[1]]]]":         "a.toml:1:8: (document): nested more than 3 levels deep",
		"a = [1,2,3,4,5,6,7,8]": "a.toml:1:1: (document): more than 8 values in one file",
		"# nothing\n":           "a.toml:1:1: (document): the file is empty",
		"a = 1e99999":           "a.toml:1:5: (document): invalid TOML: a number is out of range",
	} {
		doc, findings := document.Parse("a.toml", []byte(text), document.Limits{Depth: 3, Nodes: 8}, toml.Format{})
		if doc != nil {
			t.Errorf("%q was accepted", text)
		}
		if diff := cmp.Diff(want, findings.String()); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

// Without the format, a TOML file is refused with a message that says how to read it.
func TestWithoutFormat(t *testing.T) {
	t.Parallel()
	_, findings := document.Parse("a.TOML", []byte("a = 1"), document.Limits{})
	want := `a.TOML:1:1: (document): the extension ".TOML" is not supported; supported are .yaml, .yml and .json (give the source rt.WithFormat(toml.Format{}), from package runtime/document/toml)`
	if got := findings.String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if doc, findings := document.Parse("a.TOML", []byte("a = 1"), document.Limits{}, toml.Format{}); doc == nil {
		t.Error(findings)
	}
	_, findings = document.Parse("a.ini", nil, document.Limits{}, toml.Format{})
	if got, want := findings.String(), `a.ini:1:1: (document): the extension ".ini" is not supported; supported are .yaml, .yml, .json and .toml`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Endless brackets are refused before any code recurses into them.
func TestTOMLDepth(t *testing.T) {
	t.Parallel()
	began := time.Now()
	for _, open := range []string{"[", "{a=", "[{a="} {
		text := "a = " + strings.Repeat(open, 3<<20/len(open))
		if doc, _ := document.Parse("a.toml", []byte(text), document.Limits{}, toml.Format{}); doc != nil {
			t.Errorf("%s was accepted", open)
		}
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %v", took)
	}
}

func FuzzParseTOML(f *testing.F) {
	for _, seed := range []string{"a = 1", "[a]\nb.c = [1, {d = 2}]", "[[a]]\n[[a.b]]", "a = \"\"\"x\"\"\"", "a = 0x1f\nb=-inf", "a=1979-05-27 07:32:00Z"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, findings := document.Parse("a.toml", data, document.Limits{Depth: 20, Nodes: 1000}, toml.Format{})
		if (doc == nil) != (len(findings.Errors()) > 0) {
			t.Fatalf("got %v and %v", doc, findings)
		}
		if doc == nil {
			return
		}
		again, findings := document.ParseJSON("a.json", doc.AppendJSON(nil), document.Limits{})
		if !document.Equal(doc, again) {
			t.Errorf("written as JSON it is another value: %v", findings)
		}
	})
}
