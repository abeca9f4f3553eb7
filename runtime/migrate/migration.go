package migrate

import (
	slashpath "path"

	"github.com/hotbind/hotbind/runtime/document"
)

// A Migration leads from one version to the next. Those in files are read by
// [Load]; [Func] makes one of a Go function.
type Migration struct {
	From, To string

	file     string // "" for a function
	pos      document.Position
	steps    []*step
	function Function
}

// A Function is a migration in Go. It may change doc, which is its own copy, and
// return it or another document. A nil document without an error, an error and a
// panic refuse the document. What it makes has the position it is given; keys
// and values that are passed on keep theirs, and comments when a file is edited.
// The version is set by the chain.
type Function func(doc *document.Node) (*document.Node, error)

// Func is the migration that function carries out.
func Func(from, to string, function Function) Migration {
	return Migration{From: from, To: to, function: function}
}

// Name is the name of the migration's file, without folders, or "from 1 to 2"
// for a function.
func (m Migration) Name() string {
	if m.file == "" {
		return "from " + m.From + " to " + m.To
	}
	return slashpath.Base(m.file)
}

// place is where findings about the migration itself point.
func (m Migration) place() document.Position {
	if m.file == "" {
		return document.Position{File: "the migration " + m.Name() + " in Go"}
	}
	return m.pos
}

// whole is how findings about other migrations name this one.
func (m Migration) whole() string {
	if m.file == "" {
		return "the migration in Go"
	}
	return m.file
}
