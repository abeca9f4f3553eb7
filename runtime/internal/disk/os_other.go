//go:build !unix

package disk

import (
	"io/fs"
	"os"
)

// Creating exclusively follows no link here, and reading calls Lstat first.
const noFollow = 0

// syncDir does nothing: a folder cannot be synced here, and the file system
// keeps a journal of its names.
func syncDir(string) error { return nil }

func own(*os.File, fs.FileInfo) error { return nil }

func owner(fs.FileInfo) (uid int, ok bool) { return 0, false }

func writableByOthers(fs.FileInfo) bool { return false }
