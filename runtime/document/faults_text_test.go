package document_test

import (
	"strings"
	"testing"

	"github.com/hotbind/hotbind/runtime/document"
)

func TestF008_CrashInputs(t *testing.T) {
	// Some version of some YAML parser panicked or looped on these inputs. Whether they are
	// valid does not matter here.
	for _, data := range []string{
		"{{},<<}", "{<<}", "<<: <<", "? <<", "0: [:!00 \xef", "0: [:!00", "#\n-\n\n", "#\n - - \n - - -\n", "- - - -\n#\n",
		"[: ]", "{? ?, ? ?}", "? ? ? ?", ": : : :", "- :", "!!", "!<>", "!<", "&", "*", "& a", "&a\n*a", "%", "%YAML", "%TAG", "%TAG ! !\n",
		"|", ">", "|9", ">-", "|+\n\n", "a: |\n\t", "a: >\n ", "'", "\"", "\"\\", "\"\\x", "\"\\u12", "\"\\U0011FFFF\"", "''''", "---", "--- |", "...",
		"--- ---", "a: 'b\n--- c", "[\n---\n]", "\uFEFF", "\uFEFF\uFEFF", "a:\n  - b\n c", "a: b: c", "[a]: b", "{a: b}: c", "\r", "\r\n\r", "\x85",
		"!!null", "!!map", "!!seq []", "!!map []", "!!str {}", "!!merge <<", "!!float", "a: !!int", "!!bool {a: b}",
		"&a [*a]", "&a {*a : b}", "&a {a: *a}", "a: &a\n  <<: *a", "&a &b c", "a: &b &c d", "? &a b\n: *a\n", "*a : &a b", "a: " + strings.Repeat("\xAA", 1000),
	} {
		for _, name := range []string{"c.yaml", "c.json"} {
			node, findings := bounded(t, name, []byte(data))
			for _, f := range findings {
				if f.Pos.Line == 0 && !findings.Empty() {
					t.Errorf("%s %q: got %v without a line", name, data, f)
				}
			}
			if node == nil && strings.Contains(findings.String(), "makes the parser fail") {
				t.Errorf("%s %q: a panic was caught", name, data)
			}
		}
	}
	_, findings := parse(t, "c.yaml", []byte("{{},<<}"))
	wantText(t, findings, "c.yaml:1:2: ", "the key is a list or an object", "c.yaml:1:7: <<: the merge key << needs an object")
}

func TestF009_DuplicateKeys(t *testing.T) {
	for _, c := range []struct{ why, name, data, where, path string }{
		{"top", "c.yaml", "a: 1\nb: 2\na: 3\n", "3:1", "a"},
		{"nested", "c.yaml", "m:\n  n:\n  - a: 1\n    a: 2\n", "4:5", "m.n[0].a"},
		{"with and without quotes", "c.yaml", "a: 1\n\"a\": 2\n", "2:1", "a"},
		{"in one line", "c.yaml", "{a: 1, b: 2, a: 1}", "1:14", "a"},
		{"merge keys", "c.yaml", "a: &a {x: 1}\nm:\n  <<: *a\n  <<: *a\n", "4:3", "m.<<"},
		{"an alias of the key", "c.yaml", "m: &m k\nk: 1\n*m : 2\n", "3:1", "k"},
		{"a key that needs quotes in a path", "c.yaml", "a.b: 1\na.b: 2\n", "2:1", `["a.b"]`},
		{"the empty key", "c.yaml", "\"\": 1\n'': 2\n", "2:1", `[""]`},
		{"more keys than are looked through one by one", "c.yaml", "a: 1\nb: 1\nc: 1\nd: 1\ne: 1\nf: 1\ng: 1\nh: 1\ni: 1\nj: 1\nk: 1\na: 1\nb: 1\nb: 1", "12:1", "a"},
		{"JSON", "c.json", "{\"a\": {\n \"b\": 1,\n \"b\": 2}}", "3:2", "a.b"},
		{"JSON, written with an escape", "c.json", "{\"a\": 1,\n\"\\u0061\": 2}", "2:1", "a"},
	} {
		node, findings := parse(t, c.name, []byte(c.data))
		if node != nil || len(findings) == 0 {
			t.Fatalf("%s: got no finding", c.why)
		}
		first := strings.TrimPrefix(findings[0].String(), c.name+":")
		if !strings.HasPrefix(first, c.where+": "+c.path+": duplicate key ") || !strings.Contains(first, "first written on line ") {
			t.Errorf("%s: got %s, want it at %s: %s", c.why, first, c.where, c.path)
		}
	}
	_, findings := parse(t, "c.yaml", []byte("1: a\n\"1\": b\n"))
	wantText(t, findings, "c.yaml:1:1: (document): the key 1 is a number", `c.yaml:2:1: 1: duplicate key "1", first written on line 1`)
}

func TestF010_OneDocument(t *testing.T) {
	for _, c := range []struct{ why, data, where, want string }{
		{"second document", "k: 1\n---\nk: 2\n", "2:1", "second document"},
		{"second document after ---", "---\nk: 1\n--- \nk: 2\n", "3:1", "second document"},
		{"second document malformed", "k: 1\n---\nk: [\n", "2:1", "second document"},
		{"second document empty", "k: 1\n---\n", "2:1", "second document"},
		{"marks inside quoted text", "k: \"a\n---\nb\"\n", "2:1", "second document"},
		{"text after the end", "k: 1\n...\n]]]\n", "3:1", "after the line ..."},
		{"document after the end", "k: 1\n...\n---\nk: 2\n", "3:1", "after the line ..."},
		{"text beside the end", "k: 1\n... x\n", "2:1", "after ... on the same line"},
		{"an alias of the first document", "a: &x 1\n---\nb: *x\n", "2:1", "second document"},
		{"text after a value in brackets", "{k: 1}\nx\n", "2:1", "after the end of the document"},
		{"text after a value in quotes", "\"k\"\nx: 1\n", "2:1", "after the end of the document"},
	} {
		t.Run(c.why, func(t *testing.T) { refuse(t, "c.yaml", c.data, c.where, c.want) })
	}
	for _, data := range []string{"k: 1\n...\n", "k: 1\n...\n# end\n\n...\n", "# c\n\n---\nk: 1\n", "--- # c\nk: 1\n", "k: 1\n... # c\n"} {
		accept(t, "c.yaml", data)
	}
}

func TestF011_Empty(t *testing.T) {
	// The tests of the loader check that the last good document is kept.
	for _, c := range []struct{ name, data string }{
		{"c.yaml", ""}, {"c.yaml", "  \n\n"}, {"c.yaml", "# nothing\n"}, {"c.yaml", "---\n"},
		{"c.yaml", "---\n...\n"}, {"c.yaml", "...\n"}, {"c.yaml", "%YAML 1.2\n---\n"}, {"c.yaml", "--- # c\n"}, {"c.yaml", "\uFEFF"}, {"c.yaml", "%TAG ! x\n---\n# c\n"},
		{"c.json", ""}, {"c.json", " \t\r\n"}, {"c.json", "\uFEFF"},
	} {
		node, findings := parse(t, c.name, []byte(c.data))
		if node != nil || !findings.Empty() || findings[0].Message != "the file is empty" {
			t.Errorf("%s %q: got %v, want the file is empty", c.name, c.data, findings)
		}
	}
	for _, data := range []string{"{}", "[]", `""`, "false", "0"} {
		for _, name := range []string{"c.yaml", "c.json"} {
			accept(t, name, data)
		}
	}
}

// TestF011_Null: an explicit null is a value, not an empty file. The schema decides
// whether it is allowed.
func TestF011_Null(t *testing.T) {
	for _, c := range []struct{ name, data, at string }{
		{"c.yaml", "null\n", "c.yaml:1:1"}, {"c.yaml", "# c\n--- ~\n...\n", "c.yaml:2:5"}, {"c.yaml", "!!null ''", "c.yaml:1:1"},
		{"c.yaml", "!!null", "c.yaml:1:1"}, {"c.yaml", "&a", "c.yaml:1:1"}, {"c.yaml", "%YAML 1.2\n---\nNULL", "c.yaml:3:1"}, {"c.json", "\nnull", "c.json:2:1"},
	} {
		if node := accept(t, c.name, c.data); node.Kind() != document.Null || node.Pos().String() != c.at {
			t.Errorf("%s %q: got %s at %s, want null at %s", c.name, c.data, node.Kind(), node.Pos(), c.at)
		}
	}
}

func TestF012_TopLevel(t *testing.T) {
	// The schema decides whether a list or scalar is refused. Here their kinds are
	// distinguished.
	for _, c := range []struct {
		name, data string
		want       document.Kind
	}{
		{"c.yaml", "- a\n", document.List}, {"c.yaml", "hello\n", document.String}, {"c.yaml", "1", document.Number},
		{"c.json", "[1]", document.List}, {"c.json", "true", document.Bool}, {"c.json", "{}", document.Object},
	} {
		if got := accept(t, c.name, c.data); got.Kind() != c.want {
			t.Errorf("%s: got %v, want %v", c.data, got.Kind(), c.want)
		}
	}
}

func TestF013_NULs(t *testing.T) {
	for _, name := range []string{"c.yaml", "c.json"} {
		refuse(t, name, "[1]\n"+strings.Repeat("\x00", 4096), "2:1", "4,096 NUL", "byte 4 ")
		refuse(t, name, strings.Repeat("\x00", 4096), "1:1", "4,096 NUL", "byte 0 ")
		refuse(t, name, "\uFEFF\"a\x00b\"", "1:3", "1 NUL", "byte 5 ")
	}
}

func TestF014_Encoding(t *testing.T) {
	for _, c := range []struct{ why, data, where, offset, want string }{
		{"Latin-1", "a: caf\xe9\n", "1:7", "byte 6 ", "save as UTF-8"},
		{"Latin-1 in a comment, after characters of two bytes", "é: 1\n# é \xe9", "2:5", "byte 11 ", "save as UTF-8"},
		{"overlong", "k: \xc0\xaf\n", "1:4", "byte 3 ", "save as UTF-8"},
		{"a surrogate", "k: \xed\xa0\x80\n", "1:4", "byte 3 ", "save as UTF-8"},
		{"cut off inside a character", "k: \xe2\x82", "1:4", "byte 3 ", "save as UTF-8"},
		{"UTF-16, little end first", "\xff\xfek\x00:\x00 \x00v\x00", "1:1", "byte 0", "save as UTF-8"},
		{"UTF-16, big end first", "\xfe\xff\x00k\x00:\x00 \x00v", "1:1", "byte 0", "save as UTF-8"},
		{"UTF-16 without a mark", "k\x00:\x00 \x00v\x00", "1:1", "byte 0", "save as UTF-8"},
		{"UTF-16 without a mark, big end first", "\x00k\x00:\x00 \x00v", "1:1", "byte 0", "save as UTF-8"},
		{"UTF-32", "\x00\x00\xfe\xff\x00\x00\x00k", "1:1", "byte 0", "save as UTF-8"},
		{"byte order mark inside the file", "k: v\n\uFEFFj: w\n", "2:1", "byte 5", "U+FEFF"},
		{"two byte order marks", "\uFEFF\uFEFFk: v", "1:1", "byte 3", "U+FEFF"},
		{"byte order mark inside a comment", "# c\n# \uFEFF\nj: w\n", "2:3", "byte 6", "U+FEFF"},
		{"control character", "k: a\x1b[31m", "1:5", "byte 4 ", "U+001B"},
	} {
		for _, name := range []string{"c.yaml", "c.json"} {
			t.Run(c.why, func(t *testing.T) { refuse(t, name, c.data, c.where, c.offset, c.want) })
		}
	}
	for _, c := range []string{"\x7f", "\u0085", "\u009b", "\u2028", "\u2029", "\ufffe"} {
		refuse(t, "c.yaml", "é: \""+c+"\"", "1:5", "write it as an escape")
		accept(t, "c.json", "\""+c+"\"")
	}
}

func TestF015_LineEnds(t *testing.T) {
	for _, c := range []struct{ why, data string }{
		{"byte order mark", "\uFEFFa: 1\n# c\nb: é\nc: [2]\n"},
		{"byte order mark after comments", "# c\n \r\n\uFEFFb: é\nc: [2]\n"},
		{"CR LF", "a: 1\r\n# c\r\nb: é\r\nc: [2]\r\n"},
		{"CR", "a: 1\r# c\rb: é\rc: [2]\r"},
		{"LF", "a: 1\n# c\nb: é\nc: [2]"},
		{"mixed", "a: 1\r# c\r\nb: é\nc: [2]"},
	} {
		node := accept(t, "c.yaml", c.data)
		if got := node.Get("c").Items()[0].Pos().String(); got != "c.yaml:4:5" {
			t.Errorf("%s: got 2 at %s, want line 4, column 5", c.why, got)
		}
		if got := node.Get("b").Text(); got != "é" {
			t.Errorf("%s: got %q", c.why, got)
		}
		refuse(t, "c.yaml", strings.TrimRight(c.data, "\r\n")+" x", "4:8", `found text after the end of a value`)
	}
	for _, end := range []string{"\n", "\r\n", "\r"} {
		data := strings.ReplaceAll("{\n \"é\": [\n\"é\", 1]\n}", "\n", end)
		if got := accept(t, "c.json", data).Get("é").Items()[1].Pos().String(); got != "c.json:3:6" {
			t.Errorf("JSON with %q: got %s, want line 3, column 6", end, got)
		}
		if got := accept(t, "c.yaml", "a: |"+end+" b"+end+" c"+end).Get("a").Text(); got != "b\nc\n" {
			t.Errorf("block text with %q: got %q", end, got)
		}
	}
}

func TestF016_Tabs(t *testing.T) {
	for _, c := range []struct{ why, data, where string }{
		{"first level", "m:\n\ta: 1\n", "2:1"},
		{"after spaces", "m:\n  n:\n  \ta: 1\n", "3:3"},
		{"after a scalar", "m:\n  a: 1\n\tb: 2\n", "3:1"},
		{"list", "m:\n\t- a\n", "2:1"},
		{"the whole file", "\ta: 1\n", "1:1"},
		{"block text", "m: |\n\ta\n", "2:1"},
		{"after a dash", "-\t- a\n", "1:2"},
	} {
		t.Run(c.why, func(t *testing.T) { refuse(t, "c.yaml", c.data, c.where, "tabs cannot indent") })
	}
}
