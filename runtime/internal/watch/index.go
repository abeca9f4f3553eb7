package watch

import (
	"path/filepath"
	"runtime"
	"strings"
)

// An index finds the watched paths that a name on the disk matters to. It is
// not changed once made, so it may be read without a lock.
type index struct {
	names   map[string][]use
	folders map[string][]use // for the names directly below them
	admits  func(path string) bool
}

// A use is the role of a name for one watched path.
type use struct {
	path  string // as given
	final bool   // the name is the file itself, so writing to it matters
}

// newIndex lists the names of all chains under every name that the backend may
// report them by.
func newIndex(chains map[string]chain, armed map[string]watch, admits func(path string) bool) index {
	ix := index{names: map[string][]use{}, folders: map[string][]use{}, admits: admits}
	for path, c := range chains {
		for _, name := range c.names {
			u := use{path: path, final: name == c.final}
			ix.add(name, u)
			if at, ok := armed[name]; ok && at.reported != name {
				ix.add(at.reported, u)
			}
			folder := filepath.Dir(name)
			if at, ok := armed[folder]; ok && at.reported != folder {
				ix.add(filepath.Join(at.reported, filepath.Base(name)), u)
			}
		}
		if c.folder != "" {
			ix.addFolder(c.folder, path)
			if at, ok := armed[c.folder]; ok && at.reported != c.folder {
				ix.addFolder(at.reported, path)
			}
		}
	}
	return ix
}

func (ix index) add(name string, u use) { ix.names[fold(name)] = append(ix.names[fold(name)], u) }

func (ix index) addFolder(folder, path string) {
	ix.folders[fold(folder)] = append(ix.folders[fold(folder)], use{path: path, final: true})
}

// uses returns the uses of a name, folded.
func (ix index) uses(name string) []use {
	uses := ix.names[name]
	below := ix.folders[filepath.Dir(name)]
	if len(below) == 0 || ix.admits != nil && !ix.admits(name) {
		return uses
	}
	return append(uses[:len(uses):len(uses)], below...)
}

// fold returns a path for comparing names. Systems that ignore case may report another
// spelling.
func fold(path string) string {
	path = filepath.Clean(path)
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return strings.ToLower(path)
	}
	return path
}

// within reports whether path is name or lies below it, both folded.
func within(path, name string) bool {
	return path == name || strings.HasPrefix(path, name+string(filepath.Separator))
}
