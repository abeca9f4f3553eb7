package watch_test

import (
	"os"
	"path/filepath"
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
