package notify

import (
	"context"
	"sync"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Queue is a channel that keeps notifications for the application to read. It is safe
// for concurrent use.
type Queue struct {
	name   string
	length int
	closed chan struct{}
	ready  chan struct{} // holds a token if there may be something to read

	mu      sync.Mutex
	waiting []rt.Notification
	dropped uint64
}

// NewQueue returns a queue that holds at most length notifications; less than 1 counts as
// 1. A full queue drops the oldest notification and counts it.
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

// Next removes and returns the oldest notification. It waits for one until ctx ends. After
// Close it returns the remaining notifications and then [rt.ErrClosed].
func (q *Queue) Next(ctx context.Context) (rt.Notification, error) {
	for {
		if err := ctx.Err(); err != nil {
			return rt.Notification{}, err
		}
		over := q.over() // check first: after Close nothing is added
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

// Len returns the number of notifications in the queue.
func (q *Queue) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}

// Dropped returns the number of notifications dropped because the queue was full.
func (q *Queue) Dropped() uint64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.dropped
}

// Close ends the queue; the notifications in it can still be read. Closing the
// configuration calls it.
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
