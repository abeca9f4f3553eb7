package runtime

import (
	"context"
	"encoding/json"
	"time"

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

// A FileSet is a source whose content is that of files, such as [File].
type FileSet interface {
	Watchable
	// Files are the files that content, which Read returned, was read from.
	Files(content []byte) []FileContent
}

// Unversioned is what a [FileSet] implements whose files are of no config version,
// such as [Dotenv]: they are written for this program, and not migrated.
type Unversioned interface{ Unversioned() }

// A FileContent is a file as it was read.
type FileContent struct {
	Path    string
	Content []byte
}

// A Follower is a source that learns by itself when its content may have changed. It is
// comparable, such as a pointer.
type Follower interface {
	Source
	// Follow calls changed whenever that is so, until ctx has ended: for a change since
	// the last Read too, and again for one while changed has not returned. Of several
	// changes it may tell once, after the last. If it returns before ctx has ended, it is
	// called again after a pause; its error is told. Package sourcetest tests all that.
	Follow(ctx context.Context, changed func()) error
}

// A Revisioned source reads a store that has revisions of its own, such as a key-value
// store. It is comparable, such as a pointer.
type Revisioned interface {
	Source
	// ReadRevision is Read, which is not called then, and says which revision of the store
	// the content is of.
	ReadRevision(ctx context.Context) (content []byte, revision StoreRevision, err error)
}

// A StoreRevision names a revision of a store, as the store does.
type StoreRevision struct {
	ID   string    `json:"id"`
	Time time.Time `json:"time,omitempty,omitzero"` // when it was written; zero: the store does not say
}

// A HealthReporter is a [Follower] that knows how its connection is. Otherwise the engine
// goes by whether Follow returns and Read fails.
type HealthReporter interface {
	Follower
	// Health is asked at any time and returns at once.
	Health() SourceHealth
}

// SourceHealth is how the connection of a source is.
type SourceHealth struct {
	Connected bool
	Behind    time.Time // since when changes may be missing; zero: none are
	Err       error     // the last one; nil: there is none, or it is over
}

// A SourceStatus is how a source that follows a store was when it was asked last.
type SourceStatus struct {
	Name      string        `json:"name"`
	Revision  StoreRevision `json:"revision,omitempty,omitzero"` // of the content that was read last; zero: the source does not say
	Connected bool          `json:"connected"`                   // whether its changes are reported
	Behind    time.Time     `json:"behind,omitempty,omitzero"`   // since when changes may be missing; zero: none are
	Err       error         `json:"error,omitempty"`             // why; or the last error of a [HealthReporter]
	// LastGood is when the content was good that stands in for what cannot be read; zero:
	// the content is the store's. See history.LastGood.
	LastGood time.Time `json:"last_good,omitempty,omitzero"`
}

// MarshalJSON writes the error as its text.
func (s SourceStatus) MarshalJSON() ([]byte, error) {
	type plain SourceStatus
	text := ""
	if s.Err != nil {
		text = s.Err.Error()
	}
	return json.Marshal(struct {
		plain
		Err string `json:"error,omitempty"`
	}{plain(s), text})
}

// A LastGood keeps the content of sources that was last good; see history.LastGood.
type LastGood interface {
	// Load returns the content that was kept for a source, and when. The error is
	// fs.ErrNotExist where there is none.
	Load(source string) (content []byte, kept time.Time, err error)
	// Save replaces the content that is kept for a source.
	Save(source string, content []byte) error
}

// A Group is a source that stands for several ones, such as [Tree].
type Group interface {
	Source
	// Sources are those it stands for, the weakest first.
	Sources() []Source
}

// Named is what a source implements that was told the name of the environment, such
// as [Tree]; without one it is detected.
type Named interface{ Environment() string }

// Flatten returns sources with each [Group] replaced by what it stands for.
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

// Bytes is a source whose content is given, under a name whose extension tells
// the format, as a file's does.
func Bytes(name string, content []byte, opts ...FormatOption) Source {
	var o fileOptions
	for _, opt := range opts {
		opt.file(&o)
	}
	return bytesSource{name, content, o.formats}
}

type bytesSource struct {
	name    string
	content []byte
	formats []document.Format
}

func (s bytesSource) Name() string                         { return s.name }
func (s bytesSource) Read(context.Context) ([]byte, error) { return s.content, nil }
func (s bytesSource) Document(content []byte, _ document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	return document.Parse(s.name, content, limits, s.formats...)
}
