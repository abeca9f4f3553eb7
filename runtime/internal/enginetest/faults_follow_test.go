//go:build linux

package enginetest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/source"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// A save that changes no value makes no revision, calls no hook and sends no message.
func TestF081_NoChange(t *testing.T) {
	t.Parallel()
	path := file(t, config(1))
	f := follow(t, rt.File(path), rt.WithPollInterval(20*time.Millisecond))
	var calls noted
	f.Left().OnChange(calls.call)
	f.OnChange(func(_ context.Context, d *service.Diff) error { calls.add("all"); return nil })
	for _, change := range []func(){ // each is read separately
		func() { must(t, os.Chmod(path, 0o600)) },
		func() { now := time.Now(); must(t, os.Chtimes(path, now, now)) },
		func() { write(t, path, config(1)) },
		func() { replace(t, path, config(1)) },
		func() { replace(t, path, "# remark\nright:   1\nleft: 1\nname: 'service'\n") },
		func() { replace(t, path, `{"name": "service", "left": 1.0, "right": 1, "workers": 4}`) },
	} {
		change()
		if r := must1[rt.ReloadResult](t)(f.Manager().Reload(t.Context())); r.Changed {
			t.Errorf("got %+v, want no change", r)
		}
	}
	if s := f.Manager().Status(); s.Revision.ID != 1 || s.LastError != nil {
		t.Errorf("got %+v, want revision 1", s)
	}
	f.logged("", 0)
	f.fence(path, 2)
	calls.want(t, "1→2 all")
	if id := f.Manager().Status().Revision.ID; id != 2 {
		t.Errorf("got revision %d, want 2", id)
	}
}

// A thousand writes as fast as possible end with the last one, after few reloads: the
// times are longer than any stall of a busy machine between two writes.
func TestF082_RapidWrites(t *testing.T) {
	t.Parallel()
	for name, save := range map[string]func(testing.TB, string, string){"in place": write, "rename": replace} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := file(t, config(1))
			s := spyOn(path)
			f := follow(t, s, rt.WithDebounce(3*time.Second), rt.WithSettle(3*time.Second), rt.WithMaxWait(time.Hour))
			for n := range 1000 {
				save(t, path, config(n+2))
			}
			f.left(1001)
			if n := s.loads.Load(); n > 20 {
				t.Errorf("got %d loads of a thousand writes", n)
			}
			f.logged("ERROR", 0)
		})
	}
}

// Endless writes are read within the maximum wait. The files are replaced; tests of
// package engine with a fake clock cover writes in place.
func TestF083_WritesWithoutEnd(t *testing.T) {
	t.Parallel()
	path := file(t, config(1))
	f := follow(t, rt.File(path), rt.WithMaxWait(time.Second))
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	wg.Go(func() {
		for n := 2; ctx.Err() == nil; n++ {
			replace(t, path, config(n))
			select {
			case <-time.After(50 * time.Millisecond):
			case <-ctx.Done():
			}
		}
	})
	testkit.Until(t, "a change in the storm", func() bool { return f.Current().Left > 1 })
	f.logged("ERROR", 0)
}

// A missing file or folder is an error at the start, or an option waits for it.
func TestF086_MissingAtStart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "conf", "app.yaml")
	live, err := service.Open(t.Context(), rt.From(rt.File(path)), quiet())
	if live != nil || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := service.Open(ctx, rt.From(rt.File(path)), rt.WaitForFiles(), quiet()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want that waiting ends with the context", err)
	}
	s, reads := spyOn(path), 0 // since the file exists
	s.meddle(func(n int, content []byte, err error) ([]byte, error) {
		switch {
		case n == 1:
			must(t, os.Mkdir(filepath.Dir(path), 0o755))
			write(t, path, strings.TrimSuffix(config(1), "right: 1\n"))
		case err == nil:
			if reads++; reads == 2 {
				write(t, path, config(1))
			}
		}
		return content, err
	})
	f := follow(t, s, rt.WaitForFiles())
	if c := f.Current(); c.Left != 1 || c.Right != 1 {
		t.Errorf("got %+v, want the whole file", c)
	}
	f.fence(path, 2)
}

// If two layers read one file, both change.
func TestF087_TwoLayersOneFile(t *testing.T) {
	t.Parallel()
	one := file(t, config(1))
	two := filepath.Join(filepath.Dir(one), "two.yaml")
	must(t, os.Symlink("app.yaml", two))
	s1, s2 := spyOn(one), spyOn(two)
	f := follow(t, s1, rt.From(s2))
	n1, n2 := s1.loads.Load(), s2.loads.Load()
	write(t, one, config(2))
	f.left(2)
	if s1.loads.Load() == n1 || s2.loads.Load() == n2 {
		t.Error("one of the layers was not read again")
	}
	replace(t, one, config(3))
	f.left(3)
}

// A write between the first read and the first event is detected: files are watched
// before they are read.
func TestF088_WriteDuringOpen(t *testing.T) {
	t.Parallel()
	path := file(t, config(1))
	s := spyOn(path)
	s.meddle(func(n int, content []byte, err error) ([]byte, error) {
		if n == 2 { // the last read of Open
			write(t, path, config(2))
		}
		return content, err
	})
	f := follow(t, s)
	f.left(2)
}

// New bytes are detected whatever the size and the times of the file: these decide
// nothing.
func TestF089_SizeAndTimesTheSame(t *testing.T) {
	t.Parallel()
	path := file(t, config(1))
	at := time.Now().Add(-time.Hour)
	must(t, os.Chtimes(path, at, at))
	f := follow(t, rt.File(path), rt.WithPollInterval(100*time.Millisecond))
	for i, day := range []int{0, 1, -1, 3650} {
		other := path + ".new"
		write(t, other, config(i+2))
		at := at.AddDate(0, 0, day)
		must(t, os.Chtimes(other, at, at))
		must(t, os.Rename(other, path))
		f.left(i + 2)
	}
	future := file(t, config(1))
	at = time.Now().AddDate(1, 0, 0)
	must(t, os.Chtimes(future, at, at))
	follow(t, rt.File(future)).fence(future, 2)
}

// A stopped process catches up with the last change. With HOTBIND_FULL=1, it is stopped
// for the minute of this row.
func TestF090_Stopped(t *testing.T) {
	t.Parallel()
	path := file(t, config(1))
	c := startChild(t, "follow", path)
	c.shows("open 1")
	must(t, c.cmd.Process.Signal(syscall.SIGSTOP))
	for n := 2; n <= 50; n++ {
		write(t, path, config(n))
		replace(t, path, config(n))
	}
	if full {
		time.Sleep(time.Minute)
	}
	must(t, c.cmd.Process.Signal(syscall.SIGCONT))
	start := time.Now()
	c.shows("left 50")
	t.Logf("caught up in %v", time.Since(start))
}

// Close in the middle of a storm of writes returns in time.
func TestF092_CloseDuringStorm(t *testing.T) {
	t.Parallel()
	path := file(t, config(1))
	for range 3 {
		f := follow(t, rt.File(path), rt.WithDebounce(time.Millisecond), rt.WithSettle(time.Millisecond), rt.WithMaxWait(10*time.Millisecond))
		var stop atomic.Bool
		var storm sync.WaitGroup
		storm.Go(func() {
			for n := f.Current().Left + 1; !stop.Load(); n++ {
				write(t, path, config(n))
				replace(t, path, config(n))
			}
		})
		testkit.Until(t, "a reload", func() bool { return f.Manager().Status().Reloads > 0 })
		err := f.Close() // returns an error if it takes too long
		stop.Store(true)
		if err != nil {
			t.Error(err)
		}
		storm.Wait()
	}
}

// Opening and closing a thousand times leaves no goroutine and no descriptor. The kernel
// needs 10 ms to close each, so there are fewer without HOTBIND_FULL=1. Not parallel: it
// would count the goroutines and files of other tests.
func TestF092_OpenAndCloseLeaveNothing(t *testing.T) {
	rounds := 200
	if full {
		rounds = 1000
	} else if testing.Short() {
		rounds = 30
	}
	path := file(t, config(1))
	ignored := goleak.IgnoreCurrent()
	before := descriptors(t)
	for round := range rounds {
		live, err := service.Open(t.Context(), rt.From(rt.File(path)), quiet())
		must(t, err)
		live.Left().OnChange(func(context.Context, rt.Change[int]) error { return nil })
		must(t, live.Close())
		if round%10 > 0 {
			continue
		}
		if _, err := service.Open(t.Context(), rt.From(rt.File(path+".missing")), quiet()); err == nil {
			t.Fatal("a missing file was opened")
		}
	}
	if after := descriptors(t); after > before {
		t.Errorf("got %d open files, %d before", after, before)
	}
	goleak.VerifyNone(t, ignored)
}

// Good content, bad content, and the first bytes again: the recovery is reported once.
func TestF093_GoodAgain(t *testing.T) {
	t.Parallel()
	path := file(t, config(1))
	f := follow(t, rt.File(path))
	for range 2 {
		write(t, path, "name: [\n")
		f.refused(path + ":1:")
		write(t, path, config(1))
		f.left(1)
	}
	f.logged("ERROR", 2)
	f.logged("valid again", 2)
	if s := f.Manager().Status(); s.Revision.ID != 1 || s.Reloads != 0 || s.Refusals != 2 {
		t.Errorf("got %+v, want revision 1 and 2 refusals", s)
	}
}

// A bad file makes no revision, however often it is saved or reloaded, and calls no hook.
// A repeated refusal is logged once.
func TestF094_BadAThousandTimes(t *testing.T) {
	t.Parallel()
	path := file(t, config(1))
	f := follow(t, rt.File(path))
	var calls noted
	f.Left().OnChange(calls.call)
	for range 1000 {
		replace(t, path, "name: service\nleft: many\n") // whole: a look after the maximum wait must not find half of it
		if _, err := f.Manager().Reload(t.Context()); err == nil {
			t.Fatal("a bad file was accepted")
		}
	}
	if id := f.Manager().Status().Revision.ID; id != 1 {
		t.Errorf("got revision %d, want 1", id)
	}
	f.logged("ERROR", 1)
	f.fence(path, 2)
	calls.want(t, "1→2")
	if id := f.Manager().Status().Revision.ID; id != 2 {
		t.Errorf("got revision %d, want 2", id)
	}
}

// Two layers that change in one settle time make one revision; a change that is undone
// makes none. The settle time does not end, so each reload is requested.
func TestF102_OneVersion(t *testing.T) {
	t.Parallel()
	one, two := file(t, "name: service\nleft: 1\n"), file(t, "right: 1\n")
	age(t, one, two)
	f := follow(t, rt.File(one), rt.From(rt.File(two)), rt.WithPollInterval(time.Second), rt.WithSettle(time.Hour), rt.WithMaxWait(time.Hour))
	var calls noted
	f.OnChange(func(_ context.Context, d *service.Diff) error {
		calls.add("%d %d", d.New.Left, d.New.Right)
		return nil
	})
	write(t, one, "name: service\nleft: 2\n")
	write(t, two, "right: 2\n")
	must1[rt.ReloadResult](t)(f.Manager().Reload(t.Context()))
	f.left(2)
	write(t, one, "name: service\nleft: 3\n")
	write(t, two, "right: 3\n")
	write(t, one, "name: service\nleft: 2\n")
	write(t, two, "right: 2\n")
	if r, err := f.Manager().Reload(t.Context()); err != nil || r.Changed {
		t.Errorf("there and back: got %+v, %v, want no change", r, err)
	}
	write(t, one, "name: service\nleft: 4\n")
	write(t, two, "right: 4\n")
	must1[rt.ReloadResult](t)(f.Manager().Reload(t.Context()))
	f.left(4)
	calls.want(t, "2 2 4 4")
	if id := f.Manager().Status().Revision.ID; id != 3 {
		t.Errorf("got revision %d, want %s", id, fmt.Sprint(3))
	}
}

// A counted source counts its reads.
type counted struct {
	source.FileSet
	reads atomic.Int64
}

func (c *counted) Read(ctx context.Context) ([]byte, error) {
	c.reads.Add(1)
	return c.FileSet.Read(ctx)
}
