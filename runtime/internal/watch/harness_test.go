package watch_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/internal/watch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A probe is a watcher under test together with its events.
type probe struct {
	*watch.Watcher
	t *testing.T

	fences []string // files written once each to find the end of earlier events

	mu     sync.Mutex
	events []watch.Event
	news   chan struct{}
}

// probing watches paths, and a few files of its own for [probe.settle].
func probing(t *testing.T, paths ...string) *probe {
	t.Helper()
	p := &probe{t: t, news: make(chan struct{}, 1)}
	p.Watcher = watch.New(p.keep)
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		<-p.Done()
	})
	folder := t.TempDir()
	for i := range 8 {
		fence := filepath.Join(folder, fmt.Sprint("fence", i))
		write(t, fence, "")
		p.fences = append(p.fences, fence)
	}
	p.watch(paths...)
	return p
}

func (p *probe) watch(paths ...string) { p.Set(append(slices.Clone(paths), p.fences...)) }

func (p *probe) keep(e watch.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = append(p.events, e)
	select {
	case p.news <- struct{}{}:
	default:
	}
}

// seen returns the events so far.
func (p *probe) seen() []watch.Event {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.events)
}

// await waits for an event that matches and returns it.
func (p *probe) await(what string, fits func(watch.Event) bool) watch.Event {
	p.t.Helper()
	limit := time.NewTimer(testkit.Patience)
	defer limit.Stop()
	for {
		events := p.seen()
		if i := slices.IndexFunc(events, fits); i >= 0 {
			return events[i]
		}
		select {
		case <-p.news:
		case <-limit.C:
			p.t.Fatalf("no event: %s; got %v", what, events)
		}
	}
}

// recorded waits for an event about path.
func (p *probe) recorded(what, path string) {
	p.t.Helper()
	p.await(what, func(e watch.Event) bool { return e.Path == path })
}

// settle waits until everything done before was reported, then returns and forgets those
// events. It writes to a file that nothing wrote to before: events come in the order of
// the changes, and this file was given last.
func (p *probe) settle() []watch.Event {
	p.t.Helper()
	if len(p.fences) == 0 {
		p.t.Fatal("the test settles more often than the probe allows")
	}
	fence := p.fences[0]
	p.fences = p.fences[1:]
	write(p.t, fence, "x")
	p.recorded("the fence", fence)
	p.mu.Lock()
	defer p.mu.Unlock()
	forgotten := p.events
	p.events = nil
	return slices.DeleteFunc(forgotten, func(e watch.Event) bool { return filepath.Dir(e.Path) == filepath.Dir(fence) })
}

// edit makes a change and requires an event about path that cannot result from anything
// earlier.
func (p *probe) edit(what, path string, change func()) {
	p.t.Helper()
	p.settle()
	change()
	p.recorded(what, path)
}

// silent makes a change and requires that it sends no event about path.
func (p *probe) silent(what, path string, change func()) {
	p.t.Helper()
	p.settle()
	change()
	for _, e := range p.settle() {
		if e.Path == path {
			p.t.Errorf("%s: got %v %s, want no event", what, e.Kind, e.Path)
		}
	}
}

// write writes in place.
func write(t testing.TB, path, text string) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(text), 0o644))
}

// replace writes a new file beside path and renames it over path.
func replace(t testing.TB, path, text string) {
	t.Helper()
	beside := path + ".tmp"
	write(t, beside, text)
	must(t, os.Rename(beside, path))
}

// relink points the link at path to target with one rename, as ln -sfn does.
func relink(t testing.TB, target, path string) {
	t.Helper()
	beside := path + ".lnk"
	must(t, os.Symlink(target, beside))
	must(t, os.Rename(beside, path))
}

// folders makes folders and returns their common parent.
func folders(t testing.TB, names ...string) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	for _, name := range names {
		must(t, os.MkdirAll(filepath.Join(root, name), 0o755))
	}
	return root
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func needLinux(t testing.TB, why string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skipf("Linux only: %s", why)
	}
}
