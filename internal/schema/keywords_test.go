package schema

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/runtime/document"
)

// TestOwnKeywordsAreDescribed: the published description of our keywords and the table
// that reads them have the same names, so that an editor suggests what works.
func TestOwnKeywordsAreDescribed(t *testing.T) {
	text, err := os.ReadFile("../../schemas/keywords.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var described struct{ Properties map[string]any }
	if err := json.Unmarshal(text, &described); err != nil {
		t.Fatal(err)
	}
	var read []string
	for _, k := range Keywords() {
		if k.Role == Configures {
			read = append(read, k.Name)
		}
	}
	slices.Sort(read)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(described.Properties)), read); diff != "" {
		t.Errorf("described (-) read (+):\n%s", diff)
	}
}

// TestKeywordTable: each keyword has one row, its forms follow the drafts, and its
// readers and its role agree.
func TestKeywordTable(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Keywords() {
		if seen[k.Name] {
			t.Errorf("%s has two rows", k.Name)
		}
		seen[k.Name] = true
		if !slices.IsSortedFunc(k.forms, func(a, b form) int { return int(a.since - b.since) }) {
			t.Errorf("%s: its forms are not in the order of the drafts", k.Name)
		}
		for _, f := range k.forms {
			if holds := f.value.holds != 0; holds != (k.Role == Applies || k.Role == Defines || k.Name == "contentSchema") {
				t.Errorf("%s holds schemas: %v", k.Name, holds)
			}
		}
		if k.limits() != (k.Vocabulary != 0) {
			t.Errorf("%s limits values: %v; is in a vocabulary: %v", k.Name, k.limits(), k.Vocabulary != 0)
		}
		if k.Beside != "" && Named(k.Beside) == nil {
			t.Errorf("%s refers to %s, which is not a keyword", k.Name, k.Beside)
		}
	}
}

// TestAssertions: this list finds what generated types do not check, so a keyword that is
// missing from it would be ignored.
func TestAssertions(t *testing.T) {
	for name, want := range map[string]bool{
		"type": true, "not": true, "dependencies": true, "unevaluatedItems": true, "format": true,
		"allOf": false, "$ref": false, "then": false, "minContains": false, "title": false, "contentSchema": false, "x-key": false,
	} {
		if slices.Contains(Assertions(), name) != want {
			t.Errorf("%s is an assertion: %v", name, !want)
		}
	}
	for name, want := range map[string]document.Kind{"required": document.Object, "maxItems": document.List, "pattern": document.String, "multipleOf": document.Number, "enum": 0, "other": 0} {
		if got := SpeaksOf(name); got != want {
			t.Errorf("%s is about kind %d, want %d", name, got, want)
		}
	}
}
