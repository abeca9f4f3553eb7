package enginetest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// While a configuration is in use, messages say which revision stays in force.
func TestMessagesSayWhatIsKept(t *testing.T) {
	path, store := file(t, config(1)), filepath.Join(t.TempDir(), "store")
	live := mustOpen(t, path, store)
	save(t, live, path, config(2))
	write(t, path, "name: x\nworkers: 500\n")
	_, reload := live.Manager().Reload(t.Context())
	_, update := live.Manager().Update(t.Context(), rt.Set("workers", 500))
	_, rollback := live.Manager().Rollback(t.Context(), rt.To(9))
	_, restore := live.Manager().Revisions().Restore(t.Context(), 9)
	damaged := filepath.Join(store, "revisions", "0000000001.json")
	text, err := os.ReadFile(damaged)
	must(t, err)
	must(t, os.WriteFile(damaged, text[:len(text)/2], 0o600))
	must(t, live.Close())
	live = mustOpenKept(t, path, store)
	_, broken := live.Manager().Rollback(t.Context(), rt.To(1))
	for _, c := range []struct {
		err  error
		want string
	}{
		{reload, "configuration refused, revision 2 stays in force: PATH:2:10: workers: 500 is more than the maximum 100"},
		{update, "configuration refused, revision 2 stays in force: (api): workers: 500 is more than the maximum 100"},
		{rollback, "rollback failed, revision 2 is in force: revision not found: 9; the last one was 2"},
		{restore, "nothing was restored: backup not found: there is no STORE/backups/0000000009"},
		{broken, "rollback failed, revision 2 is in force: STORE/revisions/0000000001.json cannot be used: it is damaged: the checksum does not match the content; other files are not affected"},
	} {
		got := strings.NewReplacer(path, "PATH", store, "STORE").Replace(c.err.Error())
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Error(diff)
		}
	}
	// A restore over something that is not a file is refused before anything is written.
	must(t, os.Remove(path))
	must(t, os.Mkdir(path, 0o700))
	_, err = live.Manager().Revisions().Restore(t.Context(), 2)
	if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "folder") {
		t.Errorf("got the error %v", err)
	}
}

func mustOpenKept(t testing.TB, path, store string) *service.Live {
	t.Helper()
	return mustOpen(t, path, store, history.Store(store, history.Fallback()))
}
