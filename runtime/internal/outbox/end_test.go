package outbox_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/outbox"
	"github.com/hotbind/hotbind/runtime/notify"

	rt "github.com/hotbind/hotbind/runtime"
)

// Close delivers the queues for a second in all, then drops and counts the rest.
func TestCloseDrains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log journal
		o := outbox.New(0, log.logger())
		slow := func(ctx context.Context, _ rt.Notification) error {
			select {
			case <-time.After(300 * time.Millisecond):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		a, b, quick := &sink{name: "a", send: slow}, &sink{name: "b", send: slow}, &sink{name: "quick"}
		for _, s := range []*sink{a, b, quick} {
			must(t, o.Add(s, rt.ChannelOptions{}))
		}
		for i := range 10 {
			o.Publish(note(i))
		}
		begin := time.Now()
		must(t, o.Close())
		if took := time.Since(begin); took != time.Second {
			t.Errorf("it took %v", took)
		}
		for _, s := range o.Stats()[:2] {
			wantCounts(t, s, rt.ChannelStats{Sent: 3, Failed: 1, Dropped: 6})
		}
		wantCounts(t, o.Stats()[2], rt.ChannelStats{Sent: 10})
		if a.closed != 1 || quick.closed != 1 || !strings.Contains(strings.Join(log.lines(), "\n"), "closed before it delivered everything\" channel=a dropped=6") {
			t.Errorf("closed %d, log %q", a.closed, log.lines())
		}
		must(t, o.Close())
	})
}

// A notification that is being retried when the outbox is closed is tried once more at
// once, and then all behind it.
func TestCloseTriesOnceMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := outbox.New(0, nil)
		s := &sink{name: "s", send: func(context.Context, rt.Notification) error { return &notify.RetryError{Cause: errDown} }}
		must(t, o.Add(s, rt.ChannelOptions{}))
		o.Publish(note(1))
		o.Publish(note(2))
		synctest.Wait()
		begin := time.Now()
		must(t, o.Close())
		if took := time.Since(begin); took != 0 {
			t.Errorf("it took %v", took)
		}
		wantIDs(t, s, []string{"1", "1", "2"})
		wantCounts(t, o.Stats()[0], rt.ChannelStats{Failed: 2, Retried: 1})
	})
}

// Close abandons a Send that never returns and reports it. The channel is closed when the
// Send returns, and nothing else remains.
func TestCloseLeavesBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := outbox.New(0, nil)
		release := make(chan struct{})
		s := &sink{name: "s", send: func(context.Context, rt.Notification) error { <-release; return nil }}
		must(t, o.Add(s, rt.ChannelOptions{}))
		o.Publish(note(1))
		o.Publish(note(2))
		begin := time.Now()
		err := o.Close()
		if took := time.Since(begin); took > 2*time.Second || err == nil || !strings.Contains(err.Error(), "its last Send has not returned") {
			t.Errorf("%v after %v", err, took)
		}
		wantCounts(t, o.Stats()[0], rt.ChannelStats{Failed: 1, Dropped: 1})
		if s.closed != 0 {
			t.Error("it was closed under its Send")
		}
		close(release)
		synctest.Wait()
		if s.closed != 1 {
			t.Error("it was not closed")
		}
	})
}

// The Close of a channel that hangs or fails is bounded and reported.
func TestCloseOfAChannel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := outbox.New(0, nil)
		release := make(chan struct{})
		must(t, o.Add(&sink{name: "hangs", close: func() error { <-release; return nil }}, rt.ChannelOptions{}))
		must(t, o.Add(&sink{name: "fails", close: func() error { return errDown }}, rt.ChannelOptions{}))
		begin := time.Now()
		err := o.Close()
		if took := time.Since(begin); took != time.Second || !errors.Is(err, errDown) || !strings.Contains(err.Error(), "its Close did not return within 1s") {
			t.Errorf("%v after %v", err, took)
		}
		close(release)
	})
}

// A removed channel receives its queue and nothing more, and its name is free again.
func TestRemove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := outbox.New(0, nil)
		s := &sink{name: "s", send: func(context.Context, rt.Notification) error { time.Sleep(100 * time.Millisecond); return nil }}
		must(t, o.Add(s, rt.ChannelOptions{}))
		must(t, o.Add(&sink{name: "t"}, rt.ChannelOptions{}))
		for i := 1; i <= 5; i++ {
			o.Publish(note(i))
		}
		if !o.Remove("s") || o.Remove("s") || o.Remove("other") {
			t.Error("Remove does not report whether the channel exists")
		}
		wantIDs(t, s, numbers(1, 5))
		if s.closed != 1 {
			t.Error("it was not closed")
		}
		o.Publish(note(6))
		again := &sink{name: "s"}
		must(t, o.Add(again, rt.ChannelOptions{}))
		o.Publish(note(7))
		synctest.Wait()
		wantIDs(t, s, numbers(1, 5))
		wantIDs(t, again, numbers(7, 7))
		if got := o.Stats(); len(got) != 2 || got[0].Name != "t" || got[1].Name != "s" {
			t.Errorf("got %+v", got)
		}
		must(t, o.Close())
	})
}

// A channel may remove itself, and close the outbox: inside it, neither waits.
func TestRemoveInside(t *testing.T) {
	for reason, end := range map[string]func(*outbox.Outbox){
		"remove": func(o *outbox.Outbox) { o.Remove("s") },
		"close":  func(o *outbox.Outbox) { o.Close() },
	} {
		synctest.Test(t, func(t *testing.T) {
			o := outbox.New(0, nil)
			var took time.Duration
			published := make(chan struct{})
			s := &sink{name: "s"}
			s.send = func(context.Context, rt.Notification) error {
				<-published
				begin := time.Now()
				end(o)
				took += time.Since(begin)
				return nil
			}
			must(t, o.Add(s, rt.ChannelOptions{}))
			o.Publish(note(1))
			o.Publish(note(2))
			close(published)
			synctest.Wait()
			wantIDs(t, s, numbers(1, 2))
			if took != 0 || s.closed != 1 {
				t.Errorf("%s: it took %v; closed %d times", reason, took, s.closed)
			}
			must(t, o.Close())
		})
	}
}

// The limit of a channel precedes that of the outbox. A Send that ends with its context
// has failed and delays nothing.
func TestTimeouts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := outbox.New(time.Second, nil)
		waits := func(took *time.Duration) func(context.Context, rt.Notification) error {
			return func(ctx context.Context, _ rt.Notification) error {
				begin := time.Now()
				<-ctx.Done()
				*took = time.Since(begin)
				return ctx.Err()
			}
		}
		var a, b time.Duration
		must(t, o.Add(&sink{name: "a", send: waits(&a)}, rt.ChannelOptions{}))
		must(t, o.Add(&sink{name: "b", send: waits(&b)}, rt.ChannelOptions{Timeout: 2 * time.Second}))
		o.Publish(note(1))
		time.Sleep(time.Minute)
		synctest.Wait()
		if a != time.Second || b != 2*time.Second {
			t.Errorf("got %v and %v", a, b)
		}
		wantCounts(t, o.Stats()[0], rt.ChannelStats{Failed: 1})
		must(t, o.Close())
	})
}

// A parallel is a channel that delivers several notifications at once.
type parallel struct {
	sink
	deliver func(ctx context.Context, n rt.Notification, done func(error))
}

func (p *parallel) Deliver(ctx context.Context, n rt.Notification, done func(error)) {
	p.deliver(ctx, n, done)
}

// A channel that delivers several notifications at once is not waited for in between.
// Each result counts once, however often done is called, and Close waits for deliveries
// in progress.
func TestParallel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := outbox.New(time.Second, nil)
		p := &parallel{sink: sink{name: "p"}, deliver: func(ctx context.Context, n rt.Notification, done func(error)) {
			switch n.ID {
			case "1":
				go func() {
					time.Sleep(500 * time.Millisecond)
					done(nil)
					done(errDown) // does not count
				}()
			case "2":
				done(&notify.RetryError{Cause: errDown}) // is not retried
			case "3":
				panic("boom")
			case "4": // never calls done
			case "5":
				done(hostile{})
			case "6":
				go func() { <-ctx.Done(); done(ctx.Err()) }()
			}
		}}
		must(t, o.Add(p, rt.ChannelOptions{}))
		for i := 1; i <= 6; i++ {
			o.Publish(note(i))
		}
		synctest.Wait()
		wantCounts(t, o.Stats()[0], rt.ChannelStats{Failed: 3, Waiting: 3})
		time.Sleep(time.Minute)
		synctest.Wait()
		wantCounts(t, o.Stats()[0], rt.ChannelStats{Sent: 1, Failed: 5})
		o.Publish(note(1))
		begin := time.Now()
		must(t, o.Close())
		wantCounts(t, o.Stats()[0], rt.ChannelStats{Sent: 2, Failed: 5})
		if took := time.Since(begin); took != 500*time.Millisecond {
			t.Errorf("it took %v", took)
		}
	})
}
