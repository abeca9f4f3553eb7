package docs_test

import (
	"os"
	"path/filepath"
	"testing"
)

// TestHouse: the packages that the page about the design names exist.
func TestHouse(t *testing.T) {
	t.Parallel()
	names := firstColumn(read(t, "docs/design.md"), "Packages")
	if len(names) < 15 {
		t.Fatalf("found the packages %q only", names)
	}
	for _, name := range names {
		if info, err := os.Stat(filepath.Join(root, name)); err != nil || !info.IsDir() {
			t.Errorf("there is no package %s", name)
		}
	}
}
