package load

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"github.com/hotbind/hotbind/runtime/source"
)

// Content is what the sources held at one moment. Its bytes are never changed. The zero
// Content means that nothing is known.
type Content struct {
	Layers [][]byte
	Blank  bool   // a file, or a source that holds text, held nothing
	blank  []bool // the same of each layer
}

// Signature returns the signature of c.
func (c Content) Signature() Signature { return Signature{layers: c.Layers} }

// Known reports whether c is not zero.
func (c Content) Known() bool { return c.Layers != nil }

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
	again := l.concerned(before, changed)
	for i := range l.layers {
		if again != nil && !again[i] {
			c.add(before.Layers[i], before.blank[i])
			continue
		}
		src := l.layers[i].src
		content, err := l.readOne(ctx, src)
		if err != nil {
			return Content{}, &source.Error{Source: src.Name(), Cause: err}
		}
		if _, files := src.(source.FileSet); !files {
			content = slices.Clone(content) // the source may use the memory again
		}
		c.add(content, isBlank(src, content))
	}
	return c, nil
}

func (c *Content) add(content []byte, blank bool) {
	c.Layers, c.blank = append(c.Layers, content), append(c.blank, blank)
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

// ChangedFiles returns the files whose content differs between before and now, including
// removed ones, in the order of the layers; all files if before is zero.
func (l *Loader) ChangedFiles(before, now Content) (changed []string) {
	for i := range l.layers {
		set, ok := l.layers[i].src.(source.FileSet)
		switch {
		case !ok:
		case !before.Known():
			changed = append(changed, changedFiles(nil, set.Files(now.Layers[i]))...)
		case !bytes.Equal(before.Layers[i], now.Layers[i]):
			changed = append(changed, changedFiles(set.Files(before.Layers[i]), set.Files(now.Layers[i]))...)
		}
	}
	return changed
}

func changedFiles(before, now []source.File) (changed []string) {
	was := make(map[string][]byte, len(before))
	for _, f := range before {
		was[f.Path] = f.Content
	}
	for _, f := range now {
		if content, known := was[f.Path]; !known || !bytes.Equal(content, f.Content) {
			changed = append(changed, f.Path)
		}
	}
	for _, f := range now {
		delete(was, f.Path)
	}
	return append(changed, slices.Sorted(maps.Keys(was))...)
}

// isBlank reports whether the content of a file, or of another source of text, was empty.
func isBlank(src source.Source, content []byte) bool {
	if set, ok := src.(source.FileSet); ok {
		return slices.ContainsFunc(set.Files(content), func(f source.File) bool { return len(f.Content) == 0 })
	}
	return len(content) == 0
}
