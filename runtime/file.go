package runtime

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/source"
)

// File returns a source that reads a file. Its extension determines the format: .yaml,
// .yml, .json, and others with [WithFormat]. The file is watched through every symbolic
// link on its path. It must be a regular file; a folder, a pipe or a device is refused
// without opening it.
func File(path string, opts ...FileOption) source.Source {
	var o fileOptions
	for _, opt := range opts {
		opt.file(&o)
	}
	if o.includes {
		return &includingFile{path: path, formats: o.formats}
	}
	return &plainFile{path, o.formats}
}

// A FileOption configures a [File]: [AllowIncludes], [WithFormat]. It is also a
// [TreeOption].
type FileOption interface {
	TreeOption
	file(*fileOptions)
}

type fileOptions struct {
	includes bool
	formats  []document.Format
}

// WithFormat also reads files of another format, such as toml.Format{} of package
// runtime/document/toml.
func WithFormat(f document.Format) FileOption { return formatOption{f} }

type formatOption struct{ format document.Format }

func (f formatOption) file(o *fileOptions) { o.formats = append(o.formats, f.format) }
func (f formatOption) tree(o *treeOptions) { o.formats = append(o.formats, f.format) }

type plainFile struct {
	path    string
	formats []document.Format
}

func (s *plainFile) Name() string         { return s.path }
func (s *plainFile) WatchPaths() []string { return []string{s.path} }

func (s *plainFile) Files(content []byte) []source.File {
	return []source.File{{Path: s.path, Content: content}}
}

func (s *plainFile) Read(context.Context) ([]byte, error) { return readFile(systemFiles{}, s.path) }

func (s *plainFile) Document(content []byte, shape document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	doc, findings := document.Parse(s.path, content, limits, s.formats...)
	return withoutIncludes(doc, findings, shape)
}

// NextDocument implements seam.Serial.
func (s *plainFile) NextDocument(series *document.Series, content []byte, shape document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	doc, findings := series.Parse(s.path, content, limits, s.formats...)
	return withoutIncludes(doc, findings, shape)
}

// An opener opens any file, or those below one folder.
type opener interface {
	Stat(name string) (fs.FileInfo, error)
	Open(name string) (*os.File, error)
}

type systemFiles struct{}

func (systemFiles) Stat(name string) (fs.FileInfo, error) { return os.Stat(name) }
func (systemFiles) Open(name string) (*os.File, error)    { return openFile(name) }

// readLimit limits what is read of a file that grows without end. The parser, which
// knows the real limit, refuses files that are too large.
const readLimit = 1 << 30

func readFile(files opener, name string) ([]byte, error) {
	// Stat before opening: opening a pipe for reading waits for a writer.
	if info, err := files.Stat(name); err != nil {
		return nil, plainError(err)
	} else if !info.Mode().IsRegular() {
		return nil, notRegular(info.Mode())
	}
	f, err := files.Open(name)
	if err != nil {
		return nil, plainError(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, plainError(err)
	}
	if !info.Mode().IsRegular() {
		return nil, notRegular(info.Mode())
	}
	// Room for the whole file, and for finding its end.
	var content bytes.Buffer
	content.Grow(int(min(info.Size(), readLimit)) + bytes.MinRead)
	_, err = content.ReadFrom(io.LimitReader(f, readLimit))
	return content.Bytes(), plainError(err)
}

func notRegular(mode fs.FileMode) error {
	kind := "a special file"
	switch {
	case mode.IsDir():
		kind = "a folder"
	case mode&fs.ModeNamedPipe != 0:
		kind = "a named pipe"
	case mode&fs.ModeSocket != 0:
		kind = "a socket"
	case mode&fs.ModeDevice != 0:
		kind = "a device"
	}
	return fmt.Errorf("is %s, not a regular file", kind)
}

// plainError drops the operation and the path from a file error, because the caller adds
// the name of the source.
func plainError(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}
