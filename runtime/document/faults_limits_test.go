package document_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/runtime/document"
)

// laughs returns a file with so many levels of anchors, each with width aliases of the
// previous one.
func laughs(levels, width int) string {
	var b strings.Builder
	b.WriteString("a0: &a0 [" + strings.Repeat("x,", width) + "x]\n")
	for i := 1; i <= levels; i++ {
		alias := fmt.Sprintf("*a%d,", i-1)
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(alias, width), ","))
	}
	return b.String()
}

func wantText(t *testing.T, findings document.Findings, parts ...string) {
	t.Helper()
	if len(findings) == 0 {
		t.Fatal("got no findings")
	}
	for _, part := range parts {
		if text := findings.String(); !strings.Contains(text, part) {
			t.Errorf("got %.300s, want in it %q", text, part)
		}
	}
}

func TestF001_BillionLaughs(t *testing.T) {
	for _, size := range []struct{ levels, width int }{{9, 9}, {5, 10}, {6, 10}} {
		_, findings := bounded(t, "c.yaml", []byte(laughs(size.levels, size.width)))
		wantText(t, findings, "the alias \"*a", "the limit is 10,000")
	}
}

func TestF002_QuadraticAliases(t *testing.T) {
	keys := make([]string, 500)
	for i := range keys {
		keys[i] = fmt.Sprintf("k%d: 1", i)
	}
	merges := make([]string, 2000)
	for i := range merges {
		merges[i] = fmt.Sprintf("m%d: {<<: *b}\n", i)
	}
	for _, c := range []struct{ why, data, alias string }{
		{"1000 times a list of 1000", "a: &a [" + strings.Repeat("x,", 1000) + "]\nb: [" + strings.Repeat("*a,", 1000) + "]\n", "*a"},
		{"20000 times a list of 20000", "a: &a [" + strings.Repeat("x,", 20000) + "]\nb: [" + strings.Repeat("*a,", 20000) + "]\n", "*a"},
		{"500 keys merged 2000 times", "b: &b {" + strings.Join(keys, ", ") + "}\n" + strings.Join(merges, ""), "*b"},
		{"the same, overridden each time", "b: &b {" + strings.Join(keys, ", ") + "}\nm:\n" + strings.Repeat("- {<<: *b, "+strings.Join(keys, ", ")+"}\n", 25), "*b"},
	} {
		_, findings := bounded(t, "c.yaml", []byte(c.data))
		if len(findings) != 1 {
			t.Fatalf("%s: got %v, want one finding", c.why, findings)
		}
		wantText(t, findings, `the alias "`+c.alias+`"`, "the limit is 10,000")
	}
}

func TestF003_LargeScalarAliased(t *testing.T) {
	data := "a: &a " + strings.Repeat("x", 1<<20) + "\nb: [" + strings.Repeat("*a,", 2000) + "]\n"
	_, findings := bounded(t, "c.yaml", []byte(data))
	wantText(t, findings, `b[4]: the alias "*a"`, "the limit is 4,194,304 bytes")
}

// distinct returns an object with n different keys.
func distinct(n int) []byte {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "k%d: 1\n", i)
	}
	return []byte(b.String())
}

func TestF004_ManyKeys(t *testing.T) {
	node, findings := bounded(t, "c.yaml", distinct(100_000))
	if node == nil || len(node.Members()) != 100_000 {
		t.Fatalf("got %v, want 100,000 members", findings)
	}
}

func TestF005_OneKeyRepeated(t *testing.T) {
	for _, name := range []string{"c.yaml", "c.json"} {
		data := []byte(strings.Repeat("a: 1\n", 6000))
		if name == "c.json" {
			data = []byte("{" + strings.Repeat("\"a\": 1,\n", 5999) + "\"a\": 1}")
		}
		_, findings := bounded(t, name, data)
		if len(findings) != 1 {
			t.Fatalf("%s: got %d findings, want one for the key", name, len(findings))
		}
		wantText(t, findings, `c.`, `:2:1: a: duplicate key "a", first written on line 1`)
	}
}

func TestF005_ManyKeysRepeated(t *testing.T) {
	_, findings := bounded(t, "c.yaml", append(distinct(20_000), distinct(20_000)...))
	if len(findings) != 1000 {
		t.Errorf("got %d findings, want the 1000 after which reading stops", len(findings))
	}
	members := strings.TrimSuffix(strings.Repeat(`"a": {"b": 1, "b": 2},`, 2000), ",")
	if _, findings = bounded(t, "c.json", []byte("["+strings.ReplaceAll("{"+members+"}", `},"a"`, `}},{"a"`)+"]")); len(findings) != 1000 {
		t.Errorf("JSON: got %d findings, want 1000", len(findings))
	}
}

func TestF006_LargeFile(t *testing.T) {
	for _, c := range []struct {
		name  string
		size  int
		bytes string
	}{
		{"c.yaml", 100 << 20, "104,857,600"}, {"c.yml", 20 << 20, "20,971,520"}, {"c.json", 4<<20 + 1, "4,194,305"},
	} {
		data := []byte(strings.Repeat("- a\n", c.size/4+1)[:c.size])
		before := watchHeap()
		_, findings := parse(t, c.name, data)
		if grown := before(); grown > 1<<20 {
			t.Errorf("%d bytes: took %d bytes of memory, want refusal before parsing", c.size, grown)
		}
		wantText(t, findings, c.bytes+" bytes", "the limit is 4,194,304")
	}
}

func TestF006_ManyValues(t *testing.T) {
	for _, c := range []struct{ why, name, data string }{
		{"two bytes for a value in a list", "c.yaml", "[" + strings.Repeat("a,", 2_000_000) + "]"},
		{"two bytes for a key and a value", "c.yaml", "{" + strings.Repeat("a,", 2_000_000) + "}"},
		{"items without a value", "c.yaml", strings.Repeat("-\n", 2_000_000)},
		{"comments at two columns", "c.yaml", "a: 1\n" + strings.Repeat("#\n  #\n", 100_000)},
		{"JSON", "c.json", "[" + strings.Repeat("1,", 2_000_000) + "1]"},
		{"lists in JSON", "c.json", "[" + strings.Repeat("[],", 1_300_000) + "1]"},
	} {
		_, findings := bounded(t, c.name, []byte(c.data))
		if len(findings) != 1 {
			t.Fatalf("%s: got %v, want one finding", c.why, findings)
		}
		wantText(t, findings, "500,000")
	}
}

func TestF007_Nesting(t *testing.T) {
	stairs := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.Repeat(" ", i) + "a:\n")
		}
		return b.String()
	}
	for _, c := range []struct{ why, name, data, where string }{
		{"one level too many", "c.yaml", strings.Repeat("[", 101) + strings.Repeat("]", 101), "1:101"},
		{"flow, 1k", "c.yaml", strings.Repeat("[", 1000) + strings.Repeat("]", 1000), "1:101"},
		{"flow, 9k", "c.yaml", strings.Repeat("[", 9000) + strings.Repeat("]", 9000), "1:101"},
		{"flow, 100k", "c.yaml", strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), "1:"},
		{"flow, 100k, not closed", "c.yaml", strings.Repeat("[", 100_000), "1:"},
		{"objects, 100k, not closed", "c.yaml", strings.Repeat("{a: ", 100_000), "1:"},
		{"objects over lines, 100k", "c.yaml", strings.Repeat("{a:\n", 100_000), ""},
		{"lists in one line, 1k", "c.yaml", strings.Repeat("- ", 1000) + "a", "1:201"},
		{"lists in one line, 100k", "c.yaml", strings.Repeat("- ", 100_000) + "a", "1:201"},
		{"keys in one line, 100k", "c.yaml", strings.Repeat("? ", 100_000) + "a", "1:201"},
		{"a little too deep", "c.yaml", stairs(102), "101:101"},
		{"by indentation, 2k", "c.yaml", stairs(2000), "201:101"},
		{"deep, then comments at two columns", "c.yaml", strings.Repeat("- ", 5000) + "a\n" + strings.Repeat("#\n  #\n", 100_000), "1:201"},
		{"less deep, then comments", "c.yaml", strings.Repeat("- ", 190) + "a\n" + strings.Repeat("#\n  #\n", 40_000), "1:201"},
		{"JSON, one level too many", "c.json", strings.Repeat("[", 101) + strings.Repeat("]", 101), "1:101"},
		{"JSON, 100k", "c.json", strings.Repeat("[", 100_000), "1:101"},
		{"JSON objects, 100k", "c.json", strings.Repeat(`{"a":`, 100_000), "1:501"},
	} {
		_, findings := bounded(t, c.name, []byte(c.data))
		if len(findings) != 1 {
			t.Fatalf("%s: got %v, want one finding", c.why, findings)
		}
		wantText(t, findings, c.name+":"+c.where, "nested more than 100 levels deep")
	}
	for _, name := range []string{"c.yaml", "c.json"} {
		accept(t, name, strings.Repeat("[", 100)+strings.Repeat("]", 100))
	}
	accept(t, "c.yaml", stairs(100)+strings.Repeat(" ", 100)+"b")
}

func TestF007_NestingByAlias(t *testing.T) {
	deep := func(n int, inner string) string { return strings.Repeat("[", n) + inner + strings.Repeat("]", n) }
	data := "a: &a " + deep(60, "x") + "\nb: " + deep(38, "*a") + "\n"
	accept(t, "c.yaml", data)
	data = "a: &a " + deep(60, "x") + "\nb: " + deep(40, "*a") + "\n"
	refuse(t, "c.yaml", data, "2:44", "nested more than 100 levels", `alias "*a"`)
}

func TestLimitOfNodes(t *testing.T) {
	t.Parallel()
	const ten = "[1,2,3,4,5,6,7,8,[]]"
	if _, findings := document.ParseJSON("c", []byte(ten), document.Limits{Nodes: 10}); len(findings) > 0 {
		t.Errorf("got %v for 10 values", findings)
	}
	_, findings := document.ParseJSON("c", []byte(ten), document.Limits{Nodes: 9})
	wantText(t, findings, "1:18: [8]: more than 9 values")
	// In YAML, a third as many items or keys always fit.
	for _, data := range []string{"a: 1\nb: 1\nc: 1\n", "- a\n- b\n- c\n", "[a,b,c]", "{a: 1, b: 1, c: 1}", "{\"a\":1,\"b\":1,\"c\":1}"} {
		if _, findings := document.ParseYAML("c", []byte(data), document.Limits{Nodes: 9}); len(findings) > 0 {
			t.Errorf("%q: got %v", data, findings)
		}
	}
	_, findings = document.ParseYAML("c", []byte("[a,b,c]"), document.Limits{Nodes: 5})
	wantText(t, findings, "may hold 6 values and keys", "the limit is 5")
}

// The accepted files that cost the most.
func TestF006_Densest(t *testing.T) {
	for _, c := range []struct{ why, data string }{
		{"objects in a list", strings.Repeat("- a: b\n", 166_000)},
		{"lists in lists", strings.Repeat("- - - - - a\n", 83_000)},
		{"keys without values", "{" + strings.Repeat("a,", 249_000) + "}"},
		{"comments", strings.Repeat("- a #c\n", 124_000)},
		{"comments at two columns", "a: 1\n" + strings.Repeat("#\n  #\n", 83_000)},
	} {
		stop := watchHeap()
		parse(t, "c.yaml", []byte(c.data))
		if peak := stop(); peak > 256<<20 {
			t.Errorf("%s: took %d MB of memory for %d bytes", c.why, peak>>20, len(c.data))
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why  string
		data string
		lim  document.Limits
		want string
	}{
		{"bytes are counted, not characters", "é", document.Limits{Bytes: 1}, "has 2 bytes; the limit is 1"},
		{"aliases count as values", "a: &a [1, 2]\nb: [*a, *a, *a, *a]", document.Limits{Nodes: 16}, "more than 16 values in one file, with the alias \"*a\""},
		{"every value counts", "&a [[],[],[],[],[]]", document.Limits{Nodes: 4}, "the limit is 4"},
		{"alias of one value", "a: &a 1\nb: *a", document.Limits{AliasNodes: 1}, ""},
		{"alias of two values", "a: &a [1]\nb: *a", document.Limits{AliasNodes: 1}, "the limit is 1"},
		{"an alias as a key", "a: &a x\n*a : 1\nb: {*a : 1}", document.Limits{AliasNodes: 1}, "the limit is 1"},
		{"a list is the first level", "[1]", document.Limits{Depth: 1}, ""},
		{"a list in it the second", "[[1]]", document.Limits{Depth: 1}, "nested more than 1 levels"},
		{"negative is the default", "[[1]]", document.Limits{Bytes: -1, Nodes: -1, Depth: -1, AliasNodes: -1}, ""},
		{"no depth is unbounded", strings.Repeat("[", 20_000), document.Limits{Depth: 1 << 40}, "nested more than 10,000 levels"},
	} {
		for _, parse := range []func(string, []byte, document.Limits) (*document.Node, document.Findings){document.ParseYAML, document.ParseJSON} {
			_, findings := parse("c", []byte(c.data), c.lim)
			if strings.ContainsAny(c.data, "&é") && parse != nil && strings.Contains(findings.String(), "where a value is expected") {
				continue // not JSON
			}
			if text := findings.String(); !strings.Contains(text, c.want) || (text == "") != (c.want == "") {
				t.Errorf("%s: got %q, want %q", c.why, text, c.want)
			}
		}
	}
}
