package runtime

import (
	"encoding/binary"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/source"
)

// A bundle is the content of several files as one: what a source reads whose files
// include others, or that may have none.
type bundle []bundled

// A bundled file is one that was read, or the reason why it was not.
type bundled struct {
	path    string // as it is shown
	refused string
	content []byte
}

func (b bundle) encode() []byte {
	var out []byte
	field := func(text []byte) {
		out = binary.AppendUvarint(out, uint64(len(text)))
		out = append(out, text...)
	}
	for _, f := range b {
		field([]byte(f.path))
		field([]byte(f.refused))
		field(f.content)
	}
	return out
}

func decodeBundle(content []byte) (b bundle) {
	field := func() []byte {
		n, size := binary.Uvarint(content)
		if size <= 0 || n > uint64(len(content)-size) {
			content = nil
			return nil
		}
		text := content[size : size+int(n)]
		content = content[size+int(n):]
		return text
	}
	for len(content) > 0 {
		b = append(b, bundled{string(field()), string(field()), field()})
	}
	return b
}

func (b bundle) find(path string) *bundled {
	for i := range b {
		if b[i].path == path {
			return &b[i]
		}
	}
	return nil
}

func (b bundle) paths() []string {
	paths := make([]string, len(b))
	for i := range b {
		paths[i] = b[i].path
	}
	return paths
}

// files are those that were read.
func (b bundle) files() []source.File {
	var files []source.File
	for _, f := range b {
		if f.refused == "" {
			files = append(files, source.File{Path: f.path, Content: f.content})
		}
	}
	return files
}

// document is the document of the first file with those it includes below it; nil
// where there is no file.
func (b bundle) document(root string, includes bool, shape document.Shape, limits document.Limits, formats []document.Format) (*document.Node, document.Findings) {
	if len(b) == 0 {
		return nil, nil
	}
	if !includes {
		doc, findings := document.Parse(b[0].path, b[0].content, limits, formats...)
		return withoutIncludes(doc, findings, shape)
	}
	x := &including{bundle: b, root: root, shape: shape, limits: limits, formats: formats, made: map[string]made{}}
	return x.document(&b[0], nil)
}
