package runtime

import (
	"context"
	"fmt"
)

// A Subscriber observes changes by path, untyped. Plug-ins and generic tools use it
// where an application has typed hooks. It is called after the hooks, one call at a
// time, when the revision can no longer be refused: its errors, panics and delays are
// reported and change nothing. See [WithRefusal] for a subscriber that may refuse. A
// reload waits 0.1 s for a slow subscriber and then continues; changes that come into
// force while it is busy reach it as one change when it has returned.
//
// Optional methods are those of [ReloadSubscriber], [ErrorSubscriber] and
// [RollbackSubscriber]. Subscribe fails if a method of such a name has another
// signature. A subscriber must be comparable, such as a pointer.
type Subscriber interface {
	// OnChange is called once for each revision and each changed value that the pattern
	// matches.
	OnChange(ctx context.Context, c ValueChange) error
}

// A ReloadSubscriber receives all matching changes of a revision in one call, if there is
// more than one.
type ReloadSubscriber interface {
	OnReload(ctx context.Context, changes Changes) error
}

// An ErrorSubscriber is called for every candidate that was refused or rolled back, with
// the changes as far as they are known. The pattern does not matter, and several
// subscriptions of the same subscriber cause one call. A busy subscriber receives only
// the last refusal.
type ErrorSubscriber interface {
	OnReloadError(ctx context.Context, err error, changes Changes) error
}

// A RollbackSubscriber is called when a requested rollback is in force, after the calls
// for its changes. The pattern does not matter, and several subscriptions of the same
// subscriber cause one call. A busy subscriber receives only the last rollback.
type RollbackSubscriber interface {
	OnRollback(ctx context.Context, from, to Revision) error
}

// Values is access by path, for tools that learn the paths at run time. Values have the
// types of [ValueChange]: a section is a pointer, a secret a [Secret]. The methods may be
// called from any goroutine, also inside a hook or a subscriber. The interface may grow;
// a fake should embed it.
//
// A pattern is a path, such as database.pool_size, in which * matches any one key or item
// and ** any number of them:
//
//	database             the section as a whole, one call for all changes in it
//	database.*           each value in it, a section as a whole
//	database.**          each single change in it, as [Changes] lists them
//	**.port              every value called port, at any depth
//	database.pool_*      every value whose key begins with pool_
//	{a,b}.port           the port of a and of b
//	tenants["a.b"].quota a key that is not a plain word or contains one of * ? [ ] { } \
//	servers[0].port      an item of a list by its index, or by its key with x-key
//
// A key of a pattern is a glob: * matches any number of characters, ? one, [a-z_] and
// [^a-z_] one of a class, {a,b} one of several globs; \ takes the next character
// literally. [0] is always an item. ** must stand alone. A pattern that cannot match
// anything that the schema allows is an error.
type Values interface {
	// Get returns the current value at a path and whether there is one. It fails if the
	// path is invalid or not in the schema.
	Get(path string) (value any, ok bool, err error)
	// Watch calls fn for each revision and each changed value that the pattern matches, as
	// a [Subscriber] is called.
	Watch(pattern string, fn func(ctx context.Context, c ValueChange) error, opts ...SubscribeOption) (Handle, error)
	// Subscribe calls s for the changes that the pattern matches. It returns
	// [ErrTooManySubscribers] beyond the limit of [WithMaxSubscribers].
	Subscribe(pattern string, s Subscriber, opts ...SubscribeOption) (Handle, error)
	// Notify calls the subscribers and watches for changes that no reload made: those
	// whose pattern matches the path of a change, or ends in ** above it. It returns
	// when all have returned or exceeded the limit of [WithNotificationTimeout]. One that
	// is busy counts as failed.
	Notify(ctx context.Context, changes ...ValueChange) NotificationResult
	// SetErrorHandler sets the function that is called for each failure of a subscriber,
	// one call at a time, in a goroutine that only Close waits for; nil removes it. If it
	// is slow, the newest 1000 failures wait. Failures are also logged.
	SetErrorHandler(fn func(err *SubscriberError))
}

// A Handle is one subscription or watch. Its methods may be called from any goroutine.
type Handle interface {
	// ID returns the number of the subscription; later ones have higher numbers.
	ID() uint64
	// Pattern returns the pattern as registered.
	Pattern() string
	// Subscriber returns the subscriber, or nil for a watch.
	Subscriber() Subscriber
	// Stop ends the subscription: no call begins after Stop is called. Outside of hooks
	// and subscribers it also waits until a running call has returned, at most for the
	// time limit of a call.
	Stop()
}

// A NotificationResult counts the calls that [Values].Notify made.
type NotificationResult struct {
	Total, Succeeded, Failed int
	// Errors has a *SubscriberError for each failed call. If nothing was called, it has
	// the reason: a path that the schema does not allow, a change without a kind, ErrClosed.
	Errors []error
}

// A SubscriberError reports a subscriber or watch that returned an error, panicked or
// exceeded its time limit.
type SubscriberError struct {
	Subscriber Subscriber // nil for the function of a watch or of Live
	Pattern    string     // as registered; OnReloadError or OnRollback for those of Live
	Where      string     // where it was registered, as folder/file:line
	Cause      error      // the returned error, a *PanicError or context.DeadlineExceeded
}

func (e *SubscriberError) Error() string {
	return fmt.Sprintf("the subscriber of %s (%s) failed: %v", e.Pattern, e.Where, e.Cause)
}

// Unwrap returns Cause.
func (e *SubscriberError) Unwrap() error { return e.Cause }
