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
	// Rename moves a file to another path, replacing a file there, or a folder to a free
	// path.
	Rename(from, to string) error
	// Remove removes a file or an empty folder.
	Remove(path string) error
	// ReadFile reads a regular file. It fails for anything else, including a symbolic link;
	// see [NotRegular].
	ReadFile(path string) ([]byte, error)
	// ReadDir lists a folder, ordered by name.
	ReadDir(path string) ([]fs.DirEntry, error)
	Lstat(path string) (fs.FileInfo, error)
	Readlink(path string) (string, error)
	// Resolve returns path with its symbolic links resolved. The path must exist.
	Resolve(path string) (string, error)
	// SyncDir syncs the names in a folder, where the system can.
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

// A File is a new file that is open for writing.
type File interface {
	io.Writer
	Chmod(mode fs.FileMode) error
	// Own sets the owner and group of the file to those of like, where the system has them.
	Own(like fs.FileInfo) error
	Sync() error
	Close() error
}

// ErrLocked is the error of [FS] Lock while another process holds the lock.
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

// Temporary names begin and end like this.
const (
	tempPrefix = ".hotbind-"
	tempSuffix = ".tmp"
)

// IsTemp reports whether name, without its folder, is a temporary name of this package.
func IsTemp(name string) bool {
	return strings.HasPrefix(name, tempPrefix) && strings.HasSuffix(name, tempSuffix)
}

// failure returns err as the error of op on path. It drops the operation and the paths in
// err, because a temporary name means nothing to a reader.
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
