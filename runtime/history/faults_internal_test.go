package history

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
	"github.com/hotbind/hotbind/runtime/internal/disk"
	"github.com/hotbind/hotbind/runtime/internal/disk/disktest"
)

// A service is killed at each disk operation, in its first run and in a later one. Each
// time, the store then opens with everything that was reported as saved, and nothing is
// torn or left half written.
func TestF113_KillAtEachOperation(t *testing.T) {
	t.Parallel()
	for _, first := range []bool{true, false} {
		for at := 1; ; at++ {
			m, from := disktest.NewMemory(), 1
			if !first {
				m, from = filled(t), 4
			}
			f := &disktest.Faulty{FS: m, At: at}
			saved, backup, _ := service(f, from, from+3)
			what := fmt.Sprintf("first run %v, killed at operation %d", first, at)
			left := m.Killed()
			whole(t, what, left, saved)
			wholeBackups(t, what, left, backup)
			if !f.Reached() {
				break
			}
		}
	}
}

// The machine loses power at each operation, with the names of unsynced files lost or
// kept.
func TestF114_PowerLossAtEachOperation(t *testing.T) {
	t.Parallel()
	for _, names := range []bool{false, true} {
		for at := 1; ; at++ {
			m := filled(t)
			f := &disktest.Faulty{FS: m, At: at}
			saved, backup, _ := service(f, 4, 7)
			if len(saved) == 0 {
				saved = []int{3} // the newest one of the previous run
			}
			left := m.PowerLoss(names)
			what := fmt.Sprintf("names kept %v, power lost at operation %d", names, at)
			whole(t, what, left, saved)
			wholeBackups(t, what, left, backup)
			if !f.Reached() {
				break
			}
		}
	}
}

// The disk is full, failing or read-only at each operation, once or for a while, before
// or after the operation took effect. Nothing that failed is reported as saved, and when
// the fault is over, everything is saved.
func TestF115_F116_ErrorAtEachOperation(t *testing.T) {
	t.Parallel()
	errorAtEachOperation(t, syscall.ENOSPC, 1, false)
	errorAtEachOperation(t, syscall.EROFS, 12, false)
	errorAtEachOperation(t, syscall.EIO, 1, true)
	errorAtEachOperation(t, syscall.EIO, 12, true)
}

func errorAtEachOperation(t *testing.T, cause error, lasting int, after bool) {
	for at := 1; ; at++ {
		m := filled(t)
		f := &disktest.Faulty{FS: m, At: at, Until: at + lasting - 1, Err: cause, After: after}
		saved, backup, errs := service(f, 4, 7)
		what := fmt.Sprintf("%v at operation %d to %d, after %v", cause, at, f.Until, after)
		for _, err := range errs {
			if !errors.Is(err, cause) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if len(saved) == 0 {
			saved = []int{3}
		}
		left := m.PowerLoss(false)
		whole(t, what, left, saved)
		wholeBackups(t, what, left, backup)
		if !f.Reached() {
			break
		}
	}
}

// While the disk is full, revisions are kept in memory, the last one is available, and an
// error reports it. When there is space again, the error is cleared and all revisions are
// on disk.
func TestF115_FullDiskAndBack(t *testing.T) {
	t.Parallel()
	m := disktest.NewMemory()
	f := &disktest.Faulty{FS: m}
	h, _ := reopen(t, f, rt.Retention{Count: 3})
	must(t, h.Add(record(1)))
	f.At, f.Until, f.Err = 1, 1<<30, syscall.ENOSPC
	for id := 2; id <= 6; id++ {
		err := h.Add(record(id))
		want := fmt.Sprintf("revision %d is in force but not saved: write /var/store/revisions/%010d.json: no space left on device; "+
			"it is kept in memory and saved with the next one", id, max(2, id-3))
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		if !errors.Is(err, syscall.ENOSPC) || !errors.Is(h.Unsaved(), syscall.ENOSPC) {
			t.Errorf("got %v and %v", err, h.Unsaved())
		}
	}
	// Revision 1 stays, because a restart would find it.
	hold(t, h, 1, 4, 5, 6)
	left := m.Killed()
	old, _ := reopen(t, left, rt.Retention{})
	hold(t, old, 1)

	f.At = 0
	must(t, h.Add(record(7)))
	must(t, h.Unsaved())
	hold(t, h, 5, 6, 7)
	must(t, h.Close())
	again, _ := reopen(t, m, rt.Retention{})
	hold(t, again, 5, 6, 7)
}

// noRoom is a full disk: nothing can be created, but everything can be removed.
type noRoom struct{ disk.FS }

func (noRoom) OpenNew(path string) (disk.File, error) {
	return nil, &fs.PathError{Op: "open", Path: path, Err: syscall.ENOSPC}
}

// A revision that could not be saved replaces no saved one, because a restart would find
// only saved ones.
func TestF115_UnsavedReplacesNothing(t *testing.T) {
	t.Parallel()
	m := filled(t)
	h, _, err := open(noRoom{m}, dir, rt.Retention{Count: 1}, time.Now)
	must(t, err)
	for id := 4; id <= 6; id++ {
		if err := h.Add(record(id)); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("got %v", err)
		}
	}
	if _, err := h.Prune(rt.Retention{Count: 1}); err != nil {
		t.Error(err)
	}
	err = h.Close()
	want := "revision 6 is not saved and is lost when this process ends; earlier ones stay on disk: create /var/store/revisions/0000000006.json: no space left on device"
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	again, _ := reopen(t, m, rt.Retention{})
	hold(t, again, 3)
}

// Memory is bounded even if the disk never recovers and the policy keeps everything.
func TestF115_MemoryBounded(t *testing.T) {
	t.Parallel()
	f := &disktest.Faulty{FS: disktest.NewMemory()}
	h, _ := reopen(t, f, rt.Retention{})
	f.At, f.Until, f.Err = 1, 1<<30, syscall.EROFS
	for id := 1; id <= 250; id++ {
		if h.Add(record(id)) == nil {
			t.Fatal("reported as saved")
		}
	}
	if n := len(h.List(0, 0)); n != maxUnsaved {
		t.Errorf("%d revisions in memory", n)
	}
}

// Close is the last chance to save what could not be saved before.
func TestF115_CloseSaves(t *testing.T) {
	t.Parallel()
	m := disktest.NewMemory()
	f := &disktest.Faulty{FS: m}
	h, _ := reopen(t, f, rt.Retention{})
	f.At, f.Until, f.Err = 1, 1<<30, syscall.ENOSPC
	if h.Add(record(1)) == nil {
		t.Fatal("reported as saved")
	}
	f.At = 0
	must(t, h.Close())
	again, _ := reopen(t, m.PowerLoss(false), rt.Retention{})
	hold(t, again, 1)
}
