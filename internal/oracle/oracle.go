// Package oracle validates documents with an independent validator,
// github.com/santhosh-tekuri/jsonschema, to which tests compare our rules. It asserts
// our formats. It is for tests only.
package oracle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

// base is the address of the schema's folder.
const base = "oracle:///"

// An Oracle validates documents by one schema.
type Oracle struct{ compiled *jsonschema.Schema }

// New returns the oracle of a schema in JSON or YAML. References are resolved in files.
// It fails if the validator cannot use the schema: its patterns are those of Go, and it
// has faults of its own.
func New(name string, data []byte, files fs.FS) (o *Oracle, err error) {
	defer caught(&err)
	c := jsonschema.NewCompiler()
	c.AssertFormat = true
	c.LoadURL = func(url string) (io.ReadCloser, error) { return load(url, files) }
	for _, f := range format.All() {
		c.Formats[f.Name] = func(v any) bool {
			if n, ok := v.(json.Number); ok {
				return f.Kind != document.Number || f.Check(string(n)) == nil
			}
			text, ok := v.(string)
			return !ok || f.Kind != document.String || f.Check(text) == nil
		}
	}
	text, err := asJSON(name, data)
	if err != nil {
		return nil, err
	}
	if err := c.AddResource(base+name, bytes.NewReader(text)); err != nil {
		return nil, err
	}
	compiled, err := c.Compile(base + name)
	return &Oracle{compiled}, err
}

// caught turns a panic of the validator into an error.
func caught(err *error) {
	if v := recover(); v != nil {
		*err = fmt.Errorf("the oracle panics: %v", v)
	}
}

// load opens a file by its path, or by the path of its address in a folder named like
// the host.
func load(url string, files fs.FS) (io.ReadCloser, error) {
	name, local := strings.CutPrefix(url, base)
	if !local {
		_, name, _ = strings.Cut(url, "://")
	}
	if files == nil {
		return nil, fs.ErrNotExist
	}
	for _, extension := range []string{"", ".json", ".yaml"} {
		if data, err := fs.ReadFile(files, path.Clean(name)+extension); err == nil {
			text, err := asJSON(name+extension, data)
			return io.NopCloser(bytes.NewReader(text)), err
		}
	}
	return nil, fs.ErrNotExist
}

func asJSON(name string, data []byte) ([]byte, error) {
	n, findings := schema.ParseText(name, data)
	if n == nil {
		return nil, fmt.Errorf("%s", findings)
	}
	return n.AppendJSON(nil), nil
}

// Judge returns why a document is invalid, or nil.
func (o *Oracle) Judge(doc *document.Node) (err error) {
	defer caught(&err)
	d := json.NewDecoder(bytes.NewReader(doc.AppendJSON(nil)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return err
	}
	return o.compiled.Validate(v)
}
