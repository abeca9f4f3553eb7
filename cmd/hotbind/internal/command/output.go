package command

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"syscall"
)

// An output wraps standard output and remembers the first failed write, so that
// commands need not check each one: [Run] reports it at the end.
type output struct {
	to  io.Writer
	err error
}

// Write implements io.Writer. After a failure it writes nothing more.
func (o *output) Write(p []byte) (n int, err error) {
	if o.err != nil {
		return 0, o.err
	}
	n, o.err = o.to.Write(p)
	return n, o.err
}

// report prints why the results of a command could not be written. It prints nothing
// if the reader closed the pipe, as head does.
func (o *output) report(stderr io.Writer, command string) {
	if errors.Is(o.err, syscall.EPIPE) {
		return
	}
	reason := o.err
	var pathErr *fs.PathError
	if errors.As(reason, &pathErr) {
		reason = pathErr.Err
	}
	fmt.Fprintf(stderr, "%s: standard output: %v\n", command, reason)
}

// behind returns the writer that out wraps, which may be a terminal.
func behind(out io.Writer) io.Writer {
	if o, ok := out.(*output); ok {
		return o.to
	}
	return out
}

// writeError returns the failure that out remembers, or nil.
func writeError(out io.Writer) error {
	if o, ok := out.(*output); ok {
		return o.err
	}
	return nil
}
