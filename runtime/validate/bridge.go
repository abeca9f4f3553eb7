package validate

import "github.com/hotbind/hotbind/internal/schema"

type (
	Folder  = schema.Folder
	File    = schema.File
	Dialect = schema.Dialect
	Missing = schema.Missing
)

var (
	NewFolder   = schema.NewFolder
	Resolve     = schema.Resolve
	Resource    = schema.Resource
	ParseSchema = schema.ParseText
)

const rooted = "hotbind:///"
