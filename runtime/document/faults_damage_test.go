package document_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/internal/suites"
	"github.com/hotbind/hotbind/runtime/document"
)

// goodFiles holds a valid file in each format that uses all of the format.
var goodFiles = map[string]string{
	"c.yaml": "%YAML 1.2\n# a comment\n---\nserver: &s\n  host: \"é\\n\\u00e9\"  # another\n  ports: [80, 8080,\n    443]\n  'quoted key': it's\n" +
		"list:\n- a\n- - b\n  - {c: d, e: ~}\ntext: |+\n  one\n   two\n\nfolded: >-\n  one\n  two\nother:\n  <<: *s\n  host: x\n? key\n: !!str 1\nref: *s\n...\n",
	"c.json": "{\n  \"a\": [1, -2.5e+10, true, false, null, \"\\\"\\\\\\/\\u00e9\\ud83d\\ude00é\"],\n  \"b\": {\"c\": {}, \"d\": []}\n}\n",
}

func TestF029_EveryPrefix(t *testing.T) {
	t.Parallel()
	// If a prefix is a document of its own, the validator decides whether it matches the
	// schema.
	for name, data := range goodFiles {
		accept(t, name, data)
		for end := range len(data) {
			node, _ := parse(t, name, []byte(data[:end]))
			if name == "c.json" && node != nil && end < len(data)-1 {
				t.Errorf("%q was accepted", data[:end])
			}
		}
	}
}

func TestF030_EveryByteChanged(t *testing.T) {
	t.Parallel()
	// The fuzz targets cover the rest.
	for name, data := range goodFiles {
		for i := range len(data) {
			for _, c := range []byte("\x00\x80\xff\n\r\t #:-[]{},&*!|>'\"%@`?~.019aN<\\") {
				changed := []byte(data)
				changed[i] = c
				parse(t, name, changed)
			}
			parse(t, name, []byte(data[:i]+data[i+1:]))
		}
	}
}

type suiteCase struct {
	ID       string
	YAML     string
	Docs     []json.RawMessage
	HasDocs  bool `json:"has_docs"`
	MustFail bool `json:"must_fail"`
}

// suiteCases returns the cases of the YAML test suite.
func suiteCases(t *testing.T) (cases []suiteCase) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(suites.YAML.Need(t), "cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestF031_YAMLTestSuite(t *testing.T) {
	t.Parallel()
	cases := suiteCases(t)
	if len(cases) != 402 {
		t.Errorf("got %d cases, want 402", len(cases))
	}
	listed := suiteDifferences(t)
	for _, c := range cases {
		difference := c.difference(t)
		reason, known := listed[c.ID]
		switch {
		case difference != "" && !known:
			t.Errorf("%s: %s\n%s", c.ID, difference, c.YAML)
		case difference == "" && known:
			t.Errorf("%s: is as expected now, remove it from the list (%s)", c.ID, reason)
		}
		delete(listed, c.ID)
	}
	for id := range listed {
		t.Errorf("%s: is on the list but no case", id)
	}
}

// difference says how the outcome differs from what the suite expects, which is
// changed in two ways: a file of several documents must be refused, and one of
// none, or of a null that is not written, is empty.
func (c suiteCase) difference(t *testing.T) string {
	node, findings := parse(t, "c.yaml", []byte(c.YAML))
	switch {
	case !c.HasDocs && !c.MustFail:
		return "" // not a JSON value; that it does not panic is all there is to see
	case c.MustFail || len(c.Docs) > 1:
		if node != nil {
			return "accepted, want an error: got " + string(node.AppendJSON(nil))
		}
		return ""
	case len(c.Docs) == 0 || string(c.Docs[0]) == "null" && node == nil:
		if !findings.Empty() {
			return "want an empty file: got " + findings.String()
		}
		return ""
	case node == nil:
		return "refused: " + findings.String()
	}
	if want := accept(t, "want.json", string(c.Docs[0])); !document.Equal(node, want) {
		return "got " + string(node.AppendJSON(nil)) + " want " + string(c.Docs[0])
	}
	return ""
}

// suiteDifferences reads the list of case ids, each with its reason.
func suiteDifferences(t *testing.T) map[string]string {
	file, err := os.Open(filepath.Join("testdata", "yaml-test-suite-differences.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	listed := map[string]string{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		id, reason, _ := strings.Cut(strings.TrimSpace(lines.Text()), " ")
		if id == "" || id[0] == '#' {
			continue
		}
		if _, twice := listed[id]; twice || reason == "" {
			t.Errorf("%s is listed twice or without a reason", id)
		}
		listed[id] = strings.TrimSpace(reason)
	}
	return listed
}
