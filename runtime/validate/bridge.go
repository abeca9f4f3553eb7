package validate

import (
	"io/fs"

	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

type (
	Files   = schema.Files
	Folder  = schema.Folder
	File    = schema.File
	Dialect = schema.Dialect
	Missing = schema.Missing
)

var (
	Resolve     = schema.Resolve
	Resource    = schema.Resource
	ParseSchema = schema.ParseText
)

const rooted = "hotbind:///"

// NewFolder returns the folder of the schema root; nil files: no other file is read.
func NewFolder(root *document.Node, files fs.FS) *Folder {
	return schema.NewFolder(root, schema.Files{FS: files})
}
