package notify

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/lines"

	rt "github.com/hotbind/hotbind/runtime"
)

// File returns a channel that appends to a file: one line of JSON per notification, as
// described by schemas/notification.schema.json. If the file is missing, it is created
// with mode 0600; its folder must exist. File follows symbolic links and refuses anything
// but a regular file. Only one process may write to the file. The default name is file.
//
// Before the file becomes too large, it is renamed and a new one is started; see
// [WithMaxSize] and [WithMaxFiles]. The name of a rotated file contains the time:
// notifications-2006-01-02T15-04-05.000000000-size.jsonl. Another program may also rotate
// the file, by renaming, removing or truncating it: the next line goes to the file that
// is then at path.
//
// Each line is one Write, so that readers never see an incomplete line, except if the disk
// is full. Then Send fails, and the line is written again for as long as RetryFor of
// [rt.ChannelOptions] allows; the incomplete line remains as a line of its own.
func File(path string, opts ...FileOption) (rt.Channel, error) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	c := &fileChannel{name: "file", path: whole, maxSize: DefaultMaxSize, maxFiles: DefaultMaxFiles}
	for _, opt := range opts {
		opt.file(c)
	}
	if err := c.open(); err != nil {
		return nil, err
	}
	return c, nil
}

type fileChannel struct {
	name     string
	path     string
	maxSize  int64
	maxFiles int

	mu     sync.Mutex
	closed bool
	f      *os.File // nil: not open
	target string   // its path, with links resolved
	size   int64    // after the last write of this channel
	torn   bool     // the last line is incomplete
}

func (c *fileChannel) Name() string { return c.name }

func (c *fileChannel) Send(ctx context.Context, n rt.Notification) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	line, err := lines.Record(n)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return rt.ErrClosed
	}
	if err := c.prepare(int64(len(line) + 1)); err != nil {
		return &RetryError{Cause: err}
	}
	if err := c.write(append(line, '\n')); err != nil {
		return &RetryError{Cause: err}
	}
	return nil
}

// prepare opens the file at path if necessary and rotates it if a line does not fit.
func (c *fileChannel) prepare(length int64) error {
	info, err := c.current()
	if err != nil {
		return err
	}
	if c.maxSize > 0 && info.Size() > 0 && info.Size()+length > c.maxSize {
		c.shut() // Windows cannot rename an open file
		if err := (rotation{c.target, c.maxFiles, info.Mode().Perm()}).rotate(time.Now()); err != nil {
			return err
		}
		if info, err = c.current(); err != nil {
			return err
		}
	}
	if info.Size() != c.size { // another program has written or truncated it
		c.size = info.Size()
		c.torn = !endsLine(c.target, c.size)
	}
	return nil
}

// current returns the file at path and opens it if it was replaced.
func (c *fileChannel) current() (fs.FileInfo, error) {
	if c.f != nil {
		there, err := os.Stat(c.path)
		if err == nil {
			if info, err := c.f.Stat(); err == nil && os.SameFile(there, info) {
				return info, nil
			}
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	if err := c.open(); err != nil {
		return nil, err
	}
	return c.f.Stat()
}

// open opens the file at path and closes the previous one.
func (c *fileChannel) open() error {
	c.shut()
	target, err := c.resolve()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(target, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		err = regular(target, info)
	}
	if err != nil {
		f.Close()
		return err
	}
	c.f, c.target, c.size = f, target, info.Size()
	c.torn = !endsLine(target, c.size)
	return nil
}

// resolve returns the path of the file behind links. It checks the file before it is
// opened: opening a named pipe would wait for a reader.
func (c *fileChannel) resolve() (string, error) {
	info, err := os.Lstat(c.path)
	if errors.Is(err, fs.ErrNotExist) {
		return c.path, nil
	}
	target := c.path
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		// Refuse a dangling link: it may lead into a folder of another user.
		if target, err = filepath.EvalSymlinks(c.path); err == nil {
			info, err = os.Stat(target)
		}
	}
	if err != nil {
		return "", err
	}
	return target, regular(target, info)
}

func regular(path string, info fs.FileInfo) error {
	if info.Mode().IsRegular() {
		return nil
	}
	return fmt.Errorf("%s is not a regular file: %v", path, info.Mode())
}

// endsLine reports whether a file ends with a newline. If it cannot be read the answer is
// no, which adds an empty line at worst.
func endsLine(path string, size int64) bool {
	if size == 0 {
		return true
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	var last [1]byte
	_, err = f.ReadAt(last[:], size-1)
	return err == nil && last[0] == '\n'
}

// write appends a line, after a newline if the line before is incomplete.
func (c *fileChannel) write(line []byte) error {
	if c.torn {
		line = append([]byte{'\n'}, line...)
	}
	n, err := c.f.Write(line)
	if n > 0 {
		c.size += int64(n)
		c.torn = line[n-1] != '\n'
	}
	return err
}

func (c *fileChannel) shut() {
	if c.f != nil {
		c.f.Close()
		c.f = nil
	}
}

// Close closes the file. Further calls do nothing.
func (c *fileChannel) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.f == nil {
		c.closed = true
		return nil
	}
	c.closed = true
	return c.f.Close()
}
