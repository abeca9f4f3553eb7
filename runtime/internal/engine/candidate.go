package engine

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"runtime/debug"

	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// A candidate is a configuration that wants to become current.
type candidate struct {
	snapshot       any
	origin         origin
	warnings       document.Findings
	pendingRestart rt.Changes // what it says and waits for the next start
	migrated       []rt.Migrated
}

// An origin is where a snapshot comes from.
type origin struct {
	doc   *document.Node // what it was decoded from
	base  *document.Node // doc without the edits
	said  []said         // what each layer says, the weakest first
	edits *document.Node // what was set through the API, above them
}

// said is what one layer says; a nil document says nothing.
type said struct {
	layer string
	doc   *document.Node
}

// candidate turns content into a candidate: parse each source whose content is
// new, migrate, merge by layer, decode. The caller holds the turn.
func (e *Engine) candidate(c reading) (*candidate, error) {
	var findings document.Findings
	layers := make([]said, len(e.layers))
	empty := 0
	for i := range e.layers {
		l := &e.layers[i]
		l.parse(c.layers[i], e.program.Shape(), e.opts)
		findings = append(findings, l.findings...)
		if l.findings.Empty() {
			empty++
		}
		layers[i] = said{l.source.Name(), l.doc}
	}
	if failed := findings.Errors(); len(failed) > 0 {
		return nil, &rt.ValidationError{Findings: failed, Empty: empty == len(failed)}
	}
	applied, failures := e.migrate(layers)
	findings = append(findings, failures...)
	if failed := findings.Errors(); len(failed) > 0 {
		return nil, &rt.ValidationError{Findings: failed}
	}
	made, err := e.compose(layers, e.now().origin.edits)
	if err != nil {
		return nil, err
	}
	made.warnings, made.migrated = append(findings, made.warnings...), applied
	return made, nil
}

// compose makes a candidate of what layers say and of what was set through the
// API.
func (e *Engine) compose(layers []said, edits *document.Node) (*candidate, error) {
	docs := make([]*document.Node, len(layers))
	for i, l := range layers {
		docs[i] = l.doc
	}
	base, unmerged := document.MergeAll(docs, e.program.Shape())
	if failed := unmerged.Errors(); len(failed) > 0 {
		return nil, &rt.ValidationError{Findings: failed}
	}
	if base == nil {
		// No layer says anything: what the schema makes of nothing.
		base = document.NewObject(nil, document.Position{File: e.layers[0].source.Name()})
	}
	doc := document.Merge(base, edits, e.program.Shape())
	snapshot, findings, err := e.decode(doc)
	if err != nil {
		return nil, err
	}
	c := &candidate{snapshot: snapshot, origin: origin{doc, base, layers, edits}, warnings: findings}
	return c, e.holdBack(c)
}

// decode is the program's, whose faults are an error. It runs code of the
// application for types named by x-go-type.
func (e *Engine) decode(doc *document.Node) (snapshot any, warnings document.Findings, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &rt.PanicError{Value: r, Stack: debug.Stack()}
		}
	}()
	snapshot, findings := e.program.Decode(doc)
	if failed := findings.Errors(); len(failed) > 0 {
		return nil, nil, &rt.ValidationError{Findings: failed}
	}
	return snapshot, findings, nil
}

// migrate brings the documents of files to the newest config version. What comes
// from elsewhere, such as the environment, is written for this program.
func (e *Engine) migrate(layers []said) ([]rt.Migrated, document.Findings) {
	if e.migrator == nil {
		return nil, nil
	}
	var docs []*document.Node
	var at []int
	for i := range layers {
		_, files := e.layers[i].source.(rt.FileSet)
		if _, unversioned := e.layers[i].source.(rt.Unversioned); files && !unversioned {
			docs, at = append(docs, layers[i].doc), append(at, i)
		}
	}
	migrated, applied, findings := e.migrator.MigrateAll(docs)
	if len(findings.Errors()) > 0 {
		return nil, findings
	}
	for i, doc := range migrated {
		layers[at[i]].doc = doc
	}
	return applied, findings
}

// parse makes the document of a layer, unless the content is the same as before.
func (l *layer) parse(content []byte, shape document.Shape, opts rt.Options) {
	s := signature(sha256.Sum256(content))
	if l.read == s {
		return
	}
	l.read = s
	l.doc, l.findings = understand(l.source, bytes.Clone(content), shape, opts.Limits)
	if opts.AllowEmpty && l.findings.Empty() {
		l.doc, l.findings = nil, nil
	}
}

// understand makes the document of a source; a panic of it is a finding.
func understand(source rt.Source, content []byte, shape document.Shape, limits document.Limits) (doc *document.Node, findings document.Findings) {
	defer func() {
		if v := recover(); v != nil {
			doc, findings = nil, document.Findings{{
				Pos: document.Position{File: source.Name()}, Message: fmt.Sprintf("reading the source failed: panic: %v", v),
			}}
		}
	}()
	return source.Document(content, shape, limits)
}
