// Package limit shows how fast the bench's configuration can be read, compared and
// followed at all: it reads the syntax of these files directly into the struct, knows
// every field, and on Linux follows a file by inotify without a library. It is not a
// parser of YAML: it does not look for duplicate keys and has no positions for messages.
package limit

import (
	"os"
	"strings"
	"unsafe"

	"github.com/hotbind/hotbind/bench/plain"
)

// bytesPerMachine is about the size of a machine in a file, so that the map need not grow.
const bytesPerMachine = 180

type syntaxError string

func (e syntaxError) Error() string { return string(e) }

// Load reads and checks a file, whose extension is .yaml or .json.
func Load(path string) (*plain.Service, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, data)
}

// Parse reads a document. The strings of the result are parts of data.
func Parse(name string, data []byte) (*plain.Service, error) {
	c, text := new(plain.Service), unsafe.String(unsafe.SliceData(data), len(data))
	if strings.HasSuffix(name, ".json") {
		r := newJSONReader(text)
		if jsonService(r, c); r.err == nil && r.next() != 0 {
			r.fail("want the end of the document")
		}
		return c, r.err
	}
	r := newYAMLReader(text)
	yamlService(r, c)
	return c, r.err
}
