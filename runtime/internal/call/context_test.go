package call_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/call"
	"github.com/hotbind/hotbind/runtime/internal/seam"

	rt "github.com/hotbind/hotbind/runtime"
)

// during calls f with the context of a call that lasts until f returns, and then after.
func during(t *testing.T, parent context.Context, limit time.Duration, f, after func(ctx context.Context)) {
	t.Helper()
	c := call.NewReusing(limit)
	defer c.Close()
	var kept context.Context
	c.Begin(parent, func(ctx context.Context) error { kept = ctx; f(ctx); return nil }, nil).Wait()
	after(kept)
}

func nothing(context.Context) {}

// over reports whether ctx has ended, and checks that its methods agree.
func over(t *testing.T, ctx context.Context) bool {
	t.Helper()
	before := ctx.Err() != nil // a context that nobody has asked for Done yet
	select {
	case <-ctx.Done():
		if !before || ctx.Err() == nil || context.Cause(ctx) == nil {
			t.Errorf("it is done with %v, %v", ctx.Err(), context.Cause(ctx))
		}
		return true
	default:
		if before || ctx.Err() != nil || context.Cause(ctx) != nil {
			t.Errorf("it is not done with %v, %v", ctx.Err(), context.Cause(ctx))
		}
		return false
	}
}

// The context of a call is as one of package context would be, although its timer is made
// only on demand.
func TestContext(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(t *testing.T){
		"ends with its time, known from the start": func(t *testing.T) {
			during(t, t.Context(), time.Second, func(ctx context.Context) {
				want := time.Now().Add(time.Second)
				if at, ok := ctx.Deadline(); !ok || !at.Equal(want) {
					t.Errorf("got %v, %v, want %v", at, ok, want)
				}
				time.Sleep(999 * time.Millisecond)
				if over(t, ctx) {
					t.Error("it has ended early")
				}
				<-ctx.Done()
				if !time.Now().Equal(want) || !over(t, ctx) || ctx.Err() != context.DeadlineExceeded {
					t.Errorf("got %v at %v", ctx.Err(), time.Now())
				}
			}, nothing)
		},
		"ends with its time, asked for too late": func(t *testing.T) {
			for _, ask := range []func(ctx context.Context) error{
				context.Context.Err,
				context.Cause,
				func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
				func(ctx context.Context) error {
					below, cancel := context.WithCancel(ctx)
					defer cancel()
					return below.Err()
				},
			} {
				during(t, t.Context(), time.Second, func(ctx context.Context) {
					time.Sleep(1050 * time.Millisecond)
					if err := ask(ctx); err != context.DeadlineExceeded {
						t.Errorf("got %v", err)
					}
				}, nothing)
			}
		},
		"ends with its parent": func(t *testing.T) {
			parent, cancel := context.WithCancelCause(t.Context())
			reason := errors.New("reason")
			during(t, parent, time.Second, func(ctx context.Context) {
				below, stop := context.WithCancel(ctx)
				defer stop()
				cancel(reason)
				if !over(t, ctx) || ctx.Err() != context.Canceled || context.Cause(ctx) != reason || context.Cause(below) != reason {
					t.Errorf("got %v, %v, %v", ctx.Err(), context.Cause(ctx), context.Cause(below))
				}
			}, nothing)
		},
		"has the earlier deadline of its parent": func(t *testing.T) {
			parent, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			during(t, parent, time.Second, func(ctx context.Context) {
				above, _ := parent.Deadline()
				if at, ok := ctx.Deadline(); !ok || !at.Equal(above) {
					t.Errorf("got %v, %v, want %v", at, ok, above)
				}
			}, nothing)
		},
		"has no deadline without a limit": func(t *testing.T) {
			during(t, t.Context(), 0, func(ctx context.Context) {
				if at, ok := ctx.Deadline(); ok || over(t, ctx) {
					t.Errorf("got %v, %v", at, ok)
				}
			}, nothing)
		},
		"ends when the call has returned, asked for or not": func(t *testing.T) {
			var below context.Context
			during(t, t.Context(), time.Second, func(ctx context.Context) {
				var cancel context.CancelFunc
				below, cancel = context.WithCancel(ctx)
				t.Cleanup(cancel)
			}, func(ctx context.Context) {
				if !over(t, ctx) || ctx.Err() != context.Canceled || below.Err() != context.Canceled {
					t.Errorf("got %v, %v", ctx.Err(), below.Err())
				}
			})
			during(t, t.Context(), time.Second, nothing, func(ctx context.Context) {
				time.Sleep(time.Minute)
				if !over(t, ctx) || ctx.Err() != context.Canceled {
					t.Errorf("got %v", ctx.Err())
				}
			})
		},
		"has the values of its parent": func(t *testing.T) {
			type key struct{}
			revision := rt.Revision{ID: 3}
			parent := context.WithValue(context.WithValue(t.Context(), key{}, 1), seam.RevisionKey{}, revision)
			during(t, parent, time.Second, func(ctx context.Context) {
				if got, ok := rt.RevisionFrom(ctx); !ok || got.ID != 3 || ctx.Value(key{}) != 1 || ctx.Value("other") != nil {
					t.Errorf("got %v, %v, %v", got, ctx.Value(key{}), ctx.Value("other"))
				}
			}, nothing)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, test)
		})
	}
}
