// Package source defines what a layer of a configuration implements. Applications use
// the sources of package runtime (rt.File, rt.Tree, rt.Env and others) and need this
// package only for a source of their own, such as a key in a store.
//
// [Source] is required; the other interfaces are optional, and the engine looks for
// them. Package sourcetest tests an implementation.
package source

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hotbind/hotbind/runtime/document"
)

// A Source yields one layer of a configuration.
//
// Read and Document are separate so that unchanged content is not parsed again. Both
// may be called from several goroutines at once.
type Source interface {
	// Name identifies the source in findings, such as the path of a file.
	Name() string
	// Read returns the current content. A source whose content is not text returns any
	// bytes that differ when the content does.
	Read(ctx context.Context) ([]byte, error)
	// Document parses content that Read returned, and does not modify it. A nil node is a
	// layer without values. Shape describes the whole configuration.
	Document(content []byte, shape document.Shape, limits document.Limits) (*document.Node, document.Findings)
}

// A Watchable source reads files, which the engine watches.
type Watchable interface {
	Source
	// WatchPaths returns the files whose change may change the content.
	WatchPaths() []string
}

// A FileSet is a source whose content comes from files that can be backed up, such as
// rt.File.
type FileSet interface {
	Watchable
	// Files returns the files that content, which Read returned, was read from.
	Files(content []byte) []File
}

// A File is a file as it was read.
type File struct {
	Path    string
	Content []byte
}

// An Unversioned source is a [FileSet] whose files have no config version, such as
// rt.Dotenv. They are not migrated.
type Unversioned interface{ Unversioned() }

// A Follower detects by itself that its content may have changed. It must be
// comparable, such as a pointer.
type Follower interface {
	Source
	// Until ctx ends, Follow calls changed whenever the content may have changed since the
	// last Read. That includes a change before Follow was called, and one during a call of
	// changed. One call may report several changes if it comes after the last of them. If
	// Follow returns before ctx ends, the engine reports its error and calls it again after
	// a pause.
	Follow(ctx context.Context, changed func()) error
}

// A Revisioned source reads a store with revisions of its own, such as a key-value
// store. It must be comparable, such as a pointer.
type Revisioned interface {
	Source
	// ReadRevision replaces Read and also returns the store's revision of the content.
	ReadRevision(ctx context.Context) (content []byte, revision Revision, err error)
}

// A Revision identifies a revision of a store, in the store's own terms.
type Revision struct {
	ID   string    `json:"id"`
	Time time.Time `json:"time,omitempty,omitzero"` // when it was written; zero: unknown
}

// A HealthReporter is a [Follower] that knows the state of its connection. For other
// sources the engine derives it from Follow returning and Read failing.
type HealthReporter interface {
	Follower
	// Health returns the current state without blocking. It may be called at any time.
	Health() Health
}

// Health is the state of a source's connection.
type Health struct {
	Connected bool
	Behind    time.Time // since when changes may be missing; zero: none are
	Err       error     // the last error; nil: none, or the connection has recovered
}

// A Status is the last known state of a source that follows a store.
type Status struct {
	Name      string    `json:"name"`
	Revision  Revision  `json:"revision,omitempty,omitzero"` // of the content that was read last; zero: unknown
	Connected bool      `json:"connected"`                   // whether changes are reported
	Behind    time.Time `json:"behind,omitempty,omitzero"`   // since when changes may be missing; zero: none are
	Err       error     `json:"error,omitempty"`             // why changes may be missing, or the last error of a [HealthReporter]
	// LastGood is when the last good content was saved that replaces the unreadable
	// one; zero: the content is the store's. See history.LastGood.
	LastGood time.Time `json:"last_good,omitempty,omitzero"`
}

// MarshalJSON writes the error as its text.
func (s Status) MarshalJSON() ([]byte, error) {
	type plain Status
	text := ""
	if s.Err != nil {
		text = s.Err.Error()
	}
	return json.Marshal(struct {
		plain
		Err string `json:"error,omitempty"`
	}{plain(s), text})
}

// An Error reports a source that could not be read.
type Error struct {
	Source string // its name
	Cause  error
}

func (e *Error) Error() string { return e.Source + ": " + e.Cause.Error() }

// Unwrap returns Cause.
func (e *Error) Unwrap() error { return e.Cause }

// A Group is a source that consists of several, such as rt.Tree.
type Group interface {
	Source
	// Sources returns them, weakest first.
	Sources() []Source
}

// Flatten returns sources with each [Group] replaced by its members.
func Flatten(sources []Source) []Source {
	var flat []Source
	for _, s := range sources {
		if g, ok := s.(Group); ok {
			flat = append(flat, Flatten(g.Sources())...)
		} else {
			flat = append(flat, s)
		}
	}
	return flat
}

// An Environmental source names the environment it reads for, such as rt.Tree. Without
// one the engine detects the environment.
type Environmental interface{ Environment() string }
