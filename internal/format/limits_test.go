package format_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/suites"
)

// limits holds the texts of the public suite for which the checks differ from it, as the
// comment of the package explains. True: the suite has the text as valid.
var limits = map[string]map[string]bool{
	// Right-to-left names.
	"idn-hostname": {"0a.\u05d0": false, "0\u0627": false, "a\u05d0": false, "\u05d00\u0660": false, "xn--0ca24w": false},
	// Years, months, and durations longer than 292 years.
	"duration": {
		"P4Y": true, "P1M": true, "P1Y2M": true, "P1M2D": true, "P1Y2M3D": true, "P1Y2M3DT4H5M6S": true, "P10Y10M10DT10H10M10S": true,
		"P999999999999999999999999999999999999999999999999999999999999999999999999999999D": true,
	},
}

// TestF045_Limits: the differences exist, so that a change of one is noticed.
func TestF045_Limits(t *testing.T) {
	t.Parallel()
	for name, texts := range limits {
		for text, valid := range texts {
			if err := format.Named(name).Check(text); (err == nil) == valid {
				t.Errorf("%s: %q is not a limit any more: %v", name, text, err)
			}
		}
	}
}

// TestF045_Suite: there are no other differences.
func TestF045_Suite(t *testing.T) {
	t.Parallel()
	suite := suites.JSONSchema.Need(t)
	drafts := suites.Drafts(suite)
	files, err := filepath.Glob(filepath.Join(suite, "tests", drafts[len(drafts)-1], "optional/format/*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal("no files in ", suite, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var groups []struct {
			Schema struct{ Format string }
			Tests  []struct {
				Description string
				Data        any
				Valid       bool
			}
		}
		if err := json.Unmarshal(text, &groups); err != nil {
			t.Fatal(file, err)
		}
		for _, g := range groups {
			known := format.Named(g.Schema.Format)
			for _, test := range g.Tests {
				text, isText := test.Data.(string)
				if _, limited := limits[g.Schema.Format][text]; !isText || known == nil || limited {
					continue
				}
				if err := known.Check(text); (err == nil) != test.Valid {
					t.Errorf("%s: %s: %+q: got %v", g.Schema.Format, test.Description, text, err)
				}
			}
		}
	}
}
