package migrate

import (
	slashpath "path"

	"github.com/hotbind/hotbind/runtime/document"
)

// A Migration leads from one version to the next. [Load] reads migrations from files;
// [Func] makes one from a Go function.
type Migration struct {
	From, To string

	file     string // "" for a function
	pos      document.Position
	steps    []*step
	function Function
}

// A Function is a migration in Go. It may change doc, which is a copy, and return it or
// another document. An error, a panic or a nil document refuses the migration. Keys and
// values that the function keeps also keep their positions, and their comments when a
// file is edited; new ones have the positions that the function gives them. The chain
// sets the version.
type Function func(doc *document.Node) (*document.Node, error)

// Func returns a migration that calls function.
func Func(from, to string, function Function) Migration {
	return Migration{From: from, To: to, function: function}
}

// Name returns the base name of the migration's file, or "from 1 to 2" for a function.
func (m Migration) Name() string {
	if m.file == "" {
		return "from " + m.From + " to " + m.To
	}
	return slashpath.Base(m.file)
}

// place returns the position for findings about the migration itself.
func (m Migration) place() document.Position {
	if m.file == "" {
		return document.Position{File: "the migration " + m.Name() + " in Go"}
	}
	return m.pos
}

// whole returns the name of this migration in findings about others.
func (m Migration) whole() string {
	if m.file == "" {
		return "the migration in Go"
	}
	return m.file
}
