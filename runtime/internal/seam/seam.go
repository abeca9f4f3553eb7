// Package seam holds what package runtime and the packages around the engine share and
// applications do not see: what the options of single calls resolve to, the keys of
// contexts, and names that appear in records.
package seam

import (
	"context"

	"github.com/hotbind/hotbind/runtime/document"
)

// Resolve applies options in order to the zero T.
func Resolve[T any, O interface{ Apply(*T) }](opts []O) (t T) {
	for _, opt := range opts {
		opt.Apply(&t)
	}
	return t
}

// Of returns what one option or strategy resolves to.
func Of[T any](opt interface{ Apply(*T) }) (t T) {
	opt.Apply(&t)
	return t
}

// A Hook holds the resolved options of one hook, subscription or watch.
type Hook struct {
	Priority int8 // a rt.Priority
	Current  bool
	Refusal  bool
}

// A Request holds the resolved options of one Reload, DryRun, Update or Rollback.
type Request struct {
	Force      bool
	IfRevision uint64  // the revision that must be in force; 0: any
	Edits      []Edit  // nil: none were given, not even an empty list
	Target     *Target // nil: none was given
}

// An Edit sets or removes one value.
type Edit struct {
	Path  string
	Value *document.Node // nil: remove
	Err   error          // why the edit is invalid
}

// A Target identifies the revision of a rollback.
type Target struct {
	Revision uint64 // 0: by steps
	Steps    int
}

// A Serial source parses the versions of its content in a series, so that they share what
// did not change. It is a source.Source.
type Serial interface {
	// NextDocument is Document with the series of one user of the source. It keeps content,
	// which must not change any more.
	NextDocument(s *document.Series, content []byte, shape document.Shape, limits document.Limits) (*document.Node, document.Findings)
}

// Keys of context values: the rt.Revision that a hook is called for, and the metadata
// (map[string]string) of a request.
type (
	RevisionKey struct{}
	MetadataKey struct{}
)

// Names that stand for a file in positions: of the values set through the API, and of
// the defaults of the schema.
const (
	APILayer     = "(api)"
	DefaultLayer = "(default)"
)

// MaxRecorded is the maximum number of changes that a notification or a line of the
// audit log lists. The number of the others is recorded with them.
const MaxRecorded = 100

// ActorKey is the key of metadata that names who made a request.
const ActorKey = "actor"

// Metadata returns the metadata of a request, or nil.
func Metadata(ctx context.Context) map[string]string {
	metadata, _ := ctx.Value(MetadataKey{}).(map[string]string)
	return metadata
}
