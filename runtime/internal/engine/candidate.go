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
	pendingRestart rt.Changes // changes in it that wait for the next start
}

// candidate makes a candidate of content. The caller holds the turn.
func (e *Engine) candidate(c load.Content) (*candidate, error) {
	now := e.now()
	made, err := e.loader.Load(c, now.origin.Edits, now.memory)
	if err != nil {
		return nil, err
	}
	return e.admissible(made)
}

// compose makes a candidate from layers and from the edits set through the API.
func (e *Engine) compose(layers []load.Layer, edits *document.Node) (*candidate, error) {
	made, err := e.loader.Compose(layers, edits, e.now().memory)
	if err != nil {
		return nil, err
	}
	return e.admissible(made)
}

// admissible makes a candidate without the changes that wait for the next start.
func (e *Engine) admissible(made *load.Result) (*candidate, error) {
	c := &candidate{Result: made}
	return c, e.holdBack(c)
}

// holdBack keeps the values in force of fields that only a restart may change, and
// records their changes as pending. The mixture is decoded like any document, so the
// schema allows every value that comes into force.
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
	kept, err := load.Decode(e.program, held, e.now().memory)
	if err != nil && h.Parted { // a section without a property that it requires, perhaps
		h = restart.Holding{Whole: true}
		held = h.Back(running, c.Origin.Doc, e.program.Shape())
		kept, err = load.Decode(e.program, held, e.now().memory)
	}
	if err != nil {
		return fmt.Errorf("the reloadable changes are invalid without the pending restart-only ones: %w", err)
	}
	c.pendingRestart = e.program.Diff(kept.Snapshot, c.Snapshot).Changes("")
	c.Snapshot, c.Memory, c.Origin.Doc = kept.Snapshot, kept.Memory, held
	c.Origin.Base = h.Back(running, c.Origin.Base, e.program.Shape())
	return nil
}

// setPendingRestart records the changes that wait for the next start, and reports them if
// they are new.
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

// recall makes a candidate of a stored revision.
func (e *Engine) recall(record rt.Record) (*candidate, error) {
	doc, edits, err := record.Documents()
	if err != nil {
		return nil, err
	}
	made, err := e.compose([]load.Layer{{Name: doc.Pos().File, Doc: doc}}, edits)
	return made, notAllowed(record.ID, err)
}

// notAllowed adds the id of the revision to an error about it.
func notAllowed(id rt.RevisionID, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("revision %d is not valid for this program: %w", id, err)
}
