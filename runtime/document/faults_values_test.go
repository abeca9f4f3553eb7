package document_test

import (
	"strings"
	"testing"
	"time"

	"github.com/hotbind/hotbind/runtime/document"
)

// values returns the scalars of a YAML list as they are read.
func values(t *testing.T, scalars ...string) []*document.Node {
	t.Helper()
	return accept(t, "c.yaml", "- "+strings.Join(scalars, "\n- ")+"\n").Items()
}

func wantKind(t *testing.T, kind document.Kind, plain bool, scalars ...string) {
	t.Helper()
	for i, n := range values(t, scalars...) {
		if n.Kind() != kind || n.Plain() != plain {
			t.Errorf("%s: got %v, plain %v, want %v, plain %v", scalars[i], n.Kind(), n.Plain(), kind, plain)
		}
		if (kind == document.Number || plain) && n.Text() != scalars[i] {
			t.Errorf("%s: got %q, want it as written", scalars[i], n.Text())
		}
	}
}

func TestF017_LargeIntegers(t *testing.T) {
	// The store, rollback and the page have their own tests.
	for _, digits := range []string{"9007199254740993", "9223372036854775807", "18446744073709551615", "-9223372036854775808"} {
		for _, name := range []string{"c.yaml", "c.json"} {
			node := accept(t, name, "["+digits+"]")
			if got := string(node.AppendJSON(nil)); got != "["+digits+"]" {
				t.Errorf("%s: got %s", name, got)
			}
		}
	}
	if document.Equal(values(t, "9007199254740993")[0], values(t, "9007199254740992")[0]) {
		t.Error("2^53+1 equals 2^53")
	}
}

func TestF018_NumbersOutOfRange(t *testing.T) {
	// The schema checks the range; for that it needs the number as written.
	wantKind(t, document.Number, false, "18446744073709551616", "1e400", "-1e400", "1e-400", strings.Repeat("9", 400))
}

func TestF019_NaNAndInfinity(t *testing.T) {
	// They are not numbers, so a number field refuses them as text.
	wantKind(t, document.String, true, ".nan", ".NaN", ".inf", "-.inf", "+.Inf", "NaN", "Infinity")
	refuse(t, "c.yaml", "k: !!float .nan", "1:4", "!!float does not fit")
	for _, word := range []string{"NaN", "-Infinity", ".inf"} {
		refuse(t, "c.json", "["+word+"]", "1:2", `found "`+word+`"`)
	}
}

func TestF020_LargeExponents(t *testing.T) {
	// The same reader refuses them in const and enum of a schema.
	for _, name := range []string{"c.yaml", "c.json"} {
		refuse(t, name, "[1e10000000]", "1:2", "[0]: ", "an exponent of 8 digits; the limit is 4")
		refuse(t, name, "[1E-00001]", "1:2", "an exponent of 5 digits")
		accept(t, name, "[1e9999, 1E-9999, 1e+9999]")
	}
	accept(t, "c.yaml", `["1e10000000", 1e10000000x]`)
}

func TestF021_ManyDigits(t *testing.T) {
	for _, name := range []string{"c.yaml", "c.json"} {
		best := time.Hour // the best of a few runs, because the machine may be busy
		for range 5 {
			start := time.Now()
			refuse(t, name, "["+strings.Repeat("7", 100_000)+"]", "1:2", "100,000 digits; the limit is 1,000")
			best = min(best, time.Since(start))
		}
		if best > slower*50*time.Millisecond {
			t.Errorf("%s: took %v, want less than 50ms", name, best)
		}
		refuse(t, name, "[0."+strings.Repeat("7", 1000)+"]", "1:2", "1,001 digits")
		accept(t, name, "["+strings.Repeat("7", 1000)+"]")
		accept(t, name, "[\""+strings.Repeat("7", 100_000)+"\"]")
	}
}

func TestF022_Dates(t *testing.T) {
	wantKind(t, document.String, true, "2024-01-02", "2024-01-02T03:04:05Z", "2024-01-02 03:04:05", "12:30:45", "190:20:30")
}

func TestF023_Booleans(t *testing.T) {
	// The validator, which sees Plain, reports that a boolean field needs true or false.
	wantKind(t, document.String, true, "yes", "on", "NO", "y", "n", "Off", "tRUE", "truE")
	wantKind(t, document.Bool, false, "true", "True", "TRUE", "false", "False", "FALSE")
	for i, n := range values(t, "TRUE", "False") {
		if want := []string{"true", "false"}[i]; n.Text() != want {
			t.Errorf("got %q, want %q", n.Text(), want)
		}
	}
	wantKind(t, document.String, false, `"true"`, "'null'", `"1"`, "|\n  true", ">-\n  1")
	wantKind(t, document.Null, false, "null", "Null", "NULL", "~", "")
}

func TestF024_KeysThatAreNoText(t *testing.T) {
	for _, c := range []struct{ data, where, want string }{
		{"a: 1\n1: a\n", "2:1", "the key 1 is a number"},
		{"true: a\n", "1:1", "the key true is a boolean"},
		{"m:\n  ~: a\n", "2:3", "m: the key ~ is null"},
		{"1.5: a\n", "1:1", "the key 1.5 is a number"},
	} {
		refuse(t, "c.yaml", c.data, c.where, c.want, "quote the key")
	}
	refuse(t, "c.yaml", "? [a]\n: b\n", "1:3", "the key is a list or an object")
	refuse(t, "c.yaml", "m: &m [a]\n*m : b\n", "2:1", "the key is a list or an object")
	refuse(t, "c.yaml", "?\n: b\n", "1:2", "the key is empty", `write ""`)
	refuse(t, "c.yaml", "!!int 1: a", "1:1", "the key 1 is a number")
	accept(t, "c.yaml", "on: 1\nyes: 2\n\"1\": 3\n'true': 4\n!!str 1.5: 5\n2024-01-02: 6\n01: 7\n")
}

func TestF025_Tags(t *testing.T) {
	for _, data := range []string{
		"a: 1\nk: !secret x",
		"a: 1\nk: !!python/object/apply:os.system ['id']",
		"a: 1\nk: !!set {a, b}",
		"a: 1\nk: !env {a: 1}",
		"a: 1\nk: !!binary aGVsbG8=",
		"a: 1\nk: !<tag:example.com,2000:x> 1",
	} {
		refuse(t, "c.yaml", data, "2:4", "k: unsupported tag", "in quotes", "!!str")
	}
	for _, c := range []struct{ data, want string }{
		{"!!int abc", `the tag !!int does not fit the value`},
		{"!!int 1.0", "a whole number"},
		{"!!int 0777", "a whole number"},
		{"!!bool yes", "true or false"},
		{"!!null 1", "want null"},
		{"!!float x", "a number in JSON's form"},
		{"!!map x", "!!map does not fit a scalar"},
		{"!!seq {}", "!!seq does not fit, want !!map"},
		{"!!str [1]", "!!str does not fit, want !!seq"},
	} {
		refuse(t, "c.yaml", "k: "+c.data, "1:4", c.want)
	}
	got := accept(t, "c.yaml", "[!!str 1, !!int \"1\", !!bool TRUE, !!null ~, !!float 1, !!seq [], !!map {}, !!str , !!str true]")
	if want := `["1",1,true,null,1,[],{},"","true"]`; string(got.AppendJSON(nil)) != want {
		t.Errorf("got %s, want %s", got.AppendJSON(nil), want)
	}
}

func TestF026_NumbersMeantAsText(t *testing.T) {
	wantKind(t, document.String, true, "0777", "08", "1_000", "0x1F", "0o17", "0b11", "+1", "1.", ".5", "1e", "1e+", "--1", "1.5.2", "-01", "1 000")
	// These are numbers, but a text field can still get the text as written.
	wantKind(t, document.Number, false, "1.10", "1234e56", "-0", "0", "-0.0e-0", "10", "1E5")
}

func TestF027_YAML12AndJSON(t *testing.T) {
	node := accept(t, "c.yaml", "%YAML 1.2\n---\nk: yes\n")
	if got := node.Get("k").Pos().String(); got != "c.yaml:3:4" {
		t.Errorf("got k at %s, want line 3, column 4", got)
	}
	accept(t, "c.yaml", "# c\n%YAML  1.2 # c\n--- {k: 1}\n")
	accept(t, "c.yaml", "%YAML 1.1\n---\nk: 1\n")
	refuse(t, "c.yaml", "%YAML 2.0\n---\nk: 1\n", "1:1", `"2.0" is not supported`)
	refuse(t, "c.yaml", "%YAML 1.2\n%YAML 1.2\n---\nk: 1\n", "2:1", "only one %YAML line")
	refuse(t, "c.yaml", "%FOO bar\n---\nk: 1\n", "1:1", "begins with %")
	refuse(t, "c.yaml", "%YAML 1.2\nk: 1\n", "2:1", "must be followed by a line --- and a document")
	refuse(t, "c.yaml", strings.Repeat("%TAG !a! b\n", 17)+"---\na: 1", "17:1", "more than 16 lines")
	got := accept(t, "c.json", `["\/", "\ud83d\ude00", "\"\\\b\f\n\r\t\u00e9"]`)
	for i, want := range []string{"/", "\U0001F600", "\"\\\b\f\n\r\té"} {
		if got.Items()[i].Text() != want {
			t.Errorf("got %q, want %q", got.Items()[i].Text(), want)
		}
	}
}

func TestF028_StrictJSON(t *testing.T) {
	for _, c := range []struct{ why, data, where, want string }{
		{"comment to the end of the line", "{\n// c\n\"a\": 1}", "2:1", "a comment"},
		{"comment", "[1, /* c */ 2]", "1:5", "a comment"},
		{"comment of YAML", "# c\n{}", "1:1", "a comment"},
		{"comma at the end of an object", "{\"a\": 1,\n}", "1:8", `a comma before "}" is not allowed`},
		{"comma at the end of a list", "[1,\n 2,\n\n]", "2:3", `a comma before "]" is not allowed`},
		{"text after the value", "{}\n x", "2:2", "found a word after the end"},
		{"a second value", "{} {}", "1:4", `found "{" after the end`},
		{"no comma", "[1 2]", "1:4", `found a number where "," or "]" is expected`},
		{"no colon", "{\"a\" 1}", "1:6", `where ":" is expected, after the key "a"`},
		{"key without quotes", "{a: 1}", "1:2", `found a word where a key in double quotes is expected`},
		{"single quotes", "['a']", "1:2", "a single quote"},
		{"only a comma", "[,]", "1:2", `found "," where a value is expected`},
		{"leading zero", "[01]", "1:2", "found a number that is not valid in JSON, where a value"},
		{"leading plus", "[+1]", "1:2", "found a number that is not"},
		{"no digit after the point", "[1.]", "1:2", "found a number that is not"},
		{"hexadecimal", "[0x10]", "1:2", "found a number that is not"},
		{"upper case", "[True]", "1:2", `found "True"`},
		{"not closed", "{\n\"a\": [1,\n2", "3:2", `the end of the file where "," or "]" is expected, in the list that begins on line 2`},
		{"nothing after a comma", "[1,", "1:4", "found the end of the file where a value is expected"},
		{"nothing after a colon", "{\"a\":", "1:6", "found the end of the file where a value is expected"},
		{"text not closed", "[\n\"abc]", "2:1", "not closed"},
		{"line break in text", "[\"a\nb\"]", "1:2", "has a line break or tab"},
		{"tab in text", "[\"a\tb\"]", "1:2", "has a line break or tab"},
		{"unknown escape", "[\"é\\x\"]", "1:4", "unknown escape"},
		{"cut off in an escape", "[\"\\", "1:3", "ends inside an escape"},
		{"short escape", "[\"\\u12\"]", "1:3", "four hexadecimal digits"},
		{"first half of a pair", "[\"\\ud83d\"]", "1:3", "half of a surrogate pair"},
		{"second half of a pair", "[\"\\ude00\"]", "1:3", "half of a surrogate pair"},
		{"two first halves", "[\"\\ud83d\\ud83d\"]", "1:3", "half of a surrogate pair"},
		{"white space that JSON does not have", "[\u00a01]", "1:2", "found"},
	} {
		t.Run(c.why, func(t *testing.T) { refuse(t, "c.json", c.data, c.where, c.want) })
	}
}
