// Picture runs the demo and draws some of its steps as a terminal window, as an SVG on
// standard output. make picture writes docs/reload.svg with it.
package main

import (
	"bufio"
	"context"
	"fmt"
	"html"
	"io"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// steps lists the steps of the demo in the picture, by the beginnings of their titles.
var steps = []string{
	"change two values and save by rename",
	"make two mistakes at once",
	"ask for what the schema allows and this host does not",
}

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	cmd := exec.CommandContext(ctx, "go", "run", "github.com/hotbind/hotbind/examples/demo", "-quick")
	cmd.Env = append(os.Environ(), "CLICOLOR_FORCE=1", "NO_COLOR=")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		log.Fatalf("the demo: %v\n%s", err, out)
	}
	rows, err := excerpt(string(out))
	if err != nil {
		log.Fatal(err)
	}
	w := bufio.NewWriter(os.Stdout)
	draw(w, rows)
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
}

// excerpt returns the rows of these steps, without the times since the start, which mostly
// measure the build of the service.
func excerpt(output string) ([][]span, error) {
	var rows [][]span
	show, shown := false, 0
	for line := range strings.Lines(output) {
		spans := parse(strings.TrimRight(line, "\n"))
		text := plain(spans)
		if who := cut(text, timeWidth, whoWidth); who == "you" {
			title := cut(text, timeWidth+whoWidth, len(text))
			show = slices.ContainsFunc(steps, func(s string) bool { return strings.HasPrefix(title, s) })
			if show {
				shown++
			}
			if show && len(rows) > 0 {
				rows = append(rows, nil)
			}
		}
		if show && strings.TrimSpace(text) != "" {
			rows = append(rows, drop(spans, timeWidth))
		}
	}
	if shown != len(steps) {
		return nil, fmt.Errorf("the demo has %d of the %d steps of the picture", shown, len(steps))
	}
	return rows, nil
}

// The columns of the demo: when, who, what.
const (
	timeWidth = 10
	whoWidth  = 9
)

// cut returns n characters of text, without spaces around them.
func cut(text string, from, n int) string {
	runes := []rune(text)
	from = min(from, len(runes))
	return strings.TrimSpace(string(runes[from:min(from+n, len(runes))]))
}

// A span is text in one style, which is an SGR code of a terminal.
type span struct{ style, text string }

var escape = regexp.MustCompile("\x1b\\[([0-9;]*)m")

// parse splits a line where its style changes.
func parse(line string) (spans []span) {
	style := ""
	for line != "" {
		at := escape.FindStringSubmatchIndex(line)
		if at == nil {
			return append(spans, span{style, line})
		}
		if at[0] > 0 {
			spans = append(spans, span{style, line[:at[0]]})
		}
		style, line = strings.TrimPrefix(line[at[2]:at[3]], "0"), line[at[1]:]
	}
	return spans
}

func plain(spans []span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.text)
	}
	return b.String()
}

// drop removes n characters from the beginning of a line.
func drop(spans []span, n int) (rest []span) {
	for _, s := range spans {
		runes := []rune(s.text)
		skip := min(n, len(runes))
		n -= skip
		if text := string(runes[skip:]); text != "" {
			rest = append(rest, span{s.style, text})
		}
	}
	return rest
}

// Dimensions of the picture, in pixels.
const (
	charWidth  = 8.4
	lineHeight = 19
	margin     = 20
	bar        = 34 // the bar of the window
)

// styles has the SVG attributes of the demo's styles, for a dark background.
var styles = map[string]string{
	"1":  `font-weight="bold" fill="#ffffff"`,
	"2":  `fill="#8b949e"`,
	"31": `fill="#ff7b72"`,
	"32": `fill="#56d364"`,
	"33": `fill="#e3b341"`,
	"34": `fill="#79c0ff"`,
}

// draw writes the rows as an SVG. Every span has a position and a length, so that columns
// are aligned in any font. Runs of spaces are non-breaking, so that browsers keep them.
func draw(w io.Writer, rows [][]span) {
	columns := 0
	for _, r := range rows {
		columns = max(columns, utf8.RuneCountInString(plain(r)))
	}
	width, height := 2*margin+int(charWidth*float64(columns)), bar+margin+lineHeight*len(rows)
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-labelledby="title">`+"\n", width, height, width, height)
	fmt.Fprintln(w, `<title id="title">A service whose configuration file is edited: a good change, two mistakes, a change that a hook refuses</title>`)
	fmt.Fprintf(w, `<rect width="%d" height="%d" rx="8" fill="#0d1117"/>`+"\n", width, height)
	for i, color := range []string{"#ff5f56", "#ffbd2e", "#27c93f"} {
		fmt.Fprintf(w, `<circle cx="%d" cy="%d" r="6" fill="%s"/>`+"\n", margin+20*i, bar/2, color)
	}
	fmt.Fprintln(w, `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#c9d1d9">`)
	for i, r := range rows {
		column := 0
		for _, s := range r {
			n := utf8.RuneCountInString(s.text)
			if text := strings.TrimLeft(s.text, " "); strings.TrimSpace(text) != "" {
				at, length := column+n-utf8.RuneCountInString(text), utf8.RuneCountInString(strings.TrimRight(text, " "))
				fmt.Fprintf(w, `<text x="%.1f" y="%d" textLength="%.1f"%s>%s</text>`+"\n", margin+charWidth*float64(at), bar+lineHeight*(i+1)-5,
					charWidth*float64(length), attributes(s.style), strings.ReplaceAll(html.EscapeString(strings.TrimRight(text, " ")), "  ", "\u00a0\u00a0"))
			}
			column += n
		}
	}
	fmt.Fprintln(w, "</g>\n</svg>")
}

func attributes(style string) string {
	if a, ok := styles[style]; ok {
		return " " + a
	}
	return ""
}
