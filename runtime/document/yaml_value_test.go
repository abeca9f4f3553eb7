package document

import (
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// written returns n as yaml.v3 writes its YAMLValue, and as ParseYAML reads it back.
func written(t *testing.T, n *Node) (text string, read *Node) {
	t.Helper()
	out, err := yaml.Marshal(YAMLValue(n))
	if err != nil {
		t.Fatal(err)
	}
	read, findings := ParseYAML("w.yaml", out, Limits{})
	if read == nil && !findings.Empty() {
		t.Errorf("%s: %s", out, findings)
	}
	return string(out), read
}

var nowhere Position

func scalar(kind Kind, text string) *Node { return NewScalar(kind, text, nowhere) }

// TestYAMLValue: a tree that a YAML package writes is read back as the same tree. Text
// stays text whatever it looks like, and numbers stay exact.
func TestYAMLValue(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", " ", "~", "null", "NULL", "true", "True", "yes", "no", "on", "y", "0", "-1", "1.5", "1e3", "1E+3", "0x1F", "0o17", "0777", "0b1", "1_000",
		"18446744073709551616", "0x10000000000000000", ".inf", "-.INF", ".nan", "2001-01-01", "2001-12-14t21:59:43.10-05:00", "12:30:45", "1:30", "=", "-", "- a", "?", "? a",
		":", "a: b", "a:", "#", "a #b", "#a", "&a", "*a", "!a", "!!str a", "|", ">", "'", `"`, "%", "@", "`", "[", "]", "{", "}", ",", "a,b", " lead", "trail ", "\ttab", "a\tb",
		"a\nb", "a\n", "a\n b\n", "a\n\nb\n\n", "a\r\nb", "\r", "\x00", "\x7f", "\u0085", "\uFEFF", "\u202e", "é", "漢字", "🙂",
		"---", "...", "--- a", "%YAML 1.1", "=1", "=", "n", "key: |\n  x", strings.Repeat("long ", 100), strings.Repeat("x", 5000), "tag:yaml.org,2002:str"} {
		n := NewObject([]Member{NewMember(text, scalar(String, text), nowhere), NewMember("list", NewList([]*Node{scalar(String, text)}, nowhere), nowhere)}, nowhere)
		if out, read := written(t, n); !Equal(n, read) {
			t.Errorf("%q was written as %q and read as %s", text, out, read.AppendJSON(nil))
		}
	}
	for text, want := range map[string]string{
		"0": "0", "-0": "0", "1.0": "1", "1e2": "100", "9007199254740993": "9007199254740993", "-9223372036854775808": "-9223372036854775808",
		"18446744073709551615": "18446744073709551615", "18446744073709551616": "1.8446744073709552e+19", "18446744073709551617": "=18446744073709551617", "-9223372036854775809": "=-9223372036854775809",
		"0.1": "0.1", "1.50": "1.5", "1e-7": "1e-07", "1e300": "1e+300", "0.1000000000000000000001": "=0.1000000000000000000001", "1e400": "=1e400", "-1e400": "=-1e400", "1e-400": "=1e-400",
		strings.Repeat("9", 400): "=" + strings.Repeat("9", 400),
	} {
		n := NewList([]*Node{scalar(Number, text)}, nowhere)
		out, read := written(t, n)
		if !Equal(n, read) {
			t.Errorf("%s was written as %q and read as %s", text, out, read.AppendJSON(nil))
		}
		if out != "- "+want+"\n" && text != "18446744073709551616" {
			t.Errorf("%s was written as %q, want %s", text, out, want)
		}
	}
	for _, n := range []*Node{nil, scalar(Null, ""), scalar(Bool, "true"), NewList(nil, nowhere), NewObject(nil, nowhere), scalar(String, "")} {
		if out, read := written(t, n); n != nil && !Equal(n, read) {
			t.Errorf("%s was written as %q and read as %s", n.AppendJSON(nil), out, read.AppendJSON(nil))
		}
	}
}

// FuzzYAMLValue: text survives being written by yaml.v3, but for what it cannot write:
// numbers that are too large for it, line breaks at the beginning, and line
// separators, which our reader wants escaped.
func FuzzYAMLValue(f *testing.F) {
	for _, seed := range []string{"a", "1e3", "a\n b", "- x: |\n", "a\r", "12:30"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "?")
		if _, number := splitNumber(text); number {
			t.Skip()
		}
		if _, exact := exactNumber(text); exact {
			t.Skip()
		}
		if strings.ContainsAny(text, "\u2028\u2029") || strings.Contains(text, "\n") && strings.ContainsAny(text[:1], " \t\n") {
			t.Skip()
		}
		n := NewObject([]Member{NewMember("k", scalar(String, text), nowhere)}, nowhere)
		if out, read := written(t, n); !Equal(n, read) {
			t.Errorf("%q was written as %q and read as %s", text, out, read.AppendJSON(nil))
		}
	})
}
