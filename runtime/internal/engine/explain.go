package engine

import (
	"encoding/json"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/address"
	"github.com/hotbind/hotbind/runtime/internal/load"

	rt "github.com/hotbind/hotbind/runtime"
)

// Explain implements [rt.Manager].
func (e *Engine) Explain(path string) (rt.Explanation, error) {
	x := rt.Explanation{Path: path}
	steps, err := address.Path(e.program.Shape(), path)
	if err != nil {
		return x, err
	}
	shape, _ := document.ShapeAt(e.program.Shape(), steps)
	e.mu.Lock()
	now, waiting := e.current, e.restart
	e.mu.Unlock()
	effective, err := e.effective(now)
	if err != nil {
		return x, err
	}
	if n := effective.At(steps, e.program.Shape()); n != nil {
		x.Value = string(n.AppendJSON(nil))
	}
	for _, c := range waiting {
		if c.Path != path {
			continue
		}
		text, err := json.Marshal(c.New) // hides secrets
		if err != nil {
			return x, err
		}
		x.PendingRestart = string(text)
	}
	x.Said = e.sayings(now.origin, steps, shape)
	return x, nil
}

// shown is the configuration in force as Explain shows it, made when it is first
// asked for. Under Engine.mu.
type shown struct {
	revision rt.RevisionID
	doc      *document.Node
}

func (e *Engine) effective(now entry) (*document.Node, error) {
	e.mu.Lock()
	known := e.shown
	e.mu.Unlock()
	if known.doc != nil && known.revision == now.ID {
		return known.doc, nil
	}
	doc, findings := document.ParseJSON("(effective)", e.program.Marshal(now.snapshot), noLimits)
	if failed := findings.Errors(); len(failed) > 0 {
		return nil, &rt.ValidationError{Findings: failed}
	}
	e.mu.Lock()
	e.shown = shown{now.ID, doc}
	e.mu.Unlock()
	return doc, nil
}

// noLimits let everything through: limits are for what comes from outside.
var noLimits = document.Limits{Bytes: 1 << 30, Nodes: 1 << 30, Depth: 10_000}

// sayings are what the layers say, the strongest first.
func (e *Engine) sayings(o load.Origin, steps []document.Step, shape document.Shape) []rt.Saying {
	layers := append(append([]load.Layer(nil), o.Layers...), load.Layer{Name: rt.APIName, Doc: o.Edits})
	var list []rt.Saying
	for i := len(layers) - 1; i >= 0; i-- {
		n := layers[i].Doc.At(steps, e.program.Shape())
		if n == nil {
			continue
		}
		shown := document.Hide(n, shape, secretAbove(e.program.Shape(), steps))
		list = append(list, rt.Saying{Layer: layers[i].Name, Pos: n.Pos(), Value: string(shown.AppendJSON(nil))})
	}
	if text := defaultAt(e.program.Shape(), steps); text != "" {
		list = append(list, rt.Saying{Layer: rt.DefaultName, Pos: document.Position{File: rt.DefaultName}, Value: text})
	}
	return list
}

// secretAbove reports whether a value that encloses the one at steps is a secret.
func secretAbove(shape document.Shape, steps []document.Step) bool {
	for i := range steps {
		if above, _ := document.ShapeAt(shape, steps[:i]); above != nil && above.Secret() {
			return true
		}
	}
	return false
}

// defaultAt is the default that the schema gives the property at steps; a secret
// one is hidden.
func defaultAt(shape document.Shape, steps []document.Step) string {
	if len(steps) == 0 || steps[len(steps)-1].Key == nil {
		return ""
	}
	above, _ := document.ShapeAt(shape, steps[:len(steps)-1])
	if above == nil {
		return ""
	}
	for _, p := range above.Properties() {
		if p.Key != *steps[len(steps)-1].Key || p.Default == "" {
			continue
		}
		n, _ := document.ParseValue(rt.DefaultName, p.Default, document.Limits{})
		return string(document.Hide(n, p.Shape, secretAbove(shape, steps)).AppendJSON(nil))
	}
	return ""
}
