package engine

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/hotbind/hotbind/runtime/internal/journal"
)

// mostFolders bounds how many folders below a watch path are followed.
const mostFolders = 1000

// withFolders adds to watch paths the folders below them. Folders whose names are
// ignored, and links to folders, are left out.
func (e *Engine) withFolders(paths []string) []string {
	all := slices.Clone(paths)
	for _, path := range paths {
		all = append(all, e.foldersBelow(path, mostFolders)...)
	}
	return all
}

// foldersBelow returns at most so many folders at any depth below path, which may be a
// file or missing.
func (e *Engine) foldersBelow(path string, most int) (folders []string) {
	// What cannot be read is not followed; the next reading tries again.
	_ = filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fs.SkipDir
		case !entry.IsDir() || name == path:
			return nil
		case matchesAny(e.opts.IgnorePatterns, entry.Name()):
			return fs.SkipDir
		case len(folders) == most:
			return fs.SkipAll
		}
		folders = append(folders, name)
		return nil
	})
	return folders
}

// admits reports whether a file in a followed folder counts. A folder in it does where
// those are followed too.
func (e *Engine) admits(path string) bool {
	name := filepath.Base(path)
	if matchesAny(e.opts.IgnorePatterns, name) {
		return false
	}
	return matchesAny(e.opts.FilePatterns, name) || e.opts.Subfolders && isFolder(path)
}

func isFolder(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.IsDir()
}

// matchesAny reports whether one of patterns, which were checked when opening, matches.
func matchesAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		ok, _ := filepath.Match(pattern, name)
		return ok
	})
}

// tellFolders warns of a watch path with folders that are not followed.
func (e *Engine) tellFolders(path string) {
	if !e.opts.Subfolders && len(e.foldersBelow(path, 1)) > 0 {
		e.journal.Note(journal.Warn("the folders below a watch path are not followed without WithSubfolders", "path", path))
	}
}
