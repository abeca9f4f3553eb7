package runtime

import (
	"context"
	"errors"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/source"
)

// Bytes returns a source with the given content. The extension of the name determines the
// format, as for a file. Reading fails with [AllowIncludes], which needs a folder.
func Bytes(name string, content []byte, opts ...FileOption) source.Source {
	s := bytesSource{name: name, content: content}
	for _, opt := range opts {
		opt.file(&s.options)
	}
	return s
}

type bytesSource struct {
	name    string
	content []byte
	options fileOptions
}

func (s bytesSource) Name() string { return s.name }

func (s bytesSource) Read(context.Context) ([]byte, error) {
	if s.options.includes {
		return nil, errors.New("rt.AllowIncludes needs a file or a tree")
	}
	return s.content, nil
}

func (s bytesSource) Document(content []byte, _ document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	return document.Parse(s.name, content, limits, s.options.formats...)
}
