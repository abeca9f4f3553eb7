package runtime

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/joho/godotenv"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/text"
	"github.com/hotbind/hotbind/runtime/source"
)

// Dotenv returns a source that reads variables from a file with one NAME=value per line,
// for the same fields as [Env] with that prefix. A missing file is an empty layer, because
// such files are for the machines of developers. The environment of the process does not
// change. Findings never contain a value.
func Dotenv(path, prefix string) source.Source { return dotenv{path, prefix} }

type dotenv struct{ path, prefix string }

func (s dotenv) Name() string         { return s.path }
func (s dotenv) WatchPaths() []string { return []string{s.path} }

// Unversioned implements [source.Unversioned].
func (s dotenv) Unversioned() {}

func (s dotenv) Files(content []byte) []source.File { return decodeBundle(content).files() }

func (s dotenv) Read(context.Context) ([]byte, error) {
	content, err := readFile(systemFiles{}, s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return bundle{}.encode(), nil
	}
	if err != nil {
		return nil, err
	}
	return bundle{{path: s.path, content: content}}.encode(), nil
}

// assignment matches a line that sets a variable.
var assignment = regexp.MustCompile(`^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*[=:]`)

func (s dotenv) Document(content []byte, shape document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	files := decodeBundle(content)
	if len(files) == 0 {
		return nil, nil
	}
	if limits.Bytes <= 0 {
		limits.Bytes = 4 << 20
	}
	lines := string(files[0].content)
	if len(lines) > limits.Bytes {
		return nil, s.fault(0, fmt.Sprintf("the file has %d bytes, want at most %d", len(lines), limits.Bytes))
	}
	values, err := godotenv.Unmarshal(lines)
	if err != nil {
		return nil, s.fault(firstFault(lines), "invalid line, want NAME=value")
	}
	vars := map[string]text.Value{}
	for i, line := range strings.Split(lines, "\n") {
		if match := assignment.FindStringSubmatch(line); match != nil {
			if value, set := values[match[1]]; set { // not a line inside a text
				vars[match[1]] = text.Value{Text: value, Pos: document.Position{File: s.path, Line: i + 1, Column: 1}}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if _, found := vars[name]; !found {
			vars[name] = text.Value{Text: values[name], Pos: document.Position{File: s.path}}
		}
	}
	return text.Variables(vars, s.prefix, shape, limits)
}

func (s dotenv) fault(line int, message string) document.Findings {
	pos := document.Position{File: s.path, Line: max(line, 1), Column: 1}
	return document.Findings{{Pos: pos, Message: message, Secret: true}}
}

// firstFault returns the number of the first invalid line. The error of the library
// contains the text, which may be a secret.
func firstFault(text string) int {
	const longest = 100 // lines of one value
	lines := strings.SplitAfter(text, "\n")
	from := 0
	for i := range lines {
		if i-from > longest {
			break
		}
		if _, err := godotenv.Unmarshal(strings.Join(lines[from:i+1], "")); err == nil {
			from = i + 1
		}
	}
	return from + 1
}
