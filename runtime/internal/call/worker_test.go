package call

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

func on(t *testing.T, c *Caller) (goroutine uint64) {
	t.Helper()
	r := c.Begin(t.Context(), func(context.Context) error { goroutine = goroutineID(); return nil }, nil).Wait()
	if r.Err != nil || r.Late != nil {
		t.Errorf("got %v, %v", r.Err, r.Late)
	}
	return goroutine
}

// goroutines returns how many goroutines c has.
func (c *Caller) goroutines() int {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.inside)
}

// Calls share a goroutine until one of them ends or outlives it, until nobody has called
// for a while, and until Close.
func TestSharedGoroutine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := NewReusing(time.Second)
		defer c.Close()
		first := on(t, c)
		if on(t, c) != first {
			t.Error("the second call has another goroutine")
		}
		for name, f := range map[string]func(context.Context) error{
			"returns late": func(ctx context.Context) error { <-ctx.Done(); return nil },
			"panics":       func(context.Context) error { panic("luck") },
			"fails":        func(context.Context) error { return errors.New("no") },
		} {
			c.Begin(t.Context(), f, nil).Wait()
			if on(t, c) != first {
				t.Errorf("after a call that %s, the next has another goroutine", name)
			}
		}
		c.Begin(t.Context(), func(context.Context) error { runtime.Goexit(); return nil }, nil).Wait()
		second := on(t, c)
		if second == first {
			t.Error("a goroutine that has ended was used again")
		}
		release := make(chan struct{})
		c.Begin(t.Context(), func(context.Context) error { <-release; return nil }, nil).Wait()
		third := on(t, c)
		if third == second {
			t.Error("the goroutine of an abandoned call was used again")
		}
		close(release)
		if n := c.goroutines(); n != 1 {
			t.Errorf("got %d goroutines after the abandoned call has returned, want 1", n)
		}
		time.Sleep(idleTime - time.Second)
		if on(t, c) != third {
			t.Error("a goroutine that had a call lately was replaced")
		}
		time.Sleep(2*idleTime + time.Second)
		if n := c.goroutines(); n != 0 {
			t.Errorf("got %d idle goroutines, want none", n)
		}
		if fourth := on(t, c); on(t, c) != fourth {
			t.Error("after an idle time, calls do not share a goroutine")
		}
		c.Close()
		if n := c.goroutines(); n != 0 {
			t.Errorf("got %d goroutines after Close, want none", n)
		}
		on(t, c)
		if n := c.goroutines(); n != 0 {
			t.Errorf("got %d goroutines after a call after Close, want none", n)
		}
	})
}

// Calls at the same time have a goroutine each, of which one is kept.
func TestConcurrentCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := NewReusing(0)
		defer c.Close()
		var calls []*Call
		for range 3 {
			calls = append(calls, c.Begin(t.Context(), func(context.Context) error { time.Sleep(time.Minute); return nil }, nil))
		}
		for _, begun := range calls {
			if r := begun.Wait(); r.Err != nil || r.Took != time.Minute {
				t.Errorf("got %v after %v", r.Err, r.Took)
			}
		}
		if n := c.goroutines(); n != 1 {
			t.Errorf("got %d goroutines, want 1", n)
		}
	})
}

// The time of each call counts from its own start, although the timer is not set for each.
func TestTimerOfManyCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := NewReusing(time.Second)
		defer c.Close()
		for i := range 20 {
			pause := time.Duration(i) * 100 * time.Millisecond
			if r := c.Begin(t.Context(), func(context.Context) error { time.Sleep(pause % time.Second); return nil }, nil).Wait(); r.Late != nil {
				t.Errorf("got %v after %v", r.Late, r.Took)
			}
			time.Sleep(pause)
			r := c.Begin(t.Context(), func(context.Context) error { time.Sleep(time.Minute); return nil }, nil).Wait()
			if !errors.Is(r.Late, context.DeadlineExceeded) || r.Took != 1100*time.Millisecond {
				t.Errorf("got %v after %v, want it abandoned after 1.1s", r.Late, r.Took)
			}
		}
		time.Sleep(time.Hour) // the abandoned calls return
	})
}

// A caller that was made outside a bubble runs calls of the bubble inside it, and leaves
// no goroutine there, which the bubble would wait for.
func TestBubble(t *testing.T) {
	t.Parallel()
	c := NewReusing(time.Second)
	defer c.Close()
	outside := on(t, c)
	synctest.Test(t, func(t *testing.T) {
		if on(t, c) == outside {
			t.Error("a call in the bubble runs outside it")
		}
		r := c.Begin(t.Context(), func(ctx context.Context) error { <-ctx.Done(); return nil }, nil).Wait()
		if !errors.Is(r.Late, context.DeadlineExceeded) || r.Took != time.Second {
			t.Errorf("got %v after %v", r.Late, r.Took)
		}
	})
	if on(t, c) != outside {
		t.Error("a call after the bubble has another goroutine")
	}
}
