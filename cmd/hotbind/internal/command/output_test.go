package command

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A tornWriter fails every time.
type tornWriter struct {
	err   error
	calls int
}

func (w *tornWriter) Write([]byte) (int, error) {
	w.calls++
	return 0, w.err
}

// TestOutputFails: a failed write of a result prints one line, once, without the names of
// the system's files. A closed pipe prints nothing, even if its signal is ignored.
func TestOutputFails(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&fs.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}, "hotbind generate: standard output: " + syscall.ENOSPC.Error() + "\n"},
		{errors.New("torn"), "hotbind generate: standard output: torn\n"},
		{&fs.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.EPIPE}, ""},
	} {
		out := &tornWriter{err: c.err}
		var stderr strings.Builder
		if status := Run([]string{"generate", "--help"}, out, &stderr); status != exitFailure || stderr.String() != c.want {
			t.Errorf("%v: status %d, %q, want %q", c.err, status, stderr.String(), c.want)
		}
		if out.calls != 1 {
			t.Errorf("%v: written %d times after it failed", c.err, out.calls-1)
		}
	}
}

// TestTerminalBehindOutput: results have colors if standard output is a terminal, even
// though it is wrapped.
func TestTerminalBehindOutput(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if got := behind(&output{to: file}); got != file {
		t.Errorf("looks for a terminal at %v", got)
	}
	device, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // a device, like a terminal
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	if !newPrinter(&output{to: device}).terminal || newPrinter(&output{to: file}).terminal {
		t.Error("a terminal is treated like a file")
	}
}
