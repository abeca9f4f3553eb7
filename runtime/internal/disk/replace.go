package disk

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Replace gives a user's file new content as [Write] does. It follows symbolic links,
// which stay links, and replaces their target. An existing file keeps its mode and, where
// the system has them, its owner and group; Replace fails rather than change one of them.
// A missing file is created with this mode. Replace refuses anything but a regular file.
func Replace(files FS, path string, content []byte, mode fs.FileMode) error {
	target, info, err := follow(files, path)
	if err != nil {
		return err
	}
	if info != nil {
		mode = info.Mode() & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky)
	}
	mark := markOf(target)
	clearMarked(files, filepath.Dir(target), mark)
	return replace(files, target, content, mode, info, mark)
}

// Replaceable returns the error with which [Replace] would refuse path before it
// writes anything.
func Replaceable(files FS, path string) error {
	_, _, err := follow(files, path)
	return err
}

// maxLinks is the largest number of links in a row; Linux allows as many.
const maxLinks = 40

// follow resolves the links of path. It returns the path of the file and its description,
// which is nil if the file does not exist yet.
func follow(files FS, path string) (string, fs.FileInfo, error) {
	at := path
	for range maxLinks {
		// Split, not Dir, which would turn a/../b into b even if a is a link.
		dir, name := filepath.Split(at)
		if dir == "" {
			dir = "."
		}
		dir, err := files.Resolve(dir)
		if err != nil {
			return "", nil, failure("write", path, err)
		}
		at = filepath.Join(dir, name)
		info, err := files.Lstat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return at, nil, nil
		case err != nil:
			return "", nil, failure("write", path, err)
		case info.Mode().IsRegular():
			return at, info, nil
		case info.Mode()&fs.ModeSymlink == 0:
			return "", nil, failure("write", path, &NotRegular{info.Mode()})
		}
		link, err := files.Readlink(at)
		if err != nil {
			return "", nil, failure("write", path, err)
		}
		if at = link; !filepath.IsAbs(link) {
			at = dir + string(os.PathSeparator) + link
		}
	}
	return "", nil, failure("write", path, errors.New("too many symbolic links"))
}

// markOf returns the part of temporary names that identifies their target. With it, the
// files of a killed process can be removed without touching those for other targets.
func markOf(target string) string {
	sum := sha256.Sum256([]byte(filepath.Base(target)))
	return hex.EncodeToString(sum[:8]) + "-"
}

// clearMarked removes files that a killed process left for the same target. It ignores
// errors, because such files do no harm.
func clearMarked(files FS, folder, mark string) {
	entries, _ := files.ReadDir(folder)
	for _, e := range entries {
		if IsTemp(e.Name()) && strings.HasPrefix(e.Name(), tempPrefix+mark) {
			files.Remove(filepath.Join(folder, e.Name()))
		}
	}
}
