package enginetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/source"
	"github.com/hotbind/hotbind/testdata/compile/layers"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// The two documents that specified this system were written for Python. Each test in the
// files parts_*_test.go covers one part of them under its name there, and uses every name
// of that part once. The table in docs/parts.md lists them. Other tests go into depth.

// gives compares a value with the expected one; what names it.
func gives[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %+v, want %+v", what, got, want)
	}
}

// fails requires an error of type E that contains part, and returns the E.
func fails[E error](t testing.TB, err error, part string) (e E) {
	t.Helper()
	if !errors.As(err, &e) || !strings.Contains(err.Error(), part) {
		t.Fatalf("got the error %v, want a %T with %q", err, e, part)
	}
	return e
}

// refusing is a hook that refuses every change.
func refusing[T any](context.Context, rt.Change[T]) error { return errors.New("not today") }

// takes returns the duration of do by the clock of the bubble.
func takes(do func()) time.Duration {
	start := time.Now()
	do()
	return time.Since(start)
}

// tooMany refuses more than eight workers.
func tooMany(c *service.Config) []rt.Finding {
	if c.Workers > 8 {
		return []rt.Finding{{Path: "workers", Message: fmt.Sprintf("%d are more than 8, the most for development", c.Workers)}}
	}
	return nil
}

// "HotReloadManager(provider, watch_paths, enable, debounce_ms, max_versions)": the
// provider is the sources of Open, each other argument is an option, and the manager is
// live.Manager(). By default, the environment decides about enable, and watch_paths are
// the files of the sources.
func TestPart_HotReloadManager(t *testing.T) {
	testkit.NoEnvironment(t)
	path, beside := file(t, config(1)), t.TempDir()
	f := follow(t, rt.File(path), rt.WithSettle(0), rt.WithWatchPaths(beside), rt.WithRetention(rt.Retention{Count: 2}), rt.WithHotReload(true))
	gives(t, "watch_paths", f.Manager().Watching().Paths(), []string{path, beside})
	for n := range 3 {
		f.fence(path, n+2)
	}
	gives(t, "max_versions", len(f.Manager().Revisions().List(0, 0)), 2)
	gives(t, "no watch_paths", follow(t, rt.File(path), rt.WithSettle(0)).Manager().Watching().Paths(), []string{path})
	for _, c := range []struct {
		environment string
		opts        []rt.Option
		want        bool
	}{
		{"", nil, true},
		{"development", nil, true},
		{"production", nil, false},
		{"production", []rt.Option{rt.WithHotReload(true)}, true},
		{"production", []rt.Option{rt.WithHotReload(true)}, true},
		{"development", []rt.Option{rt.WithHotReload(false)}, false},
	} {
		t.Setenv("HOTBIND_ENV", c.environment)
		f, _ := inMemory(t, c.opts...)
		gives(t, "enabled in "+c.environment, f.Manager().Watching().Enabled(), c.want)
	}
	t.Setenv("HOTBIND_ENV", "")
	synctest.Test(t, func(t *testing.T) {
		source := newTelling(config(1))
		f := follow(t, source, rt.WithDebounce(time.Second), rt.WithSettle(0))
		source.record(config(2))
		if d := takes(func() { f.left(2) }); d < time.Second || d > 2*time.Second {
			t.Errorf("debounce_ms: it took %v", d)
		}
	})
}

// "enable, disable, is_enabled": the same; the RuntimeError in production is
// ErrProductionReload.
func TestPart_EnableDisableIsEnabled(t *testing.T) {
	testkit.NoEnvironment(t)
	t.Setenv("HOTBIND_ENV", "production")
	path := file(t, config(1))
	f := follow(t, rt.File(path), rt.WithSettle(0))
	if err := f.Manager().Watching().Enable(); !errors.Is(err, rt.ErrProductionReload) || f.Manager().Watching().Enabled() {
		t.Errorf("got %v in production", err)
	}
	f = follow(t, rt.File(path), rt.WithSettle(0), rt.WithHotReload(true), rt.WithStrategy(rt.Manual()))
	m := f.Manager()
	must(t, m.Watching().Enable())
	gives(t, "is_enabled", m.Watching().Enabled(), true)
	replace(t, path, config(2))
	testkit.Until(t, "a change is pending", func() bool { return len(m.Watching().Pending()) == 1 })
	m.Watching().Disable()
	s := m.Status()
	gives(t, "is_enabled, watching, pending after disable", []any{m.Watching().Enabled(), s.Watching, len(s.PendingChanges)}, []any{false, false, 0})
	gives(t, "what is in force", f.Current().Left, 1)
	must(t, m.Watching().SetStrategy(rt.Immediate()))
	must(t, m.Watching().Enable())
	f.left(2) // the change that was missed
}

// "reload_now(force) → ReloadResult": Reload, and Force, which skips the validators of
// the application but never the schema. Success is a nil error, and errors are the
// findings of the error.
func TestPart_ReloadNow(t *testing.T) {
	t.Parallel()
	f, source := inMemory(t)
	m := f.Manager()
	f.AddValidator(tooMany)
	source.set(config(2) + "workers: 5\n")
	r, err := m.Reload(t.Context())
	must(t, err)
	gives(t, "version, changed", []any{r.Revision.ID, r.Changed, r.RolledBack, r.Queued}, []any{rt.RevisionID(2), true, false, false})
	gives(t, "changes", r.Changes.Summary(), "3 changes: 3 modified")
	if r.Duration <= 0 || len(r.Warnings)+len(r.PendingRestart) > 0 {
		t.Errorf("got %+v", r)
	}
	r, err = m.Reload(t.Context())
	must(t, err)
	gives(t, "changed by the same", r.Changed, false)

	source.set(config(3) + "workers: 9\n")
	r, err = m.Reload(t.Context())
	gives(t, "kept", fails[*rt.ReloadError](t, err, "").Kept, 2)
	gives(t, "version", r.Revision.ID, 2)
	gives(t, "errors", fails[*rt.ValidationError](t, err, "").Findings[0].String(), "memory.yaml:4:10: workers: 9 are more than 8, the most for development")
	r, err = m.Reload(t.Context(), rt.Force())
	must(t, err)
	gives(t, "forced", []any{r.Changed, f.Current().Left}, []any{true, 3})
	f.logged("WARN validators skipped", 1)
	source.set(config(4) + "workers: 900\n")
	_, err = m.Reload(t.Context(), rt.Force())
	fails[*rt.ValidationError](t, err, "900 is more than the maximum 100")
}

// "rollback(version_id, steps) → RollbackResult": Rollback with To or Steps. The error
// for a missing version is ErrRevisionNotFound. A rollback validates, prepares and calls
// hooks like every change, and holds until a file changes.
func TestPart_Rollback(t *testing.T) {
	t.Parallel()
	path := file(t, config(1))
	f := follow(t, rt.File(path), rt.WithSettle(0))
	m := f.Manager()
	f.fence(path, 2)
	f.fence(path, 3)
	var recorded noted
	f.Left().OnChange(recorded.call)
	r, err := m.Rollback(t.Context(), rt.Steps(1))
	must(t, err)
	gives(t, "from, to, its parent", []rt.RevisionID{r.From.ID, r.To.ID, r.To.Parent}, []rt.RevisionID{3, 4, 3})
	gives(t, "changes", r.Changes.String(), "left: 3 → 2\nright: 3 → 2")
	gives(t, "source, queued", []any{r.To.Cause, r.Queued, r.Duration > 0}, []any{rt.CauseRollback, false, true})
	f.refused("is held until a source changes")
	_, err = m.Rollback(t.Context(), rt.To(1))
	must(t, err)
	recorded.want(t, "3→2 2→1")
	for _, target := range []rt.RollbackTarget{rt.To(99), rt.Steps(99)} {
		if _, err := m.Rollback(t.Context(), target); !errors.Is(err, rt.ErrRevisionNotFound) {
			t.Errorf("got %v", err)
		}
	}
	stop := f.AddValidator(func(*service.Config) []rt.Finding { return []rt.Finding{{Message: "no"}} })
	_, err = m.Rollback(t.Context(), rt.To(2))
	fails[*rt.ValidationError](t, err, "no")
	stop()
	stop = f.Left().Prepare(func(context.Context, rt.Change[int]) (func(), func(), error) {
		return nil, nil, errors.New("not ready")
	})
	_, err = m.Rollback(t.Context(), rt.To(2))
	fails[*rt.RollbackError](t, err, "not ready")
	stop()
	gives(t, "what is in force", f.Current().Left, 1)
	f.fence(path, 5) // the hold ends
}

// "get_status → HotReloadStatus": Status, as JSON too.
func TestPart_GetStatus(t *testing.T) {
	t.Setenv("HOTBIND_ENV", "staging")
	path := file(t, "listen: ':80'\nworkers: 4\n")
	live, err := layers.Open(t.Context(), rt.From(rt.File(path)), rt.WithStrategy(rt.Manual()), rt.WithSettle(0), rt.WithPollInterval(0), quiet())
	must(t, err)
	defer live.Close()
	m := live.Manager()
	live.Workers().OnChange(refusing)
	_, err = m.Values().Watch("note", func(context.Context, rt.ValueChange) error { return nil })
	must(t, err)
	s := m.Status()
	gives(t, "at first", []any{s.LastReload.IsZero(), s.Refusals, s.LastError, s.WatchError, s.Sources == nil, s.HookError, s.SubscriberError, s.StoreError, s.AuditError}, []any{true, uint64(0), nil, nil, true, nil, nil, nil, nil})

	replace(t, path, "listen: ':81'\nnote: x\n")
	must(t, reloadError(t.Context(), m))
	replace(t, path, "listen: ':81'\nnote: x\nworkers: 5\n")
	if reloadError(t.Context(), m) == nil {
		t.Error("the hook refused nothing")
	}
	replace(t, path, "listen: ':81'\nnote: y\n")
	testkit.Until(t, "a change is pending", func() bool { return len(m.Watching().Pending()) == 1 })
	s = m.Status()
	gives(t, "enabled, watching, watch_paths", []any{s.Enabled, s.Watching, s.WatchPaths, s.Polled}, []any{true, true, []string{path}, []string(nil)})
	gives(t, "current_version", s.Revision, m.Revisions().Current())
	gives(t, "pending_changes", s.PendingChanges, m.Watching().Pending())
	gives(t, "its source", s.PendingChanges[0].Source, path)
	gives(t, "last_reload", time.Since(s.LastReload) < time.Hour, true)
	gives(t, "reloads, error_count", []uint64{s.Reloads, s.Refusals}, []uint64{1, 1})
	fails[*rt.HookError](t, s.LastError, "not today")
	gives(t, "subscriber_count, hooks", []int{s.Subscribers, s.Hooks}, []int{1, 1})
	gives(t, "pending restarts", s.PendingRestart.String(), `listen: ":80" → ":81"`)
	gives(t, "strategy, environment", []string{s.Strategy.String(), s.Environment}, []string{"manual", "staging"})
	text, err := json.Marshal(s)
	must(t, err)
	var asJSON map[string]any
	must(t, json.Unmarshal(text, &asJSON))
	gives(t, "last_error", asJSON["last_error"], any(s.LastError.Error()))
}

// "add_watch_path, remove_watch_path, get_watch_paths": the same, beside the files of
// the sources, which are always followed.
func TestPart_WatchPaths(t *testing.T) {
	t.Parallel()
	source, app, dir, gone := &memory{text: config(1)}, file(t, "workers: 4\n"), t.TempDir(), t.TempDir()
	f := follow(t, rt.File(app), rt.From(source), rt.WithSettle(0), rt.WithStrategy(rt.Manual()))
	m := f.Manager()
	if err := m.Watching().Add(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	must(t, m.Watching().Add(dir))
	must(t, m.Watching().Add(gone))
	gives(t, "get_watch_paths", m.Watching().Paths(), []string{app, dir, gone})
	must(t, m.Watching().Remove(gone))
	for path, want := range map[string]string{app: "it belongs to a source", gone: "not a watch path"} { // F198
		if err := m.Watching().Remove(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("remove_watch_path of %s: got %v", path, err)
		}
	}
	gives(t, "get_watch_paths", m.Watching().Paths(), []string{app, dir})
	source.set(config(2)) // a file without a change is no longer pending
	write(t, filepath.Join(gone, "x.yaml"), "")
	write(t, filepath.Join(dir, "x.yaml"), "")
	testkit.Until(t, "a change is pending", func() bool { return len(m.Watching().Pending()) > 0 })
	gives(t, "what has changed", []any{len(m.Watching().Pending()), m.Watching().Pending()[0].Source}, []any{1, dir})
	must(t, m.Watching().SetStrategy(rt.Immediate()))
	f.left(2)
}

// "add_validator(fn)": AddValidator, typed on Live and untyped on the Manager. A
// ValidationError is a Finding; its message contains the constraint and the actual value.
func TestPart_AddValidator(t *testing.T) {
	t.Parallel()
	f, _ := inMemory(t)
	stopTyped := f.AddValidator(tooMany)
	stopUntyped := f.Manager().AddValidator(func(snapshot any) []rt.Finding {
		if c := snapshot.(*service.Config); c.Database.PoolSize > 50 {
			return []rt.Finding{{Path: "database.pool_size", Message: "too large for development", Hint: "50 is enough"}}
		}
		return nil
	})
	both := []rt.Edit{rt.Set("workers", 9), rt.Set("database.pool_size", 60)}
	_, err := f.Manager().Update(t.Context(), rt.Edits(both))
	got := fails[*rt.ValidationError](t, err, "").Findings
	gives(t, "path", []string{got[0].Path, got[1].Path}, []string{"workers", "database.pool_size"})
	gives(t, "message, hint", got[1].String(), "(api): database.pool_size: too large for development (50 is enough)")
	stopTyped()
	stopUntyped()
	_, err = f.Manager().Update(t.Context(), rt.Edits(both))
	must(t, err)
}

// "ConfigVersionManager: create_version, get_current_version, get_version,
// get_version_history(limit, offset), diff_versions, prune_old_versions(keep_count,
// keep_days)": Revisions. Create marks the revision in force; Update makes a version with
// other values.
func TestPart_ConfigVersionManager(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, source := inMemory(t)
		m, r := f.Manager(), f.Manager().Revisions()
		ctx := rt.ContextWithMetadata(t.Context(), map[string]string{"ticket": "7"})
		_, err := m.Update(ctx, rt.Set("workers", 5), rt.Set("tls", map[string]any{"cert": "c"}))
		must(t, err)
		source.set(config(2))
		must(t, reloadError(ctx, m))
		_, err = m.Rollback(ctx, rt.Steps(1))
		must(t, err)
		created, err := r.Create(ctx)
		must(t, err)
		gives(t, "create_version", []any{created.ID, created.Parent, created.Time.Equal(time.Now()), created.Cause, created.Metadata["ticket"]},
			[]any{rt.RevisionID(5), rt.RevisionID(4), true, rt.CauseManual, "7"})
		gives(t, "get_current_version", r.Current(), created)
		second, err := r.Get(2)
		must(t, err)
		gives(t, "get_version", []any{second.Cause, second.Metadata["ticket"], second.Parent}, []any{rt.CauseAPIUpdate, "7", rt.RevisionID(1)})
		if _, err := r.Get(99); !errors.Is(err, rt.ErrRevisionNotFound) {
			t.Errorf("get_version: got %v", err)
		}
		var history []string
		for _, v := range r.List(3, 1) {
			history = append(history, fmt.Sprint(v.ID, " ", v.Cause))
		}
		gives(t, "get_version_history", history, []string{"4 rollback", "3 manual", "2 api_update"})
		gives(t, "the first version", r.List(0, 4)[0].Cause, rt.CauseFileChange)
		diff, err := r.Diff(1, 2)
		must(t, err)
		gives(t, "diff_versions", []any{diff.Summary(), diff[0].String(), diff[0].Kind.String()},
			[]any{"2 changes: 1 added, 1 modified", "workers: 4 → 5", "modified"})
		text, err := r.Config(1)
		must(t, err)
		gives(t, "the config of a version", strings.Contains(string(text), `"workers":4`), true)
		prune := func(keep rt.Retention) int { n, err := r.Prune(keep); must(t, err); return n }
		gives(t, "prune_old_versions", prune(rt.Retention{Count: 3}), 2)
		gives(t, "keep_days", prune(rt.Retention{Age: 24 * time.Hour}), 0)
		time.Sleep(48 * time.Hour)
		gives(t, "keep_days later", prune(rt.Retention{Age: 24 * time.Hour}), 2)
		gives(t, "what is left", []rt.RevisionID{r.Current().ID, r.List(0, 0)[0].ID}, []rt.RevisionID{5, 5})
	})
}

// "exceptions: HotReloadError, ReloadValidationError, VersionNotFoundError,
// RollbackError, WatcherError, SubscriberError": errors for errors.As and errors.Is.
// There is no common base type.
func TestPart_Exceptions(t *testing.T) {
	t.Parallel()
	telling, path := newTelling(config(1)), file(t, "workers: 4\n")
	f := follow(t, telling, rt.From(rt.File(path)), rt.WithSettle(0), rt.WithMaxSubscribers(1))
	m, cause := f.Manager(), errors.New("no")
	_, err := m.Update(t.Context(), rt.Set("workers", 900))
	fails[*rt.ReloadError](t, err, "revision 1 stays in force")
	v := fails[*rt.ValidationError](t, err, "").Findings[0]
	gives(t, "ReloadValidationError", []string{v.Path, v.Message}, []string{"workers", "900 is more than the maximum 100"})
	_, err = m.Rollback(t.Context(), rt.To(9))
	gives(t, "RollbackError", fails[*rt.RollbackError](t, err, "revision 1 is in force").Kept, 1)
	gives(t, "VersionNotFoundError", errors.Is(err, rt.ErrRevisionNotFound), true)
	stop := f.Workers().OnChange(func(context.Context, rt.Change[int]) error { return cause })
	_, err = m.Update(t.Context(), rt.Set("workers", 5))
	h := fails[*rt.HookError](t, err, "the hook on workers (enginetest/parts_manager_test.go:")
	gives(t, "HookError", []any{h.Field, errors.Is(err, cause)}, []any{"workers", true})
	stop()
	bad := &named{"bad", func(rt.ValueChange) error { return cause }}
	_, err = m.Values().Subscribe("workers", bad)
	must(t, err)
	_, err = m.Update(t.Context(), rt.Set("workers", 5))
	must(t, err)
	testkit.Until(t, "the error of the subscriber", func() bool { return m.Status().SubscriberError != nil })
	s := fails[*rt.SubscriberError](t, m.Status().SubscriberError, "the subscriber of workers")
	gives(t, "SubscriberError", []any{s.Subscriber == bad, s.Pattern, errors.Is(s, cause)}, []any{true, "workers", true})

	// A source that stops following. TestF091_WatchingImpaired covers a system that refuses
	// to watch.
	telling.fail(cause)
	testkit.Until(t, "the source is reported", func() bool { return !m.Status().Sources[0].Connected })
	gives(t, "WatcherError", []any{m.Status().Sources[0].Name, errors.Is(m.Status().Sources[0].Err, cause)}, []any{"memory.yaml", true})
	fails[*rt.WatchError](t, fmt.Errorf("of the system: %w", &rt.WatchError{Cause: cause}), "watching failed, only the poll detects changes: no")
	must(t, os.Remove(path))
	fails[*source.Error](t, reloadError(t.Context(), m), "no such file")
	must(t, f.Close())
	for what, err := range map[string]error{"enable": m.Watching().Enable(), "refresh": reloadError(t.Context(), m)} {
		gives(t, what+" after the end", errors.Is(err, rt.ErrClosed), true)
	}
}
