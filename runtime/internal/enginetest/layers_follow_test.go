package enginetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/source"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// An included file is followed, also if it was missing, and if it is included later.
func TestIncludesAreFollowed(t *testing.T) {
	dir := testkit.Folder(t, map[string]string{"config.yaml": "$include: a.yaml\nname: x\nright: 0", "a.yaml": "left: 0"})
	f := follow(t, rt.File(filepath.Join(dir, "config.yaml"), rt.AllowIncludes()))
	in := func(path string, n int) {
		t.Helper()
		replace(t, filepath.Join(dir, path), fmt.Sprintf("left: %d\nright: %d", n, n))
	}
	replace(t, filepath.Join(dir, "config.yaml"), "$include: [a.yaml, b.yaml]\nname: x")
	f.refused("b.yaml")
	in("b.yaml", 7)
	f.left(7)
	in("b.yaml", 8)
	f.left(8)
	must(t, os.Remove(filepath.Join(dir, "b.yaml")))
	f.refused("no such file")
	in("b.yaml", 9)
	f.left(9)
}

// In a tree, only the file whose bytes changed is parsed again.
func TestOnlyWhatChangedIsParsed(t *testing.T) {
	dir := t.TempDir()
	var spies []*spy
	var sources []source.Source
	for i := range 5 {
		path := filepath.Join(dir, fmt.Sprint(i, ".yaml"))
		write(t, path, config(0))
		s := spyOn(path)
		spies, sources = append(spies, s), append(sources, s)
	}
	f := follow(t, sources[0], rt.From(sources[1:]...), rt.WithSettle(0))
	loads := func() (n [5]int64) {
		for i, s := range spies {
			n[i] = s.loads.Load()
		}
		return n
	}
	before := loads()
	save(t, f.Live, filepath.Join(dir, "4.yaml"), config(7))
	save(t, f.Live, filepath.Join(dir, "4.yaml"), config(8))
	after := loads()
	for i := range 5 {
		want := before[i]
		if i == 4 {
			want += 2
		}
		if after[i] != want {
			t.Errorf("layer %d was parsed %d times, want %d", i, after[i], want)
		}
	}
}

// A file of a followed tree may be created, changed and removed, also that of an agent
// that was missing at the start.
func TestTreeIsFollowed(t *testing.T) {
	testkit.NoEnvironment(t)
	dir := testkit.Folder(t, map[string]string{"base.yaml": config(1), "agents/other.yaml": "left: 5"})
	f := follow(t, rt.Tree(dir, rt.Agent("me")))
	agent := filepath.Join(dir, "agents", "me.yaml")
	write(t, agent, "left: 2\nright: 2")
	f.left(2)
	replace(t, filepath.Join(dir, "base.yaml"), config(3)+"workers: 9\n")
	testkit.Until(t, "the base is read", func() bool { return f.Current().Workers == 9 })
	f.left(2)
	must(t, os.Remove(agent))
	f.left(3)
}

// A change in a followed folder reads the sources, whatever they are; one of an ignored
// file does not.
func TestWatchedFolder(t *testing.T) {
	dir := t.TempDir()
	m := &memory{text: config(1)}
	f := follow(t, m, rt.WithWatchPaths(dir), rt.WithFilePatterns("*.part"))
	m.set(config(2))
	write(t, filepath.Join(dir, "a.part"), "x")
	f.left(2)
	if paths := f.Manager().Status().WatchPaths; len(paths) != 1 || paths[0] != dir {
		t.Errorf("got the paths %q", paths)
	}
}

// F165: a file that every user may write is reported with its mode.
func TestF165_WorldWritableConfig(t *testing.T) {
	if goruntime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	path := file(t, config(1))
	must(t, os.Chmod(path, 0o666))
	f := follow(t, rt.File(path))
	f.logged("every user of this machine may write the file", 1)
	f.logged("-rw-rw-rw-", 1)
}

// The heap does not grow with the number of reloads, also if each changes another part of
// a large file, whose versions share the others. HOTBIND_FULL=1 makes 100,000 of them and
// prints the heap in between.
func TestMemoryOverReloads(t *testing.T) {
	reloads := 2000
	if os.Getenv("HOTBIND_FULL") != "" {
		reloads = 100_000
	}
	t.Run("small", func(t *testing.T) {
		m := newSlot(config(0))
		texts := [2]string{config(0), config(1)}
		heapStays(t, reloads, 1<<20, m, m, func(i int) string { return texts[(i+1)%2] })
	})
	t.Run("large", func(t *testing.T) {
		quotas := make([]int, 1000)
		text := func(i int) string {
			quotas[i*7919%len(quotas)] = i + 1
			var b strings.Builder
			b.WriteString("name: x\ntenants:\n")
			for key, quota := range quotas {
				fmt.Fprintf(&b, "  t%d:\n    quota: %d\n", key, quota)
				if quota%3 == 1 { // other lines move
					b.WriteString("    region: us\n")
				}
			}
			return b.String()
		}
		m := newSlot(text(0))
		// A part that is read again is held beside the old text, up to twice the size.
		heapStays(t, reloads, 4<<20, m, serialSlot{m}, func(i int) string { return text(i + 1) })
	})
}

// heapStays reloads, and requires that the heap grows by less than most bytes after the
// first tenth.
func heapStays(t *testing.T, reloads int, most int64, m *slot, src source.Source, text func(i int) string) {
	f := follow(t, src, quiet())
	f.OnChange(func(context.Context, *service.Diff) error { return nil })
	var first int64
	for i := range reloads {
		next := text(i)
		m.text.Store(&next)
		if _, err := f.Manager().Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		if i%(reloads/10) == 0 {
			used := inUse()
			t.Logf("%6d reloads: %5d KB in use, %d goroutines", i+1, used>>10, goruntime.NumGoroutine())
			if i > 0 && first == 0 {
				first = used
			}
		}
	}
	if grown := inUse() - first; grown > most {
		t.Errorf("the heap grew by %d KB", grown>>10)
	}
}

func inUse() int64 {
	var s goruntime.MemStats
	goruntime.GC()
	goruntime.ReadMemStats(&s)
	return int64(s.HeapAlloc)
}

// F198: folders below a watch path are followed on request, also those created later with
// a file in them. Otherwise the log says that they are not followed.
func TestF198_Subfolders(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(dir, "a", "b"), 0o700))
	must(t, os.MkdirAll(filepath.Join(dir, ".git", "c"), 0o700))
	const reported = "subfolders of a watch path are not followed: pass rt.WithSubfolders to follow them"

	m := &memory{text: config(1)}
	f := follow(t, m, rt.WithWatchPaths(dir), rt.WithSubfolders(), rt.WithSettle(0))
	n := 1
	reads := func(path ...string) {
		t.Helper()
		n++
		m.set(config(n))
		path = append([]string{dir}, path...)
		must(t, os.MkdirAll(filepath.Join(path[:len(path)-1]...), 0o700))
		write(t, filepath.Join(path...), fmt.Sprint(n))
		f.left(n)
	}
	reads("a", "x.yaml")
	reads("a", "b", "x.yaml")
	reads("new", "x.yaml")
	reads("new", "x.yaml")
	reads("new", "deep", "er", "x.yaml")
	must(t, os.RemoveAll(filepath.Join(dir, "new")))
	reads("new", "deep", "x.yaml")
	f.logged(reported, 0)
	gives(t, "watch paths", f.Manager().Watching().Paths(), []string{dir})

	m = &memory{text: config(1)}
	f = follow(t, m, rt.WithWatchPaths(dir), rt.WithStrategy(rt.Manual()), rt.WithSettle(0))
	f.logged(reported, 1)
	must(t, f.Manager().Watching().Add(filepath.Join(dir, "a")))
	must(t, f.Manager().Watching().Add(filepath.Join(dir, "a", "b")))
	f.logged(reported, 2)
	m.set(config(2)) // otherwise the look finds nothing to read
	write(t, filepath.Join(dir, "new", "deep", "y.yaml"), "")
	write(t, filepath.Join(dir, "y.yaml"), "")
	testkit.Until(t, "a change is pending", func() bool { return len(f.Manager().Watching().Pending()) > 0 })
	gives(t, "what has changed", f.Manager().Watching().Pending()[0].Source, dir)
}
