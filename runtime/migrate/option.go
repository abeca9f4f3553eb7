package migrate

import (
	"io/fs"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/part"

	rt "github.com/hotbind/hotbind/runtime"
)

// With returns an option that migrates the documents of files to the newest config version
// before they are merged, with the migration files in folder (empty: none) and migrations in
// Go. The files stay as they are. An invalid migration is an error of Open.
func With(folder string, functions ...Migration) rt.Option {
	return func(o *rt.Options) { o.Migrations = source{folder: folder, functions: functions} }
}

// WithFS is like [With] for the files at the root of files, which may be embedded in the
// program; see [fs.Sub] for those in a folder. Findings name the file as if it were in a
// folder called migrations.
func WithFS(files fs.FS, functions ...Migration) rt.Option {
	return func(o *rt.Options) { o.Migrations = source{folder: "migrations", files: files, functions: functions} }
}

// A source locates migrations.
type source struct {
	folder    string
	files     fs.FS // nil: those of the operating system
	functions []Migration
}

// Load implements [part.Migrations].
func (s source) Load() (part.Migrator, document.Findings) {
	chain, findings := s.load()
	if chain == nil {
		return nil, findings
	}
	return chain, findings
}

func (s source) load() (*Chain, document.Findings) {
	if s.files != nil {
		return LoadFS(s.files, s.folder, s.functions...)
	}
	return Load(s.folder, s.functions...)
}

// In implements [part.Migrations].
func (s source) In(folder string) part.Migrations {
	return source{folder: folder, functions: s.functions}
}
