package watch_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/hotbind/hotbind/runtime/internal/watch"
)

// TestRenamed: a file or link that was renamed to a watched name is distinguished from one
// that was created there, because only the first is known to be complete. It fails when a
// version of fsnotify keeps the old name elsewhere.
func TestRenamed(t *testing.T) {
	folder := t.TempDir()
	file, old := filepath.Join(folder, "app.yaml"), filepath.Join(folder, "old")
	next, link := filepath.Join(folder, "next"), filepath.Join(folder, "link")
	write(t, file, "a: 1\n")
	must(t, os.Mkdir(old, 0o755))
	must(t, os.Mkdir(next, 0o755))
	for _, dir := range []string{old, next} {
		write(t, filepath.Join(dir, "linked.yaml"), "a: 1\n")
	}
	must(t, os.Symlink(old, link))
	linked := filepath.Join(link, "linked.yaml")
	p := probing(t, file, linked)
	for _, c := range []struct {
		why, path string
		change    func()
		want      watch.Kind
	}{
		{"renamed over", file, func() { replace(t, file, "a: 2\n") }, watch.Renamed},
		{"written in place", file, func() { write(t, file, "a: 3\n") }, watch.Written},
		{"removed and created", file, func() { must(t, os.Remove(file)); write(t, file, "a: 4\n") }, watch.Replaced},
		{"a link renamed", linked, func() { relink(t, next, link) }, watch.Renamed},
		{"removed", file, func() { must(t, os.Remove(file)) }, watch.Replaced},
	} {
		p.settle()
		c.change()
		p.await(c.why, func(e watch.Event) bool { return e.Path == c.path && e.Kind == c.want })
		if c.want == watch.Renamed {
			continue
		}
		for _, e := range p.settle() {
			if e.Kind == watch.Renamed {
				t.Errorf("%s: got %v", c.why, e.Kind)
			}
		}
	}
}

// The event of a renamed file is sent before the file is armed. What may have changed
// until then without an event is reported again: a file with another name, and whatever a
// link leads to. A plain file is not, so it is read once.
func TestRenamedBeforeArmed(t *testing.T) {
	for _, c := range []struct {
		why    string
		change func(t *testing.T, root string)
		want   []watch.Kind
		other  string // by which the file is written afterwards
	}{
		{"a plain file", func(t *testing.T, root string) {
			replace(t, app(root), "a: 2\n")
		}, []watch.Kind{watch.Renamed}, "conf/app.yaml"},
		{"a file with another name", func(t *testing.T, root string) {
			other := filepath.Join(root, "elsewhere/other.yaml")
			write(t, other, "a: 2\n")
			must(t, os.Link(other, app(root)+".tmp"))
			must(t, os.Rename(app(root)+".tmp", app(root)))
		}, []watch.Kind{watch.Renamed, watch.Replaced}, "elsewhere/other.yaml"},
		{"a link", func(t *testing.T, root string) {
			write(t, filepath.Join(root, "elsewhere/other.yaml"), "a: 2\n")
			relink(t, "../elsewhere/other.yaml", app(root))
		}, []watch.Kind{watch.Renamed, watch.Replaced}, "elsewhere/other.yaml"},
	} {
		t.Run(c.why, func(t *testing.T) {
			root := folders(t, "conf", "elsewhere")
			write(t, app(root), "a: 1\n")
			p := probing(t, app(root))
			p.settle()
			c.change(t, root)
			p.await("the last event", func(e watch.Event) bool { return e.Path == app(root) && e.Kind == c.want[len(c.want)-1] })
			var got []watch.Kind
			for _, e := range p.settle() {
				got = append(got, e.Kind)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got the events %v, want %v", got, c.want)
			}
			p.edit("written by the other name", app(root), func() { write(t, filepath.Join(root, c.other), "a: 3\n") })
		})
	}
}

// Two watched names of one file share a watch. When another file is renamed to one of
// them, the other one is reported too, and has a watch of its own from then on.
func TestRenamedAmongLinks(t *testing.T) {
	root := folders(t, "conf", "elsewhere")
	write(t, app(root), "a: 1\n")
	hard, later := filepath.Join(root, "elsewhere/hard.yaml"), filepath.Join(root, "elsewhere/later.yaml")
	must(t, os.Link(app(root), hard))
	p := probing(t, app(root), hard)
	p.edit("the other name", hard, func() { replace(t, app(root), "a: 2\n") })
	must(t, os.Link(hard, later))
	p.edit("written by a later name", hard, func() { write(t, later, "a: 3\n") })
}
