// Package validate is the reference validator: it checks a document against a
// schema with github.com/santhosh-tekuri/jsonschema, set up so that a schema can
// reach nothing outside itself, and reports in the words of hotbind.
//
// Generated packages do not use it: they check what the schema asks of their
// fields while they read. It serves where no package was generated for a schema,
// such as hotbind validate, and is what the generated checks are compared with.
package validate

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/pattern"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// A Schema checks documents. It may be used from several goroutines at once.
type Schema struct {
	root     *document.Node
	index    *index
	compiled *jsonschema.Schema

	mu       sync.Mutex // of compiler
	compiler *jsonschema.Compiler

	shaping sync.Mutex // of shapes
	shapes  map[string]*shape
}

// Load reads the schema in data and compiles it with all files it refers to;
// they are found in files, the folder of the schema, as [Folder] does. An x-key that
// names a secret is refused, as the generator does: keys stand in paths.
func Load(name string, data []byte, files fs.FS) (*Schema, document.Findings) {
	return LoadFiles(name, data, Files{FS: files})
}

// LoadFiles is [Load] with more to say of the files.
func LoadFiles(name string, data []byte, files Files) (*Schema, document.Findings) {
	root, findings := ParseSchema(name, data)
	if root == nil {
		return nil, findings
	}
	s, more := Compile(root, schema.NewFolder(root, files))
	if s != nil {
		more = append(more, s.secretKeyRules()...)
	}
	if len(more.Errors()) > 0 {
		s = nil
	}
	return s, append(findings, more...)
}

// Compile reads a schema. Root is its text as a document, and the folder, which
// may be nil, that of its file; a schema that names no draft is one of draft
// 2020-12. Formats are asserted in every draft. The findings say what keeps it
// from being a schema; it is then nil.
func Compile(root *document.Node, folder *Folder) (s *Schema, findings document.Findings) {
	defer func() {
		if v := recover(); v != nil {
			s, findings = nil, document.Findings{{Pos: root.Pos, Path: "#", Message: wording.Line(fmt.Sprintf("the reference validator failed on this schema: %v", v))}}
		}
	}()
	if folder == nil {
		folder = NewFolder(root, nil)
	}
	x := newIndex(folder)
	if len(x.findings) > 0 {
		return nil, x.findings
	}
	if findings := x.refuse(); len(findings) > 0 {
		return nil, findings
	}
	c := newCompiler(x)
	for _, r := range x.resources {
		if err := c.AddResource(r.url, bytes.NewReader(x.text(r))); err != nil {
			return nil, x.schemaFindings(c, err)
		}
	}
	compiled, err := c.Compile(x.resources[0].url)
	if err != nil {
		return nil, x.schemaFindings(c, err)
	}
	return &Schema{root: x.resources[0].root, index: x, compiled: compiled, compiler: c}, nil
}

func newCompiler(x *index) *jsonschema.Compiler {
	c := jsonschema.NewCompiler()
	c.AssertFormat = true
	c.LoadURL = func(url string) (io.ReadCloser, error) {
		return nil, fmt.Errorf("%s is outside the schema, and nothing is fetched", url)
	}
	for _, f := range format.All() {
		if f.Kind != document.String {
			continue
		}
		c.Formats[f.Name] = func(v any) bool {
			text, ok := v.(string)
			return !ok || f.Check(text) == nil
		}
	}
	c.RegisterExtension(ours, nil, extension{x.patterns})
	return c
}

// PatternError says why a pattern cannot be used; nil: it can.
func PatternError(source string) error {
	_, err := pattern.Compile(source)
	return err
}

// PatternForeign names what in a pattern is not of ECMAScript and works here all
// the same, but maybe not elsewhere; empty: nothing.
func PatternForeign(source string) string {
	p, err := pattern.Compile(source)
	if err != nil {
		return ""
	}
	return p.Foreign()
}

// PatternMatches reports whether text matches a pattern somewhere; one that cannot
// be used matches nothing.
func PatternMatches(source, text string) bool {
	p, err := pattern.Compile(source)
	if err != nil {
		return false
	}
	matches, err := p.Match(text)
	return matches && err == nil
}

// schemaFindings says why the text is no schema.
func (x *index) schemaFindings(c *jsonschema.Compiler, err error) document.Findings {
	root := x.resources[0].root
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return document.Findings{{Pos: root.Pos, Path: "#", Message: wording.Line("the schema cannot be used: " + plain(err))}}
	}
	var findings document.Findings
	for _, r := range x.resources { // the error does not say which of them it is about
		meta, err := c.Compile(r.dialect.Draft.Address())
		var own *jsonschema.ValidationError
		if err == nil && errors.As(meta.Validate(plainValue(x.text(r))), &own) {
			findings = append(findings, x.metaFindings(r, own)...)
		}
	}
	for _, r := range x.resources { // a part that is a schema only because of a reference
		if len(findings) == 0 && follow(r.root, invalid.InstanceLocation) != nil {
			findings = x.metaFindings(r, invalid)
		}
	}
	findings.Sort()
	return findings
}

// metaFindings says what the meta-schema does not allow in a resource.
func (x *index) metaFindings(r *resource, invalid *jsonschema.ValidationError) document.Findings {
	var findings document.Findings
	for _, leaf := range leaves(invalid) {
		n := at(r.root, leaf.InstanceLocation)
		findings = append(findings, document.Finding{
			Pos: n.Pos, Path: x.homes[r.root].where + leaf.InstanceLocation, Message: "the meta-schema of the draft does not allow this value: " + wording.Name(keyword(leaf)),
		})
	}
	return findings
}

// plainValue is JSON that was just written, as the validator wants it.
func plainValue(text []byte) any {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	_ = d.Decode(&v)
	return v
}

// plain is the last part of a compiler's error, which says what; the parts
// before it repeat the made-up address.
func plain(err error) string {
	var loop jsonschema.InfiniteLoopError
	if errors.As(err, &loop) {
		return "it leads back to itself without end"
	}
	text := err.Error()
	if i := strings.LastIndex(text, ": "); i >= 0 {
		text = text[i+2:]
	}
	return text
}

// Validate checks doc as a whole and returns what the schema does not allow, in
// the order of the file.
func (s *Schema) Validate(doc *document.Node) document.Findings {
	findings := append(s.validate(s.compiled, s.root, doc), s.sameKeys(doc)...)
	findings.Sort()
	return findings
}

// ValidateAt checks doc against the part of the schema at an address: a pointer
// such as #/properties/port into the schema file, or into another one with its
// path in the folder before it, as in common.json#/$defs/port.
func (s *Schema) ValidateAt(address string, doc *document.Node) (document.Findings, error) {
	n, home := s.index.at(address)
	if n == nil {
		return nil, fmt.Errorf("%s is no part of the schema", address)
	}
	part, err := s.part(home)
	if err != nil {
		return nil, err
	}
	return s.validate(part, n, doc), nil
}

func (s *Schema) part(at home) (*jsonschema.Schema, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.compiler.Compile(at.in.url + "#" + at.local)
}

// validate checks doc against part, which stands at node in the schema.
func (s *Schema) validate(part *jsonschema.Schema, node, doc *document.Node) (findings document.Findings) {
	defer func() {
		if v := recover(); v != nil {
			findings = document.Findings{{Pos: doc.Pos, Message: wording.Line(fmt.Sprintf("the reference validator failed on this document: %v", v))}}
		}
	}()
	places, work := s.index.places(node, doc)
	if work > mostWork {
		return document.Findings{{Pos: doc.Pos, Message: "the schema asks for more than 20,000,000 checks of this document"}}
	}
	err := part.Validate(value(doc))
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return document.Findings{{Pos: doc.Pos, Message: wording.Line("the schema cannot be used: " + plain(err))}}
	}
	r := reporter{doc: doc, places: places, told: map[[2]string]bool{}}
	r.report(invalid)
	found := r.withoutEchoes()
	// The validator goes through properties in any order, and through a schema
	// as often as there are references to it.
	slices.SortStableFunc(found, func(a, b document.Finding) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Message, b.Message))
	})
	found.Sort()
	return slices.Compact(found)
}

// SecretKeys lists the keys that the schema marks as secret somewhere, or that
// hold or stand in a secret: lines with one of them should not be shown. Where
// there are secrets under keys that the schema does not name, such as those of a
// map or of the items of a list, the empty key is among them, which every line
// contains.
func (s *Schema) SecretKeys() []string { return s.index.secretKeys() }
