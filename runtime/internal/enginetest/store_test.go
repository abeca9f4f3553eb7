package enginetest

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// stored opens the file at path with a store.
func stored(t testing.TB, path, store string, opts ...rt.Option) (*service.Live, error) {
	t.Helper()
	opts = append([]rt.Option{rt.From(rt.File(path)), history.Store(store), rt.WithSettle(0), rt.WithHotReload(false), quiet()}, opts...)
	return service.Open(t.Context(), opts...)
}

func mustOpen(t testing.TB, path, store string, opts ...rt.Option) *service.Live {
	t.Helper()
	live, err := stored(t, path, store, opts...)
	must(t, err)
	t.Cleanup(func() { live.Close() })
	return live
}

// save writes the file and reloads.
func save(t testing.TB, live *service.Live, path, text string) rt.Revision {
	t.Helper()
	replace(t, path, text)
	result, err := live.Manager().Reload(t.Context())
	must(t, err)
	return result.Revision
}

// Revisions continue in the store: a restart makes no revision, ids rise, parents and
// causes are right, and revisions of an earlier process can be restored.
func TestStoreOutlivesTheProcess(t *testing.T) {
	path, store := file(t, config(1)), filepath.Join(t.TempDir(), "store")
	live := mustOpen(t, path, store)
	save(t, live, path, config(2))
	if _, err := live.Manager().Update(rt.ContextWithMetadata(t.Context(), map[string]string{"by": "ann"}), rt.Set("workers", 9)); err != nil {
		t.Error(err)
	}
	must(t, live.Close())

	replace(t, path, config(2))
	live = mustOpen(t, path, store)
	// Edits made through the API end with the program; that makes a revision.
	r := live.Manager().Revisions()
	if now := r.Current(); now.ID != 4 || now.Parent != 3 || live.Current().Workers != 4 {
		t.Errorf("got %+v", now)
	}
	must(t, live.Close())
	live = mustOpen(t, path, store)
	r = live.Manager().Revisions()
	if now := r.Current(); now.ID != 4 {
		t.Errorf("a restart made revision %d", now.ID)
	}
	if third, err := r.Get(3); err != nil || third.Cause != rt.CauseAPIUpdate || third.Metadata["by"] != "ann" || third.Parent != 2 {
		t.Errorf("got %+v, %v", third, err)
	}
	diff, err := r.Diff(1, 3)
	if err != nil || diff.String() != "workers: 4 → 9\nleft: 1 → 2\nright: 1 → 2" {
		t.Errorf("got %v, %v", diff, err)
	}
	if _, err := live.Manager().Rollback(t.Context(), rt.To(1)); err != nil || live.Current().Left != 1 {
		t.Errorf("got %v, %v", live.Current().Left, err)
	}
}

// F110: with a bad file, a program starts with the last good revision only if an option
// allows it. It reports that, and uses the file when it is valid again.
func TestF110_Fallback(t *testing.T) {
	path, store := file(t, config(1)), filepath.Join(t.TempDir(), "store")
	live := mustOpen(t, path, store)
	save(t, live, path, config(2))
	must(t, live.Close())

	write(t, path, "left: x")
	if _, err := stored(t, path, store); err == nil {
		t.Fatal("a bad file was opened")
	}
	f := follow(t, rt.File(path), history.Store(store, history.Fallback()), rt.WithSettle(0))
	if f.Current().Left != 2 || f.Manager().Status().Revision.ID != 2 {
		t.Errorf("got %+v", f.Current())
	}
	err := f.Manager().Status().LastError
	if err == nil || !strings.HasPrefix(err.Error(), "configuration refused, revision 2 stays in force: ") {
		t.Errorf("got the error %v", err)
	}
	f.logged("started with the last good revision of the store", 1)
	replace(t, path, config(3))
	f.left(3)
	if now := f.Manager().Status(); now.LastError != nil || now.Revision.ID != 3 || now.Revision.Parent != 2 {
		t.Errorf("got %+v", now)
	}
}

// A store without a revision cannot start a program.
func TestStartFromEmptyStore(t *testing.T) {
	path, store := file(t, "left: x"), filepath.Join(t.TempDir(), "store")
	_, err := stored(t, path, store, history.Store(store, history.Fallback()))
	if err == nil || !strings.HasSuffix(err.Error(), "the store "+store+" has no revision to start from") {
		t.Errorf("got the error %v", err)
	}
}

// F106: a revision that is damaged, or that the schema no longer allows, is refused with
// the reason, and nothing changes.
func TestF106_RollbackToWhatCannotBe(t *testing.T) {
	path, store := file(t, config(1)), filepath.Join(t.TempDir(), "store")
	live := mustOpen(t, path, store, rt.WithRetention(rt.Retention{Count: 20}))
	for n := range 12 {
		save(t, live, path, config(n+2))
	}
	must(t, live.Close())
	damaged := filepath.Join(store, "revisions", "0000000001.json")
	text, err := os.ReadFile(damaged)
	must(t, err)
	text[len(text)/2] ^= 1
	must(t, os.WriteFile(damaged, text, 0o600))

	live = mustOpen(t, path, store, rt.WithRetention(rt.Retention{Count: 20}))
	before := live.Current()
	_, err = live.Manager().Rollback(t.Context(), rt.To(1))
	if err == nil || !strings.HasPrefix(err.Error(), "rollback failed, revision 13 is in force: ") || !strings.Contains(err.Error(), damaged) {
		t.Errorf("got the error %v", err)
	}
	if live.Current() != before || live.Manager().Status().Revision.ID != 13 {
		t.Error("something changed")
	}
}

// F198: each step back goes one revision further, also over rollbacks and after a
// restart, until there is no earlier one.
func TestF198_StepsBack(t *testing.T) {
	path, store := file(t, config(1)), filepath.Join(t.TempDir(), "store")
	live := mustOpen(t, path, store)
	back := func(want int, steps int) {
		t.Helper()
		r, err := live.Manager().Rollback(t.Context(), rt.Steps(steps))
		must(t, err)
		gives(t, "in force", []any{live.Current().Left, r.To.Restores}, []any{want, rt.RevisionID(want)})
	}
	none := func() {
		t.Helper()
		if _, err := live.Manager().Rollback(t.Context(), rt.Steps(1)); !errors.Is(err, rt.ErrRevisionNotFound) {
			t.Errorf("got %v, want ErrRevisionNotFound", err)
		}
	}
	save(t, live, path, config(2))
	save(t, live, path, config(3))
	back(2, 1)
	must(t, live.Close())
	live = mustOpen(t, path, store, rt.WithHotReload(false))
	defer func() { must(t, live.Close()) }()
	gives(t, "a restart reads the file", live.Current().Left, 3)
	back(2, 1) // the rollback from before the restart
	back(1, 1)
	none()
	save(t, live, path, config(8))
	_, err := live.Manager().Rollback(t.Context(), rt.Steps(1))
	must(t, err)
	gives(t, "before the new one", live.Current().Left, 1)
	none()
	_, err = live.Manager().Rollback(t.Context(), rt.To(3))
	must(t, err)
	back(1, 2)
}

// F198: pruning that would keep nothing, or that has no limit, is an error and removes
// nothing.
func TestF198_KeepNothing(t *testing.T) {
	t.Parallel()
	f, source := inMemory(t)
	source.set(config(2))
	must(t, reloadError(t.Context(), f.Manager()))
	for want, keep := range map[string]rt.Retention{
		"Prune: Count must not be negative, got -1": {Count: -1},
		"Prune: Age must not be negative, got -1s":  {Age: -time.Second},
	} {
		if n, err := f.Manager().Revisions().Prune(keep); n != 0 || err == nil || err.Error() != want {
			t.Errorf("got %d, %v, want %s", n, err, want)
		}
	}
	n, err := f.Manager().Revisions().Prune(rt.Retention{}) // as in WithRetention, this is not "nothing"
	must(t, err)
	gives(t, "removed by the default", n, 0)
	n, err = f.Manager().Revisions().Prune(rt.Retention{Count: 1})
	must(t, err)
	gives(t, "removed", n, 1)
}

// F105: concurrent rollbacks and reloads run one after the other, and each returns its
// own result.
func TestF105_AtOnce(t *testing.T) {
	path := file(t, config(1))
	f := follow(t, rt.File(path), rt.WithSettle(0), rt.WithRetention(rt.Retention{Count: 100}))
	for n := range 5 {
		save(t, f.Live, path, config(n+2))
	}
	var wait sync.WaitGroup
	for i := range 20 {
		wait.Go(func() {
			if i%2 == 0 {
				if _, err := f.Manager().Reload(context.Background()); err != nil {
					t.Error(err)
				}
				return
			}
			result, err := f.Manager().Rollback(context.Background(), rt.To(1))
			if err != nil || result.To.Cause != rt.CauseRollback || result.To.Parent != result.From.ID {
				t.Errorf("got %+v, %v", result, err)
			}
		})
	}
	wait.Wait()
	list := f.Manager().Revisions().List(0, 0)
	for i := range len(list) - 1 {
		if list[i].Parent != list[i+1].ID {
			t.Errorf("revision %d has the parent %d, want %d", list[i].ID, list[i].Parent, list[i+1].ID)
		}
	}
}

// F108: revisions are ordered by their ids, whatever the clock.
func TestF108_ClockGoesBack(t *testing.T) {
	ahead := time.Now().Add(24 * time.Hour)
	path, store := file(t, config(1)), filepath.Join(t.TempDir(), "store")
	live := mustOpen(t, path, store)
	save(t, live, path, config(2))
	must(t, live.Close())
	must(t, os.Chtimes(filepath.Join(store, "revisions", "0000000001.json"), ahead, ahead))
	must(t, os.Chtimes(path, ahead, ahead))
	live = mustOpen(t, path, store)
	if r := save(t, live, path, config(3)); r.ID != 3 || r.Parent != 2 {
		t.Errorf("got %+v", r)
	}
}

// A backup has the files from which a revision was read. Restoring it writes them back,
// byte for byte, and puts them into force.
func TestBackups(t *testing.T) {
	first := "# first\n" + config(1)
	path, store := file(t, first), filepath.Join(t.TempDir(), "store")
	live := mustOpen(t, path, store, history.Store(store, history.MaxBackups(3)))
	must(t, os.Chmod(path, 0o640))
	save(t, live, path, config(2))
	if _, err := live.Manager().Update(t.Context(), rt.Set("workers", 9)); err != nil {
		t.Error(err)
	}
	list, err := live.Manager().Revisions().Backups()
	if err != nil || len(list) != 2 || list[0].ID != 2 || list[1].ID != 1 {
		t.Fatalf("got %+v, %v", list, err)
	}
	if diff := cmp.Diff([]string{path}, list[1].Files); diff != "" {
		t.Error(diff)
	}
	result, err := live.Manager().Revisions().Restore(t.Context(), 1)
	if err != nil || !result.Changed || live.Current().Left != 1 || live.Current().Workers != 9 {
		t.Errorf("got %+v, %v, %+v", result, err, live.Current())
	}
	text, err := os.ReadFile(path)
	must(t, err)
	if string(text) != first {
		t.Errorf("got the file %q", text)
	}
	_, err = live.Manager().Revisions().Restore(t.Context(), 99)
	if !errors.Is(err, rt.ErrBackupNotFound) {
		t.Errorf("got the error %v", err)
	}
	for n := range 5 {
		save(t, live, path, config(n+10))
	}
	if list, err = live.Manager().Revisions().Backups(); err != nil || len(list) != 3 {
		t.Errorf("got %d backups, %v", len(list), err)
	}
}

// F117: an unwritable store is reported once, shown in the status, and stops nothing.
// When it is writable again, everything unsaved is saved.
func TestF117_StoreIsGone(t *testing.T) {
	path, store := file(t, config(1)), filepath.Join(t.TempDir(), "store")
	f := follow(t, rt.File(path), history.Store(store), rt.WithSettle(0))
	aside := store + ".aside"
	must(t, os.Rename(store, aside))
	must(t, os.WriteFile(store, nil, 0o600)) // a file blocks the path
	for n := range 3 {
		save(t, f.Live, path, config(n+2))
	}
	if f.Current().Left != 4 || f.Manager().Status().StoreError == nil {
		t.Errorf("got %+v, %v", f.Current(), f.Manager().Status().StoreError)
	}
	f.logged("the store cannot be written", 1)
	must(t, os.Remove(store))
	must(t, os.Rename(aside, store))
	save(t, f.Live, path, config(9))
	if err := f.Manager().Status().StoreError; err != nil {
		t.Error(err)
	}
	f.logged("the store can be written again", 1)
	must(t, f.Live.Close())
	live := mustOpen(t, path, store)
	if got := len(live.Manager().Revisions().List(0, 0)); got != 5 {
		t.Errorf("got %d revisions, want 5", got)
	}
}

// F120: two programs cannot use one store; the error of the second names the first.
func TestF120_TwoPrograms(t *testing.T) {
	path, store := file(t, config(1)), filepath.Join(t.TempDir(), "store")
	mustOpen(t, path, store)
	_, err := stored(t, path, store)
	if err == nil || !strings.Contains(err.Error(), store) {
		t.Errorf("got the error %v", err)
	}
}

// F125: every saved revision passes through the whole pipeline again and equals what was
// in force.
func TestF125_RestoreDrill(t *testing.T) {
	path, store := file(t, config(1)), filepath.Join(t.TempDir(), "store")
	live := mustOpen(t, path, store, rt.WithRetention(rt.Retention{Count: 50}))
	texts := []string{
		"name: a\ncounter: 18446744073709551615\nratio: 0.1\n",
		"name: a\nnote: null\nhosts: []\ntenants: {}\n",
		"name: \"\\u2028\\0x\"\ntimeout: 90s\ndatabase: {password: hunter2}\n",
		"name: a\ntenants: {a.b: {quota: 1}}\nsink: {kind: file, path: /x}\ntree: {value: 1}\n",
	}
	want := map[rt.RevisionID]*service.Config{}
	for _, text := range texts {
		replace(t, path, text)
		result, err := live.Manager().Reload(t.Context())
		if err != nil {
			t.Logf("%q: %v", text, err)
			continue
		}
		want[result.Revision.ID] = live.Current()
	}
	if len(want) < 3 {
		t.Fatalf("only %d of the texts are valid", len(want))
	}
	must(t, live.Close())
	live = mustOpen(t, path, store, rt.WithRetention(rt.Retention{Count: 50}), history.Store(store, history.Fallback()))
	for id, cfg := range want {
		if _, err := live.Manager().Rollback(t.Context(), rt.To(id)); err != nil {
			t.Errorf("revision %d: %v", id, err)
		} else if !live.Current().Equal(*cfg) {
			t.Errorf("revision %d is %v, want %v", id, live.Current(), cfg)
		}
	}
}

// F130: the placeholder of a secret cannot become its value: not through a file or an
// update copied from a printed configuration, and not through the store, which has the
// real value and returns it in a rollback, also after a restart.
func TestF130_RedactedTextIsNoSecret(t *testing.T) {
	path, store := file(t, "name: shop\ndatabase: {password: hunter22}\n"), filepath.Join(t.TempDir(), "store")
	live := mustOpen(t, path, store)
	shown, err := json.Marshal(live.Current())
	must(t, err)
	if !strings.Contains(string(shown), document.Redacted) {
		t.Fatalf("got %s", shown)
	}
	replace(t, path, string(shown)) // JSON is YAML
	if err := reloadError(t.Context(), live.Manager()); err == nil || !strings.Contains(err.Error(), "database.password: ") {
		t.Errorf("got %v for a file with the placeholder", err)
	}
	if _, err := live.Manager().Update(t.Context(), rt.Set("database.password", live.Current().Database.Password)); err == nil {
		t.Error("an update with the placeholder was accepted")
	}
	save(t, live, path, "name: shop\ndatabase: {password: correct horse}\n")
	must(t, live.Close())
	again := mustOpen(t, path, store)
	_, err = again.Manager().Rollback(t.Context(), rt.Steps(1))
	must(t, err)
	if password, _ := again.Current().Database.Password.Get(); password.Reveal() != "hunter22" {
		t.Error("the rollback did not bring the secret back")
	}
}
