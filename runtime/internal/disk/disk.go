// Package disk writes files atomically: after a crash of the process or the machine, each
// file is old or new and never something in between.
//
// It reaches the file system through [FS], which has only the operations that this needs.
// A test can fail each of them, stop at each of them, or lose what was not synced; see
// package disktest.
package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
)

// An FS is a file system. Paths are those of the operating system. Errors match those of
// io/fs.
type FS interface {
	// Mkdir makes a folder with mode 0700, whatever the umask.
	Mkdir(path string) error
	// OpenNew creates a file with mode 0600, whatever the umask. It fails with
	// fs.ErrExist if anything is at path, even a dangling symbolic link.
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
	// Resolve returns an existing path without symbolic links.
	Resolve(path string) (string, error)
	// SyncDir makes the names in a folder last, where the system can.
	SyncDir(path string) error
	// Lock takes the lock for the file at path, which it creates if it is missing. The
	// system releases the lock when the process ends, however it ends. Lock fails with
	// [ErrLocked] if another process holds the lock.
	Lock(path string) (Lock, error)
}

// A Lock is held until it is closed.
type Lock interface {
	// Held reports whether the locked file is still the one at its path: a lock on a
	// removed file keeps nobody out.
	Held() bool
	io.Closer
}

// A File is a new file that is written.
type File interface {
	io.Writer
	Chmod(mode fs.FileMode) error
	// Own gives the file the owner and the group of another one, where the system has
	// them.
	Own(like fs.FileInfo) error
	Sync() error
	Close() error
}

// ErrLocked is returned by [FS] Lock while another one holds the lock.
var ErrLocked = errors.New("locked by another process")

// A NotRegular is the error for anything but a regular file.
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

// IsTemp reports whether name, without its folder, is that of a file or folder that this
// package was writing.
func IsTemp(name string) bool {
	return strings.HasPrefix(name, tempPrefix) && strings.HasSuffix(name, tempSuffix)
}

// failure returns err as a failed operation on path, without the operation and the paths
// in err: a temporary name would mean nothing to a reader.
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
