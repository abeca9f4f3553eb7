package watch

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"

	"github.com/fsnotify/fsnotify"
)

// maxRounds bounds how often one call follows chains that change while they are
// being followed.
const maxRounds = 8

// A watch is one armed place.
type watch struct {
	info os.FileInfo // what was at the path when it was armed
	// reported is the path in events of this watch: its own path, or that of an earlier
	// watch of the same inode, because the backend names an inode by the first path that
	// was given for it.
	reported string
}

// rearm follows the paths in only, or all paths if it is nil, and arms what is not armed,
// until nothing changes any more. It returns the paths, as given, that were known before
// and refer to something else now or were not fully watched until now. The caller holds
// mu and must report those paths.
//
// Arming comes before the last check of the disk: earlier changes are in the chains,
// later ones send an event.
func (w *Watcher) rearm(only map[string]bool) []string {
	known := maps.Clone(w.chains)
	added, changed := map[string]bool{}, map[string]bool{}
	failed := w.connect()
	for round := 0; ; round++ {
		moved := w.followAll(only, changed)
		if round > 0 && !moved {
			break
		}
		if round == maxRounds {
			w.inbox.rearm()
			break
		}
		if w.backend == nil {
			break
		}
		w.publish()
		var touched bool
		if touched, failed = w.arm(added); !touched && !moved {
			break
		}
	}
	w.publish()
	w.reportTrouble(failed)
	return w.affected(known, changed, added)
}

// connect creates a backend as soon as there is something to watch.
func (w *Watcher) connect() error {
	if w.backend != nil || w.resting || len(w.paths) == 0 {
		return nil
	}
	backend, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch: cannot watch files: %w", explain(err))
	}
	w.backend = backend
	w.pumps.Add(1)
	go w.pump(backend)
	return nil
}

// pump copies what the backend reports to the inbox until the backend closes.
func (w *Watcher) pump(backend *fsnotify.Watcher) {
	defer w.pumps.Done()
	for {
		select {
		case e, ok := <-backend.Events:
			if !ok {
				return
			}
			w.inbox.event(e)
		case err, ok := <-backend.Errors:
			if !ok {
				return
			}
			w.inbox.report(err)
		}
	}
}

// followAll renews the chains of the paths in only, or of all paths if it is nil. It adds
// those that differ to changed, and reports whether there are any.
func (w *Watcher) followAll(only, changed map[string]bool) bool {
	moved := false
	for _, p := range w.paths {
		if only != nil && !only[p.given] {
			continue
		}
		next := follow(p.absolute, w.lstat)
		if old, ok := w.chains[p.given]; ok && old.equal(next) {
			continue
		}
		w.chains[p.given] = next
		changed[p.given] = true
		moved = true
	}
	return moved
}

// armFiles arms files that were renamed to watched names. Their events were sent before
// that, because the folder reports most later writes too. A file with another name, by
// which it may have been written meanwhile, is reported again. So is a path of which more
// than the file has changed.
func (w *Watcher) armFiles(names map[string]bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed || w.backend == nil {
		return // a new backend arms everything
	}
	moved := map[string]bool{}
	for name := range names {
		for _, u := range w.index.uses(name) {
			moved[u.path] = true
		}
	}
	w.disarmNames(names, moved)
	for path := range moved {
		if w.armFile(path) {
			delete(moved, path)
		}
	}
	if len(moved) > 0 {
		w.rearm(moved)
		w.inbox.changed(slices.Collect(maps.Keys(moved)))
	}
}

// armFile arms the file at the end of a chain. It returns false if that is not enough.
func (w *Watcher) armFile(path string) bool {
	c := w.chains[path]
	if c.folder != "" {
		return true // the files in it have no watches
	}
	info, err := w.lstat(c.final)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	c.info, c.places = info, slices.Clone(c.places)
	i := slices.IndexFunc(c.places, func(p place) bool { return p.path == c.final })
	if i < 0 {
		w.chains[path] = c
		return true
	}
	c.places[i].info = info
	w.chains[path] = c
	if _, ok := w.armed[c.final]; !ok && w.armOne(c.places[i]) != nil {
		return false
	}
	return w.armed[c.final].reported == c.final && hasOneName(info)
}

func (w *Watcher) publish() {
	w.index = newIndex(w.chains, w.armed, w.admits)
	w.inbox.admit(w.index)
}

// arm removes the watches that are no longer wanted or whose target is gone, and adds
// missing ones, which it records in added. It reports whether it did anything, and the
// errors of paths that it could not watch.
func (w *Watcher) arm(added map[string]bool) (touched bool, failed error) {
	wanted := w.wanted()
	alive := map[string]bool{}
	for _, path := range w.backend.WatchList() {
		alive[fold(path)] = true
	}
	for path, at := range w.armed {
		p, ok := wanted[path]
		if !ok || !os.SameFile(p.info, at.info) || !alive[fold(at.reported)] {
			w.disarm(path)
			touched = true
		}
	}
	var failures []error
	// Top down, so that a folder is watched before its content.
	for _, path := range slices.Sorted(maps.Keys(wanted)) {
		if _, ok := w.armed[path]; ok {
			continue
		}
		switch err := w.armOne(wanted[path]); {
		case err == nil:
			added[path], touched = true, true
		case errors.Is(err, fs.ErrNotExist):
			touched = true // gone since it was found: the next check shows it
		case wanted[path].needed || !errors.Is(err, fs.ErrPermission):
			failures = append(failures, fmt.Errorf("watch: cannot watch %s: %w", path, explain(err)))
		}
	}
	if len(failures) > 1 {
		return touched, fmt.Errorf("%w (and %d others)", failures[0], len(failures)-1)
	}
	return touched, errors.Join(failures...)
}

// wanted collects the places of all chains.
func (w *Watcher) wanted() map[string]place {
	wanted := map[string]place{}
	for _, c := range w.chains {
		for _, p := range c.places {
			p.needed = p.needed || wanted[p.path].needed
			if p.info != nil {
				wanted[p.path] = p
			}
		}
	}
	return wanted
}

func (w *Watcher) armOne(p place) error {
	for path, at := range w.armed {
		if at.reported == path && os.SameFile(at.info, p.info) {
			w.armed[p.path] = watch{info: p.info, reported: path}
			return nil
		}
	}
	if err := w.backend.Add(p.path); err != nil {
		return err
	}
	w.armed[p.path] = watch{info: p.info, reported: p.path}
	return nil
}

// disarm removes the watch of path, and with it those that depend on it.
func (w *Watcher) disarm(path string) {
	at := w.armed[path]
	delete(w.armed, path)
	if at.reported != path {
		return
	}
	for other, o := range w.armed {
		if o.reported == path {
			delete(w.armed, other)
		}
	}
	if w.backend != nil {
		// It fails if the watch ended with its target, as it should.
		_ = w.backend.Remove(path)
	}
}

// disarmBelow removes the watches of name, folded, and of everything below. The inode
// number of a removed folder may be in use again, so after an event about a folder its
// identity proves nothing.
func (w *Watcher) disarmBelow(name string) {
	for path, at := range w.armed {
		if within(fold(path), name) || within(fold(at.reported), name) {
			w.disarm(path)
		}
	}
}

func (w *Watcher) disarmAll() {
	for path := range w.armed {
		w.disarm(path)
	}
}

// reportTrouble reports an impairment once, until it changes.
func (w *Watcher) reportTrouble(failed error) {
	text := ""
	if failed != nil {
		text = failed.Error()
	}
	if text != "" && text != w.trouble {
		w.inbox.fail(failed)
	}
	w.trouble = text
}

// affected lists the paths that were known and whose chain changed or relies on
// a watch just added.
func (w *Watcher) affected(known map[string]chain, changed, added map[string]bool) []string {
	var paths []string
	for _, p := range w.paths {
		if _, ok := known[p.given]; !ok {
			continue
		}
		isNew := func(at place) bool { return added[at.path] }
		if changed[p.given] || slices.ContainsFunc(w.chains[p.given].places, isNew) {
			paths = append(paths, p.given)
		}
	}
	return paths
}
