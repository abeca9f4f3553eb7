package migrate

import (
	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// With returns an option that has documents of files brought to the newest config
// version before they are merged, by the migration files in folder (empty: none) and by
// migrations in Go. The files stay as they are. What is wrong with a migration is an
// error of Open.
func With(folder string, functions ...Migration) rt.Option {
	return func(o *rt.Options) { o.Migrations = Of(folder, functions...) }
}

// Of returns the migrations of [With].
func Of(folder string, functions ...Migration) rt.Migrations { return source{folder, functions} }

// A source is where migrations are.
type source struct {
	folder    string
	functions []Migration
}

// Load implements [rt.Migrations].
func (s source) Load() (rt.Migrator, document.Findings) {
	chain, findings := Load(s.folder, s.functions...)
	if chain == nil {
		return nil, findings
	}
	return chain, findings
}

// In implements [rt.Migrations].
func (s source) In(folder string) rt.Migrations { return source{folder, s.functions} }
