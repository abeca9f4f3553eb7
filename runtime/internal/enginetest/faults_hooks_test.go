package enginetest

import (
	"context"
	"errors"
	"fmt"
	goruntime "runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// reload sets the content to n and reloads.
func reload(t testing.TB, f *followed, m *memory, n int) (rt.ReloadResult, error) {
	t.Helper()
	m.set(config(n))
	return f.Manager().Reload(t.Context())
}

// inMemory follows a source without files.
func inMemory(t testing.TB, opts ...rt.Option) (*followed, *memory) {
	t.Helper()
	m := &memory{text: config(1)}
	return follow(t, m, opts...), m
}

func must1[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T { t.Helper(); must(t, err); return v }
}

// A nil hook is a mistake in the program and is reported where it is registered.
func TestF095_NilHook(t *testing.T) {
	t.Parallel()
	f, _ := inMemory(t)
	for name, register := range map[string]func(){
		"workers":           func() { f.Workers().OnChange(nil) },
		"database.url":      func() { f.Database().URL().Prepare(nil) },
		"tenants":           func() { f.Tenants().OnEntry(nil) },
		"the configuration": func() { f.OnChange(nil) },
	} {
		func() {
			defer func() {
				if v := recover(); v == nil || !strings.Contains(fmt.Sprint(v), "of "+name) {
					t.Errorf("%s: got the panic %v", name, v)
				}
			}()
			register()
		}()
	}
	if n := f.Manager().Status().Hooks; n != 0 {
		t.Errorf("got %d hooks, want none", n)
	}
}

// A panic in a hook refuses the change, with its stack. The other hooks and the process
// continue.
func TestF095_HookPanics(t *testing.T) {
	t.Parallel()
	f, m := inMemory(t)
	var before, after noted
	f.Left().OnChange(before.call)
	stop := f.Right().OnChange(func(context.Context, rt.Change[int]) error { panicsHere(); return nil })
	f.Right().OnChange(after.call)
	_, err := reload(t, f, m, 2)
	var hook *rt.HookError
	var caught *rt.PanicError
	if !errors.As(err, &hook) || hook.Field != "right" || !strings.Contains(hook.Hook, "faults_hooks_test.go:") {
		t.Errorf("got %v, want a HookError that names the field and the place", err)
	}
	if !errors.As(err, &caught) || caught.Value != "no luck" || !strings.Contains(string(caught.Stack), "panicsHere") {
		t.Errorf("got %v, want a PanicError with the stack", err)
	}
	if !errors.As(f.Manager().Status().LastError, &caught) {
		t.Error("the status does not contain the panic")
	}
	if f.Current().Left != 1 {
		t.Error("the change was not undone")
	}
	before.want(t, "1→2 2→1")
	after.want(t, "")
	stop()
	must1[rt.ReloadResult](t)(reload(t, f, m, 3))
	after.want(t, "1→3")
}

func panicsHere() { panic("no luck") }

func exit() { goruntime.Goexit() }

// A hook that ends its goroutine, as t.FailNow does, has failed.
func TestF095_HookExits(t *testing.T) {
	t.Parallel()
	f, m := inMemory(t)
	ended := errors.New("")
	f.Left().OnChange(func(context.Context, rt.Change[int]) error { exit(); return ended })
	if _, err := reload(t, f, m, 2); err == nil || !strings.Contains(err.Error(), "ended its goroutine") {
		t.Errorf("got %v", err)
	}
}

// With KeepOnHookError, the other hooks run and the change stays in force.
func TestF095_KeepOnHookError(t *testing.T) {
	t.Parallel()
	f, m := inMemory(t, rt.KeepOnHookError())
	var calls noted
	f.Left().OnChange(func(context.Context, rt.Change[int]) error { panicsHere(); return nil })
	f.Left().OnChange(calls.call)
	must1[rt.ReloadResult](t)(reload(t, f, m, 2))
	calls.want(t, "1→2")
	s := f.Manager().Status()
	var hook *rt.HookError
	if s.LastError != nil || !errors.As(s.HookError, &hook) || f.Current().Left != 2 {
		t.Errorf("got %+v, want the hook among the warnings only", s)
	}
}

// A hook that never returns blocks no reader and is named after its time limit. The
// newest change is applied when the hook has returned.
func TestF096_HookBlocks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, hookBlocks)
}

func hookBlocks(t *testing.T) {
	f, m := inMemory(t, rt.WithHookTimeout(100*time.Millisecond))
	release, entered := make(chan struct{}), make(chan struct{})
	var once sync.Once
	f.Left().OnChange(func(context.Context, rt.Change[int]) error {
		once.Do(func() { close(entered); <-release })
		return nil
	})
	got := make(chan error, 1)
	m.set(config(2))
	go func() {
		_, err := f.Manager().Reload(context.Background())
		got <- err
	}()
	<-entered
	if f.Current().Left == 0 || f.Manager().Status().Revision.ID == 0 {
		t.Error("cannot read while the hook blocks")
	}
	err := <-got
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "the hook on left (") ||
		!strings.Contains(err.Error(), "did not return within 100ms") {
		t.Errorf("got %v, want the hook's name and time", err)
	}
	if _, err := reload(t, f, m, 3); err == nil || !strings.Contains(err.Error(), "previous call is still running") {
		t.Errorf("got %v, want that the hook still hangs", err)
	}
	if f.Current().Left != 1 {
		t.Errorf("got %d in force, want 1", f.Current().Left)
	}
	close(release)
	f.left(3)
}

// A hook may call anything that a program may call, with its context or another one,
// without deadlock.
func TestF097_HookDoesAnything(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"hook's", "background"} {
		for name, do := range map[string]func(t *testing.T, ctx context.Context, f *followed){
			"read":     func(t *testing.T, _ context.Context, f *followed) { _ = f.Current().Left; f.Left().Get() },
			"register": func(t *testing.T, _ context.Context, f *followed) { f.Left().OnChange(new(noted).call) },
			"register and remove": func(t *testing.T, _ context.Context, f *followed) {
				stop := f.Right().OnChange(new(noted).call)
				stop()
				stop()
			},
			"follow": func(t *testing.T, _ context.Context, f *followed) {
				if _, err := f.Right().Follow(new(noted).call); !errors.Is(err, rt.ErrInsideHook) {
					t.Errorf("got %v, want ErrInsideHook", err)
				}
			},
			"reload": func(t *testing.T, ctx context.Context, f *followed) {
				if r := must1[rt.ReloadResult](t)(f.Manager().Reload(ctx)); !r.Queued {
					t.Error("the reload is not queued")
				}
			},
			"rollback": func(t *testing.T, ctx context.Context, f *followed) {
				if r := must1[rt.RollbackResult](t)(f.Manager().Rollback(ctx, rt.To(1))); !r.Queued {
					t.Error("the rollback is not queued")
				}
			},
			"status": func(t *testing.T, _ context.Context, f *followed) { f.Manager().Status() },
			"close":  func(t *testing.T, _ context.Context, f *followed) { must(t, f.Close()) },
		} {
			t.Run(name+" with the "+how+" context", func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					f, m := inMemory(t)
					done := make(chan struct{})
					var once sync.Once
					f.Left().OnChange(func(ctx context.Context, _ rt.Change[int]) error {
						if how == "background" {
							ctx = context.Background()
						}
						once.Do(func() { do(t, ctx, f); close(done) })
						return nil
					})
					start := time.Now()
					_, err := reload(t, f, m, 2)
					if name == "close" {
						if !errors.Is(err, rt.ErrClosed) {
							t.Errorf("got %v, want ErrClosed", err)
						}
					} else {
						must(t, err)
					}
					<-done
					if took := time.Since(start); took > 0 {
						t.Errorf("took %v: it waited for itself", took)
					}
				})
			})
		}
	}
}

// A hook's refusal undoes the whole change. Hooks that were called before are called for
// the way back, last first.
func TestF098_HookRefuses(t *testing.T) {
	t.Parallel()
	f, m := inMemory(t)
	var calls noted
	note := func(name string) func(context.Context, rt.Change[int]) error {
		return func(_ context.Context, c rt.Change[int]) error {
			calls.add("%s:%d→%d(%d)", name, c.Old, c.New, f.Current().Left)
			return nil
		}
	}
	f.Right().OnChange(note("low"), rt.PriorityLow)
	f.Left().OnChange(note("one"))
	f.Right().OnChange(note("high"), rt.PriorityHigh)
	reason := errors.New("the pool is too small")
	stop := f.Left().OnChange(func(context.Context, rt.Change[int]) error { return reason })
	f.Left().Prepare(func(_ context.Context, c rt.Change[int]) (commit, abort func(), err error) {
		return func() { calls.add("commit:%d", c.New) }, func() { calls.add("abort:%d", c.New) }, nil
	})
	result, err := reload(t, f, m, 2)
	if !errors.Is(err, reason) || !result.RolledBack || result.Revision.ID != 1 {
		t.Errorf("got %+v, %v", result, err)
	}
	calls.want(t, "commit:2 high:1→2(2) one:1→2(2) one:2→1(1) high:2→1(1) commit:1")
	if s := f.Manager().Status(); !errors.Is(s.LastError, reason) || s.Revision.ID != 1 {
		t.Errorf("got %+v", s)
	}
	stop()
	f.Right().Prepare(func(context.Context, rt.Change[int]) (commit, abort func(), err error) { return nil, nil, reason })
	calls.mu.Lock()
	calls.list = nil
	calls.mu.Unlock()
	result, err = reload(t, f, m, 3)
	if !errors.Is(err, reason) || result.RolledBack {
		t.Errorf("got %+v, %v", result, err)
	}
	calls.want(t, "abort:3")
}

// A hundred readers see only complete revisions, in order, during ten thousand swaps
// (fewer without HOTBIND_FULL=1).
func TestF099_Readers(t *testing.T) {
	t.Parallel()
	f, m := inMemory(t, rt.WithRetention(rt.Retention{Count: 2}), quiet())
	swaps := 500
	if full {
		swaps = 10_000
	}
	var stop atomic.Bool
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop.Store(true)
	for range 100 {
		wg.Go(func() {
			for last := 0; !stop.Load(); {
				c := f.Current()
				if c.Left != c.Right || c.Left < last {
					t.Errorf("got left %d and right %d after %d", c.Left, c.Right, last)
					return
				}
				last = c.Left
				time.Sleep(100 * time.Microsecond)
			}
		})
	}
	wg.Go(func() {
		for !stop.Load() {
			f.Manager().Status()
			time.Sleep(100 * time.Microsecond)
		}
	})
	f.OnChange(func(_ context.Context, d *service.Diff) error {
		if d.New.Left != d.New.Right || d.New != f.Current() {
			t.Errorf("got %+v in a hook while %+v is in force", d.New, f.Current())
		}
		return nil
	})
	for n := range swaps {
		must1[rt.ReloadResult](t)(reload(t, f, m, n+2))
	}
}
