// Package outbox delivers notifications from the engine to the channels.
//
// Publishing takes the publisher a short time, whatever the channels do: each channel has
// its own bounded queue, which drops its oldest notification when it is full, and one
// goroutine that delivers from it. A channel that blocks, fails or panics does not affect
// another. A repeated failure is sent at once and then once a minute; see throttle.
// Failures of channels are logged, once for each change of state. They are not
// notifications, so that nothing here can trigger itself.
package outbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/call"

	rt "github.com/hotbind/hotbind/runtime"
)

// drainTime is how long the queue of a removed channel is delivered.
const drainTime = time.Second

// An Outbox has the channels of one configuration. Its methods may be called from
// any goroutine, also from inside a channel.
type Outbox struct {
	timeout time.Duration
	logger  *slog.Logger

	mu       sync.Mutex // held for moments only, never while a channel or the logger runs
	workers  []*worker
	throttle *throttle
	closed   bool
}

// New returns an outbox without channels. Timeout limits one Send of channels that have
// no limit of their own; 0 is no limit.
func New(timeout time.Duration, logger *slog.Logger) *Outbox {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	o := &Outbox{timeout: timeout, logger: logger}
	o.throttle = newThrottle(&o.mu, o.hand)
	return o
}

// Add adds a channel, which receives what is published from now on. It fails if the
// channel has no name or the name of another channel, or if the filter is invalid.
func (o *Outbox) Add(c rt.Channel, opts rt.ChannelOptions) error {
	if c == nil {
		return errors.New("the notification channel is nil")
	}
	name, err := o.nameOf(c)
	if err != nil {
		return err
	}
	filter, err := newFilter(opts)
	if err != nil {
		return fmt.Errorf("the filter of the notification channel %q: %w", name, err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return rt.ErrClosed
	}
	if o.index(name) >= 0 {
		return fmt.Errorf("a notification channel named %q already exists", name)
	}
	w := newWorker(c, name, opts, filter, o)
	o.workers = append(o.workers, w)
	go w.run()
	return nil
}

// nameOf returns the name of a channel. It calls code of the application.
func (o *Outbox) nameOf(c rt.Channel) (string, error) {
	answer := make(chan string, 1)
	limit := o.timeout
	result := call.NewCaller(limit).Begin(context.Background(), func(context.Context) error {
		answer <- c.Name()
		return nil
	}, nil).Wait()
	if err := cmp.Or(result.Late, result.Err); err != nil {
		return "", fmt.Errorf("cannot get the name of a notification channel: %w", err)
	}
	name := <-answer
	if name == "" {
		return "", errors.New("the notification channel has no name")
	}
	return name, nil
}

func (o *Outbox) index(name string) int {
	return slices.IndexFunc(o.workers, func(w *worker) bool { return w.name == name })
}

// Remove ends a channel and reports whether there was one. It waits at most a second for
// the queue to be delivered, except inside the channel itself.
func (o *Outbox) Remove(name string) bool {
	o.mu.Lock()
	i := o.index(name)
	if i < 0 {
		o.mu.Unlock()
		return false
	}
	w := o.workers[i]
	o.workers = slices.Delete(slices.Clone(o.workers), i, i+1)
	o.mu.Unlock()
	w.stop()
	w.wait()
	return true
}

// Wants reports whether a notification of an event has an effect: whether there is a
// channel, or the throttle counts the event for channels that are added later.
func (o *Outbox) Wants(event rt.Event) bool {
	if counted(event) {
		return true
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.workers) > 0
}

// Publish hands a notification to the channels. It never waits for one. A count
// below 1 becomes 1.
func (o *Outbox) Publish(n rt.Notification) {
	n.Count = max(n.Count, 1)
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.closed {
		o.throttle.take(n)
	}
}

// hand puts a notification into the queues. The lock is held, so that all channels
// have the same order.
func (o *Outbox) hand(n rt.Notification) {
	s := &subject{n: n}
	for _, w := range o.workers {
		w.offer(s)
	}
}

// Stats returns the statistics of all channels, in the order in which they were added.
func (o *Outbox) Stats() []rt.ChannelStats {
	o.mu.Lock()
	workers := o.workers
	o.mu.Unlock()
	all := make([]rt.ChannelStats, len(workers))
	for i, w := range workers {
		all[i] = w.count()
	}
	return all
}

// Close delivers the queues and what the throttle held back for at most a second in all.
// It drops and counts the rest and closes the channels. A Send that ignores its context
// is abandoned, and its channel is closed when it returns. The error joins the errors of
// closing. A second call does nothing.
func (o *Outbox) Close() error {
	o.mu.Lock()
	if o.closed {
		o.mu.Unlock()
		return nil
	}
	o.throttle.flush()
	o.closed = true
	workers := o.workers
	o.mu.Unlock()
	for _, w := range workers {
		w.stop()
	}
	var errs []error
	for _, w := range workers {
		if err := w.wait(); err != nil {
			errs = append(errs, fmt.Errorf("the notification channel %q: %w", w.name, err))
		}
	}
	return errors.Join(errs...)
}
