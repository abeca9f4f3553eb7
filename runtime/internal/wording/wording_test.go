package wording_test

import (
	"strings"
	"testing"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/wording"
)

// TestNearest: what was probably meant, and nothing where nothing is near.
func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"pool_size", "url", "log_level", "timeout"}
	for name, want := range map[string]string{
		"pool_sise": "pool_size", "poolSize": "pool_size", "pool-size": "pool_size", "POOL_SIZE": "pool_size", "size_pool": "",
		"ulr": "url", "u": "", "loglevel": "log_level", "time_out": "timeout", "colour": "", "": "",
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
	text := func(s string) *document.Node { return &document.Node{Kind: document.String, Text: s} }
	for _, c := range []struct {
		n      *document.Node
		secret bool
		want   string
	}{
		{text("a"), false, `"a"`},
		{text("a\nb\x1b[31m\u2028"), false, `"a\nb\x1b[31m\u2028"`},
		{text(strings.Repeat("é", 100)), false, `"` + strings.Repeat("é", 59) + `…"`},
		{text("hunter22"), true, "[secret]"},
		{&document.Node{Kind: document.Number, Text: "12345678"}, true, "[secret]"},
		{&document.Node{Kind: document.Number, Text: "1.50"}, false, "1.50"},
		{&document.Node{Kind: document.Object}, false, "an object"},
	} {
		if got := wording.Show(c.n, c.secret); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}
