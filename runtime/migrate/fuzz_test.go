package migrate_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/document/edit"
	"github.com/hotbind/hotbind/runtime/migrate"
)

// fuzzed has steps of all kinds, on paths that short texts are likely to have.
const fuzzed = `
from: 1
to: 2
version_at: v
steps:
  - rename: {path: a, to: b}
  - move: {path: c, to: d.e}
  - move: {path: x.y, to: z}
  - copy: {path: d, to: copied}
  - delete: {path: 'l[0]'}
  - delete: {path: 'm.*.n'}
  - set: {path: set.it, value: {deep: [1, "two: # words"]}}
  - default: {path: default, value: "yes"}
  - map: {path: level, values: {verbose: debug}}
  - scale: {path: 'l[*].t', by: 1000}
  - split: {path: address, by: ":", into: [host, port]}
  - join: {paths: [first, last], by: " ", to: full}
  - wrap: {path: w, in: list}
  - wrap: {path: o, in: object, key: in}
  - cast: {path: q, to: string}
`

// FuzzEdit edits a text by migrations: the result reads as the document migrated in
// memory, or the text is refused. Nothing panics, and the input is not changed.
func FuzzEdit(f *testing.F) {
	files, _ := filepath.Glob("testdata/edit/*.txtar")
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(archive.Files[1].Data, false)
	}
	for _, text := range []string{
		"a: 1\nc: # x\n  - 1\nx: {y: 2}\n",
		"---\nv: 1\n# b\na: |+\n  text\n\nc: &x\n  k: *y\n",
		"w:\n- a: 1\n  b: 2\n-\n  - - c\no:\n  p: 1\nq: 1.0\n...\n",
		"? a\n: 1\n\"c\" : 'x'\nl: [{t: 1}, {t: 2}]\nm: {k: {n: 1}, j: {n: 2}}\n",
		"address: h:1\nfirst: a\nlast: b\n",
	} {
		f.Add([]byte(text), false)
	}
	f.Add([]byte(`{"a": [1, {"t": 2}], "c": {"k": null}, "x": {"y": "\u00e9"}}`), true)
	chain, findings := load(fuzzed)
	if chain == nil {
		f.Fatal(findings)
	}
	f.Fuzz(func(t *testing.T, text []byte, json bool) {
		name := "config.yaml"
		if json {
			name = "config.json"
		}
		checkEdit(t, chain, name, text)
	})
}

func checkEdit(t *testing.T, chain *migrate.Chain, name string, text []byte) {
	doc, _ := document.Parse(name, text, document.Limits{})
	if doc == nil {
		return
	}
	before := doc.AppendJSON(nil)
	migrated, _, findings := chain.Migrate(doc, chain.Oldest())
	if !bytes.Equal(before, doc.AppendJSON(nil)) {
		t.Fatal("the input was modified")
	}
	if migrated == nil {
		if len(findings.Errors()) == 0 {
			t.Fatal("no document and no finding")
		}
		return
	}
	result, findings := edit.Rewrite(name, text, migrated)
	if result == nil {
		if len(findings.Errors()) == 0 {
			t.Fatal("no text and no finding")
		}
		return
	}
	if again, findings := document.Parse(name, result, document.Limits{}); !document.Equal(again, migrated) {
		t.Fatalf("edited to\n%s\n%s", result, findings)
	}
}
