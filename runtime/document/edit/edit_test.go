package edit_test

import (
	"testing"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/document/edit"
)

// TestRefused: an edit that is not possible returns an error. The golden files of package
// migrate show how texts are edited.
func TestRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ why, name, text, want string }{
		{"a format without an editor", "c.toml", "a = 1\n", "c.toml: editing TOML is not supported (change it by hand, or keep it as YAML)"},
		{"no document", "c.yaml", "# nothing\n", "c.yaml:1:1: (document): the file is empty"},
		{"line ends of two kinds", "c.yaml", "b: 1\r\nc: 2\n", "c.yaml: cannot be edited: it mixes line endings"},
		{"nothing stays", "c.yaml", "- 1\n", "c.yaml:1:1: (document): cannot be edited: the whole document changes (change it by hand)"},
	} {
		to, _ := document.Parse("to.json", []byte(`{"a": 1, "z": 2}`), document.Limits{})
		text, findings := edit.Rewrite(test.name, []byte(test.text), to)
		if got := findings.String(); text != nil || got != test.want {
			t.Errorf("%s: got %q\n%s\nwant %s", test.why, text, got, test.want)
		}
	}
}

// TestSame: a text that already has the wanted value is returned unchanged, whatever its
// layout.
func TestSame(t *testing.T) {
	t.Parallel()
	const text = "? a\r\n: 1\nz:   2.0"
	to, _ := document.Parse("to.json", []byte(`{"a": 1, "z": 2}`), document.Limits{})
	if got, findings := edit.Rewrite("c.yaml", []byte(text), to); string(got) != text {
		t.Errorf("got %q %s", got, findings)
	}
}

// TestOpen: a last line without a line end stays without one.
func TestOpen(t *testing.T) {
	t.Parallel()
	to, _ := document.Parse("c.yaml", []byte("a: 1\nb: 2"), document.Limits{})
	to.Set("a", document.NewList([]*document.Node{to.Get("b")}, document.Position{}))
	if got, findings := edit.Rewrite("c.yaml", []byte("a: 1\nb: 2"), to); string(got) != "a:\n  - 2\nb: 2" {
		t.Errorf("got %q %s", got, findings)
	}
}
