package engine

import (
	"context"
	"crypto/sha256"
	"errors"
	"runtime/debug"
	"slices"
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

// A reading is what the sources held at one moment.
type reading struct {
	layers    [][]byte
	parts     []signature // of each layer
	signature signature   // of all
	blank     bool        // a file, or a source that holds text, held nothing
}

// isBlank reports whether content is that of a file, or of a source that holds text,
// which held nothing.
func isBlank(source rt.Source, content []byte) bool {
	if set, ok := source.(rt.FileSet); ok {
		return slices.ContainsFunc(set.Files(content), func(f rt.FileContent) bool { return len(f.Content) == 0 })
	}
	return len(content) == 0
}

// readOnce reads every source. Whoever calls it, or judges what was read, is within
// the caller: sources, migrations and types named by x-go-type run code of the
// application, which may ask the engine for anything.
func (e *Engine) readOnce(ctx context.Context) (reading, error) {
	var c reading
	sum := sha256.New()
	for i := range e.layers {
		source := e.layers[i].source
		content, err := read(ctx, source)
		if err != nil {
			return reading{}, &rt.SourceError{Source: source.Name(), Cause: err}
		}
		part := signature(sha256.Sum256(content))
		c.layers, c.parts = append(c.layers, content), append(c.parts, part)
		c.blank = c.blank || isBlank(source, content)
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
func (e *Engine) readTwice(ctx context.Context, pause time.Duration) (reading, error) {
	first, err := e.readOnce(ctx)
	if err != nil {
		return reading{}, err
	}
	if err := sleep(ctx, pause); err != nil {
		return reading{}, err
	}
	second, err := e.readOnce(ctx)
	if err != nil {
		return reading{}, err
	}
	if first.signature != second.signature {
		return reading{}, errUnstable
	}
	return second, nil
}

// readStable reads until the content holds still, at most the maximum wait. An
// empty file is given the settle time to fill: that is how one looks that is
// just being saved.
func (e *Engine) readStable(ctx context.Context) (reading, error) {
	start := time.Now()
	for {
		c, err := e.readTwice(ctx, 0)
		unstable := errors.Is(err, errUnstable) && time.Since(start) < e.opts.MaxWait
		filling := err == nil && c.blank && time.Since(start) < e.opts.Settle
		if !unstable && !filling {
			return c, err
		}
		if err := sleep(ctx, max(e.opts.Debounce, minPause)); err != nil {
			return reading{}, err
		}
	}
}

// minPause is the shortest time between two reads that are to tell whether
// somebody is writing: as long as an event may take to arrive.
const minPause = 10 * time.Millisecond
