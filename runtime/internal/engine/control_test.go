package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/watch"

	rt "github.com/hotbind/hotbind/runtime"
)

// pendingIs requires exactly these sources to be pending.
func (r *rig) pendingIs(want ...string) {
	r.t.Helper()
	var got []string
	for _, p := range r.Watching().Pending() {
		got = append(got, p.Source)
	}
	if !slices.Equal(got, want) {
		r.t.Errorf("got the pending changes %q, want %q", got, want)
	}
}

// A batch is read when its delay has passed since the first change, however many follow,
// and not before.
func TestBatched(t *testing.T) {
	bubble(t, func(r *rig) {
		r.replace("b")
		r.after(600 * time.Millisecond)
		r.published()
		r.pendingIs("fake")
		r.lastError("changes of fake are pending: the strategy is batched (1s)")
		r.replace("c")
		r.after(390 * time.Millisecond)
		r.published()
		r.after(20 * time.Millisecond)
		r.published("c")
		r.pendingIs()
		r.lastError("")
	}, rt.WithStrategy(rt.Batched(time.Second, 0)))
}

// A batch is read at once when it is full.
func TestBatchIsFull(t *testing.T) {
	bubble(t, func(r *rig) {
		r.replace("b")
		r.after(500 * time.Millisecond)
		r.published()
		r.watcher.notify(watch.Event{Kind: watch.Replaced, Path: "other"})
		r.after(150 * time.Millisecond)
		r.published("b")
	}, rt.WithStrategy(rt.Batched(time.Hour, 2)))
}

// A scheduled reload happens at the interval counted from the start, once, and only after
// a change.
func TestScheduled(t *testing.T) {
	bubble(t, func(r *rig) {
		r.after(time.Minute + time.Second)
		reads := r.source.reads
		r.after(time.Hour)
		if r.source.reads != reads {
			t.Errorf("the sources were read %d times without a change", r.source.reads-reads)
		}
		r.replace("b")
		r.after(58 * time.Second)
		r.published()
		r.after(2 * time.Second)
		r.published("b")
	}, rt.WithStrategy(rt.Scheduled(time.Minute)))
}

// With the manual strategy, only a request puts the sources into force, however often a
// file changes. Pending changes are listed, and a file with its earlier content is no
// longer pending.
func TestManual(t *testing.T) {
	bubble(t, func(r *rig) {
		r.replace("b")
		r.after(time.Hour)
		r.published()
		r.pendingIs("fake")
		r.lastError("changes of fake are pending: the strategy is manual")
		r.replace("a")
		r.after(time.Minute)
		r.pendingIs()
		r.lastError("")
		r.replace("c")
		r.after(time.Minute)
		if _, err := r.Reload(r.t.Context()); err != nil {
			t.Error(err)
		}
		r.published("c")
		r.pendingIs()
		r.hold("d") // without an event: the poll finds it, as before
		r.after(time.Minute)
		r.pendingIs("fake")
		r.published()
	}, rt.WithStrategy(rt.Manual()), rt.WithPollInterval(3*time.Second))
}

// A strategy set while changes are pending applies to them too.
func TestStrategyChangesWhileRunning(t *testing.T) {
	bubble(t, func(r *rig) {
		r.replace("b")
		r.after(time.Hour)
		r.published()
		if err := r.Watching().SetStrategy(rt.Batched(time.Minute, 0)); err != nil {
			t.Error(err)
		}
		r.after(time.Second)
		r.published("b") // the delay has passed long ago
		if err := r.Watching().SetStrategy(rt.Scheduled(0)); err == nil {
			t.Error("an interval of 0 was accepted")
		}
		if got := r.Status().Strategy; got != rt.Batched(time.Minute, 0) {
			t.Errorf("got the strategy %v", got)
		}
	}, rt.WithStrategy(rt.Manual()))
}

// A file that is being written at the scheduled time is waited for, at most for the
// maximum wait.
func TestScheduleWaitsForRest(t *testing.T) {
	bubble(t, func(r *rig) {
		r.after(9900 * time.Millisecond)
		for i := range 10 {
			r.write(fmt.Sprint("b", i))
			r.after(100 * time.Millisecond)
		}
		r.published()
		r.after(time.Second)
		r.published("b9")
	}, rt.WithStrategy(rt.Scheduled(10*time.Second)))
}

// While following is disabled, no event and no poll reads the sources, but Reload does.
// Enable reads what was missed.
func TestDisable(t *testing.T) {
	bubble(t, func(r *rig) {
		r.replace("b")
		r.Watching().Disable()
		r.after(time.Hour)
		r.published()
		r.pendingIs()
		if s := r.Status(); s.Enabled || s.Watching {
			t.Errorf("got the status %+v", s)
		}
		if _, err := r.Reload(r.t.Context()); err != nil {
			t.Error(err)
		}
		r.published("b")
		r.replace("c")
		r.after(time.Hour)
		r.published()
		if err := r.Watching().Enable(); err != nil {
			t.Error(err)
		}
		r.after(time.Second)
		r.published("c")
		r.replace("d")
		r.after(time.Second)
		r.published("d")
	}, rt.WithPollInterval(3*time.Second))
}

// Changes that the strategy held back when following was disabled are not in force:
// LastError says so until a caller reads the sources.
func TestDisableKeepsWhatWaits(t *testing.T) {
	for why, read := range map[string]func(r *rig) error{
		"reload": func(r *rig) error { _, err := r.Reload(r.t.Context()); return err },
		"enable": func(r *rig) error {
			return errors.Join(r.Watching().SetStrategy(rt.Immediate()), r.Watching().Enable())
		},
	} {
		t.Run(why, func(t *testing.T) {
			bubble(t, func(r *rig) {
				r.replace("b")
				r.after(time.Second)
				r.Watching().Disable()
				if err := r.Status().LastError; !errors.Is(err, rt.ErrPending) || !strings.Contains(err.Error(), "the strategy is manual") {
					t.Errorf("got %v, want that a change waits", err)
				}
				r.pendingIs()
				if err := read(r); err != nil {
					t.Error(err)
				}
				r.after(time.Second)
				r.published("b")
				if err := r.Status().LastError; err != nil {
					t.Errorf("got %v after it was read", err)
				}
			}, rt.WithStrategy(rt.Manual()))
		})
	}
}

// In production, following is off unless an option turns it on or allows it, and Enable
// is refused.
func TestProduction(t *testing.T) {
	t.Setenv("HOTBIND_ENV", "")
	t.Setenv("APP_ENV", "Production")
	for _, c := range []struct {
		opts    []rt.Option
		follows bool
		err     error
	}{
		{nil, false, rt.ErrProductionReload},
		{[]rt.Option{rt.WithHotReload(true)}, true, nil},
		{[]rt.Option{rt.WithHotReload(false)}, false, rt.ErrProductionReload},
	} {
		r := rigged(t, c.opts...)
		if got := r.Watching().Enabled(); got != c.follows {
			t.Errorf("got following %v, want %v", got, c.follows)
		}
		if err := r.Watching().Enable(); !errors.Is(err, c.err) {
			t.Errorf("got the error %v, want %v", err, c.err)
		}
		if got := r.Status().Environment; got != "Production" {
			t.Errorf("got the environment %q", got)
		}
		if recorded := r.log.count("the sources are not followed in production") == 1; recorded != (c.opts == nil) {
			t.Errorf("logged that nothing is followed: %v", recorded)
		}
		r.Close()
	}
}

// A dry run reports what a reload would do, and has no side effect.
func TestDryRun(t *testing.T) {
	bubble(t, func(r *rig) {
		recorded := r.calls()
		r.replace("b")
		before := r.Status()
		result, err := r.DryRun(r.t.Context())
		if err != nil || len(result.Changes) != 1 || len(result.Hooks) != 1 || result.Hooks[0] != "(configuration) (hook.go:1)" {
			t.Errorf("got %+v, %v", result, err)
		}
		r.hold("!")
		if _, err = r.DryRun(r.t.Context()); err == nil || !strings.Contains(err.Error(), "! is bad") {
			t.Errorf("got the error %v", err)
		}
		r.recorded(recorded)
		if s := r.Status(); s.LastError != nil || s.Refusals != before.Refusals || s.LastReload != before.LastReload || len(s.PendingChanges) != 1 {
			t.Errorf("got the status %+v", s)
		}
		r.hold("b")
		r.after(time.Second)
		r.published("b")
		r.recorded(recorded, "a→b")
	})
}

// The engine listens to a source that reports its changes, follows it again when it ends,
// fails or panics, and stops it when the engine closes.
func TestFollower(t *testing.T) {
	follower := &fakeFollower{fakeSource: fakeSource{text: "a"}}
	bubble(t, func(r *rig) {
		r.after(time.Second)
		follower.set("y")
		follower.record()
		r.after(time.Second)
		if got := r.Status().Reloads; got != 1 {
			t.Errorf("got %d reloads, want 1", got)
		}
		follower.end <- errRefused
		follower.set("z")
		r.after(time.Second)
		if got := r.Status().Reloads; got != 2 {
			t.Errorf("got %d reloads, want 2: one for what was missed while it did not follow", got)
		}
		if s := r.Status().Sources; len(s) != 1 || s[0].Connected || s[0].Behind.IsZero() || !errors.Is(s[0].Err, errRefused) {
			t.Errorf("got %+v, want a source that is behind", s)
		}
		follower.end <- nil
		r.after(time.Second)
		follower.set("w")
		follower.record()
		r.after(time.Second)
		if got := r.Status().Reloads; got != 3 {
			t.Errorf("got %d reloads, want 3", got)
		}
	}, rt.From(follower))
}

type fakeFollower struct {
	fakeSource
	changed func()
	end     chan error
	lets    time.Duration // how long it takes to return
	ended   atomic.Bool
}

func (f *fakeFollower) Follow(ctx context.Context, changed func()) error {
	f.mu.Lock()
	f.changed = changed
	if f.end == nil {
		f.end = make(chan error)
	}
	end := f.end
	f.mu.Unlock()
	select {
	case err := <-end:
		return err
	case <-ctx.Done():
		time.Sleep(f.lets)
		f.ended.Store(true)
		return nil
	}
}

func (f *fakeFollower) set(text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.text = text
}

func (f *fakeFollower) record() {
	f.mu.Lock()
	changed := f.changed
	f.mu.Unlock()
	changed()
}

// Watch paths that belong to no source can be added and removed at run time; a missing
// path is an error.
func TestWatchPaths(t *testing.T) {
	r := rigged(t, rt.WithWatchPaths("given"))
	defer r.Close()
	dir := t.TempDir()
	if err := r.Watching().Add(dir); err != nil {
		t.Error(err)
	}
	if err := r.Watching().Add(dir + "/missing"); err == nil || err.Error() != dir+"/missing: no such file or directory" {
		t.Errorf("got the error %v", err)
	}
	if got := r.Watching().Paths(); !slices.Equal(got, []string{"given", dir}) {
		t.Errorf("got the paths %q", got)
	}
	if err := r.Watching().Remove("given"); err != nil {
		t.Error(err)
	}
	if got := r.watcher.paths(); !slices.Equal(got, []string{dir}) {
		t.Errorf("the watcher has the paths %q", got)
	}
}

// The latest set of paths is watched, even if an earlier set reaches the watcher late:
// otherwise nothing would be watched any more.
func TestEnableWhileDisabling(t *testing.T) {
	r := rigged(t, rt.WithWatchPaths("x"))
	defer r.Close()
	disabling, enabled := make(chan struct{}), make(chan struct{})
	r.watcher.setting = func(paths []string) {
		if paths != nil {
			return
		}
		close(disabling)
		select {
		case <-enabled:
		case <-time.After(100 * time.Millisecond): // it waits for the other call
		}
	}
	var disabled sync.WaitGroup
	disabled.Go(r.Watching().Disable)
	<-disabling
	if err := r.Watching().Enable(); err != nil {
		t.Fatal(err)
	}
	close(enabled)
	disabled.Wait()
	if got := r.watcher.paths(); !slices.Equal(got, []string{"x"}) {
		t.Errorf("got the paths %q, want x", got)
	}
}

// Content that is being read while following is disabled is not put into force.
func TestDisableWhileReading(t *testing.T) {
	bubble(t, func(r *rig) {
		r.reading(func(int) { r.Watching().Disable() })
		r.replace("b")
		r.after(time.Second)
		r.published()
	})
}
