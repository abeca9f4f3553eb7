// Package suite has generated packages judge the JSON Schema Test Suite
// (https://github.com/json-schema-org/JSON-Schema-Test-Suite) and compares their
// verdicts with those of the suite.
package suite

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

	"github.com/hotbind/hotbind/internal/suites"
)

// A Draft is a folder of the suite, and the address of the draft it is about.
type Draft struct{ Folder, Address string }

// Drafts are those that are read, the oldest first.
var Drafts = []Draft{
	{"draft4", "http://json-schema.org/draft-04/schema#"},
	{"draft6", "http://json-schema.org/draft-06/schema#"},
	{"draft7", "http://json-schema.org/draft-07/schema#"},
	{"draft2019-09", "https://json-schema.org/draft/2019-09/schema"},
	{"draft2020-12", "https://json-schema.org/draft/2020-12/schema"},
}

// A Group is a schema and the tests of it.
type Group struct {
	Draft       string // its folder
	File        string // its path in that folder
	Description string
	Schema      []byte // it says of which draft it is where it can
	Tests       []Test
}

// A Test is an instance and the verdict of the suite.
type Test struct {
	Description string
	Data        json.RawMessage
	Valid       bool
}

// The sections of the suite.
const (
	Required = "required"
	Optional = "optional"
	Format   = "format"
)

// Section is the part of the suite that a file belongs to.
func Section(file string) string {
	switch {
	case strings.HasPrefix(file, "optional/format/"):
		return Format
	case strings.HasPrefix(file, "optional/"):
		return Optional
	}
	return Required
}

// Read reads the groups in the folder of the suite whose files are wanted, of the drafts
// that the folder has.
func Read(folder string, want func(draft, file string) bool) ([]*Group, error) {
	var groups []*Group
	for _, d := range Drafts {
		if !slices.Contains(suites.Drafts(folder), d.Folder) {
			continue
		}
		files := os.DirFS(filepath.Join(folder, "tests", d.Folder))
		err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || path.Ext(name) != ".json" || !want(d.Folder, name) {
				return err
			}
			more, err := readFile(files, name, d)
			groups = append(groups, more...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return groups, nil
}

func readFile(files fs.FS, name string, d Draft) ([]*Group, error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	var read []struct {
		Description string
		Schema      json.RawMessage
		Tests       []Test
	}
	if err := json.Unmarshal(text, &read); err != nil {
		return nil, fmt.Errorf("%s/%s: %w", d.Folder, name, err)
	}
	var groups []*Group
	for _, g := range read {
		groups = append(groups, &Group{d.Folder, name, g.Description, withMember(g.Schema, "$schema", d.Address), g.Tests})
	}
	return groups, nil
}

// withMember is the JSON object text with one more member in front, unless it has
// it or is no object.
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
