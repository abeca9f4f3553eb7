// Package suites finds the public test suites on this machine. They are not part of the
// repository.
//
// A suite is the folder that its environment variable names, or the first of its usual
// places that exists. A test that needs a suite calls [Suite.Need] and is skipped
// without it. make test prints [Summary] at its end.
package suites

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A Suite is a public test suite.
type Suite struct {
	Name string
	// Variable is the environment variable that names its folder. Relative paths start
	// at the root of the repository.
	Variable string
	// Get describes how to get the suite.
	Get string

	usual []string // where it may be, first place first
	holds string   // a path that the folder of the suite contains
}

// The suites that tests use.
var (
	JSONSchema = Suite{
		Name:     "JSON Schema Test Suite",
		Variable: "SUITE",
		Get:      "apt-get install json-schema-test-suite (drafts 4 to 7) or SUITE=folder",
		usual:    []string{"../shared/data/json-schema-test-suite", "/usr/share/json-schema-test-suite"},
		holds:    "tests/draft7",
	}
	SchemaStore = Suite{
		Name:     "SchemaStore corpus",
		Variable: "CORPUS",
		Get:      "CORPUS=folder, a checkout of SchemaStore/schemastore",
		usual:    []string{"../shared/data/schemastore"},
		holds:    "src/schemas/json",
	}
	YAML = Suite{
		Name:     "YAML test suite",
		Variable: "YAML_SUITE",
		Get:      "YAML_SUITE=folder with its cases in one cases.json",
		usual:    []string{"../shared/data/yaml-test-suite"},
		holds:    "cases.json",
	}
)

// All returns all suites.
func All() []Suite { return []Suite{JSONSchema, SchemaStore, YAML} }

// Folder returns the folder of the suite, or "" if the suite is not on this machine. It
// fails if the variable names a folder without the suite.
func (s Suite) Folder() (string, error) {
	root, err := root()
	if err != nil {
		return "", err
	}
	places, named := s.usual, os.Getenv(s.Variable)
	if named != "" {
		places = []string{named}
	}
	for _, place := range places {
		if !filepath.IsAbs(place) {
			place = filepath.Join(root, place)
		}
		if _, err := os.Stat(filepath.Join(place, s.holds)); err == nil {
			return place, nil
		}
	}
	if named != "" {
		return "", fmt.Errorf("%s=%s: no %s: %s is missing", s.Variable, named, s.Name, filepath.Join(named, s.holds))
	}
	return "", nil
}

// Need returns the folder of the suite. It skips the test if the suite is not on this
// machine.
func (s Suite) Need(t testing.TB) string {
	t.Helper()
	folder, err := s.Folder()
	if err != nil {
		t.Fatal(err)
	}
	if folder == "" {
		t.Skip("needs the " + s.Name + ": " + s.Get)
	}
	return folder
}

// Drafts returns the folders of drafts 4 and later in a folder of the JSON Schema Test
// Suite, oldest first.
func Drafts(folder string) (drafts []string) {
	for _, name := range []string{"draft4", "draft6", "draft7", "draft2019-09", "draft2020-12"} {
		if _, err := os.Stat(filepath.Join(folder, "tests", name)); err == nil {
			drafts = append(drafts, name)
		}
	}
	return drafts
}

// Summary returns one line that names the suites that tests use and those that are
// missing, with how to get them.
func Summary() (string, error) {
	var ran, missing []string
	for _, s := range All() {
		folder, err := s.Folder()
		switch {
		case err != nil:
			return "", err
		case folder == "":
			missing = append(missing, s.Name+" ("+s.Get+")")
		case s.Name == JSONSchema.Name:
			ran = append(ran, s.Name+" ("+strings.Join(Drafts(folder), " ")+")")
		default:
			ran = append(ran, s.Name)
		}
	}
	list := func(names []string) string { return cmp.Or(strings.Join(names, ", "), "none") }
	return "public test suites: ran " + list(ran) + "; not found: " + list(missing), nil
}

// root returns the root of the repository: the nearest folder above with a go.mod.
func root() (string, error) {
	folder, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		if folder == filepath.Dir(folder) {
			return "", errors.New("no go.mod in the working directory or above")
		}
		folder = filepath.Dir(folder)
	}
	return "", err
}
