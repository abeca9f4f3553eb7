//go:build linux

package enginetest

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hotbind/hotbind/runtime/history"

	rt "github.com/hotbind/hotbind/runtime"
)

func init() {
	children["save"] = childSave
	children["term"] = childTerm
}

// childSave reloads and rolls back as fast as possible, with a store beside the file, and
// prints each revision after it was reported as in force and saved. It ends after
// HOTBIND_SAVES tries, if that is set.
func childSave(path string) {
	live := childOpen(path, history.Store(path+".store", history.Fallback()), rt.WithSettle(0), rt.WithHotReload(false), rt.WithRetention(rt.Retention{Count: 20}))
	tries, _ := strconv.Atoi(os.Getenv("HOTBIND_SAVES"))
	first := live.Current().Left + 1
	for n := first; tries == 0 || n < first+tries; n++ {
		if os.WriteFile(path+".new", []byte(config(n)), 0o600) != nil || os.Rename(path+".new", path) != nil {
			continue // the injected fault is meant for the store
		}
		result, err := live.Manager().Reload(context.Background())
		if err == nil {
			err = live.Manager().Status().StoreError
		}
		if err != nil {
			fmt.Println("failed", err)
			continue
		}
		fmt.Println("saved", result.Revision.ID, n)
		if n%5 == 0 {
			live.Manager().Rollback(context.Background(), rt.Steps(1))
		}
	}
}

// F112, F113 for a whole service: killed at any moment, it starts again, also from the
// store, with what it reported as saved. Nothing in the store is torn, and no temporary
// file remains. HOTBIND_FULL=1 kills it 1,000 times.
func TestGuarantee8_F112_SavedSurvivesKill(t *testing.T) {
	t.Parallel()
	rounds := 8
	if full {
		rounds = 1000
	}
	path := file(t, config(0))
	random := rand.New(rand.NewPCG(3, 4))
	saved, total := 0, 0
	for range rounds {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "HOTBIND_CHILD=save", "HOTBIND_FILE="+path)
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		delay := time.Duration(random.IntN(60)) * time.Millisecond
		time.AfterFunc(delay+20*time.Millisecond, func() { cmd.Process.Kill() })
		text, _ := io.ReadAll(out)
		cmd.Wait()
		for _, line := range strings.Split(string(text), "\n") {
			if id, n := 0, 0; strings.HasPrefix(line, "failed") {
				t.Error(line)
			} else if _, err := fmt.Sscanf(line, "saved %d %d", &id, &n); err == nil {
				saved, total = id, total+1
			}
		}
		write(t, path, "half a fi")
		live, err := stored(t, path, path+".store", history.Store(path+".store", history.Fallback()), rt.WithRetention(rt.Retention{Count: 20}))
		if err != nil {
			if saved > 0 {
				t.Fatalf("with revision %d saved: %v", saved, err)
			}
			write(t, path, config(0))
			continue
		}
		if id := int(live.Manager().Status().Revision.ID); id < saved {
			t.Errorf("started with revision %d, saved was %d", id, saved)
		}
		for _, r := range live.Manager().Revisions().List(0, 0) {
			if _, err := live.Manager().Revisions().Config(r.ID); err != nil {
				t.Error(err)
			}
		}
		must(t, live.Close())
		replace(t, path, config(live.Current().Left))
		noTemporaryFiles(t, path+".store")
	}
	t.Logf("killed %d times; %d revisions were reported as saved", rounds, total)
}

func noTemporaryFiles(t testing.TB, dir string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if strings.Contains(filepath.Base(path), "tmp") {
			t.Errorf("%s is left", path)
		}
		return err
	}))
}

// childTerm has a slow hook, and ends on SIGTERM.
func childTerm(path string) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	live := childOpen(path, history.Store(path+".store"), rt.WithSettle(0))
	live.Left().OnChange(func(ctx context.Context, c rt.Change[int]) error {
		fmt.Println("in hook")
		<-ctx.Done()
		return ctx.Err()
	})
	if live.Current().Left == 1 {
		go io.Copy(io.Discard, os.Stdin)
	}
	<-ctx.Done()
	fmt.Println("closed", live.Close())
}

// F111: SIGTERM in the middle of a reload ends the service in time, and the store is
// intact and holds what was in force before.
func TestF111_TermInMidReload(t *testing.T) {
	t.Parallel()
	path := file(t, config(1))
	c := startChild(t, "term", path)
	c.shows("open 1")
	replace(t, path, config(2))
	c.shows("in hook")
	must(t, c.cmd.Process.Signal(syscall.SIGTERM))
	c.shows("closed <nil>")
	write(t, path, "bad: [")
	live, err := stored(t, path, path+".store", history.Store(path+".store", history.Fallback()))
	must(t, err)
	defer live.Close()
	if live.Current().Left != 1 || len(live.Manager().Revisions().List(0, 0)) != 1 {
		t.Errorf("got %v", live.Current())
	}
}

// F111 in the middle of a rollback.
func TestF111_TermInMidRollback(t *testing.T) {
	path := file(t, config(1))
	f := follow(t, rt.File(path), history.Store(path+".store"), rt.WithSettle(0))
	save(t, f.Live, path, config(2))
	inside := make(chan struct{})
	f.Left().OnChange(func(ctx context.Context, _ rt.Change[int]) error {
		close(inside)
		<-ctx.Done()
		return ctx.Err()
	})
	rolled := make(chan error)
	go func() { rolled <- second(f.Manager().Rollback(context.Background(), rt.Steps(1))) }()
	<-inside
	must(t, f.Close()) // returns an error if it takes too long
	if err := <-rolled; err != rt.ErrClosed || f.Current().Left != 2 {
		t.Errorf("got %v, %d", err, f.Current().Left)
	}
	live := mustOpen(t, path, path+".store")
	if live.Manager().Status().Revision.ID != 2 {
		t.Errorf("got %+v", live.Manager().Status().Revision)
	}
}

// F115, F116 by the system itself: strace makes the n-th system call of each kind in a
// save fail, in a whole service. The service can start from what was reported as saved,
// and reports what was not saved.
func TestF115_F116_CallsFail(t *testing.T) {
	t.Parallel()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("there is no strace")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "app.yaml")
	rounds := 3
	if full {
		rounds = 40
	}
	failed := 0
	for _, fault := range []string{"fsync:error=EIO", "fsync:error=ENOSPC", "renameat:error=EIO", "fchmod:error=EROFS"} {
		for when := range rounds {
			must(t, os.RemoveAll(path+".store"))
			write(t, path, config(1))
			live := mustOpen(t, path, path+".store") // the first revision is saved
			must(t, live.Close())
			text, ok := tracedChild(t, strace, path, fmt.Sprintf("%s:when=%d+%d", fault, 1+when*3, 1+when%2*5))
			if !ok {
				t.Skip("strace may not trace here")
			}
			last := 1
			for _, line := range strings.Split(text, "\n") {
				if id, n := 0, 0; strings.HasPrefix(line, "failed") {
					failed++
				} else if _, err := fmt.Sscanf(line, "saved %d %d", &id, &n); err == nil {
					last = id
				}
			}
			write(t, path, "bad: [")
			live, err := stored(t, path, path+".store", history.Store(path+".store", history.Fallback()), rt.WithRetention(rt.Retention{Count: 20}))
			if err != nil {
				t.Fatalf("%s, %d: %v", fault, when, err)
			}
			if id := int(live.Manager().Status().Revision.ID); id < last {
				t.Errorf("%s, %d: started with revision %d, saved was %d", fault, when, id, last)
			}
			must(t, live.Close())
		}
	}
	t.Logf("%d saves were reported as failed", failed)
	if failed == 0 {
		t.Error("no fault had an effect")
	}
}

// tracedChild runs a service that saves a few times under strace.
func tracedChild(t testing.TB, strace, path, inject string) (text string, traced bool) {
	t.Helper()
	call, _, _ := strings.Cut(inject, ":")
	cmd := exec.Command(strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace="+call, "-e", "inject="+inject, os.Args[0])
	cmd.Env = append(os.Environ(), "HOTBIND_CHILD=save", "HOTBIND_FILE="+path, "HOTBIND_SAVES=25")
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	reported, _ := io.ReadAll(out)
	cmd.Wait()
	return string(reported), len(reported) > 0
}
