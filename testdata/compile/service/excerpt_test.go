package service_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	rt "github.com/hotbind/hotbind/runtime"
	"github.com/hotbind/hotbind/testdata/compile/service"
)

// A refusal shows the lines of the file as it was read, whatever it holds by the time that
// somebody asks, and no secret.
func TestExcerptOfRefusal(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "app.yaml")
	save := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	save("name: a\n")
	live, err := service.Open(t.Context(), rt.From(rt.File(file)), rt.WithHotReload(false), rt.WithSettle(0))
	if err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	for _, c := range []struct{ text, want string }{
		{"name: a\nworkers: many\n", "workers: many\n         ^"},
		{"name: a\nworkres: 3\n", "workres: 3\n^"},
		{"name: [\n", "name: [\n       ^"},
		{"name: a\ndatabase: {password: hunter22, pool_size: 0}\n", ""},
		{"name: a\ndatabase:\n  password: abc\n", ""},
		{"name: a\ndatabase:\n  password: |\n    hunter22\n   more\n", ""},
	} {
		save(c.text)
		_, err := live.Manager().Reload(t.Context())
		save("name: something else\n")
		var invalid *rt.ValidationError
		if !errors.As(err, &invalid) || !errors.As(live.Manager().Status().LastError, &invalid) {
			t.Fatalf("%q: got %v", c.text, err)
		}
		if got := invalid.Findings[0].Excerpt; got != c.want || strings.Contains(err.Error(), "hunter") {
			t.Errorf("%q: got %q of %v, want %q", c.text, got, err, c.want)
		}
	}
}
