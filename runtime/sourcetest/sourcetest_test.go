package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/source"

	rt "github.com/hotbind/hotbind/runtime"
)

// fileSource returns a Source with a new file, which Put replaces.
func fileSource(t *testing.T, name string, src func(path string) source.Source) Source {
	path := filepath.Join(t.TempDir(), name)
	return Source{
		Source: src(path),
		Put: func(n int) {
			err := os.WriteFile(path+".tmp", fmt.Appendf(nil, "value: %d\n", n), 0o600)
			if err := errors.Join(err, os.Rename(path+".tmp", path)); err != nil {
				t.Fatal(err)
			}
		},
		Delete: func() {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		},
	}
}

// The sources of package runtime follow the rules for all sources.
func TestFile(t *testing.T) {
	Run(t, func(t *testing.T) Source {
		return fileSource(t, "config.yaml", func(path string) source.Source { return rt.File(path) })
	})
}

func TestTree(t *testing.T) {
	Run(t, func(t *testing.T) Source {
		return fileSource(t, "base.yaml", func(path string) source.Source { return rt.Tree(filepath.Dir(path)) })
	})
}

func TestEnv(t *testing.T) {
	Run(t, func(t *testing.T) Source {
		const name = "SOURCETEST_VALUE"
		t.Setenv(name, "") // which sets it back
		os.Unsetenv(name)
		return Source{
			Source: rt.Env("SOURCETEST"),
			Put:    func(n int) { os.Setenv(name, fmt.Sprint(n)) },
			Delete: func() { os.Unsetenv(name) },
		}
	})
}

// TestStore: a source that detects changes and can be closed follows all rules; none is
// skipped.
func TestStore(t *testing.T) {
	t.Parallel()
	for _, r := range rules {
		if err := check(t.Context(), r, newStore(t, "").source()); err != nil {
			t.Errorf("%s: %v", r.name, err)
		}
	}
}

// Each rule is broken by a source with one fault, and by rules that cannot be checked
// then; no other rule is reported.
func TestBroken(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]struct {
		rules []string
		text  string // of the error of the first rule
	}{
		"fails at first":        {[]string{"fresh", "stable", "change", "delete", "recreate", "back", "kept", "concurrent", "reported", "gap", "slow", "burst", "quiet", "ended", "again", "closed", "followed"}, "fresh: after Put(1): Read returns the error not yet"},
		"counts reads":          {[]string{"stable", "followed"}, "stable: Read returns"},
		"caches":                {[]string{"change", "delete", "back", "kept", "reported", "gap", "burst", "again", "followed"}, `change: after Put(2): the source has value "1", want 2`},
		"keeps deleted content": {[]string{"delete", "reported", "followed"}, `delete: after Delete: the source has value "1"`},
		"stays missing":         {[]string{"recreate", "reported", "followed"}, "recreate: after Put(1): Read returns the error it is gone"},
		"never goes back":       {[]string{"back", "reported", "followed"}, `back: after Put(1): the source has value "2", want 1`},
		"reuses its buffer":     {[]string{"kept"}, "kept: the bytes that Read returned changed from"},
		"reads in Document":     {[]string{"kept"}, `kept: Document returns value "2" for content that had 1`},
		"one at a time":         {[]string{"concurrent"}, "concurrent: read by several goroutines: Read returns the error busy"},
		"ignores its context":   {[]string{"canceled"}, "canceled: after 500ms: Read has not returned"},
		"reports nothing":       {[]string{"reported", "gap", "slow", "burst", "again", "followed"}, "reported: after 500ms: Follow has not called changed for a change"},
		"reports no deletions":  {[]string{"reported", "followed"}, "reported: after 500ms: Follow has not called changed for a deletion"},
		"begins with Follow":    {[]string{"gap"}, "gap: after 500ms: Follow has not called changed for a change between the last Read and the call of Follow"},
		"drops while busy":      {[]string{"slow"}, "slow: after 500ms: Follow has not called changed for a change while changed had not returned"},
		"drops the last":        {[]string{"burst"}, "burst: after 500ms: Follow has not called changed after the last one of many changes"},
		"reports no change":     {[]string{"quiet", "followed"}, "quiet: Follow has called changed"},
		"reports too late":      {[]string{"ended"}, "ended: changed was called 1 times after Follow had returned"},
		"follows forever":       {[]string{"reported", "gap", "slow", "burst", "quiet", "ended", "again", "followed"}, "reported: after 500ms: Follow has not returned"},
		"follows once":          {[]string{"again"}, "again: after 500ms: Follow has not called changed when it was called for the second time"},
		"does not close":        {[]string{"closed"}, "closed: after 500ms: Follow has not returned although the source is closed"},
		"reads when closed":     {[]string{"closed"}, "closed: Read returns no error"},
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var got []string
				first := ""
				for _, r := range rules {
					s := newStore(t, fault).source()
					s.Within = 500 * time.Millisecond
					if err := check(t.Context(), r, s); err != nil {
						if got = append(got, r.name); first == "" || r.name == want.rules[0] {
							first = r.name + ": " + err.Error()
						}
					}
				}
				if fault == "begins with Follow" { // whether it breaks others depends on who is faster
					got = slices.DeleteFunc(got, func(name string) bool { return name != "gap" })
				}
				if !slices.Equal(got, want.rules) {
					t.Errorf("it breaks %q, want %q", got, want.rules)
				}
				if !strings.Contains(first, want.text) {
					t.Errorf("got %s, want %s", first, want.text)
				}
			})
		})
	}
}

// TestNotFollowed: a file that does not report its path breaks only "followed".
func TestNotFollowed(t *testing.T) {
	t.Parallel()
	for _, r := range rules {
		s := fileSource(t, "config.yaml", func(path string) source.Source { return unwatched{rt.File(path)} })
		if r.name == "followed" {
			s.Within = 500 * time.Millisecond // it waits in vain
		}
		if err := check(t.Context(), r, s); (err != nil && !errors.Is(err, errNotConcerned)) != (r.name == "followed") {
			t.Errorf("%s: got %v", r.name, err)
		}
	}
}

type unwatched struct{ source.Source }

func (unwatched) WatchPaths() []string { return nil }

// A store is a source that reports its changes, with at most one fault.
type store struct {
	t     *testing.T
	fault string

	mu      sync.Mutex
	text    string // "": there is no content
	version int
	moved   chan time.Time // closed and replaced by the next change
	closed  chan struct{}

	reads, follows   int
	read             int // the version read last
	cached, deleted  string
	highest          int
	buffer           []byte
	reading, wasGone bool
}

func newStore(t *testing.T, fault string) *store {
	return &store{t: t, fault: fault, moved: make(chan time.Time), closed: make(chan struct{})}
}

func (s *store) source() Source {
	return Source{
		Source: s,
		Put:    func(n int) { s.set(fmt.Sprintf("value: %d\n", n), n) },
		Delete: func() { s.set("", 0) },
	}
}

func (s *store) set(text string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version++
	if text == "" {
		s.deleted, s.wasGone = s.text, true
		s.highest = 0
	} else if s.fault == "never goes back" && n < s.highest {
		text = s.text
	}
	s.highest = max(s.highest, n)
	s.text = text
	close(s.moved)
	s.moved = make(chan time.Time)
}

func (s *store) Name() string { return "store.yaml" }

func (s *store) Read(ctx context.Context) ([]byte, error) {
	s.mu.Lock()
	if s.fault == "one at a time" {
		if s.reading {
			s.mu.Unlock()
			return nil, errors.New("busy")
		}
		s.reading = true
		s.mu.Unlock()
		time.Sleep(time.Millisecond)
		s.mu.Lock()
		s.reading = false
	}
	defer s.mu.Unlock()
	if ctx.Err() != nil && s.fault == "ignores its context" {
		s.mu.Unlock()
		<-s.t.Context().Done()
		s.mu.Lock()
	}
	select {
	case <-s.closed:
		if s.fault != "reads when closed" {
			return nil, fs.ErrClosed
		}
	default:
	}
	s.reads++
	s.read = s.version
	return s.content()
}

// content returns what Read returns. The caller holds mu.
func (s *store) content() ([]byte, error) {
	text := s.text
	switch s.fault {
	case "fails at first":
		if s.reads == 1 {
			return nil, errors.New("not yet")
		}
	case "counts reads":
		return fmt.Appendf(nil, "%s# %d\n", text, s.reads), nil
	case "caches":
		if s.cached == "" {
			s.cached = text
		}
		text = s.cached
	case "keeps deleted content":
		if text == "" {
			text = s.deleted
		}
	case "stays missing":
		if s.wasGone {
			return nil, errors.New("it is gone")
		}
	case "reuses its buffer":
		if string(s.buffer) != text {
			s.buffer = append(s.buffer[:0], text...)
		}
		return s.buffer, nil
	}
	if text == "" {
		return nil, fs.ErrNotExist
	}
	return []byte(text), nil
}

func (s *store) Document(content []byte, _ document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	if s.fault == "reads in Document" {
		s.mu.Lock()
		defer s.mu.Unlock()
		content = []byte(s.text)
	}
	return document.Parse("store.yaml", content, limits)
}

// Follow compares what was read or reported last with the current content.
func (s *store) Follow(ctx context.Context, changed func()) error {
	s.mu.Lock()
	s.follows++
	recorded := s.read
	if s.fault == "begins with Follow" {
		recorded = s.version
	}
	again, done, closes := s.follows > 1, ctx.Done(), s.closed
	s.mu.Unlock()
	switch s.fault {
	case "follows once":
		if again {
			<-done
			return nil
		}
	case "follows forever":
		done = s.t.Context().Done()
	case "does not close":
		closes = nil
	}
	for {
		version, moved, text := s.now()
		if version != recorded && s.reports(text) || s.fault == "reports no change" {
			changed()
		}
		if recorded = version; s.fault == "drops while busy" {
			recorded, moved, _ = s.now()
		}
		if s.fault == "reports no change" {
			moved = time.After(time.Millisecond)
		}
		select {
		case <-moved:
		case <-closes:
			return fs.ErrClosed
		case <-done:
			if s.fault == "reports too late" {
				go s.tellNext(moved, changed)
			}
			return ctx.Err()
		}
	}
}

// now returns the version, a channel that is closed when it changes, and the text.
func (s *store) now() (int, <-chan time.Time, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.version, s.moved, s.text
}

// reports is whether a change to text is reported.
func (s *store) reports(text string) bool {
	switch s.fault {
	case "reports nothing":
		return false
	case "reports no deletions":
		return text != ""
	case "drops the last":
		return text != "value: 51\n"
	}
	return true
}

// tellNext calls changed at the next change.
func (s *store) tellNext(moved <-chan time.Time, changed func()) {
	select {
	case <-moved:
		changed()
	case <-s.t.Context().Done():
	}
}

func (s *store) Close() error {
	select {
	case <-s.closed:
	default:
		close(s.closed)
	}
	return nil
}
