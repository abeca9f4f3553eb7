// Package part declares the parts of a configuration that other packages provide as
// options, as far as they need nothing of package runtime: migrations and last good
// content. The fields of rt.Options have these types, so applications cannot see them.
package part

import (
	"time"

	"github.com/hotbind/hotbind/runtime/document"
)

// Migrations convert the documents of files to the newest config version before they
// are merged; the files stay as they are. Package migrate implements it.
type Migrations interface {
	// Load reads the migrations. An error among the findings fails Open.
	Load() (Migrator, document.Findings)
	// In returns the migrations with the files of another folder.
	In(folder string) Migrations
}

// A Migrator applies migrations.
type Migrator interface {
	// MigrateAll returns the documents in the newest version, in the given order,
	// weakest first, without changing the given ones. If a finding is an error, it
	// returns no documents.
	MigrateAll(docs []*document.Node) (migrated []*document.Node, applied []Migrated, findings document.Findings)
}

// Migrated describes one migration of one document.
type Migrated struct {
	Migration string // its name
	From, To  string // versions
	Document  string // the name of the document's source
	Changed   int    // how many values the steps changed; 0 for a function
}

// A LastGood keeps the last good content of sources. Package history implements it.
type LastGood interface {
	// Load returns the content kept for a source and the time it was kept. The error is
	// fs.ErrNotExist if there is none.
	Load(source string) (content []byte, kept time.Time, err error)
	// Save replaces the content kept for a source.
	Save(source string, content []byte) error
}
