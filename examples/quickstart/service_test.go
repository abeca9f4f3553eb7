package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// good is a configuration that the service can run on every host.
const good = `log_level: info
pool: {workers: 2, job_time: 1ms}
tenants:
  acme: {quota: 2}
  globex: {quota: 3}
`

// The service follows everything in its file, refuses as a whole what it cannot run, and
// ends cleanly.
func TestServiceFollowsItsFile(t *testing.T) {
	t.Parallel()
	s := start(t, good)
	s.expect("log level: info", "revision=1")
	s.expect("pool: 2 workers", "revision=1")
	s.expect("tenant acme: quota 2", "revision=1")
	s.expect("tenant globex: quota 3", "revision=1")

	s.save(strings.NewReplacer("workers: 2", "workers: 4", "info", "debug", "quota: 2", "quota: 5").Replace(good))
	s.expect("log level: info → debug", "revision=2")
	s.expect("pool: 2 → 4 workers", "revision=2")
	s.expect("tenant acme: quota 2 → 5", "revision=2")
	s.expect("letter to acme: your quota, 2 → 5", "revision=2")
	s.expect("configuration reloaded", "revision=2")
	s.expect("jobs of this round", "acme=5", "globex=3") // the quotas are in force

	s.save(strings.Replace(good, "workers: 2", "workers: 500", 1))
	s.expect("configuration refused", "kept=2", "config.yaml:2:17: pool.workers: 500 is more than the maximum 64")

	// If a hook fails, the hooks that were called before it are called in reverse.
	s.save(strings.NewReplacer("workers: 2", "workers: 9", "info", "warn").Replace(good))
	s.expect("log level: debug → warn", "revision=3")
	s.expect("log level: warn → debug", "revision=2")
	s.expect("configuration refused", "kept=2", "pool.workers", "this host allows 8 workers, not 9")

	s.save(strings.NewReplacer("  acme: {quota: 2}\n", "", "globex", "initech").Replace(good))
	s.expect("pool: 4 → 2 workers", "revision=4")
	s.expect("tenant acme: quota 5 → none")
	s.expect("tenant globex: quota 3 → none")
	s.expect("tenant initech: quota 3")
	s.expect("letter to acme: your quota, 5 → none")

	s.end()
	if err := <-s.ended; err != nil {
		t.Fatalf("the service ended with %v", err)
	}
	s.expect("goodbye", "jobs=")
}

// If the first configuration cannot be used, the program ends with the reason, because
// there is no older one to keep.
func TestStartRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"a value the schema forbids": {"pool: {workers: none}", "config.yaml:1:17: pool.workers: "},
		"a pool beyond the host":     {"pool: {workers: 9}", "this host allows 8 workers, not 9"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, c.text)
			if err := <-s.ended; err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
}

// The service can run the file of the example.
func TestOwnConfiguration(t *testing.T) {
	t.Parallel()
	own, err := os.ReadFile("config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	start(t, string(own)).expect("tenant globex: quota 3", "revision=1")
}

// A refused size does not change the pool, and Close waits for the last job.
func TestPool(t *testing.T) {
	t.Parallel()
	p := newPool(3)
	if err := p.Resize(3); err != nil || p.Size() != 3 {
		t.Fatalf("resize to 3: %v, size %d", err, p.Size())
	}
	if err := p.Resize(4); err == nil || p.Size() != 3 {
		t.Fatalf("resize beyond the host: %v, size %d; want an error and 3", err, p.Size())
	}
	if err := p.Resize(1); err != nil || p.Size() != 1 {
		t.Fatalf("resize to 1: %v, size %d", err, p.Size())
	}
	begun, finish, done := make(chan struct{}), make(chan struct{}), false
	p.jobs <- func() { close(begun); <-finish; done = true }
	<-begun
	close(finish)
	if p.Close(); !done {
		t.Error("close did not wait for the job that was running")
	}
}

// A running is a service under test, with its file and its output so far.
type running struct {
	t     *testing.T
	path  string
	end   context.CancelFunc
	ended chan error

	mu   sync.Mutex
	text string        // output that was not expected yet
	more chan struct{} // closed and replaced when there is more output
}

func start(t *testing.T, text string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := &running{
		t: t, path: filepath.Join(t.TempDir(), "config.yaml"), end: cancel,
		ended: make(chan error, 1), more: make(chan struct{}),
	}
	s.save(text)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		s.ended <- run(ctx, s.path, 8, s)
	}()
	t.Cleanup(func() {
		cancel()
		<-gone
	})
	return s
}

// save replaces the file by rename, as editors do.
func (s *running) save(text string) {
	s.t.Helper()
	beside := s.path + ".new"
	if err := os.WriteFile(beside, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Rename(beside, s.path); err != nil {
		s.t.Fatal(err)
	}
}

// Write collects the output of the service.
func (s *running) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text += string(p)
	close(s.more)
	s.more = make(chan struct{})
	return len(p), nil
}

// expect waits for a line with all of parts, after those expected before.
func (s *running) expect(parts ...string) {
	s.t.Helper()
	late := time.NewTimer(10 * time.Second)
	defer late.Stop()
	for {
		s.mu.Lock()
		found, more, text := s.take(parts), s.more, s.text
		s.mu.Unlock()
		if found {
			return
		}
		select {
		case <-more:
		case <-late.C:
			s.t.Fatalf("waited for a line with %q; output since the last expected line:\n%s", parts, text)
		}
	}
}

// take drops everything up to the first line that has all of parts.
func (s *running) take(parts []string) bool {
	rest := s.text
	for {
		line, after, whole := strings.Cut(rest, "\n")
		if !whole {
			return false
		}
		rest = after
		if containsAll(line, parts) {
			s.text = rest
			return true
		}
	}
}

func containsAll(line string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(line, part) {
			return false
		}
	}
	return true
}
