package command

import (
	"strings"
	"testing"

	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// Colors show whether a value was added, removed or changed, on a terminal only.
func TestPainter(t *testing.T) {
	changes := rt.Changes{
		{Path: "a", Kind: rt.Added, New: 1},
		{Path: "b", Kind: rt.Removed, Old: "x"},
		{Path: `["c: added "]`, Kind: rt.Modified, Old: 1, New: 2},
		{Path: "", Kind: rt.Added, New: rt.NewSecret("CANARY")},
	}
	for _, c := range []struct {
		color, values bool
		want          string
	}{
		{false, true, "+ a: 1\n- b: \"x\"\n~ [\"c: added \"]: 1 → 2\n+ (document): [secret]\n4 changes: 2 added, 1 removed, 1 modified\n"},
		{false, false, "+ a\n- b\n~ [\"c: added \"]\n+ (document)\n4 changes: 2 added, 1 removed, 1 modified\n"},
		{true, true, green + "+ a: 1" + normal + "\n" + red + "- b: \"x\"" + normal + "\n" + yellow + "~ [\"c: added \"]: 1 → 2" + normal + "\n" +
			green + "+ (document): [secret]" + normal + "\n" + faint + "4 changes: 2 added, 1 removed, 1 modified" + normal + "\n"},
	} {
		var out strings.Builder
		(&painter{&out, c.color}).changes(changes, c.values)
		if out.String() != c.want {
			t.Errorf("got %q, want %q", out.String(), c.want)
		}
	}
}

// The columns of a table are aligned with their names, however many bytes a character
// has.
func TestTable(t *testing.T) {
	var out strings.Builder
	(&painter{&out, true}).table([][]string{{"ID", "WHAT"}, {"1", "ä → ö"}, {"100", ""}})
	want := bold + "ID   WHAT" + normal + "\n1    ä → ö\n100\n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

// The content of a store is untrusted: neither keys nor values of metadata may control a
// terminal or break a line.
func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"a\x1b[2Jb":      `a\x1b[2Jb`,
		"\u009b2J":       `\u009b2J`,
		"a\r\n\tb":       `a\r\n\tb`,
		"\u202eabc":      `\u202eabc`,
		"\x9b":           "\uFFFD", // no UTF-8, but a command to old terminals
		"ä → ö 'quoted'": "ä → ö 'quoted'",
	} {
		if got := visible(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	var out strings.Builder
	p := &painter{&out, false}
	p.table([][]string{{"METADATA"}, {metadataLine(map[string]string{"k\x1b[31m": "v\x1b]0;x\x07", "a": "b\nc"})}})
	(&historyView{painter: p}).details(shownRevision{ID: 1, Metadata: map[string]string{"k\x1b[31m": "v"}, Backup: []string{"f\x1b[0m"}})
	if strings.ContainsAny(out.String(), "\x1b\x07") || !strings.Contains(out.String(), `a=b c k\x1b[31m=v\x1b]0;x\a`) {
		t.Errorf("got %q", out.String())
	}
}

// An explanation marks the value in force and shows the others faintly.
func TestExplanation(t *testing.T) {
	x := rt.Explanation{Path: "a.b", Value: strings.Repeat("x", 200), Layers: []rt.LayerValue{
		{Layer: "b.yaml", Pos: document.Position{File: "b.yaml", Line: 10, Column: 2}, Value: "1"},
		{Layer: "(api)", Pos: document.Position{File: "(api)"}, Value: "2"},
	}}
	var out strings.Builder
	(&painter{&out, true}).explanation(x, nil)
	want := bold + "a.b" + normal + ": " + strings.Repeat("x", longestShown-1) + "…\n" +
		"  * b.yaml:10:2  1\n" + faint + "    (api)        2" + normal + "\n"
	if out.String() != want {
		t.Errorf("got\n%q, want\n%q", out.String(), want)
	}
}
