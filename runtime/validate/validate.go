// Package validate is the door to a schema without generated code: it loads one,
// judges documents by it, and says what a value at a place can be. It finds what a
// generated package finds, in the same words, because both use the same tables:
// those of a generated package are written at build time, those of this package are
// made when the schema is loaded.
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

// A Schema judges documents. It may be used from several goroutines at once.
type Schema struct {
	doc     *schema.Document
	program *genrt.Program
}

// Load reads the schema in data and all files it refers to; they are found in files,
// the folder of the schema, and nothing is ever fetched. Where files is nil no other
// file is read. A schema that names no draft is of the newest in which it is well
// formed. Formats are asserted in every draft. The findings are warnings, or say what
// keeps data from being a schema, which is then nil.
func Load(name string, data []byte, files fs.FS) (s *Schema, findings document.Findings) {
	return LoadFiles(name, data, Files{FS: files})
}

// Files says which files a schema may refer to.
type Files struct {
	// FS holds the files: nothing outside it is read. Nil: no file is.
	FS fs.FS
	// Dir is the path of the schema's folder in FS; empty: FS is that folder.
	Dir string
	// References are the paths in FS of files by the addresses that stand for them.
	References map[string]string
}

// LoadFiles is [Load] for a schema that may refer to files outside its folder.
func LoadFiles(name string, data []byte, files Files) (s *Schema, findings document.Findings) {
	defer func() {
		if v := recover(); v != nil { // a fault of ours, which must not end a tool
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

// Shape returns what the schema says of a document, as far as merging layers, reading
// text and following paths need it. It may be used from several goroutines at once.
func (s *Schema) Shape() document.Shape { return s.program.Shape() }

// Validate returns what the schema finds in doc, in the order of the file.
func (s *Schema) Validate(doc *document.Node) document.Findings {
	_, findings := s.program.Decode(doc)
	return findings
}

// Unchecked returns the paths of the values of doc of which only a Go type named by
// x-go-type knows whether they are allowed: Validate cannot say.
func (s *Schema) Unchecked(doc *document.Node) []string { return s.program.Unchecked(doc) }

// ValidateAt judges doc by the part of the schema at an address: a pointer such as
// #/properties/port into the schema file, or into another one with its path in the
// folder before it, as in common.json#/$defs/port.
func (s *Schema) ValidateAt(address string, doc *document.Node) (document.Findings, error) {
	part := s.doc.At(address)
	if part == nil {
		return nil, fmt.Errorf("%s is no part of the schema", address)
	}
	return compile.New(s.doc).Judge(part, doc), nil
}

// SecretKeys returns the keys whose lines should not be shown; see
// [document.SecretKeys].
func (s *Schema) SecretKeys() []string { return document.SecretKeys(s.Shape()) }
