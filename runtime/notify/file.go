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

// File returns a channel that appends to a file: a line of JSON for each notification,
// as schemas/notification.schema.json describes it. The file is made, with mode 0600,
// where it is missing; its folder must exist. Where path is a symbolic link, the file
// that it leads to is meant. What is no regular file is refused. One process may write
// to a file. The name is file.
//
// When the file would become too large it is renamed, and a new one is begun; see
// [WithMaxSize] and [WithMaxFiles]. The name of a rotated file has the time in it:
// notifications-2006-01-02T15-04-05.000000000-size.jsonl. The file may also be
// rotated from outside, by renaming, removing or truncating it: the next line goes
// into the file that is then at path.
//
// A line is one Write, so that another reader never sees the beginning of one without
// its end, unless the disk is full. Then Send fails and the line is written
// again, for as long as RetryFor of [rt.ChannelOptions] allows; the incomplete one stays on
// a line of its own.
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
	f      *os.File // nil: it has to be opened
	target string   // its name, which is no link
	size   int64    // as this channel left it
	torn   bool     // the last line has no end
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

// prepare sees that what is at path is open and has room for a line.
func (c *fileChannel) prepare(length int64) error {
	info, err := c.current()
	if err != nil {
		return err
	}
	if c.maxSize > 0 && info.Size() > 0 && info.Size()+length > c.maxSize {
		c.shut() // which Windows wants before a file is renamed
		if err := (rotation{c.target, c.maxFiles, info.Mode().Perm()}).rotate(time.Now()); err != nil {
			return err
		}
		if info, err = c.current(); err != nil {
			return err
		}
	}
	if info.Size() != c.size { // somebody else has written or truncated it
		c.size = info.Size()
		c.torn = !endsLine(c.target, c.size)
	}
	return nil
}

// current is the file at path, which is opened where it is another one than before.
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

// open opens the file at path in the place of the one before.
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

// resolve is the name of the file at path. It is looked at before it is opened: to
// open a named pipe would wait for a reader.
func (c *fileChannel) resolve() (string, error) {
	info, err := os.Lstat(c.path)
	if errors.Is(err, fs.ErrNotExist) {
		return c.path, nil
	}
	target := c.path
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		// One that leads nowhere is refused: it may lead into a folder of others.
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
	return fmt.Errorf("%s is no regular file but %v", path, info.Mode())
}

// endsLine reports whether a file ends where a line does. Where that cannot be seen a
// line too many is ended.
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

// write appends a line; where the one before has no end, that first.
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

// Close closes the file. The second call does nothing.
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
