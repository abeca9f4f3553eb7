package limit

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"syscall"

	"github.com/hotbind/hotbind/bench/plain"
)

// Follow calls changed with the new content after each replacement of a file by rename.
// Content that cannot be read is skipped.
func Follow(path string, changed func(*plain.Service)) (stop func(), err error) {
	fd, err := syscall.InotifyInit1(syscall.IN_CLOEXEC | syscall.IN_NONBLOCK)
	if err != nil {
		return nil, err
	}
	// The runtime polls the descriptor, so that no thread waits.
	events := os.NewFile(uintptr(fd), "inotify")
	if _, err := syscall.InotifyAddWatch(fd, filepath.Dir(path), syscall.IN_MOVED_TO|syscall.IN_ONLYDIR); err != nil {
		events.Close()
		return nil, err
	}
	go func() {
		buf := make([]byte, 4096)
		name := []byte(filepath.Base(path))
		for {
			n, err := events.Read(buf)
			if err != nil {
				return // closed
			}
			if names(buf[:n], name) {
				if c, err := Load(path); err == nil {
					changed(c)
				}
			}
		}
	}()
	return func() { events.Close() }, nil
}

// names reports whether an event is for the name. An event has a header of 16 bytes, which
// ends with the length of the name, and the name, which zeros fill up.
func names(events, name []byte) bool {
	for len(events) >= syscall.SizeofInotifyEvent {
		end := syscall.SizeofInotifyEvent + int(binary.NativeEndian.Uint32(events[12:]))
		if bytes.Equal(bytes.TrimRight(events[syscall.SizeofInotifyEvent:end], "\x00"), name) {
			return true
		}
		events = events[end:]
	}
	return false
}
