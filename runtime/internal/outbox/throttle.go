package outbox

import (
	"cmp"
	"slices"
	"sync"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
)

const (
	// quiet is how long alerts like an earlier one are held back.
	quiet = time.Minute
	// mostAlerts bounds the different alerts that are tracked at a time. Beyond it, all
	// alerts of one event count as alike.
	mostAlerts = 100
)

// A throttle keeps a repeated failure from flooding the channels. The first failure of
// its kind is sent at once. Of those that follow within a minute, only the newest is
// kept. It is sent at the end of the minute, with the number of failures that it
// represents, and another minute begins. All refusals of the sources are of one kind;
// other failures are alike if their messages are equal.
//
// A recovery is sent at once. It drops the refusal that is held and ends the minute. Its
// count is the number of refusals, at least 1.
type throttle struct {
	lock sync.Locker // held by the callers of methods
	out  func(rt.Notification)

	alerts   map[alert]*held
	refusals int // since it was last good
}

// An alert identifies notifications that are alike.
type alert struct {
	event   rt.Event
	message string // empty: any message
}

// A held is an alert that went out within the last minute.
type held struct {
	newest rt.Notification
	count  int // held back; if 0, newest is not set
	timer  *time.Timer
}

func newThrottle(lock sync.Locker, out func(rt.Notification)) *throttle {
	return &throttle{lock: lock, out: out, alerts: map[alert]*held{}}
}

// counted reports whether the throttle keeps something of an event.
func counted(event rt.Event) bool { return event.Failed() || event == rt.EventRecovered }

// take sends a notification or holds it back.
func (t *throttle) take(n rt.Notification) {
	switch {
	case n.Event == rt.EventRefused && ofSources(n):
		t.refusals += n.Count
		t.hold(alert{event: n.Event}, n)
	case n.Event == rt.EventRecovered:
		t.forget(alert{event: rt.EventRefused})
		n.Count, t.refusals = max(t.refusals, 1), 0
		t.out(n)
	case n.Event.Failed():
		t.hold(t.kind(n), n)
	default:
		t.out(n)
	}
}

// ofSources reports whether a refusal is about the sources, so that a recovery will
// follow. The refusal of an update or a rollback has no recovery.
func ofSources(n rt.Notification) bool {
	return n.Cause != rt.CauseAPIUpdate && n.Cause != rt.CauseRollback
}

// kind returns the alert that a failure counts as.
func (t *throttle) kind(n rt.Notification) alert {
	a := alert{n.Event, n.Message}
	if t.alerts[a] == nil && len(t.alerts) >= mostAlerts {
		a.message = ""
	}
	return a
}

func (t *throttle) hold(a alert, n rt.Notification) {
	if h := t.alerts[a]; h != nil {
		h.newest, h.count = n, h.count+n.Count
		return
	}
	h := &held{}
	t.alerts[a] = h
	h.timer = time.AfterFunc(quiet, func() { t.minute(a, h) })
	t.out(n)
}

// minute is called when a minute is over.
func (t *throttle) minute(a alert, h *held) {
	t.lock.Lock()
	defer t.lock.Unlock()
	if t.alerts[a] != h {
		return // it was ended while the timer fired
	}
	if h.count == 0 {
		delete(t.alerts, a)
		return
	}
	n := h.newest
	n.Count = h.count
	h.newest, h.count = rt.Notification{}, 0
	h.timer.Reset(quiet)
	t.out(n)
}

func (t *throttle) forget(a alert) {
	if h := t.alerts[a]; h != nil {
		h.timer.Stop()
		delete(t.alerts, a)
	}
}

// flush sends everything that is held back, the oldest first, and stops the timers.
func (t *throttle) flush() {
	var waiting []rt.Notification
	for a, h := range t.alerts {
		t.forget(a)
		if h.count > 0 {
			h.newest.Count = h.count
			waiting = append(waiting, h.newest)
		}
	}
	slices.SortFunc(waiting, func(a, b rt.Notification) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Event, b.Event), cmp.Compare(a.Message, b.Message))
	})
	for _, n := range waiting {
		t.out(n)
	}
}
