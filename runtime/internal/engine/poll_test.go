package engine

import (
	"errors"
	"testing"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/watch"

	rt "github.com/hotbind/hotbind/runtime"
)

// The poll finds changes that sent no event, and does not take a half-written file for
// complete.
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
		r.after(400 * time.Millisecond) // differs from the previous read: look again later
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

// A lasting error is reported once, however often the poll meets it. Another error is
// reported too, and afterwards the state is as before.
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
		r.logged("INFO configuration is valid again", 1)
		r.published()
	}, rt.WithPollInterval(time.Second))
}

// Refused content stays refused after a time in which it could not be read.
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

// A panic of an application's source is handled like any error.
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

// Impaired watching is reported, and the changes are still found.
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
