package command

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"syscall"
)

// An output is standard output that remembers the first write that failed, so that
// commands may print without looking: [Run] tells of it at the end.
type output struct {
	to  io.Writer
	err error
}

// Write implements io.Writer. After a failure nothing more is written.
func (o *output) Write(p []byte) (n int, err error) {
	if o.err != nil {
		return 0, o.err
	}
	n, o.err = o.to.Write(p)
	return n, o.err
}

// tell says why the results of a command could not be written. Where the reader has
// gone away, as head does, it is silent.
func (o *output) tell(stderr io.Writer, command string) {
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

// behind is what out writes to in the end: the terminal, if it is one.
func behind(out io.Writer) io.Writer {
	if o, ok := out.(*output); ok {
		return o.to
	}
	return out
}

// writeError is the failure that out remembers, nil if it has none.
func writeError(out io.Writer) error {
	if o, ok := out.(*output); ok {
		return o.err
	}
	return nil
}
