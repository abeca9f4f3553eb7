package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/address"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/internal/journal"

	rt "github.com/hotbind/hotbind/runtime"
)

var errBusy = errors.New("an earlier call of it has not returned yet, so that it is not told")

// notifier implements [rt.Notifier].
type notifier struct{ *Engine }

// Notifier implements [rt.Manager].
func (e *Engine) Notifier() rt.Notifier { return notifier{e} }

// beginNotifying counts one who notifies, for whom Close waits.
func (e *Engine) beginNotifying() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ctx.Err() != nil {
		return rt.ErrClosed
	}
	e.notifying.Add(1)
	return nil
}

func (n notifier) Notify(ctx context.Context, changes ...rt.ValueChange) rt.NotificationResult {
	if err := n.beginNotifying(); err != nil {
		return rt.NotificationResult{Errors: []error{err}}
	}
	defer n.notifying.Done()
	return n.notify(ctx, changes)
}

func (n notifier) notify(ctx context.Context, changes []rt.ValueChange) rt.NotificationResult {
	calls, err := n.matching(changes)
	if err != nil {
		return rt.NotificationResult{Errors: []error{err}}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(n.ctx, func() { cancel(rt.ErrClosed) })()
	var t tally
	start := time.Now()
	for i := range calls {
		h, round := calls[i].Hook, dispatch.Round{Changes: calls[i].Changes()}
		call := func(ctx context.Context) error { return h.Call(ctx, round) }
		t.begin()
		switch err := n.callObserver(ctx, h, left(start), call, t.end); {
		case errors.Is(err, dispatch.ErrRemoved):
			t.end(nil)
		case err != nil:
			t.end(n.subs.failed(h, errBusy))
		}
	}
	t.calls.Wait()
	return t.result
}

// A tally counts what becomes of calls.
type tally struct {
	calls  sync.WaitGroup
	mu     sync.Mutex
	result rt.NotificationResult
}

func (t *tally) begin() {
	t.calls.Add(1)
	t.result.Total++ // by the one goroutine that begins calls
}

func (t *tally) end(err error) {
	defer t.calls.Done()
	t.mu.Lock()
	defer t.mu.Unlock()
	if err == nil {
		t.result.Succeeded++
		return
	}
	t.result.Failed++
	t.result.Errors = append(t.result.Errors, err)
}

func (n notifier) matching(changes []rt.ValueChange) ([]dispatch.Call, error) {
	for _, c := range changes {
		if _, err := address.Path(n.program.Shape(), c.Path); err != nil {
			return nil, err
		}
		if c.Kind < rt.Added || c.Kind > rt.Modified {
			return nil, fmt.Errorf("%s: the change is of no kind: say Added, Removed or Modified", c.Path)
		}
	}
	return n.hooks.Observing(changes), nil
}

func (n notifier) NotifyAsync(ctx context.Context, changes ...rt.ValueChange) <-chan rt.NotificationResult {
	yields := make(chan rt.NotificationResult, 1)
	if err := n.beginNotifying(); err != nil {
		yields <- rt.NotificationResult{Errors: []error{err}}
		close(yields)
		return yields
	}
	changes = slices.Clone(changes)
	go func() {
		defer n.notifying.Done()
		defer close(yields)
		yields <- n.notify(ctx, changes)
	}()
	return yields
}

func (n notifier) SetTimeout(d time.Duration) error {
	if d < 0 {
		return fmt.Errorf("%v must not be negative", d)
	}
	n.teller.SetLimit(d)
	n.outbox.SetTimeout(d)
	return nil
}

func (n notifier) SetErrorHandler(fn func(err *rt.SubscriberError)) {
	n.subs.setHandler(fn, dispatch.Where())
}

func (ss *subscriptions) setHandler(fn func(err *rt.SubscriberError), where string) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	ss.onFailure, ss.handler = fn, nil
	if fn != nil {
		ss.handler = &dispatch.Hook{Name: "(error handler)", Where: where}
	}
}

// observerFailed reports an observer that failed: in the log, in the status, as a
// notification and to the application's handler.
func (e *Engine) observerFailed(err error) {
	e.journal.Note(journal.SubscriberFailed{Err: err})
	if failed := (*rt.SubscriberError)(nil); errors.As(err, &failed) && e.subs.await(failed) {
		if e.beginNotifying() != nil {
			return
		}
		go func() {
			defer e.notifying.Done()
			e.handleFailures()
		}()
	}
}

// mostFailures bounds the failures that wait for the error handler.
const mostFailures = 1000

// await has a failure wait for the error handler, and reports whether nobody gives it
// the failures yet.
func (ss *subscriptions) await(failed *rt.SubscriberError) bool {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if ss.handler == nil {
		return false
	}
	if ss.failures = append(ss.failures, failed); len(ss.failures) > mostFailures {
		ss.failures = ss.failures[1:]
	}
	first := !ss.draining
	ss.draining = true
	return first
}

// next is the failure that has waited longest; with nil all were handled.
func (ss *subscriptions) next() (failed *rt.SubscriberError, handler *dispatch.Hook, handle func(*rt.SubscriberError)) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if len(ss.failures) == 0 || ss.handler == nil {
		ss.failures, ss.draining = nil, false
		return nil, nil, nil
	}
	failed = ss.failures[0]
	ss.failures = ss.failures[1:]
	return failed, ss.handler, ss.onFailure
}

// handleFailures gives the error handler one failure after the other.
func (e *Engine) handleFailures() {
	for {
		failed, h, handle := e.subs.next()
		if failed == nil {
			return
		}
		e.handleFailure(h, func(context.Context) error { handle(failed); return nil })
	}
}

// handleFailure calls the error handler and waits until it has returned, also where
// that takes longer than its time: the next failure must not find it busy. Close ends
// the waiting.
func (e *Engine) handleFailure(h *dispatch.Hook, call func(context.Context) error) {
	ended := make(chan error, 1)
	if e.teller.Tell(e.ctx, h, 0, call, func(err error) { ended <- err }) != nil {
		return
	}
	if err := <-ended; err != nil && e.ctx.Err() == nil {
		e.journal.Note(journal.HandlerFailed{Err: err})
	}
	for e.ctx.Err() == nil && e.hooks.Wait(h, handlerPause) != nil {
		continue
	}
}

// handlerPause is how often one who waits for the error handler looks whether the
// configuration was closed.
const handlerPause = 100 * time.Millisecond
