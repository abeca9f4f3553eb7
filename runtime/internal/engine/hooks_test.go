package engine

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/dispatch"

	rt "github.com/hotbind/hotbind/runtime"
)

func failing(calls *int) func(context.Context, string, string) error {
	return func(context.Context, string, string) error {
		*calls++
		return errRefused
	}
}

// A failing hook undoes the change. The change is not retried until the content changes
// or a caller requests it.
func TestHookRefuses(t *testing.T) {
	bubble(t, func(r *rig) {
		recorded, calls := r.calls(), 0
		stop := r.hook(failing(&calls))
		r.replace("b")
		for range 10 {
			r.after(time.Second)
			r.write("b")
		}
		r.after(time.Minute)
		r.published("b", "a")
		r.recorded(recorded, "a→b", "b→a")
		r.lastError("hook.go:1) failed: refused by the hook")
		r.logged("ERROR", 1)
		if calls != 1 {
			t.Errorf("got %d calls, want 1", calls)
		}
		result, err := r.Reload(r.t.Context())
		wantIs(t, err, errRefused)
		if !result.RolledBack || calls != 2 {
			t.Errorf("got %+v and %d calls, want that it was rolled back, and 2", result, calls)
		}
		r.published("b", "a")
		stop()
		if _, err := r.Reload(r.t.Context()); err != nil {
			t.Error(err)
		}
		r.published("b")
		r.lastError("")
	}, rt.WithPollInterval(time.Second))
}

// A hook that does not return is abandoned after its time limit and named. The newest
// change waits for it and is applied when it has returned. Until then, no reader and no
// other hook sees it.
func TestHookHangs(t *testing.T) {
	bubble(t, func(r *rig) {
		other := r.calls()
		release, hang := make(chan struct{}), true
		var recorded notes
		r.hook(func(ctx context.Context, before, after string) error {
			if hang {
				hang = false
				<-release
				return nil
			}
			return recorded.call(ctx, before, after)
		})
		r.replace("b")
		r.after(5 * time.Second)
		r.published("b")
		r.after(time.Second)
		r.published("a")
		r.lastError("did not return within 5s")
		wantIs(t, r.Status().LastError, context.DeadlineExceeded)
		r.replace("c")
		r.after(time.Second)
		wantIs(t, r.Status().LastError, dispatch.ErrHanging)
		r.replace("d")
		r.after(time.Second)
		r.published()
		close(release)
		r.after(time.Second)
		r.published("d")
		r.lastError("")
		r.recorded(&recorded, "a→d")
		r.recorded(other, "a→b", "b→a", "a→d")
		if id := r.Status().Revision.ID; id != 3 {
			t.Errorf("got revision %d, want 3: the refused one used up an id", id)
		}
	})
}

// A hook that waits for a reload, requested in a way that hides that the hook made it,
// hangs each time. The change is retried once, not endlessly.
func TestHookWaitsForReload(t *testing.T) {
	bubble(t, func(r *rig) {
		calls, waits := 0, true
		r.hook(func(context.Context, string, string) error {
			calls++
			if !waits {
				return nil
			}
			reloaded := make(chan struct{})
			go func() {
				defer close(reloaded)
				_, err := r.Reload(context.Background())
				wantIs(t, err, dispatch.ErrHanging)
			}()
			<-reloaded
			return nil
		})
		for _, text := range []string{"b", "c"} {
			r.replace(text)
			r.after(time.Hour)
			r.published(text, "a", text, "a")
		}
		if calls != 4 {
			t.Errorf("got %d calls, want 2 for each content", calls)
		}
		waits = false
		if _, err := r.Reload(r.t.Context()); err != nil {
			t.Error(err)
		}
		r.published("c")
	}, rt.WithPollInterval(time.Second))
}

// hangs registers a hook whose first call, with the value in force, hangs until it is
// released.
func (r *rig) hangs() (release func()) {
	released, first := make(chan struct{}), true
	h := onAll(func(context.Context, string, string) error {
		if first {
			first = false
			<-released
		}
		return nil
	})
	r.Add(h)
	r.caller.Call(r.ctx, dispatch.Call{Hook: h}, dispatch.Round{New: r.now().snapshot})
	return func() { close(released) }
}

// A change waits for every hook that hangs, not only for the first.
func TestTwoHooksHang(t *testing.T) {
	bubble(t, func(r *rig) {
		one, two := r.hangs(), r.hangs()
		r.replace("b")
		r.after(time.Second)
		one()
		r.after(time.Second)
		wantIs(t, r.Status().LastError, dispatch.ErrHanging)
		r.published()
		two()
		r.after(time.Second)
		r.published("b")
		r.lastError("")
	})
}

// A rollback that concerns a hanging hook is refused before any hook is called. One that
// does not concern it is carried out, and the return of the hook does not end it.
func TestRollbackWhileHookHangs(t *testing.T) {
	bubble(t, func(r *rig) {
		r.replace("b")
		r.after(time.Second)
		r.published("b")
		r.Add(&dispatch.Hook{Prepare: func(context.Context, dispatch.Round) (commit, abort func(), err error) {
			t.Error("a hook was called to prepare a change that is known to fail")
			return nil, nil, nil
		}})
		release := r.hangs()
		_, err := r.Rollback(r.t.Context(), rt.Steps(1))
		wantIs(t, err, dispatch.ErrHanging)
		wantAs[*rt.RollbackError](t, err)
		r.published()
		r.lastError("")

		r.replace("c")
		r.after(time.Second)
		wantIs(t, r.Status().LastError, dispatch.ErrHanging)
		result, err := r.Rollback(r.t.Context(), rt.To(2))
		if err != nil || result.To.ID != 3 {
			t.Errorf("got %+v, %v, want revision 3", result, err)
		}
		release()
		r.after(time.Minute)
		r.published("b")
		r.lastError("held")
	})
}

// A hook that has accepted a change too late is called with its undoing.
func TestHookIsLate(t *testing.T) {
	bubble(t, func(r *rig) {
		var recorded notes
		r.hook(func(ctx context.Context, before, after string) error {
			recorded.add(before + "→" + after)
			if after == "b" {
				<-ctx.Done()
			}
			return nil
		})
		r.replace("b")
		r.after(time.Minute)
		r.recorded(&recorded, "a→b", "b→a")
		wantIs(t, r.Status().LastError, context.DeadlineExceeded)
	})
}

// What a hook prepares too late is aborted. What it prepared in time is committed or
// aborted even if the hook is removed meanwhile.
func TestPreparedIsEnded(t *testing.T) {
	bubble(t, func(r *rig) {
		var ended notes
		end := func(name string) func() { return func() { ended.add(name) } }
		var stop func()
		stop = r.Add(&dispatch.Hook{Where: "one", Prepare: func(context.Context, dispatch.Round) (commit, abort func(), err error) {
			stop()
			return end("commit one"), end("abort one"), nil
		}})
		late := r.Add(&dispatch.Hook{Where: "two", Prepare: func(context.Context, dispatch.Round) (commit, abort func(), err error) {
			time.Sleep(time.Minute)
			return end("commit two"), end("abort two"), nil
		}})
		r.replace("b")
		r.after(30 * time.Second)
		r.published()
		r.recorded(&ended, "abort one")
		r.after(time.Minute)
		r.recorded(&ended, "abort one", "abort two")
		late()
		r.replace("c")
		r.after(time.Second)
		r.published("c")
	})
}

// Registering runs concurrently with reloads: a caller that registers and then reads the
// value in force misses no later change.
func TestRegistrationLeavesNoGap(t *testing.T) {
	t.Parallel()
	r := rigged(t, rt.WithRetention(rt.Retention{Count: 2}))
	defer r.Close()
	var wg sync.WaitGroup
	ended := make(chan struct{})
	defer wg.Wait()
	defer close(ended)
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-ended:
					return
				default:
				}
				first := make(chan string, 1)
				stop := r.hook(func(_ context.Context, before, _ string) error {
					select {
					case first <- before:
					default:
					}
					return nil
				})
				value := *r.now().snapshot.(*string)
				select {
				case before := <-first:
					if before > value {
						t.Errorf("read %s after registering, but the first call has the old value %s", value, before)
					}
				case <-ended:
				}
				stop()
			}
		})
	}
	for i := range 3000 {
		r.hold(fmt.Sprintf("b%04d", i))
		if _, err := r.Reload(r.t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// A hook may return the error of another configuration, which was closed or is at another
// revision. That is a refusal like any other: it is reported, and not retried with each
// poll.
func TestHookReturnsErrorOfAnother(t *testing.T) {
	for _, other := range []error{rt.ErrClosed, rt.ErrRevisionChanged} {
		t.Run(other.Error(), func(t *testing.T) {
			bubble(t, func(r *rig) {
				calls := 0
				r.hook(func(context.Context, string, string) error { calls++; return fmt.Errorf("cache: %w", other) })
				r.replace("b")
				r.after(time.Hour)
				r.lastError("cache: ")
				r.logged("configuration refused", 1)
				if m, err := r.Metrics(); calls != 1 || err != nil || m.RefusedInRow != 1 {
					t.Errorf("got %d calls and %d refusals in a row (%v), want 1 of each", calls, m.RefusedInRow, err)
				}
			}, rt.WithPollInterval(time.Minute), rt.WithMetrics(true))
		})
	}
}
