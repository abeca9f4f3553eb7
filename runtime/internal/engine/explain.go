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
	x.Said = e.sayings(now.origin, effective, steps)
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
func (e *Engine) sayings(o load.Origin, effective *document.Node, steps []document.Step) []rt.Saying {
	layers := append(append([]load.Layer(nil), o.Layers...), load.Layer{Name: rt.APIName, Doc: o.Edits})
	var list []rt.Saying
	for i := len(layers) - 1; i >= 0; i-- {
		n, shape, secret := layers[i].Doc.Find(steps, e.program.Shape())
		if n == nil {
			continue
		}
		list = append(list, rt.Saying{Layer: layers[i].Name, Pos: n.Pos(), Value: string(document.Hide(n, shape, secret).AppendJSON(nil))})
	}
	if text := defaultAt(effective, e.program.Shape(), steps); text != "" {
		list = append(list, rt.Saying{Layer: rt.DefaultName, Pos: document.Position{File: rt.DefaultName}, Value: text})
	}
	return list
}

// defaultAt is the default that the schema gives the property at steps of effective;
// a secret one is hidden. There is none where what would hold the property is absent.
func defaultAt(effective *document.Node, shape document.Shape, steps []document.Step) string {
	if len(steps) == 0 || steps[len(steps)-1].Key == nil {
		return ""
	}
	holder, above, secret := effective.Find(steps[:len(steps)-1], shape)
	if holder == nil || above == nil {
		return ""
	}
	for _, p := range above.Properties() {
		if p.Key != *steps[len(steps)-1].Key || p.Default == "" {
			continue
		}
		n, _ := document.ParseValue(rt.DefaultName, p.Default, document.Limits{})
		return string(document.Hide(n, p.Shape, secret || above.Secret()).AppendJSON(nil))
	}
	return ""
}
