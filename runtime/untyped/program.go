package untyped

import (
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/validate"
)

// A program is a schema as the engine sees a generated package.
type program struct {
	schema  *validate.Schema // nil: nothing is known of documents
	shape   document.Shape
	publish func(*Config)
}

func newProgram(schema *validate.Schema) *program {
	p := &program{schema: schema, publish: func(*Config) {}}
	if schema != nil {
		p.shape = schema.Shape()
	}
	return p
}

func (p *program) Schema() string        { return p.schema.Text() }
func (p *program) Shape() document.Shape { return p.shape }
func (p *program) Publish(snapshot any)  { p.publish(snapshot.(*Config)) }

// Decode checks a document and completes it.
func (p *program) Decode(doc *document.Node) (snapshot any, findings document.Findings) {
	if findings = p.schema.Validate(doc); len(findings.Errors()) > 0 {
		return nil, findings
	}
	return &Config{p, p.complete(doc)}, findings
}

// Marshal is a snapshot as JSON, secrets hidden.
func (p *program) Marshal(snapshot any) []byte {
	return document.Hide(snapshot.(*Config).doc, p.shape, false).AppendJSON(nil)
}

// Diff is what differs between two snapshots, nil where nothing does. Before may be
// nil: all appeared.
func (p *program) Diff(before, after any) *dispatch.Delta {
	d := differ{schemaless: p.shape == nil}
	var was *document.Node
	if before != nil {
		was = before.(*Config).doc
	}
	deltas := d.add(nil, dispatch.Step{}, place{shape: p.shape}, was, after.(*Config).doc)
	if len(deltas) == 0 {
		return nil
	}
	deltas[0].Old, deltas[0].New = before, after
	return &deltas[0]
}

// At is the value that steps lead to in a snapshot, and whether there is one. A
// secret is not looked into: all paths below it lead to the secret.
func (p *program) At(snapshot any, steps []document.Step) (value any, ok bool) {
	n, at := snapshot.(*Config).doc, place{shape: p.shape}
	for i := range steps {
		if at.secret || at.shape != nil && at.shape.Secret() {
			break
		}
		shape := at.shape
		if detail, ok := shape.(validate.Detail); ok {
			shape, _ = detail.Choose(n)
		}
		step := steps[i : i+1]
		if n = n.At(step, shape); n == nil {
			return nil, false
		}
		below, _ := document.ShapeAt(shape, step)
		at = at.below(below, false)
	}
	if n.Kind == document.Null && !at.tellsNull() {
		return nil, false
	}
	return at.value(n), true
}
