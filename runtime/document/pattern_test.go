package document_test

import (
	"strings"
	"testing"

	"github.com/hotbind/hotbind/runtime/document"
)

// What a pattern matches and does not match, and that it prints as it was read. Filters
// match every change. F196: globs inside a key.
func TestPattern(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]map[string]bool{
		"":                 {"": true, "a": false},
		"a.b":              {"a.b": true, "a": false, "a.b.c": false, "a.c": false},
		"a.*":              {"a.b": true, `a["x.y"]`: true, "a[3]": true, "a": false, "a.b.c": false},
		"a[*].b":           {"a[3].b": true, "a.c.b": true, "a.b": false},
		"a.**":             {"a": true, "a.b": true, "a.b[2].c": true, "b": false, "": false},
		"**.port":          {"port": true, "a.port": true, "a[1].b.port": true, "a.port.b": false, "ports": false},
		"**.a.**.b":        {"a.b": true, "x.a.y.b": true, "a.x.a.b": true, "b.a": false},
		"**.a.*.**.a":      {"a.a.a": true, "a.a": false, "a.b.a": true, "a.b.c.a": true},
		"**":               {"": true, "a": true, "a.b": true},
		`t["a.b"].q`:       {`t["a.b"].q`: true, "t.a.b.q": false},
		`t["*"]`:           {`t["*"]`: true, "t.a": false},
		"l[1]":             {"l[1]": true, "l[0]": false, `l["1"]`: false},
		"**[2]":            {"a.b[2]": true, "a[2].b": false},
		"*":                {"a": true, "a.b": false, "": false},
		"a.**.b.**.c.**.d": {"a.b.c.d": true, "a.x.b.x.x.c.d": true, "a.d": false, "a.b.c.d.e": false},
		"**.*":             {"a": true, "a.b": true, "": false},
		"d.pool_*":         {"d.pool_size": true, "d.pool_": true, "d.pool": false, "d.pool_a.b": false, `d["pool_/x.y"]`: true},
		"d?tabase.*":       {"database.x": true, "dtabase.x": false, "daatabase.x": false, "dätabase.x": true},
		"{a,b}.port":       {"a.port": true, "b.port": true, "c.port": false, "ab.port": false},
		"[ds]*":            {"d": true, "size": true, "x": false, "a[0]": false},
		"a[0-9].b":         {"a5.b": true, "a.b": false, "a[5].b": false},
		"l.[^a]x":          {"l.bx": true, "l.ax": false, `l["\nx"]`: true},
		`l.[a\-\]]`:        {"l.a": true, "l.-": true, `l["]"]`: true, "l.b": false},
		"{a,b*{c,d?}}":     {"a": true, "bc": true, "bxdx": true, "bd": false},
		"{a,}b":            {"b": true, "ab": true},
		`a\.b*`:            {`["a.bc"]`: true, "a.bc": false},
		`\**`:              {`["*x"]`: true, "x": false},
		`t["a?{b}"]`:       {`t["a?{b}"]`: true, "t.axb": false},
		"x[1].a*[2]":       {"x[1].ab[2]": true, "x[1].ab": false},
		"**.a*.**.b":       {"x.ab.b": true, "a.x.b": true, "x.b": false},
		"a.**[0].**.b":     {"a[0].b": true, "a.x[0].y.b": true, "a.b": false},
	} {
		p, err := document.ParsePattern(pattern)
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
			continue
		}
		again, err := document.ParsePattern(p.String())
		if err != nil || again.String() != p.String() {
			t.Errorf("%s is written %s, which reads as %s, %v", pattern, p, again, err)
		}
		for path, matches := range want {
			steps, err := document.ParsePath(path)
			if err != nil {
				t.Fatal(err)
			}
			if p.Match(steps) != matches {
				t.Errorf("%s on %s: got %v", pattern, path, !matches)
			}
		}
	}
	if p, _ := document.ParsePattern("a.**.**.b"); p.String() != "a.**.b" {
		t.Errorf("got %s, want ** once", p)
	}
	for _, wrong := range []string{".", "a.", ".a", "a..b", "***", "a[", "a[x", `a["x]`, "{a", "a}", "{a.b,c}", "[z-a]", "[-a]", `a\`, "a *", "[0]*", "[^]", "a b", "[**]", "a.[0]", "a**.b"} {
		if p, err := document.ParsePattern(wrong); err == nil {
			t.Errorf("%q is read as %q", wrong, p)
		}
	}
}

// F196: the message about an invalid glob says what is wrong.
func TestF196_WrongGlobs(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"a**.b":                   `invalid pattern "a**.b": ** must stand alone`,
		"a.[**]":                  `invalid pattern "a.[**]": ** must stand alone`,
		"{a,b":                    `invalid pattern "{a,b": a { is not closed`,
		"a}":                      `invalid pattern "a}": a } has no {`,
		"a *":                     `invalid pattern "a *": " " in a glob must be written as \ `,
		"[z-a]":                   `invalid pattern "[z-a]": the range z-a is empty`,
		"a b":                     `invalid pattern "a b": the key "a b" must be written as ["a b"]`,
		"a[0-":                    `invalid pattern "a[0-": a [ is not closed`,
		"[]]":                     `invalid pattern "[]]": "[]]" is neither an index nor a key in quotes`,
		"a[-0]":                   `invalid pattern "a[-0]": '-' in [ ] must be written as \-`,
		"[0]*":                    `invalid pattern "[0]*": a dot is missing before "*"`,
		strings.Repeat("a*", 501): "is longer than 1000 bytes",
	} {
		if _, err := document.ParsePattern(pattern); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", pattern, err, want)
		}
	}
}

// Every text is parsed as a pattern or refused, and a parsed pattern prints as a text
// that parses to the same pattern.
func FuzzParsePattern(f *testing.F) {
	for _, seed := range []string{"a.*.b", "**.x", `t["a.b"][*]`, "l[3]", "a.**.**", `["*"]`, "{a,b?}.[^x-z]*", `a\.b*`, ".", "[", "a***"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := document.ParsePattern(text)
		if err != nil {
			return
		}
		again, err := document.ParsePattern(p.String())
		if err != nil || again.String() != p.String() || len(again) != len(p) {
			t.Fatalf("%q is written %q, which reads as %q, %v", text, p, again, err)
		}
		if path, exact := p.Path(); exact && !p.Match(path) {
			t.Fatalf("%q does not match itself", text)
		}
	})
}
