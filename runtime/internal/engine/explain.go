package engine

import (
	"encoding/json"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/address"

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
	x.Layers = now.origin.Said(effective, e.program.Shape(), steps)
	return x, nil
}

// shown is the configuration in force as Explain shows it, made on first use. Engine.mu
// guards it.
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

// noLimits allows everything: limits are for input from outside.
var noLimits = document.Limits{Bytes: 1 << 30, Nodes: 1 << 30, Depth: 10_000}
