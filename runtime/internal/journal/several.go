package journal

import (
	"slices"

	"github.com/hotbind/hotbind/runtime/internal/part"
	"github.com/hotbind/hotbind/runtime/source"

	rt "github.com/hotbind/hotbind/runtime"
)

// NoteMigrated reports each migrated document once, however many steps its migration
// took.
func (j *Journal) NoteMigrated(steps []part.Migrated) {
	var documents []Migrated
	for _, step := range steps {
		at := slices.IndexFunc(documents, func(m Migrated) bool { return m.Document == step.Document })
		if at < 0 {
			documents = append(documents, Migrated{Document: step.Document, From: step.From, To: step.To})
		} else {
			documents[at].To = step.To
		}
	}
	for _, m := range documents {
		j.Note(m)
	}
}

// NoteHooks reports each hook error in err. Line is the log line if the errors refuse
// nothing.
func (j *Journal) NoteHooks(err error, line string) {
	for _, failed := range hookErrors(err) {
		j.Note(HookFailed{Err: failed, Line: line})
	}
}

// hookErrors returns the hook errors that err joins.
func hookErrors(err error) []*rt.HookError {
	switch err := err.(type) {
	case *rt.HookError:
		return []*rt.HookError{err}
	case interface{ Unwrap() []error }:
		var all []*rt.HookError
		for _, one := range err.Unwrap() {
			all = append(all, hookErrors(one)...)
		}
		return all
	case interface{ Unwrap() error }:
		return hookErrors(err.Unwrap())
	}
	return nil
}

// NamesOf returns the names of files, as many as an event lists.
func NamesOf(files []source.File) (names []string) {
	for _, f := range files[:min(len(files), MostFiles)] {
		names = append(names, f.Path)
	}
	return names
}
