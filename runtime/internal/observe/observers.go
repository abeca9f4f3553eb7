// Package observe notifies subscribers about accepted revisions, refused candidates,
// rollbacks, and changes that the application publishes. It holds the subscriptions of
// one configuration, records what an observer missed while it was busy, and passes the
// failures of observers to the journal and to the error handler.
package observe

import (
	"context"
	"sync"
	"time"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/internal/journal"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Program describes the snapshots that observers receive.
type Program interface {
	Shape() document.Shape
	// Diff returns nil if nothing differs. If before is nil, everything was added.
	Diff(before, after any) *dispatch.Delta
	// At returns the value at steps, and reports whether there is one.
	At(snapshot any, steps []document.Step) (value any, ok bool)
}

// Options holds what observers need of the engine.
type Options struct {
	Program Program
	Hooks   *dispatch.Hooks // all hooks of the configuration: observers run after the others
	Journal *journal.Journal
	Timeout time.Duration // of one call of an observer; 0 is no limit
	Most    int           // how many subscriptions there may be
	// AddCurrent calls a hook with the values in force, then adds it.
	AddCurrent func(h *dispatch.Hook)
	// Inside reports whether the caller runs inside a call of the engine or of observers.
	Inside func(context.Context) bool
	// Longest returns the time limit of a subscriber that may refuse.
	Longest func() time.Duration
	// Returned is called when a subscriber that was busy returns: an observer that has
	// missed something (see CatchUp), or a subscriber that may refuse.
	Returned func(observer bool)
}

// Observers holds the observers of one configuration. Its methods may be called from any
// goroutine, except where they require that the caller holds the turn.
type Observers struct {
	program     Program
	hooks       *dispatch.Hooks
	caller      *dispatch.Caller
	refusals    *dispatch.Caller // calls them about refusals
	journal     *journal.Journal
	most        int
	addCurrent  func(h *dispatch.Hook)
	insideAny   func(context.Context) bool
	hookLongest func() time.Duration
	returned    func(observer bool)
	ctx         context.Context // ends when the configuration is closed
	notifying   sync.WaitGroup  // callers of Notify, and the goroutine that handles failures

	mu     sync.Mutex // guards the fields below
	closed bool
	byHook map[*dispatch.Hook]*subscription
	count  uint64 // of all subscriptions that there ever were
	// subscribed counts the subscriptions that are not listeners.
	subscribed int
	// behind holds what busy observers have missed. Each is notified once when it
	// returns, with all changes in one, so nothing queues.
	behind map[*dispatch.Hook]*missed
	// onFailure is the application's error handler, called as handler; nil: none.
	onFailure func(*rt.SubscriberError)
	handler   *dispatch.Hook
	failures  []*rt.SubscriberError // waiting for the handler; the newest ones if it is slow
	draining  bool                  // a goroutine gives it the failures
}

// New returns the observers of a configuration, which is closed when ctx ends.
func New(ctx context.Context, opts Options) *Observers {
	o := &Observers{
		program: opts.Program, hooks: opts.Hooks, journal: opts.Journal, most: opts.Most, addCurrent: opts.AddCurrent,
		insideAny: opts.Inside, hookLongest: opts.Longest, returned: opts.Returned, ctx: ctx,
		byHook: map[*dispatch.Hook]*subscription{}, behind: map[*dispatch.Hook]*missed{},
	}
	caller := func() *dispatch.Caller {
		return dispatch.NewCaller(opts.Hooks, opts.Timeout, func() { o.returned(true) }, opts.Journal.Subscriber)
	}
	o.caller, o.refusals = caller(), caller()
	return o
}

// Inside reports whether the caller runs inside a call of o.
func (o *Observers) Inside(ctx context.Context) bool {
	return o.caller.Inside(ctx) || o.InsideRefusal(ctx)
}

// InsideRefusal reports whether the caller runs inside a call of o about a refusal.
func (o *Observers) InsideRefusal(ctx context.Context) bool { return o.refusals.Inside(ctx) }

type quietKey struct{}

// Quiet returns a context for a request whose refusal is not reported to observers.
func Quiet(ctx context.Context) context.Context { return context.WithValue(ctx, quietKey{}, true) }

// IsQuiet reports whether ctx comes from Quiet.
func IsQuiet(ctx context.Context) bool { return ctx.Value(quietKey{}) != nil }

// Close prevents further notifications. Call it before ctx ends.
func (o *Observers) Close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
}

// WaitNotified waits until all notifications of callers are done.
func (o *Observers) WaitNotified() { o.notifying.Wait() }

// Wait waits until the calls of slow observers have ended, the last ones. Call it when
// nothing can notify any more.
func (o *Observers) Wait() {
	o.caller.Close()
	o.refusals.Close()
}
