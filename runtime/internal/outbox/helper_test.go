package outbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	rt "github.com/hotbind/hotbind/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errDown = errors.New("the target is down")

// A sink is a channel that records its notifications.
type sink struct {
	name  string
	send  func(ctx context.Context, n rt.Notification) error // nil: succeeds
	close func() error

	mu     sync.Mutex
	got    []rt.Notification
	closed int
}

func (s *sink) Name() string { return s.name }

func (s *sink) Send(ctx context.Context, n rt.Notification) error {
	s.mu.Lock()
	s.got = append(s.got, n)
	s.mu.Unlock()
	if s.send == nil {
		return nil
	}
	return s.send(ctx, n)
}

func (s *sink) Close() error {
	s.mu.Lock()
	s.closed++
	s.mu.Unlock()
	if s.close == nil {
		return nil
	}
	return s.close()
}

// ids returns the ids of the notifications, one for each try.
func (s *sink) ids() (ids []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.got {
		ids = append(ids, n.ID)
	}
	return ids
}

// story returns the events and counts of the notifications.
func (s *sink) story() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var parts []string
	for _, n := range s.got {
		parts = append(parts, fmt.Sprintf("%s×%d", n.Event, n.Count))
	}
	return strings.Join(parts, " ")
}

// A journal is a log in memory.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) logger() *slog.Logger { return slog.New(slog.NewTextHandler(j, nil)) }

// lines returns the lines of the log without their times.
func (j *journal) lines() (lines []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, line := range strings.Split(strings.TrimSpace(j.text.String()), "\n") {
		if _, rest, ok := strings.Cut(line, " "); ok {
			lines = append(lines, rest)
		}
	}
	return lines
}

// note returns a notification that is no alert.
func note(id int) rt.Notification {
	return rt.Notification{ID: fmt.Sprint(id), Event: rt.EventReloaded}
}

func refusal(id int) rt.Notification {
	return rt.Notification{ID: fmt.Sprint(id), Event: rt.EventRefused, Message: fmt.Sprint("refused ", id)}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func numbers(from, to int) (ids []string) {
	for i := from; i <= to; i++ {
		ids = append(ids, fmt.Sprint(i))
	}
	return ids
}

func wantIDs(t *testing.T, s *sink, want []string) {
	t.Helper()
	if got := s.ids(); !slices.Equal(got, want) {
		t.Errorf("%s got %v, want %v", s.name, got, want)
	}
}

// wantCounts compares the counts, not the name, the time and the error.
func wantCounts(t *testing.T, got rt.ChannelStats, want rt.ChannelStats) {
	t.Helper()
	got.Name, got.LastError = "", nil
	got.LastSent = want.LastSent
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
