package notify

import (
	"context"
	"sync"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Queue is a channel that keeps notifications for the application to read. Its
// methods may be called from any goroutine.
type Queue struct {
	name   string
	length int
	closed chan struct{}
	ready  chan struct{} // holds a token where there may be something to read

	mu      sync.Mutex
	waiting []rt.Notification
	dropped uint64
}

// NewQueue returns a queue for so many notifications; less than 1 counts as 1. When it
// is full the oldest one is dropped, and counted.
func NewQueue(name string, length int) *Queue {
	return &Queue{name: name, length: max(length, 1), closed: make(chan struct{}), ready: make(chan struct{}, 1)}
}

// Name implements [rt.Channel].
func (q *Queue) Name() string { return q.name }

// Send implements [rt.Channel]. It never waits.
func (q *Queue) Send(_ context.Context, n rt.Notification) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.over() {
		return rt.ErrClosed
	}
	if len(q.waiting) == q.length {
		q.waiting[0] = rt.Notification{}
		q.waiting = q.waiting[1:]
		q.dropped++
	}
	q.waiting = append(q.waiting, n)
	q.signal()
	return nil
}

func (q *Queue) signal() {
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

// Next returns the oldest notification, and waits for one until ctx ends. After Close
// it returns what is left and then rt.ErrClosed.
func (q *Queue) Next(ctx context.Context) (rt.Notification, error) {
	for {
		if err := ctx.Err(); err != nil {
			return rt.Notification{}, err
		}
		over := q.over() // before looking: nothing is added afterwards
		if n, ok := q.take(); ok {
			return n, nil
		}
		if over {
			return rt.Notification{}, rt.ErrClosed
		}
		select {
		case <-q.ready:
		case <-q.closed:
		case <-ctx.Done():
		}
	}
}

func (q *Queue) take() (n rt.Notification, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		return n, false
	}
	n, q.waiting[0] = q.waiting[0], rt.Notification{}
	q.waiting = q.waiting[1:]
	if len(q.waiting) > 0 {
		q.signal() // for another reader
	}
	return n, true
}

// Len is how many notifications wait.
func (q *Queue) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}

// Dropped is how many notifications were dropped because the queue was full.
func (q *Queue) Dropped() uint64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.dropped
}

// Close ends the queue; what waits can still be read. The configuration calls it when
// it is closed.
func (q *Queue) Close() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.over() {
		close(q.closed)
	}
	return nil
}

func (q *Queue) over() bool {
	select {
	case <-q.closed:
		return true
	default:
		return false
	}
}
