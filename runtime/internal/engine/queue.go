package engine

import (
	"context"
	"errors"
	"slices"

	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/internal/journal"
	"github.com/hotbind/hotbind/runtime/internal/observe"
	"github.com/hotbind/hotbind/runtime/internal/seam"

	rt "github.com/hotbind/hotbind/runtime"
)

// A request is what was asked for inside a hook.
type request struct {
	kind  requestKind
	quiet bool // asked by an observer that was told of a refusal: told again it would ask for ever
	seam.Request
	metadata map[string]string
}

// A requestKind says what is asked for.
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
	catchUp bool // an observer has returned that has missed something
}

// mostAsked bounds how many requests wait: updates are told apart by their paths, and all
// by the revision that they are for.
const mostAsked = 100

var errManyAsked = errors.New("too many requests are waiting for the hooks to finish")

// ask adds a request, unless too many wait. Of reloads and rollbacks the last one
// counts, of updates the last one of the same paths, of all only among those that are for
// the same revision; what is forced stays forced.
func (q *queue) ask(r request) error {
	q.asked = slices.DeleteFunc(q.asked, func(earlier request) bool {
		if earlier.kind != r.kind || earlier.IfRevision != r.IfRevision || r.kind == updateRequest && !slices.Equal(paths(earlier.Edits), paths(r.Edits)) {
			return false
		}
		r.Force = r.Force || earlier.Force
		return true
	})
	if len(q.asked) >= mostAsked {
		return errManyAsked
	}
	q.asked = append(q.asked, r)
	return nil
}

func paths(edits []seam.Edit) []string {
	list := make([]string, len(edits))
	for i, e := range edits {
		list[i] = e.Path
	}
	slices.Sort(list)
	return list
}

// askLater queues a request, of whoever has ctx, for when the hooks are done.
func (e *Engine) askLater(ctx context.Context, r request) (err error) {
	r.metadata, r.quiet = seam.Metadata(ctx), e.observers.InsideRefusal(ctx)
	e.enqueue(func(q *queue) { err = q.ask(r) })
	return err
}

func (e *Engine) enqueue(f func(*queue)) {
	e.mu.Lock()
	f(&e.queue)
	e.mu.Unlock()
	e.events.Ring()
}

// reloadQueued reads the sources for somebody who asked inside a hook or a subscriber.
// What was refused and is the same content still is not judged again: whoever asks when
// it is refused would ask for ever.
func (e *Engine) reloadQueued(ctx context.Context, asked seam.Request) {
	if e.take(ctx) != nil {
		return
	}
	defer e.yield()
	e.mu.Lock()
	refused := e.judgement.refusal != nil || e.judgement.unread != nil
	e.mu.Unlock()
	if refused && !asked.Force {
		c, err := e.loader.Read(ctx)
		if !e.isNews(c.Signature, err) {
			return
		}
	}
	e.readAndApply(ctx, journal.Reload, asked)
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
		e.protect(func() { e.carryOut(r) })
	}
	if q.retry {
		e.retry()
	}
	if q.catchUp {
		e.catchUp()
	}
}

// carryOut does what was asked for inside a hook.
func (e *Engine) carryOut(r request) {
	ctx := rt.ContextWithMetadata(e.ctx, r.metadata)
	if r.quiet {
		ctx = observe.Quiet(ctx)
	}
	switch r.kind {
	case rollbackRequest:
		e.rollbackQueued(ctx, r.Request)
	case updateRequest:
		e.update(ctx, r.Request, e.attempt(ctx, journal.Update))
	default:
		e.reloadQueued(ctx, r.Request)
	}
}

// catchUp tells observers that were busy of what they have missed.
func (e *Engine) catchUp() {
	if e.take(e.ctx) != nil {
		return
	}
	defer e.yield()
	now := e.now()
	e.observers.CatchUp(now.Revision, now.snapshot)
}

// subscriberReturned notes that a subscriber has returned that was busy.
func (e *Engine) subscriberReturned(observer bool) {
	if observer {
		e.enqueue(func(q *queue) { q.catchUp = true })
	} else {
		e.hookReturned() // a reload may have found it busy
	}
}
