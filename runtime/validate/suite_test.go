package validate_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hotbind/hotbind/internal/suites"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/validate"
)

var suiteDrafts = map[string]string{
	"draft4": "http://json-schema.org/draft-04/schema#", "draft6": "http://json-schema.org/draft-06/schema#", "draft7": "http://json-schema.org/draft-07/schema#",
	"draft2019-09": "https://json-schema.org/draft/2019-09/schema", "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
}

// suiteRemotes returns the files that the schemas of the suite refer to, in a folder with
// the name of their host.
func suiteRemotes(t *testing.T, suite string) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	remotes := os.DirFS(filepath.Join(suite, "remotes"))
	err := fs.WalkDir(remotes, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(remotes, name)
		files["localhost/"+name] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// named returns a schema that names its draft.
func named(schema []byte, draft string) []byte {
	var members map[string]json.RawMessage
	if json.Unmarshal(schema, &members) != nil || members["$schema"] != nil {
		return schema
	}
	members["$schema"], _ = json.Marshal(draft)
	schema, _ = json.Marshal(members)
	return schema
}

// A suiteGroup is a schema with its tests.
type suiteGroup struct {
	Description string
	Schema      json.RawMessage
	Tests       []struct {
		Description string
		Data        json.RawMessage
		Valid       bool
	}
}

// suiteExceptions holds prefixes of the tests with another verdict here, and the reasons.
var suiteExceptions = []string{
	"draft2020-12/format.json: ", // formats are asserted in every draft
}

// TestF042_Suite: the tables made from a schema give every required test of the public
// suite the expected verdict, except for a few listed tests.
func TestF042_Suite(t *testing.T) {
	t.Parallel()
	suite := suites.JSONSchema.Need(t)
	remotes := suiteRemotes(t, suite)
	used := map[string]bool{}
	total := 0
	for _, folder := range suites.Drafts(suite) {
		for file, groups := range suiteGroups(t, filepath.Join(suite, "tests", folder)) {
			for _, g := range groups {
				s, findings := validate.Load("schema.json", named(g.Schema, suiteDrafts[folder]), remotes)
				for _, test := range g.Tests {
					total++
					what := folder + "/" + file + ": " + g.Description + ": " + test.Description
					doc, found := document.ParseValue(document.Position{File: "d.json"}, string(test.Data), document.Limits{})
					if doc == nil {
						t.Fatal(what, found)
					}
					if s != nil {
						findings = s.Validate(doc).Errors()
					}
					if s != nil && (len(findings) == 0) == test.Valid {
						continue
					}
					i := slices.IndexFunc(suiteExceptions, func(begin string) bool { return strings.HasPrefix(what, begin) })
					if i < 0 {
						t.Errorf("%s: got %v", what, findings)
						continue
					}
					used[suiteExceptions[i]] = true
				}
			}
		}
	}
	for _, exception := range suiteExceptions {
		draft, _, _ := strings.Cut(exception, "/")
		if slices.Contains(suites.Drafts(suite), draft) && !used[exception] {
			t.Errorf("%q is not an exception any more", exception)
		}
	}
	t.Logf("%d tests", total)
}

// suiteGroups returns the required tests in the folder of a draft, by their file.
func suiteGroups(t *testing.T, folder string) map[string][]suiteGroup {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(names) == 0 {
		t.Fatal(folder, err)
	}
	files := map[string][]suiteGroup{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var groups []suiteGroup
		if err := json.Unmarshal(text, &groups); err != nil {
			t.Fatal(name, err)
		}
		files[filepath.Base(name)] = groups
	}
	return files
}
