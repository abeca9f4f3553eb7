package call

import (
	"sync/atomic"
	"time"
)

// idleTime is how long a goroutine without a call is kept at least, and half of how long
// at most.
const idleTime = 5 * time.Second

// A worker is the goroutine of one call after another. One that was abandoned ends when
// its call returns.
type worker struct {
	caller *Caller
	kept   bool          // for further calls
	next   chan *Call    // with room for one; nil ends the worker
	done   chan struct{} // has a token, at most one, when a call that was not abandoned has ended
	alarm  alarm
	// What the goroutine sets before it reports the end of a call:
	result Result
	exited bool // the call has ended the goroutine
}

// A pool holds the worker that waits for a call. Guarded by the mutex of its caller.
type pool struct {
	closed bool
	idle   *worker     // nil: none
	used   bool        // since the last sweep
	sweeps bool        // a sweep is scheduled
	sweep  *time.Timer // nil until needed
}

// take returns a worker without a call, for a call with this limit.
func (c *Caller) take(began time.Time, limit time.Duration) *worker {
	kept := limit == c.limit && c.shares(began)
	if kept {
		c.mu.Lock()
		w := c.pool.idle
		c.pool.idle, c.pool.used = nil, true
		c.mu.Unlock()
		if w != nil {
			return w
		}
	}
	w := &worker{caller: c, kept: kept, next: make(chan *Call, 1), done: make(chan struct{}, 1)}
	w.alarm.rings = make(chan struct{}, 1)
	go w.run()
	return w
}

// shares reports whether a call that begins now shares a goroutine with others. A call
// from within a testing/synctest bubble, whose clock is decades off, does not, unless the
// caller was made there: a goroutine of one must not outlive it, nor run code of another.
func (c *Caller) shares(now time.Time) bool {
	const decade = 10 * 365 * 24 * time.Hour
	if c.sharedSince.IsZero() {
		return false
	}
	age := now.Sub(c.sharedSince)
	return age >= 0 && age < decade
}

// give keeps a worker without a call for the next one, or ends it.
func (c *Caller) give(w *worker) {
	if !w.kept || w.exited {
		w.end()
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	p := &c.pool
	switch {
	case p.closed, p.idle != nil:
		w.end()
		return
	case p.sweep == nil:
		p.sweep = time.AfterFunc(idleTime, c.sweep)
	case !p.sweeps:
		p.sweep.Reset(idleTime)
	}
	p.idle, p.sweeps = w, true
}

// sweep ends the idle worker if it had no call since the last sweep.
func (c *Caller) sweep() {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := &c.pool
	p.sweeps = p.idle != nil && p.used && !p.closed
	if p.sweeps {
		p.used = false
		p.sweep.Reset(idleTime)
		return
	}
	p.drop()
}

// drop ends the idle worker.
func (p *pool) drop() {
	if p.idle != nil {
		p.idle.end()
		p.idle = nil
	}
}

// Close ends the goroutine that calls share. Later calls have their own.
func (c *Caller) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pool.closed = true
	if c.pool.sweep != nil {
		c.pool.sweep.Stop()
	}
	c.pool.drop()
}

// end ends a worker without a call; one that has ended itself only loses its timer.
func (w *worker) end() {
	if w.alarm.timer != nil {
		w.alarm.timer.Stop()
	}
	w.next <- nil
}

// run is the goroutine of a worker.
func (w *worker) run() {
	id := goroutineID()
	w.caller.enter(id)
	for again := true; again; {
		again = w.do(<-w.next, id)
	}
}

// do runs a call, and reports whether the worker may have another.
func (w *worker) do(c *Call, id uint64) (again bool) {
	if c == nil {
		w.caller.leave(id)
		return false
	}
	err, exited := ErrExited, true // unless it returns or panics
	defer func() {
		took := time.Since(c.ctx.began)
		late := c.ctx.why(took)
		left := !c.settled.CompareAndSwap(false, true)
		again = w.kept && !left && !exited
		w.caller.running.Add(-1)
		if !again {
			w.caller.leave(id)
		}
		c.job.Returned(err, left)
		if !left {
			w.result, w.exited = Result{Err: err, Late: late, Took: took}, exited
			w.done <- struct{}{}
		}
	}()
	err = Guard(func() error { return c.job.Do(&c.ctx) })
	exited = false
	return true
}

// An alarm rings when the time of a call is up. Its timer is not set for each call: it
// runs on, and looks at the call of that moment when it fires. All calls of an alarm have
// the same limit.
type alarm struct {
	rings   chan struct{} // with room for one; the ring may have been for an earlier call
	waiting atomic.Pointer[Call]
	set     atomic.Bool
	timer   *time.Timer // nil until needed
}

// start has a ring when the time of c is up, unless stop is called.
func (a *alarm) start(c *Call) {
	a.waiting.Store(c)
	switch {
	case c.ctx.limit <= 0, a.set.Swap(true):
	case a.timer == nil:
		a.timer = time.AfterFunc(c.ctx.limit-time.Since(c.ctx.began), a.fire)
	default:
		a.timer.Reset(c.ctx.limit - time.Since(c.ctx.began))
	}
}

func (a *alarm) stop() { a.waiting.Store(nil) }

func (a *alarm) fire() {
	a.set.Store(false) // before it looks, so that a call that it does not see sets the timer
	c := a.waiting.Load()
	if c == nil {
		return
	}
	left := c.ctx.limit - time.Since(c.ctx.began)
	if left > 0 {
		if !a.set.Swap(true) {
			a.timer.Reset(left)
		}
		return
	}
	select {
	case a.rings <- struct{}{}:
	default:
	}
}
