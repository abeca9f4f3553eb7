package document_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/internal/suites"
	"github.com/hotbind/hotbind/runtime/document"
)

// A chain parses the versions of a file as a series, and each alone.
type chain struct {
	testing.TB
	name   string
	series document.Series
	text   []byte
	last   *document.Node
	shared int // versions that share nodes with the one before
}

// next parses a version, and compares it with that of Parse: positions and findings may
// not depend on what came before. A version that is refused changes nothing.
func (c *chain) next(text []byte) {
	c.Helper()
	want, findings := document.Parse(c.name, text, document.Limits{})
	got, found := c.series.Parse(c.name, text, document.Limits{})
	if fmt.Sprint(found) != fmt.Sprint(findings) {
		c.Fatalf("after %.300q, %.300q: got the findings %v, want %v", c.text, text, found, findings)
	}
	if want == nil {
		return
	}
	if difference := got.Differs(want); difference != "" {
		c.Fatalf("after %.300q, %.300q: %s", c.text, text, difference)
	}
	if c.last != nil {
		if c.series.Shares() {
			c.shared++
		}
		before, _ := document.Parse(c.name, c.text, document.Limits{})
		if difference := c.last.Differs(before); difference != "" {
			c.Fatalf("%.300q changed %.300q: %s", text, c.text, difference)
		}
		checkSame(c, c.last, got)
	}
	c.text, c.last = text, got
}

// checkSame checks that nodes which are the same are equal.
func checkSame(t testing.TB, a, b *document.Node) {
	if document.Same(a, b) && !document.Equal(a, b) {
		t.Fatalf("%s and %s are the same", a.AppendJSON(nil), b.AppendJSON(nil))
	}
	for i := range min(len(a.Items()), len(b.Items())) {
		checkSame(t, a.Items()[i], b.Items()[i])
	}
	for _, m := range a.Members() {
		if other := b.Get(m.Key()); other != nil {
			checkSame(t, m.Value(), other)
		}
	}
}

// TestSeries exists because a version that shares nodes must be as if it had been parsed
// alone, whatever the edit: the same tree, positions and findings.
func TestSeries(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	shared := 0
	for range 1500 {
		name, text := randomText(r)
		c := chain{TB: t, name: name}
		for range 20 {
			c.next(text)
			if c.last != nil {
				text = suites.Edited(r, c.text)
			}
		}
		shared += c.shared
	}
	if shared < 3000 {
		t.Errorf("only %d versions share nodes", shared)
	}
}

// randomText returns the name and text of a file that a Series may share: YAML of common
// constructs, or JSON with or without line breaks.
func randomText(r *rand.Rand) (name string, text []byte) {
	if r.IntN(2) == 0 {
		return "c.json", []byte(randomJSON(r, r.IntN(5), "\n"[:r.IntN(2)]))
	}
	var b strings.Builder
	for i := range 1 + r.IntN(6) {
		part := commonYAML[r.IntN(len(commonYAML))]
		fmt.Fprintf(&b, "key%d:\n", i)
		for line := range strings.Lines(part) {
			b.WriteString("  " + line)
		}
		if !strings.HasSuffix(part, "\n") {
			b.WriteString("\n")
		}
	}
	return "c.yaml", []byte(b.String())
}

// randomJSON returns a value. The line end stands between the parts of lists and objects.
func randomJSON(r *rand.Rand, depth int, end string) string {
	var parts []string
	open, closing := "[", "]"
	switch kind := r.IntN(4); {
	case depth == 0 || kind == 0:
		return []string{`"a"`, `"b\u00e9 c"`, `"é"`, "12", "-1.5e3", "true", "null", `""`}[r.IntN(8)]
	case kind == 1:
		for range r.IntN(12) {
			parts = append(parts, randomJSON(r, depth-1, end))
		}
	default:
		open, closing = "{", "}"
		for i := range r.IntN(12) {
			parts = append(parts, fmt.Sprintf(`"k%d": %s`, i, randomJSON(r, depth-1, end)))
		}
	}
	return open + end + strings.Join(parts, ", "+end) + end + closing
}

// FuzzSeries looks for an edit after which a version differs from what Parse makes of it.
func FuzzSeries(f *testing.F) {
	for i, text := range commonYAML {
		f.Add("a: 1\n"+text, i%7, 2, "b: 2\n", false)
	}
	f.Add(`{"a": [1, {"b": "c"}], "d": 2}`, 9, 2, "3", true)
	f.Fuzz(func(t *testing.T, text string, at, size int, with string, isJSON bool) {
		c := chain{TB: t, name: "c.yaml"}
		if isJSON {
			c.name = "c.json"
		}
		c.next([]byte(text))
		if c.last == nil || at < 0 || at > len(text) || size < 0 {
			return
		}
		c.next([]byte(text[:at] + with + text[min(len(text), at+min(size, len(text))):]))
	})
}
