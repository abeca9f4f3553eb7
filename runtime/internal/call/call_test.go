package call_test

import (
	"context"
	"errors"
	goruntime "runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/call"

	rt "github.com/hotbind/hotbind/runtime"
)

// Every way in which application code can end becomes one result, so callers need not
// distinguish them.
func TestResults(t *testing.T) {
	t.Parallel()
	failed := errors.New("no")
	for name, test := range map[string]struct {
		f       func(context.Context) error
		err     string
		late    string
		outcome rt.Outcome
		took    time.Duration
	}{
		"returns":         {func(context.Context) error { return nil }, "", "", rt.OutcomeSucceeded, 0},
		"fails":           {func(context.Context) error { return failed }, "no", "", rt.OutcomeFailed, 0},
		"panics":          {func(context.Context) error { panic("luck") }, "panic: luck", "", rt.OutcomePanicked, 0},
		"exits":           {func(context.Context) error { goruntime.Goexit(); return nil }, "ended its goroutine instead of returning", "", rt.OutcomeFailed, 0},
		"error panics":    {func(context.Context) error { return (*nilError)(nil) }, "panic: the returned error panics (*call_test.nilError): runtime error: invalid memory address or nil pointer dereference", "", rt.OutcomePanicked, 0},
		"ends in time":    {func(ctx context.Context) error { <-ctx.Done(); return nil }, "", "did not return within 1s: context deadline exceeded", rt.OutcomeTimedOut, time.Second},
		"does not return": {func(context.Context) error { time.Sleep(2 * time.Second); return nil }, "has not returned", "did not return within 1s: context deadline exceeded", rt.OutcomeTimedOut, 1100 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for _, c := range []*call.Caller{call.NewCaller(time.Second), call.NewReusing(time.Second)} {
					r := c.Begin(t.Context(), test.f, nil).Wait()
					time.Sleep(time.Second) // the abandoned call returns
					c.Close()
					if text(r.Err) != test.err || text(r.Late) != test.late || r.Outcome() != test.outcome || r.Took != test.took {
						t.Errorf("got %q, late %q, %v after %v; want %q, late %q, %v after %v",
							text(r.Err), text(r.Late), r.Outcome(), r.Took, test.err, test.late, test.outcome, test.took)
					}
				}
			})
		})
	}
}

// A nilError is an error whose methods panic.
type nilError struct{ text string }

func (e *nilError) Error() string { return e.text }

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Returned is called once when the call has returned, and reports whether it was
// abandoned, so that resources can be released then.
func TestReturned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := call.NewCaller(0) // no limit
		ctx, cancel := context.WithCancelCause(t.Context())
		release, received := make(chan struct{}), make(chan bool, 2)
		begun := c.Begin(ctx, func(context.Context) error { <-release; return nil }, func(err error, left bool) { received <- left && err == nil })
		if _, ended := begun.WaitFor(time.Minute); ended {
			t.Error("it has ended")
		}
		over := errors.New("over")
		cancel(over)
		if r := begun.Wait(); r.Err != call.ErrLeft || r.Late != over {
			t.Errorf("got %v, %v", r.Err, r.Late)
		}
		close(release)
		if !<-received {
			t.Error("the call of returned did not report that the call was abandoned")
		}
		if r, ended := c.Begin(t.Context(), func(context.Context) error { return nil }, func(_ error, left bool) { received <- left }).WaitFor(time.Hour); !ended || r.Err != nil || <-received {
			t.Errorf("got %v, %v", ended, r.Err)
		}
	})
}

// Code that has the context or runs on the goroutine of a call is inside, also within
// Within; other code is not.
func TestInside(t *testing.T) {
	t.Parallel()
	c, other := call.NewReusing(time.Minute), call.NewReusing(time.Minute)
	defer c.Close()
	defer other.Close()
	look := func(ctx context.Context) error {
		var wg sync.WaitGroup
		wg.Go(func() {
			if c.Inside(context.Background()) || !c.Inside(ctx) {
				t.Error("want another goroutine inside with the context of the call, and only with it")
			}
		})
		wg.Wait()
		if !c.Inside(context.Background()) || other.Inside(ctx) {
			t.Error("the call itself is inside its own caller only")
		}
		return nil
	}
	for range 2 { // the second call is the second of its goroutine
		if r := c.Begin(t.Context(), look, nil).Wait(); r.Err != nil {
			t.Error(r.Err)
		}
	}
	c.Within(t.Context(), func(ctx context.Context) { _ = look(ctx) })
	if c.Inside(context.Background()) {
		t.Error("a goroutine whose call has ended is inside")
	}
}

// Others wait for a call as long as its limit and the grace period.
func TestLimit(t *testing.T) {
	t.Parallel()
	for limit, want := range map[time.Duration]time.Duration{
		10 * time.Second: 10500 * time.Millisecond,
		time.Second:      1100 * time.Millisecond,
		0:                0,
	} {
		if got := call.NewCaller(limit).Longest(); got != want {
			t.Errorf("%v: got %v, want %v", limit, got, want)
		}
	}
}
