package watch

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/google/go-cmp/cmp"
)

// The pauses between restarts are too long for a test to wait for.
func TestF091_Pause(t *testing.T) {
	t.Parallel()
	var got []time.Duration
	pause := time.Duration(0)
	for range 11 {
		pause = nextPause(pause, time.Second)
		got = append(got, pause/time.Millisecond)
	}
	want := []time.Duration{100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error("pauses in ms (-want +got):\n" + diff)
	}
	if got := nextPause(maxPause, healthy); got != firstPause {
		t.Errorf("after a healthy minute: got %v, want %v", got, firstPause)
	}
}

// A reader that never comes costs a bounded amount of memory, and must check everything.
func TestInboxIsBounded(t *testing.T) {
	t.Parallel()
	var b inbox
	b.init()
	ix := index{names: map[string][]use{}}
	for i := range 3 * inboxLimit {
		ix.add(string(rune('a'+i%26))+time.Duration(i).String(), use{})
	}
	b.admit(ix)
	for name := range ix.names {
		b.event(fsnotify.Event{Name: name, Op: fsnotify.Write})
		b.fail(io.EOF)
	}
	taken := b.take()
	if len(taken.names) > inboxLimit || len(taken.failures) > 16 || !taken.lost {
		t.Errorf("got %d names, %d failures, lost %v", len(taken.names), len(taken.failures), taken.lost)
	}
}

// If the backend would repeat an error endlessly, it is replaced. That is reported as a
// restart, and then the watcher works.
func TestBrokenBackend(t *testing.T) {
	t.Parallel()
	file := t.TempDir() + "/app.yaml"
	events := make(chan Event, 100)
	w := New(func(e Event) { events <- e })
	defer func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}()
	w.Set([]string{file})
	w.mu.Lock()
	first := w.backend
	w.mu.Unlock()
	w.inbox.report(io.ErrUnexpectedEOF)
	if e := <-events; e.Kind != Failed || !errors.Is(e.Err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v, want the error", e)
	}
	if e := <-events; e.Kind != Overflow {
		t.Errorf("got %v, want overflow", e)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.backend == nil || w.backend == first || len(w.armed) == 0 {
		t.Error("the backend is not a fresh one with everything armed")
	}
}

// A watch may end without an event, as when a file system is unmounted. Rearm detects and
// reports that, and watches again.
func TestRearmFindsLostWatch(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "app.yaml")
	events := make(chan Event, 100)
	w := New(func(e Event) { events <- e })
	defer func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}()
	w.Set([]string{file})
	w.mu.Lock()
	for path := range w.armed {
		if err := w.backend.Remove(path); err != nil {
			t.Error(err)
		}
	}
	w.mu.Unlock()
	w.Rearm()
	for range 2 {
		want := Event{Kind: Replaced, Path: file}
		if e := <-events; e != want {
			t.Errorf("got %v, want %v", e, want)
		}
		if err := os.Mkdir(file, 0o755); err != nil && !os.IsExist(err) {
			t.Error(err)
		}
	}
}

// After an event about a folder, its watch is renewed even if the folder seems to be the
// same: the inode number of a removed folder is soon in use again, and the end of the old
// watch may not have been reported yet.
func TestEventRenewsWatch(t *testing.T) {
	t.Parallel()
	folder, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := New(func(Event) {})
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	w.Set([]string{filepath.Join(folder, "app.yaml")})
	mark, err := os.Lstat(folder) // equal to what was armed, but another pointer
	if err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	w.armed[folder] = watch{info: mark, reported: folder}
	w.mu.Unlock()
	w.digest(news{names: map[string]happened{fold(folder): {op: fsnotify.Create, created: true}}}, newDigest())
	w.mu.Lock()
	defer w.mu.Unlock()
	if after, ok := w.armed[folder]; !ok || after.info == mark {
		t.Errorf("got the old watch or none (%v), want a new one", ok)
	}
}

// An event covers all news until it is sent. If one of them is a creation that was no
// renaming, the content may be incomplete, whatever came before or after.
func TestCreatedIsNotRenamed(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "app.yaml")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	created := happened{op: fsnotify.Create, created: true}
	renamed := happened{op: fsnotify.Create, created: true, renamed: true}
	for _, c := range []struct {
		why  string
		news []happened
		want Kind
	}{
		{"renamed", []happened{renamed, renamed}, Renamed},
		{"created, then renamed", []happened{created, renamed}, Replaced},
		{"renamed, then created", []happened{renamed, created}, Replaced},
	} {
		w := New(func(Event) {})
		w.Set([]string{file})
		d := newDigest()
		for _, h := range c.news {
			w.digest(news{names: map[string]happened{fold(file): h}}, d)
		}
		want := []Event{{Kind: c.want, Path: file}}
		if diff := cmp.Diff(want, w.events(d)); diff != "" {
			t.Errorf("%s: events (-want +got):\n%s", c.why, diff)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
}
