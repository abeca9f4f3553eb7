package notify_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
	"github.com/hotbind/hotbind/runtime/notify"
)

// A queue keeps the newest notifications, in order, and counts the dropped ones. After
// Close, the rest can be read, and then it ends.
func TestQueue(t *testing.T) {
	ctx := context.Background()
	q := notify.NewQueue("q", 3)
	for i := range 5 {
		must(t, q.Send(ctx, note(i)))
	}
	if q.Len() != 3 || q.Dropped() != 2 {
		t.Errorf("%d wait, %d dropped", q.Len(), q.Dropped())
	}
	must(t, q.Close())
	must(t, q.Close())
	if err := q.Send(ctx, note(9)); !errors.Is(err, rt.ErrClosed) {
		t.Errorf("got %v", err)
	}
	for _, want := range []string{"id-2", "id-3", "id-4"} {
		if n, err := q.Next(ctx); err != nil || n.ID != want {
			t.Errorf("got %s, %v; want %s", n.ID, err, want)
		}
	}
	if _, err := q.Next(ctx); !errors.Is(err, rt.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

// Readers wait until there is a notification, their context ends or the queue is closed.
// No reader sleeps while there is a notification.
func TestQueueReaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := notify.NewQueue("q", 0) // counts as 1
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if _, err := q.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		big := notify.NewQueue("q", 100)
		var readers sync.WaitGroup
		var mu sync.Mutex
		got := map[string]int{}
		for range 4 {
			readers.Go(func() {
				for {
					n, err := big.Next(context.Background())
					if err != nil {
						return
					}
					mu.Lock()
					got[n.ID]++
					mu.Unlock()
				}
			})
		}
		synctest.Wait()
		for i := range 50 {
			must(t, big.Send(context.Background(), note(i)))
		}
		synctest.Wait()
		if len(got) != 50 || big.Len() != 0 {
			t.Errorf("%d read, %d wait", len(got), big.Len())
		}
		must(t, big.Close())
		readers.Wait()
	})
}
