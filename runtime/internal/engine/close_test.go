package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
)

// Close ends the context of a running hook and waits for it. It abandons a hook that
// ignores its context.
func TestCloseWhileHookRuns(t *testing.T) {
	for _, listens := range []bool{true, false} {
		t.Run(fmt.Sprint("listens ", listens), func(t *testing.T) {
			bubble(t, func(r *rig) {
				release := make(chan struct{})
				defer close(release)
				ended := false
				r.hook(func(ctx context.Context, _, _ string) error {
					if !listens {
						<-release
						return nil
					}
					<-ctx.Done()
					ended = true
					return ctx.Err()
				})
				r.replace("b")
				r.after(time.Second)
				start := time.Now()
				var wg sync.WaitGroup
				for range 3 {
					wg.Go(func() {
						if err := r.Close(); err != nil {
							t.Error(err)
						}
					})
				}
				wg.Wait()
				if took := time.Since(start); took > time.Second || ended != listens {
					t.Errorf("Close took %v; the hook ended: %v", took, ended)
				}
			})
		})
	}
}

// Close returns even if a source never does.
func TestCloseWhileSourceHangs(t *testing.T) {
	t.Parallel()
	bubbleOf(t, func(r *rig) {
		release := make(chan struct{})
		r.reading(func(int) { <-release })
		r.event(1)
		r.after(time.Second)
		start := time.Now()
		if err := r.Close(); !errors.Is(err, errStuck) {
			t.Errorf("got %v, want the error that it is stuck", err)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("Close took %v", took)
		}
		close(release)
	})
}

// Close ends a reload that a caller waits for.
func TestCloseWhileReloading(t *testing.T) {
	bubble(t, func(r *rig) {
		r.hold("")
		got := make(chan error, 1)
		go func() {
			_, err := r.Reload(context.Background())
			got <- err
		}()
		r.after(100 * time.Millisecond)
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		wantIs(t, <-got, rt.ErrClosed)
	})
}

// Close waits for a source that must still release its resources.
func TestGuarantee9_CloseWaitsForFollowers(t *testing.T) {
	follower := &fakeFollower{fakeSource: fakeSource{text: "a"}, lets: 2 * time.Second}
	bubble(t, func(r *rig) {
		r.after(time.Second)
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if !follower.ended.Load() {
			t.Error("the source still follows")
		}
	}, rt.From(follower))
}
