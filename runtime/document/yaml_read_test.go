package document_test

import (
	"encoding/json"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/internal/suites"
	"github.com/hotbind/hotbind/runtime/document"
)

// same checks that the reader for common YAML gives up on data, or reads it as yaml.v3 and
// the walker do. It reports whether the reader accepts data.
func same(t testing.TB, data []byte, lim document.Limits) (taken bool) {
	t.Helper()
	taken, difference := document.CompareYAML(data, lim)
	if difference != "" {
		t.Errorf("%.400q: %s", data, difference)
	}
	return taken
}

// commonYAML holds constructs that the reader for common YAML accepts.
var commonYAML = []string{
	// Objects and lists in blocks.
	"a: 1\nb: 2\n", "a:\n  b:\n    c: 1\n  d: 2\ne: 3", "- a\n- b\n", "a:\n- b\n- c\nd: e\n", "a:\n  - b\n  - c\nd: e\n", "- - a\n  - b\n- c\n", "- a: 1\n  b: 2\n- c: 3\n",
	"-   a: 1\n    b: 2\n", "-\n  a: 1\n-\n  - b\n", "- a:\n  - b\n  c: d\n", "- a:\n    - b\n  c: d\n", "  a: 1\n  b: 2\n", "a:\n    - b: 1\n      c:\n        - d\n    - e\n",
	"a:\n- - b\n  - c\n- d\n", "- - - a\n    - b\n  - c\n- d\n", "a:\n- b:\n  - c:\n    - d\n", "a: 1\n\n\nb: 2\n\n", "a: 1 \nb: 2\t\n", "a:\t1\n", "a : 1\n", "a\t: 1\n", "- a: {b: c}\n  d: [e]\n",
	// Absent values.
	"a:\n", "a:", "a: ", "a:\nb:\n", "a:\n  b:\nc:\n", "-\n-\n", "-", "- ", "- a\n-", "a:\n-\n-\nb:\n", "a: # b\nb: 1\n", "- # a\n- b\n", "- # a\n  b\n", "a: # b\n  c: d\n", "a:   \n  b\n",
	// Comments.
	"# a\nb: 1 # c\n# d\n", "\n\n# a\n\n  # b\nc: d\n    # e\nf: g\n#", "a:\n# b\n  c: d\n  # e\n# f\n  g: h\n", "a: b#c\n", "a: b #c\n", "a: 'b' #c\n", "a: [b] # c\n", "a: \"#\" # b\n", "a: # |\n  b\n", "- a # b\n# c\n- d\n",
	// Marks of documents and line ends.
	"---\na: 1\n", "--- # a\nb: 1\n", "--- \n- a\n", "# a\n---\nb: c\n", "a: 1\n...\n", "---\na: 1\n... # b\n# c\n", "a: 1\r\nb:\r\n- c\r\n- 'd\r\n  e'\r\n", "a: |\r\n  b\r\n  c\r\n\r\nd: e\r\n", "a: b\r\n  c\r\n", "\uFEFFa: 1\n", "# a\n\uFEFFb: 1\n",
	// Plain scalars.
	"a: true\nb: True\nc: TRUE\nd: false\ne: False\nf: FALSE\n", "a: null\nb: Null\nc: NULL\nd: ~\n", "a: yes\nb: 0777\nc: 0x1F\nd: 1_000\ne: .5\nf: 1.\ng: +1\n", "a: 0\nb: -1\nc: 1.50\nd: 1e3\ne: -0.0E-10\n",
	"a: b c  d\te\n", "a: http://b:80/c?d=e#f\n", "a: b:c\n", "a: -b\nc: --d\ne: -1-\n", "a: b, c [d] {e}\n", "a: it's\nb: x\"y\"\n", "a: é漢🙂 ü\né: b\n", "a b c: d\n", "a:b: c\n", "a#b: c\n", "-a: b\n", "a: <<\n", "a: b*&!|>%@`\n", "null2: a\ntruE: b\n1a: c\n", "a: =\nb: =1\nc: =d\ne: =1e99999\n=: f\n=1: g\n", "a: =\n  1\n",
	"a: b\n  c\n   d\n", "a: b\n\n  c\n\n\n  d\n", "- a\n b\n- c\n", "a:\n  b\n  c\nd: e\n", "a: b\n  - c\n", "a: b\n  [c\n", "a: b \t \n  c\n", "a\n b\n", "a\nb\n", "a", "1.5", "~", "true", "'a'", "\"a\"", "a:\n- b\n c\n- d\n", "a: true\n  false\n", "a: 1\n  2\n", "a: b\n  'c'\n",
	// Scalars in quotes.
	"a: ''\nb: \"\"\n", "a: 'it''s'\n", "a: ''''\n", "'a': 1\n\"b\": 2\n", "'a' : 1\n\"b\"\t: 2\n", "'': 1\n", "\"a\\nb\": 1\n", "a: \"\\0\\a\\b\\t\\\t\\n\\v\\f\\r\\e\\ \\\"\\'\\\\\\N\\_\\L\\P\"\n", "a: \"\\x41\\u00e9\\U0001F642\\xff\"\n", "a: ' b '\n", "a: \" b\\\\\"\n",
	"a: 'b\n  c\n\n\n  d'\n", "a: \"b\n  c\n\n  d \\\n    e \\\n\n    f\"\n", "a: \"b\nc\"\n", "a: '\n\n  b\n  '\n", "a: \"b  \n  c\"\n", "a: \"b\\  \n  c\"\n", "a: \"b\t\n\tc\"\n", "- 'a'\n- \"b\"\n", "a:\n  'b'\n", "a:\n  \"b\n  c\"\n", "a: '#b'\n", "a: ': b'\n", "a: \"\\\n\"\n", "a: 'null'\nb: \"1\"\n", "'null': 1\n\"1\": 2\n'<<': 3\n'=': 4\n",
	// Texts in blocks.
	"a: |\n  b\n  c\n", "a: >\n  b\n  c\n", "a: |-\n  b\n\n", "a: |+\n  b\n\n\nc: d\n", "a: >-\n  b\n  c\n\n  d\n", "a: >+\n  b\n\n", "a: |2\n   b\n  c\n", "a: |2-\n   b\n", "a: |-2\n   b\n", "a: >+1\n  b\n c\n\n", "- |\n  a\n- >\n  b\n", "- - |\n    a\n   \n", "|\n  a\n", ">\n a\n  b\n c\n", "a:\n- |\n  b\n- c\n", "a:\n  |\n  b\nc: d\n",
	"a: >\n  b\n  c\n\n  d\n\n\n  e\n    f\n\n    g\n  h\n", "a: >\n    b\n     c\n\n    d\n", "a: >\n\n\n  b\n", "a: |\n\n  b\n", "a: |\nb: c\n", "a: |+\n\n\nb: c\n", "a: |\n  \n  b\n", "a: |\n  b", "a: |", "a: | # b\n  c\n", "a: |\n  b\n # c\n", "a: |\n  # b\n", "a: |\n  b\n   \n", "a: |\n  b\n    ", "a: >\n  b\n  \tc\n  d\n", "a: |\n   b: c\n   - d\ne: |\n f\n", "a: |\n  b\n ", "a: >-\n\n\nb: c\n", "a: |  \t\n  b\n",
	// Lists in brackets and objects in braces.
	"a: []\nb: {}\n", "[]", "{}", "[a, b]\n", "a: [ b , 'c', \"d\" , 1, ~ ]\n", "a: {b: c, 'd': e, \"f\":1, g: {h: [i]}}\n", "a: [b,\n  c,\n]\n", "a: {\n  b: c,\n\n  d: e,\n}\n", "a: [\nb\n]\n", "{\"a\":{\"b\":[1,2,{\"c\":null}]},\n\"d\":\"e\"}", "a: [b\n  c, d]\n", "a: [b\n\n  c]\n", "a: [ # b\n  c, # d\n  # e\n  f]\n", "a: [\t1,\t2\t]\n", "- [a]\n- {b: c}\n", "- [[a, [b]], {c: [d]}]\n", "a:\n  [b]\nc:\n  {d: e}\n", "a: [-1, -b, --, -]\n", "a: [http://b:80/c#d, e:f]\n", "{a : b, c\t: d}\n", "{a: b :c}\n", "a: {b: 'c\n  d'}\n", "a: [\"b\\\n  c\"]\n", "a: [b ]\n", "a: {b: c d, e: f }\n", "a: [true, False, 1.5, yes]\n", "a: [b|c, d>e]\n",
}

// rareYAML holds texts, valid and not, on which the reader for common YAML gives up.
var rareYAML = []string{
	"", "# a\n", "---\n", "...\n", "a: &b 1\n", "a: *b\n", "a: !!str 1\n", "&a b: c\n", "!a b: c\n", "<<: {a: b}\n", "? a\n: b\n", "? a\n", "{? a : b}", "%YAML 1.2\n---\na: 1\n", "a: 1\n---\nb: 1\n", "--- a\n", "--- {}\n",
	"a: 1\na: 2\n", "{a: 1, a: 2}", "'a': 1\na: 2\n", "1: a\n", "~: a\n", "true: a\n", ": a\n", "{: a}", "{1: a}", "[a]: b\n", "{a}: b\n", "{[a]: b}", "[a: b]", "[a: b, c]", "{a}", "{a, b: c}", "{a:}", "{a: , b: c}", "{a: }", "{a:b}", "{\"a\"}", "[,]", "[a,,b]", "[a", "{a: b", "[a]]", "[a}",
	"a: 1e99999\n", "a: =18446744073709551617\n", "=18446744073709551617: a\n", "a:\rb:\r", "a: b\rc: d\n", "\ta: b\n", "a:\n\tb: c\n", "a:\n  \tb\n", "-\ta\n", "- \ta\n", "a: b\n\tc\n", "a: |\n\tb\n", "a: |\n  b\n\tc\n", "a: |\n  \n \tb\n", "a: 1\n \t\nb: 2\n", "a: 1\n\t# b\n",
	"a: b: c\n", "a: b\n  c: d\n", "a:\n  b\n c: d\n", "a: - b\n", "a: 'b' c\n", "a: 'b\n", "a: \"b\n", "a: \"\\q\"\n", "a: \"\\/\"\n", "a: \"\\x1\"\n", "a: \"\\x1g\"\n", "a: \"\\uD800\"\n", "a: \"\\U00110000\"\n", "a: \"\\u+123\"\n", "a: \"\\", "a: \"\\x", "a: @b\n", "a: `b\n", "a: %b\n", "a: ]\n", "a: ,\n", "a: |0\n b\n", "a: |23\n b\n", "a: |++\n b\n", "a: |a\n", "a: |#b\n  c\n", "a: 'b'#c\n", "a: [b]#c\n", "a: [b,#c\n d]\n", "- a\nb: c\n", "a: b\n- c\n", "a:\n  b: c\n d: e\n", "a:\n    b: c\n  d: e\n", "a:\n  - b\n - c\n", "-\n - a: b\n  - c\n", "a\n: b\n", "a: |\n    \n  b\n", "a: b\n# c\n  d\n", "[a\n# b\nc]", "'a\nb': c\n", "a b\nc: d\n", "a: b\n  : c\n", "a: [b\n\tc]\n", "a: [b\n\t]\n", "a: {b: c\n  \t}\n", "a: [b?c]\n", "{a\n: b}", "a: \"b\":c\n", "\"a\":b\n",
	strings.Repeat("a", 1025) + ": b\n", "{" + strings.Repeat("a", 1025) + ": b}", strings.Repeat("[", 101) + strings.Repeat("]", 101), strings.Repeat("{a: ", 101) + "b" + strings.Repeat("}", 101), strings.Repeat("- ", 101) + "a", "a: \x7f\n", "a: \u0085\n", "a: \u2028\n",
}

func TestYAMLReaders(t *testing.T) {
	t.Parallel()
	for _, data := range commonYAML {
		if !same(t, []byte(data), document.Limits{}) {
			t.Errorf("%q: the reader for common YAML gave up", data)
		}
	}
	for _, data := range rareYAML {
		if same(t, []byte(data), document.Limits{}) {
			t.Errorf("%.80q: the reader for common YAML accepts it", data)
		}
	}
}

// TestYAMLReadersLimits: both readers accept the same files under tight limits.
func TestYAMLReadersLimits(t *testing.T) {
	t.Parallel()
	for _, data := range commonYAML {
		for limit := 1; limit < 12; limit++ {
			same(t, []byte(data), document.Limits{Nodes: limit})
			same(t, []byte(data), document.Limits{Depth: limit})
		}
	}
	deep := strings.Repeat("[", 99) + "{a: 1}" + strings.Repeat("]", 99)
	long := strings.Repeat("a", 1024) + ": b\n"
	for _, data := range []string{deep, strings.Repeat("- ", 100) + "a", long, "{" + strings.TrimSpace(long) + "}"} {
		if !same(t, []byte(data), document.Limits{}) {
			t.Errorf("%.80q: the reader for common YAML gave up", data)
		}
	}
}

// yamlFiles are small files that together have every construct.
var yamlFiles = []string{
	"# c\nserver:\n  host: \"é\\n\\u00e9\"  # d\n  ports: [80, 8080,\n    443]\n  'q k': it's\n",
	"list:\n- a\n- - b\n  - {c: d, e: ~}\n-\nx:\n  - y: 1\n    z: -2.5\n  -\n    w\nv:\n",
	"text: |+\n  one\n   two\n\nfolded: >-\n  one\n  two\n\n   three\nn: |2\n   x\n...\n",
	"---\r\na: b\r\n  c\r\n\r\n  d\r\ne: 'f\r\n  g'\r\nh: |\r\n  i\r\n",
	"{\"a\": [1, true, null, \"b\\\\\\\"c\"], d: {e: 'f''g' , h: [\n# i\n]},\n j: k\n   l\n}\n",
	"- \"a \\\n   b\\x41\n\n   c\"\n- d:  e # f\n  g:\n  - h\n  # i\n  j: =\n-  - k\n",
	"a: b:c #d\ne : f#g\n\"h\":\ti\nj: [-k, l:m ]\nn: o\n   p\n",
}

// damaged calls check with every prefix of data, and with data after every change of one
// byte.
func damaged(data string, check func(changed []byte)) {
	const bytes = " \t\n\r:-#,[]{}'\"\\|>?&*!%@=~.01a+<\xC2\xA0"
	for i := range len(data) {
		before, rest := data[:i], data[i+1:]
		check([]byte(before))
		check([]byte(before + rest))
		check([]byte(before + "\n" + rest))
		for _, c := range strings.Split(bytes, "") {
			check([]byte(before + c + rest))
			check([]byte(before + c + data[i:]))
		}
	}
}

func TestYAMLReadersDamage(t *testing.T) {
	t.Parallel()
	for _, data := range yamlFiles {
		if !same(t, []byte(data), document.Limits{}) {
			t.Errorf("%q: the reader for common YAML gave up", data)
		}
		n := 0
		damaged(data, func(changed []byte) {
			if n++; n%slower == 0 { // only some of them under the race detector
				same(t, changed, document.Limits{})
			}
		})
	}
}

// yamlPieces are what random texts are made of.
var yamlPieces = []string{
	"a", "b", "é", "1", "-2.5", "~", "true", "a: ", "b: ", "c:", "\"d\": ", "'e': ", ": ", ":", "- ", "-", "\n", "\n", "\n", "\n  ", "\n  ", "\n    ", "\n ", "\n- ", "\n  - ", "\nf: ", "\n  g: ",
	"\r\n", " ", "  ", "\t", "#", " # h", "\n# i", "\n  # j", "[", "]", "{", "}", ", ", ",", "[k, l]", "{m: n}", "'", "\"", "'o p'", "\"q\\n\"", "\\", "''", "|", ">", "|\n", ">-\n", "|+\n", "|2\n", "+", "2", "=", "?", "<<",
}

// TestYAMLReadersRandom compares the readers on random texts of everything that matters to
// them.
func TestYAMLReadersRandom(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	taken := 0
	const texts = 20_000
	for range texts / slower {
		var b strings.Builder
		for range 1 + random.IntN(16) {
			b.WriteString(yamlPieces[random.IntN(len(yamlPieces))])
		}
		if same(t, []byte(b.String()), document.Limits{}) {
			taken++
		}
	}
	if taken < texts/slower/20 {
		t.Errorf("the reader for common YAML accepts %d of %d texts, too few to compare", taken, texts/slower)
	}
}

func TestYAMLReadersSuite(t *testing.T) {
	t.Parallel()
	taken, all := 0, suiteCases(t)
	for _, c := range all {
		if same(t, []byte(c.YAML), document.Limits{}) {
			taken++
		}
	}
	t.Logf("the reader for common YAML accepts %d of %d cases", taken, len(all))
}

func TestYAMLReadersHostile(t *testing.T) {
	var list struct{ Cases []hostileCase }
	if err := json.Unmarshal(shared(t, "hostile", "yaml-hostile.json"), &list); err != nil {
		t.Fatal(err)
	}
	for _, c := range list.Cases {
		same(t, c.data(t), document.Limits{})
	}
}

func TestYAMLReadersCorpus(t *testing.T) {
	t.Parallel()
	taken, valid := 0, 0
	for name, data := range corpusFiles(t) {
		node, _ := document.ParseYAML(name, data, document.Limits{})
		if same(t, data, document.Limits{}) {
			taken++
		} else if node != nil {
			t.Logf("%s: the reader for common YAML gave up", name)
		}
		if node != nil {
			valid++
		}
	}
	t.Logf("the reader for common YAML accepts %d of %d valid files (%.1f %%)", taken, valid, 100*float64(taken)/float64(valid))
}

// corpusFiles returns the YAML files of the SchemaStore corpus.
func corpusFiles(t testing.TB) map[string][]byte {
	folder := suites.SchemaStore.Need(t)
	files := map[string][]byte{}
	err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err != nil || ext != ".yaml" && ext != ".yml" {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(folder, path)
		files[name] = data
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func FuzzYAMLReaders(f *testing.F) {
	for _, seeds := range [][]string{commonYAML, rareYAML, yamlFiles, {goodFiles["c.yaml"]}} {
		for _, seed := range seeds {
			f.Add([]byte(seed))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) { same(t, data, document.Limits{}) })
}
