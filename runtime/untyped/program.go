package untyped

import (
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/validate"

	rt "github.com/hotbind/hotbind/runtime"
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

// Diff is what differs between two snapshots, nil where nothing does.
func (p *program) Diff(before, after any) *dispatch.Delta {
	d := differ{schemaless: p.shape == nil}
	deltas := d.add(nil, dispatch.Step{}, place{shape: p.shape}, before.(*Config).doc, after.(*Config).doc)
	if len(deltas) == 0 {
		return nil
	}
	deltas[0].Old, deltas[0].New = before, after
	return &deltas[0]
}

// Changes lists what a diff says: the topmost parts that were added or removed, and
// the values without parts that were modified.
func (p *program) Changes(d *dispatch.Delta) []rt.ValueChange {
	if d == nil {
		return nil
	}
	return appendChanges(nil, "", d)
}

func appendChanges(list []rt.ValueChange, path string, d *dispatch.Delta) []rt.ValueChange {
	if d.Kind != rt.Modified || len(d.Parts) == 0 {
		return append(list, rt.ValueChange{Path: path, Kind: d.Kind, Old: valueOf(d, d.Old), New: valueOf(d, d.New)})
	}
	for i := range d.Parts {
		list = appendChanges(list, document.KeyPath(path, d.Parts[i].Step.Key), &d.Parts[i])
	}
	return list
}

func valueOf(d *dispatch.Delta, v any) any {
	if v == nil {
		return nil
	}
	return d.Values(v)
}
