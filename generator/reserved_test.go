package generator_test

import (
	"os"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/generator/internal/lower"
)

// TestReservedNames: the page about schemas lists every name that a package reserves.
func TestReservedNames(t *testing.T) {
	text, err := os.ReadFile("../docs/schema.md")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(text), "The package reserves ")
	list, _, _ = strings.Cut(list, ".\n")
	for _, name := range lower.PackageNames {
		if !strings.Contains(list, "`"+name+"`") {
			t.Errorf("the page does not list %s", name)
		}
	}
}
