package runtime

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A Subscriber observes what changes, by path and untyped: what plug-ins and generic
// tools use where an application has its typed hooks. It is called after the hooks,
// one call at a time, when the revision cannot be refused any more, and its errors,
// panics and delays are reported and change nothing; see [WithRefusal] for one that
// may refuse. Others wait a tenth of a second for it, and go on without it then: what
// comes into force while it is busy it is told as one change, when it has returned.
//
// Three more methods are called where a subscriber has them: see [ReloadSubscriber],
// [ErrorSubscriber] and [RollbackSubscriber]. A method of such a name with another
// signature is an error of Subscribe. A subscriber must be comparable, such
// as a pointer.
type Subscriber interface {
	// OnChange is told of a value that changed, once for each revision and each
	// place that its pattern matches.
	OnChange(ctx context.Context, c ValueChange) error
}

// A ReloadSubscriber is told in one call of all that a revision changes of what its
// pattern matches, where that is more than one value.
type ReloadSubscriber interface {
	OnReload(ctx context.Context, changes Changes) error
}

// An ErrorSubscriber is told of every candidate that was refused or taken out of
// force again, whatever its pattern and once for all of its subscriptions, with all
// that it would have changed as far as that is known. One that was busy is told of the
// last.
type ErrorSubscriber interface {
	OnReloadError(ctx context.Context, err error, changes Changes) error
}

// A RollbackSubscriber is told when an earlier revision was put into force on
// request, whatever its pattern and once for all of its subscriptions, after it was
// told of the changes. One that was busy is told of the last.
type RollbackSubscriber interface {
	OnRollback(ctx context.Context, from, to Revision) error
}

// Subscriptions are who observes which paths. A pattern is a path, such as
// database.pool_size, in which * stands for any one key or item and ** for any
// number of them:
//
//	database             the section as a whole, told once for all that changed in it
//	database.*           each value in it, a section as a whole
//	database.**          each single change in it, as [Changes] lists them
//	**.port              every value called port, at any depth
//	database.pool_*      every value whose key begins with pool_
//	{a,b}.port           the port of a and of b
//	tenants["a.b"].quota a key that is no plain word or has one of * ? [ ] { } \
//	servers[0].port      an item of a list by its place, or its key with x-key
//
// A key of a pattern is a glob, with * for any number of characters, ? for one,
// [a-z_] and [^a-z_] for one of a class, {a,b} for one of several globs, and \ before
// a character that is meant itself. [0] is always an item. ** stands alone.
//
// A pattern that can never match what the schema allows is an error. The methods may
// be called from any goroutine, also from inside a hook or a subscriber.
type Subscriptions interface {
	// Subscribe has s told of what changes at the places that match pattern, from
	// now on; with WithCurrent also of what is there now. The grammar of patterns is
	// that of [Subscriptions]. More subscriptions than WithMaxSubscribers allows are
	// ErrTooManySubscribers.
	Subscribe(pattern string, s Subscriber, opts ...SubscribeOption) (Handle, error)
	// Unsubscribe ends a subscription, as [Handle].Stop does, and returns how many
	// it ended: 0 if it had ended before.
	Unsubscribe(h Handle) int
	// UnsubscribeAll ends all subscriptions of s and returns how many there were.
	UnsubscribeAll(s Subscriber) int
}

// A Handle is one subscription or watch. Its methods may be called from any goroutine.
type Handle interface {
	// ID returns the number of the subscription: the configuration gives each a higher
	// one than those before.
	ID() uint64
	// Pattern returns the pattern, or the path of a watched value, as it was given.
	Pattern() string
	// Subscriber returns the subscriber, or nil for the function of a watch.
	Subscriber() Subscriber
	// Stop ends it and waits until a call under way has returned, for no longer than
	// the time such a call has, and not inside a hook or a subscriber. No call begins
	// after Stop was called.
	Stop()
}

// Values is access by path, for tools that learn the paths when they run. Values are
// those of [ValueChange]: typed, a section as a pointer, secrets as a Secret.
type Values interface {
	// Get returns the value in force at a path, and whether there is one. The error
	// is about a path that is invalid or that the schema does not have.
	Get(path string) (value any, ok bool, err error)
	// GetWithReload is Get after waiting, until ctx ends, for sources to be read that
	// have changed. Where there is no value it returns the one given. It does not wait
	// inside a hook, nor for what waits for a request ([Manual]).
	GetWithReload(ctx context.Context, path string, otherwise any) (any, error)
	// WatchValue calls fn for each revision in which the value at a path differs, as
	// a [Subscriber] of that path; with [WithCurrent] first with the value in force, be
	// it absent.
	WatchValue(path string, fn func(ctx context.Context, c ValueChange) error, opts ...SubscribeOption) (Handle, error)
	// WatchPattern calls fn for each value that differs at a place that matches a
	// pattern; see [Subscriptions] for the grammar.
	WatchPattern(pattern string, fn func(ctx context.Context, c ValueChange) error, opts ...SubscribeOption) (Handle, error)
	// Refresh reads the sources now: it is Reload for whoever needs only the error.
	Refresh(ctx context.Context) error
}

// ErrTooManySubscribers is returned by Subscribe and the watches where there are as
// many as [WithMaxSubscribers] allows.
var ErrTooManySubscribers = errors.New("there are too many subscribers")

// A SubscriberError reports a subscriber or watch that returned an error, panicked or
// ran out of time.
type SubscriberError struct {
	Subscriber Subscriber // nil for the function of a watch or of Live
	Pattern    string     // as it was given; OnReloadError or OnRollback for those of Live
	Where      string     // where it was registered, folder/file:line
	Cause      error      // what it returned; *PanicError; context.DeadlineExceeded
}

func (e *SubscriberError) Error() string {
	return fmt.Sprintf("the subscriber of %s (%s) failed: %v", e.Pattern, e.Where, e.Cause)
}

func (e *SubscriberError) Unwrap() error { return e.Cause }

// A Notifier tells subscribers of changes that no reload made. Its time limit and its
// error handler hold for reloads as well.
type Notifier interface {
	// Notify tells the subscribers of changes that something else than a reload made:
	// those whose patterns match the path of a change, or end in ** above it. It
	// returns when all have returned, or their time is up. One that is busy with
	// another call, such as one that notifies itself, counts as failed.
	Notify(ctx context.Context, changes ...ValueChange) NotificationResult
	// NotifyAsync is Notify that does not wait. Errors go to the error handler too.
	// The channel yields the result and is closed.
	NotifyAsync(ctx context.Context, changes ...ValueChange) <-chan NotificationResult
	// SetTimeout sets how long one subscriber may take, as [WithNotificationTimeout]
	// does; it must not be negative.
	SetTimeout(d time.Duration) error
	// SetErrorHandler has fn called for each failure of a subscriber, one after the
	// other, in a goroutine that nobody waits for but Close; nil is none. Where it is
	// slow the newest 1000 wait. The failures are logged too.
	SetErrorHandler(fn func(err *SubscriberError))
}

// A NotificationResult counts what became of the calls of subscribers.
type NotificationResult struct {
	Total, Succeeded, Failed int
	// Errors are a *SubscriberError for each that failed; or else why nobody was told: a
	// path that the schema does not allow, a change of no kind, ErrClosed.
	Errors []error
}
