package watch_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/internal/watch"
)

// Exchanging two files is a rename during which neither name is ever missing.
func TestF070_Exchange(t *testing.T) {
	t.Parallel()
	root := folders(t, "conf", "fresh")
	write(t, app(root), "a: 1\n")
	fresh := filepath.Join(root, "fresh/app.yaml")
	write(t, fresh, "a: 2\n")
	p := probing(t, app(root))
	exchange := func(a, b string) {
		err := unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE)
		if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) {
			t.Skip("this file system cannot exchange two names")
		}
		must(t, err)
	}
	p.edit("file exchanged", app(root), func() { exchange(fresh, app(root)) })
	p.edit("written", app(root), func() { write(t, app(root), "a: 3\n") })
	p.edit("folder exchanged", app(root), func() {
		exchange(filepath.Join(root, "fresh"), filepath.Join(root, "conf"))
	})
	p.edit("written", app(root), func() { write(t, app(root), "a: 4\n") })
}

// The watch on the file detects a write through another hard link. A write through a
// memory map sends no event: only the poll finds it. If a kernel sends one some day, this
// test fails.
func TestF078_HardLinkAndMap(t *testing.T) {
	t.Parallel()
	root := folders(t, "conf", "elsewhere")
	write(t, app(root), "a: 1\n")
	other := filepath.Join(root, "elsewhere/other.yaml")
	p := probing(t, app(root))
	must(t, os.Link(app(root), other))
	p.edit("written by the other name", app(root), func() { write(t, other, "a: 2\n") })
	p.silent("written by a memory map", app(root), func() { mapWrite(t, app(root)) })
	p.edit("written in place", app(root), func() { write(t, app(root), "a: 4\n") })
}

func mapWrite(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	defer func() { must(t, f.Close()) }()
	memory, err := unix.Mmap(int(f.Fd()), 0, 5, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	must(t, err)
	memory[3] = '3'
	must(t, unix.Msync(memory, unix.MS_SYNC))
	must(t, unix.Munmap(memory))
}

// The kernel drops events when nobody reads them. A stalled notify does not cause that,
// because the watcher keeps reading; a stopped process does.
func TestF084_QueueOverflow(t *testing.T) {
	t.Parallel()
	room := queueRoom(t)
	file := app(folders(t, "conf"))
	write(t, file, "a: 1\n")
	c := startChild(t, nil, "watch", file)
	c.awaitLine("ready")
	c.stop()
	for i := range room/2 + 100 { // two events each, and the relevant one comes last
		name := filepath.Join(filepath.Dir(file), strconv.Itoa(i))
		must(t, os.Symlink("x", name))
		must(t, os.Remove(name))
	}
	// The new folder probably gets the inode number of the old one, and the event that the
	// old watch ended is among those lost.
	must(t, os.RemoveAll(filepath.Dir(file)))
	must(t, os.Mkdir(filepath.Dir(file), 0o755))
	write(t, file, "a: 2\n")
	c.signal(syscall.SIGCONT)
	c.awaitLine("overflow ")
	replace(t, file, "a: 3\n")
	c.awaitLine("renamed " + file)
	write(t, file, "a: 4\n")
	c.awaitLine("written " + file)
}

// Enough creates to overflow an unread kernel queue do no harm while notify is stalled,
// and the change after them is reported.
func TestF084_StalledNotify(t *testing.T) {
	t.Parallel()
	room := queueRoom(t)
	file := app(folders(t, "conf"))
	write(t, file, "a: 1\n")
	entered, leave := make(chan struct{}), make(chan struct{})
	events := make(chan watch.Event, 1000)
	stall := true
	w := watch.New(func(e watch.Event) {
		if stall {
			stall = false
			close(entered)
			<-leave
			return
		}
		events <- e
	})
	defer func() { must(t, w.Close()) }()
	w.Set([]string{file})
	write(t, file, "a: 2\n")
	<-entered
	for i := range room/2 + 100 {
		name := filepath.Join(filepath.Dir(file), strconv.Itoa(i))
		must(t, os.Symlink("x", name))
		must(t, os.Remove(name))
	}
	replace(t, file, "a: 3\n")
	close(leave)
	limit := time.After(testkit.Patience)
	for {
		select {
		case e := <-events:
			if e.Kind == watch.Overflow || e.Kind == watch.Replaced || e.Kind == watch.Renamed {
				return
			}
		case <-limit:
			t.Fatal("the change after the storm was never reported")
		}
	}
}

func queueRoom(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/sys/fs/inotify/max_queued_events")
	must(t, err)
	room, err := strconv.Atoi(strings.TrimSpace(string(text)))
	must(t, err)
	if room > 100_000 {
		t.Skipf("filling a queue of %d events takes too long", room)
	}
	return room
}

// Without a descriptor to watch with, there is one Failed event that names the limits,
// not one for each try. Rearm watches everything once it can.
func TestF085_NoInstance(t *testing.T) {
	t.Parallel()
	file := app(folders(t, "conf"))
	write(t, file, "a: 1\n")
	c := startChild(t, nil, "instances", file)
	if line := c.awaitLine("failed"); !strings.Contains(line, "fs.inotify.max_user_instances") {
		t.Errorf("got %q, want the limit's name", line)
	}
	c.awaitLine("replaced " + file)
	write(t, file, "a: 2\n")
	c.awaitLine("written " + file)
	if n := strings.Count(c.text.String(), "failed "); n != 1 {
		t.Errorf("%d Failed events, want one:\n%s", n, c.text.String())
	}
}

// The same for the number of watches, in a user namespace where the limit can be set.
func TestF085_NoWatch(t *testing.T) {
	t.Parallel()
	file := app(folders(t, "conf"))
	write(t, file, "a: 1\n")
	c := startChild(t, &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}, "watches", file)
	if line := c.awaitLine("limit "); line != "limit set" {
		t.Skip(line)
	}
	if line := c.awaitLine("failed"); !strings.Contains(line, "fs.inotify.max_user_watches") {
		t.Errorf("got %q, want the limit's name", line)
	}
	c.awaitLine("replaced " + file)
	write(t, file, "a: 2\n")
	c.awaitLine("written " + file)
}

// childTask is the environment variable that turns the test binary into a child.
const childTask = "HOTBIND_WATCH_CHILD"

// TestChild is the program for the tests above that need a separate process: it watches
// one file and prints its events until its input ends.
func TestChild(t *testing.T) {
	task, file, ok := strings.Cut(os.Getenv(childTask), " ")
	if !ok {
		t.Skip("it does something in a child of other tests only")
	}
	w := watch.New(func(e watch.Event) {
		fmt.Println(e.Kind, e.Path, e.Err)
	})
	switch task {
	case "instances":
		withoutDescriptors(t, func() { w.Set([]string{file}); w.Rearm(); w.Rearm() })
		w.Rearm()
	case "watches":
		limit := "/proc/sys/user/max_inotify_watches"
		if err := os.WriteFile(limit, []byte("0"), 0); err != nil {
			fmt.Println("limit cannot be set here:", err)
			must(t, w.Close())
			return
		}
		fmt.Println("limit set")
		w.Set([]string{file})
		w.Rearm()
		must(t, os.WriteFile(limit, []byte("1000"), 0))
		w.Rearm()
	default:
		w.Set([]string{file})
		fmt.Println("ready")
	}
	_, err := io.Copy(io.Discard, os.Stdin)
	must(t, errors.Join(err, w.Close()))
}

// withoutDescriptors calls f while no more descriptors can be opened.
func withoutDescriptors(t *testing.T, f func()) {
	t.Helper()
	var before syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before))
	must(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 1, Max: before.Max}))
	f()
	must(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before))
}

// A child is this test binary in another process.
type child struct {
	t       *testing.T
	process *os.Process
	lines   chan string
	text    strings.Builder
}

// startChild runs TestChild; it ends with the test.
func startChild(t *testing.T, attr *syscall.SysProcAttr, task, file string) *child {
	t.Helper()
	program, err := os.Executable()
	must(t, err)
	cmd := exec.Command(program, "-test.run=^TestChild$", "-test.v")
	cmd.Env = append(os.Environ(), childTask+"="+task+" "+file)
	cmd.SysProcAttr = attr
	input, err := cmd.StdinPipe()
	must(t, err)
	output, err := cmd.StdoutPipe()
	must(t, err)
	if err := cmd.Start(); err != nil {
		t.Skipf("a child like that cannot be started here: %v", err)
	}
	c := &child{t: t, process: cmd.Process, lines: make(chan string, 10_000)}
	go func() {
		defer close(c.lines)
		for s := bufio.NewScanner(output); s.Scan(); {
			c.lines <- s.Text()
		}
	}()
	t.Cleanup(func() {
		if t.Failed() {
			_ = cmd.Process.Kill() // it may be suspended
		}
		must(t, input.Close())
		for line := range c.lines {
			c.text.WriteString(line + "\n")
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("child: %v\n%s", err, c.text.String())
		}
	})
	return c
}

// awaitLine waits for a line that begins with start and returns it.
func (c *child) awaitLine(start string) string {
	c.t.Helper()
	limit := time.After(testkit.Patience)
	for {
		select {
		case line, ok := <-c.lines:
			if !ok {
				c.t.Fatalf("the child ended before %q:\n%s", start, c.text.String())
			}
			c.text.WriteString(line + "\n")
			if strings.HasPrefix(line, start) {
				return line
			}
		case <-limit:
			c.t.Fatalf("no %q from the child:\n%s", start, c.text.String())
		}
	}
}

// stop suspends the child and returns once it is suspended.
func (c *child) stop() {
	c.t.Helper()
	c.signal(syscall.SIGSTOP)
	var status syscall.WaitStatus
	_, err := syscall.Wait4(c.process.Pid, &status, syscall.WUNTRACED, nil)
	must(c.t, err)
	if !status.Stopped() {
		c.t.Fatalf("the child did not stop: %v", status)
	}
}

func (c *child) signal(s syscall.Signal) {
	c.t.Helper()
	must(c.t, c.process.Signal(s))
}
