package watch_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/internal/watch"
)

// A swap of ..data touches neither the watched name nor its earlier target, and removes
// the folder that was watched before.
func TestF073_KubernetesSwap(t *testing.T) {
	t.Parallel()
	needLinux(t, "only Linux has Kubernetes volumes")
	file := app(folders(t, "conf"))
	volume(t, filepath.Dir(file), 0, "app.yaml")
	must(t, os.Symlink("..data/app.yaml", file))
	p := probing(t, file)
	for n := 1; n <= 3; n++ {
		p.edit(fmt.Sprint("swap ", n), file, func() { volume(t, filepath.Dir(file), n, "app.yaml") })
	}
}

// After a hundred swaps in a row, the last one must be reported after it happened, for
// each file: a reader that reads at every event must end with the last generation.
func TestF074_HundredSwaps(t *testing.T) {
	t.Parallel()
	needLinux(t, "only Linux has Kubernetes volumes")
	folder := filepath.Join(folders(t, "conf"), "conf")
	names := []string{"app.yaml", "extra.yaml"}
	read := make(chan string, 10_000)
	var files []string
	volume(t, folder, 0, names...)
	for _, name := range names {
		files = append(files, filepath.Join(folder, name))
		must(t, os.Symlink("..data/"+name, filepath.Join(folder, name)))
	}
	w := watch.New(func(e watch.Event) {
		text, _ := os.ReadFile(e.Path)
		read <- filepath.Base(e.Path) + " " + string(text)
	})
	defer func() { must(t, w.Close()) }()
	w.Set(files)
	for n := 1; n <= 100; n++ {
		volume(t, folder, n, names...)
	}
	wanted := map[string]bool{"app.yaml generation: 100\n": true, "extra.yaml generation: 100\n": true}
	limit := time.After(testkit.Patience)
	for len(wanted) > 0 {
		select {
		case text := <-read:
			delete(wanted, text)
		case <-limit:
			t.Fatalf("never read: %v", wanted)
		}
	}
}

// A linked file changes in three ways. A watch on the link's folder or on the target
// alone would miss some, and the third moves the watch.
func TestF075_LinkedFile(t *testing.T) {
	t.Parallel()
	needLinux(t, "links need a privilege on Windows and kqueue reports them late")
	root := folders(t, "conf", "elsewhere", "third")
	target, other := filepath.Join(root, "elsewhere/a.yaml"), filepath.Join(root, "third/b.yaml")
	write(t, target, "a: 1\n")
	write(t, other, "a: 2\n")
	must(t, os.Symlink("../elsewhere/a.yaml", app(root)))
	p := probing(t, app(root))
	p.edit("target written", app(root), func() { write(t, target, "a: 3\n") })
	p.edit("target replaced", app(root), func() { replace(t, target, "a: 4\n") })
	p.edit("link re-pointed", app(root), func() { relink(t, "../third/b.yaml", app(root)) })
	p.edit("new target written", app(root), func() { write(t, other, "a: 5\n") })
	p.silent("old target written", app(root), func() { write(t, target, "a: 6\n") })
}

// A link above the file, two links in a row, and .. after a link, which means the parent
// of the target, not of the link.
func TestF076_ParentLink(t *testing.T) {
	t.Parallel()
	needLinux(t, "links need a privilege on Windows and kqueue reports them late")
	root := folders(t, "releases/1/etc", "releases/2/etc", "shared", "deep/er")
	for _, n := range []string{"1", "2"} {
		write(t, filepath.Join(root, "releases", n, "etc/app.yaml"), n)
		write(t, filepath.Join(root, "releases", n, "top.yaml"), n)
	}
	must(t, os.Symlink("../releases/current", filepath.Join(root, "shared/now")))
	must(t, os.Symlink("1", filepath.Join(root, "releases/current")))
	file := filepath.Join(root, "shared/now/etc/app.yaml")
	above := root + "/shared/now/etc/../top.yaml"
	p := probing(t, file, above)
	p.edit("inner link swapped", file, func() { relink(t, "2", filepath.Join(root, "releases/current")) })
	p.edit("written below the new target", file, func() {
		write(t, filepath.Join(root, "releases/2/etc/app.yaml"), "3")
	})
	p.edit("written above the new target", above, func() {
		write(t, filepath.Join(root, "releases/2/top.yaml"), "3")
	})
	p.edit("outer link swapped", file, func() { relink(t, "../releases/1", filepath.Join(root, "shared/now")) })
	p.edit("written after the outer swap", file, func() {
		write(t, filepath.Join(root, "releases/1/etc/app.yaml"), "4")
	})
}

// A link may exist before its target. A circle of links or a dangling link counts as a
// missing file.
func TestF086_LooseLinks(t *testing.T) {
	t.Parallel()
	needLinux(t, "links need a privilege on Windows and kqueue reports them late")
	root := folders(t, "conf", "elsewhere")
	must(t, os.Symlink("../elsewhere/none/app.yaml", app(root)))
	circle := filepath.Join(root, "conf/circle.yaml")
	must(t, os.Symlink("circle.yaml", circle))
	p := probing(t, app(root), circle)
	p.edit("target appears", app(root), func() {
		must(t, os.Mkdir(filepath.Join(root, "elsewhere/none"), 0o755))
		write(t, filepath.Join(root, "elsewhere/none/app.yaml"), "a: 1\n")
	})
	p.edit("target written", app(root), func() { write(t, app(root), "a: 2\n") })
	p.edit("circle opened", circle, func() { replace(t, circle, "a: 1\n") })
}
