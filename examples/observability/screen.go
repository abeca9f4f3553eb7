package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"
)

// A screen prints the story. The console channel prints its own lines between a headline
// and the rows below it.
type screen struct {
	out   io.Writer
	color bool
	steps int
	pause time.Duration // between steps, for the reader only
}

func newScreen(out io.Writer, color bool) *screen { return &screen{out: out, color: color} }

// colorful reports whether to use colors on f.
func colorful(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// Terminal codes of the colors.
const (
	bold  = "1"
	dim   = "2"
	red   = "31"
	green = "32"
	blue  = "34"
)

func (s *screen) paint(color, text string) string {
	if !s.color || color == "" || text == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

func (s *screen) title(text string) { fmt.Fprintf(s.out, "\n%s\n", s.paint(bold, text)) }

// headline begins a step.
func (s *screen) headline(text string) {
	s.steps++
	fmt.Fprintf(s.out, "\n%s\n", s.paint(bold, fmt.Sprintf("%2d  %s", s.steps, text)))
}

// row prints what an observer reports, wrapped to 80 columns.
func (s *screen) row(who, what string) {
	const width = 68
	line := ""
	for _, word := range strings.Fields(what) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width:
			s.line(who, line)
			who, line = "", "  "+word
		default:
			line += " " + word
		}
	}
	s.line(who, line)
}

// line prints one line. An empty who means the same as in the line before.
func (s *screen) line(who, what string) {
	fmt.Fprintf(s.out, "%s %s %s\n", s.paint(blue, fmt.Sprintf("%9s", who)), s.paint(dim, "│"), what)
}

// lines prints a table or a text without wrapping.
func (s *screen) lines(who string, list []string) {
	for _, what := range list {
		s.line(who, what)
		who = ""
	}
}

func (s *screen) good(text string) {
	fmt.Fprintf(s.out, "\n %s %s\n\n", s.paint(green, "✓"), s.paint(bold, text))
}

func (s *screen) failed(err error) { fmt.Fprintf(s.out, "\n %s %v\n\n", s.paint(red, "✗"), err) }

// rest pauses for the reader; nothing depends on it.
func (s *screen) rest(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(s.pause):
	}
}
