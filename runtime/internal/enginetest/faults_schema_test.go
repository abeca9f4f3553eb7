package enginetest

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// TestF066_SchemaNewerThanCode: if the schema was changed without generating again, the
// start warns with both hashes. The formatting of the file makes no difference.
func TestF066_SchemaNewerThanCode(t *testing.T) {
	t.Parallel()
	schema := string(service.Schema())
	for name, c := range map[string]struct{ text, want string }{
		"the same":           {schema, ""},
		"the same, reformed": {strings.ReplaceAll(schema, "\n", " "), ""},
		"a newer one":        {strings.Replace(schema, `"type": "object"`, `"$comment": "new", "type": "object"`, 1), "the schema file differs from the one the package was generated from: run hotbind generate"},
		"no schema":          {"[", "cannot compare the schema file with the generated package"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "s.json")
			if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			live, err := service.Open(context.Background(), rt.From(newSlot("name: a")), rt.WithSchema(file),
				rt.WithLogger(slog.New(slog.NewTextHandler(&log, nil))), rt.WithPollInterval(0))
			if err != nil {
				t.Fatal(err)
			}
			if err := live.Close(); err != nil {
				t.Fatal(err)
			}
			if reported := strings.Contains(log.String(), "the schema "); reported != (c.want != "") || !strings.Contains(log.String(), c.want) {
				t.Errorf("got %s", log.String())
			}
			if name == "a newer one" && strings.Count(log.String(), "_hash=") != 2 {
				t.Errorf("the hashes are not logged: %s", log.String())
			}
		})
	}
}
