package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/watch"

	rt "github.com/hotbind/hotbind/runtime"
)

// A burst of saves is one reload, made when the file was quiet for the debounce.
func TestDebounce(t *testing.T) {
	bubble(t, func(r *rig) {
		for i := range 10 {
			r.replace(fmt.Sprint("b", i))
			r.after(50 * time.Millisecond)
		}
		r.published()
		r.after(49 * time.Millisecond)
		r.published()
		r.after(20 * time.Millisecond)
		r.published("b9")
	})
}

// A file written in place in chunks is read when it is whole: each prefix of it
// would be valid.
func TestSettleInPlace(t *testing.T) {
	bubble(t, func(r *rig) {
		r.write("")
		r.after(10 * time.Millisecond)
		r.write("left")
		r.after(200 * time.Millisecond)
		r.write("left=right")
		r.after(390 * time.Millisecond)
		r.published()
		r.after(20 * time.Millisecond)
		r.published("left=right")
		r.logged("ERROR", 0)
	})
}

// The moment in which a file counts as quiet may be the one in which the next
// save begins, before its event has come: half of that is not applied.
func TestSaveBeginsDuringLook(t *testing.T) {
	bubble(t, func(r *rig) {
		r.write("b")
		r.after(399 * time.Millisecond)
		r.hold("half") // half a save
		r.after(2 * time.Millisecond)
		r.event(watch.Written)
		r.after(200 * time.Millisecond)
		r.write("half and half")
		r.after(time.Second)
		r.published("half and half")

		r.write("c")
		r.after(399 * time.Millisecond)
		r.hold("")
		r.after(50 * time.Millisecond) // an event may be late
		r.write("d")
		r.after(time.Second)
		r.published("d")
		r.logged("ERROR", 0)
	})
}

// Whoever saves without end is heard after the maximum wait, and what was saved
// last is applied when it is quiet at last.
func TestMaximumWait(t *testing.T) {
	bubble(t, func(r *rig) {
		for i := range 240 { // 12 s
			r.write(fmt.Sprint("b", i))
			r.after(51 * time.Millisecond)
			if i == 97 {
				r.published()
			}
			if i == 102 {
				if len(r.program.published) != 2 {
					t.Error("nothing was applied after the maximum wait")
				}
			}
		}
		r.after(time.Second)
		if got := r.program.published; got[len(got)-1] != "b239" || len(got) > 5 {
			t.Errorf("got %q in force, want few and b239 last", got)
		}
	})
}

// A storm of saves in one step is read between two of them, however close they
// follow each other.
func TestMaximumWaitOfRenames(t *testing.T) {
	bubble(t, func(r *rig) {
		for i := range 1030 {
			r.replace(fmt.Sprint("b", i))
			r.after(5100 * time.Microsecond)
		}
		if got := len(r.program.published); got != 2 {
			t.Errorf("got %d times something in force, want 2", got)
		}
	})
}

// In a storm a look may fall on the moment in which a file is empty. It is made
// again soon, not one maximum wait later, and the empty file is not told of.
func TestMaximumWaitMeetsEmptyFile(t *testing.T) {
	bubble(t, func(r *rig) {
		for range 99 {
			r.write("")
			r.after(51 * time.Millisecond)
		}
		for range 3 { // across 5 s
			r.write("")
			r.after(40 * time.Millisecond)
		}
		r.published()
		for range 4 {
			r.write("b")
			r.after(40 * time.Millisecond)
		}
		r.published("b")
		r.logged("ERROR", 0)
		r.lastError("")
	})
}

// What is bad throughout a storm is told of in the end: the error state must not
// say that all is well for as long as somebody keeps writing.
func TestEndlessStormOfBadContent(t *testing.T) {
	bubble(t, func(r *rig) {
		for i := range 190 { // 9.5 s
			r.write(fmt.Sprint("!", i))
			r.after(50 * time.Millisecond)
		}
		r.logged("ERROR", 0)
		for i := range 40 {
			r.write(fmt.Sprint("!", 190+i))
			r.after(50 * time.Millisecond)
		}
		r.logged("ERROR configuration refused", 1)
		r.lastError("is bad")
		r.write("b")
		r.after(time.Second)
		r.published("b")
		r.lastError("")
	})
}

// An empty file is what a save in place begins with: it is told of only when it
// stays, once.
func TestEmptyFile(t *testing.T) {
	for _, kind := range []watch.Kind{watch.Written, watch.Replaced} {
		t.Run(kind.String(), func(t *testing.T) {
			bubble(t, func(r *rig) {
				r.hold("")
				r.event(kind)
				r.after(390 * time.Millisecond)
				r.logged("ERROR", 0)
				r.write("b")
				r.after(410 * time.Millisecond)
				r.published("b")
				r.logged("ERROR", 0)

				r.hold("")
				r.event(kind)
				r.after(time.Second)
				r.logged("ERROR", 1)
				r.lastError("empty")
				wantIs(t, r.Status().LastError, rt.ErrEmpty)
				r.published()
			})
		})
	}
}

// Editors delete and recreate. The gap is no error unless it lasts, and is told
// of once however long it lasts.
func TestDeleteAndRecreate(t *testing.T) {
	for _, gap := range []time.Duration{20 * time.Millisecond, 300 * time.Millisecond, 5 * time.Second, time.Hour} {
		t.Run(gap.String(), func(t *testing.T) {
			bubble(t, func(r *rig) {
				r.remove()
				r.after(gap)
				alerts := 0
				if gap > time.Second {
					alerts = 1
					wantIs(t, r.Status().LastError, fs.ErrNotExist)
				}
				r.logged("ERROR", alerts)
				r.replace("b")
				r.after(time.Second)
				r.published("b")
				r.logged("ERROR", alerts)
				r.lastError("")
			}, rt.WithPollInterval(5*time.Second))
		})
	}
}

// The poll finds what no event tells of, and does not take a file that is being
// written for whole.
func TestPoll(t *testing.T) {
	bubble(t, func(r *rig) {
		r.hold("b")
		r.after(999 * time.Millisecond)
		r.published()
		r.after(500 * time.Millisecond)
		r.published("b")

		r.hold("c")
		r.after(600 * time.Millisecond) // the poll at 2 s has read c
		r.hold("c half")
		r.after(400 * time.Millisecond) // not the same as before: look again later
		r.hold("c whole")
		r.after(200 * time.Millisecond)
		r.published()
		r.after(time.Second)
		r.published("c whole")
		if r.watcher.rearms < 3 {
			t.Errorf("got %d times Rearm, want one with each poll", r.watcher.rearms)
		}
	}, rt.WithPollInterval(time.Second))
}

// An error that lasts is told once, however often the poll meets it; another
// error is told too, and the state afterwards is the one from before.
func TestPollMeetsLastingError(t *testing.T) {
	bubble(t, func(r *rig) {
		r.fail(errors.New("input/output error"))
		r.after(time.Minute)
		r.logged("ERROR", 1)
		if n := r.Status().Refusals; n != 1 {
			t.Errorf("got %d refusals of one error, want 1", n)
		}
		r.fail(errors.New("too many open files"))
		r.after(time.Minute)
		r.logged("ERROR", 2)
		r.lastError("too many open files")
		r.hold("a")
		r.after(time.Minute)
		r.lastError("")
		r.logged("INFO configuration is good again", 1)
		r.published()
	}, rt.WithPollInterval(time.Second))
}

// What was refused stays refused after a time in which it could not be read.
func TestUnreadableKeepsVerdict(t *testing.T) {
	bubble(t, func(r *rig) {
		calls := 0
		r.hook(failing(&calls))
		r.replace("b")
		r.after(time.Second)
		r.published("b", "a")
		r.remove()
		r.after(time.Second)
		r.lastError("not exist")
		r.replace("b")
		r.after(time.Second)
		r.lastError("refused by the hook")
		r.published()
		if calls != 1 {
			t.Errorf("got %d calls of a hook that has refused, want 1", calls)
		}
	})
}

// Events without a change change nothing, however many there are.
func TestSameBytes(t *testing.T) {
	bubble(t, func(r *rig) {
		calls := r.calls()
		for range 100 {
			r.event(watch.Written)
			r.after(time.Second)
		}
		r.replace("a # a remark")
		r.after(time.Second)
		r.event(watch.Overflow)
		r.after(time.Second)
		r.published()
		r.told(calls)
		r.logged("", 0)
		if s := r.Status(); s.Revision.ID != 1 || s.LastError != nil {
			t.Errorf("got %+v, want revision 1 and no error", s)
		}
	})
}

// There and back within one settle time is no change; there, refused, and back
// is health.
func TestThereAndBack(t *testing.T) {
	bubble(t, func(r *rig) {
		r.write("b")
		r.after(100 * time.Millisecond)
		r.write("a")
		r.after(time.Second)
		r.published()
		r.logged("", 0)

		r.write("!")
		r.after(time.Second)
		r.lastError("is bad")
		r.write("a")
		r.after(time.Second)
		r.lastError("")
		r.logged("good again", 1)
		r.published()
	})
}

// A bad file is judged once, however often it is saved.
func TestRefusedOnce(t *testing.T) {
	bubble(t, func(r *rig) {
		for range 1000 {
			r.write("!")
			r.after(600 * time.Millisecond)
		}
		r.logged("ERROR", 1)
		if s := r.Status(); s.Refusals != 1 || s.Revision.ID != 1 {
			t.Errorf("got %d refusals and revision %d, want 1 and 1", s.Refusals, s.Revision.ID)
		}
	})
}

// An overflow means that anything may have changed: everything is read.
func TestF084_Overflow(t *testing.T) {
	bubble(t, func(r *rig) {
		r.hold("b")
		r.watcher.notify(watch.Event{Kind: watch.Overflow})
		r.after(time.Second)
		r.published("b")
	})
}

// What was read first is never applied last. The read of a look is held up
// while somebody saves again and asks for a reload.
func TestStaleReadIsNotAppliedLast(t *testing.T) {
	bubble(t, func(r *rig) {
		held, release := make(chan struct{}), make(chan struct{})
		var once sync.Once
		r.reading(func(n int) {
			if n == 4 { // Open has read twice, and this is the second read of the look
				once.Do(func() { close(held); <-release })
			}
		})
		r.replace("b")
		<-held
		r.hold("c")
		reloaded := make(chan struct{})
		go func() {
			defer close(reloaded)
			if _, err := r.Reload(r.t.Context()); err != nil {
				t.Error(err)
			}
		}()
		r.after(time.Second)
		close(release)
		<-reloaded
		r.after(time.Second)
		r.published("b", "c")
	})
}

// Somebody else's source may panic: that is an error like another.
func TestF091_SourcePanics(t *testing.T) {
	bubble(t, func(r *rig) {
		r.reading(func(int) { panic("no such luck") })
		r.after(time.Minute)
		r.lastError("fake: panic: no such luck")
		if p := wantAs[*rt.PanicError](t, r.Status().LastError); p != nil && len(p.Stack) == 0 {
			t.Error("the panic has no stack")
		}
		r.logged("ERROR", 1)
		if _, err := r.Reload(r.t.Context()); err == nil {
			t.Error("Reload: got no error")
		}
		r.reading(nil)
		r.after(time.Minute)
		r.lastError("")

		r.parsing(func() { panic("cannot parse") })
		r.hold("b")
		r.after(time.Minute)
		r.lastError("cannot parse")
		r.parsing(nil)
		r.hold("c")
		r.after(time.Minute)
		r.published("c")
		r.lastError("")
	}, rt.WithPollInterval(time.Second))
}

// Impaired watching is told and found again.
func TestF091_WatchingImpaired(t *testing.T) {
	bubble(t, func(r *rig) {
		r.watcher.notify(watch.Event{Kind: watch.Failed, Err: errors.New("no watches left")})
		r.after(time.Second)
		s := r.Status()
		wantAs[*rt.WatchError](t, s.WatchError)
		if s.Watching || s.LastError != nil {
			t.Errorf("got %+v, want that it does not watch and no error", s)
		}
		r.event(watch.Written)
		r.after(time.Second)
		if s := r.Status(); !s.Watching || s.WatchError != nil {
			t.Errorf("got %+v, want that it watches", s)
		}
	})
}

// What changed while following was disabled goes by the strategy when it is enabled
// again, as any change does, and nobody has to wait for the poll. Under the manual strategy
// it is pending.
func TestEnableGoesByTheStrategy(t *testing.T) {
	for _, s := range []rt.Strategy{rt.Batched(time.Minute, 0), rt.Scheduled(time.Minute), rt.Manual()} {
		t.Run(s.String(), func(t *testing.T) {
			bubble(t, func(r *rig) {
				r.after(time.Second)
				r.Disable()
				r.hold("b")
				if err := r.Enable(); err != nil {
					t.Fatal(err)
				}
				r.after(30 * time.Second)
				r.published()
				if p := r.PendingChanges(); len(p) != 1 || p[0].Source != "fake" {
					t.Errorf("got %v pending, want the source", p)
				}
				r.after(time.Hour)
				if s != rt.Manual() {
					r.published("b")
				} else {
					r.published()
				}
			}, rt.WithStrategy(s))
		})
	}
}

// Who waits for a change that the strategy holds back waits no longer when the strategy
// becomes the manual one, by which nobody knows when it comes.
func TestStrategyWakesWhoWaits(t *testing.T) {
	bubble(t, func(r *rig) {
		r.replace("b")
		r.after(time.Second)
		start := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		waited := make(chan time.Duration, 1)
		go func() {
			r.GetWithReload(ctx, "", nil)
			waited <- time.Since(start)
		}()
		synctest.Wait()
		if err := r.SetStrategy(rt.Manual()); err != nil {
			t.Fatal(err)
		}
		if took := <-waited; took > 0 {
			t.Errorf("it waited for %v", took)
		}
	}, rt.WithStrategy(rt.Batched(time.Hour, 0)))
}
