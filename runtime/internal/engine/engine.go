// Package engine is the reload state machine: it reads the sources, accepts or
// refuses their content, puts an accepted snapshot into force with one atomic
// swap, calls the hooks and undoes everything if one of them fails.
//
// One transition runs at a time. Its goroutine holds the turn from reading the
// sources on, so that content read earlier is never applied later. Everything
// before the swap works on the candidate alone, so a failure leaves no trace but
// the error state. The files, in the order of a reload:
//
//	engine.go     the state, Open and Close
//	start.go      the first revision
//	follow.go     the goroutine that turns events into reloads
//	settle.go     when: until the files are quiet and the strategy lets them
//	read.go       sources → bytes that hold still
//	candidate.go  bytes → snapshot, as package load makes it
//	validate.go   the validators of the application
//	apply.go      candidate → revision: judge, prepare, swap
//	hooks.go      calling the hooks, and undoing what they did
//	content.go    the state of the sources' content: in force, refused, unreadable
//	archive.go    stored revisions and backups
//
// Packages observe (subscribers) and journal (everything else) report what happens;
// channels.go leads to them. Requests of callers: manager.go (reload, dry run, hooks),
// update.go, rollback.go, queue.go (from inside hooks), revisions.go, explain.go, control.go
// (enable, strategy, watch paths), status.go, values.go (by path).
package engine

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/internal/health"
	"github.com/hotbind/hotbind/runtime/internal/journal"
	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/internal/observe"
	"github.com/hotbind/hotbind/runtime/internal/outbox"
	"github.com/hotbind/hotbind/runtime/internal/restart"
	"github.com/hotbind/hotbind/runtime/internal/seam"
	"github.com/hotbind/hotbind/runtime/internal/watch"
	"github.com/hotbind/hotbind/runtime/source"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Program is a generated package as the engine sees it. A snapshot is a pointer to its
// root type and is never modified after decoding.
type Program interface {
	load.Program
	// Diff returns nil if nothing differs. If before is nil, everything was added.
	Diff(before, after any) *dispatch.Delta
	// DiffAfter is Diff for the snapshot whose decoding left the memory after. If that took
	// over values, before must be equal to the snapshot that they are from.
	DiffAfter(before, after any) *dispatch.Delta
	// At returns the value at steps, and reports whether there is one.
	At(snapshot any, steps []document.Step) (value any, ok bool)
	// Marshal returns a snapshot as JSON with its secrets hidden.
	Marshal(snapshot any) []byte
	// Publish makes the snapshot the one that readers see.
	Publish(snapshot any)
}

// A Watcher reports files that may have changed. See [watch.Watcher].
type Watcher interface {
	Admit(files func(path string) bool)
	Set(paths []string)
	Rearm()
	// Unseen returns the paths whose changes the system may not report, with the reason.
	Unseen() []string
	Close() error
	Done() <-chan struct{}
}

// An Engine is one live configuration.
type Engine struct {
	*follower
	opts        rt.Options
	environment string
	program     Program
	restarts    func() bool  // whether some property needs a restart to change
	loader      *load.Loader // the turn guards its cache of parsed documents
	archive     *archive
	hooks       *dispatch.Hooks
	caller      *dispatch.Caller
	validators  *dispatch.Hooks
	checker     *dispatch.Caller // calls validators
	observers   *observe.Observers
	outbox      *outbox.Outbox
	journal     *journal.Journal
	health      *health.Sources

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	turn   chan struct{} // holds a token while a transition runs

	mu        sync.Mutex // guards the fields below; held briefly
	current   entry
	lastID    rt.RevisionID
	restart   rt.Changes // changes of the sources that wait for the next start
	judgement judgement
	lastRead  load.Content // content of the sources when they were read last; zero: unknown
	good      load.Content // content of the sources that was good last; zero: unknown
	queue     queue
	shown     shown
}

// An entry is a revision, its value, and the content of the sources from which it was
// made.
type entry struct {
	rt.Revision
	snapshot any
	memory   any // of its decoding
	origin   load.Origin
	content  load.Signature
}

// Open reads the sources, puts their content into force and follows them. NewWatcher
// starts the watcher.
func Open(ctx context.Context, p Program, opts rt.Options, newWatcher func(notify func(watch.Event)) Watcher) (*Engine, error) {
	opts, err := settle(opts)
	if err != nil {
		return nil, errors.Join(err, outbox.CloseAll(opts.Channels))
	}
	e := newEngine(ctx, p, opts)
	if err := e.openOutputs(); err != nil {
		return nil, errors.Join(err, e.closeOutputs())
	}
	e.watch(newWatcher)
	if err := e.start(ctx); err != nil {
		e.cancel()
		return nil, errors.Join(err, e.closeWatcher(), e.closeOutputs())
	}
	e.warnOfFiles()
	switch {
	case e.Watching().Enabled():
		e.journal.Note(journal.Controlled{Request: journal.Enable, Opening: true, Paths: e.Paths()})
	case e.opts.HotReload == nil: // the environment decided, not an option
		e.journal.Note(journal.Remark{Level: slog.LevelInfo, Text: "the sources are not followed in production", Attrs: []any{"environment", e.environment, "option", "rt.WithHotReload(true)"}})
	}
	e.attendFollowers()
	go e.follow()
	return e, nil
}

// settle checks the options, all of them, and applies the settings of an operator.
func settle(opts rt.Options) (rt.Options, error) {
	if err := errors.Join(load.CheckFollowed(opts)...); err != nil {
		return opts, err
	}
	if opts.Settings == nil {
		return opts, nil
	}
	return opts.Settings(opts)
}

// openOutputs opens the store and the logs that the engine writes to. closeOutputs closes
// what it has opened, even after an error.
func (e *Engine) openOutputs() error {
	if err := e.outbox.AddAll(e.opts.Channels); err != nil {
		return err
	}
	if err := e.makeLoader(); err != nil {
		return err
	}
	archive, err := openArchive(e.opts, load.SchemaHash(e.program.Schema()), e.journal)
	if err != nil {
		return err
	}
	e.archive, e.lastID = archive, archive.LastID()
	return e.journal.Open()
}

func (e *Engine) closeOutputs() error {
	var errs []error
	if e.archive != nil {
		errs = append(errs, e.archive.Close())
	}
	return errors.Join(append(errs, e.journal.Close(), e.outbox.Close())...)
}

func newEngine(ctx context.Context, p Program, opts rt.Options) *Engine {
	e := &Engine{
		opts: opts, program: p, hooks: new(dispatch.Hooks), validators: new(dispatch.Hooks),
		turn: make(chan struct{}, 1),
	}
	e.environment = environmentOf(opts.Sources)
	e.opts.Sources = source.Flatten(opts.Sources) // once: a group may return new sources each time
	// Evaluated on the first reload: a start need not search the whole schema.
	e.restarts = sync.OnceValue(func() bool { return restart.Marked(p.Shape()) })
	if e.opts.Logger == nil {
		e.opts.Logger = slog.New(slog.DiscardHandler)
	}
	e.outbox = outbox.New(opts.NotificationTimeout, e.opts.Logger)
	e.journal = journal.New(journal.Options{
		Logger: e.opts.Logger, Environment: e.environment, Wants: e.outbox.Wants, Publish: e.outbox.Publish,
		InForce: func() rt.RevisionID { return e.now().ID },
		Metrics: opts.Metrics, AuditLog: opts.AuditLog, AuditRefuse: !opts.AuditContinue,
	})
	e.caller = dispatch.NewCaller(e.hooks, opts.HookTimeout, e.hookReturned, e.journal.Hook)
	e.checker = dispatch.NewCaller(e.validators, opts.HookTimeout, e.hookReturned, nil)
	// The context of the caller of Open must not affect later events.
	e.ctx, e.cancel = context.WithCancel(rt.ContextWithMetadata(context.WithoutCancel(ctx), nil))
	e.observers = observe.New(e.ctx, observe.Options{
		Program: p, Hooks: e.hooks, Journal: e.journal, Timeout: opts.NotificationTimeout, Most: opts.MaxSubscribers,
		AddCurrent: e.addLater, Inside: e.inside, Longest: e.caller.Longest, Returned: e.subscriberReturned,
	})
	e.health = health.New(e.opts.Sources, e.journal.Note)
	e.follower = newFollower(e)
	return e
}

// pollInterval returns the interval of the poll. If polling is off but something must
// still be waited for, it is an hour.
func (e *Engine) pollInterval() time.Duration {
	if e.opts.PollInterval > 0 {
		return e.opts.PollInterval
	}
	return time.Hour
}

// closeLimit is how long Close waits for a hook or a source that does not return.
const closeLimit = 4 * time.Second

var errStuck = errors.New("closed, but a source or a hook has not returned")

// Close ends everything. Once it has returned, no hook is called and nothing of the
// engine runs, except a hook or a source that ignores its context. A transition in
// progress is abandoned: no further hook is called, and the snapshot before it is the
// last one. It stays readable. Inside a hook, Close does not wait.
func (e *Engine) Close() error {
	e.observers.Close()
	if was := e.follower.close(e.cancel); was {
		e.journal.Note(journal.Controlled{Request: journal.Disable, Closing: true})
	}
	if e.inside(context.Background()) {
		go e.finish()
		return nil
	}
	return e.finish()
}

func (e *Engine) finish() error {
	err := e.closeWatcher()
	limit := time.NewTimer(closeLimit)
	defer limit.Stop()
	ended := make(chan error, 1)
	go func() { ended <- e.letGo() }()
	select {
	case closed := <-ended:
		return errors.Join(err, closed)
	case <-limit.C:
		return errors.Join(err, errStuck)
	}
}

// letGo waits until nothing runs any more and closes the store, possibly after Close has
// returned.
func (e *Engine) letGo() error {
	e.follower.wait()
	e.observers.WaitNotified()
	e.turn <- struct{}{}
	defer e.yield()
	e.observers.Wait()
	e.caller.Close()
	e.checker.Close()
	return e.closeOutputs()
}

// inside reports whether the caller runs inside a call of the engine.
func (e *Engine) inside(ctx context.Context) bool {
	return e.caller.Inside(ctx) || e.checker.Inside(ctx) || e.observers.Inside(ctx)
}

// take waits for the turn.
func (e *Engine) take(ctx context.Context) error {
	select {
	case e.turn <- struct{}{}:
	case <-e.ctx.Done():
		return rt.ErrClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if e.ctx.Err() != nil {
		e.yield()
		return rt.ErrClosed
	}
	return nil
}

func (e *Engine) yield() {
	<-e.turn
}

// now returns the entry in force.
func (e *Engine) now() entry {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.current
}

// newEntry makes the entry of a revision that is about to come into force.
func (e *Engine) newEntry(ctx context.Context, c *candidate, content load.Signature, cause rt.Cause) entry {
	e.mu.Lock()
	defer e.mu.Unlock()
	r := rt.Revision{ID: e.lastID + 1, Parent: e.current.ID, Time: time.Now(), Cause: cause, Metadata: seam.Metadata(ctx)}
	return entry{r, c.Snapshot, c.Memory, c.Origin, content}
}

// install makes ent the revision in force: the one atomic swap.
func (e *Engine) install(ent entry) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.program.Publish(ent.snapshot)
	e.current = ent
	e.lastID = max(e.lastID, ent.ID)
}
