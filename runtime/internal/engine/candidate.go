package engine

import (
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/load"

	rt "github.com/hotbind/hotbind/runtime"
)

// A candidate is a configuration that wants to become current.
type candidate struct {
	*load.Result
	pendingRestart rt.Changes // what it says and waits for the next start
}

// candidate makes a candidate of content. The caller holds the turn.
func (e *Engine) candidate(c load.Content) (*candidate, error) {
	made, err := e.loader.Load(c, e.now().origin.Edits)
	if err != nil {
		return nil, err
	}
	return e.admissible(made)
}

// compose makes a candidate of what layers say and of what was set through the API.
func (e *Engine) compose(layers []load.Layer, edits *document.Node) (*candidate, error) {
	made, err := e.loader.Compose(layers, edits)
	if err != nil {
		return nil, err
	}
	return e.admissible(made)
}

// admissible is made without what waits for the next start.
func (e *Engine) admissible(made *load.Result) (*candidate, error) {
	c := &candidate{Result: made}
	return c, e.holdBack(c)
}
