package watch_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/internal/watch"
)

// A panic of notify is reported once watching continues, with its message and stack, and
// everything must be checked again.
func TestF091_PanicInNotify(t *testing.T) {
	t.Parallel()
	file := app(folders(t, "conf"))
	write(t, file, "a: 1\n")
	boom := errors.New("boom")
	var p *probe
	panicked := false
	p = probing(t)
	inner := watch.New(func(e watch.Event) {
		if !panicked {
			panicked = true
			panic(boom)
		}
		p.keep(e)
	})
	defer func() { must(t, inner.Close()) }()
	inner.Set([]string{file})
	write(t, file, "a: 2\n")
	failed := p.await("the panic", func(e watch.Event) bool { return e.Kind == watch.Failed })
	if !errors.Is(failed.Err, boom) || !strings.Contains(failed.Err.Error(), "TestF091") {
		t.Errorf("got %v, want the panic's error and its stack", failed.Err)
	}
	p.await("look again", func(e watch.Event) bool { return e.Kind == watch.Overflow })
	write(t, file, "a: 3\n")
	p.recorded("written after the restart", file)
}

// Close works inside notify, but cannot wait for it there: Done reports when it is over.
func TestCloseInsideNotify(t *testing.T) {
	t.Parallel()
	file := app(folders(t, "conf"))
	write(t, file, "a: 1\n")
	calls := 0
	ready := make(chan *watch.Watcher, 1)
	w := watch.New(func(watch.Event) {
		calls++
		w := <-ready
		if err := errors.Join(w.Close(), w.Close()); err != nil {
			t.Error(err)
		}
		w.Set([]string{file})
		w.Rearm()
	})
	w.Set([]string{file})
	ready <- w
	replace(t, file, "a: 2\n")
	select {
	case <-w.Done():
	case <-time.After(testkit.Patience):
		t.Fatal("not done")
	}
	if calls != 1 {
		t.Errorf("notify was called %d times, want once", calls)
	}
}

// Set and Rearm inside notify change what is watched from then on.
func TestSetInsideNotify(t *testing.T) {
	t.Parallel()
	root := folders(t, "conf")
	other := filepath.Join(root, "other.yaml")
	write(t, app(root), "a: 1\n")
	p := probing(t)
	ready := make(chan *watch.Watcher, 1)
	w := watch.New(func(e watch.Event) {
		if e.Path == app(root) {
			w := <-ready
			w.Rearm()
			w.Set([]string{other})
			ready <- w
		}
		p.keep(e)
	})
	defer func() { must(t, w.Close()) }()
	w.Set([]string{app(root)})
	ready <- w
	write(t, app(root), "a: 2\n")
	p.recorded("the first file", app(root))
	write(t, other, "a: 2\n")
	p.recorded("the second file", other)
}

// A notify that does not return must neither delay Set and Close nor cost memory:
// meanwhile changes are merged into a few events.
func TestStalledNotify(t *testing.T) {
	t.Parallel()
	root := folders(t, "conf")
	write(t, app(root), "a: 1\n")
	entered, leave := make(chan struct{}, 1), make(chan struct{})
	p := probing(t)
	w := watch.New(func(e watch.Event) {
		select {
		case entered <- struct{}{}:
		default:
		}
		<-leave
		p.keep(e)
	})
	w.Set([]string{app(root)})
	write(t, app(root), "a: 2\n")
	<-entered
	for i := range 500 {
		replace(t, app(root), fmt.Sprintln("a:", i))
	}
	w.Set([]string{app(root), filepath.Join(root, "other.yaml")})
	p.settle()
	close(leave)
	p.await("replaced", func(e watch.Event) bool { return e.Kind == watch.Replaced || e.Kind == watch.Renamed })
	must(t, w.Close())
	<-w.Done()
	if got := len(p.seen()); got > 100 {
		t.Errorf("got %d events for changes during one stalled call, want a few", got)
	}
}
