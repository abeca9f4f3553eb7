package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
)

// A screen prints answers to the operator and, as a slog.Handler, log records of the
// relay and hotbind. Each is printed in one piece.
type screen struct {
	level slog.LevelVar
	mu    sync.Mutex
	out   io.Writer
	last  string // the reason of the last error since the last command
}

// begin records the beginning of a command.
func (s *screen) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = ""
}

// showed reports whether the last error since the last command has this reason.
func (s *screen) showed(reason string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last == reason
}

// print prints an answer of one or more lines.
func (s *screen) print(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintln(s.out, text)
}

func (s *screen) Enabled(_ context.Context, l slog.Level) bool { return l >= s.level.Level() }
func (s *screen) WithAttrs([]slog.Attr) slog.Handler           { return s }
func (s *screen) WithGroup(string) slog.Handler                { return s }

// Handle prints a record: a mark for its level, the message, and below it each change or
// finding on a line of its own.
func (s *screen) Handle(_ context.Context, r slog.Record) error {
	mark := "·"
	switch {
	case r.Level >= slog.LevelError:
		mark = "✗"
	case r.Level >= slog.LevelWarn:
		mark = "!"
	}
	var beside, below []string
	reason := ""
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "changes":
			below = append(below, strings.Split(a.Value.String(), "; ")...)
		case "error", "finding":
			reason = a.Value.String()
			below = append(below, strings.Split(reason, "\n")...)
		case "duration", "time":
		default:
			beside = append(beside, fmt.Sprintf("%s %v", a.Key, a.Value.Resolve()))
		}
		return true
	})
	text := mark + " " + r.Message
	if len(beside) > 0 {
		text += " (" + strings.Join(beside, ", ") + ")"
	}
	for _, line := range below {
		if line != "" {
			text += "\n    " + line
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Level >= slog.LevelError {
		s.last = reason
	}
	_, err := fmt.Fprintln(s.out, "  "+text)
	return err
}
