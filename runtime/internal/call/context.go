package call

import (
	"context"
	"sync"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/seam"
)

// A limited context is the context of a call. It ends with its parent, when the time of
// the call is up, and when the call has returned. Most code never asks for that, so the
// context of package context with its timer is made on demand.
type limited struct {
	parent context.Context
	on     *worker
	limit  time.Duration // 0: none
	began  time.Time

	mu   sync.Mutex
	over bool  // the call has returned or was abandoned
	made *made // nil until needed
}

type made struct {
	context.Context
	cancel context.CancelFunc
}

func (l *limited) Deadline() (time.Time, bool) {
	deadline, ok := l.parent.Deadline()
	if l.limit > 0 {
		if own := l.began.Add(l.limit); !ok || own.Before(deadline) {
			return own, true
		}
	}
	return deadline, ok
}

func (l *limited) Done() <-chan struct{} { return l.make().Done() }

func (l *limited) Err() error {
	if l.runs(time.Since(l.began)) {
		return nil
	}
	return l.make().Err()
}

// Value asks the parent only for keys that are known not to be those of package context.
func (l *limited) Value(key any) any {
	switch key.(type) {
	case insideKey:
		return l.on.caller
	case seam.RevisionKey:
		return l.parent.Value(key)
	}
	return l.make().Value(key)
}

// runs reports whether nothing has ended l in this time since the start.
func (l *limited) runs(took time.Duration) bool {
	l.mu.Lock()
	over, made := l.over, l.made
	l.mu.Unlock()
	if made != nil {
		return made.Err() == nil
	}
	return !over && l.parent.Err() == nil && (l.limit <= 0 || took < l.limit)
}

// make returns the context of package context that ends when l does.
func (l *limited) make() context.Context {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.made != nil {
		return l.made.Context
	}
	l.made = &made{}
	switch {
	case l.over: // nothing else has ended it before; see worker.do
		l.made.Context, l.made.cancel = context.WithCancel(context.WithoutCancel(l.parent))
		l.made.cancel()
	case l.limit > 0:
		l.made.Context, l.made.cancel = context.WithDeadline(l.parent, l.began.Add(l.limit))
	default:
		l.made.Context, l.made.cancel = context.WithCancel(l.parent)
	}
	return l.made.Context
}

// why returns why l has ended in this time since the start, or nil; see [OutOfTime].
func (l *limited) why(took time.Duration) error {
	if l.runs(took) {
		return nil
	}
	return OutOfTime(l.make(), l.limit)
}

// finish ends l.
func (l *limited) finish() {
	l.mu.Lock()
	l.over = true
	made := l.made
	l.mu.Unlock()
	if made != nil {
		made.cancel()
	}
}
