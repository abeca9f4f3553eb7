package outbox_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/outbox"
	"github.com/hotbind/hotbind/runtime/notify"

	rt "github.com/hotbind/hotbind/runtime"
)

// A target that sets a time to retry is not called earlier. If that time is after the end
// of the retries, it is not called again. A negative RetryFor tries once.
func TestRetryAfter(t *testing.T) {
	for _, c := range []struct {
		reason   string
		after    time.Duration
		retryFor time.Duration
		want     []time.Duration
	}{
		{"waits as long as the target asks", 20 * time.Second, time.Minute, []time.Duration{0, 20 * time.Second, 40 * time.Second, 60 * time.Second}},
		{"never sooner than the back-off", time.Millisecond, 4 * time.Second, []time.Duration{0, time.Second, 3 * time.Second}},
		{"later than there is time", time.Hour, time.Minute, []time.Duration{0}},
		{"longer than any retry", 1<<63 - 1, time.Hour, []time.Duration{0}},
		{"never again", 0, -1, []time.Duration{0}},
	} {
		synctest.Test(t, func(t *testing.T) {
			o := outbox.New(0, nil)
			begin := time.Now()
			var tries []time.Duration
			s := &sink{name: "s", send: func(context.Context, rt.Notification) error {
				tries = append(tries, time.Since(begin))
				return &notify.RetryError{After: c.after} // a missing cause is allowed
			}}
			must(t, o.Add(s, rt.ChannelOptions{RetryFor: c.retryFor}))
			o.Publish(note(1))
			time.Sleep(3 * time.Hour)
			must(t, o.Close())
			if !slices.Equal(tries, c.want) {
				t.Errorf("%s: got %v, want %v", c.reason, tries, c.want)
			}
			if err := o.Stats()[0].LastError; err == nil || err.Error() != "the delivery may succeed later" {
				t.Errorf("%s: got %v", c.reason, err)
			}
		})
	}
}

// The queue behind a retried notification is bounded as always.
func TestQueueBehindRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := outbox.New(0, nil)
		var up atomic.Bool
		s := &sink{name: "s", send: func(context.Context, rt.Notification) error {
			if !up.Load() {
				return &notify.RetryError{Cause: errDown}
			}
			return nil
		}}
		must(t, o.Add(s, rt.ChannelOptions{QueueLength: 3}))
		for i := range 10 {
			o.Publish(note(i))
			synctest.Wait()
		}
		up.Store(true)
		time.Sleep(time.Second)
		synctest.Wait()
		wantIDs(t, s, []string{"0", "0", "7", "8", "9"})
		wantCounts(t, o.Stats()[0], rt.ChannelStats{Sent: 4, Retried: 1, Dropped: 6})
		must(t, o.Close())
	})
}

// Without a QueueLength, 1000 notifications wait for a slow channel.
func TestDefaultQueueLength(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, release := outbox.New(0, nil), make(chan struct{})
		s := &sink{name: "s", send: func(context.Context, rt.Notification) error { <-release; return nil }}
		must(t, o.Add(s, rt.ChannelOptions{}))
		o.Publish(note(0))
		synctest.Wait() // this one is being sent
		for i := range 1003 {
			o.Publish(note(i + 1))
		}
		wantCounts(t, o.Stats()[0], rt.ChannelStats{Waiting: 1001, Dropped: 3})
		close(release)
		must(t, o.Close())
	})
}
