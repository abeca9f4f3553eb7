package sourcetest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/hotbind/hotbind/runtime/sourcetest"

	rt "github.com/hotbind/hotbind/runtime"
)

// TestSource shows how to test a source.
func TestSource(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T) sourcetest.Source {
		path := filepath.Join(t.TempDir(), "config.json")
		return sourcetest.Source{
			Source: rt.File(path),
			Put: func(n int) {
				if err := os.WriteFile(path, fmt.Appendf(nil, `{"value": %d}`, n), 0o600); err != nil {
					t.Fatal(err)
				}
			},
			Delete: func() {
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
			},
		}
	})
}
