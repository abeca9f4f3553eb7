package engine

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/internal/part"
	"github.com/hotbind/hotbind/runtime/source"

	rt "github.com/hotbind/hotbind/runtime"
)

// A storeSource follows a store that has revisions.
type storeSource struct {
	fakeFollower
	revision source.Revision
}

func (s *storeSource) Name() string { return "store" }

func (s *storeSource) ReadRevision(ctx context.Context) ([]byte, source.Revision, error) {
	content, err := s.Read(ctx)
	return content, s.revision, err
}

func (s *storeSource) fails(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

// A store that is down blocks nothing: its last good content is used, at the start and
// later, and other sources are still followed. The status, the log, the metrics and a
// notification report it until the store is back. Refused content is not last good
// content.
func TestLastGoodStandsIn(t *testing.T) {
	dir := t.TempDir()
	down := errors.New("connection refused")
	synctest.Test(t, func(t *testing.T) {
		store := &storeSource{fakeFollower: fakeFollower{fakeSource: fakeSource{text: `{"a":1}`}}, revision: source.Revision{ID: "7"}}
		r := riggedOn(t, &fakeProgram{}, `{"b":1}`, rt.From(store), history.LastGood(dir), rt.WithMetrics(true))
		r.after(time.Second)
		if s := r.Status().Sources; len(s) != 1 || s[0].Revision.ID != "7" || !s[0].Connected || !s[0].Behind.IsZero() {
			t.Errorf("got %+v", s)
		}
		store.set(`{"a":"!"}`)
		store.record()
		r.after(time.Second)
		r.lastError("found !")
		r.Close()
	})
	synctest.Test(t, func(t *testing.T) {
		store := &storeSource{fakeFollower: fakeFollower{fakeSource: fakeSource{text: "never read", err: down}}}
		r := riggedOn(t, &fakeProgram{}, `{"b":2}`, rt.From(store), history.LastGood(dir), rt.WithMetrics(true))
		defer r.Close()
		value := func(want string) {
			t.Helper()
			if got := *r.now().snapshot.(*string); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
		value(`{"b":2,"a":1}`)
		r.replace(`{"b":3}`)
		r.after(time.Second)
		value(`{"b":3,"a":1}`)
		r.lastError("")
		r.logged("its last good content is used", 1)
		s := r.Status().Sources[0]
		if s.Behind.IsZero() || !errors.Is(s.Err, down) || s.LastGood.IsZero() {
			t.Errorf("got %+v", s)
		}
		if m, err := r.Metrics(); err != nil || m.SourcesBehind != 1 || m.WatchErrors != 1 {
			t.Errorf("got %+v, %v", m, err)
		}
		store.fails(nil)
		store.set(`{"a":5}`)
		store.record()
		r.after(time.Second)
		value(`{"b":3,"a":5}`)
		r.logged("a source reports its changes again", 1)
		if s := r.Status().Sources[0]; !s.Behind.IsZero() || s.Err != nil || !s.LastGood.IsZero() {
			t.Errorf("got %+v", s)
		}
	})
}

// Without last good content, a store that is down fails the start with the name of the
// source. If the saved content is damaged, the error says so too.
func TestNothingStandsIn(t *testing.T) {
	down := errors.New("connection refused")
	for name, opts := range map[string][]rt.Option{"no option": nil, "nothing kept": {history.LastGood(t.TempDir())}} {
		opts = append(opts, rt.From(&storeSource{fakeFollower: fakeFollower{fakeSource: fakeSource{err: down}}}))
		_, err := Open(t.Context(), &fakeProgram{}, load.NewOptions(opts...), noWatcher)
		if !errors.Is(err, down) || wantAs[*source.Error](t, err).Source != "store" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// A fullDisk fails to save while it is full.
type fullDisk struct {
	part.LastGood
	full bool
}

func (d *fullDisk) Save(src string, content []byte) error {
	if d.full {
		return errors.New("no space left on device")
	}
	return d.LastGood.Save(src, content)
}

// Content that could not be saved is used all the same: with the content saved earlier,
// an unreachable store would set the configuration back. It is saved with the next
// reload.
func TestLastGoodThatCannotBeSaved(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		store := &storeSource{fakeFollower: fakeFollower{fakeSource: fakeSource{text: `{"a":1}`}}}
		var disk *fullDisk
		r := riggedOn(t, &fakeProgram{}, `{"b":1}`, rt.From(store), history.LastGood(dir), func(o *rt.Options) {
			disk = &fullDisk{LastGood: o.LastGood}
			o.LastGood = disk
		})
		defer r.Close()
		r.after(time.Second)
		disk.full = true
		store.set(`{"a":2}`)
		store.record()
		r.after(time.Second)
		r.logged("cannot save the last good content", 1)
		store.fails(errors.New("connection refused"))
		store.record()
		r.after(time.Second)
		if got := *r.now().snapshot.(*string); got != `{"b":1,"a":2}` {
			t.Errorf("got %s in force, want the last good content", got)
		}
		disk.full = false
		r.replace(`{"b":2}`)
		r.after(time.Second)
		if content, _, err := disk.Load("store"); err != nil || string(content) != `{"a":2}` {
			t.Errorf("got %s, %v on disk", content, err)
		}
	})
}

// Last good content is saved by the name of its source. If two sources had one name, each
// could get the content of the other.
func TestLastGoodOfSourcesWithOneName(t *testing.T) {
	_, err := Open(t.Context(), &fakeProgram{}, load.NewOptions(rt.From(&storeSource{}, &storeSource{}), history.LastGood(t.TempDir())), noWatcher)
	if want := "history.LastGood: two sources are named store: names must be unique"; err == nil || err.Error() != want {
		t.Errorf("got the error %v, want %s", err, want)
	}
}

// If the last good content that is used is invalid, because the schema has changed, the
// error of Open names it.
func TestStandInIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := load.NewOptions(history.LastGood(dir)).LastGood.Save("store", []byte(`{"a":"!"}`)); err != nil {
		t.Fatal(err)
	}
	down := errors.New("connection refused")
	_, err := Open(t.Context(), &fakeProgram{}, load.NewOptions(history.LastGood(dir), rt.From(&storeSource{fakeFollower: fakeFollower{fakeSource: fakeSource{err: down}}})), noWatcher)
	if !errors.Is(err, down) || !strings.Contains(err.Error(), "found !") || !strings.Contains(err.Error(), "cannot read store, using its last good content from ") {
		t.Errorf("got %v", err)
	}
}
