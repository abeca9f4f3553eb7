package notify_test

import (
	"context"
	"errors"
	"io"
	goruntime "runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/outbox"
	"github.com/hotbind/hotbind/runtime/notify"

	rt "github.com/hotbind/hotbind/runtime"
)

func closed(t testing.TB, c rt.Channel) {
	t.Helper()
	must(t, c.(io.Closer).Close())
}

// A callback is called for one notification after the other. One that it cannot accept
// now is retried before the next.
func TestCallback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []string
		var busy atomic.Int32
		o := outbox.New(time.Minute, nil)
		must(t, o.Add(notify.Callback("c", func(_ context.Context, n rt.Notification) error {
			if busy.Add(1) > 1 {
				t.Error("two at once")
			}
			defer busy.Add(-1)
			time.Sleep(time.Second)
			got = append(got, n.ID)
			if len(got) == 1 {
				return &notify.RetryError{Cause: errors.New("not now")}
			}
			return nil
		}), rt.ChannelOptions{}))
		for i := range 3 {
			o.Publish(note(i))
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if want := []string{"id-0", "id-0", "id-1", "id-2"}; !slices.Equal(got, want) {
			t.Errorf("got %v", got)
		}
		must(t, o.Close())
	})
}

// An asynchronous callback runs up to a maximum number of calls at once. Each result is
// counted, including a panic and the end of a goroutine.
func TestAsyncCallback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var busy, most atomic.Int32
		o := outbox.New(time.Minute, nil)
		must(t, o.Add(notify.AsyncCallback("a", func(_ context.Context, n rt.Notification) error {
			most.Store(max(most.Load(), busy.Add(1)))
			defer busy.Add(-1)
			time.Sleep(time.Second)
			switch n.ID {
			case "id-3":
				return errors.New("no")
			case "id-4":
				panic("boom")
			case "id-5":
				goruntime.Goexit()
			}
			return nil
		}, 4), rt.ChannelOptions{}))
		begin := time.Now()
		for i := range 20 {
			o.Publish(note(i))
		}
		for o.Stats()[0].Waiting > 0 {
			time.Sleep(time.Second)
			synctest.Wait()
		}
		if took := time.Since(begin); most.Load() != 4 || took != 5*time.Second {
			t.Errorf("%d at once, in %v", most.Load(), took)
		}
		if s := o.Stats()[0]; s.Sent != 17 || s.Failed != 3 {
			t.Errorf("got %+v", s)
		}
		must(t, o.Close())
	})
}

// F132: calls that never return use up their slots and their time, which is counted. The
// publisher and Close are not delayed.
func TestF132_AsyncCallbackHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		o := outbox.New(time.Second, nil)
		a := notify.AsyncCallback("a", func(context.Context, rt.Notification) error { <-release; return nil }, 2)
		must(t, o.Add(a, rt.ChannelOptions{}))
		for i := range 4 {
			o.Publish(note(i))
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if s := o.Stats()[0]; s.Failed != 4 || s.Sent != 0 {
			t.Errorf("got %+v", s)
		}
		begin := time.Now()
		if err := o.Close(); err == nil || !strings.Contains(err.Error(), "2 calls have not returned") || time.Since(begin) > 2*time.Second {
			t.Errorf("got %v after %v", err, time.Since(begin))
		}
		close(release)
		synctest.Wait()
		closed(t, a)
	})
}

// Without a configuration, Send waits for the result and ends with its context. Close
// ends the contexts of the calls, and no call begins afterwards.
func TestAsyncCallbackAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		no := errors.New("no")
		waits := true
		a := notify.AsyncCallback("a", func(ctx context.Context, _ rt.Notification) error {
			if waits {
				<-ctx.Done()
				return ctx.Err()
			}
			return no
		}, 0)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := a.Send(ctx, note(1)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		synctest.Wait()
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if err := a.Send(context.Background(), note(1)); err == nil {
					t.Error("it was delivered")
				}
			})
		}
		synctest.Wait()
		closed(t, a)
		both.Wait()
		waits = false
		if err := a.Send(context.Background(), note(1)); !errors.Is(err, rt.ErrClosed) {
			t.Errorf("got %v", err)
		}
	})
}
