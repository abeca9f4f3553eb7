package notify_test

import (
	"bytes"
	"context"
	"errors"
	"log"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/outbox"
	"github.com/hotbind/hotbind/runtime/notify"

	rt "github.com/hotbind/hotbind/runtime"
)

// logged returns a notification as a log of text has it.
func logged(t *testing.T, n rt.Notification) string {
	t.Helper()
	var out bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	must(t, notify.Log(logger).Send(context.Background(), n))
	return out.String()
}

// One notification is one record, at the level of its event, with its fields.
func TestLog(t *testing.T) {
	n := morning()
	full := n[2]
	full.ID, full.Revision, full.Previous, full.Cause = "id", 7, 6, rt.CauseFileChange
	full.Files, full.Duration, full.Count = []string{"config.yaml"}, 1_500_000, 2
	full.Changes = make(rt.Changes, 12)
	for i := range full.Changes {
		full.Changes[i] = rt.ValueChange{Path: "p", Kind: rt.Added, New: i}
	}
	full.Metadata = map[string]string{"deployment": "blue", "actor": "alice"}
	for _, c := range []struct {
		n    rt.Notification
		want []string
	}{
		{n[0], []string{"time=2026-03-04T12:00:00.000Z level=DEBUG msg=\"the sources are followed\" event=watching_started id=\"\" revision=0\n"}},
		{n[4], []string{"level=INFO msg=\"valid again\" event=recovered", "count=13"}},
		{full, []string{"level=ERROR msg=\"refused, revision 7 stays in force: config.yaml:14:14", " id=id revision=7 previous=6 cause=file_change metadata.actor=alice metadata.deployment=blue",
			`files=[config.yaml] changes="[p: added 0 p: added 1 `, " more_changes=2 errors=\"[config.yaml:14:14: database.pool_size: 500", " count=2 duration=1.5ms\n"}},
		{n[8], []string{`msg="revision 8 is not saved"`, `error="no space left on device"`}},
	} {
		got := logged(t, c.n)
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("got %s, want %s", got, want)
			}
		}
		if strings.Count(got, "\n") != 1 {
			t.Errorf("got %s", got)
		}
	}
}

// F127: a handler that escapes nothing, like the one of the old log package, still gets
// one line.
func TestF127_LogEscapes(t *testing.T) {
	var out bytes.Buffer
	old, flags := log.Writer(), log.Flags()
	log.SetOutput(&out)
	defer func() { log.SetOutput(old); log.SetFlags(flags) }()
	must(t, notify.Log(nil).Send(context.Background(), evilAll())) // slog.Default
	wantTame(t, out.String())
	if strings.Count(out.String(), "\n") != 1 {
		t.Errorf("got %s", out.String())
	}
	wantTame(t, logged(t, evilAll()))
}

// The error of a handler is the error of Send, and a disabled level costs nothing.
func TestLogErrors(t *testing.T) {
	full := errors.New("disk full")
	failing := slog.New(slog.NewJSONHandler(writer(func([]byte) (int, error) { return 0, full }), nil))
	if err := notify.Log(failing).Send(context.Background(), note(1)); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
	must(t, notify.Log(failing).Send(context.Background(), morning()[0])) // at level Debug
}

// F138: the failing log is the one that failures are logged to. It gets its own failure
// once, and there is no loop.
func TestF138_LogLogsItsOwnFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var writes atomic.Int32
		logger := slog.New(slog.NewTextHandler(writer(func([]byte) (int, error) {
			writes.Add(1)
			return 0, errors.New("disk full")
		}), nil))
		o := outbox.New(time.Second, logger)
		must(t, o.Add(notify.Log(logger), rt.ChannelOptions{}))
		for i := range 3 {
			o.Publish(note(i))
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if s := o.Stats()[0]; s.Failed != 3 || writes.Load() != 4 {
			t.Errorf("%d writes, %+v", writes.Load(), s)
		}
		must(t, o.Close())
	})
}
