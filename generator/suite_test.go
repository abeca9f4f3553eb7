package generator_test

import (
	"path/filepath"
	"testing"

	"github.com/hotbind/hotbind/generator/internal/buildtest"
	"github.com/hotbind/hotbind/generator/internal/conformance/suite"
	"github.com/hotbind/hotbind/internal/suites"
)

// TestSuite has generated packages judge the required tests of the newest draft in
// the JSON Schema Test Suite. They fail where it is known and nowhere else;
// make conformance does the same with everything in the suite.
func TestSuite(t *testing.T) {
	root := buildtest.Root(t)
	folder := suites.JSONSchema.Need(t)
	drafts := suites.Drafts(folder)
	newest := drafts[len(drafts)-1]
	if testing.Short() {
		t.Skip("builds many packages; not with -short")
	}
	groups, err := suite.Read(folder, func(draft, file string) bool {
		return draft == newest && suite.Section(file) == suite.Required
	})
	if err != nil {
		t.Fatal(err)
	}
	remotes, err := suite.Remotes(folder)
	if err != nil {
		t.Fatal(err)
	}
	known, err := suite.ReadKnown(filepath.Join(root, "testdata", "suite", "known.txt"))
	if err != nil {
		t.Fatal(err)
	}
	run := suite.Run{Groups: groups, Remotes: remotes, Root: root, Temp: t.TempDir()}
	failures, err := run.Failures()
	if err != nil {
		t.Fatal(err)
	}
	unknown, gone := known.Compare(groups, failures)
	for _, f := range unknown {
		t.Errorf("not known to fail: %v\n%s", f.Case, f.Why)
	}
	for _, c := range gone {
		t.Errorf("known to fail, but it does not: %v", c)
	}
	t.Logf("%d groups, %d failures", len(groups), len(failures))
}
