// Package validate checks documents against a schema without generated code: it loads a
// schema, validates documents, and returns the shape of values. Its findings are those
// of a generated package, in the same words, because both use the same tables. A
// generated package holds them as code; this package builds them when it loads the
// schema.
package validate

import (
	"fmt"
	"io/fs"

	"github.com/hotbind/hotbind/internal/rules/compile"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/internal/shape"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/genrt"
	"github.com/hotbind/hotbind/runtime/internal/dynamic"
)

// A Schema validates documents. It is safe for concurrent use.
type Schema struct {
	doc     *schema.Document
	program *genrt.Program
}

// Load parses the schema in data and all files that it refers to. It finds these in
// files, the folder of the schema, and never fetches anything. If files is nil, no
// other file is read. A schema without $schema has the newest draft in which it is well
// formed. Formats are asserted in every draft. If a finding is an error, the schema is
// nil; otherwise the findings are warnings.
func Load(name string, data []byte, files fs.FS) (s *Schema, findings document.Findings) {
	return LoadFiles(name, data, Files{FS: files})
}

// Files lists the files that a schema may refer to.
type Files struct {
	// FS holds the files. Nothing outside it is read. nil: no file is read.
	FS fs.FS
	// Dir is the path of the schema's folder in FS; empty: FS is that folder.
	Dir string
	// References maps URLs to the paths of files in FS.
	References map[string]string
}

// LoadFiles is [Load] for a schema that may refer to files outside its folder.
func LoadFiles(name string, data []byte, files Files) (s *Schema, findings document.Findings) {
	defer func() {
		if v := recover(); v != nil { // a bug of ours, which must not end a tool
			s, findings = nil, document.Findings{{Pos: document.Position{File: name}, Rule: "panic", Message: fmt.Sprintf("reading the schema failed: %v; please report this with the schema", v)}}
		}
	}()
	var report schema.Reporter
	doc := schema.Parse(name, data, schema.Files(files), &report)
	if doc == nil || report.Failed() {
		return nil, report.Findings()
	}
	shaped := shape.Build(doc, &report)
	if shaped == nil {
		return nil, report.Findings()
	}
	s = &Schema{doc: doc, program: dynamic.NewProgram(shaped, string(doc.Node.AppendJSON(nil)))}
	return s, report.Findings()
}

// Text returns the schema as JSON, as it was given.
func (s *Schema) Text() string { return s.program.Text }

// Program returns the tables of the schema, for package untyped.
func (s *Schema) Program() *genrt.Program { return s.program }

// Shape returns the structure of documents, for merging layers, parsing text and
// following paths. It is safe for concurrent use.
func (s *Schema) Shape() document.Shape { return s.program.Shape() }

// Validate returns the findings about doc, in the order of the file.
func (s *Schema) Validate(doc *document.Node) document.Findings {
	_, findings := s.program.Decode(doc)
	return findings
}

// Unchecked returns the paths of the values in doc that Validate cannot check
// completely, because only a Go type named by x-go-type can.
func (s *Schema) Unchecked(doc *document.Node) []string { return s.program.Unchecked(doc) }

// ValidateAt validates doc against the part of the schema at address: a pointer into
// the schema file such as #/properties/port, or into another file, prefixed with its
// path in the folder, as in common.json#/$defs/port. It fails if the schema has no such
// part.
func (s *Schema) ValidateAt(address string, doc *document.Node) (document.Findings, error) {
	part := s.doc.At(address)
	if part == nil {
		return nil, fmt.Errorf("the schema has no part %s", address)
	}
	return compile.New(s.doc).Judge(part, doc), nil
}

// SecretKeys returns the keys whose lines should not be shown; see
// [document.SecretKeys].
func (s *Schema) SecretKeys() []string { return document.SecretKeys(s.Shape()) }
