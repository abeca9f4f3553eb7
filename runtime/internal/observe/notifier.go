package observe

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/address"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/internal/journal"

	rt "github.com/hotbind/hotbind/runtime"
)

var errBusy = errors.New("its previous call is still running; not notified")

// begin counts a caller that notifies; [Observers.Wait] waits for it.
func (o *Observers) begin() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return rt.ErrClosed
	}
	o.notifying.Add(1)
	return nil
}

// Notify implements [rt.Values].
func (o *Observers) Notify(ctx context.Context, changes ...rt.ValueChange) rt.NotificationResult {
	if err := o.begin(); err != nil {
		return rt.NotificationResult{Errors: []error{err}}
	}
	defer o.notifying.Done()
	return o.notify(ctx, changes)
}

func (o *Observers) notify(ctx context.Context, changes []rt.ValueChange) rt.NotificationResult {
	calls, err := o.matching(changes)
	if err != nil {
		return rt.NotificationResult{Errors: []error{err}}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(o.ctx, func() { cancel(rt.ErrClosed) })()
	var t tally
	start := time.Now()
	for i := range calls {
		h, round := calls[i].Hook, dispatch.Round{Changes: calls[i].Changes()}
		call := func(ctx context.Context) error { return h.Call(ctx, round) }
		t.begin()
		switch err := o.callObserver(ctx, o.caller, h, left(start), call, t.end); {
		case errors.Is(err, dispatch.ErrRemoved):
			t.end(nil)
		case err != nil:
			t.end(o.failed(h, errBusy))
		}
	}
	t.calls.Wait()
	return t.result
}

// A tally counts the results of calls.
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

func (o *Observers) matching(changes []rt.ValueChange) ([]dispatch.Call, error) {
	for _, c := range changes {
		if _, err := address.Path(o.program.Shape(), c.Path); err != nil {
			return nil, err
		}
		if c.Kind < rt.Added || c.Kind > rt.Modified {
			return nil, fmt.Errorf("%s: the change has no kind: want Added, Removed or Modified", c.Path)
		}
	}
	return o.hooks.Observing(changes), nil
}

// SetErrorHandler implements [rt.Values].
func (o *Observers) SetErrorHandler(fn func(err *rt.SubscriberError)) {
	where := dispatch.Where()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.onFailure, o.handler = fn, nil
	if fn != nil {
		o.handler = &dispatch.Hook{Name: "(error handler)", Where: where}
	}
}

// report reports an observer that failed: to the journal and to the application's
// handler.
func (o *Observers) report(err error) {
	o.journal.Note(journal.SubscriberFailed{Err: err})
	if failed := (*rt.SubscriberError)(nil); errors.As(err, &failed) && o.await(failed) {
		if o.begin() != nil {
			return
		}
		go func() {
			defer o.notifying.Done()
			o.handleFailures()
		}()
	}
}

// mostFailures bounds the failures that wait for the error handler.
const mostFailures = 1000

// await queues a failure for the error handler. It reports whether the caller must start
// delivering the failures, because no goroutine does yet.
func (o *Observers) await(failed *rt.SubscriberError) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.handler == nil {
		return false
	}
	if o.failures = append(o.failures, failed); len(o.failures) > mostFailures {
		o.failures = o.failures[1:]
	}
	first := !o.draining
	o.draining = true
	return first
}

// next returns the failure that has waited longest, or nil if all were handled.
func (o *Observers) next() (failed *rt.SubscriberError, handler *dispatch.Hook, handle func(*rt.SubscriberError)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.failures) == 0 || o.handler == nil {
		o.failures, o.draining = nil, false
		return nil, nil, nil
	}
	failed = o.failures[0]
	o.failures = o.failures[1:]
	return failed, o.handler, o.onFailure
}

// handleFailures calls the error handler with one failure after the other.
func (o *Observers) handleFailures() {
	for {
		failed, h, handle := o.next()
		if failed == nil {
			return
		}
		o.handleFailure(h, func(context.Context) error { handle(failed); return nil })
	}
}

// handleFailure calls the error handler and waits until it has returned, even beyond its
// time limit: the next failure must not find it busy. Close ends the wait.
func (o *Observers) handleFailure(h *dispatch.Hook, call func(context.Context) error) {
	ended := make(chan error, 1)
	if o.caller.CallObserver(o.ctx, h, 0, call, func(err error) { ended <- err }) != nil {
		return
	}
	if err := <-ended; err != nil && o.ctx.Err() == nil {
		o.journal.Note(journal.HandlerFailed{Err: err})
	}
	for o.ctx.Err() == nil && o.hooks.Wait(h, handlerPause) != nil {
		continue
	}
}

// handlerPause is how often a caller that waits for the error handler checks whether the
// configuration was closed.
const handlerPause = 100 * time.Millisecond
