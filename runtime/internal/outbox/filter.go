package outbox

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// A filter is an [rt.ChannelOptions] that was checked.
type filter struct {
	rt.ChannelOptions
	paths []document.Pattern
}

func newFilter(f rt.ChannelOptions) (*filter, error) {
	// The caller must not be able to change checked values.
	f.Events, f.Priorities = slices.Clone(f.Events), slices.Clone(f.Priorities)
	f.Files, f.Paths = slices.Clone(f.Files), slices.Clone(f.Paths)
	known := rt.Events()
	for _, e := range f.Events {
		if !slices.Contains(known, e) && !e.Own() {
			return nil, fmt.Errorf("unknown event %q", e)
		}
	}
	for _, pattern := range f.Files {
		if _, err := filepath.Match(pattern, ""); err != nil {
			return nil, fmt.Errorf("invalid pattern for files %q: %w", pattern, err)
		}
	}
	if f.WithoutErrors && f.WithoutSuccesses {
		return nil, errors.New("WithoutErrors and WithoutSuccesses together exclude everything")
	}
	checked := &filter{ChannelOptions: f}
	for _, text := range f.Paths {
		pattern, err := document.ParsePattern(text)
		if err != nil {
			return nil, err
		}
		checked.paths = append(checked.paths, pattern)
	}
	return checked, nil
}

// A subject is a notification during filtering. Only one goroutine may use it.
type subject struct {
	n     rt.Notification
	paths [][]document.Step // of the changes; read when the first filter needs them
}

// passes reports whether a notification is for the channel.
func (f *filter) passes(s *subject) bool {
	switch failed := s.n.Event.Failed(); {
	case failed && f.WithoutErrors, !failed && f.WithoutSuccesses:
		return false
	case len(f.Events) > 0 && !slices.Contains(f.Events, s.n.Event):
		return false
	case len(f.Priorities) > 0 && !slices.Contains(f.Priorities, s.n.Priority):
		return false
	case len(f.Files) > 0 && !slices.ContainsFunc(s.n.Files, f.matchesFile):
		return false
	}
	return len(f.paths) == 0 || slices.ContainsFunc(s.changed(), f.matchesPath)
}

// changed returns the paths of the changes. It omits invalid paths, which a change from
// the application may have.
func (s *subject) changed() [][]document.Step {
	if s.paths == nil && len(s.n.Changes) > 0 {
		s.paths = make([][]document.Step, 0, len(s.n.Changes))
		for _, c := range s.n.Changes {
			if steps, err := document.ParsePath(c.Path); err == nil {
				s.paths = append(s.paths, steps)
			}
		}
	}
	return s.paths
}

func (f *filter) matchesFile(name string) bool {
	name = filepath.FromSlash(name)
	for _, pattern := range f.Files {
		pattern = filepath.FromSlash(pattern)
		whole := name
		if !strings.ContainsRune(pattern, filepath.Separator) {
			whole = filepath.Base(name)
		}
		if ok, _ := filepath.Match(pattern, whole); ok {
			return true
		}
	}
	return false
}

// matchesPath reports whether a pattern matches a path or a place that encloses it: the
// pattern database matches database.pool_size.
func (f *filter) matchesPath(path []document.Step) bool {
	return slices.ContainsFunc(f.paths, func(p document.Pattern) bool {
		for end := range len(path) + 1 {
			if p.Match(path[:end]) {
				return true
			}
		}
		return false
	})
}
