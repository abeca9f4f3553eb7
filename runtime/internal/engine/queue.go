package engine

import (
	"slices"

	"github.com/hotbind/hotbind/runtime/internal/dispatch"

	rt "github.com/hotbind/hotbind/runtime"
)

// A request is what was asked for inside a hook.
type request struct {
	kind     requestKind
	rollback rt.RollbackTarget
	edits    []rt.Edit
	reload   rt.ReloadOptions
	metadata map[string]string
}

// A requestKind says what is asked for: of each kind the last request counts.
type requestKind uint8

const (
	reloadRequest requestKind = iota
	rollbackRequest
	updateRequest
)

// queue is what was asked for inside hooks, in that order. Asking twice is
// asking once, so it stays small.
type queue struct {
	asked   []request
	retry   bool
	initial []*dispatch.Hook
}

// ask adds a request and forgets an earlier one of its kind, except for the edits
// of other paths.
func (q *queue) ask(r request) {
	for _, earlier := range q.asked {
		if r.kind == updateRequest && earlier.kind == updateRequest {
			r.edits = withEarlier(earlier.edits, r.edits)
		}
	}
	q.asked = slices.DeleteFunc(q.asked, func(earlier request) bool { return earlier.kind == r.kind })
	q.asked = append(q.asked, r)
}

// withEarlier is edits after those earlier ones that they do not replace.
func withEarlier(earlier, edits []rt.Edit) []rt.Edit {
	var all []rt.Edit
	for _, e := range earlier {
		if !slices.ContainsFunc(edits, func(later rt.Edit) bool { return later.Path() == e.Path() }) {
			all = append(all, e)
		}
	}
	return append(all, edits...)
}

func (e *Engine) enqueue(f func(*queue)) {
	e.mu.Lock()
	f(&e.queue)
	e.mu.Unlock()
	e.events.ring()
}

// runQueue does what was asked for inside hooks. What comes of it stands in the log
// and in the status.
func (e *Engine) runQueue() {
	e.mu.Lock()
	q := e.queue
	e.queue = queue{}
	e.mu.Unlock()
	for _, h := range q.initial {
		e.addCurrent(h)
	}
	for _, r := range q.asked {
		ctx := rt.ContextWithMetadata(e.ctx, r.metadata)
		switch r.kind {
		case rollbackRequest:
			if err := e.rollbackAsked(ctx, r.rollback); err != nil && e.ctx.Err() == nil {
				e.warn("a rollback asked for inside a hook failed", err)
			}
		case updateRequest:
			if _, err := e.Update(ctx, r.edits...); err != nil && e.ctx.Err() == nil {
				e.warn("an update asked for inside a hook failed", err)
			}
		default:
			e.reload(ctx, rt.CauseManual, r.reload)
		}
	}
	if q.retry {
		e.retry()
	}
}
