// Package testkit holds helpers for tests of several packages.
package testkit

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Patience is how long something may take on a busy machine. A test never passes
// because of it; it only fails.
const Patience = 30 * time.Second

// Until polls until done returns true. After [Patience] it fails the test and names
// what. Only the goroutine of the test may call it.
func Until(t testing.TB, what string, done func() bool) {
	t.Helper()
	for start := time.Now(); !done(); time.Sleep(2 * time.Millisecond) {
		if time.Since(start) > Patience {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// Folder writes files into a new folder and returns its path. The keys are paths with
// slashes.
func Folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// NoEnvironment clears, for one test, the variables that name the environment of a
// tree.
func NoEnvironment(t testing.TB) {
	t.Helper()
	for _, name := range []string{"HOTBIND_ENV", "APP_ENV", "ENVIRONMENT", "GO_ENV"} {
		t.Setenv(name, "")
	}
}
