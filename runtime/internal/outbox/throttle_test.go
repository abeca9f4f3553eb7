package outbox_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/outbox"

	rt "github.com/hotbind/hotbind/runtime"
)

// recording returns an outbox with one channel that records its notifications.
func recording(t *testing.T) (*outbox.Outbox, *sink) {
	o, s := outbox.New(time.Second, nil), &sink{name: "s"}
	must(t, o.Add(s, rt.ChannelOptions{}))
	return o, s
}

func wantStory(t *testing.T, s *sink, want string) {
	t.Helper()
	synctest.Wait()
	if got := s.story(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// F137: a thousand bad saves in a minute are one alert at once and one at the end of the
// minute: the newest, with the number of the others. When the sources are valid again,
// that is sent at once, with the total, and nothing follows.
func TestF137_ThousandRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, s := recording(t)
		for i := range 1000 {
			o.Publish(refusal(i))
			time.Sleep(50 * time.Millisecond)
		}
		wantStory(t, s, "refused×1")
		time.Sleep(time.Minute)
		wantStory(t, s, "refused×1 refused×999")
		if got := s.ids(); got[1] != "999" {
			t.Errorf("got %v", got)
		}
		// They continue, once a minute.
		for i := range 180 {
			o.Publish(refusal(1000 + i))
			time.Sleep(time.Second)
		}
		o.Publish(rt.Notification{Event: rt.EventRecovered})
		time.Sleep(time.Hour)
		synctest.Wait()
		var refused int
		for _, n := range s.got {
			if n.Event == rt.EventRefused {
				refused += n.Count
			}
		}
		last := s.got[len(s.got)-1]
		if len(s.got) > 7 || last.Event != rt.EventRecovered || last.Count != 1180 || refused > 1180 || refused < 1100 {
			t.Errorf("got %s", s.story())
		}
		must(t, o.Close())
	})
}

// F093: good, bad, good is two notifications. A held refusal is not sent after the
// recovery, and the next refusal is sent at once, although the minute is not over.
func TestF093_RecoveredEndsTheAlert(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, s := recording(t)
		recovered := rt.Notification{Event: rt.EventRecovered}
		o.Publish(refusal(1))
		o.Publish(recovered)
		o.Publish(refusal(2))
		o.Publish(refusal(3))
		o.Publish(recovered)
		o.Publish(recovered) // readable again, without a refusal before
		time.Sleep(time.Hour)
		wantStory(t, s, "refused×1 recovered×1 refused×1 recovered×2 recovered×1")
		must(t, o.Close())
	})
}

// Other failures are alike if their messages are equal. What is not a failure is always
// sent.
func TestFailuresByMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, s := recording(t)
		failed := func(e rt.Event, message string) { o.Publish(rt.Notification{Event: e, Message: message}) }
		for range 3 {
			failed(rt.EventHookFailed, "a")
			failed(rt.EventHookFailed, "b")
			failed(rt.EventStoreFailed, "a")
			failed(rt.EventReloaded, "a")
		}
		const first = "hook_failed×1 hook_failed×1 store_failed×1 reloaded×1 reloaded×1 reloaded×1"
		wantStory(t, s, first)
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := len(s.got); got != 9 || s.got[8].Count != 2 {
			t.Errorf("got %s", s.story())
		}
		time.Sleep(time.Minute)
		failed(rt.EventHookFailed, "a")
		synctest.Wait()
		if got := s.got[len(s.got)-1]; len(s.got) != 10 || got.Count != 1 {
			t.Errorf("got %s", s.story())
		}
		must(t, o.Close())
	})
}

// Failures with different messages do not fill the memory: beyond a hundred at a time,
// those of one event count as alike, and all are counted.
func TestManyMessagesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, s := recording(t)
		for i := range 5000 {
			o.Publish(rt.Notification{Event: rt.EventHookFailed, Message: fmt.Sprint(i)})
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		count := 0
		for _, n := range s.got {
			count += n.Count
		}
		if len(s.got) != 102 || count != 5000 {
			t.Errorf("got %d notifications for %d failures", len(s.got), count)
		}
		must(t, o.Close())
	})
}

// Close delivers what is held back, in the order of time.
func TestCloseTellsWhatIsHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, s := recording(t)
		for range 2 {
			for _, e := range []rt.Event{rt.EventStoreFailed, rt.EventRefused, rt.EventHookFailed} {
				o.Publish(rt.Notification{Event: e, Time: time.Now()})
				time.Sleep(time.Second)
			}
		}
		must(t, o.Close())
		wantStory(t, s, "store_failed×1 refused×1 hook_failed×1 store_failed×1 refused×1 hook_failed×1")
		time.Sleep(time.Hour)
		wantStory(t, s, "store_failed×1 refused×1 hook_failed×1 store_failed×1 refused×1 hook_failed×1")
	})
}
