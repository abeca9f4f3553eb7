package engine

import (
	"fmt"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/journal"
	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/internal/restart"

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

// holdBack gives the fields of a candidate that only a restart may change the
// values that are in force, and notes what has to wait. The mixture is decoded
// like any document, so that what comes into force is always what the schema
// allows.
func (e *Engine) holdBack(c *candidate) error {
	running := e.now().origin.Doc
	if running == nil || !e.restarts() {
		return nil
	}
	var h restart.Holding
	held := h.Back(running, c.Origin.Doc, e.program.Shape())
	if held == c.Origin.Doc {
		return nil
	}
	snapshot, _, err := load.Decode(e.program, held)
	if err != nil && h.Parted { // a section without a property that it requires, perhaps
		h = restart.Holding{Whole: true}
		held = h.Back(running, c.Origin.Doc, e.program.Shape())
		snapshot, _, err = load.Decode(e.program, held)
	}
	if err != nil {
		return fmt.Errorf("the reloadable changes are invalid without the pending restart-only ones: %w", err)
	}
	c.pendingRestart = e.program.Diff(snapshot, c.Snapshot).Changes("")
	c.Snapshot, c.Origin.Doc = snapshot, held
	c.Origin.Base = h.Back(running, c.Origin.Base, e.program.Shape())
	return nil
}

// setPendingRestart notes what waits for the next start, and tells it when that is news.
func (e *Engine) setPendingRestart(pending rt.Changes) {
	e.mu.Lock()
	news := pending.String() != e.restart.String()
	e.restart = pending
	e.mu.Unlock()
	if news {
		e.journal.Note(journal.RestartPending{Changes: pending})
	}
}

// makeLoader makes the loader of the sources and reads their migrations.
func (e *Engine) makeLoader() error {
	loader, warnings, err := load.New(e.program, e.opts, e.health)
	if err != nil {
		return err
	}
	e.loader = loader
	e.logWarnings(warnings)
	return nil
}

// recall makes a candidate of a revision that is kept.
func (e *Engine) recall(record rt.Record) (*candidate, error) {
	doc, edits, err := record.Documents()
	if err != nil {
		return nil, err
	}
	made, err := e.compose([]load.Layer{{Name: doc.Pos().File, Doc: doc}}, edits)
	return made, notAllowed(record.ID, err)
}

// notAllowed says which revision it is that an error is about.
func notAllowed(id rt.RevisionID, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("revision %d is not valid for this program: %w", id, err)
}
