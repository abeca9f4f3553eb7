package command

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	rt "github.com/hotbind/hotbind/runtime"
)

// A painter prints results, in color on a terminal.
type painter struct {
	out   io.Writer
	color bool
}

func newPainter(out io.Writer) *painter { return &painter{out, newPrinter(out).color} }

func (p *painter) line(text string) { fmt.Fprintln(p.out, text) }

func (p *painter) paint(tone, text string) string {
	if !p.color || text == "" {
		return text
	}
	return tone + text + normal
}

func (p *painter) bold(text string) string  { return p.paint(bold, text) }
func (p *painter) faint(text string) string { return p.paint(faint, text) }

// change formats a change as one line: + added, - removed, ~ changed.
func (p *painter) change(c rt.ValueChange) string {
	path := pathName(c.Path)
	what := visible(c.String()[len(c.Path)+len(": "):])
	switch c.Kind {
	case rt.Added:
		return p.paint(green, "+ "+path+": "+what[len("added "):])
	case rt.Removed:
		return p.paint(red, "- "+path+": "+what[len("removed "):])
	}
	return p.paint(yellow, "~ "+path+": "+what)
}

// bare formats a change without its values.
func (p *painter) bare(c rt.ValueChange) string {
	signs := map[rt.ChangeKind]string{rt.Added: "+ ", rt.Removed: "- ", rt.Modified: "~ "}
	tones := map[rt.ChangeKind]string{rt.Added: green, rt.Removed: red, rt.Modified: yellow}
	return p.paint(tones[c.Kind], signs[c.Kind]+pathName(c.Path))
}

// pathName returns a path as printed.
func pathName(path string) string {
	if path == "" {
		return "(document)"
	}
	return path
}

// longestShown limits the characters of a value on one line.
const longestShown = 100

func shortened(text string) string {
	if runes := []rune(text); len(runes) > longestShown {
		return string(runes[:longestShown-1]) + "…"
	}
	return text
}

// visible escapes the characters of text that could control a terminal or break the
// line.
func visible(text string) string {
	var b strings.Builder
	for _, r := range text { // invalid UTF-8 becomes the replacement character
		if strconv.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}

// table prints rows in columns, with the first row as the header, and escapes their
// cells.
func (p *painter) table(rows [][]string) {
	width := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			row[i] = visible(cell)
			width[i] = max(width[i], len([]rune(row[i])))
		}
	}
	for i, row := range rows {
		var line strings.Builder
		for j, cell := range row {
			line.WriteString(cell + strings.Repeat(" ", width[j]-len([]rune(cell))+2))
		}
		text := strings.TrimRight(line.String(), " ")
		if i == 0 {
			text = p.bold(text)
		}
		p.line(text)
	}
}

// changed is the JSON form of a change.
type changed struct {
	Path string `json:"path"`
	Kind string `json:"kind"`
	Old  any    `json:"old,omitempty"`
	New  any    `json:"new,omitempty"`
}

// changedAll returns the JSON form of changes, with or without their values.
func changedAll(changes rt.Changes, values bool) []changed {
	all := []changed{}
	for _, c := range changes {
		one := changed{Path: c.Path, Kind: c.Kind.String()}
		if values {
			one.Old, one.New = c.Old, c.New
		}
		all = append(all, one)
	}
	return all
}

func formatFlag(cmd *cobra.Command, format *string) {
	cmd.Flags().StringVar(format, "format", "text", "output format: `text` or json")
}

func checkFormat(format string) error {
	if format != "text" && format != "json" {
		return &usageError{fmt.Errorf("invalid --format %q: want text or json", format)}
	}
	return nil
}

// printJSON prints v as indented JSON.
func printJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
