package watch_test

import (
	"errors"
	"os"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/hotbind/hotbind/runtime/internal/watch"
)

// Nothing remains after Close, even in the middle of a storm of events, or after a
// thousand watchers.
func TestF092_NothingLeft(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	root := folders(t, "conf")
	write(t, app(root), "a: 1\n")
	before := descriptors(t)
	var loops sync.WaitGroup
	for range 10 { // concurrently, because the kernel needs time to close a descriptor
		loops.Go(func() {
			for range 100 {
				w := watch.New(func(watch.Event) {})
				w.Set([]string{app(root)})
				if err := w.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	loops.Wait()
	closeInStorm(t, app(root))
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

// closeInStorm closes watchers while file is replaced without a pause.
func closeInStorm(t *testing.T, file string) {
	t.Helper()
	stop := make(chan struct{})
	var storm sync.WaitGroup
	defer storm.Wait()
	defer close(stop)
	storm.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				if err := errors.Join(os.WriteFile(file+".tmp", nil, 0o644), os.Rename(file+".tmp", file)); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	for range 50 {
		first := make(chan struct{}, 1)
		w := watch.New(func(watch.Event) {
			select {
			case first <- struct{}{}:
			default:
			}
		})
		w.Set([]string{file})
		<-first
		must(t, w.Close())
		<-w.Done()
	}
}

// descriptors returns the number of open descriptors, or 0 where it is unknown.
func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Log("open descriptors are counted on Linux only")
	}
	return len(entries)
}
