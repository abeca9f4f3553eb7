package notify

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/hotbind/hotbind/runtime/internal/lines"

	rt "github.com/hotbind/hotbind/runtime"
)

const (
	mostChanges = 10 // changes in a console or log message
	mostLines   = 25 // lines of an error in a console message
)

// Console returns a channel that writes for people: a line per notification, followed by
// indented lines with the findings and the first ten changes. Each notification is one
// Write. The default name is console.
//
//	15:04:05 ✓ revision 7 is in force: 2 changes: 1 added, 1 modified
//	    ~ database.pool_size: 10 → 20
//	    + features.beta: true
//	15:04:09 ✗ refused, revision 7 stays in force:
//	    config.yaml:14:14: database.pool_size: 500 is more than the maximum 100
//	    config.yaml:15:3: databse: is not allowed here (did you mean database?)
func Console(w io.Writer, opts ...ConsoleOption) rt.Channel {
	c := &consoleChannel{name: "console", out: w, color: hasColor(w)}
	for _, opt := range opts {
		opt.console(c)
	}
	return c
}

func hasColor(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

type consoleChannel struct {
	name  string
	out   io.Writer
	color bool
}

func (c *consoleChannel) Name() string { return c.name }

func (c *consoleChannel) Send(ctx context.Context, n rt.Notification) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	text := c.text(n)
	written, err := io.WriteString(c.out, text)
	if err == nil && written < len(text) {
		err = io.ErrShortWrite
	}
	return err
}

const (
	red, green, yellow, faint, normal = "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[2m", "\x1b[0m"
)

func (c *consoleChannel) paint(tone, text string) string {
	if !c.color || text == "" || tone == "" {
		return text
	}
	return tone + text + normal
}

// text formats a notification as complete lines.
func (c *consoleChannel) text(n rt.Notification) string {
	head, details := headline(n)
	var b strings.Builder
	b.WriteString(c.paint(faint, n.Time.Format("15:04:05")) + " ")
	if n.Environment != "" {
		b.WriteString(c.paint(faint, "["+lines.Visible(n.Environment)+"]") + " ")
	}
	sign, tone := markOf(n.Event)
	text := lines.Visible(head)
	if n.Event.Failed() || n.Event.Priority() == rt.PriorityLow {
		text = c.paint(tone, text)
	}
	b.WriteString(c.paint(tone, sign) + " " + text + c.paint(faint, remark(n)) + "\n")
	for i, line := range details {
		if i == mostLines {
			c.more(&b, len(details)-i)
			break
		}
		b.WriteString("    " + lines.Visible(line) + "\n")
	}
	c.changes(&b, n)
	return b.String()
}

// markOf returns the sign before a notification and its color.
func markOf(e rt.Event) (sign, tone string) {
	switch {
	case e.Failed():
		return "✗", red
	case e == rt.EventRestartPending:
		return "!", yellow
	case e.Priority() == rt.PriorityLow:
		return "·", faint
	}
	return "✓", green
}

// remark returns the text after the message: the count of repetitions and the actor.
func remark(n rt.Notification) string {
	text := ""
	switch {
	case n.Event == rt.EventRecovered && n.Count > 1:
		text = fmt.Sprintf(" (after %d refusals)", n.Count)
	case n.Event != rt.EventRecovered && n.Count > 1:
		text = fmt.Sprintf(" (%d times)", n.Count)
	}
	if actor := n.Metadata["actor"]; actor != "" {
		text += " by " + lines.Visible(actor)
	}
	return text
}

// headline returns the message and the lines of the error to show below it. If there are
// such lines, the message does not repeat the first one.
func headline(n rt.Notification) (head string, details []string) {
	details = errorLines(n)
	if len(details) == 0 || len(details) == 1 && strings.Contains(n.Message, details[0]) {
		return n.Message, nil
	}
	const enough = 40 // bytes, enough to recognize a line that the message has cut
	first := details[0]
	if at := strings.Index(n.Message, first[:min(len(first), enough)]); at > 0 {
		return strings.TrimRight(n.Message[:at], " "), details
	}
	return n.Message, details
}

// errorLines returns the non-empty lines of the error.
func errorLines(n rt.Notification) (lines []string) {
	for line := range strings.Lines(n.Error) {
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// changes writes the first changes, with an introduction if they were not applied.
func (c *consoleChannel) changes(b *strings.Builder, n rt.Notification) {
	if n.Event.Failed() && len(n.Changes) > 0 {
		b.WriteString("    " + c.paint(faint, "it would have changed:") + "\n")
	}
	for i, change := range n.Changes {
		if i == mostChanges {
			c.more(b, len(n.Changes)-i)
			return
		}
		sign, tone, what := "~ ", yellow, changeText(change)
		switch change.Kind {
		case rt.Added:
			sign, tone, what = "+ ", green, strings.TrimPrefix(what, "added ")
		case rt.Removed:
			sign, tone, what = "- ", red, strings.TrimPrefix(what, "removed ")
		}
		b.WriteString("    " + c.paint(tone, sign+lines.Visible(pathName(change.Path))+": "+lines.Visible(what)) + "\n")
	}
}

func (c *consoleChannel) more(b *strings.Builder, n int) {
	b.WriteString("    " + c.paint(faint, fmt.Sprintf("%d more", n)) + "\n")
}
