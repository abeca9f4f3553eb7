package migrate_test

import (
	"fmt"
	"testing/fstest"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/document/edit"
	"github.com/hotbind/hotbind/runtime/migrate"
)

// A chain of a file and a function brings a document to the newest version. The text is
// edited to the same value.
func Example() {
	files := fstest.MapFS{"1-to-2.yaml": {Data: []byte(`
from: 1
to: 2
steps:
  - rename: {path: database.pool, to: pool_size}
`)}}
	chain, findings := migrate.LoadFS(files, "migrations", migrate.Func("2", "3", func(doc *document.Node) (*document.Node, error) {
		return doc, nil // for changes that no step can make
	}))
	if chain == nil {
		fmt.Println(findings)
		return
	}
	text := []byte("version: 1\ndatabase:\n  pool: 5 # per process\n")
	doc, _ := document.Parse("config.yaml", text, document.Limits{})
	docs, applied, _ := chain.MigrateAll([]*document.Node{doc})
	for _, a := range applied {
		fmt.Println(a.Document, a.From, a.To)
	}
	text, _ = edit.Rewrite("config.yaml", text, docs[0])
	fmt.Print(string(text))
	// Output:
	// config.yaml 1 2
	// config.yaml 2 3
	// version: 3
	// database:
	//   pool_size: 5 # per process
}
