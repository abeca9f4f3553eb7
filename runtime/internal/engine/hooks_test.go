package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
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

// A hook's failure undoes the change and is not repeated until the content
// changes or somebody asks for it.
func TestHookRefuses(t *testing.T) {
	bubble(t, func(r *rig) {
		told, calls := r.calls(), 0
		stop := r.hook(failing(&calls))
		r.replace("b")
		for range 10 {
			r.after(time.Second)
			r.write("b")
		}
		r.after(time.Minute)
		r.published("b", "a")
		r.told(told, "a→b", "b→a")
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

// A hook that does not return is given up after its time and named; the newest
// change waits for it and is applied when it has returned. Until then no reader
// and no other hook gets to see it.
func TestHookHangs(t *testing.T) {
	bubble(t, func(r *rig) {
		other := r.calls()
		release, hang := make(chan struct{}), true
		var told notes
		r.hook(func(ctx context.Context, before, after string) error {
			if hang {
				hang = false
				<-release
				return nil
			}
			return told.call(ctx, before, after)
		})
		r.replace("b")
		r.after(5 * time.Second)
		r.published("b")
		r.after(time.Second)
		r.published("a")
		r.lastError("it has not returned within 5s")
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
		r.told(&told, "a→d")
		r.told(other, "a→b", "b→a", "a→d")
		if id := r.Status().Revision.ID; id != 3 {
			t.Errorf("got revision %d, want 3: what was refused used up an id", id)
		}
	})
}

// A hook that waits for a reload, asked for where nobody can tell that it is the
// hook's, hangs each time. It is tried once more, and not for ever.
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

// hangs registers a hook whose first call, with the value in force, hangs until
// it is released.
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

// A change waits for every hook that hangs, not for the first one only.
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

// A rollback that concerns a hook that hangs is refused before anybody hears of
// it, one that does not is carried out, and the hook's return does not end it.
func TestRollbackWhileHookHangs(t *testing.T) {
	bubble(t, func(r *rig) {
		r.replace("b")
		r.after(time.Second)
		r.published("b")
		r.Add(&dispatch.Hook{Prepare: func(context.Context, dispatch.Round) (commit, abort func(), err error) {
			t.Error("a hook was asked to prepare what is known to fail")
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

// A hook that has taken a change too late is told that it is gone.
func TestHookIsLate(t *testing.T) {
	bubble(t, func(r *rig) {
		var told notes
		r.hook(func(ctx context.Context, before, after string) error {
			told.add(before + "→" + after)
			if after == "b" {
				<-ctx.Done()
			}
			return nil
		})
		r.replace("b")
		r.after(time.Minute)
		r.told(&told, "a→b", "b→a")
		wantIs(t, r.Status().LastError, context.DeadlineExceeded)
	})
}

// What a hook prepares too late is thrown away, and what it prepared in time is
// ended also when the hook is removed meanwhile.
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
		r.told(&ended, "abort one")
		r.after(time.Minute)
		r.told(&ended, "abort one", "abort two")
		late()
		r.replace("c")
		r.after(time.Second)
		r.published("c")
	})
}

// A hook that an earlier one of the same round removes is not called, and one
// that is added is not told of what came before it.
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
		r.told(added, "b→c")
	})
}

// A rollback lasts until the content changes, also where the new content is the
// value rolled back to, and holds nothing against what the sources say anyway.
func TestRollbackIsHeld(t *testing.T) {
	bubble(t, func(r *rig) {
		r.replace("b")
		r.after(time.Second)
		r.published("b")
		result, err := r.Rollback(r.t.Context(), rt.Steps(1))
		if err != nil || result.To.ID != 3 || result.To.Cause != rt.CauseRollback {
			t.Errorf("got %+v, %v", result, err)
		}
		r.published("a")
		r.lastError("held")
		r.write("b")
		r.after(time.Minute)
		r.published()
		r.lastError("held")

		if _, err := r.Rollback(r.t.Context(), rt.To(2)); err != nil {
			t.Error(err)
		}
		r.published("b")
		r.lastError("")

		if _, err := r.Rollback(r.t.Context(), rt.To(1)); err != nil {
			t.Error(err)
		}
		r.replace("a")
		r.after(time.Second)
		r.published("a")
		r.lastError("")
		r.replace("c")
		r.after(time.Second)
		r.published("c")

		_, err = r.Rollback(r.t.Context(), rt.To(99))
		wantIs(t, err, rt.ErrRevisionNotFound)
		_, err = r.Rollback(r.t.Context(), rt.Steps(0))
		wantIs(t, err, rt.ErrRevisionNotFound)
	}, rt.WithPollInterval(time.Second))
}

// While a rollback holds, it stays visible why the newest content is refused, and
// how often somebody rolls back does not matter.
func TestHeldAgainstRefused(t *testing.T) {
	bubble(t, func(r *rig) {
		r.replace("b")
		r.after(time.Second)
		r.replace("!")
		r.after(time.Second)
		for id := rt.RevisionID(3); id < 5; id++ {
			if _, err := r.Rollback(r.t.Context(), rt.To(id-2)); err != nil {
				t.Error(err)
			}
			r.lastError("! is bad")
			r.lastError(fmt.Sprintf("revision %d was put into force on request and is held", id))
			err := r.Status().LastError
			wantAs[*rt.ValidationError](t, err)
			if kept := wantAs[*rt.ReloadError](t, err); kept != nil && kept.Kept != id {
				t.Errorf("got revision %d kept, want %d", kept.Kept, id)
			}
			if n := strings.Count(err.Error(), "held"); n != 1 {
				t.Errorf("got %v, want that it is held once", err)
			}
		}
		r.replace("c")
		r.after(time.Second)
		r.lastError("")
		if _, err := r.Rollback(r.t.Context(), rt.Steps(1)); err != nil {
			t.Error(err)
		}
		if text := r.Status().LastError.Error(); strings.Contains(text, "bad") || !strings.Contains(text, "held") {
			t.Errorf("got %s, want only that it is held", text)
		}
	})
}

// A reload after a rollback puts the newest content into force again.
func TestReloadAfterRollback(t *testing.T) {
	bubble(t, func(r *rig) {
		r.replace("b")
		r.after(time.Second)
		if _, err := r.Rollback(r.t.Context(), rt.Steps(1)); err != nil {
			t.Error(err)
		}
		if _, err := r.Reload(r.t.Context()); err != nil {
			t.Error(err)
		}
		r.published("b", "a", "b")
		r.lastError("")
	})
}

// What is asked for inside a hook is done afterwards, in the order asked.
func TestAskedInsideHook(t *testing.T) {
	for _, how := range []string{"the hook's context", "another context"} {
		t.Run(how, func(t *testing.T) {
			bubble(t, func(r *rig) {
				asked := false
				r.hook(func(ctx context.Context, before, after string) error {
					if how == "another context" {
						ctx = context.Background()
					}
					if asked {
						return nil
					}
					asked = true
					r.hold("c")
					reloaded, err := r.Reload(ctx)
					if err != nil || !reloaded.Queued {
						t.Errorf("got %+v, %v, want that it is queued", reloaded, err)
					}
					undone, err := r.Rollback(ctx, rt.To(1))
					if err != nil || !undone.Queued {
						t.Errorf("got %+v, %v, want that it is queued", undone, err)
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

// A rollback asked for inside a hook goes back from the revision that the hook is
// told of, and is done already when another hook has refused that.
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
						t.Errorf("got %+v, %v, want that it is queued", result, err)
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

// Follow would wait for the hook that it is called in: it says so, and a hook that is
// followed may register others without a gap.
func TestFollowInsideHook(t *testing.T) {
	bubble(t, func(r *rig) {
		var told notes
		never := func(context.Context, string, string) error { t.Error("called"); return nil }
		_, err := r.Follow(onAll(func(_ context.Context, before, after string) error {
			if before == "" {
				r.hook(told.call)
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
		r.told(&told, "a→b")
		if n := r.Status().Hooks; n != 2 {
			t.Errorf("got %d hooks, want 2", n)
		}
	})
}

// Registering races with reloads: whoever registers and then reads the value in
// force misses no change after it.
func TestRegistrationLeavesNoGap(t *testing.T) {
	t.Parallel()
	r := rigged(t, rt.WithMaxRevisions(2))
	defer r.Close()
	var wg sync.WaitGroup
	ended := make(chan struct{})
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
						t.Errorf("read %s after registering, and was first told of what came after %s", value, before)
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
	close(ended)
	wg.Wait()
}

// Close may come at any time, twice, and from inside a hook; a transition under
// way is abandoned and no further hook is called.
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
		r.told(later)
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

// Close waits for the hook that runs and lets it know; one that will not listen
// is left behind.
func TestCloseWhileHookRuns(t *testing.T) {
	for _, listens := range []bool{true, false} {
		t.Run(fmt.Sprint("listens ", listens), func(t *testing.T) {
			bubble(t, func(r *rig) {
				release := make(chan struct{})
				defer close(release)
				ended := false
				r.hook(func(ctx context.Context, _, _ string) error {
					if !listens {
						<-release
						return nil
					}
					<-ctx.Done()
					ended = true
					return ctx.Err()
				})
				r.replace("b")
				r.after(time.Second)
				start := time.Now()
				var wg sync.WaitGroup
				for range 3 {
					wg.Go(func() {
						if err := r.Close(); err != nil {
							t.Error(err)
						}
					})
				}
				wg.Wait()
				if took := time.Since(start); took > time.Second || ended != listens {
					t.Errorf("Close took %v; the hook ended: %v", took, ended)
				}
			})
		})
	}
}

// A source that never returns does not keep Close from returning.
func TestCloseWhileSourceHangs(t *testing.T) {
	t.Parallel()
	bubbleOf(t, func(r *rig) {
		release := make(chan struct{})
		r.reading(func(int) { <-release })
		r.event(1)
		r.after(time.Second)
		start := time.Now()
		if err := r.Close(); !errors.Is(err, errStuck) {
			t.Errorf("got %v, want that it is stuck", err)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("Close took %v", took)
		}
		close(release)
	})
}

// Close ends a reload that somebody waits for.
func TestCloseWhileReloading(t *testing.T) {
	bubble(t, func(r *rig) {
		r.hold("")
		got := make(chan error, 1)
		go func() {
			_, err := r.Reload(context.Background())
			got <- err
		}()
		r.after(100 * time.Millisecond)
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		wantIs(t, <-got, rt.ErrClosed)
	})
}

// A hook may return the error of another configuration, which was closed or is at another
// revision. It is a refusal like any other: reported, and not tried again with each poll.
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
