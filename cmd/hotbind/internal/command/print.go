package command

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/hotbind/hotbind/runtime/document"
)

// A printer prints findings: one line each, and on a terminal the line of the
// source they point to.
type printer struct {
	out      io.Writer
	terminal bool
	color    bool
	sources  map[string][][]byte
	folder   string   // of the schema
	files    fs.FS    // in it; nil: none are looked into
	disk     bool     // findings may point into any file that was read
	secrets  []string // keys whose lines are not shown
}

func newPrinter(out io.Writer) *printer {
	p := &printer{out: out, sources: map[string][][]byte{}}
	if f, ok := behind(out).(*os.File); ok {
		info, err := f.Stat()
		p.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	p.color = p.terminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	return p
}

// source gives the text of a file that findings may point into.
func (p *printer) source(name string, text []byte) {
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	text = bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	p.sources[name] = bytes.Split(text, []byte("\n"))
}

// neighbours are the other files that a schema may refer to, which findings may point
// into as well.
func (p *printer) neighbours(files *schemaFiles) {
	p.folder, p.files = files.shown, files.FS
}

// lines is the text of a file that a finding points into; nil: it is not known.
func (p *printer) lines(name string) [][]byte {
	lines, known := p.sources[name]
	if !known && p.disk {
		// A file of variables has a secret on any line.
		isDocument := slices.Contains([]string{".yaml", ".yml", ".json", ".toml"}, filepath.Ext(name))
		if isDocument {
			if text, err := readFile(name); err == nil {
				p.source(name, text)
			}
		}
		return p.sources[name]
	}
	if known || p.files == nil {
		return lines
	}
	inside := name
	if p.folder != "." {
		inside = strings.TrimPrefix(name, strings.TrimSuffix(p.folder, "/")+"/")
	}
	text, err := fs.ReadFile(p.files, inside)
	if err != nil {
		return nil
	}
	p.source(name, text)
	return p.sources[name]
}

// hide keeps lines that mention one of these keys from being shown.
func (p *printer) hide(keys []string) { p.secrets = keys }

func (p *printer) print(findings document.Findings) {
	for _, f := range findings {
		fmt.Fprintln(p.out, p.paint(f))
		if p.terminal {
			p.excerpt(f)
		}
	}
}

const (
	bold, red, green, yellow, faint, normal = "\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[2m", "\x1b[0m"
)

// paint is the finding on one line, its place in bold where there is colour.
func (p *printer) paint(f document.Finding) string {
	text := f.String()
	if !p.color {
		return text
	}
	tone := red
	if f.Severity == document.Warning {
		tone = yellow
	}
	place := f.Pos.String()
	return bold + place + normal + ":" + tone + strings.TrimPrefix(text, place+":") + normal
}

// longestLine bounds what is shown of a line.
const longestLine = 160

// excerpt shows the line that f points to and a caret under the column.
func (p *printer) excerpt(f document.Finding) {
	if f.Secret || f.Pos.Line < 1 {
		return
	}
	lines := p.lines(f.Pos.File)
	if f.Pos.Line > len(lines) {
		return
	}
	line := []rune(string(lines[f.Pos.Line-1]))
	column := min(max(f.Pos.Column, 1), len(line)+1)
	if len(line) > longestLine || p.mentionsSecret(string(line)) {
		return
	}
	var pad strings.Builder
	for i, r := range line {
		if !unicode.IsPrint(r) && r != '\t' {
			line[i] = '?'
		}
		if i < column-1 {
			if r == '\t' {
				pad.WriteRune('\t')
			} else {
				pad.WriteRune(' ')
			}
		}
	}
	on, off := "", ""
	if p.color {
		on, off = faint, normal
	}
	fmt.Fprintf(p.out, "%s    %s\n    %s^%s\n", on, string(line), pad.String(), off)
}

func (p *printer) mentionsSecret(line string) bool {
	for _, key := range p.secrets {
		if strings.Contains(line, key) {
			return true
		}
	}
	return false
}
