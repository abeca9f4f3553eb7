package health_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/runtime/internal/health"
	"github.com/hotbind/hotbind/runtime/internal/journal"
	"github.com/hotbind/hotbind/runtime/source"

	rt "github.com/hotbind/hotbind/runtime"
)

// A follower is a source that follows a store.
type follower struct {
	source.Source
	name   string
	health func() source.Health
}

func (f *follower) Name() string                       { return f.name }
func (*follower) Follow(context.Context, func()) error { return nil }

// A reporter reports the state of its connection.
type reporter struct{ follower }

func (r *reporter) Health() source.Health { return r.health() }

// A failing source is reported once, with the first time from which changes may be
// missing. It is reported once more when its last good content is used, perhaps later,
// and once when all is well: these events are for an operator, not one for each attempt.
func TestOnceEach(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var events []string
		f := &follower{name: "etcd"}
		s := health.New([]source.Source{f, rt.Bytes("a.yaml", nil)}, func(e journal.Event) {
			event := fmt.Sprintf("%T", e)
			if failed, ok := e.(journal.SourceFailed); ok && !failed.LastGood.IsZero() {
				event += " stands in"
			}
			events = append(events, event)
		})
		down, gone := errors.New("down"), errors.New("gone")
		start := time.Now()
		s.Read(f, source.Revision{ID: "7"})
		s.Lost(f, gone)
		time.Sleep(time.Minute)
		good := start.Add(-time.Hour)
		s.Unread(f, down, good)
		s.Lost(f, gone)
		want := []source.Status{{Name: "etcd", Revision: source.Revision{ID: "7"}, Behind: start, Err: down, LastGood: good}}
		got := s.Status()
		if got[0].Err != down {
			t.Errorf("got %v, want %v", got[0].Err, down)
		}
		got[0].Err, want[0].Err = nil, nil
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		s.Heard(f)
		s.Unread(f, down, good)
		s.Read(f, source.Revision{ID: "8"})
		s.Read(f, source.Revision{ID: "8"})
		if diff := cmp.Diff([]source.Status{{Name: "etcd", Revision: source.Revision{ID: "8"}, Connected: true}}, s.Status()); diff != "" {
			t.Error(diff)
		}
		s.Unread(rt.Bytes("a.yaml", nil), down, time.Time{}) // of no store
		if diff := cmp.Diff([]string{"journal.SourceFailed", "journal.SourceFailed stands in", "journal.SourceRecovered"}, events); diff != "" {
			t.Error(diff)
		}
	})
}

// A source that knows its connection reports more than the engine can see, and its panic
// ends nothing.
func TestReporter(t *testing.T) {
	t.Parallel()
	since, slow := time.Now(), errors.New("slow")
	r := &reporter{follower{name: "nats", health: func() source.Health { return source.Health{Behind: since, Err: slow} }}}
	s := health.New([]source.Source{r}, func(journal.Event) {})
	if got := s.Status()[0]; got.Connected || !got.Behind.Equal(since) || got.Err != slow {
		t.Errorf("got %+v", got)
	}
	r.health = func() source.Health { panic("no luck") }
	if got := s.Status()[0]; got.Err == nil || got.Err.Error() != "panic: no luck" || !got.Connected {
		t.Errorf("got %+v", got)
	}
	r.health = func() source.Health { return source.Health{Connected: true, Err: (*nilError)(nil)} }
	if got := s.Status()[0]; got.Err == nil || !strings.Contains(got.Err.Error(), "nil pointer") {
		t.Errorf("got %+v", got)
	}
}

// A nil *nilError panics, like many errors of libraries.
type nilError struct{ text string }

func (e *nilError) Error() string { return e.text }
