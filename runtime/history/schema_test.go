package history_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	rt "github.com/hotbind/hotbind/runtime"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/runtime/validate"
)

// The published schemas describe the files that are actually written.
func TestFilesMatchTheirSchemas(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(tempDir(t), "store")
	h := open(t, dir, rt.Retention{})
	must(t, h.Add(record(1)))
	bare := record(2)
	bare.Metadata = nil
	must(t, h.Add(bare))
	path := filepath.Join(tempDir(t), "a b.yaml")
	must(t, h.SaveBackup(2, []history.File{{Path: path, Mode: 0o640, Content: []byte("x")}}, 5))
	for file, schema := range map[string]string{
		"revisions/0000000001.json":        "revision",
		"revisions/0000000002.json":        "revision",
		"backups/0000000002/manifest.json": "backup",
	} {
		text, err := os.ReadFile(filepath.Join("../../schemas", schema+".schema.json"))
		must(t, err)
		s, findings := validate.Load(schema+".json", text, nil)
		if s == nil {
			t.Fatal(findings)
		}
		data, err := os.ReadFile(filepath.Join(dir, file))
		must(t, err)
		node, findings := document.ParseJSON(file, data, document.Limits{})
		if node == nil {
			t.Fatal(findings)
		}
		if findings := s.Validate(node); len(findings) > 0 {
			t.Errorf("%v\n%s", findings, data)
		}
		if strings.Count(string(data), "\n") < 10 {
			t.Errorf("not readable with a pager: %s", data)
		}
		node.SetMembers(node.Members()[1:])
		if len(s.Validate(node)) == 0 {
			t.Errorf("%s: the schema misses nothing", file)
		}
	}
}
