// Package validate is the reference validator: it checks a document against a
// schema with github.com/santhosh-tekuri/jsonschema, set up so that a schema can
// reach nothing outside itself, and reports in the words of hotbind.
//
// Generated packages do not use it: they check what the schema asks of their
// fields while they read. It serves where no package was generated for a schema,
// such as hotbind validate, and is what the generated checks are compared with.
package validate

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/format"
	"github.com/hotbind/hotbind/runtime/internal/wording"
)

// A Schema checks documents. It may be used from several goroutines at once.
type Schema struct {
	root     *document.Node // without its identifier
	index    *index
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
			s, findings = nil, document.Findings{{Pos: root.Pos, Path: "#", Message: wording.Line(fmt.Sprintf("the reference validator failed on this schema: %v", v))}}
		}
	}()
	own := withoutID(root)
	x := newIndex(own)
	if findings := x.refuse(); len(findings) > 0 {
		return nil, findings
	}
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
	if err := c.AddResource(base, strings.NewReader(string(own.AppendJSON(nil)))); err != nil {
		return nil, schemaFindings(root, err)
	}
	compiled, err := c.Compile(base)
	if err != nil {
		return nil, schemaFindings(root, err)
	}
	return &Schema{root: own, index: x, compiled: compiled, compiler: c}, nil
}

// withoutID is the schema without the identifier at its top: references into
// the file are then the same by whatever name it goes, and the place of a
// keyword is its place in the file. It is a copy, in which nothing is shared.
func withoutID(root *document.Node) *document.Node {
	id := root.Get("$id")
	if id == nil {
		id = root.Get("id")
	}
	if id == nil {
		return rewrite(root, "", true)
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
		return document.Findings{{Pos: root.Pos, Path: "#", Message: wording.Line("the schema cannot be used: " + plain(err))}}
	}
	var findings document.Findings
	for _, leaf := range leaves(invalid) {
		n := at(root, leaf.InstanceLocation)
		findings = append(findings, document.Finding{
			Pos: n.Pos, Path: "#" + leaf.InstanceLocation, Message: "the meta-schema of the draft does not allow this value: " + wording.Name(keyword(leaf)),
		})
	}
	findings.Sort()
	return findings
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
	return s.validate(s.compiled, s.root, doc)
}

// ValidateAt checks doc against the part of the schema that pointer, such as
// #/properties/port, leads to.
func (s *Schema) ValidateAt(pointer string, doc *document.Node) (document.Findings, error) {
	part, err := s.compiler.Compile(base + pointer)
	if err != nil {
		return nil, err
	}
	_, fragment, _ := strings.Cut(pointer, "#")
	return s.validate(part, at(s.root, fragment), doc), nil
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
	r := reporter{schema: s.root, doc: doc, places: places, told: map[[2]string]bool{}}
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
