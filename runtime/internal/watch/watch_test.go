package watch_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/hotbind/hotbind/runtime/internal/watch"
)

// A file replaced by a rename, from its folder or from another one, is seen and
// so is the edit after: a watch on the file itself stays with the old one.
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

// The system calls of vim, over and over; the tools themselves are in TestSaves.
func TestF071_Vim(t *testing.T) {
	t.Parallel()
	root := folders(t, "conf")
	write(t, app(root), "a: 1\n")
	p := probing(t, app(root))
	for range 3 {
		p.edit("saved", app(root), func() { vimSave(t, root) })
	}
}

// A missing file is news twice, when it goes and when it comes, however much
// time lies between.
func TestF072_DeleteThenRecreate(t *testing.T) {
	t.Parallel()
	file := app(folders(t, "conf"))
	write(t, file, "a: 1\n")
	p := probing(t, file)
	p.edit("deleted", file, func() { must(t, os.Remove(file)) })
	p.edit("re-created", file, func() { write(t, file, "a: 2\n") })
	p.edit("written", file, func() { write(t, file, "a: 3\n") })
}

// The swap of ..data touches neither the name watched nor the file it stood for,
// and every swap takes away the folder that was watched before.
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

// Of a hundred swaps in a row the last must be told after it happened, for each
// file: who reads at every event must end with the last generation.
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
	limit := time.After(patience)
	for len(wanted) > 0 {
		select {
		case text := <-read:
			delete(wanted, text)
		case <-limit:
			t.Fatalf("never read: %v", wanted)
		}
	}
}

// A linked file changes in three ways, each of which a watch on the link's
// folder or on the target alone misses, and the third moves the watch.
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

// A link above the file, two links in a row, and .. after a link, which means
// the parent of the target and not the parent of the link.
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

// Folders that are replaced take their watches with them; what stands there now
// must be watched instead, again and again.
func TestF077_Folders(t *testing.T) {
	t.Parallel()
	needLinux(t, "elsewhere a folder above the file's own is seen by the poll")
	root := folders(t, "srv/app/conf")
	file := filepath.Join(root, "srv/app/conf/app.yaml")
	write(t, file, "a: 1\n")
	p := probing(t, file)
	for i, folder := range []string{"srv/app/conf", "srv/app", "srv", "srv/app/conf"} {
		p.edit("replaced "+folder, file, func() {
			// What is gone stays, for its removal would be an event too.
			must(t, os.Rename(filepath.Join(root, folder), filepath.Join(root, fmt.Sprint("gone", i))))
			must(t, os.MkdirAll(filepath.Dir(file), 0o755))
			write(t, file, "a: 2\n")
		})
	}
	p.edit("written", file, func() { write(t, file, "a: 3\n") })
}

// A folder beyond reach sends no event when it is replaced; the engine's poll
// calls Rearm, which finds out and arms what is there now.
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

// Rearm runs with every poll: while nothing changes it must tell nothing.
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

// The mode and the times of a file are not what it says.
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

// A folder above that may be passed but not read cannot be watched. That is how
// many systems are set up, so it is no failure, and the file is watched anyway.
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

// Neighbours in a watched folder change all the time and are not our business.
func TestNeighboursAreSilent(t *testing.T) {
	t.Parallel()
	root := folders(t, "conf")
	write(t, app(root), "a: 1\n")
	p := probing(t, app(root))
	p.silent("neighbours", app(root), func() {
		for _, name := range []string{"conf/app.yaml.bak", "conf/app", "other"} {
			write(t, filepath.Join(root, name), "x")
			replace(t, filepath.Join(root, name), "y")
			must(t, os.Remove(filepath.Join(root, name)))
		}
	})
}

// A file that does not exist at the start, nor the folders it shall be in, is
// seen when it appears, however many folders come at once.
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

// A link may be there before its target, and circles and loose ends of links
// are only another way of being missing.
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

// One file under several watched names, in every way it can have several.
// fsnotify names an inode by the first path only.
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
			p.told("written by one name", path)
		}
		p.settle()
		write(t, unwatched, "a: 3\n")
		for _, path := range all {
			p.told("written by a name that is not watched", path)
		}
		must(t, p.Close())
	}
}

// Layers share folders; each of the files is told by its own path.
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

// When Set returns the watch is armed: there is no moment after it in which a
// write can hide.
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
		p.told("written right after Set", file)
	}
}

// Files taken out of the set are told no more, those that stay still are.
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

// A notify that panics is told about once watching goes on, with what it said
// and where, and everything is to be looked at again.
func TestF091_PanicInNotify(t *testing.T) {
	t.Parallel()
	file := app(folders(t, "conf"))
	write(t, file, "a: 1\n")
	boom := errors.New("boom")
	var p *probe
	panicked := false
	p = probing(t)
	inner := watch.New(func(e watch.Event) {
		if !panicked {
			panicked = true
			panic(boom)
		}
		p.keep(e)
	})
	defer func() { must(t, inner.Close()) }()
	inner.Set([]string{file})
	write(t, file, "a: 2\n")
	failed := p.await("the panic", func(e watch.Event) bool { return e.Kind == watch.Failed })
	if !errors.Is(failed.Err, boom) || !strings.Contains(failed.Err.Error(), "TestF091") {
		t.Errorf("got %v, want the panic's error and its stack", failed.Err)
	}
	p.await("look again", func(e watch.Event) bool { return e.Kind == watch.Overflow })
	write(t, file, "a: 3\n")
	p.told("written after the restart", file)
}

// Close works from inside notify, which cannot be waited for there: Done says
// when it is over.
func TestCloseInsideNotify(t *testing.T) {
	t.Parallel()
	file := app(folders(t, "conf"))
	write(t, file, "a: 1\n")
	calls := 0
	ready := make(chan *watch.Watcher, 1)
	w := watch.New(func(watch.Event) {
		calls++
		w := <-ready
		if err := errors.Join(w.Close(), w.Close()); err != nil {
			t.Error(err)
		}
		w.Set([]string{file})
		w.Rearm()
	})
	w.Set([]string{file})
	ready <- w
	replace(t, file, "a: 2\n")
	select {
	case <-w.Done():
	case <-time.After(patience):
		t.Fatal("not done")
	}
	if calls != 1 {
		t.Errorf("notify was called %d times, want once", calls)
	}
}

// Set and Rearm from inside notify change what is watched from then on.
func TestSetInsideNotify(t *testing.T) {
	t.Parallel()
	root := folders(t, "conf")
	other := filepath.Join(root, "other.yaml")
	write(t, app(root), "a: 1\n")
	p := probing(t)
	ready := make(chan *watch.Watcher, 1)
	w := watch.New(func(e watch.Event) {
		if e.Path == app(root) {
			w := <-ready
			w.Rearm()
			w.Set([]string{other})
			ready <- w
		}
		p.keep(e)
	})
	defer func() { must(t, w.Close()) }()
	w.Set([]string{app(root)})
	ready <- w
	write(t, app(root), "a: 2\n")
	p.told("the first file", app(root))
	write(t, other, "a: 2\n")
	p.told("the second file", other)
}

// A notify that does not return must neither hold up Set and Close nor cost
// memory: what happens meanwhile is told as a few events later.
func TestStalledNotify(t *testing.T) {
	t.Parallel()
	root := folders(t, "conf")
	write(t, app(root), "a: 1\n")
	entered, leave := make(chan struct{}, 1), make(chan struct{})
	p := probing(t)
	w := watch.New(func(e watch.Event) {
		select {
		case entered <- struct{}{}:
		default:
		}
		<-leave
		p.keep(e)
	})
	w.Set([]string{app(root)})
	write(t, app(root), "a: 2\n")
	<-entered
	for i := range 500 {
		replace(t, app(root), fmt.Sprintln("a:", i))
	}
	w.Set([]string{app(root), filepath.Join(root, "other.yaml")})
	p.settle()
	close(leave)
	p.await("replaced", func(e watch.Event) bool { return e.Kind == watch.Replaced })
	must(t, w.Close())
	<-w.Done()
	if got := len(p.seen()); got > 100 {
		t.Errorf("got %d events for changes during one stalled call, want a few", got)
	}
}

// Nothing is left after Close, not even when it comes in the middle of a storm
// of events, nor after a thousand watchers.
func TestF092_NothingLeft(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	root := folders(t, "conf")
	write(t, app(root), "a: 1\n")
	before := descriptors(t)
	var loops sync.WaitGroup
	for range 10 { // at once, because the kernel takes its time to close a descriptor
		loops.Go(func() {
			for range 100 {
				w := watch.New(func(watch.Event) {})
				w.Set([]string{app(root)})
				if err := w.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	loops.Wait()
	closeInStorm(t, app(root))
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

// closeInStorm closes watchers while file is being replaced without a pause.
func closeInStorm(t *testing.T, file string) {
	t.Helper()
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				if err := errors.Join(os.WriteFile(file+".tmp", nil, 0o644), os.Rename(file+".tmp", file)); err != nil {
					t.Error(err)
					return
				}
			}
		}
	}()
	for range 50 {
		first := make(chan struct{}, 1)
		w := watch.New(func(watch.Event) {
			select {
			case first <- struct{}{}:
			default:
			}
		})
		w.Set([]string{file})
		<-first
		must(t, w.Close())
		<-w.Done()
	}
	close(stop)
	<-stopped
}

// descriptors is the number of open descriptors, or 0 where it cannot be told.
func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Log("open descriptors are counted on Linux only")
	}
	return len(entries)
}
