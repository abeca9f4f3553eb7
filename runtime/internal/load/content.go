package load

import (
	"context"
	"crypto/sha256"
	"maps"
	"slices"

	"github.com/hotbind/hotbind/runtime/source"
)

// A Signature identifies content. The zero Signature means no content.
type Signature [sha256.Size]byte

// Content is what the sources held at one moment.
type Content struct {
	Layers    [][]byte
	Parts     []Signature // of each layer
	Signature Signature   // of all
	Blank     bool        // a file, or a source that holds text, held nothing
	blank     []bool      // the same of each layer
}

// Read reads every source. The error is a *source.Error or the cause of the end of
// ctx. Sources, migrations and types named by x-go-type run code of the application.
func (l *Loader) Read(ctx context.Context) (Content, error) {
	return l.ReadChanged(ctx, Content{}, nil)
}

// ReadChanged is Read for callers that know that only changed, names or watch paths of
// sources, differs from before. It reads the sources of files that these concern, and
// every source without files. If before is zero, or if a name belongs to no source, it
// reads all.
func (l *Loader) ReadChanged(ctx context.Context, before Content, changed []string) (Content, error) {
	var c Content
	sum := sha256.New()
	again := l.concerned(before, changed)
	for i := range l.layers {
		if again == nil || again[i] {
			src := l.layers[i].src
			content, err := l.readOne(ctx, src)
			if err != nil {
				return Content{}, &source.Error{Source: src.Name(), Cause: err}
			}
			c.add(content, Signature(sha256.Sum256(content)), isBlank(src, content))
		} else {
			c.add(before.Layers[i], before.Parts[i], before.blank[i])
		}
		sum.Write(c.Parts[i][:])
	}
	sum.Sum(c.Signature[:0])
	return c, nil
}

func (c *Content) add(content []byte, part Signature, blank bool) {
	c.Layers, c.Parts, c.blank = append(c.Layers, content), append(c.Parts, part), append(c.blank, blank)
	c.Blank = c.Blank || blank
}

// concerned reports which layers to read; nil means all.
func (l *Loader) concerned(before Content, changed []string) []bool {
	if len(before.Layers) != len(l.layers) {
		return nil
	}
	again, known := make([]bool, len(l.layers)), map[string]bool{}
	for i := range l.layers {
		src := l.layers[i].src
		set, files := src.(source.FileSet)
		names := []string{src.Name()}
		if files {
			names = append(names, set.WatchPaths()...)
		}
		again[i] = !files
		for _, name := range names {
			if slices.Contains(changed, name) {
				again[i], known[name] = true, true
			}
		}
	}
	if len(known) < len(changed) {
		return nil
	}
	return again
}

// Files returns the files that content was read from.
func (l *Loader) Files(c Content) (all []source.File) {
	for i := range l.layers {
		if set, ok := l.layers[i].src.(source.FileSet); ok {
			all = append(all, set.Files(c.Layers[i])...)
		}
	}
	return all
}

// FileState identifies the content of the files of each layer.
type FileState []layerState

type layerState struct {
	part  Signature
	files map[string]Signature
}

// FileState returns the state of the files in c. Changed lists the files whose content
// differs from before, including removed ones, in the order of the layers; all files if
// before is nil. FileState inspects only layers whose content differs.
func (l *Loader) FileState(c Content, before FileState) (now FileState, changed []string) {
	now = make(FileState, len(l.layers))
	for i := range l.layers {
		set, ok := l.layers[i].src.(source.FileSet)
		if !ok {
			continue
		}
		var was layerState
		if before != nil {
			was = before[i]
		}
		if before != nil && was.part == c.Parts[i] {
			now[i] = was
			continue
		}
		now[i] = layerState{c.Parts[i], map[string]Signature{}}
		for _, f := range set.Files(c.Layers[i]) {
			s := Signature(sha256.Sum256(f.Content))
			now[i].files[f.Path] = s
			if earlier, known := was.files[f.Path]; !known || earlier != s {
				changed = append(changed, f.Path)
			}
		}
		for _, path := range slices.Sorted(maps.Keys(was.files)) {
			if _, still := now[i].files[path]; !still {
				changed = append(changed, path)
			}
		}
	}
	return now, changed
}

// isBlank reports whether the content of a file, or of another source of text, was empty.
func isBlank(src source.Source, content []byte) bool {
	if set, ok := src.(source.FileSet); ok {
		return slices.ContainsFunc(set.Files(content), func(f source.File) bool { return len(f.Content) == 0 })
	}
	return len(content) == 0
}
