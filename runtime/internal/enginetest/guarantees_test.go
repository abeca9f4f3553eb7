package enginetest

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// The tests of this file are the guarantees of DESIGN.md, section 6, by number. The
// eighth, about the store, is in kill_test.go; the tenth is in the tests of package
// engine, which can send events without a file system.

// 1. A reader sees one complete revision; never a mixture, and never one that failed
// validation.
func TestGuarantee1_ReadersSeeWholeRevisions(t *testing.T) {
	t.Parallel()
	f, m := inMemory(t, quiet())
	var stop atomic.Bool
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop.Store(true)
	for range 8 {
		wg.Go(func() {
			for !stop.Load() {
				if c := f.Current(); c.Left != c.Right || c.Workers > 100 || c.Name == "" {
					t.Errorf("got %+v", c)
					return
				}
			}
		})
	}
	for n := range 200 {
		must1[rt.ReloadResult](t)(reload(t, f, m, n+2))
		for _, bad := range []string{"name: service\nleft: 7\nworkers: 500\n", "left: 7\nright: 7\n", "name: service\nleft: 7\nrigh", ": ["} {
			m.set(bad)
			if _, err := f.Manager().Reload(t.Context()); err == nil {
				t.Fatalf("%q was accepted", bad)
			}
		}
	}
}

// 2. Hooks run outside every lock, one reload at a time; while hooks of a
// revision run, it is the current one.
func TestGuarantee2_HooksRunOutsideLocks(t *testing.T) {
	t.Parallel()
	f, m := inMemory(t, quiet())
	var running, calls atomic.Int64
	f.OnChange(func(_ context.Context, d *service.Diff) error {
		if running.Add(1) != 1 {
			t.Error("two hooks run at once")
		}
		defer running.Add(-1)
		calls.Add(1)
		// Each of these takes a lock. If one were held, the call would not return, and the time
		// limit of the hook would turn that into an error.
		id := f.Manager().Status().Revision.ID
		f.Right().OnChange(new(noted).call)()
		others := make(chan struct{})
		go func() { defer close(others); f.Manager().Status(); f.Left().OnChange(new(noted).call)() }()
		<-others
		if f.Current() != d.New || f.Manager().Status().Revision.ID != id {
			t.Error("another revision is in force while hooks run")
		}
		return nil
	})
	var wg sync.WaitGroup
	for reader := range 4 {
		wg.Go(func() {
			for n := range 50 {
				m.set(config(2 + reader + 4*n))
				if _, err := f.Manager().Reload(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if calls.Load() == 0 {
		t.Error("no hook was called")
	}
}

// 3. A hook is called once for each committed revision in which its field differs, with
// the exact old and new value. On request, it is first called with the current value,
// without a gap.
func TestGuarantee3_OneCallForEachDifference(t *testing.T) {
	t.Parallel()
	f, m := inMemory(t)
	var left, right, current, verbose, quota, entries noted
	f.Left().OnChange(left.call)
	f.Right().OnChange(right.call)
	must1[func()](t)(f.Workers().Follow(current.call))
	f.Verbose().OnChange(func(_ context.Context, c rt.Change[bool]) error {
		verbose.add("%v/%v→%v/%v", c.Old, c.OldSet, c.New, c.NewSet)
		return nil
	})
	f.Tenants().Key("acme").Quota().OnChange(quota.call)
	f.Tenants().OnEntry(func(_ context.Context, c rt.EntryChange[string, service.Tenant]) error {
		entries.add("%s:%d→%d", c.Key, c.Old.Quota, c.New.Quota)
		return nil
	})
	for _, text := range []string{
		"name: a\nleft: 1\nright: 1\n",
		"name: a\nleft: 2\nright: 1\n",
		"name: a\nleft: 2\nright: 1\nworkers: 9\nverbose: false\n",
		"name: a\nleft: 2\nright: 1\nworkers: 500\n", // refused
		"name: a\nleft: 2\nright: 3\nworkers: 9\nverbose: true\ntenants: {acme: {quota: 5}, b: {quota: 1}}\n",
		"name: a\nleft: 1\nright: 1\nworkers: 9\ntenants: {acme: {quota: 6}}\n",
	} {
		m.set(text)
		f.Manager().Reload(t.Context())
	}
	left.want(t, "1→2 2→1")
	right.want(t, "1→3 3→1")
	current.want(t, "0→4 4→9")
	verbose.want(t, "false/false→false/true false/true→true/true true/true→false/false")
	quota.want(t, "0→5 5→6")
	entries.want(t, "acme:0→5 b:0→1 acme:5→6 b:1→0")
}

// 3, under load: hooks that follow their value while reloads run receive every later
// value, each once.
func TestGuarantee3_RegistrationLeavesNoGap(t *testing.T) {
	t.Parallel()
	f, m := inMemory(t, quiet())
	var wg sync.WaitGroup
	var stop atomic.Bool
	defer wg.Wait()
	defer stop.Store(true)
	for range 3 {
		wg.Go(func() {
			for !stop.Load() {
				last := -1
				remove, err := f.Left().Follow(func(_ context.Context, c rt.Change[int]) error {
					if (last < 0) != !c.OldSet || last >= 0 && c.Old != last {
						t.Errorf("received %+v after %d", c, last)
					}
					last = c.New
					return nil
				})
				if err != nil {
					t.Error(err)
					return
				}
				time.Sleep(time.Millisecond)
				remove()
			}
		})
	}
	for n := range 1000 {
		must1[rt.ReloadResult](t)(reload(t, f, m, n+2))
	}
}

// 4. A hook may read, register, remove, reload or roll back without deadlock, and its
// requests run when the hooks are done.
func TestGuarantee4_HookMayDoAnything(t *testing.T) {
	t.Parallel()
	f, m := inMemory(t)
	var added, removed noted
	remove := f.Left().OnChange(removed.call, rt.PriorityLow)
	var once sync.Once
	f.Left().OnChange(func(ctx context.Context, c rt.Change[int]) error {
		once.Do(func() {
			if f.Current().Left != 2 || c.New != 2 {
				t.Errorf("got %d and %+v, want 2", f.Current().Left, c)
			}
			remove()
			f.Left().OnChange(added.call)
			m.set(config(3))
			must1[rt.ReloadResult](t)(f.Manager().Reload(ctx))
			must1[rt.RollbackResult](t)(f.Manager().Rollback(context.Background(), rt.Steps(1)))
		})
		return nil
	})
	must1[rt.ReloadResult](t)(reload(t, f, m, 2))
	testkit.Until(t, "the rollback requested in the hook", func() bool {
		s := f.Manager().Status()
		return s.Revision.Cause == rt.CauseRollback && s.LastError != nil
	})
	added.want(t, "2→3 3→1")
	removed.want(t, "")
}

// 5. A hook that panics, fails or hangs affects no other hook, no reader and not the
// engine; it is named.
func TestGuarantee5_BadHooksHarmNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, m := inMemory(t, rt.KeepOnHookError(), rt.WithHookTimeout(2*time.Second))
		release := make(chan struct{})
		defer close(release)
		var calls noted
		f.Left().OnChange(func(context.Context, rt.Change[int]) error { panic("one") })
		f.Left().OnChange(func(context.Context, rt.Change[int]) error { return errors.New("two") })
		f.Left().OnChange(func(context.Context, rt.Change[int]) error { <-release; return nil })
		f.Left().OnChange(calls.call)
		for n := 2; n <= 4; n++ {
			must1[rt.ReloadResult](t)(reload(t, f, m, n))
			if f.Current().Left != n {
				t.Errorf("got %d, want %d", f.Current().Left, n)
			}
		}
		calls.want(t, "1→2 2→3 3→4")
		for _, part := range []string{"panic: one", "failed: two", "did not return within 2s", "previous call is still running"} {
			if !strings.Contains(f.log.all(), part) {
				t.Errorf("the log does not name %q", part)
			}
		}
	})
}

// 6. The same bytes, reordered keys or reformatted text are not a change.
func TestGuarantee6_SameValueIsNoChange(t *testing.T) {
	t.Parallel()
	f, m := inMemory(t)
	f.OnChange(func(context.Context, *service.Diff) error { t.Error("a hook was called"); return nil })
	for _, text := range []string{
		config(1), "right: 1\nleft: 1\nname: service\n", "# so\nname: 'service' # quoted\nleft: 1.0\nright: 1\n",
		"{name: service, left: 1, right: 1, workers: 4}",
	} {
		m.set(text)
		result := must1[rt.ReloadResult](t)(f.Manager().Reload(t.Context()))
		if result.Changed || result.Revision.ID != 1 || len(result.Changes) > 0 {
			t.Errorf("%q: got %+v", text, result)
		}
	}
	f.logged("", 0)
}

// 7. A refused candidate changes nothing but the error state, which clears when the file
// is valid again, even with the very same bytes as before.
func TestGuarantee7_RefusalChangesNothing(t *testing.T) {
	t.Parallel()
	path := file(t, config(1))
	f := follow(t, rt.File(path))
	f.OnChange(func(context.Context, *service.Diff) error { t.Error("a hook was called"); return nil })
	current, before := f.Current(), f.Manager().Status()
	write(t, path, "name: service\nworkers: 0\n")
	err := f.refused("workers: 0 is less than the minimum 1")
	var refused *rt.ReloadError
	var findings *rt.ValidationError
	if !errors.As(err, &refused) || refused.Kept != 1 || !errors.As(err, &findings) {
		t.Errorf("got %v", err)
	}
	after := f.Manager().Status()
	if f.Current() != current || after.Revision.ID != before.Revision.ID || after.Reloads != 0 {
		t.Errorf("got %+v after %+v", after, before)
	}
	write(t, path, config(1))
	testkit.Until(t, "the error to clear", func() bool { return f.Manager().Status().LastError == nil })
	if f.Current() != current || f.Manager().Status().Revision.ID != before.Revision.ID {
		t.Error("changing back made a revision")
	}
}

// 9. After Close, no descriptor or callback of ours remains. TestMain checks at the end
// of all tests that no goroutine remains. Not parallel: it counts files.
func TestGuarantee9_NothingIsLeft(t *testing.T) {
	before := descriptors(t)
	path := file(t, config(1))
	var closed atomic.Bool
	f := follow(t, rt.File(path), rt.WithPollInterval(time.Millisecond), rt.WithDebounce(time.Millisecond), rt.WithSettle(time.Millisecond))
	f.OnChange(func(context.Context, *service.Diff) error {
		if closed.Load() {
			t.Error("a hook was called after Close")
		}
		return nil
	})
	write(t, path, config(2))
	must(t, f.Close())
	closed.Store(true)
	write(t, path, config(3))
	if n := descriptors(t); n > before {
		t.Errorf("got %d open files, %d before", n, before)
	}
	other := follow(t, rt.File(path)) // detects a later change, so f would have too
	other.fence(path, 4)
	if n := f.Current().Left; n > 2 {
		t.Errorf("got %d in force, which was saved after Close", n)
	}
	if _, err := f.Manager().Reload(t.Context()); !errors.Is(err, rt.ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
	must(t, os.Remove(path))
}
