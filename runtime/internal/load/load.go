// Package load turns the content of sources into a snapshot: it parses each source,
// migrates the documents of files, then merges and decodes all of them. Sources that are
// read once and sources that are followed take the same path, so they behave the same.
package load

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/part"
	"github.com/hotbind/hotbind/runtime/internal/seam"
	"github.com/hotbind/hotbind/runtime/source"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Program is the configuration of a generated package.
type Program interface {
	Shape() document.Shape
	// DecodeAfter turns a document into a snapshot, which is valid if no finding is an error.
	// It may take over parts of an earlier snapshot, whose decoding left the memory before;
	// nil: of none. It leaves a memory for a later decoding.
	DecodeAfter(doc *document.Node, before any) (snapshot, after any, findings document.Findings)
	// AllowsNull reports whether null is a valid configuration. If so, a file with nothing
	// but comments is valid too.
	AllowsNull() bool
	// Schema returns the schema that the package was generated from, as compact JSON.
	Schema() string
}

// A Loader reads the sources of one configuration. It parses only new content. Several
// goroutines may read content at a time; all other methods are for one goroutine.
type Loader struct {
	program    Program
	layers     []layer
	limits     document.Limits
	allowEmpty bool
	migrator   part.Migrator // nil if there are no migrations
	reads      Reads
	lastGood   lastGood
}

// A layer is one source with its last content.
type layer struct {
	src    source.Source
	series document.Series // of doc, if src is a seam.Serial
	read   []byte          // the content that doc was made from; nil: none
	doc    *document.Node
	// findings holds the warnings about doc, or the errors in the content.
	findings document.Findings
}

// New returns the loader of the sources in o and the warnings about its migrations. It
// fails with a *rt.ValidationError if the migrations are invalid.
func New(p Program, o rt.Options, reads Reads) (*Loader, document.Findings, error) {
	l := &Loader{program: p, limits: o.Limits, allowEmpty: o.AllowEmpty, lastGood: lastGood{disk: o.LastGood, known: map[string]good{}}, reads: reads}
	for _, s := range source.Flatten(o.Sources) {
		l.layers = append(l.layers, layer{src: s})
	}
	if o.Migrations == nil {
		return l, nil, nil
	}
	migrator, findings := o.Migrations.Load()
	if failed := findings.Errors(); len(failed) > 0 {
		return nil, nil, &rt.ValidationError{Findings: failed}
	}
	l.migrator = migrator
	return l, findings.Warnings(), nil
}

// Source returns the source of a layer.
func (l *Loader) Source(i int) source.Source { return l.layers[i].src }

// Sources returns the sources of the layers, the weakest first.
func (l *Loader) Sources() (list []source.Source) {
	for i := range l.layers {
		list = append(list, l.layers[i].src)
	}
	return list
}

// A Layer is the document of one layer; nil if it has none.
type Layer struct {
	Name string
	Doc  *document.Node
}

// A Result is a snapshot and its origin.
type Result struct {
	Snapshot any
	Memory   any // of the decoding
	Origin
	Warnings document.Findings
	Migrated []part.Migrated
}

// An Origin records how a snapshot was made.
type Origin struct {
	Doc    *document.Node // the document it was decoded from
	Base   *document.Node // Doc without the edits
	Layers []Layer        // the document of each layer, the weakest first
	Edits  *document.Node // the values set through the API, above the layers
}

// Load makes a result of content: it parses the sources whose content is new, migrates,
// and continues as Compose. The error is a *rt.ValidationError.
func (l *Loader) Load(c Content, edits *document.Node, before any) (*Result, error) {
	var findings document.Findings
	layers := make([]Layer, len(l.layers))
	empty := 0
	shares := false // with what was parsed before
	for i := range l.layers {
		one := &l.layers[i]
		shares = l.parse(one, c.Layers[i]) || shares
		findings = append(findings, one.findings...)
		if one.findings.Empty() {
			empty++
		}
		layers[i] = Layer{one.src.Name(), one.doc}
	}
	if failed := findings.Errors(); len(failed) > 0 {
		l.excerpt(c, failed)
		return nil, &rt.ValidationError{Findings: failed, Empty: empty == len(failed)}
	}
	migrated, failures := l.migrate(layers)
	findings = append(findings, failures...)
	if failed := findings.Errors(); len(failed) > 0 {
		return nil, &rt.ValidationError{Findings: failed}
	}
	if !shares {
		before = nil
	}
	made, err := l.Compose(layers, edits, before)
	if invalid := (*rt.ValidationError)(nil); errors.As(err, &invalid) {
		l.excerpt(c, invalid.Findings)
	}
	if err != nil {
		return nil, err
	}
	made.Warnings, made.Migrated = append(findings, made.Warnings...), migrated
	return made, nil
}

// Compose merges layers and the edits set through the API into a result. Before is the
// memory of an earlier decoding; nil: of none. It fails with a *rt.ValidationError.
func (l *Loader) Compose(layers []Layer, edits *document.Node, before any) (*Result, error) {
	docs := make([]*document.Node, len(layers))
	for i, layer := range layers {
		docs[i] = layer.Doc
	}
	base, unmerged := document.MergeAll(docs, l.program.Shape())
	if failed := unmerged.Errors(); len(failed) > 0 {
		return nil, &rt.ValidationError{Findings: failed}
	}
	if base == nil {
		// No layer has a document: decode an empty object, which takes the defaults.
		base = document.NewObject(nil, document.Position{File: l.layers[0].src.Name()})
	}
	doc := document.Merge(base, edits, l.program.Shape())
	made, err := Decode(l.program, doc, before)
	if err != nil {
		return nil, err
	}
	made.Origin = Origin{doc, base, layers, edits}
	return made, nil
}

// Decode makes a result of a document, without an origin. Before is the memory of an
// earlier decoding; nil: of none. The error is a *rt.ValidationError.
func Decode(p Program, doc *document.Node, before any) (*Result, error) {
	snapshot, after, findings := p.DecodeAfter(doc, before)
	if failed := findings.Errors(); len(failed) > 0 {
		return nil, &rt.ValidationError{Findings: failed}
	}
	return &Result{Snapshot: snapshot, Memory: after, Warnings: findings}, nil
}

// Parse makes a snapshot of one document. Name is the name of the document in messages.
// The error is a *rt.ValidationError.
func Parse(p Program, name string, data []byte) (any, error) {
	doc, findings := orNull(p, func() (*document.Node, document.Findings) { return document.Parse(name, data, document.Limits{}) })
	if failed := findings.Errors(); len(failed) > 0 {
		return nil, &rt.ValidationError{Findings: failed, Empty: failed.Empty()}
	}
	made, err := Decode(p, doc, nil)
	if err != nil {
		return nil, err
	}
	return made.Snapshot, nil
}

// orNull parses a text. A text of comments alone is null if null is a valid
// configuration.
func orNull(p Program, parse func() (*document.Node, document.Findings)) (*document.Node, document.Findings) {
	doc, findings := parse()
	if p.AllowsNull() && findings.Empty() {
		return document.NewScalar(document.Null, "", findings[0].Pos), nil
	}
	return doc, findings
}

// migrate brings the documents of files to the newest config version. Other sources, such
// as the environment, are written for this version of the program.
func (l *Loader) migrate(layers []Layer) ([]part.Migrated, document.Findings) {
	if l.migrator == nil {
		return nil, nil
	}
	var docs []*document.Node
	var at []int
	for i := range layers {
		_, files := l.layers[i].src.(source.FileSet)
		if _, unversioned := l.layers[i].src.(source.Unversioned); files && !unversioned {
			docs, at = append(docs, layers[i].Doc), append(at, i)
		}
	}
	migrated, applied, findings := l.migrator.MigrateAll(docs)
	if len(findings.Errors()) > 0 {
		return nil, findings
	}
	for i, doc := range migrated {
		layers[at[i]].Doc = doc
	}
	return applied, findings
}

// parse makes the document of a layer, unless the content is the same as before. It reports
// whether the document shares nodes with that of the content before.
func (l *Loader) parse(one *layer, content []byte) (shares bool) {
	if one.read != nil && bytes.Equal(one.read, content) {
		return one.doc != nil
	}
	one.read = content
	one.doc, one.findings = orNull(l.program, func() (*document.Node, document.Findings) {
		return understand(one.src, &one.series, content, l.program.Shape(), l.limits)
	})
	if l.allowEmpty && one.findings.Empty() {
		one.doc, one.findings = nil, nil
	}
	return one.series.Shares()
}

// understand parses the document of a source. It turns a panic of the source into a
// finding.
func understand(src source.Source, series *document.Series, content []byte, shape document.Shape, limits document.Limits) (doc *document.Node, findings document.Findings) {
	defer func() {
		if v := recover(); v != nil {
			doc, findings = nil, document.Findings{{
				Pos: document.Position{File: src.Name()}, Message: fmt.Sprintf("reading the source failed: panic: %v", v),
			}}
		}
	}()
	if serial, ok := src.(seam.Serial); ok {
		return serial.NextDocument(series, content, shape, limits)
	}
	return src.Document(content, shape, limits)
}

// Once reads the sources in o once. Its error lists every option that is wrong or has no
// effect unless sources are followed; otherwise it is a *source.Error or a
// *rt.ValidationError. Once logs warnings.
func Once(ctx context.Context, p Program, o rt.Options) (any, error) {
	if err := errors.Join(append(Check(o), followOptions(o)...)...); err != nil {
		return nil, err
	}
	logger := cmp.Or(o.Logger, slog.New(slog.DiscardHandler))
	if o.Schema != "" {
		CompareSchema(ctx, o.Schema, p.Schema(), logger.Warn)
	}
	l, warnings, err := New(p, o, onceRead{logger})
	if err != nil {
		return nil, err
	}
	content, err := l.Read(ctx)
	if err != nil {
		return nil, err
	}
	made, err := l.Load(content, nil, nil)
	if err != nil {
		return nil, err
	}
	Warn(append(warnings, made.Warnings...), logger.Warn)
	for _, err := range l.KeepGood(content) {
		logger.Warn(NotKept, "error", err.Error())
	}
	return made.Snapshot, nil
}

// NotKept is the warning about a last good content that could not be saved.
const NotKept = "cannot save the last good content of a source"

// onceRead warns when last good content is used by a source that is read once.
type onceRead struct{ logger *slog.Logger }

func (onceRead) Read(source.Source, source.Revision) {}

func (o onceRead) Unread(src source.Source, err error, lastGood time.Time) {
	if !lastGood.IsZero() {
		o.logger.Warn(wording.StandsIn, "source", src.Name(), "error", err.Error(), "last_good", lastGood)
	}
}

// Warn logs findings as warnings, at most document.Shown of them.
func Warn(findings document.Findings, warn func(text string, attrs ...any)) {
	for _, f := range findings[:min(len(findings), document.Shown)] {
		warn("configuration", "finding", f.String())
	}
	if more := len(findings) - document.Shown; more > 0 {
		warn("more warnings about the configuration", "count", more)
	}
}
