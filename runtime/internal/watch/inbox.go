package watch

import (
	"reflect"
	"sync"

	"github.com/fsnotify/fsnotify"
)

// inboxLimit bounds what an inbox keeps for a slow reader. Beyond it everything must be
// checked anyway.
const inboxLimit = 4096

// An inbox holds the work of a watcher's goroutine. Adding to it never blocks: fsnotify
// must always find a reader, because on some systems it serves no request while it
// delivers an event. An inbox stays small because equal news are kept once.
type inbox struct {
	wake chan struct{} // holds one token while there is something to take
	done chan struct{} // closed by close
	once sync.Once

	mu       sync.Mutex
	interest index
	news     news
}

// news holds the content of an inbox.
type news struct {
	names    map[string]happened // operations on names of the index
	replaced map[string]bool     // paths that refer to something else now
	again    bool                // some watch may be gone: arm again
	lost     bool                // events were lost
	failures []error             // to be reported
	broken   error               // the backend cannot be used any longer
}

// happened is what happened to a name.
type happened struct {
	op fsnotify.Op
	// created is set if the name came to exist, and renamed if that was last by renaming.
	created, renamed bool
}

// with adds an event that followed.
func (h happened) with(e fsnotify.Event, op fsnotify.Op) happened {
	h.op |= op
	if op.Has(fsnotify.Create) {
		h.created, h.renamed = true, isRename(e)
	}
	return h
}

// isRename reports whether an event is about the new name of something that was renamed.
// fsnotify knows the old name and has no method for it, hence reflection.
func isRename(e fsnotify.Event) bool {
	i := renamedFrom()
	return i >= 0 && reflect.ValueOf(e).Field(i).Len() > 0
}

// renamedFrom returns the index of the field with the old name. If a later version of
// fsnotify keeps it elsewhere, the index is -1 and a renamed file counts as new, which
// takes longer to read.
var renamedFrom = sync.OnceValue(func() int {
	field, ok := reflect.TypeFor[fsnotify.Event]().FieldByName("renamedFrom")
	if !ok || field.Type.Kind() != reflect.String {
		return -1
	}
	return field.Index[0]
})

func (b *inbox) init() {
	b.wake = make(chan struct{}, 1)
	b.done = make(chan struct{})
}

func (b *inbox) close() { b.once.Do(func() { close(b.done) }) }

// admit sets which names are worth keeping.
func (b *inbox) admit(ix index) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.interest = ix
}

// event adds an operation on a name that is part of a chain.
func (b *inbox) event(e fsnotify.Event) {
	op := e.Op &^ fsnotify.Chmod // the mode of a file is not part of its content
	if op == 0 {
		return
	}
	b.put(func(n *news) bool {
		name := fold(e.Name)
		if len(b.interest.uses(name)) == 0 {
			return false
		}
		if n.names == nil {
			n.names = map[string]happened{}
		}
		n.names[name] = n.names[name].with(e, op)
		return true
	})
}

// changed adds paths that refer to something else than before.
func (b *inbox) changed(paths []string) {
	b.put(func(n *news) bool {
		if n.replaced == nil {
			n.replaced = map[string]bool{}
		}
		for _, path := range paths {
			n.replaced[path] = true
		}
		return len(paths) > 0
	})
}

func (b *inbox) rearm() { b.put(func(n *news) bool { n.again = true; return true }) }

func (b *inbox) lose() { b.put(func(n *news) bool { n.lost = true; return true }) }

// fail adds an error to report. It keeps only the first of many.
func (b *inbox) fail(err error) {
	b.put(func(n *news) bool {
		if len(n.failures) < 16 {
			n.failures = append(n.failures, err)
		}
		return true
	})
}

func (b *inbox) crash(err error) { b.put(func(n *news) bool { n.broken = err; return true }) }

// put lets keep add to the news and wakes the reader if keep returns true.
func (b *inbox) put(keep func(*news) bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !keep(&b.news) {
		return
	}
	if len(b.news.names)+len(b.news.replaced) > inboxLimit {
		b.news.names, b.news.replaced, b.news.lost = nil, nil, true
	}
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// take empties the inbox.
func (b *inbox) take() news {
	b.mu.Lock()
	defer b.mu.Unlock()
	taken := b.news
	b.news = news{}
	return taken
}
