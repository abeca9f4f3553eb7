package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/disk"

	rt "github.com/hotbind/hotbind/runtime"
)

// ErrTampered matches the error for a log that was tampered with.
var ErrTampered = errors.New("the audit log was tampered with")

// A Log is an open audit log. It is safe for concurrent use.
type Log struct {
	path string
	open func(path string) (file, error)

	mu     sync.Mutex
	lock   disk.Lock
	file   file // nil: the next line opens it
	head   head
	mended bool
	torn   *int64 // size of the file before a line that could not be removed, or nil
}

// A file is the part of os.File that a log needs.
type file interface {
	io.WriteCloser
	Sync() error
	Truncate(size int64) error
	Stat() (fs.FileInfo, error)
}

// A head is the number and hash of the last line of a chain.
type head struct {
	Seq  uint64 `json:"seq"`
	Hash string `json:"hash"`
}

// Open opens the log at path and continues its chain. It creates the file if it is
// missing. It fails if another process has the log open, if the end of the log was changed
// ([ErrTampered]), or if the log cannot be written.
func Open(path string) (*Log, error) { return openWith(path, openFile) }

func openWith(path string, open func(string) (file, error)) (*Log, error) {
	if err := mustBeRegular(path); err != nil {
		return nil, err
	}
	lock, err := disk.OS().Lock(path + ".lock")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	l := &Log{path: path, open: open, lock: lock}
	if err := l.goOn(); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// mustBeRegular refuses anything but a regular file, such as a pipe, which may have no
// end or no reader.
func mustBeRegular(path string) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s: %w", path, &disk.NotRegular{Mode: info.Mode()})
	}
	return nil
}

// Mended reports whether Open removed an incomplete last line, left by a process that was
// stopped while it wrote.
func (l *Log) Mended() bool { return l.mended }

// openFile opens a log for appending.
func openFile(path string) (file, error) {
	return os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
}

// readHead reads FILE.head; a log without one is new.
func readHead(path string) (h head, err error) {
	text, err := os.ReadFile(path + ".head")
	if errors.Is(err, fs.ErrNotExist) {
		return head{}, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &h)
	}
	if err != nil {
		return head{}, fmt.Errorf("%s.head: %w", path, err)
	}
	return h, nil
}

// goOn opens the file and finds the end of the chain: the last line of the file, or the
// head if the file was rotated. After a crash the head may be one line behind.
func (l *Log) goOn() (err error) {
	if l.head, err = readHead(l.path); err != nil {
		return err
	}
	line, whole, err := lastLine(l.path)
	if err != nil {
		return err
	}
	if !whole {
		if line, err = l.mend(line); err != nil {
			return err
		}
	}
	if len(line.text) == 0 {
		return l.reopen()
	}
	last, err := parse(line.text)
	switch {
	case err != nil:
		return fmt.Errorf("%s: the last line: %w", l.path, err)
	case last.Seq < l.head.Seq, last.Seq == l.head.Seq && last.Hash != l.head.Hash:
		return fmt.Errorf("%s: %w: it ends with line %d, but line %d was written", l.path, ErrTampered, last.Seq, l.head.Seq)
	}
	l.head = head{last.Seq, last.Hash}
	return l.reopen()
}

// mend makes the log end with a complete line and returns that line. It removes only the
// incomplete line of a stopped process; a file that does not end like a log stays as it
// is.
func (l *Log) mend(torn textLine) (textLine, error) {
	if last, err := parse(torn.text); err == nil && last.Seq >= l.head.Seq {
		l.mended = true
		return torn, l.completed() // only the newline is missing
	}
	before, err := lineBefore(l.path, torn.from)
	if err != nil {
		return textLine{}, err
	}
	before.text = bytes.TrimSuffix(before.text, []byte("\n"))
	if len(before.text) > 0 {
		if _, err := parse(before.text); err != nil {
			return textLine{}, fmt.Errorf("%s: the last whole line: %w", l.path, err)
		}
	} else if l.head.Seq == 0 && !bytes.HasPrefix(torn.text, []byte(`{"seq":1,`)) {
		return textLine{}, fmt.Errorf("%s: not an audit log", l.path)
	}
	if err := os.Truncate(l.path, torn.from); err != nil {
		return textLine{}, fmt.Errorf("%s: %w", l.path, err)
	}
	l.mended = true
	return before, nil
}

// completed adds the newline to the last line.
func (l *Log) completed() error {
	f, err := openFile(l.path)
	if err != nil {
		return err
	}
	_, err = f.Write([]byte("\n"))
	return errors.Join(err, f.Sync(), f.Close())
}

// A textLine is a line of a file and its offset.
type textLine struct {
	text []byte
	from int64
}

// lastLine returns the last line of a file without its newline. Whole reports whether the
// line has a newline or the file is empty.
func lastLine(path string) (line textLine, whole bool, err error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return textLine{}, true, nil
	}
	if err != nil {
		return textLine{}, false, err
	}
	line, err = lineBefore(path, info.Size())
	text, ended := bytes.CutSuffix(line.text, []byte("\n"))
	return textLine{text, line.from}, ended || len(line.text) == 0, err
}

// longestLine is the maximum length of a line when reading; written lines are far shorter.
const longestLine = 4 << 20

// lineBefore returns the line that ends at an offset, with its newline if it has one.
func lineBefore(path string, end int64) (textLine, error) {
	f, err := os.Open(path)
	if err != nil {
		return textLine{}, err
	}
	defer f.Close()
	from := max(0, end-longestLine)
	tail := make([]byte, end-from)
	if _, err := f.ReadAt(tail, from); err != nil {
		return textLine{}, err
	}
	if len(tail) == 0 {
		return textLine{}, nil
	}
	// The newline of the line before, which is not the last byte.
	if at := bytes.LastIndexByte(tail[:len(tail)-1], '\n'); at >= 0 {
		return textLine{tail[at+1:], from + int64(at) + 1}, nil
	}
	if from > 0 {
		return textLine{}, fmt.Errorf("%s: not an audit log: a line is longer than %d bytes", path, longestLine)
	}
	return textLine{tail, from}, nil
}

// reopen opens the file that now has the name of the log.
func (l *Log) reopen() (err error) {
	if l.file != nil {
		l.file.Close()
		l.file = nil
	}
	if err := mustBeRegular(l.path); err != nil {
		return err
	}
	if l.file, err = l.open(l.path); err != nil {
		l.file = nil
	}
	return err
}

// Append writes the line of a decision and sets Seq, Time and the hashes itself. After it
// returns nil, the line is on disk. After an error the line is not in the log, or is
// removed before the next line is written.
func (l *Log) Append(r rt.AuditRecord) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lock == nil {
		return fs.ErrClosed
	}
	if !l.isCurrent() {
		l.torn = nil
		if err := l.reopen(); err != nil {
			return err
		}
	}
	if l.torn != nil {
		if err := l.takeBack(*l.torn); err != nil {
			return err
		}
	}
	r.Seq, r.Time, r.PreviousHash = l.head.Seq+1, time.Now().UTC(), l.head.Hash
	line, hash, err := sealed(r)
	if err != nil {
		return err
	}
	return l.write(append(line, '\n'), head{r.Seq, hash})
}

// isCurrent reports whether the open file still has the name of the log, that is, whether
// it was not rotated.
func (l *Log) isCurrent() bool {
	if l.file == nil {
		return false
	}
	named, err := os.Stat(l.path)
	if err != nil {
		return false
	}
	open, err := l.file.Stat()
	return err == nil && os.SameFile(named, open)
}

// write appends a line and records it as the end of the chain, or leaves both unchanged.
func (l *Log) write(line []byte, after head) error {
	info, err := l.file.Stat()
	if err != nil {
		return err
	}
	_, err = l.file.Write(line)
	if err == nil {
		err = l.file.Sync()
	}
	if err == nil {
		err = l.writeHead(after)
	}
	if err != nil {
		return errors.Join(err, l.takeBack(info.Size()))
	}
	l.head = after
	return nil
}

// takeBack removes an incomplete line.
func (l *Log) takeBack(size int64) error {
	l.torn = &size
	info, err := l.file.Stat()
	if err == nil && info.Size() > size {
		err = l.file.Truncate(size)
	}
	if err != nil {
		return fmt.Errorf("an incomplete line cannot be removed: %w", err)
	}
	l.torn = nil
	return nil
}

// writeHead writes the end of the chain to FILE.head.
func (l *Log) writeHead(h head) error {
	text, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return disk.Write(disk.OS(), l.path+".head", append(text, '\n'), 0o600)
}

// Close closes the log and releases its lock.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var errs []error
	if l.file != nil {
		errs = append(errs, l.file.Close())
		l.file = nil
	}
	if l.lock != nil {
		errs = append(errs, l.lock.Close())
		l.lock = nil
	}
	return errors.Join(errs...)
}
