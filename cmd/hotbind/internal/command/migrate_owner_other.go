//go:build !unix

package command

import (
	"io/fs"
	"os"
)

// chownLike does nothing on systems without Unix file owners.
func chownLike(*os.File, fs.FileInfo) error { return nil }
