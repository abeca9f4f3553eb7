//go:build unix

package runtime

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// openFile opens a regular file for reading. It is os.Open without five system calls that
// try to add the file to the poller, which no regular file can be added to.
func openFile(name string) (*os.File, error) {
	for {
		fd, err := syscall.Open(name, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
		switch {
		case err == nil:
			return os.NewFile(uintptr(fd), name), nil
		case !errors.Is(err, syscall.EINTR):
			return nil, &fs.PathError{Op: "open", Path: name, Err: err}
		}
	}
}
