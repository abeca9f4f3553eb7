package migrate_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/document/edit"
	"github.com/hotbind/hotbind/runtime/migrate"
)

var update = flag.Bool("update", false, "write the results into the golden files")

// TestEdit edits files by migrations. A golden file has the steps, the file before and
// after, or the finding that refuses it; its head says what it shows. The test repeats
// each case with CR LF and with a byte order mark, which must change nothing else.
func TestEdit(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/edit/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no golden files", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(archive.Files) != 3 {
				t.Fatalf("%s has %d files, want steps, before and after", file, len(archive.Files))
			}
			steps, before, after := archive.Files[0], archive.Files[1], archive.Files[2]
			chain := chainOf(t, "version_at: v\nfrom: 1\nto: 2\nsteps:\n"+string(steps.Data))
			got := edited(t, chain, before.Name, string(before.Data))
			if *update {
				archive.Files[2].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(string(after.Data), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if after.Name == "refused" {
				return
			}
			dos := strings.ReplaceAll(string(before.Data), "\n", "\r\n")
			want := "\uFEFF" + strings.ReplaceAll(got, "\n", "\r\n")
			if diff := cmp.Diff(want, edited(t, chain, before.Name, "\uFEFF"+dos)); diff != "" {
				t.Errorf("with CR LF (-want +got):\n%s", diff)
			}
		})
	}
}

// edited returns the text that a file becomes, or the findings.
func edited(t *testing.T, chain *migrate.Chain, name, text string) string {
	t.Helper()
	doc, findings := document.Parse(name, []byte(text), document.Limits{})
	if doc == nil {
		t.Fatal(findings)
	}
	migrated, _, findings := chain.Migrate(doc, chain.Oldest())
	if migrated == nil {
		t.Fatal(findings)
	}
	result, findings := edit.Rewrite(name, []byte(text), migrated)
	if result == nil {
		return findings.String() + "\n"
	}
	return string(result)
}

// chainOf returns the chain of migration files, each given as its text.
func chainOf(t *testing.T, files ...string) *migrate.Chain {
	t.Helper()
	chain, findings := load(files...)
	if chain == nil {
		t.Fatal(findings)
	}
	return chain
}

func load(files ...string) (*migrate.Chain, document.Findings) {
	folder := fstest.MapFS{}
	for i, text := range files {
		folder[string(rune('a'+i))+".yaml"] = &fstest.MapFile{Data: []byte(text)}
	}
	return migrate.LoadFS(folder, "m")
}
