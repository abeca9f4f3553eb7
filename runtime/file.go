package runtime

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/hotbind/hotbind/runtime/document"
)

// File is a source that reads a file; its extension tells the format (.yaml,
// .yml, .json, and others with [WithFormat]). The file is followed through every symbolic link on the way
// to it. It must be a regular file: a folder, a pipe or a device is refused
// without being opened for reading.
func File(path string, opts ...FileOption) Source {
	var o fileOptions
	for _, opt := range opts {
		opt.file(&o)
	}
	if o.includes {
		return &includingFile{path: path, formats: o.formats}
	}
	return &plainFile{path, o.formats}
}

// A FileOption settles one thing about a file.
type FileOption interface{ file(*fileOptions) }

type fileOptions struct {
	includes bool
	formats  []document.Format
}

// WithFormat reads files of another format, with includes too: toml.Format{}, from package
// runtime/document/toml, for TOML.
func WithFormat(f document.Format) FormatOption { return FormatOption{f} }

// A FormatOption is a [FileOption], a [TreeOption] and an option of [Bytes].
type FormatOption struct{ format document.Format }

func (f FormatOption) file(o *fileOptions) { o.formats = append(o.formats, f.format) }
func (f FormatOption) tree(o *treeOptions) { o.formats = append(o.formats, f.format) }

type plainFile struct {
	path    string
	formats []document.Format
}

func (s *plainFile) Name() string         { return s.path }
func (s *plainFile) WatchPaths() []string { return []string{s.path} }

func (s *plainFile) Files(content []byte) []FileContent { return []FileContent{{s.path, content}} }

func (s *plainFile) Read(context.Context) ([]byte, error) { return readFile(systemFiles{}, s.path) }

func (s *plainFile) Document(content []byte, shape document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	return parseWithoutIncludes(s.path, content, shape, limits, s.formats)
}

// opener opens files: all, or those below one folder.
type opener interface {
	Stat(name string) (fs.FileInfo, error)
	Open(name string) (*os.File, error)
}

type systemFiles struct{}

func (systemFiles) Stat(name string) (fs.FileInfo, error) { return os.Stat(name) }
func (systemFiles) Open(name string) (*os.File, error)    { return os.Open(name) }

// readLimit bounds what is read of a file that grows without end; whether a
// file is too large for its reader is told by the parser, which knows the limit.
const readLimit = 1 << 30

func readFile(files opener, name string) ([]byte, error) {
	// Asking before opening: opening a pipe for reading waits for a writer.
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
	content, err := io.ReadAll(io.LimitReader(f, readLimit))
	return content, plainError(err)
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

// plainError drops the operation and the path from a file error: whoever
// reports it names the source.
func plainError(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}
