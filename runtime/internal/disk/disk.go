// Package disk writes files so that each is old or new and never something
// between, whatever stops the process or the machine.
//
// It reaches the file system through [FS], which has the operations that takes
// and no others, so that a test can fail each of them, stop at each of them, or
// forget what was not synced; package disktest does so.
package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
)

// An FS is a file system. Paths are those of the operating system. Errors match
// those of io/fs with errors.Is.
type FS interface {
	// Mkdir makes a folder with mode 0700, whatever the umask.
	Mkdir(path string) error
	// OpenNew makes a file with mode 0600, whatever the umask. Where something
	// is already, be it a symbolic link to nowhere, it fails with fs.ErrExist.
	OpenNew(path string) (File, error)
	// Rename puts a file in the place of to, or a folder where nothing is.
	Rename(from, to string) error
	// Remove removes a file or an empty folder.
	Remove(path string) error
	// ReadFile reads a regular file. It follows no symbolic link at path and
	// refuses everything else, see [NotRegular].
	ReadFile(path string) ([]byte, error)
	// ReadDir lists a folder, ordered by name.
	ReadDir(path string) ([]fs.DirEntry, error)
	Lstat(path string) (fs.FileInfo, error)
	Readlink(path string) (string, error)
	// Resolve returns the path without symbolic links of what exists at path.
	Resolve(path string) (string, error)
	// SyncDir makes the names in a folder last, where the system can.
	SyncDir(path string) error
	// Lock takes the lock that the file at path stands for, and makes the file
	// where there is none. The system releases it when the process ends, in
	// whatever way. Another holder makes it fail with [ErrLocked].
	Lock(path string) (Lock, error)
}

// A Lock is held until it is closed.
type Lock interface {
	// Held reports whether the file it was taken on is still the one at its path:
	// nobody is kept off by a file that was removed.
	Held() bool
	io.Closer
}

// A File is a new file that is written.
type File interface {
	io.Writer
	Chmod(mode fs.FileMode) error
	// Own gives the file the owner and the group of another one, where the
	// system knows of them.
	Own(like fs.FileInfo) error
	Sync() error
	Close() error
}

// ErrLocked is returned by [FS] Lock while another one holds the lock.
var ErrLocked = errors.New("locked by another process")

// A NotRegular reports what is no regular file, with its kind in words.
type NotRegular struct{ Mode fs.FileMode }

func (e *NotRegular) Error() string {
	kind := "a special file"
	switch {
	case e.Mode.IsDir():
		kind = "a folder"
	case e.Mode&fs.ModeSymlink != 0:
		kind = "a symbolic link"
	case e.Mode&fs.ModeNamedPipe != 0:
		kind = "a named pipe"
	case e.Mode&fs.ModeSocket != 0:
		kind = "a socket"
	case e.Mode&fs.ModeDevice != 0:
		kind = "a device"
	}
	return "is " + kind + ", not a regular file"
}

// Names of files and folders that are being written begin and end like this.
const (
	tempPrefix = ".hotbind-"
	tempSuffix = ".tmp"
)

// IsTemp reports whether name, without its folder, is that of something that
// was being written by this package.
func IsTemp(name string) bool {
	return strings.HasPrefix(name, tempPrefix) && strings.HasSuffix(name, tempSuffix)
}

// failure is err as a failed operation on path, without the operation and the
// paths that the system names: a temporary name would tell a reader nothing.
func failure(op, path string, err error) error {
	if err == nil {
		return nil
	}
	var pathErr *fs.PathError
	var linkErr *os.LinkError
	switch {
	case errors.As(err, &pathErr):
		err = pathErr.Err
	case errors.As(err, &linkErr):
		err = linkErr.Err
	}
	return &fs.PathError{Op: op, Path: path, Err: err}
}
