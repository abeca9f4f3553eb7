package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	goruntime "runtime"
	"slices"
	"time"

	"github.com/hotbind/hotbind/runtime/audit"
	"github.com/hotbind/hotbind/runtime/internal/journal"
	"github.com/hotbind/hotbind/runtime/internal/watch"

	rt "github.com/hotbind/hotbind/runtime"
)

// control is how the sources are followed, under Engine.mu.
type control struct {
	enabled  bool
	strategy rt.Strategy
	since    time.Time // when the strategy was set
	extra    []string  // watch paths that are no sources
	armed    []string  // the paths that the watcher has
}

// environmentOf is the environment that a source was told, or the detected one.
func environmentOf(sources []rt.Source) string {
	for _, s := range sources {
		if named, ok := s.(rt.Named); ok {
			return named.Environment()
		}
	}
	name, _ := rt.DetectEnvironment()
	return name
}

func (e *Engine) followsAtStart() bool {
	if e.opts.HotReload != nil {
		return *e.opts.HotReload
	}
	return e.mayFollow()
}

// Enabled implements [rt.Manager].
func (e *Engine) Enabled() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.follows()
}

// follows is Enabled for whoever holds mu.
func (e *Engine) follows() bool { return e.control.enabled && e.ctx.Err() == nil }

// Enable implements [rt.Manager].
func (e *Engine) Enable() error {
	switch {
	case e.ctx.Err() != nil:
		return rt.ErrClosed
	case !e.mayFollow():
		err := fmt.Errorf("%w (the environment is %s); AllowProduction allows it", rt.ErrProductionReload, e.environment)
		e.journal.Note(journal.ControlRefused{Request: journal.Enable, Cause: err})
		return err
	case e.Enabled():
		return nil
	}
	if err := e.journal.Admit(audit.Record{Decision: audit.Enable, Metadata: rt.MetadataFrom(e.ctx)}); err != nil {
		return err
	}
	e.mu.Lock()
	was := e.control.enabled
	e.control.enabled = true
	e.mu.Unlock()
	if was {
		return nil
	}
	e.rewatch()
	e.events.add(watch.Event{Kind: watch.Overflow}) // whatever was missed
	e.journal.Note(journal.Controlled{Request: journal.Enable, Paths: e.WatchPaths()})
	return nil
}

// mayFollow reports whether the sources may be followed in this environment.
func (e *Engine) mayFollow() bool {
	asked := e.opts.HotReload != nil && *e.opts.HotReload
	return asked || e.opts.AllowProduction || !rt.IsProduction(e.environment)
}

// Disable implements [rt.Manager].
func (e *Engine) Disable() {
	e.mu.Lock()
	was := e.control.enabled
	e.control.enabled, e.pending = false, nil
	e.progressed()
	e.mu.Unlock()
	if !was || e.ctx.Err() != nil {
		return
	}
	_ = e.journal.Admit(audit.Record{Decision: audit.Disable, Metadata: rt.MetadataFrom(e.ctx)}) // which nothing refuses
	e.rewatch()
	e.events.ring()
	e.journal.Note(journal.Controlled{Request: journal.Disable})
}

// SetStrategy implements [rt.Manager].
func (e *Engine) SetStrategy(s rt.Strategy) error {
	err := s.Check()
	if err == nil {
		err = e.journal.Admit(audit.Record{Decision: audit.Strategy, Detail: s.String(), Metadata: rt.MetadataFrom(e.ctx)})
	}
	if err != nil {
		e.journal.Note(journal.ControlRefused{Request: journal.SetStrategy, Cause: err})
		return err
	}
	e.mu.Lock()
	e.control.strategy, e.control.since = s, time.Now()
	e.mu.Unlock()
	e.events.ring()
	e.journal.Note(journal.Controlled{Request: journal.SetStrategy, Strategy: s})
	return nil
}

// AddWatchPath implements [rt.Manager].
func (e *Engine) AddWatchPath(path string) error {
	if e.ctx.Err() != nil {
		return rt.ErrClosed
	}
	if _, err := os.Stat(path); err != nil {
		return &rt.SourceError{Source: path, Cause: plain(err)}
	}
	e.mu.Lock()
	if !slices.Contains(e.control.extra, path) {
		e.control.extra = append(slices.Clone(e.control.extra), path)
	}
	e.mu.Unlock()
	e.rewatch()
	e.tellFolders(path)
	return nil
}

// RemoveWatchPath implements [rt.Manager].
func (e *Engine) RemoveWatchPath(path string) error {
	if e.ctx.Err() != nil {
		return rt.ErrClosed
	}
	e.mu.Lock()
	left := slices.DeleteFunc(slices.Clone(e.control.extra), func(p string) bool { return p == path })
	removed := len(left) < len(e.control.extra)
	e.control.extra = left
	e.mu.Unlock()
	switch {
	case removed:
		e.rewatch()
		return nil
	case slices.Contains(e.sourcePaths(), path):
		return &rt.SourceError{Source: path, Cause: errors.New("it belongs to a source, which is always followed")}
	}
	return &rt.SourceError{Source: path, Cause: errors.New("it is no watch path")}
}

// plain drops the operation and the path from a file error.
func plain(err error) error {
	if pathErr := (*fs.PathError)(nil); errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}

// WatchPaths implements [rt.Manager].
func (e *Engine) WatchPaths() []string {
	paths := e.sourcePaths() // sources have locks of their own
	e.mu.Lock()
	defer e.mu.Unlock()
	return append(paths, e.control.extra...)
}

func (e *Engine) sourcePaths() []string {
	var paths []string
	for _, source := range e.loader.Sources() {
		if w, ok := source.(rt.Watchable); ok {
			paths = append(paths, w.WatchPaths()...)
		}
	}
	return paths
}

// rewatch has the watcher watch what is to be followed now, which includes and new
// folders may have changed.
func (e *Engine) rewatch() {
	e.mu.Lock()
	extra := e.control.extra
	e.mu.Unlock()
	if e.opts.Subfolders {
		extra = e.withFolders(extra)
	}
	paths := append(e.sourcePaths(), extra...)
	e.mu.Lock()
	if !e.control.enabled {
		paths = nil
	}
	before := e.control.armed
	e.control.armed = paths
	e.mu.Unlock()
	if slices.Equal(paths, before) {
		return
	}
	e.watcher.Set(paths)
	if e.opts.Subfolders && len(before) > 0 && len(paths) > 0 {
		e.events.add(watch.Event{Kind: watch.Replaced}) // files that were made before the folder was watched
	}
}

// tellDoubts warns of files whose changes only the poll may find, and of those that
// anybody may write.
func (e *Engine) tellDoubts() {
	for _, path := range e.opts.WatchPaths {
		e.tellFolders(path)
	}
	for _, path := range e.watcher.Unseen() {
		e.journal.Note(journal.Warn("changes may be found by the poll only", "path", path))
	}
	for _, path := range e.sourcePaths() {
		if info, err := os.Stat(path); err == nil && anybodyWrites(info.Mode()) {
			e.journal.Note(journal.Warn("anybody on this machine may write the file", "path", path, "mode", info.Mode().String()))
		}
	}
}

// anybodyWrites reports a mode that lets everybody write; Windows has no such modes.
func anybodyWrites(mode fs.FileMode) bool {
	return goruntime.GOOS != "windows" && mode.Perm()&0o002 != 0
}
