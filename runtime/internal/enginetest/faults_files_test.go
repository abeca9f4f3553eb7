//go:build linux

package enginetest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/source"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// The messages of a reload have the finding in the file, and the revision that stays in
// force.
func TestF033_ReloadSaysWhatIsKept(t *testing.T) {
	t.Parallel()
	path := file(t, config(1))
	f := follow(t, rt.File(path))
	replace(t, path, "name: service\nworkers: 500\n")
	err := f.refused("workers")
	want := "configuration refused, revision 1 stays in force: " + path + ":2:10: workers: 500 is more than the maximum 100"
	if err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
	f.logged("ERROR", 1)
}

// An unreadable file keeps the last good version in force, and is read when it becomes
// readable.
func TestF035_Mode000(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root may read every file")
	}
	path := file(t, config(1))
	f := follow(t, rt.File(path), rt.WithPollInterval(50*time.Millisecond))
	write(t, path, config(2))
	must(t, os.Chmod(path, 0))
	f.refused("permission denied")
	must(t, os.Chmod(path, 0o644))
	f.left(2)
}

// A source that cannot be read is reported once and retried without an event.
func TestF035_ReadError(t *testing.T) {
	t.Parallel()
	path := file(t, config(1))
	s := spyOn(path)
	f := follow(t, s, rt.WithPollInterval(20*time.Millisecond))
	s.meddle(func(int, []byte, error) ([]byte, error) { return nil, syscall.EIO })
	err := f.refused("input/output error")
	var src *source.Error
	if !errors.Is(err, syscall.EIO) || !errors.As(err, &src) || src.Source != path {
		t.Errorf("got %#v, want a SourceError that names the file", err)
	}
	n := s.reads.Load()
	testkit.Until(t, "further attempts", func() bool { return s.reads.Load() > n+5 })
	f.logged("ERROR", 1)
	s.meddle(nil)
	f.left(1)
	f.logged("valid again", 1)
}

// A process without free descriptors keeps the configuration and reads again when there
// are some.
func TestF035_NoDescriptors(t *testing.T) {
	t.Parallel()
	path := file(t, config(1))
	c := startChild(t, "emfile", path)
	c.shows("open 1")
	c.shows("exhausted")
	write(t, path, config(2))
	c.shows("too many open files")
	c.shows("left 2")
}

// Anything but a regular file is refused at once and never opened: opening a pipe waits
// for a writer.
func TestF036_SpecialFiles(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	pipe := filepath.Join(folder, "pipe.yaml")
	must(t, unix.Mkfifo(pipe, 0o644))
	socket := filepath.Join(folder, "s.yaml")
	listener, err := net.Listen("unix", socket)
	must(t, err)
	defer listener.Close()
	for path, want := range map[string]string{
		folder: "a folder", pipe: "a named pipe", socket: "a socket", "/dev/zero": "a device",
	} {
		ctx, cancel := context.WithTimeout(t.Context(), testkit.Patience)
		live, err := service.Open(ctx, rt.From(rt.File(path)), quiet())
		cancel()
		if err == nil {
			live.Close()
		}
		if err == nil || !strings.Contains(err.Error(), path+": is "+want+", not a regular file") {
			t.Errorf("%s: got %v, want the error that it is %s", path, err, want)
		}
	}
	path := file(t, config(1))
	f := follow(t, rt.File(path))
	must(t, os.Remove(path))
	must(t, unix.Mkfifo(path, 0o644))
	f.refused("a named pipe")
	replace(t, path, config(2))
	f.left(2)
}

// A file may disappear between the event and the read, and grow while it is read.
func TestF038_GoneAndGrowing(t *testing.T) {
	t.Parallel()
	path := file(t, config(1))
	s := spyOn(path)
	f := follow(t, s)
	gone := 0
	s.meddle(func(_ int, content []byte, err error) ([]byte, error) {
		if gone++; gone == 1 {
			return nil, fs.ErrNotExist
		}
		return content, err
	})
	replace(t, path, config(2))
	f.left(2)
	grown := 0
	s.meddle(func(_ int, content []byte, err error) ([]byte, error) {
		grown++
		return content[:min(len(content), len("name: service\nleft: 3\n")+grown)], err
	})
	write(t, path, config(3)) // in place: a renamed file does not grow without further events
	f.left(3)
	f.logged("ERROR", 0)
}

// The default settle time is longer than the pauses of a slow save.
func TestF068_DefaultSettle(t *testing.T) {
	t.Parallel()
	if 400*time.Millisecond < 2*200*time.Millisecond {
		t.Errorf("the default settle time is %v, want twice the longest pause of a slow save", 400*time.Millisecond)
	}
}

// A save in place in three pieces, the first two of which are valid on their own, is one
// revision. The settle time exceeds any stall of a busy machine, so no piece counts as
// the end, and the reload at the end does not wait for it. The pauses allow a premature
// read; the test also passes without them.
func TestF068_InPlaceInPieces(t *testing.T) {
	t.Parallel()
	path := file(t, config(1))
	age(t, path)
	f := follow(t, rt.File(path), rt.WithSettle(time.Hour), rt.WithMaxWait(time.Hour))
	var calls noted
	f.Left().OnChange(calls.call)
	out, err := os.Create(path)
	must(t, err)
	text := config(2)
	for i, pause := range []time.Duration{10 * time.Millisecond, 200 * time.Millisecond, 0} {
		time.Sleep(pause)
		_, err = out.WriteString(text[len(text)*i/3 : len(text)*(i+1)/3])
		must(t, err)
	}
	must(t, out.Close())
	must1[rt.ReloadResult](t)(f.Manager().Reload(t.Context()))
	f.left(2)
	calls.want(t, "1→2")
	f.logged("ERROR", 0)
	f.logged("reloaded", 1)
}

// The same save must not be read half if the configuration is opened in the middle of it.
// The save continues after the half was read twice with the same content.
func TestF068_OpenedDuringSave(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "app.yaml")
	text := config(2)
	half := strings.Index(text, "right")
	write(t, path, text[:half])
	s := spyOn(path)
	s.meddle(func(n int, content []byte, err error) ([]byte, error) {
		if n == 2 {
			write(t, path, text)
		}
		return content, err
	})
	f := follow(t, s)
	f.left(2)
	if id := f.Manager().Status().Revision.ID; id != 1 {
		t.Errorf("got revision %d, want that the first one is whole", id)
	}
}

// A file that becomes null, as a tool may leave it that found nothing, is refused like
// any value that the schema does not allow: it is neither empty nor all defaults.
func TestF011_Null(t *testing.T) {
	t.Parallel()
	path := file(t, config(1))
	f := follow(t, rt.File(path), rt.AllowEmpty())
	must(t, os.WriteFile(path, []byte("null\n"), 0o600))
	if err := f.refused("found null, want an object"); errors.Is(err, rt.ErrEmpty) {
		t.Errorf("got %v, want an error that differs from that of an empty file", err)
	}
	if f.Current().Left != 1 {
		t.Error("the last good version is not kept")
	}
}

// If a writer dies after truncating a file, that is reported once, and not before a slow
// writer could have continued.
func TestF069_WriterDies(t *testing.T) {
	t.Parallel()
	path := file(t, config(1))
	f := follow(t, rt.File(path), rt.WithPollInterval(30*time.Millisecond))
	must(t, os.Truncate(path, 0))
	if err := f.refused("empty"); !errors.Is(err, rt.ErrEmpty) {
		t.Errorf("got %v, want ErrEmpty", err)
	}
	if f.Current().Left != 1 {
		t.Error("the last good version is not kept")
	}
	f.fence(path, 2)
	f.logged("ERROR", 1)
}

// A saving is a way of saving a file with the number n.
type saving struct {
	name string
	tool string // the program it runs
	do   func(t *testing.T, path string, n int)
}

func savings() []saving {
	run := func(t *testing.T, path string, n int, script string) {
		t.Helper()
		cmd := exec.Command("sh", "-ec", script)
		cmd.Env = append(os.Environ(), "F="+path, "TEXT="+config(n), fmt.Sprint("N=", n))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", script, err, out)
		}
	}
	script := func(name, tool, text string) saving {
		return saving{name, tool, func(t *testing.T, path string, n int) { run(t, path, n, text) }}
	}
	return []saving{
		{"F070 temporary file and rename", "", func(t *testing.T, path string, n int) { replace(t, path, config(n)) }},
		{"F070 rename from another folder", "", func(t *testing.T, path string, n int) {
			other := filepath.Join(t.TempDir(), "new")
			write(t, other, config(n))
			must(t, os.Rename(other, path))
		}},
		{"F070 exchange", "", func(t *testing.T, path string, n int) {
			other := path + ".other"
			write(t, other, config(n))
			must(t, unix.Renameat2(unix.AT_FDCWD, other, unix.AT_FDCWD, path, unix.RENAME_EXCHANGE))
		}},
		script("F071 vim", "sh", `d=$(dirname "$F"); touch "$d/4913"; rm "$d/4913"; rm -f "$F~"; mv "$F" "$F~"; printf %s "$TEXT" >"$F"; rm "$F~"`),
		script("F071 sed -i", "sed", `sed -i "s/[0-9][0-9]*/$N/" "$F"`),
		script("F071 install", "install", `printf %s "$TEXT" >"$F.in"; install -m 644 "$F.in" "$F"`),
		script("F071 cp --remove-destination", "cp", `printf %s "$TEXT" >"$F.in"; cp --remove-destination "$F.in" "$F"`),
		script("F071 ln -f", "ln", `printf %s "$TEXT" >"$F.$N"; ln -f "$F.$N" "$F"`),
	}
}

// Every way of saving is detected, and so are later saves, by events alone and without a
// false alarm.
func TestF070_F071_WaysOfSaving(t *testing.T) {
	t.Parallel()
	for _, s := range savings() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			if s.tool != "" {
				if _, err := exec.LookPath(s.tool); err != nil {
					t.Skipf("no %s here", s.tool)
				}
			}
			path := file(t, config(1))
			f := follow(t, rt.File(path))
			s.do(t, path, 2)
			f.left(2)
			s.do(t, path, 3)
			f.left(3)
			write(t, path, config(4))
			f.left(4)
			f.logged("ERROR", 0)
			f.logged("reloaded", 3)
		})
	}
}

// A gap between delete and recreate is reported only if it lasts, and once. Tests of the
// engine with a fake clock cover the hour of this row; here the gap is longer than any
// stall of a busy machine.
func TestF072_DeleteAndRecreate(t *testing.T) {
	t.Parallel()
	path := file(t, config(1))
	f := follow(t, rt.File(path), rt.WithPollInterval(50*time.Millisecond), rt.WithDebounce(3*time.Second))
	must(t, os.Remove(path))
	testkit.Until(t, "the file is missed", func() bool { return len(f.Manager().Watching().Pending()) > 0 })
	write(t, path, config(2))
	f.left(2)
	f.logged("ERROR", 0)
	must(t, os.Remove(path))
	if err := f.refused("no such file"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
	if f.Current().Left != 2 {
		t.Error("the last good version is not kept")
	}
	write(t, path, config(3))
	f.left(3)
	f.logged("ERROR", 1)
}

// A write through another name or a memory map sends no event for the file: the poll
// finds it.
func TestF078_WrittenWithoutEvent(t *testing.T) {
	t.Parallel()
	path := file(t, config(1))
	other := filepath.Join(t.TempDir(), "other.yaml")
	if err := os.Link(path, other); err != nil {
		t.Skipf("no hard links here: %v", err)
	}
	f := follow(t, rt.File(path), rt.WithPollInterval(100*time.Millisecond))
	write(t, other, config(2))
	f.left(2)

	out, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	defer out.Close()
	mapped, err := unix.Mmap(int(out.Fd()), 0, len(config(3)), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	must(t, err)
	copy(mapped, config(3))
	must(t, unix.Munmap(mapped))
	f.left(3)
}
