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

// A painter prints results, with colors where a terminal shows them.
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

// change is one change on a line: + what came, - what went, ~ what is another now.
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

// bare is a change without its values.
func (p *painter) bare(c rt.ValueChange) string {
	signs := map[rt.ChangeKind]string{rt.Added: "+ ", rt.Removed: "- ", rt.Modified: "~ "}
	tones := map[rt.ChangeKind]string{rt.Added: green, rt.Removed: red, rt.Modified: yellow}
	return p.paint(tones[c.Kind], signs[c.Kind]+pathName(c.Path))
}

// pathName is a path as it is shown.
func pathName(path string) string {
	if path == "" {
		return "(document)"
	}
	return path
}

// longestShown bounds how much of a value stands on a line.
const longestShown = 100

func shortened(text string) string {
	if runes := []rune(text); len(runes) > longestShown {
		return string(runes[:longestShown-1]) + "…"
	}
	return text
}

// visible is text in which what could command a terminal, or break the line, is
// written as an escape.
func visible(text string) string {
	var b strings.Builder
	for _, r := range text { // what is not UTF-8 comes as the replacement character
		if strconv.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}

// table prints rows in columns, the first row as their names, and makes their cells
// visible.
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

// changed is a change as JSON.
type changed struct {
	Path string `json:"path"`
	Kind string `json:"kind"`
	Old  any    `json:"old,omitempty"`
	New  any    `json:"new,omitempty"`
}

// changedAll is changes as JSON, without their values where those are not shown.
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
	cmd.Flags().StringVar(format, "format", "text", "`text` or json")
}

func checkFormat(format string) error {
	if format != "text" && format != "json" {
		return &usageError{fmt.Errorf("--format is text or json, not %q", format)}
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
