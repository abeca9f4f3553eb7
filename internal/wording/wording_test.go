package wording_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// TestNearest: the name that was probably meant, and nothing if no name is similar.
func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"pool_size", "url", "log_level", "timeout"}
	for name, want := range map[string]string{
		"pool_sise": "pool_size", "poolSize": "pool_size", "pool-size": "pool_size", "POOL_SIZE": "pool_size", "size_pool": "",
		"ulr": "url", "u": "", "loglevel": "log_level", "time_out": "timeout", "color": "", "": "",
	} {
		if got := wording.Nearest(name, names); got != want {
			t.Errorf("%q is taken for %q, want %q", name, got, want)
		}
	}
	wording.Nearest(strings.Repeat("x", 1<<20), names) // returns at once
}

// TestShow: values in messages are short, on one line, and never a secret.
func TestShow(t *testing.T) {
	t.Parallel()
	text := func(s string) *document.Node { return document.NewScalar(document.String, s, document.Position{}) }
	for _, c := range []struct {
		n      *document.Node
		secret bool
		want   string
	}{
		{text("a"), false, `"a"`},
		{text("a\nb\x1b[31m\u2028"), false, `"a\nb\x1b[31m\u2028"`},
		{text(strings.Repeat("é", 100)), false, `"` + strings.Repeat("é", 59) + `…"`},
		{text("hunter22"), true, "[secret]"},
		{document.NewScalar(document.Number, "12345678", document.Position{}), true, "[secret]"},
		{document.NewScalar(document.Number, "1.50", document.Position{}), false, "1.50"},
		{document.NewObject(nil, document.Position{}), false, "an object"},
	} {
		if got := wording.Show(c.n, c.secret); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

// TestOneLine: whatever a schema or a document contains, a message is one line of bounded
// length that does not control a terminal. Plain names stay as they are.
func TestOneLine(t *testing.T) {
	t.Parallel()
	bad := "a\nb\x1b[31m\u2028\u2029\u202e\x80" + strings.Repeat("x", 5000)
	list := slices.Repeat([]string{bad}, 100)
	n := document.NewScalar(document.String, bad, document.Position{})
	first := func(f document.Finding) string { return f.Message + " " + f.Hint }
	for name, got := range map[string]string{
		"NotAllowed":          first(wording.NotAllowed(n, false, list)),
		"NotAllowed but one":  first(wording.NotAllowed(n, false, list[:1])),
		"Unknown":             first(wording.Unknown(bad, bad, list)),
		"Unknown, allowed":    first(wording.Unknown("z", "", list)),
		"Unknown, near":       first(wording.Unknown("a_x", "", []string{"a\nx"})),
		"Names":               wording.Names(list),
		"Or":                  wording.Or(list),
		"Or of two":           wording.Or(list[:2]),
		"Several":             first(wording.Several(list)),
		"One needed":          first(wording.OneNeeded(list)),
		"Exclusive":           first(wording.Exclusive(list)),
		"Pattern":             first(wording.Pattern(n, false, bad)),
		"KeyPatterns":         first(wording.KeyPatterns(bad, list)),
		"Format":              first(wording.Format(n, false, bad, bad)),
		"Bound":               first(wording.Bound(n, false, "minimum", bad)),
		"Range":               first(wording.Range(n, false, bad, bad)),
		"Type":                first(wording.Type(n, false, "a string")),
		"Line":                wording.Line(bad),
		"Slow":                first(wording.Slow(bad)),
		"Excluded":            first(wording.Excluded(bad)),
		"ExcludedValue":       first(wording.ExcludedValue(n, false)),
		"ExcludedTogether":    first(wording.ExcludedTogether(list)) + first(wording.ExcludedTogether(list[:1])),
		"Contains":            first(wording.ContainsFew(0, 1, bad)) + first(wording.ContainsMany(2, 1, bad)),
		"NoneOf":              wording.NoneOf(bad, list),
		"Name, invalid UTF-8": wording.Name("a\xff"),
	} {
		if !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return !strconv.IsPrint(r) }) {
			t.Errorf("%s: not a line of text: %q", name, got)
		}
		if len(got) > 2500 {
			t.Errorf("%s: %d bytes long", name, len(got))
		}
	}
	for _, plain := range []string{"debug", "^[a-z]+$", "a b", "größe", `"x"`, "null", "[1]"} {
		if got := wording.Name(plain); got != plain {
			t.Errorf("%s is written as %s", plain, got)
		}
	}
	if got := wording.Or([]string{"a", "b\n"}); got != `a or "b\n"` {
		t.Errorf("got %s", got)
	}
}

// TestSecretFormat: the reason why a secret does not match its format may quote it.
func TestSecretFormat(t *testing.T) {
	t.Parallel()
	if got := wording.Format(document.NewScalar(document.String, "q", document.Position{}), true, "uri", "'q' is not allowed in it").Message; got != "the value is not a valid uri" {
		t.Errorf("got %s", got)
	}
}
