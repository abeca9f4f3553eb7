package runtime

import (
	"context"

	"github.com/hotbind/hotbind/runtime/document"
)

// A Source yields one layer of a configuration.
//
// Reading and understanding are two steps so that bytes which did not change
// are not looked at again. Read may be called from several goroutines at once.
type Source interface {
	// Name is how findings call the source, such as a file's name.
	Name() string
	// Read returns the content as it is now. A source whose content is not text
	// returns anything that differs when the content does.
	Read(ctx context.Context) ([]byte, error)
	// Document turns content that Read returned into a document; nil stands for
	// a layer that says nothing. Shape is what the schema says of the whole.
	Document(content []byte, shape Shape, limits document.Limits) (*document.Node, document.Findings)
}

// A Watchable source is one that reads files: the engine follows them.
type Watchable interface {
	Source
	// WatchPaths are the files whose change may change the content.
	WatchPaths() []string
}

// A Shape is what a schema says of the value at one place: enough for a source
// of plain text to tell a number from a string.
type Shape interface {
	// Kind is the kind of value the schema asks for, 0 where several are allowed.
	Kind() document.Kind
	// AllowsNull reports whether null is allowed beside it.
	AllowsNull() bool
	// Properties are the members the schema declares for an object.
	Properties() []Property
}

// A Property is a declared member of an object.
type Property struct {
	Key   string
	Env   string // the environment variable named by x-env; empty: none
	Shape Shape
}

// Bytes is a source whose content is given, under a name whose extension tells
// the format, as a file's does.
func Bytes(name string, content []byte) Source { return bytesSource{name, content} }

type bytesSource struct {
	name    string
	content []byte
}

func (s bytesSource) Name() string                         { return s.name }
func (s bytesSource) Read(context.Context) ([]byte, error) { return s.content, nil }
func (s bytesSource) Document(content []byte, _ Shape, limits document.Limits) (*document.Node, document.Findings) {
	return document.Parse(s.name, content, limits)
}
