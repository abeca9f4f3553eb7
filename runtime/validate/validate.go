// Package validate is the reference validator: it checks a document against a
// schema with github.com/santhosh-tekuri/jsonschema, set up so that a schema can
// reach nothing outside itself, and reports in the words of hotbind.
//
// Generated packages do not use it: they check what the schema asks of their
// fields while they read. It serves where no package was generated for a schema,
// such as hotbind validate, and is what the generated checks are compared with.
package validate

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/format"
)

// A Schema checks documents. It may be used from several goroutines at once.
type Schema struct {
	root     *document.Node
	compiled *jsonschema.Schema
	compiler *jsonschema.Compiler
}

// base is the address under which the compiler knows the schema. Nothing is
// ever loaded from an address.
const base = "hotbind:///schema.json"

// Compile reads a schema. Root is its text as a document; a schema that names no
// draft is one of draft 2020-12. Formats are asserted in every draft. The
// findings say what keeps it from being a schema; it is then nil.
func Compile(root *document.Node) (s *Schema, findings document.Findings) {
	defer func() {
		if v := recover(); v != nil {
			s, findings = nil, document.Findings{{Pos: root.Pos, Path: "#", Message: fmt.Sprintf("the reference validator failed on this schema: %v", v)}}
		}
	}()
	c := jsonschema.NewCompiler()
	c.AssertFormat = true
	c.LoadURL = func(url string) (io.ReadCloser, error) {
		return nil, fmt.Errorf("%s is outside the schema, and nothing is fetched", url)
	}
	for _, name := range format.Names() {
		check := format.Named(name)
		c.Formats[name] = func(v any) bool {
			text, ok := v.(string)
			return !ok || check(text) == nil
		}
	}
	if err := c.AddResource(base, strings.NewReader(string(withoutID(root).AppendJSON(nil)))); err != nil {
		return nil, schemaFindings(root, err)
	}
	compiled, err := c.Compile(base)
	if err != nil {
		return nil, schemaFindings(root, err)
	}
	return &Schema{root: root, compiled: compiled, compiler: c}, nil
}

// withoutID is the schema without the identifier at its top: references into
// the file are then the same by whatever name it goes, and the place of a
// keyword is its place in the file.
func withoutID(root *document.Node) *document.Node {
	if root.Get("$id") == nil && root.Get("id") == nil {
		return root
	}
	id := root.Get("$id")
	if id == nil {
		id = root.Get("id")
	}
	own, _, _ := strings.Cut(id.Text, "#")
	return rewrite(root, own, true)
}

// rewrite copies n without the identifier at the top, with references through
// that identifier made local.
func rewrite(n *document.Node, id string, top bool) *document.Node {
	c := *n
	c.Items = make([]*document.Node, len(n.Items))
	for i, item := range n.Items {
		c.Items[i] = rewrite(item, id, false)
	}
	c.Members = nil
	for _, m := range n.Members {
		if top && (m.Key == "$id" || m.Key == "id") && m.Value.Kind == document.String {
			continue
		}
		m.Value = rewrite(m.Value, id, false)
		if rest, ok := strings.CutPrefix(m.Value.Text, id+"#"); ok && id != "" && m.Key == "$ref" {
			m.Value.Text = "#" + rest
		}
		c.Members = append(c.Members, m)
	}
	return &c
}

// schemaFindings says why the text is no schema.
func schemaFindings(root *document.Node, err error) document.Findings {
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return document.Findings{{Pos: root.Pos, Path: "#", Message: "the schema cannot be used: " + plain(err)}}
	}
	var findings document.Findings
	for _, leaf := range leaves(invalid) {
		n := at(root, leaf.InstanceLocation)
		findings = append(findings, document.Finding{
			Pos: n.Pos, Path: "#" + leaf.InstanceLocation, Message: "the meta-schema of the draft does not allow this value: " + keyword(leaf),
		})
	}
	findings.Sort()
	return findings
}

// plain is the last part of a compiler's error, which says what; the parts
// before it repeat the made-up address.
func plain(err error) string {
	text := err.Error()
	if i := strings.LastIndex(text, ": "); i >= 0 {
		text = text[i+2:]
	}
	return text
}

// Validate checks doc as a whole and returns what the schema does not allow, in
// the order of the file.
func (s *Schema) Validate(doc *document.Node) document.Findings {
	return s.validate(s.compiled, s.root, doc)
}

// ValidateAt checks doc against the part of the schema that pointer, such as
// #/properties/port, leads to.
func (s *Schema) ValidateAt(pointer string, doc *document.Node) (document.Findings, error) {
	part, err := s.compiler.Compile(base + pointer)
	if err != nil {
		return nil, err
	}
	return s.validate(part, s.root, doc), nil
}

func (s *Schema) validate(part *jsonschema.Schema, root, doc *document.Node) (findings document.Findings) {
	defer func() {
		if v := recover(); v != nil {
			findings = document.Findings{{Pos: doc.Pos, Message: fmt.Sprintf("the reference validator failed on this document: %v", v)}}
		}
	}()
	err := part.Validate(value(doc))
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return document.Findings{{Pos: doc.Pos, Message: err.Error()}}
	}
	r := reporter{schema: root, doc: doc}
	r.report(invalid)
	found := r.withoutEchoes()
	found.Sort()
	return found
}

// SecretKeys lists the keys that the schema marks as secret somewhere: lines
// with one of them should not be shown.
func (s *Schema) SecretKeys() []string {
	var keys []string
	var walk func(n *document.Node)
	walk = func(n *document.Node) {
		for _, m := range n.Members {
			if isSecret(m.Value) {
				keys = append(keys, m.Key)
			}
			walk(m.Value)
		}
		for _, item := range n.Items {
			walk(item)
		}
	}
	walk(s.root)
	return keys
}
