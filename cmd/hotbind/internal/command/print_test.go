package command

import (
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

// TestExcerpt: on a terminal, the line that a finding points to is shown below it, also
// one of a file beside the schema, but never one outside its folder.
func TestExcerpt(t *testing.T) {
	files := fstest.MapFS{"parts/a.yaml": {Data: []byte("one: 1\r\ntwo:\t2\n")}}
	for _, c := range []struct {
		schema, file string
		line, column int
		want         string
	}{
		{"s.yaml", "s.yaml", 1, 1, "    main\n    ^\n"},
		{"s.yaml", "parts/a.yaml", 2, 6, "    two:\t2\n        \t^\n"},
		{"schemas/s.yaml", "schemas/parts/a.yaml", 1, 6, "    one: 1\n         ^\n"},
		{"/s.yaml", "/parts/a.yaml", 1, 1, "    one: 1\n    ^\n"},
		{"/x/s.yaml", "/x/parts/a.yaml", 1, 1, "    one: 1\n    ^\n"},
		{"schemas/s.yaml", "schemas/parts/gone.yaml", 1, 1, ""},
		{"schemas/s.yaml", "schemas/../parts/a.yaml", 1, 1, ""},
		{"s.yaml", "parts/a.yaml", 9, 1, ""},
		{"../s.yaml", "../parts/a.yaml", 1, 1, "    one: 1\n    ^\n"},
	} {
		var out strings.Builder
		p := newPrinter(&out)
		p.terminal = true
		p.source(c.schema, []byte("main"))
		p.neighbors(&schemaFiles{Files: schema.Files{FS: files}, shown: path.Dir(c.schema)})
		p.print(document.Findings{{Pos: document.Position{File: c.file, Line: c.line, Column: c.column}, Path: "#", Message: "m"}})
		_, got, _ := strings.Cut(out.String(), "\n")
		if got != c.want {
			t.Errorf("%s beside %s: got %q, want %q", c.file, c.schema, got, c.want)
		}
	}
}
