package watch

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// inotify reports whether the system watches a folder at the cost of one small kernel
// object. Other systems open every file of a watched folder or prevent its renaming, so
// there only necessary folders are watched.
const inotify = runtime.GOOS == "linux"

// maxLinks is the largest number of links to follow, as in the kernel.
const maxLinks = 40

// reach is the number of folders watched for each relevant name: the folder of the name,
// which must be watched, and folders above it, because the replacement of a folder shows
// best in the one above. Three cover folders that are deployed as one. Watching up to the
// root would wake the watcher for writes all over the machine and gain only renames that
// nobody makes.
func reach() int {
	if inotify {
		return 3
	}
	return 1
}

// A chain is the resolution of a path at one moment.
type chain struct {
	names  []string // every name that was looked up; the last one may not exist
	places []place  // the places to watch
	final  string   // the file at the end, "" when there is none
	folder string   // the folder at the end, "" when there is none
	info   os.FileInfo
}

// A place is a folder or file to watch.
type place struct {
	path   string
	info   os.FileInfo
	needed bool // false if it only widens the view
}

// equal reports whether both chains lead over the same folders to the same file.
func (c chain) equal(d chain) bool {
	samePlace := func(p, q place) bool {
		return p.path == q.path && p.needed == q.needed && os.SameFile(p.info, q.info)
	}
	return c.final == d.final && c.folder == d.folder &&
		(c.final == "" || os.SameFile(c.info, d.info)) &&
		slices.Equal(c.names, d.names) &&
		slices.EqualFunc(c.places, d.places, samePlace)
}

// follow looks up an absolute path name by name. A missing name, a file in place of a
// folder and a circle of links end the chain early: then the folder of the last name is
// the place to watch.
func follow(path string, lstat func(string) (os.FileInfo, error)) chain {
	w := walk{folders: map[string]os.FileInfo{}, lstat: lstat}
	w.enter(path)
	for len(w.todo) > 0 {
		if !w.step() {
			return w.chain
		}
	}
	w.end(w.at)
	return w.chain
}

// A walk is the state of following a chain.
type walk struct {
	chain   chain
	at      string                 // the folder reached, free of links
	folders map[string]os.FileInfo // every folder passed
	todo    []string               // the elements still to be followed
	lstat   func(string) (os.FileInfo, error)
	links   int
}

// enter prepends the elements of path to those that are still to be followed. An absolute
// path starts again at the root.
func (w *walk) enter(path string) {
	volume := filepath.VolumeName(path)
	rest := path[len(volume):]
	if rest != "" && os.IsPathSeparator(rest[0]) {
		if volume == "" {
			volume = filepath.VolumeName(w.at)
		}
		w.at = volume + string(filepath.Separator)
		if info, err := w.lstat(w.at); err == nil {
			w.folders[w.at] = info
		}
	}
	elements := strings.FieldsFunc(rest, func(r rune) bool {
		return r < 0x80 && os.IsPathSeparator(uint8(r))
	})
	w.todo = append(elements, w.todo...)
}

// step follows one element and reports whether the walk continues.
func (w *walk) step() bool {
	name := w.todo[0]
	w.todo = w.todo[1:]
	switch name {
	case ".":
		return true
	case "..":
		w.at = filepath.Dir(w.at)
		return true
	}
	path := filepath.Join(w.at, name)
	w.chain.names = append(w.chain.names, path)
	info, err := w.lstat(path)
	switch {
	case err != nil:
		w.watch(w.at)
		return false
	case info.Mode()&os.ModeSymlink != 0:
		return w.stepLink(path)
	case len(w.todo) == 0:
		w.finish(path, info)
		return false
	}
	return w.stepInto(path, info)
}

func (w *walk) stepLink(path string) bool {
	w.watch(w.at)
	target, err := os.Readlink(path)
	w.links++
	if err != nil || w.links > maxLinks {
		return false
	}
	w.enter(target)
	return true
}

func (w *walk) stepInto(path string, info os.FileInfo) bool {
	if !info.IsDir() {
		// A mount point of Windows is a folder only if it is followed.
		followed, err := os.Stat(path)
		if err != nil || !followed.IsDir() {
			w.watch(w.at)
			return false
		}
		info = followed
	}
	w.at = path
	w.folders[path] = info
	return true
}

// end ends the chain at a folder, whose entries are watched too.
func (w *walk) end(folder string) {
	w.chain.folder = folder
	w.watch(folder)
}

func (w *walk) finish(path string, info os.FileInfo) {
	if info.IsDir() {
		w.folders[path] = info
		w.end(path)
		return
	}
	w.watch(w.at)
	w.chain.final, w.chain.info = path, info
	if inotify && info.Mode().IsRegular() {
		// The folder's watch is silent when the file is written through another
		// of its names, a hard link or the mount of a single file.
		w.chain.places = append(w.chain.places, place{path: path, info: info})
	}
}

// watch adds a watch of folder and of the folders above it within reach.
func (w *walk) watch(folder string) {
	for level := range reach() {
		w.want(place{path: folder, info: w.folders[folder], needed: level == 0})
		above := filepath.Dir(folder)
		if above == folder {
			return
		}
		folder = above
	}
}

func (w *walk) want(p place) {
	for i := range w.chain.places {
		if have := &w.chain.places[i]; have.path == p.path {
			have.needed = have.needed || p.needed
			return
		}
	}
	w.chain.places = append(w.chain.places, p)
}

// lstat reads the identity of the file at once. Windows would otherwise read it by path
// when it is first compared.
func lstat(path string) (os.FileInfo, error) {
	info, err := os.Lstat(path)
	if err == nil {
		os.SameFile(info, info)
	}
	return info, err
}
