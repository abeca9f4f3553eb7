package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// A screen prints the timeline: when, who, what.
type screen struct {
	out   io.Writer
	color bool
	start time.Time
	pause time.Duration // between steps, for the reader only
}

func newScreen(out io.Writer, color bool) *screen {
	return &screen{out: out, color: color, start: time.Now(), pause: 300 * time.Millisecond}
}

// colorful reports whether to use colors on f.
func colorful(f *os.File) bool {
	if os.Getenv("CLICOLOR_FORCE") != "" {
		return true
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// The colors of the demo, as terminal codes.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	blue   = "34"
)

func (s *screen) paint(color, text string) string {
	if !s.color || color == "" || text == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

// row prints one line: an optional time, who, and what.
func (s *screen) row(at, who, color, what string) {
	fmt.Fprintf(s.out, "%s  %s  %s\n", s.paint(dim, fmt.Sprintf("%8s", at)), s.paint(color, fmt.Sprintf("%-7s", who)), what)
}

// rows prints a text wrapped to 80 columns, with all lines but the first indented.
func (s *screen) rows(who, color, shade, what string) {
	const width = 61
	line, words := "", strings.Fields(what)
	for i, word := range words {
		switch {
		case i == 0:
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width:
			s.row("", who, color, s.paint(shade, line))
			who, line = "", "  "+word
		default:
			line += " " + word
		}
	}
	s.row("", who, color, s.paint(shade, line))
}

func (s *screen) title(text string) { fmt.Fprintf(s.out, "\n  %s\n", s.paint(bold, text)) }

func (s *screen) heading(text string) { fmt.Fprintf(s.out, "\n\n  %s\n", s.paint(bold, text)) }

// does prints what the user does.
func (s *screen) does(what string) {
	fmt.Fprintln(s.out)
	s.row(fmt.Sprintf("%.1f s", time.Since(s.start).Seconds()), "you", bold, s.paint(bold, what))
}

// edited shows the lines of the file that differ.
func (s *screen) edited(before, after string) {
	old, now := strings.Split(before, "\n"), strings.Split(after, "\n")
	if len(old) != len(now) {
		s.lines("- ", dim, old, now)
		s.lines("+ ", yellow, now, old)
		return
	}
	for i := range old {
		s.lines("- ", dim, old[i:i+1], now[i:i+1])
		s.lines("+ ", yellow, now[i:i+1], old[i:i+1])
	}
}

// lines prints the lines of list that are not in others.
func (s *screen) lines(mark, color string, list, others []string) {
	for _, l := range list {
		if !slices.Contains(others, l) {
			s.row("", "", dim, s.paint(color, mark+l))
		}
	}
}

// service prints one line of the service; after is the time since the step.
func (s *screen) service(l line, after time.Duration) {
	ms := func(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }
	switch l.msg {
	case reloaded:
		for i, change := range strings.Split(l.attr["changes"], "; ") {
			word := "changed"
			if i > 0 {
				word = ""
			}
			s.rows(word, blue, "", change)
		}
		s.good("revision " + l.attr["revision"] + " in force" + s.paint(dim, ", "+ms(after)+" after the save ("+short(l.attr["duration"])+" of work)"))
	case refused:
		who := "refused"
		for why := range strings.Lines(l.attr["error"]) {
			s.rows(who, red, "", strings.ReplaceAll(why, module+"/", ""))
			who = ""
		}
		s.good("revision " + l.attr["kept"] + " stays in force" + s.paint(dim, ", refused "+ms(after)+" after the save"))
	case goodAgain:
		s.good("the file is valid again: revision " + l.attr["revision"] + s.paint(dim, ", "+ms(after)+" after the save"))
	case unchanged:
		s.good("nothing has changed: revision " + l.attr["revision"] + s.paint(dim, ", "+ms(after)+" after the signal"))
	case working:
		s.row("", "job", blue, fmt.Sprintf("acme had %s done in this round, globex %s", l.attr["acme"], l.attr["globex"]))
		s.good("the work follows the quotas")
	case goodbye:
		s.good("the service has ended after " + l.attr["jobs"] + " jobs" + s.paint(dim, ", "+ms(after)+" after the signal"))
	default:
		s.row("", "hook", blue, fmt.Sprintf("%-45s", l.msg)+s.paint(dim, "revision "+l.attr["revision"]))
	}
}

func (s *screen) good(what string) { s.row("", "✓", green, what) }

// remark prints a note for the reader, if there is one.
func (s *screen) remark(text string) {
	if text != "" {
		s.rows("", dim, dim, text)
	}
}

func (s *screen) failed(err error) {
	fmt.Fprintf(s.out, "\n\n  %s %v\n\n", s.paint(red, "✗"), err)
}

func (s *screen) summary(text string) {
	fmt.Fprintf(s.out, "\n\n  %s %s\n\n", s.paint(green, "✓"), s.paint(bold, text))
}

// rest pauses for the reader; nothing depends on it.
func (s *screen) rest(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(s.pause):
	}
}

// short formats a duration with two digits.
func short(text string) string {
	d, err := time.ParseDuration(text)
	if err != nil {
		return text
	}
	return fmt.Sprintf("%.1f ms", d.Seconds()*1000)
}
