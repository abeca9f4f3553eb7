package watch

import (
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
)

// F194: how often an event inspects the disk depends on its file, not on how many others
// are watched.
func TestF194_CostOfAnEvent(t *testing.T) {
	t.Parallel()
	few, many := looks(t, 4), looks(t, 400)
	t.Logf("20 events: %d looks among 4 files, %d among 400", few, many)
	if few == 0 || many > 2*few {
		t.Errorf("20 events cost %d looks among 4 files and %d among 400", few, many)
	}
}

// looks replaces one of n watched files 20 times and returns how often the watcher
// inspected the disk.
func looks(t *testing.T, n int) int64 {
	dir := t.TempDir()
	var paths []string
	for i := range n {
		path := filepath.Join(dir, fmt.Sprintf("%03d.yaml", i))
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	recorded := make(chan Event, 1000)
	w := New(func(e Event) { recorded <- e })
	defer w.Close()
	var count atomic.Int64
	w.lstat = func(name string) (os.FileInfo, error) {
		count.Add(1)
		return lstat(name)
	}
	w.Set(paths)
	before := count.Load()
	for range 20 {
		if err := os.WriteFile(paths[1]+".tmp", nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(paths[1]+".tmp", paths[1]); err != nil {
			t.Fatal(err)
		}
		for first := true; first || len(recorded) > 0; first = false {
			select {
			case e := <-recorded:
				if e.Path != paths[1] {
					t.Errorf("got the event %v", e)
				}
			case <-time.After(30 * time.Second):
				t.Fatal("got no event")
			}
		}
	}
	return count.Load() - before
}

// Watching one more file among many inspects only that one, so an application may add
// files one by one.
func TestCostOfOneMorePath(t *testing.T) {
	t.Parallel()
	var cost [2]int64
	for i, n := range []int{4, 400} {
		dir := t.TempDir()
		paths := make([]string, n)
		for i := range paths {
			paths[i] = filepath.Join(dir, fmt.Sprintf("%03d.yaml", i))
			if err := os.WriteFile(paths[i], nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		w := New(func(Event) {})
		var count atomic.Int64
		w.lstat = func(name string) (os.FileInfo, error) {
			count.Add(1)
			return lstat(name)
		}
		w.Set(paths[:n-1])
		before := count.Load()
		w.Set(paths)
		cost[i] = count.Load() - before
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
	if cost[0] == 0 || cost[1] > cost[0] {
		t.Errorf("one more path costs %d looks among 4 files and %d among 400", cost[0], cost[1])
	}
}
