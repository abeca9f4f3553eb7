package enginetest

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/audit"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// nilError returns the classic mistake: an error with a nil pointer, whose methods panic.
func nilError() error {
	var e *fs.PathError
	return e
}

// An error with panicking methods counts as a panic of the code that returned it, and
// stops nothing: from a subscriber, a hook, or a watch that may refuse.
func TestErrorsThatCannotBeAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		live, err := service.Open(t.Context(), rt.From(&memory{text: config(1)}), quiet(), rt.WithPollInterval(0), rt.WithMetrics(true))
		must(t, err)
		m := live.Manager()
		odd := func(context.Context, rt.ValueChange) error { return nilError() }
		_, err = m.Values().Watch("workers", odd)
		must(t, err)
		for n := 5; n < 8; n++ {
			_, err := m.Update(t.Context(), rt.Set("workers", n))
			must(t, err)
		}
		m.Values().Notify(t.Context(), rt.ValueChange{Path: "workers", Kind: rt.Added, New: 1})
		h, err := m.Values().Watch("workers", odd, rt.WithRefusal())
		must(t, err)
		_, err = m.Update(t.Context(), rt.Set("workers", 9))
		var panicked *rt.PanicError
		if !errors.As(err, &panicked) || !strings.Contains(err.Error(), "the returned error panics (") || live.Current().Workers != 7 {
			t.Errorf("got %v with %d workers", err, live.Current().Workers)
		}
		h.Stop()
		_, err = m.Update(t.Context(), rt.Set("workers", 9))
		must(t, err)
		must(t, live.Close())
	})
}

// The context of Open does not affect later reloads.
func TestMetadataOfOpenIsNotThatOfLater(t *testing.T) {
	log := filepath.Join(t.TempDir(), "audit.jsonl")
	m := &memory{text: config(1)}
	ctx := rt.ContextWithMetadata(t.Context(), map[string]string{"actor": "alice"})
	live, err := service.Open(ctx, rt.From(m), quiet(), audit.File(log, audit.Refuse), rt.WithPollInterval(10*time.Millisecond), rt.WithSettle(0))
	must(t, err)
	m.set(config(2))
	testkit.Until(t, "the reload", func() bool { return live.Current().Left == 2 })
	live.Manager().Watching().Disable()
	must(t, live.Close())
	text, err := os.ReadFile(log)
	must(t, err)
	if lines := strings.Split(strings.TrimSpace(string(text)), "\n"); len(lines) != 3 || !strings.Contains(lines[0], "alice") || strings.Count(string(text), "alice") != strings.Count(lines[0], "alice") {
		t.Errorf("got %s", text)
	}
	if _, err := live.Manager().Revisions().Prune(rt.Retention{}); !errors.Is(err, rt.ErrClosed) {
		t.Errorf("got %v after Close", err)
	}
}

// A subscriber that reloads after each refusal reloads once: content that was refused is
// not judged again for that.
func TestReloadAskedWhenRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &memory{text: config(1)}
		live, err := service.Open(t.Context(), rt.From(source), quiet(), rt.WithPollInterval(0))
		must(t, err)
		_, err = live.Manager().Values().Subscribe("**", &insisting{m: live.Manager()})
		must(t, err)
		source.set("name: [")
		if reloadError(t.Context(), live.Manager()) == nil {
			t.Error("it was accepted")
		}
		time.Sleep(time.Minute)
		if n := live.Manager().Status().Refusals; n > 2 {
			t.Errorf("got %d refusals", n)
		}
		source.set(config(2))
		must(t, reloadError(t.Context(), live.Manager()))
		must(t, live.Close())
	})
}

type insisting struct {
	recorder
	m rt.Manager
}

func (i *insisting) OnReloadError(ctx context.Context, _ error, _ rt.Changes) error {
	_, err := i.m.Reload(ctx)
	return err
}

// If a watch that may refuse is busy with a notification of the application, a good
// candidate waits only until it has returned.
func TestRefusalBusyWithNotify(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &memory{text: config(1)}
		live, err := service.Open(t.Context(), rt.From(source), quiet(), rt.WithPollInterval(0))
		must(t, err)
		m := live.Manager()
		_, err = m.Values().Watch("left", func(context.Context, rt.ValueChange) error { time.Sleep(time.Second); return nil }, rt.WithRefusal())
		must(t, err)
		notified := make(chan struct{})
		go func() {
			defer close(notified)
			m.Values().Notify(t.Context(), rt.ValueChange{Path: "left", Kind: rt.Modified, Old: 8, New: 9})
		}()
		synctest.Wait()
		source.set(config(2))
		if reloadError(t.Context(), m) == nil {
			t.Error("it was accepted while the watch was busy")
		}
		<-notified
		time.Sleep(time.Minute)
		if live.Current().Left != 2 || m.Status().LastError != nil {
			t.Errorf("got %d, %v", live.Current().Left, m.Status().LastError)
		}
		must(t, live.Close())
	})
}

// Several changes of one path are each delivered, and one that fails does not affect the
// others.
func TestEachChangeIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, _ := inMemory(t)
		var r recorder
		_, err := f.Manager().Values().Watch("**", func(ctx context.Context, c rt.ValueChange) error {
			_ = r.OnChange(ctx, c)
			return errors.New("no")
		})
		must(t, err)
		f.Manager().Values().Notify(t.Context(), rt.ValueChange{Path: "workers", Kind: rt.Modified, Old: 1, New: 2}, rt.ValueChange{Path: "workers", Kind: rt.Modified, Old: 2, New: 3})
		_, err = f.Manager().Update(t.Context(), rt.Set("workers", 5), rt.Set("verbose", true))
		must(t, err)
		if got := r.take(); !slices.Equal(got, []string{"workers: 1 → 2", "workers: 2 → 3", "workers: 4 → 5", "verbose: added true"}) {
			t.Errorf("got %q", got)
		}
	})
}

// A subscriber that is repeatedly busy receives a chain without a gap: the old value is
// the one that it received last.
func TestBusySubscriberIsToldAChain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		live, err := service.Open(t.Context(), rt.From(&memory{text: config(1)}), quiet(), rt.WithPollInterval(0))
		must(t, err)
		m, last := live.Manager(), any(4)
		_, err = m.Values().Watch("workers", func(_ context.Context, c rt.ValueChange) error {
			if c.Old != last {
				t.Errorf("received %v after %v", c, last)
			}
			last = c.New
			time.Sleep(250 * time.Millisecond)
			return nil
		})
		must(t, err)
		_, err = m.Values().Watch("workers", func(context.Context, rt.ValueChange) error { time.Sleep(60 * time.Millisecond); return nil }, rt.WithRefusal())
		must(t, err)
		for n := range 30 {
			_, err := m.Update(t.Context(), rt.Set("workers", 10+n))
			must(t, err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if last != 39 {
			t.Errorf("received %v last", last)
		}
		must(t, live.Close())
	})
}
