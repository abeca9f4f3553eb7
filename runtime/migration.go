package runtime

import "github.com/hotbind/hotbind/runtime/document"

// Migrations bring the documents of files to the newest config version, before they are
// merged; the files stay as they are. Package migrate has them.
type Migrations interface {
	// Load reads the migrations. An error among the findings keeps a configuration from
	// being opened.
	Load() (Migrator, document.Findings)
	// In returns the migrations with the files of another folder.
	In(folder string) Migrations
}

// A Migrator carries migrations out.
type Migrator interface {
	// MigrateAll returns documents in the newest version, the weakest first as they were
	// given. It changes none of them. Where a finding is an error there are none.
	MigrateAll(docs []*document.Node) (migrated []*document.Node, applied []Migrated, findings document.Findings)
}

// Migrated is one migration of one document.
type Migrated struct {
	Migration string // its name
	From, To  string // versions
	Document  string // the name of the document's source
	Changed   int    // how many values the steps changed; 0 for a function
}
