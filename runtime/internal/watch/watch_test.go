package watch_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/watch"
)

// A file replaced by a rename, from its folder or from another one, is detected, and so
// is the next edit: a watch on the file itself stays with the old one.
func TestF070_Rename(t *testing.T) {
	t.Parallel()
	root := folders(t, "conf", "elsewhere")
	file := app(root)
	write(t, file, "a: 1\n")
	p := probing(t, file)
	p.edit("renamed within the folder", file, func() { replace(t, file, "a: 2\n") })
	p.edit("renamed from another folder", file, func() {
		other := filepath.Join(root, "elsewhere/new")
		write(t, other, "a: 3\n")
		must(t, os.Rename(other, file))
	})
	p.edit("written", file, func() { write(t, file, "a: 4\n") })
}

// The system calls of vim, repeatedly; TestSaves runs the tools themselves.
func TestF071_Vim(t *testing.T) {
	t.Parallel()
	root := folders(t, "conf")
	write(t, app(root), "a: 1\n")
	p := probing(t, app(root))
	for range 3 {
		p.edit("saved", app(root), func() { vimSave(t, root) })
	}
}

// A missing file is reported when it disappears and when it appears again, however much
// time passes between.
func TestF072_DeleteThenRecreate(t *testing.T) {
	t.Parallel()
	file := app(folders(t, "conf"))
	write(t, file, "a: 1\n")
	p := probing(t, file)
	p.edit("deleted", file, func() { must(t, os.Remove(file)) })
	p.edit("re-created", file, func() { write(t, file, "a: 2\n") })
	p.edit("written", file, func() { write(t, file, "a: 3\n") })
}

// Replaced folders take their watches with them. The new folders must be watched instead,
// again and again.
func TestF077_Folders(t *testing.T) {
	t.Parallel()
	needLinux(t, "elsewhere a folder above the file's own is seen by the poll")
	root := folders(t, "srv/app/conf")
	file := filepath.Join(root, "srv/app/conf/app.yaml")
	write(t, file, "a: 1\n")
	p := probing(t, file)
	for i, folder := range []string{"srv/app/conf", "srv/app", "srv", "srv/app/conf"} {
		p.edit("replaced "+folder, file, func() {
			// Keep the old folder, because removing it would be an event too.
			must(t, os.Rename(filepath.Join(root, folder), filepath.Join(root, fmt.Sprint("gone", i))))
			must(t, os.MkdirAll(filepath.Dir(file), 0o755))
			write(t, file, "a: 2\n")
		})
	}
	p.edit("written", file, func() { write(t, file, "a: 3\n") })
}

// A folder beyond reach sends no event when it is replaced. The engine's poll calls
// Rearm, which detects that and arms the new folder.
func TestF077_BeyondReach(t *testing.T) {
	t.Parallel()
	root := folders(t, "top/1/2/3/4/5", "fresh/1/2/3/4/5")
	file := filepath.Join(root, "top/1/2/3/4/5/app.yaml")
	write(t, file, "a: 1\n")
	write(t, filepath.Join(root, "fresh/1/2/3/4/5/app.yaml"), "a: 2\n")
	p := probing(t, file)
	p.silent("top replaced", file, func() {
		must(t, os.Rename(filepath.Join(root, "top"), filepath.Join(root, "gone")))
		must(t, os.Rename(filepath.Join(root, "fresh"), filepath.Join(root, "top")))
	})
	p.edit("found by Rearm", file, p.Rearm)
	p.edit("written", file, func() { write(t, file, "a: 3\n") })
}

// Rearm runs with every poll: while nothing changes, it must report nothing.
func TestRearmIsQuiet(t *testing.T) {
	t.Parallel()
	file := app(folders(t, "conf"))
	write(t, file, "a: 1\n")
	missing := filepath.Join(filepath.Dir(file), "no/such/folder/app.yaml")
	p := probing(t, file, missing)
	for _, path := range []string{file, missing} {
		p.silent("Rearm", path, func() {
			for range 20 {
				p.Rearm()
			}
		})
	}
}

// The mode and the times of a file are not part of its content.
func TestF081_ModeAndTimes(t *testing.T) {
	t.Parallel()
	needLinux(t, "kqueue reports a changed mode as it reports a truncated file")
	file := app(folders(t, "conf"))
	write(t, file, "a: 1\n")
	p := probing(t, file)
	p.silent("chmod", file, func() { must(t, os.Chmod(file, 0o600)) })
	p.silent("chmod 000", file, func() { must(t, os.Chmod(file, 0)) })
	p.silent("touch", file, func() {
		must(t, os.Chmod(file, 0o644))
		must(t, os.Chtimes(file, time.Now(), time.Now().Add(time.Hour)))
	})
	p.edit("written", file, func() { write(t, file, "a: 2\n") })
}

// A folder above that can be passed but not read cannot be watched. Many systems are set
// up that way, so it is no failure, and the file is watched anyway.
func TestUnreadableFolderAbove(t *testing.T) {
	t.Parallel()
	needLinux(t, "elsewhere no folder above the file's own is watched")
	if os.Getuid() == 0 {
		t.Skip("root may read every folder")
	}
	root := folders(t, "locked/conf")
	file := filepath.Join(root, "locked/conf/app.yaml")
	write(t, file, "a: 1\n")
	must(t, os.Chmod(filepath.Join(root, "locked"), 0o111))
	t.Cleanup(func() { must(t, os.Chmod(filepath.Join(root, "locked"), 0o755)) })
	p := probing(t, file)
	p.edit("written", file, func() { write(t, file, "a: 2\n") })
	p.edit("folder renamed away", file, func() {
		must(t, os.Chmod(filepath.Join(root, "locked"), 0o711))
		must(t, os.Rename(filepath.Dir(file), filepath.Join(root, "locked/gone")))
	})
	for _, e := range p.settle() {
		if e.Kind == watch.Failed {
			t.Errorf("got %v, want no failure", e.Err)
		}
	}
}

// Other files in a watched folder change all the time and are not reported.
func TestNeighborsAreSilent(t *testing.T) {
	t.Parallel()
	root := folders(t, "conf")
	write(t, app(root), "a: 1\n")
	p := probing(t, app(root))
	p.silent("neighbors", app(root), func() {
		for _, name := range []string{"conf/app.yaml.bak", "conf/app", "other"} {
			write(t, filepath.Join(root, name), "x")
			replace(t, filepath.Join(root, name), "y")
			must(t, os.Remove(filepath.Join(root, name)))
		}
	})
}

// If neither a file nor its folders exist at the start, the file is detected when it
// appears, however many folders are created at once.
func TestF086_MissingAtStart(t *testing.T) {
	t.Parallel()
	root := folders(t)
	file := filepath.Join(root, "one/two/three/four/app.yaml")
	p := probing(t, file)
	p.edit("first folder", file, func() { must(t, os.Mkdir(filepath.Join(root, "one"), 0o755)) })
	p.edit("the others", file, func() { must(t, os.MkdirAll(filepath.Dir(file), 0o755)) })
	p.edit("the file", file, func() { write(t, file, "a: 1\n") })
	p.edit("written", file, func() { write(t, file, "a: 2\n") })
}

// One file under several watched names, in every possible way. fsnotify names an inode
// only by the first path.
func TestF087_OneInode(t *testing.T) {
	t.Parallel()
	needLinux(t, "the names of an inode are found by an inotify watch on the file")
	root := folders(t, "conf", "elsewhere", "third")
	hard, soft := filepath.Join(root, "elsewhere/hard.yaml"), filepath.Join(root, "third/soft.yaml")
	write(t, app(root), "a: 1\n")
	must(t, os.Link(app(root), hard))
	must(t, os.Symlink("../conf/app.yaml", soft))
	unclean := filepath.Join(root, "conf") + "/./../conf/app.yaml"
	unwatched := filepath.Join(root, "third/unwatched.yaml")
	must(t, os.Link(app(root), unwatched))
	all := []string{app(root), hard, soft, unclean, app(root)}
	for i := range all[:4] {
		p := probing(t, slices.Concat(all[i:], all[:i])...)
		p.settle()
		write(t, hard, "a: 2\n")
		for _, path := range all {
			p.recorded("written by one name", path)
		}
		p.settle()
		write(t, unwatched, "a: 3\n")
		for _, path := range all {
			p.recorded("written by a name that is not watched", path)
		}
		must(t, p.Close())
	}
}

// Layers share folders; each file is reported by its own path.
func TestF087_SharedFolders(t *testing.T) {
	t.Parallel()
	root := folders(t, "conf")
	other := filepath.Join(root, "conf/other.yaml")
	write(t, app(root), "a: 1\n")
	write(t, other, "a: 1\n")
	p := probing(t, app(root), other)
	p.silent("the other written", app(root), func() { write(t, other, "a: 2\n") })
	p.edit("replaced", app(root), func() { replace(t, app(root), "a: 2\n") })
	p.edit("written", other, func() { write(t, other, "a: 3\n") })
}

// When Set returns, the watch is armed: every later write is reported.
func TestF088_WriteAfterSet(t *testing.T) {
	t.Parallel()
	root := folders(t)
	p := probing(t)
	for i := range 50 {
		folder := filepath.Join(root, fmt.Sprint(i))
		must(t, os.Mkdir(folder, 0o755))
		file := filepath.Join(folder, "app.yaml")
		write(t, file, "a: 1\n")
		p.watch(file)
		write(t, file, "a: 2\n")
		p.recorded("written right after Set", file)
	}
}

// Files removed from the set are no longer reported; those that remain are.
func TestSetReplaces(t *testing.T) {
	t.Parallel()
	root := folders(t, "conf", "elsewhere")
	other := filepath.Join(root, "elsewhere/other.yaml")
	write(t, app(root), "a: 1\n")
	write(t, other, "a: 1\n")
	p := probing(t, app(root), other)
	p.watch(other)
	p.silent("taken out", app(root), func() { write(t, app(root), "a: 2\n") })
	p.edit("kept", other, func() { write(t, other, "a: 2\n") })
	p.silent("put back", app(root), func() { p.watch(other, app(root)) })
	p.edit("put back", app(root), func() { write(t, app(root), "a: 3\n") })
}
