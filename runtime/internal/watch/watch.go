// Package watch notifies an engine that one of its files may have changed. It uses
// events of the operating system and reads no file.
//
// It decides nothing: the engine reads, compares, waits until a file is at rest, and
// polls on a timer of its own. An [Event] too many is therefore cheap; an event too few
// is the mistake that this package exists to avoid.
//
// A watched path is followed name by name, through every symbolic link, to the file
// that it refers to. That is its chain. The folders of those names are watched. A new
// file, a changed link and a replaced folder all look the same: a name refers to
// something else now. A watch that exists in the operating system is armed.
//
// Some changes send no event and are left to the engine's poll: a write through a
// memory map, a network file system written by another machine, a new source for a file
// that is mounted singly, and a folder replaced more than three levels above the file or
// the link. Outside Linux these are added: any folder replaced above the file's own, and
// on Windows a write through another hard link.
package watch

import (
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/fsnotify/fsnotify"
)

// Kind is the kind of an [Event].
type Kind uint8

// The kinds of event; the zero Kind is no kind.
const (
	// Replaced: the file, or a link or folder on the way to it, was created, removed or
	// replaced, so the path may refer to another file now. A new file may still be empty.
	Replaced Kind = iota + 1
	// Renamed: like Replaced, but by renaming a file, link or folder to that name, which
	// writers do when its content is complete.
	Renamed
	// Written: the file was written in place and may be incomplete.
	Written
	// Overflow: events were lost and every file must be checked again.
	Overflow
	// Failed: watching is impaired by Err and goes on as far as it can.
	Failed
)

var kindNames = [...]string{"nothing", "replaced", "renamed", "written", "overflow", "failed"}

// String returns the name of the kind for messages.
func (k Kind) String() string { return kindNames[k] }

// An Event is a reason to check a file.
type Event struct {
	Kind Kind
	Path string // as it was given to [Watcher.Set]; empty for Overflow and Failed
	Err  error  // for Failed only
}

// A Watcher watches a set of files. Its methods may be called from any
// goroutine at any time, from inside notify too.
type Watcher struct {
	notify func(Event)
	lstat  func(string) (os.FileInfo, error) // of the system
	inbox  inbox
	ended  chan struct{} // closed when the goroutine that calls notify is gone
	pumps  sync.WaitGroup

	call callGate

	mu      sync.Mutex // guards the fields below; never held while notify runs
	closed  bool
	resting bool              // between a failed run and the next
	backend *fsnotify.Watcher // nil while there is none
	paths   []request
	chains  map[string]chain // by the path as given
	armed   map[string]watch // by the path of the folder or file
	index   index
	admits  func(path string) bool
	trouble string // the impairment reported last, so that each is reported once
}

// A request is one watched path.
type request struct {
	given    string
	absolute string
}

// New starts a watcher that watches nothing yet. It cannot fail: if the system refuses to
// watch, notify receives a Failed event and nothing else.
//
// Notify is called for one event at a time. It may block; later events are delivered
// afterwards, at most one of each kind for each path. If notify panics, the watcher
// recovers, starts watching again after a pause, and sends a Failed and an Overflow
// event.
func New(notify func(Event)) *Watcher {
	w := &Watcher{
		notify: notify,
		lstat:  lstat,
		ended:  make(chan struct{}),
		chains: map[string]chain{},
		armed:  map[string]watch{},
	}
	w.inbox.init()
	go w.supervise()
	return w
}

// Set replaces the set of watched files and folders. For a folder, the watcher reports
// the files directly in it. Neither files nor folders need to exist. When Set returns,
// the watches are armed and report every later change, but none before: read a file after
// Set, because a path that is new to the set sends no event.
//
// Relative paths are resolved against the current working directory.
func (w *Watcher) Set(paths []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return
	}
	w.paths = w.paths[:0:0]
	kept, added, seen := map[string]chain{}, map[string]bool{}, map[string]bool{}
	for _, given := range paths {
		if seen[given] {
			continue
		}
		seen[given] = true
		w.paths = append(w.paths, request{given: given, absolute: absolute(given)})
		if old, ok := w.chains[given]; ok {
			kept[given] = old
		} else {
			added[given] = true
		}
	}
	w.chains = kept
	w.inbox.changed(w.rearm(added))
}

// Rearm follows all paths again, arms what is missing and reports every path that refers
// to something else than before. The engine calls it with each poll; if nothing changed,
// it costs a few system calls for each path.
func (w *Watcher) Rearm() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closed {
		w.inbox.changed(w.rearm(nil))
	}
}

// Admit sets a function that selects, by path, the files and folders directly in a
// watched folder to report; without it all are. Call it before Set.
func (w *Watcher) Admit(files func(path string) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.admits = files
}

// Unseen returns the watched paths whose changes the system may not report, each with the
// reason, such as a file system of another machine.
func (w *Watcher) Unseen() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []string
	for _, p := range w.paths {
		if reason := unseen(w.chains[p.given]); reason != "" {
			list = append(list, p.given+": "+reason)
		}
	}
	return list
}

// Close ends the watcher and closes its descriptor; a second call does nothing. No call
// of notify begins after Close has returned. Close does not wait for a running call,
// which may be its caller: see [Watcher.Done].
func (w *Watcher) Close() error {
	running := w.call.shut()
	err := w.disconnect()
	w.inbox.close()
	w.pumps.Wait()
	if !running {
		<-w.ended
	}
	return err
}

// Done returns a channel that is closed after [Watcher.Close], when the last call of
// notify has returned and the last goroutine has ended.
func (w *Watcher) Done() <-chan struct{} { return w.ended }

// disconnect closes the backend for good.
func (w *Watcher) disconnect() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	if w.backend == nil {
		return nil
	}
	backend := w.backend
	w.backend = nil
	return backend.Close()
}

// absolute joins path to the working directory and keeps its elements: to the system, the
// .. after a symbolic link is another folder than to [filepath.Clean]. Windows agrees
// with Clean.
func absolute(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	if runtime.GOOS == "windows" {
		path, _ = filepath.Abs(path) // fails for names that no file can have
		return path
	}
	base, err := filepath.Abs(".")
	if err != nil {
		return path
	}
	return base + string(filepath.Separator) + path
}
