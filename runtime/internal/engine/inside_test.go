package engine

import (
	"context"
	"fmt"
	"testing"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
)

// A hook that an earlier hook of the same round removes is not called, and one that is
// added does not receive the change of that round.
func TestHooksChangeInHook(t *testing.T) {
	bubble(t, func(r *rig) {
		var stop func()
		var added *notes
		r.hook(func(context.Context, string, string) error {
			stop()
			if added == nil {
				added = r.calls()
			}
			return nil
		})
		calls := 0
		stop = r.hook(failing(&calls))
		r.replace("b")
		r.after(time.Second)
		r.published("b")
		if calls != 0 {
			t.Error("a removed hook was called")
		}
		r.replace("c")
		r.after(time.Second)
		r.recorded(added, "b→c")
	})
}

// Requests made inside a hook run afterwards, in order.
func TestAskedInsideHook(t *testing.T) {
	for _, how := range []string{"the hook's context", "another context"} {
		t.Run(how, func(t *testing.T) {
			bubble(t, func(r *rig) {
				requested := false
				r.hook(func(ctx context.Context, before, after string) error {
					if how == "another context" {
						ctx = context.Background()
					}
					if requested {
						return nil
					}
					requested = true
					r.hold("c")
					reloaded, err := r.Reload(ctx)
					if err != nil || !reloaded.Queued {
						t.Errorf("got %+v, %v, want a queued request", reloaded, err)
					}
					undone, err := r.Rollback(ctx, rt.To(1))
					if err != nil || !undone.Queued {
						t.Errorf("got %+v, %v, want a queued request", undone, err)
					}
					return nil
				})
				r.replace("b")
				r.after(time.Second)
				r.published("b", "c", "a")
			})
		})
	}
}

// A rollback requested inside a hook goes back from the revision that the hook received.
// It has nothing to do if another hook has refused that revision.
func TestStepsInsideHook(t *testing.T) {
	for _, refuse := range []bool{false, true} {
		t.Run(fmt.Sprint("refused ", refuse), func(t *testing.T) {
			bubble(t, func(r *rig) {
				r.replace("b")
				r.after(time.Second)
				r.published("b")
				r.hook(func(ctx context.Context, _, after string) error {
					if after != "c" {
						return nil
					}
					_, err := r.Rollback(ctx, rt.Steps(3))
					wantIs(t, err, rt.ErrRevisionNotFound)
					result, err := r.Rollback(ctx, rt.Steps(1))
					if err != nil || !result.Queued || result.From.ID != 3 {
						t.Errorf("got %+v, %v, want a queued request", result, err)
					}
					return nil
				})
				r.hook(func(_ context.Context, _, after string) error {
					if refuse && after == "c" {
						return errRefused
					}
					return nil
				})
				r.replace("c")
				r.after(time.Minute)
				r.published("c", "b")
				r.logged("WARN", 0)
				want := rt.RevisionID(4)
				if refuse {
					want = 2
				}
				if id := r.Status().Revision.ID; id != want {
					t.Errorf("got revision %d, want %d", id, want)
				}
			})
		})
	}
}

// Follow would wait for the hook in which it is called, so it returns an error. The first
// call of a followed hook may register others without a gap.
func TestFollowInsideHook(t *testing.T) {
	bubble(t, func(r *rig) {
		var recorded notes
		never := func(context.Context, string, string) error { t.Error("called"); return nil }
		_, err := r.Follow(onAll(func(_ context.Context, before, after string) error {
			if before == "" {
				r.hook(recorded.call)
			}
			_, err := r.Follow(onAll(never))
			wantIs(t, err, rt.ErrInsideHook)
			return nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		r.replace("b")
		r.after(time.Second)
		r.recorded(&recorded, "a→b")
		if n := r.Status().Hooks; n != 2 {
			t.Errorf("got %d hooks, want 2", n)
		}
	})
}

// Close may be called at any time, twice, and from inside a hook. A transition in
// progress is abandoned, and no further hook is called.
func TestCloseInsideHook(t *testing.T) {
	bubble(t, func(r *rig) {
		r.hook(func(context.Context, string, string) error {
			if err := r.Close(); err != nil {
				t.Error(err)
			}
			return nil
		})
		later := r.calls()
		r.replace("b")
		r.after(time.Second)
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		r.recorded(later)
		r.published("b", "a")
		r.logged("ERROR", 0)
		_, err := r.Reload(r.t.Context())
		wantIs(t, err, rt.ErrClosed)
		_, err = r.Rollback(r.t.Context(), rt.Steps(1))
		wantIs(t, err, rt.ErrClosed)
		_, err = r.Follow(onAll(func(context.Context, string, string) error { t.Error("called after Close"); return nil }))
		wantIs(t, err, rt.ErrClosed)
		if n := r.Status().Hooks; n != 2 {
			t.Errorf("got %d hooks, want 2", n)
		}
	})
}
