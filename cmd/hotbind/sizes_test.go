package main

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
)

// TestFilesAreShort: a file of the runtime's internal packages, including tests, has one
// subject; beyond 400 lines it has two. Generated files are not read by people.
func TestFilesAreShort(t *testing.T) {
	const most = 400
	root, files := os.DirFS("../../runtime/internal"), 0
	err := fs.WalkDir(root, ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".go" || strings.HasSuffix(name, ".gen.go") {
			return err
		}
		files++
		text, err := fs.ReadFile(root, name)
		if lines := bytes.Count(text, []byte("\n")); lines > most {
			t.Errorf("runtime/internal/%s has %d lines, more than %d: split it along its subjects", name, lines, most)
		}
		return err
	})
	if err != nil || files < 100 {
		t.Fatalf("read %d files: %v", files, err)
	}
}
