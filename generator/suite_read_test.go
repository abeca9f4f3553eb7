package generator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/internal/suites"
)

// A suiteDraft is a folder of the suite, and the address of its draft.
type suiteDraft struct{ folder, address string }

// suiteDrafts holds the drafts that are read, the oldest first.
var suiteDrafts = []suiteDraft{
	{"draft4", "http://json-schema.org/draft-04/schema#"},
	{"draft6", "http://json-schema.org/draft-06/schema#"},
	{"draft7", "http://json-schema.org/draft-07/schema#"},
	{"draft2019-09", "https://json-schema.org/draft/2019-09/schema"},
	{"draft2020-12", "https://json-schema.org/draft/2020-12/schema"},
}

// A suiteGroup is a schema with its tests.
type suiteGroup struct {
	draft       string // its folder
	file        string // its path in that folder
	description string
	schema      []byte // names its draft if it can
	tests       []suiteTest
}

// A suiteTest is an instance and the verdict of the suite.
type suiteTest struct {
	Description string
	Data        json.RawMessage
	Valid       bool
}

// The sections of the suite.
const (
	requiredSection = "required"
	optionalSection = "optional"
	formatSection   = "format"
)

// section returns the part of the suite that a file belongs to.
func section(file string) string {
	switch {
	case strings.HasPrefix(file, "optional/format/"):
		return formatSection
	case strings.HasPrefix(file, "optional/"):
		return optionalSection
	}
	return requiredSection
}

// readSuite reads the groups of the wanted files in the folder of the suite, for the
// drafts that the folder has.
func readSuite(t testing.TB, folder string, want func(draft, file string) bool) (groups []*suiteGroup) {
	t.Helper()
	for _, d := range suiteDrafts {
		if !slices.Contains(suites.Drafts(folder), d.folder) {
			continue
		}
		files := os.DirFS(filepath.Join(folder, "tests", d.folder))
		err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || path.Ext(name) != ".json" || !want(d.folder, name) {
				return err
			}
			more, err := readSuiteFile(files, name, d)
			groups = append(groups, more...)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return groups
}

func readSuiteFile(files fs.FS, name string, d suiteDraft) ([]*suiteGroup, error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	var read []struct {
		Description string
		Schema      json.RawMessage
		Tests       []suiteTest
	}
	if err := json.Unmarshal(text, &read); err != nil {
		return nil, fmt.Errorf("%s/%s: %w", d.folder, name, err)
	}
	var groups []*suiteGroup
	for _, g := range read {
		groups = append(groups, &suiteGroup{d.folder, name, g.Description, withMember(g.Schema, "$schema", d.address), g.Tests})
	}
	return groups, nil
}

// withMember returns the JSON object text with one more member in front. It returns text
// itself if it has that member or is not an object.
func withMember(text []byte, key, value string) []byte {
	var members map[string]json.RawMessage
	text = bytes.TrimSpace(text)
	if json.Unmarshal(text, &members) != nil || members == nil || members[key] != nil {
		return text
	}
	comma := ", "
	if len(members) == 0 {
		comma = ""
	}
	return append(fmt.Appendf(nil, "{%q: %q%s", key, value, comma), text[1:]...)
}
