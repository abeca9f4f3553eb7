package watch

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Folders returns folders at any depth below path, at most as many as most. The path
// may be a file or missing. Folders whose names match an ignored pattern, and links to
// folders, are left out.
func Folders(path string, ignored []string, most int) (folders []string) {
	// An unreadable folder is not followed; the next reading tries again.
	_ = filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fs.SkipDir
		case !entry.IsDir() || name == path:
			return nil
		case Matches(ignored, entry.Name()):
			return fs.SkipDir
		case len(folders) == most:
			return fs.SkipAll
		}
		folders = append(folders, name)
		return nil
	})
	return folders
}

// IsFolder reports whether path is a folder. A link to a folder is none.
func IsFolder(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.IsDir()
}

// Matches reports whether one of the patterns of filepath.Match, which must be valid,
// matches name.
func Matches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		ok, _ := filepath.Match(pattern, name)
		return ok
	})
}
