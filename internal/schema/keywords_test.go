package schema

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOwnKeywordsAreDescribed: the published description of our keywords and the
// table that reads them name the same ones, so that an editor offers what works.
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
	for key := range keywords {
		if strings.HasPrefix(key, "x-") {
			read = append(read, key)
		}
	}
	slices.Sort(read)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(described.Properties)), read); diff != "" {
		t.Errorf("described (-) read (+):\n%s", diff)
	}
}
