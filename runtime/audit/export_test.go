package audit

import (
	"errors"
	"os"
	"strings"
)

// Forge returns a line with the hash of its text.
func Forge(line string) string {
	at := strings.LastIndex(line, hashSeparator)
	return line[:at] + hashSeparator + hashOf([]byte(line[:at])) + "\"}\n"
}

// Steps at which a FailingFile fails.
const (
	failWrite = iota // part of the line is written
	failSync
	failTruncate // truncating fails after a failed write
	Steps        // no step fails
)

// A FailingFile is a file that fails at a step.
type FailingFile struct {
	*os.File
	Step int
}

// OpenFailing opens a log on a disk that fails.
func OpenFailing(path string, disk *FailingFile) (*Log, error) {
	return openWith(path, func(path string) (file, error) {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		disk.File = f
		return disk, err
	})
}

var errDisk = errors.New("no space left")

func (f *FailingFile) Write(b []byte) (int, error) {
	if f.Step == failWrite || f.Step == failTruncate {
		n, _ := f.File.Write(b[:len(b)/2])
		return n, errDisk
	}
	return f.File.Write(b)
}

func (f *FailingFile) Sync() error {
	if f.Step == failSync {
		return errDisk
	}
	return f.File.Sync()
}

func (f *FailingFile) Truncate(size int64) error {
	if f.Step == failTruncate {
		return errDisk
	}
	return f.File.Truncate(size)
}
