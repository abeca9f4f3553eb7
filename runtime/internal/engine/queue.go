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

// A request is a call that was made inside a hook and runs later.
type request struct {
	kind  requestKind
	quiet bool // made by an observer about a refusal: reporting a refusal of it could loop forever
	seam.Request
	metadata map[string]string
}

// A requestKind is the kind of a request.
type requestKind uint8

const (
	reloadRequest requestKind = iota
	rollbackRequest
	updateRequest
)

// queue holds the requests that were made inside hooks, in that order. Repeated requests
// are merged, so it stays small.
type queue struct {
	requests []request
	retry    bool
	initial  []*dispatch.Hook
	catchUp  bool // an observer has returned that has missed something
}

// mostRequests bounds the waiting requests. Updates differ by their paths, and all requests
// by the revision that they are for.
const mostRequests = 100

var errManyRequests = errors.New("too many requests are waiting for the hooks to finish")

// ask adds a request, unless too many wait. Of the requests for the same revision, the
// last reload, the last rollback, and the last update of the same paths count. Force is
// kept when requests are merged.
func (q *queue) ask(r request) error {
	q.requests = slices.DeleteFunc(q.requests, func(earlier request) bool {
		if earlier.kind != r.kind || earlier.IfRevision != r.IfRevision || r.kind == updateRequest && !slices.Equal(paths(earlier.Edits), paths(r.Edits)) {
			return false
		}
		r.Force = r.Force || earlier.Force
		return true
	})
	if len(q.requests) >= mostRequests {
		return errManyRequests
	}
	q.requests = append(q.requests, r)
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

// requestLater queues a request of the caller with ctx until the hooks are done.
func (e *Engine) requestLater(ctx context.Context, r request) (err error) {
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

// reloadQueued reloads for a request that was made inside a hook or a subscriber. It does
// not judge refused content again if the content is the same: a subscriber that reloads
// on every refusal would loop forever.
func (e *Engine) reloadQueued(ctx context.Context, req seam.Request) {
	if e.take(ctx) != nil {
		return
	}
	defer e.yield()
	e.mu.Lock()
	refused := e.judgement.refusal != nil || e.judgement.unread != nil
	e.mu.Unlock()
	if refused && !req.Force {
		c, err := e.loader.Read(ctx)
		if !e.isNews(c.Signature(), err) {
			return
		}
	}
	e.readAndApply(ctx, journal.Reload, req)
}

// runQueue runs the requests that were made inside hooks. The log and the status have the
// results.
func (e *Engine) runQueue() {
	e.mu.Lock()
	q := e.queue
	e.queue = queue{}
	e.mu.Unlock()
	for _, h := range q.initial {
		e.addCurrent(h)
	}
	for _, r := range q.requests {
		e.protect(func() { e.carryOut(r) })
	}
	if q.retry {
		e.retry()
	}
	if q.catchUp {
		e.catchUp()
	}
}

// carryOut runs one request that was made inside a hook.
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

// catchUp notifies observers that were busy of what they have missed.
func (e *Engine) catchUp() {
	if e.take(e.ctx) != nil {
		return
	}
	defer e.yield()
	now := e.now()
	e.observers.CatchUp(now.Revision, now.snapshot)
}

// subscriberReturned records that a busy subscriber has returned.
func (e *Engine) subscriberReturned(observer bool) {
	if observer {
		e.enqueue(func(q *queue) { q.catchUp = true })
	} else {
		e.hookReturned() // a reload may have found it busy
	}
}
