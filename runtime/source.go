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
	Document(content []byte, shape document.Shape, limits document.Limits) (*document.Node, document.Findings)
}

// A Watchable source is one that reads files: the engine follows them.
type Watchable interface {
	Source
	// WatchPaths are the files whose change may change the content.
	WatchPaths() []string
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
func (s bytesSource) Document(content []byte, _ document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	return document.Parse(s.name, content, limits)
}
