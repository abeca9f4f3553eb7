package outbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/call"

	rt "github.com/hotbind/hotbind/runtime"
)

const (
	firstPause   = time.Second // before a notification is tried again
	longestPause = time.Minute

	defaultQueueLength = 1000
	defaultRetryFor    = time.Hour

	closeTime = time.Second // for the Close of a channel
)

// errEnded is the cause of the contexts of a channel when it has no time left.
var errEnded = fmt.Errorf("had not returned when the channel was closed: %w", context.Canceled)

// A worker delivers to one channel. A call of the channel that does not return is
// abandoned, but the next call still waits for it.
type worker struct {
	channel rt.Channel
	name    string
	options rt.ChannelOptions
	filter  *filter
	outbox  *Outbox
	caller  *call.Caller

	ctx    context.Context // of every Send; it ends when there is no time left
	cancel context.CancelCauseFunc
	ending chan struct{} // closed: nothing is added any longer
	ended  chan struct{} // closed: the goroutine has returned
	wake   chan struct{} // has a token if there may be work
	err    error         // of closing the channel; read after ended

	mu     sync.Mutex
	queue  []rt.Notification
	stats  rt.ChannelStats // without Waiting
	open   int             // being delivered
	health health
	runs   bool         // a call of the channel has not returned
	after  func() error // called when an abandoned call returns
	stops  sync.Once
}

func newWorker(c rt.Channel, name string, opts rt.ChannelOptions, f *filter, o *Outbox) *worker {
	opts.QueueLength = cmp.Or(max(opts.QueueLength, 0), defaultQueueLength)
	opts.RetryFor = cmp.Or(opts.RetryFor, defaultRetryFor)
	w := &worker{channel: c, name: name, options: opts, filter: f, outbox: o, caller: call.NewCaller(0)}
	w.ctx, w.cancel = context.WithCancelCause(context.Background())
	w.ending, w.ended, w.wake = make(chan struct{}), make(chan struct{}), make(chan struct{}, 1)
	w.stats.Name = name
	return w
}

// offer adds a notification to the queue if it passes the filter. A full queue drops its
// oldest.
func (w *worker) offer(s *subject) {
	passes := w.filter.passes(s)
	w.mu.Lock()
	defer w.mu.Unlock()
	if !passes {
		w.stats.Filtered++
		return
	}
	if len(w.queue) >= w.options.QueueLength {
		w.queue[0] = rt.Notification{}
		w.queue = w.queue[1:]
		w.stats.Dropped++
	}
	w.queue = append(w.queue, s.n)
	w.signal()
}

func (w *worker) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// count returns the current statistics.
func (w *worker) count() rt.ChannelStats {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.stats
	s.Waiting = len(w.queue) + w.open
	return s
}

// run is the goroutine of the worker.
func (w *worker) run() {
	defer close(w.ended)
	defer w.cancel(errEnded)
	for {
		n, ok := w.next()
		if !ok {
			break
		}
		w.deliver(n)
		w.logLine(w.pace())
	}
	w.finish()
}

// next waits for a notification. It returns false if there will be no more.
func (w *worker) next() (n rt.Notification, ok bool) {
	for w.ctx.Err() == nil {
		if n, ok = w.take(); ok {
			return n, true
		}
		select {
		case <-w.wake:
		case <-w.ending:
			return w.take()
		case <-w.ctx.Done():
		}
	}
	return n, false
}

func (w *worker) take() (n rt.Notification, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) == 0 {
		return n, false
	}
	n, w.queue[0] = w.queue[0], rt.Notification{}
	w.queue = w.queue[1:]
	w.open++
	return n, true
}

// deliver delivers one notification, with all its retries.
func (w *worker) deliver(n rt.Notification) {
	if d, ok := w.channel.(Concurrent); ok {
		w.begin(d, n)
		return
	}
	first := time.Now()
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		o := w.try(n)
		wait, again := w.again(o, pause, time.Since(first))
		if !again {
			w.settle(o)
			return
		}
		w.mu.Lock()
		line := w.note(o, true)
		w.mu.Unlock()
		w.logLine(line)
		w.rest(wait)
		w.mu.Lock()
		w.stats.Retried++
		w.mu.Unlock()
	}
}

// again returns whether and when to retry a notification. It gives up a notification for
// which no time would be left.
func (w *worker) again(o outcome, pause, spent time.Duration) (wait time.Duration, again bool) {
	if o.retry == nil || w.over() {
		return 0, false
	}
	wait = max(pause, o.after)
	return wait, wait <= w.options.RetryFor-spent
}

// over reports whether the channel was removed.
func (w *worker) over() bool {
	select {
	case <-w.ending:
		return true
	default:
		return false
	}
}

// rest waits before a notification is tried again. When the channel is removed it is
// tried at once, for the last time.
func (w *worker) rest(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-w.ending:
	}
}

// limit returns the time limit of one Send; 0 is no limit.
func (w *worker) limit() time.Duration {
	if w.options.Timeout > 0 {
		return w.options.Timeout
	}
	return w.outbox.timeout
}

// try sends a notification once.
func (w *worker) try(n rt.Notification) outcome {
	return w.await(w.call(w.limit(), func(ctx context.Context) error { return w.channel.Send(ctx, n) }), w.settle)
}

// await waits until a call has returned. A call that does not return soon after its
// context has ended has failed, but await still waits for it.
func (w *worker) await(c underway, overdue func(outcome)) outcome {
	r := c.Wait()
	if r.Err != call.ErrLeft {
		return judge(r.Err)
	}
	overdue(failure(r.Late))
	select {
	case <-c.returned:
	case <-w.ctx.Done():
	}
	return outcome{settled: true}
}

// begin lets a channel deliver a notification concurrently with others.
func (w *worker) begin(d Concurrent, n rt.Notification) {
	limit := w.limit()
	ctx, cancel := call.Limited(w.ctx, limit) // for longer than Deliver takes to return
	var once sync.Once
	settle := func(o outcome) {
		once.Do(func() {
			cancel()
			w.settle(o)
			w.signal()
		})
	}
	// A call fails if it has not called done soon after its time.
	stop := context.AfterFunc(ctx, func() {
		time.AfterFunc(call.Grace(limit), func() { settle(failure(call.OutOfTime(ctx, limit))) })
	})
	done := func(err error) {
		stop()
		settle(judge(call.Guard(func() error { return err })))
	}
	begun := w.call(limit, func(context.Context) error {
		d.Deliver(ctx, n, done)
		return nil
	})
	if o := w.await(begun, settle); o.err != nil {
		stop()
		settle(o)
	}
}

// underway is a call of the channel. It closes returned when the call has returned, even
// if it was abandoned.
type underway struct {
	*call.Call
	returned <-chan struct{}
}

// call calls the channel.
func (w *worker) call(limit time.Duration, f func(ctx context.Context) error) underway {
	w.mu.Lock()
	w.runs = true
	w.mu.Unlock()
	returned := make(chan struct{})
	return underway{w.caller.BeginFor(w.ctx, limit, f, func(error, bool) {
		w.leave()
		close(returned)
	}), returned}
}

// leave closes the channel after an abandoned call has returned.
func (w *worker) leave() {
	w.mu.Lock()
	after := w.after
	w.runs, w.after = false, nil
	w.mu.Unlock()
	if after != nil {
		_ = call.Guard(after)
	}
}

// settle counts the outcome of a notification and logs a change of state.
func (w *worker) settle(o outcome) {
	if o.settled {
		return
	}
	w.mu.Lock()
	w.open--
	if o.err == nil {
		w.stats.Sent++
		w.stats.LastSent = time.Now()
	} else {
		w.stats.Failed++
	}
	line := w.note(o, false)
	w.mu.Unlock()
	w.logLine(line)
}

// finish waits for deliveries in progress, drops the queue, and closes the channel.
func (w *worker) finish() {
	for w.ctx.Err() == nil && w.delivering() {
		select {
		case <-w.wake:
		case <-w.ctx.Done():
		}
	}
	w.cancel(errEnded)
	w.mu.Lock()
	dropped := len(w.queue)
	w.stats.Dropped += uint64(dropped)
	w.queue = nil
	w.mu.Unlock()
	if dropped > 0 {
		w.logLine(&logged{slog.LevelWarn, "a notification channel was closed before it delivered everything", []any{"dropped", dropped}})
	}
	w.err = w.close()
}

func (w *worker) delivering() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.open > 0
}

// close closes the channel, if it can be closed.
func (w *worker) close() error {
	closer, _ := w.channel.(io.Closer)
	w.mu.Lock()
	left := w.runs
	if left && closer != nil {
		w.after = closer.Close
	}
	w.mu.Unlock()
	switch {
	case left:
		return errors.New("its last Send has not returned")
	case closer == nil:
		return nil
	}
	r, ended := w.call(0, func(context.Context) error { return closer.Close() }).WaitFor(closeTime)
	if !ended {
		return fmt.Errorf("its Close did not return within %v", closeTime)
	}
	return r.Err
}

// stop lets the worker deliver its queue for a while and then ends it.
func (w *worker) stop() {
	w.stops.Do(func() {
		close(w.ending)
		time.AfterFunc(drainTime, func() { w.cancel(errEnded) })
	})
}

// wait waits until the worker has ended, which takes a bounded time, except inside its
// channel. It returns the error of closing the channel.
func (w *worker) wait() error {
	if w.caller.Inside(context.Background()) {
		return nil
	}
	<-w.ended
	return w.err
}
