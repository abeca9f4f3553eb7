package migrate

import (
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/part"

	rt "github.com/hotbind/hotbind/runtime"
)

// With returns an option that migrates the documents of files to the newest config version
// before they are merged, with the migration files in folder (empty: none) and migrations in
// Go. The files stay as they are. An invalid migration is an error of Open.
func With(folder string, functions ...Migration) rt.Option {
	return func(o *rt.Options) { o.Migrations = source{folder, functions} }
}

// A source says where migrations are.
type source struct {
	folder    string
	functions []Migration
}

// Load implements [part.Migrations].
func (s source) Load() (part.Migrator, document.Findings) {
	chain, findings := Load(s.folder, s.functions...)
	if chain == nil {
		return nil, findings
	}
	return chain, findings
}

// In implements [part.Migrations].
func (s source) In(folder string) part.Migrations { return source{folder, s.functions} }
