package engine

import (
	"fmt"
	"io/fs"
	"sync"
	"testing"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/watch"

	rt "github.com/hotbind/hotbind/runtime"
)

// A burst of saves causes one reload, once the file was quiet for the debounce time.
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

// A file written in place in chunks is read when it is complete, although each prefix of
// it would be valid.
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

// At the moment when a file counts as quiet, the next save may begin before its event
// arrives. Half of that save is not applied.
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

// Endless saves are read after the maximum wait, and the last save is applied when the
// file is finally quiet.
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

// During a storm of atomic saves, the sources are read between two of them, however close
// they follow each other.
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

// In a storm, a look may find the file empty. It is repeated soon, not one maximum wait
// later, and the empty file is not reported.
func TestMaximumWaitMeetsEmptyFile(t *testing.T) {
	bubble(t, func(r *rig) {
		for range 99 {
			r.write("")
			r.after(51 * time.Millisecond)
		}
		for range 3 { // for 5 s
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

// Content that is bad throughout a storm is reported in the end: LastError must not be
// nil for as long as somebody keeps writing.
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

// A renamed file is complete: it is read once, when the debounce ends, and at once without
// a debounce. Any other event before that makes it uncertain again.
func TestRenamedIsReadOnce(t *testing.T) {
	for _, c := range []struct {
		why      string
		debounce time.Duration
		save     func(r *rig)
		reads    int
		took     time.Duration
	}{
		{"renamed", 100 * time.Millisecond, func(r *rig) { r.rename("b") }, 1, 100 * time.Millisecond},
		{"renamed, without a debounce", 0, func(r *rig) { r.rename("b") }, 1, 0},
		{"renamed twice", 100 * time.Millisecond, func(r *rig) { r.rename("x"); r.rename("b") }, 1, 100 * time.Millisecond},
		{"created", 100 * time.Millisecond, func(r *rig) { r.replace("b") }, 2, 100*time.Millisecond + minPause},
		{"created, then renamed", 100 * time.Millisecond, func(r *rig) { r.replace("x"); r.rename("b") }, 2, 100*time.Millisecond + minPause},
		{"created, then renamed after that was noticed", 100 * time.Millisecond, func(r *rig) { r.replace("x"); r.after(time.Millisecond); r.rename("b") }, 2, 100*time.Millisecond + minPause},
		{"renamed, then created", 100 * time.Millisecond, func(r *rig) { r.rename("x"); r.replace("b") }, 2, 100*time.Millisecond + minPause},
		{"renamed, then written", 100 * time.Millisecond, func(r *rig) { r.rename("x"); r.write("b") }, 2, 400*time.Millisecond + minPause},
	} {
		t.Run(c.why, func(t *testing.T) {
			bubble(t, func(r *rig) {
				before := r.source.reads
				c.save(r)
				if c.took > 0 {
					r.after(c.took - 1)
					r.published()
				}
				r.after(1)
				r.published("b")
				if got := r.source.reads - before; got != c.reads {
					t.Errorf("read %d times, want %d", got, c.reads)
				}
			}, rt.WithDebounce(c.debounce))
		})
	}
}

// A save in place begins with an empty file, so an empty file is reported only if it
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

// Editors delete and recreate files. The gap is an error only if it lasts, and is
// reported once however long it lasts.
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

// Events without a change of content change nothing, however many there are.
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
		r.recorded(calls)
		r.logged("", 0)
		if s := r.Status(); s.Revision.ID != 1 || s.LastError != nil {
			t.Errorf("got %+v, want revision 1 and no error", s)
		}
	})
}

// A change that is undone within one settle time is no change. If it was refused and then
// undone, the sources are good again.
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
		r.logged("valid again", 1)
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

// After an overflow anything may have changed, so everything is read.
func TestF084_Overflow(t *testing.T) {
	bubble(t, func(r *rig) {
		r.hold("b")
		r.watcher.notify(watch.Event{Kind: watch.Overflow})
		r.after(time.Second)
		r.published("b")
	})
}

// Content that was read first is never applied last. Here the read of a look is delayed
// while the file is saved again and a reload is requested.
func TestStaleReadIsNotAppliedLast(t *testing.T) {
	bubble(t, func(r *rig) {
		held, release := make(chan struct{}), make(chan struct{})
		var once sync.Once
		r.reading(func(n int) {
			if n == 4 { // Open reads twice, and this is the second read of the look
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
