//go:build unix

package history_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
	"github.com/hotbind/hotbind/runtime/history"
)

// children holds the functions that the test binary runs when it is started as a child.
var children = map[string]func(dir string) error{
	"save":      childSaves,
	"hold":      childHolds,
	"umask 0":   func(dir string) error { return childWithUmask(dir, 0) },
	"umask 277": func(dir string) error { return childWithUmask(dir, 0o277) },
}

func TestMain(m *testing.M) {
	if run := children[os.Getenv("HOTBIND_CHILD")]; run != nil {
		if err := run(os.Getenv("HOTBIND_DIR")); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// A child is the test binary as another process, with its output.
type child struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
	stdin io.Closer
}

func startChild(t testing.TB, what, dir string) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "HOTBIND_CHILD="+what, "HOTBIND_DIR="+dir)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() {
		in.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
	return &child{cmd, bufio.NewScanner(out), in}
}

// says returns the next line, or "" after the last line.
func (c *child) shows() string {
	c.lines.Scan()
	return c.lines.Text()
}

// childSaves adds revisions, makes backups and prunes, endlessly. It prints each id after
// Add has returned without an error.
func childSaves(dir string) error {
	h, _, err := history.Open(dir, rt.Retention{Count: 20})
	if err != nil {
		return err
	}
	fmt.Println("open")
	for id := int(h.LastID()) + 1; ; id++ {
		if err := h.Add(big(id)); err != nil {
			return err
		}
		fmt.Println(id)
		if err := h.SaveBackup(big(id).ID, []history.File{{Path: "/etc/app.yaml", Mode: 0o600, Content: big(id).Document}}, 3); err != nil {
			return err
		}
		if id%7 == 0 {
			if _, err := h.Prune(rt.Retention{Count: 3}); err != nil {
				return err
			}
		}
	}
}

// big returns a revision of several pages, so that a write can be torn.
func big(id int) rt.Record {
	r := record(id)
	r.Document = fmt.Appendf(nil, `{"id":%d,"text":%q,"end":%d}`, id, strings.Repeat("x", 20_000), id)
	return r
}

// A process that saves endlessly is killed at random moments, 30 times, or 1,000 times
// with HOTBIND_FULL=1. Each time the store opens, nothing is torn, and everything that
// was reported as saved, and not pruned since, is there.
func TestF112_KilledAtRandom(t *testing.T) {
	t.Parallel()
	rounds := 30
	if os.Getenv("HOTBIND_FULL") == "1" {
		rounds = 1000
	}
	dir := filepath.Join(tempDir(t), "store")
	last := 0
	for round := range rounds {
		c := startChild(t, "save", dir)
		if line := c.shows(); line != "open" {
			t.Fatalf("round %d: %s", round, line)
		}
		// After anything from a few operations to some dozens.
		killer := time.AfterFunc(time.Duration(rand.IntN(40_000))*time.Microsecond, func() { c.cmd.Process.Kill() })
		for line := c.shows(); line != ""; line = c.shows() {
			id, err := strconv.Atoi(line)
			if err != nil {
				t.Fatalf("round %d: %s", round, line)
			}
			last = id
		}
		c.cmd.Wait()
		killer.Stop()
		inspect(t, dir, last)
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
	t.Logf("%d revisions were saved in %d rounds", last, rounds)
}

func inspect(t *testing.T, dir string, last int) {
	t.Helper()
	h, _, err := history.Open(dir, rt.Retention{})
	must(t, err)
	defer h.Close()
	if int(h.LastID()) < last {
		t.Errorf("revision %d was saved, and the last is %d", last, h.LastID())
	}
	list := h.List(0, 0)
	for i, r := range list {
		if i > 0 && r.ID != list[i-1].ID-1 {
			t.Errorf("%d is followed by %d", r.ID, list[i-1].ID)
		}
		got, err := h.Get(r.ID)
		if err != nil || !reflect.DeepEqual(got, big(int(r.ID))) {
			t.Errorf("revision %d: %v", r.ID, err)
		}
	}
	backups, err := h.Backups()
	must(t, err)
	for _, b := range backups {
		if got, err := h.BackupFile(b.ID, "/etc/app.yaml"); err != nil || string(got) != string(big(int(b.ID)).Document) {
			t.Errorf("backup %d: %v", b.ID, err)
		}
	}
	must(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".tmp") {
			t.Errorf("%s is left", path)
		}
		return err
	}))
}

func childHolds(dir string) error {
	h, _, err := history.Open(dir, rt.Retention{})
	if err != nil {
		return err
	}
	fmt.Println("open")
	io.Copy(io.Discard, os.Stdin)
	return h.Close()
}

// The second of two processes is refused with the name of the first, and takes over after
// the first was killed, whatever happened to its lock.
func TestF120_TwoProcesses(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(tempDir(t), "store")
	c := startChild(t, "hold", dir)
	if line := c.shows(); line != "open" {
		t.Fatal(line)
	}
	_, _, err := history.Open(dir, rt.Retention{})
	var locked *history.LockedError
	if !errors.As(err, &locked) || locked.Holder.PID != c.cmd.Process.Pid {
		t.Errorf("got %v", err)
	}
	must(t, c.cmd.Process.Kill())
	c.cmd.Wait()
	must(t, open(t, dir, rt.Retention{}).Close())
}

// childWithUmask creates a store with everything in it, and prints every wrong mode.
func childWithUmask(dir string, mask int) error {
	syscall.Umask(mask)
	h, _, err := history.Open(filepath.Join(dir, "a", "store"), rt.Retention{})
	if err != nil {
		return err
	}
	if err := h.Add(record(1)); err != nil {
		return err
	}
	if err := h.SaveBackup(1, []history.File{{Path: "/etc/app.yaml", Mode: 0o644, Content: []byte("x")}}, 1); err != nil {
		return err
	}
	n := 0
	err = filepath.WalkDir(filepath.Join(dir, "a"), func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		want := fs.FileMode(0o600)
		if e.IsDir() {
			want = 0o700 | fs.ModeDir
		}
		if n++; err == nil && info.Mode() != want {
			err = fmt.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	fmt.Println(n)
	return err
}

// Whatever the umask, the owner can read and write the saved files, and nobody else can.
func TestF163_Umask(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"umask 0", "umask 277"} {
		c := startChild(t, what, tempDir(t))
		if line := c.shows(); line != "12" {
			t.Errorf("%s: it printed %q", what, line)
		}
		if err := c.cmd.Wait(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A link in place of a folder or a file of the store is not followed, neither for reading
// nor for writing.
func TestF164_LinksInTheStore(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"lock", "format", "holder.json", "index.json", "revisions", "backups",
		"revisions/0000000001.json", "revisions/0000000002.json", "backups/0000000001", "backups/0000000001/manifest.json", "backups/0000000001/1-app.yaml"} {
		dir := filepath.Join(tempDir(t), "store")
		h := open(t, dir, rt.Retention{})
		must(t, h.Add(record(1)))
		files := []history.File{{Path: "/etc/app.yaml", Mode: 0o600, Content: []byte("x")}}
		must(t, h.SaveBackup(1, files, 5))
		must(t, h.Close())
		// The link leads to the very file or folder that it replaces.
		path, aside := filepath.Join(dir, name), filepath.Join(tempDir(t), "aside")
		if err := os.Rename(path, aside); errors.Is(err, fs.ErrNotExist) {
			must(t, os.WriteFile(aside, []byte("precious"), 0o600))
		}
		must(t, os.Symlink(aside, path))
		before := tree(t, aside)
		refused := followsNoLink(dir, files)
		if !strings.Contains(strings.Join(refused, "\n"), path) {
			t.Errorf("%s was not refused, only %q", name, refused)
		}
		if after := tree(t, aside); !reflect.DeepEqual(after, before) {
			t.Errorf("%s: there was %q and is %q", name, before, after)
		}
	}
}

// followsNoLink calls every method of a store and returns the names of those that were
// refused.
func followsNoLink(dir string, files []history.File) (refused []string) {
	note := func(err error) {
		if err != nil {
			refused = append(refused, err.Error())
		}
	}
	h, notes, err := history.Open(dir, rt.Retention{})
	note(err)
	if err != nil {
		return refused
	}
	refused = append(refused, notes...)
	_, err = h.Get(1)
	note(err)
	note(h.Add(record(2)))
	_, err = h.Backups()
	note(err)
	_, err = h.BackupFile(1, files[0].Path)
	note(err)
	note(h.Close())
	return refused
}

func tree(t testing.TB, root string) map[string]string {
	t.Helper()
	all := map[string]string{}
	must(t, filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		all[path] = string(data)
		return err
	}))
	return all
}

// A store that others may write or that another user owns is refused with its mode, also
// for reading: its owner could restore any content to any place.
func TestF165_StoreOfOthers(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{"", "revisions", "backups"} {
		dir := filepath.Join(tempDir(t), "store")
		h := open(t, dir, rt.Retention{})
		must(t, h.SaveBackup(1, nil, 1))
		must(t, h.Close())
		path := filepath.Join(dir, folder)
		must(t, os.Chmod(path, 0o777))
		refusedWith(t, dir, path+" has mode 0777: other users may write to it; it must be 0700")
		must(t, os.Chmod(path, 0o700))
		if os.Getuid() != 0 {
			t.Log("only root can give a folder away")
			continue
		}
		must(t, os.Chown(path, 4711, 4711))
		refusedWith(t, dir, path+" (mode 0700) belongs to user 4711, but this process runs as user 0; they must be the same")
	}
}

func refusedWith(t *testing.T, dir, want string) {
	t.Helper()
	want = "the store " + dir + " cannot be used and was not changed: " + want
	_, _, err := history.Open(dir, rt.Retention{})
	_, _, err2 := history.OpenReadOnly(dir)
	for _, err := range []error{err, err2} {
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// Restoring writes to users' files: links, mode and owner are kept.
func TestF126_RestoreKeepsOwnerModeAndLinks(t *testing.T) {
	t.Parallel()
	h := open(t, filepath.Join(tempDir(t), "store"), rt.Retention{})
	place := tempDir(t)
	real, link := filepath.Join(place, "real.yaml"), filepath.Join(place, "app.yaml")
	must(t, os.WriteFile(real, []byte("bad"), 0o600))
	must(t, os.Chmod(real, 0o664))
	if os.Getuid() == 0 {
		must(t, os.Chown(real, 4711, 4712))
	}
	must(t, os.Symlink("real.yaml", link))
	must(t, h.SaveBackup(1, []history.File{{Path: link, Mode: 0o600, Content: []byte("good")}}, 1))
	_, err := h.Restore(1, "")
	must(t, err)
	info, err := os.Lstat(real)
	must(t, err)
	data, _ := os.ReadFile(link)
	if to, err := os.Readlink(link); err != nil || to != "real.yaml" || string(data) != "good" || info.Mode() != 0o664 {
		t.Errorf("%v, link to %q, %q, mode %v", err, to, data, info.Mode())
	}
	if stat := info.Sys().(*syscall.Stat_t); os.Getuid() == 0 && (stat.Uid != 4711 || stat.Gid != 4712) {
		t.Errorf("owner %d:%d", stat.Uid, stat.Gid)
	}
}
