package suites_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/internal/suites"
)

// TestFolder: a variable names the folder. A wrong one fails tests instead of skipping
// them.
func TestFolder(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("SUITE", folder)
	if got, err := suites.JSONSchema.Folder(); err == nil || !strings.Contains(err.Error(), "SUITE="+folder) {
		t.Errorf("got %q, %v, want an error that names the variable", got, err)
	}
	for _, draft := range []string{"draft3", "draft4", "draft7"} {
		if err := os.MkdirAll(filepath.Join(folder, "tests", draft), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := suites.JSONSchema.Folder(); got != folder || err != nil {
		t.Errorf("got %q, %v, want %q", got, err, folder)
	}
	line, err := suites.Summary()
	if err != nil || strings.Contains(line, "\n") || !strings.Contains(line, "ran JSON Schema Test Suite (draft4 draft7)") {
		t.Errorf("got %q, %v, want one line with the drafts that ran", line, err)
	}
	for _, s := range suites.All() {
		if !strings.Contains(line, s.Name) {
			t.Errorf("got %q, want in it the %s", line, s.Name)
		}
	}
}
