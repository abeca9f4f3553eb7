package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A service is a running quickstart. Lines has its output in order and is closed when
// the service has ended.
type service struct {
	cmd   *exec.Cmd
	lines chan line
}

// A line is one line of the service's output.
type line struct {
	at   time.Time
	text string // unparsed
	msg  string
	attr map[string]string
}

// launch starts the binary in a folder and kills it when ctx ends.
func launch(ctx context.Context, binary, folder string) (*service, error) {
	cmd := exec.CommandContext(ctx, binary, "-config", "config.yaml", "-max-workers", "8")
	cmd.Dir = folder
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 2 * time.Second
	reader, writer := io.Pipe()
	cmd.Stdout, cmd.Stderr = writer, writer
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &service{cmd, make(chan line, 1000)}
	go func() { writer.CloseWithError(cmd.Wait()) }()
	go func() {
		defer close(s.lines)
		for scan := bufio.NewScanner(reader); scan.Scan(); {
			s.lines <- parse(scan.Text())
		}
	}()
	return s, nil
}

func (s *service) signal(sig os.Signal) error { return s.cmd.Process.Signal(sig) }

// gone waits until the service has ended; the caller must have ended its context.
func (s *service) gone() {
	for range s.lines {
	}
}

// parse parses a line of slog's text handler: key=value key="quoted value" …
func parse(text string) line {
	l := line{at: time.Now(), text: text, attr: map[string]string{}}
	for rest := text; rest != ""; {
		key, after, ok := strings.Cut(rest, "=")
		if !ok {
			break
		}
		value, next, _ := strings.Cut(after, " ")
		if quoted, err := strconv.QuotedPrefix(after); err == nil {
			value, _ = strconv.Unquote(quoted)
			next = strings.TrimPrefix(after[len(quoted):], " ")
		}
		l.attr[key], rest = value, next
	}
	if l.msg = l.attr["msg"]; l.msg == "" {
		l.msg = text
	}
	return l
}
