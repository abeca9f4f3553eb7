package watch_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A watched folder reports the admitted files in it, however they are saved, and no
// others.
func TestFolder(t *testing.T) {
	t.Parallel()
	root := folders(t, "conf", "conf/below")
	conf := filepath.Join(root, "conf")
	p := probing(t)
	p.Admit(func(path string) bool {
		return strings.HasSuffix(path, ".yaml") || strings.HasPrefix(filepath.Base(path), "fence")
	})
	p.watch(conf)
	file := filepath.Join(conf, "a.yaml")
	p.edit("created", conf, func() { write(t, file, "a: 1\n") })
	p.edit("written", conf, func() { write(t, file, "a: 2\n") })
	p.edit("replaced", conf, func() { replace(t, file, "a: 3\n") })
	p.silent("not admitted", conf, func() { write(t, filepath.Join(conf, "a.tmp"), "x") })
	p.silent("further below", conf, func() { write(t, filepath.Join(conf, "below", "a.yaml"), "x") })
}

// If another folder replaces a watched one, it is watched.
func TestFolderReplaced(t *testing.T) {
	t.Parallel()
	needLinux(t, "kqueue reports a replaced folder late")
	root := folders(t, "conf")
	conf := filepath.Join(root, "conf")
	file := filepath.Join(conf, "a.yaml")
	p := probing(t, conf)
	p.edit("folder replaced", conf, func() {
		must(t, os.Rename(conf, filepath.Join(root, "aside")))
		must(t, os.Mkdir(conf, 0o755))
	})
	p.edit("created in the new folder", conf, func() { write(t, file, "a: 4\n") })
}

// A folder behind a link is watched, and so is the folder that the link leads to later.
func TestFolderThroughLink(t *testing.T) {
	t.Parallel()
	needLinux(t, "links need a privilege on Windows and kqueue reports them late")
	root := folders(t, "one", "two")
	link := filepath.Join(root, "conf")
	must(t, os.Symlink("one", link))
	p := probing(t, link)
	p.edit("created", link, func() { write(t, filepath.Join(root, "one", "a.yaml"), "x") })
	p.edit("link re-pointed", link, func() { relink(t, "two", link) })
	p.edit("created in the other", link, func() { write(t, filepath.Join(root, "two", "a.yaml"), "x") })
}
