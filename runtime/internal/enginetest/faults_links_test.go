//go:build linux

package enginetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hotbind/hotbind/runtime/source"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// The error for a dangling link says that it is one, at the start and later.
func TestF037_BrokenLinks(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	must(t, os.Symlink("nowhere", at("dangling.yaml")))
	must(t, os.Symlink("loop.yaml", at("loop.yaml")))
	for path, want := range map[string]string{
		at("dangling.yaml"):                    "no such file",
		at("loop.yaml"):                        "too many levels of symbolic links",
		at(strings.Repeat("n", 300) + ".yaml"): "file name too long",
	} {
		live, err := service.Open(t.Context(), rt.From(rt.File(path)), quiet())
		if err == nil {
			live.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: got %v, want %s", path, err, want)
		}
	}
	write(t, at("good.yaml"), config(1))
	must(t, os.Symlink("good.yaml", at("app.yaml")))
	f := follow(t, rt.File(at("app.yaml")))
	relink(t, "nowhere", at("app.yaml"))
	f.refused("no such file")
	relink(t, "loop.yaml", at("app.yaml"))
	f.refused("too many levels")
	relink(t, "good.yaml", at("app.yaml"))
	f.left(1)
	f.logged("ERROR", 2)
}

// A configMap is a folder of links that is replaced as a whole.
type configMap struct {
	t      testing.TB
	folder string
}

// swap makes generation n current: file left has one copy of the number, file right the
// other.
func (m configMap) swap(n int) {
	m.t.Helper()
	generation := fmt.Sprint("..gen", n)
	must(m.t, os.Mkdir(filepath.Join(m.folder, generation), 0o755))
	write(m.t, filepath.Join(m.folder, generation, "left.yaml"), fmt.Sprintf("name: service\nleft: %d\n", n))
	write(m.t, filepath.Join(m.folder, generation, "right.yaml"), fmt.Sprintf("right: %d\n", n))
	relink(m.t, generation, filepath.Join(m.folder, "..data"))
	must(m.t, os.RemoveAll(filepath.Join(m.folder, fmt.Sprint("..gen", n-1))))
}

func (m configMap) source(name string) source.Source {
	m.t.Helper()
	path := filepath.Join(m.folder, name)
	must(m.t, os.Symlink(filepath.Join("..data", name), path))
	return rt.File(path)
}

// Kubernetes replaces a folder of links; every swap is detected.
func TestF073_KubernetesSwap(t *testing.T) {
	t.Parallel()
	m := configMap{t, t.TempDir()}
	m.swap(1)
	f := follow(t, m.source("left.yaml"), rt.From(m.source("right.yaml")))
	for n := 2; n <= 4; n++ {
		m.swap(n)
		f.left(n)
	}
	f.logged("ERROR", 0)
	f.logged("reloaded", 3)
}

// A hundred swaps in a row never mix two generations, and the last one is in force at the
// end.
func TestF074_ManySwaps(t *testing.T) {
	t.Parallel()
	m := configMap{t, t.TempDir()}
	m.swap(1)
	f := follow(t, m.source("left.yaml"), rt.From(m.source("right.yaml")), rt.WithDebounce(time.Millisecond), rt.WithSettle(time.Millisecond))
	var mixed atomic.Int64
	f.OnChange(func(_ context.Context, d *service.Diff) error {
		if d.New.Left != d.New.Right {
			mixed.Add(1)
		}
		return nil
	})
	for n := 2; n <= 101; n++ {
		m.swap(n)
		if c := f.Current(); c.Left != c.Right {
			mixed.Add(1)
		}
	}
	f.left(101)
	if n := mixed.Load(); n > 0 {
		t.Errorf("got %d mixed generations", n)
	}
}

// The target of a link may be rewritten, replaced, or exchanged for another one.
func TestF075_LinkToAnotherFolder(t *testing.T) {
	t.Parallel()
	one, two := file(t, config(1)), file(t, config(5))
	path := filepath.Join(t.TempDir(), "app.yaml")
	must(t, os.Symlink(one, path))
	f := follow(t, rt.File(path))
	write(t, one, config(2))
	f.left(2)
	replace(t, one, config(3))
	f.left(3)
	relink(t, two, path)
	f.left(5)
	write(t, two, config(6))
	f.left(6)
	replace(t, two, config(7))
	f.left(7)
}

// A release is activated by replacing a link above the file's folder.
func TestF076_ParentLinkSwapped(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for n := 1; n <= 3; n++ {
		folder := filepath.Join(root, fmt.Sprint("release", n))
		must(t, os.Mkdir(folder, 0o755))
		write(t, filepath.Join(folder, "app.yaml"), config(n))
	}
	current := filepath.Join(root, "current")
	must(t, os.Symlink("release1", current))
	f := follow(t, rt.File(filepath.Join(current, "app.yaml")), rt.WithPollInterval(100*time.Millisecond))
	relink(t, "release2", current)
	f.left(2)
	relink(t, "release3", current)
	f.left(3)
}

// The folder of the file, or one above it, may be replaced or created again.
func TestF077_FolderReplaced(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	at := func(name string, n int) string {
		folder := filepath.Join(root, name)
		must(t, os.MkdirAll(folder, 0o755))
		write(t, filepath.Join(folder, "app.yaml"), config(n))
		return folder
	}
	folder := at("up/conf", 1)
	path := filepath.Join(folder, "app.yaml")
	f := follow(t, rt.File(path), rt.WithPollInterval(100*time.Millisecond))
	must(t, os.Rename(folder, folder+".old"))
	must(t, os.Rename(at("up/new", 2), folder))
	f.left(2)
	must(t, os.RemoveAll(folder))
	f.refused("no such file")
	at("up/conf", 3)
	f.left(3)
	must(t, os.Rename(filepath.Join(root, "up"), filepath.Join(root, "up.old")))
	at("up/conf", 4)
	f.left(4)
	write(t, path, config(5))
	f.left(5)
}
