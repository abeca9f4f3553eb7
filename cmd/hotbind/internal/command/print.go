package command

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// A printer prints findings, one per line, and on a terminal also the source line that
// each points to.
type printer struct {
	out      io.Writer
	terminal bool
	color    bool
	texts    map[string][]byte
	lines    map[string]*document.Excerpter // of texts, made on first use
	folder   string                         // of the schema
	files    fs.FS                          // in it; nil: none are read
	disk     bool                           // findings may point into any file that was read
	secrets  []string                       // keys whose lines are not shown
}

func newPrinter(out io.Writer) *printer {
	p := &printer{out: out, texts: map[string][]byte{}, lines: map[string]*document.Excerpter{}}
	if f, ok := behind(out).(*os.File); ok {
		info, err := f.Stat()
		p.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	p.color = p.terminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	return p
}

// source sets the text of a file that findings may point into.
func (p *printer) source(name string, text []byte) {
	p.texts[name] = text
}

// neighbors sets the other files that a schema may refer to; findings may point into
// them as well.
func (p *printer) neighbors(files *schemaFiles) {
	p.folder, p.files = files.shown, files.FS
}

// text returns the lines of a file that a finding points into, or nil if it is unknown.
func (p *printer) text(name string) *document.Excerpter {
	if p.lines[name] == nil {
		text, known := p.texts[name]
		if !known {
			text, known = p.read(name)
		}
		if known {
			p.lines[name] = document.NewExcerpter(text, p.secrets)
		}
	}
	return p.lines[name]
}

// read reads a file whose text was not set by source.
func (p *printer) read(name string) (text []byte, ok bool) {
	var err error
	switch {
	case p.disk:
		// A file of variables may have a secret on any line.
		if !slices.Contains([]string{".yaml", ".yml", ".json", ".toml"}, filepath.Ext(name)) {
			return nil, false
		}
		text, err = readFile(name)
	case p.files != nil:
		inside := name
		if p.folder != "." {
			inside = strings.TrimPrefix(name, strings.TrimSuffix(p.folder, "/")+"/")
		}
		text, err = fs.ReadFile(p.files, inside)
	default:
		return nil, false
	}
	return text, err == nil
}

// hide suppresses lines that mention one of keys.
func (p *printer) hide(keys []string) {
	p.secrets = keys
	clear(p.lines)
}

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

// paint formats a finding as one line, with its position in bold if there is color.
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

// excerpt shows the line that f points to and a caret under the column.
func (p *printer) excerpt(f document.Finding) {
	text := p.text(f.Pos.File)
	if text == nil {
		return
	}
	line, caret := text.Excerpt(f)
	if caret == "" {
		return
	}
	on, off := "", ""
	if p.color {
		on, off = faint, normal
	}
	fmt.Fprintf(p.out, "%s    %s\n    %s%s\n", on, line, caret, off)
}
