package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"strings"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/environment"
	"github.com/hotbind/hotbind/runtime/internal/journal"
	"github.com/hotbind/hotbind/runtime/internal/seam"
	"github.com/hotbind/hotbind/runtime/internal/watch"
	"github.com/hotbind/hotbind/runtime/source"

	rt "github.com/hotbind/hotbind/runtime"
)

// control holds how the sources are followed. follower.mu guards it.
type control struct {
	enabled  bool
	strategy rt.Strategy
	since    time.Time // when the strategy was set
	extra    []string  // watch paths that belong to no source
	armed    []string  // the paths that the watcher has
	// dropped is the error for changes that were pending when following was disabled and
	// that nobody has read since; nil if there are none.
	dropped error
}

// environmentOf returns the environment of the first source that has one, or the detected
// environment.
func environmentOf(sources []source.Source) string {
	for _, s := range sources {
		if named, ok := s.(source.Environmental); ok {
			return named.Environment()
		}
	}
	name, _ := environment.Detect()
	return name
}

func (f *follower) followsAtStart() bool {
	if f.opts.HotReload != nil {
		return *f.opts.HotReload
	}
	return f.mayFollow()
}

// Watching implements [rt.Manager].
func (e *Engine) Watching() rt.Watching { return e.follower }

// Enabled implements [rt.Watching].
func (f *follower) Enabled() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.follows()
}

// follows is Enabled for a caller that holds mu.
func (f *follower) follows() bool { return f.control.enabled && f.ctx.Err() == nil }

// Enable implements [rt.Watching].
func (f *follower) Enable() error {
	switch {
	case f.ctx.Err() != nil:
		return rt.ErrClosed
	case !f.mayFollow():
		err := fmt.Errorf("%w (the environment is %s): rt.WithHotReload(true) allows it", rt.ErrProductionReload, f.engine.environment)
		f.journal.Note(journal.ControlRefused{Request: journal.Enable, Cause: err})
		return err
	case f.Enabled():
		return nil
	}
	if err := f.journal.Admit(rt.AuditRecord{Decision: rt.DecisionEnable, Metadata: seam.Metadata(f.ctx)}); err != nil {
		return err
	}
	f.mu.Lock()
	was := f.control.enabled
	f.control.enabled = true
	f.mu.Unlock()
	if was {
		return nil
	}
	f.rewatch()
	f.events.Add(watch.Event{Kind: watch.Overflow}) // anything may have been missed
	f.journal.Note(journal.Controlled{Request: journal.Enable, Paths: f.Paths()})
	return nil
}

// mayFollow reports whether the sources may be followed in this environment.
func (f *follower) mayFollow() bool {
	enabled := f.opts.HotReload != nil && *f.opts.HotReload
	return enabled || !environment.IsProduction(f.engine.environment)
}

// Disable implements [rt.Watching].
func (f *follower) Disable() {
	f.mu.Lock()
	was := f.control.enabled
	f.control.dropped = f.waiting()
	f.control.enabled, f.pending = false, nil
	f.mu.Unlock()
	if !was || f.ctx.Err() != nil {
		return
	}
	_ = f.journal.Admit(rt.AuditRecord{Decision: rt.DecisionDisable, Metadata: seam.Metadata(f.ctx)}) // disabling is never refused
	f.rewatch()
	f.events.Ring()
	f.journal.Note(journal.Controlled{Request: journal.Disable})
}

// waiting returns the error for changes that the strategy holds back. The caller holds
// mu.
func (f *follower) waiting() error {
	if f.control.strategy == rt.Immediate() || len(f.pending) == 0 {
		return f.control.dropped
	}
	return &pendingError{f.control.strategy, slices.Clone(f.pending)}
}

// show sets the parts of the status about following. It returns the error for changes
// that are held back.
func (f *follower) show(s *rt.Status) (waiting error) {
	s.WatchPaths, s.Polled = f.Paths(), f.watcher.Unseen() // have locks of their own
	f.mu.Lock()
	defer f.mu.Unlock()
	s.Enabled, s.Strategy, s.PendingChanges = f.follows(), f.control.strategy, slices.Clone(f.pending)
	s.Watching = s.Enabled && f.watching
	return f.waiting()
}

// Pending implements [rt.Watching].
func (f *follower) Pending() []rt.PendingChange {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.pending)
}

// SetStrategy implements [rt.Watching].
func (f *follower) SetStrategy(s rt.Strategy) error {
	if f.ctx.Err() != nil {
		return rt.ErrClosed
	}
	err := seam.Of[seam.Strategy](s).Check()
	if err == nil {
		err = f.journal.Admit(rt.AuditRecord{Decision: rt.DecisionStrategy, Detail: s.String(), Metadata: seam.Metadata(f.ctx)})
	}
	if err != nil {
		f.journal.Note(journal.ControlRefused{Request: journal.SetStrategy, Cause: err})
		return err
	}
	f.mu.Lock()
	f.control.strategy, f.control.since = s, time.Now()
	f.mu.Unlock()
	f.events.Ring()
	f.journal.Note(journal.Controlled{Request: journal.SetStrategy, Strategy: s})
	return nil
}

// Add implements [rt.Watching].
func (f *follower) Add(paths ...string) error {
	if f.ctx.Err() != nil {
		return rt.ErrClosed
	}
	for _, path := range paths {
		if _, err := os.Stat(path); err != nil {
			return &source.Error{Source: path, Cause: plain(err)}
		}
	}
	f.mu.Lock()
	extra := slices.Clone(f.control.extra)
	known := map[string]bool{}
	for _, path := range extra {
		known[path] = true
	}
	for _, path := range paths {
		if !known[path] {
			known[path] = true
			extra = append(extra, path)
		}
	}
	f.control.extra = extra
	f.mu.Unlock()
	f.rewatch()
	for _, path := range paths {
		f.warnOfFolders(path)
	}
	return nil
}

// Remove implements [rt.Watching].
func (f *follower) Remove(path string) error {
	if f.ctx.Err() != nil {
		return rt.ErrClosed
	}
	f.mu.Lock()
	left := slices.DeleteFunc(slices.Clone(f.control.extra), func(p string) bool { return p == path })
	removed := len(left) < len(f.control.extra)
	f.control.extra = left
	f.mu.Unlock()
	switch {
	case removed:
		f.rewatch()
		return nil
	case slices.Contains(f.sourcePaths(), path):
		return &source.Error{Source: path, Cause: errors.New("cannot be removed: it belongs to a source")}
	}
	return &source.Error{Source: path, Cause: errors.New("not a watch path")}
}

// plain drops the operation and the path from a file error.
func plain(err error) error {
	if pathErr := (*fs.PathError)(nil); errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}

// Paths implements [rt.Watching].
func (f *follower) Paths() []string {
	paths := f.sourcePaths() // sources have locks of their own
	f.mu.Lock()
	defer f.mu.Unlock()
	return append(paths, f.control.extra...)
}

func (f *follower) sourcePaths() []string {
	var paths []string
	for _, src := range f.engine.loader.Sources() {
		if w, ok := src.(source.Watchable); ok {
			paths = append(paths, w.WatchPaths()...)
		}
	}
	return paths
}

// rewatch updates the paths of the watcher, because includes or folders may have changed.
func (f *follower) rewatch() {
	sources := f.sourcePaths() // code of the application
	f.arming.Lock()
	defer f.arming.Unlock()
	f.mu.Lock()
	extra := f.control.extra
	f.mu.Unlock()
	if f.opts.Subfolders {
		extra = f.withFolders(extra)
	}
	paths := append(sources, extra...)
	f.mu.Lock()
	if !f.control.enabled {
		paths = nil
	}
	before := f.control.armed
	f.control.armed = paths
	f.mu.Unlock()
	if slices.Equal(paths, before) {
		return
	}
	f.watcher.Set(paths)
	if f.opts.Subfolders && len(before) > 0 && len(paths) > 0 {
		f.events.Add(watch.Event{Kind: watch.Replaced}) // for files created before the folder was watched
	}
}

// mostFolders bounds how many folders below a watch path are followed.
const mostFolders = 1000

// withFolders adds to watch paths the folders below them.
func (f *follower) withFolders(paths []string) []string {
	all := slices.Clone(paths)
	for _, path := range paths {
		all = append(all, watch.Folders(path, f.opts.IgnorePatterns, mostFolders)...)
	}
	return all
}

// admits reports whether a file in a followed folder counts. A folder counts if
// subfolders are followed.
func (f *follower) admits(path string) bool {
	name := filepath.Base(path)
	if watch.Matches(f.opts.IgnorePatterns, name) {
		return false
	}
	return watch.Matches(f.opts.FilePatterns, name) || f.opts.Subfolders && watch.IsFolder(path)
}

// warnOfFolders warns of a watch path with folders that are not followed.
func (f *follower) warnOfFolders(path string) {
	if !f.opts.Subfolders && len(watch.Folders(path, f.opts.IgnorePatterns, 1)) > 0 {
		f.journal.Note(journal.Warn("subfolders of a watch path are not followed: pass rt.WithSubfolders to follow them", "path", path))
	}
}

// warnOfFiles warns of files whose changes only polling may find, and of files that every
// user may write.
func (f *follower) warnOfFiles() {
	for _, path := range f.opts.WatchPaths {
		f.warnOfFolders(path)
	}
	for _, path := range f.watcher.Unseen() {
		f.journal.Note(journal.Warn("only the poll may detect changes", "path", path))
	}
	for _, path := range f.sourcePaths() {
		if info, err := os.Stat(path); err == nil && anybodyWrites(info.Mode()) {
			f.journal.Note(journal.Warn("every user of this machine may write the file", "path", path, "mode", info.Mode().String()))
		}
	}
}

// anybodyWrites reports whether a mode lets every user write. Windows has no such modes.
func anybodyWrites(mode fs.FileMode) bool {
	return goruntime.GOOS != "windows" && mode.Perm()&0o002 != 0
}

// A pendingError matches [rt.ErrPending].
type pendingError struct {
	strategy rt.Strategy
	changes  []rt.PendingChange
}

func (e *pendingError) Error() string {
	const most = 3
	var names []string
	for i, c := range e.changes {
		if i == most {
			names = append(names, fmt.Sprintf("%d more", len(e.changes)-most))
			break
		}
		names = append(names, c.Source)
	}
	return fmt.Sprintf("changes of %s are pending: the strategy is %v", strings.Join(names, ", "), e.strategy)
}

func (e *pendingError) Unwrap() error { return rt.ErrPending }
