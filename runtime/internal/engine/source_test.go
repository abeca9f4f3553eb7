package engine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/source"

	rt "github.com/hotbind/hotbind/runtime"
)

// A source may call the manager while it is read or parsed, as a hook may, without
// deadlock.
func TestSourceAsks(t *testing.T) {
	bubble(t, func(r *rig) {
		asks := func() {
			if result, err := r.Reload(context.Background()); err != nil || !result.Queued {
				t.Errorf("Reload: got %+v, %v", result, err)
			}
			if result, err := r.Update(context.Background(), rt.Set("x", 1)); err != nil || !result.Queued {
				t.Errorf("Update: got %+v, %v", result, err)
			}
			if _, err := r.DryRun(context.Background()); !errors.Is(err, rt.ErrInsideHook) {
				t.Errorf("DryRun: got the error %v", err)
			}
			if _, err := r.Follow(onAll(func(context.Context, string, string) error { return nil })); !errors.Is(err, rt.ErrInsideHook) {
				t.Errorf("Follow: got the error %v", err)
			}
			r.Explain("x")
			r.Status()
		}
		first := true
		r.reading(func(int) {
			if first {
				first = false
				asks()
			}
		})
		r.parsing(func() { r.parsing(nil); asks() })
		r.replace(`{"a":1}`)
		r.after(time.Second)
		r.published(`{"a":1}`, `{"a":1,"x":1}`)
	})
}

// Work that Close abandons to return in time is finished later: the store is released as
// soon as the source has returned.
func TestCloseFreesTheStoreLater(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	synctest.Test(t, func(t *testing.T) {
		r := rigged(t, history.Store(dir))
		release := make(chan struct{})
		r.reading(func(int) { <-release })
		go r.Reload(context.Background())
		synctest.Wait()
		if err := r.Close(); !errors.Is(err, errStuck) {
			t.Errorf("got the error %v", err)
		}
		close(release)
		synctest.Wait()
		rigged(t, history.Store(dir)).Close()
	})
}

// A settle time beyond the maximum wait does not delay a start beyond the maximum wait.
func TestStartWaitsNoLongerThanMaxWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "a.yaml")
		write(t, path, "a: 1")
		start := time.Now()
		if err := os.Chtimes(path, start, start); err != nil { // just written, by the fake clock
			t.Fatal(err)
		}
		e, err := Open(t.Context(), &fakeProgram{}, load.NewOptions(rt.From(rt.File(path)), rt.WithSettle(1<<62), rt.WithMaxWait(time.Second)), noWatcher)
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("it took %v", took)
		}
		e.Close()
	})
}

// TestF185_EveryBadOptionIsNamed: several bad options are one error that names all of
// them, always in the same order. Invalid numbers are errors and are not replaced by the
// nearest valid one.
func TestF185_EveryBadOptionIsNamed(t *testing.T) {
	for range 20 {
		_, err := Open(t.Context(), &fakeProgram{}, load.NewOptions(
			rt.WithStrategy(rt.Scheduled(0)), rt.WithHookTimeout(-1), rt.WithMaxSubscribers(-1), rt.WithSettle(-1), rt.WithRetention(rt.Retention{Count: -1, Age: -1}),
			rt.WithIgnorePatterns("[", "*"), history.Store("a", history.MaxBackups(-2)), rt.From(nil),
			rt.WithChannel(channel(nil), rt.ChannelOptions{QueueLength: -1, Timeout: -2}), rt.WithChannel(nil, rt.ChannelOptions{}),
		), noWatcher)
		want := `From: source 1 is nil
WithSettle: -1ns must not be negative
WithHookTimeout: -1ns must not be negative
WithRetention: -1ns must not be negative
WithRetention: -1 is less than the minimum 1
history.MaxBackups: -2 is less than the minimum 0
WithMaxSubscribers: -1 is less than the minimum 0
WithStrategy: the interval of a scheduled strategy is not positive
WithIgnorePatterns: invalid pattern "["
WithChannel: QueueLength must not be negative, got -1
WithChannel: Timeout must not be negative, got -2ns
WithChannel: channel 2 is nil`
		if err == nil || err.Error() != want {
			t.Fatalf("got the error %v, want %s", err, want)
		}
	}
}

// A dry run fails like a reload.
func TestDryRunErrors(t *testing.T) {
	r := rigged(t)
	defer r.Close()
	r.fail(errRefused)
	_, err := r.DryRun(t.Context())
	wantAs[*rt.ReloadError](t, err)
	wantAs[*source.Error](t, err)
	ctx, cancel := context.WithCancel(t.Context())
	r.reading(func(int) { cancel() })
	r.hold("")
	if _, err = r.DryRun(ctx); err != context.Canceled {
		t.Errorf("got the error %v", err)
	}
}

// A valueStore is a source that is not comparable.
type valueStore struct {
	*fakeSource
	tags []string
}

func (valueStore) Follow(context.Context, func()) error { return nil }

// A source that follows a store and is not comparable is a bad option, not a panic of the
// first read.
func TestSourceThatCannotBeCompared(t *testing.T) {
	_, err := Open(t.Context(), &fakeProgram{}, load.NewOptions(rt.From(valueStore{&fakeSource{text: "a"}, nil})), noWatcher)
	if want := "From: a source of type engine.valueStore is not comparable: use a pointer"; err == nil || err.Error() != want {
		t.Errorf("got the error %v, want %s", err, want)
	}
}

// A namedSource calls the manager in its method Name.
type namedSource struct {
	fakeSource
	asks func()
}

func (s *namedSource) Name() string {
	if s.asks != nil {
		s.asks()
	}
	return "named"
}

// A source may call the manager in its method Name, because the engine calls it outside
// every lock.
func TestNameAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		named := &namedSource{fakeSource: fakeSource{text: `{"a":1}`}}
		r := riggedOn(t, &fakeProgram{}, `{"b":1}`, rt.From(named), rt.WithPollInterval(time.Second))
		defer r.Close()
		named.asks = func() { r.Watching().Enabled() }
		named.mu.Lock()
		named.text = `{"a":2}`
		named.mu.Unlock()
		r.after(5 * time.Second)
		r.published(`{"b":1,"a":2}`)
	})
}
