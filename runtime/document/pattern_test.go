package document_test

import (
	"testing"

	"github.com/hotbind/hotbind/runtime/document"
)

// What a pattern matches and what it does not, and that it is written again as it
// was read. A filter asks it of every change.
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
	for _, wrong := range []string{".", "a.", ".a", "a..b", "a*", "***", "a[", "a[x]", `a["x]`, "a b", "[**]", "a.[0]", "a**.b"} {
		if p, err := document.ParsePattern(wrong); err == nil {
			t.Errorf("%q is read as %q", wrong, p)
		}
	}
}

// Whatever is given as a pattern is read or refused, and what is read is written so
// that it reads the same.
func FuzzParsePattern(f *testing.F) {
	for _, seed := range []string{"a.*.b", "**.x", `t["a.b"][*]`, "l[3]", "a.**.**", `["*"]`, ".", "[", "a***"} {
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
