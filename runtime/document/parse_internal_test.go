package document

import (
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

func TestMarksOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why     string
		decoder *yaml.Decoder
		text    string
		want    marks
	}{
		{"a decoder without marks, an error with a line", &yaml.Decoder{}, "yaml: line 3: did not find", allAt(Position{Line: 3, Column: 1})},
		{"a decoder without marks, an error without a line", &yaml.Decoder{}, "yaml: did not find", allAt(Position{Line: 1, Column: 1})},
	} {
		if got := marksOf(c.decoder, c.text); got != c.want {
			t.Errorf("%s: got %v, want %v", c.why, got, c.want)
		}
	}

	// This fails if a version of yaml.v3 keeps its marks elsewhere.
	decoder := yaml.NewDecoder(strings.NewReader("# c\na:\n  - [b,\n c: d"))
	err := decoder.Decode(new(yaml.Node))
	if err == nil {
		t.Fatal("got no error")
	}
	got := marksOf(decoder, err.Error())
	if want := (Position{Line: 5, Column: 1}); got.problem != want {
		t.Errorf("got the problem at %v, want %v", got.problem, want)
	}
	if want := (Position{Line: 3, Column: 5}); got.context != want {
		t.Errorf("got the context at %v, want %v", got.context, want)
	}
}

func allAt(p Position) marks { return marks{p, p, p} }

func TestPanicIsAFinding(t *testing.T) {
	t.Parallel()
	node, findings := parse(&report{file: "c.yaml"}, []byte("a: 1"), Limits{}, func(string, Limits, *report) *Node { panic("out of range") })
	if want := "c.yaml:1:1: (document): the parser failed on this file"; node != nil || findings.String() != want {
		t.Errorf("got %v, %v, want %s", node, findings, want)
	}
}
