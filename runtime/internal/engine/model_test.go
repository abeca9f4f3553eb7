package engine

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	goruntime "runtime"
	"strings"
	"testing"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/watch"

	rt "github.com/hotbind/hotbind/runtime"
)

// Random sequences of saves, failures, events that are sent or missing, reloads and
// rollbacks. The model knows only what was saved last and requested last. Whenever all is
// quiet, the engine must agree with it.
func TestModel(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			bubble(t, func(r *rig) {
				m := &model{rig: r, random: rand.New(rand.NewPCG(seed, 7)), disk: "a", judged: "a"}
				r.hook(func(_ context.Context, before, after string) error {
					if strings.Contains(after, "hook") {
						return errRefused
					}
					return nil
				})
				for range 60 {
					m.step()
				}
			}, rt.WithPollInterval(3*time.Second), rt.WithRetention(rt.Retention{Count: 3}))
		})
	}
}

type model struct {
	*rig
	random *rand.Rand
	steps  []string
	serial int
	disk   string // content of the source; "": nothing, "error": a failure
	judged string // the last content that could be read while all was quiet
	held   bool   // a rollback holds against judged
	other  bool   // the source had other content since, at least for a moment
}

// step makes some changes, waits until all is quiet, and compares.
func (m *model) step() {
	for range 1 + m.random.IntN(3) {
		m.change()
		m.after(time.Duration(m.random.IntN(900)) * time.Millisecond)
	}
	m.after(30 * time.Second)
	m.compare()
	if m.random.IntN(4) == 0 {
		m.ask()
		m.after(30 * time.Second)
		m.compare()
	}
}

func (m *model) change() {
	m.serial++
	before := m.disk
	switch m.random.IntN(8) {
	case 0:
		m.disk = ""
	case 1:
		m.disk = "error"
	case 2:
		m.disk = fmt.Sprint("!", m.serial)
	case 3:
		m.disk = fmt.Sprint("hook", m.serial)
	case 4:
		m.disk = m.judged
	case 5: // the same content again
	default:
		m.disk = fmt.Sprint("v", m.serial%5)
	}
	m.other = m.other || m.disk != m.judged && m.disk != "error"
	m.steps = append(m.steps, before+" to "+m.disk)
	if m.disk == "error" {
		m.fail(errors.New("input/output error"))
	} else {
		m.hold(m.disk)
	}
	if m.random.IntN(3) > 0 {
		m.event([]watch.Kind{watch.Replaced, watch.Renamed, watch.Written, watch.Overflow}[m.random.IntN(4)])
	}
}

// ask reloads or rolls back.
func (m *model) ask() {
	if m.random.IntN(2) == 0 {
		m.steps = append(m.steps, "reload")
		_, err := m.Reload(m.t.Context())
		if (err == nil) != m.good() {
			m.t.Errorf("Reload: got %v for %q", err, m.disk)
		}
		m.held = m.held && m.disk == "error"
		return
	}
	m.steps = append(m.steps, "rollback")
	if _, err := m.Rollback(m.t.Context(), rt.Steps(1)); err == nil {
		m.held = true
	} else if !errors.Is(err, rt.ErrRevisionNotFound) {
		m.t.Errorf("Rollback: %v", err)
	}
}

// good reports whether the content of the source can come into force.
func (m *model) good() bool {
	return m.disk != "" && m.disk != "error" && !strings.HasPrefix(m.disk, "!") && !strings.HasPrefix(m.disk, "hook")
}

func (m *model) compare() {
	m.t.Helper()
	value, err := *m.now().snapshot.(*string), m.Status().LastError
	inForce := value == m.disk
	switch {
	case m.disk == "error": // the hold goes on, or went: the next read decides
		if m.other {
			m.judged = "unknown"
		}
	case m.judged == "unknown":
		m.held = m.held && !inForce
	case m.disk != m.judged:
		m.held = false
	case m.other && inForce:
		m.held = false // the content of that moment was read
	}
	if m.disk != "error" {
		m.judged, m.other = m.disk, false
	}
	switch {
	case (err == nil) != inForce:
		m.t.Errorf("got %q in force, %q in the source, and the error %v", value, m.disk, err)
	case m.good() && !m.held && !inForce:
		m.t.Errorf("got %q in force, want %q", value, m.disk)
	case value == "" || strings.HasPrefix(value, "!") || strings.HasPrefix(value, "hook"):
		m.t.Errorf("got %q in force, which must never be", value)
	}
	if m.t.Failed() {
		m.t.Fatalf("after %q", m.steps)
	}
}

// 10. Memory stays bounded under any rate of events: events are merged, and so are
// requests of hooks. Not parallel: it measures the heap.
func TestGuarantee10_MemoryIsBounded(t *testing.T) {
	r := rigged(t)
	defer r.Close()
	inHook, release := make(chan struct{}), make(chan struct{})
	first := true
	r.hook(func(ctx context.Context, _, _ string) error {
		if !first {
			return nil
		}
		first = false
		for range 100_000 {
			r.Reload(ctx)
			r.Rollback(ctx, rt.Steps(1))
		}
		close(inHook)
		<-release
		return nil
	})
	go func() { r.hold("b"); r.Reload(context.Background()) }()
	<-inHook
	before := heap()
	for i := range 1_000_000 {
		r.watcher.notify(watch.Event{Kind: watch.Kind(1 + i%4), Path: "fake", Err: errRefused})
	}
	if grown := heap() - before; grown > 1<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
	r.mu.Lock()
	if n := len(r.queue.requests); n > 2 {
		t.Errorf("got %d requests in the queue, want at most 2", n)
	}
	r.mu.Unlock()
	close(release)
}

func heap() int64 {
	var m goruntime.MemStats
	goruntime.GC()
	goruntime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
