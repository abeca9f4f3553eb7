package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
)

// A screen shows answers to the operator and, as a slog.Handler, what the relay and
// hotbind have to say meanwhile. Each is written as a whole.
type screen struct {
	level slog.LevelVar
	mu    sync.Mutex
	out   io.Writer
	last  string // the reason of the last error since the operator asked
}

// asked notes that the operator asks for something.
func (s *screen) asked() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = ""
}

// showed reports whether reason is that of the last error since then.
func (s *screen) showed(reason string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last == reason
}

// print shows an answer, one or more lines.
func (s *screen) print(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintln(s.out, text)
}

func (s *screen) Enabled(_ context.Context, l slog.Level) bool { return l >= s.level.Level() }
func (s *screen) WithAttrs([]slog.Attr) slog.Handler           { return s }
func (s *screen) WithGroup(string) slog.Handler                { return s }

// Handle shows a record: a mark for its level, what happened, and below it each
// change or finding on a line of its own.
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
