package watch

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/fsnotify/fsnotify"
)

// explain adds the limit that was reached to an error of the system, whose own text ("no
// space left on device") is misleading.
func explain(err error) error {
	if !inotify {
		return err
	}
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("the limit fs.inotify.max_user_watches is reached, raise it: %w", err)
	case errors.Is(err, syscall.EMFILE):
		return fmt.Errorf("the limit fs.inotify.max_user_instances or the limit of open files is reached, raise it: %w", err)
	}
	return err
}

// report handles an error of the backend.
func (b *inbox) report(err error) {
	switch {
	case errors.Is(err, fsnotify.ErrEventOverflow):
		b.lose()
	case errors.Is(err, syscall.EINVAL), errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		// A watched folder or file was removed before the backend could watch it.
		b.rearm()
	default:
		// The backend would repeat it endlessly.
		b.crash(fmt.Errorf("watch: %w", err))
	}
}
