package engine

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// A layer is one source and what is known of its content.
type layer struct {
	source rt.Source
	// read is the content that doc was made from.
	read signature
	doc  *document.Node
	// findings are the warnings of doc, or what is wrong with the content.
	findings document.Findings
}

// A signature stands for content; the zero signature is no content.
type signature [sha256.Size]byte

// contents are what the sources held at one moment.
type contents struct {
	layers    [][]byte
	signature signature
}

// empty reports whether a source that holds text held nothing.
func (c contents) empty() bool {
	for _, content := range c.layers {
		if len(content) == 0 {
			return true
		}
	}
	return false
}

// readOnce reads every source.
func (e *Engine) readOnce(ctx context.Context) (contents, error) {
	var c contents
	sum := sha256.New()
	for i := range e.layers {
		source := e.layers[i].source
		content, err := read(ctx, source)
		if err != nil {
			return contents{}, &rt.SourceError{Source: source.Name(), Cause: err}
		}
		c.layers = append(c.layers, content)
		part := sha256.Sum256(content)
		sum.Write(part[:])
	}
	sum.Sum(c.signature[:0])
	return c, nil
}

// read reads a source, which somebody else may have written: its panic is an
// error like any other.
func read(ctx context.Context, source rt.Source) (content []byte, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &rt.PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return source.Read(ctx)
}

// errUnstable reports sources whose content changed while they were read.
var errUnstable = errors.New("the content changes while it is read")

// readTwice reads every source twice, with a pause, and refuses content that
// changed between: a file that is being written, or two files of different
// generations.
func (e *Engine) readTwice(ctx context.Context, pause time.Duration) (contents, error) {
	first, err := e.readOnce(ctx)
	if err != nil {
		return contents{}, err
	}
	if err := sleep(ctx, pause); err != nil {
		return contents{}, err
	}
	second, err := e.readOnce(ctx)
	if err != nil {
		return contents{}, err
	}
	if first.signature != second.signature {
		return contents{}, errUnstable
	}
	return second, nil
}

// readStable reads until the content holds still, at most the maximum wait. An
// empty file is given the settle time to fill: that is how one looks that is
// just being saved.
func (e *Engine) readStable(ctx context.Context) (contents, error) {
	start := time.Now()
	for {
		c, err := e.readTwice(ctx, 0)
		unstable := errors.Is(err, errUnstable) && time.Since(start) < e.opts.MaxWait
		filling := err == nil && c.empty() && time.Since(start) < e.opts.Settle
		if !unstable && !filling {
			return c, err
		}
		if err := sleep(ctx, max(e.opts.Debounce, minPause)); err != nil {
			return contents{}, err
		}
	}
}

// minPause is the shortest time between two reads that are to tell whether
// somebody is writing: as long as an event may take to arrive.
const minPause = 10 * time.Millisecond

// candidate turns content into a snapshot: parse each source whose content is
// new, merge by layer, decode. The caller holds the turn.
func (e *Engine) candidate(c contents) (snapshot any, warnings document.Findings, err error) {
	var findings document.Findings
	var said []*document.Node
	empty := 0
	for i := range e.layers {
		l := &e.layers[i]
		fresh := l.parse(c.layers[i], e.program.Shape(), e.opts)
		findings = append(findings, l.findings.Errors()...)
		if fresh { // told once
			findings = append(findings, l.findings.Warnings()...)
		}
		if len(l.findings) == 1 && l.findings[0].Empty {
			empty++
		}
		said = append(said, l.doc)
	}
	doc, unmerged := document.MergeAll(said, e.program.Shape())
	findings = append(findings, unmerged...)
	if failed := findings.Errors(); len(failed) > 0 {
		return nil, nil, &rt.ValidationError{Findings: failed, Empty: empty == len(failed)}
	}
	if doc == nil {
		// No layer says anything: what the schema makes of nothing.
		doc = &document.Node{Kind: document.Object, Pos: document.Position{File: e.layers[0].source.Name()}}
	}
	snapshot, decoded := e.program.Decode(doc)
	if failed := decoded.Errors(); len(failed) > 0 {
		return nil, nil, &rt.ValidationError{Findings: failed}
	}
	return snapshot, append(findings, decoded...), nil
}

// parse makes the document of a layer, unless the content is the same as before;
// it reports whether it is not.
func (l *layer) parse(content []byte, shape document.Shape, opts rt.Options) (fresh bool) {
	s := signature(sha256.Sum256(content))
	if l.read == s {
		return false
	}
	l.read = s
	l.doc, l.findings = understand(l.source, bytes.Clone(content), shape, opts.Limits)
	if opts.AllowEmpty && len(l.findings) == 1 && l.findings[0].Empty {
		l.doc, l.findings = nil, nil
	}
	return true
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
