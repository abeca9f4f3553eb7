package runtime_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotbind/hotbind/runtime/audit"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/notify"
	"github.com/hotbind/hotbind/testdata/compile/layers"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// The two documents that asked for this system were written for Python. Each test
// below is one part of them under its name there, and uses every name of that part
// once; docs/parts.md is the table of them. Depth is in the other tests.

// gives is an expectation with the name of what it is about.
func gives[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %+v, want %+v", what, got, want)
	}
}

// fails wants an error that is an E and says part, and returns the E.
func fails[E error](t testing.TB, err error, part string) (e E) {
	t.Helper()
	if !errors.As(err, &e) || !strings.Contains(err.Error(), part) {
		t.Fatalf("got the error %v, want a %T with %q", err, e, part)
	}
	return e
}

// refusing is a hook that refuses each change it is told of.
func refusing[T any](context.Context, rt.Change[T]) error { return errors.New("not today") }

// takes is how long something takes in the time of a bubble.
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
// provider is the sources of Open, each other argument an option, and the manager
// live.Manager(). Left out, enable is what the environment says, and watch_paths are
// the files of the sources.
func TestPart_HotReloadManager(t *testing.T) {
	noEnvironment(t)
	path, beside := file(t, config(1)), t.TempDir()
	f := follow(t, rt.File(path), rt.WithSettle(0), rt.WithWatchPaths(beside), rt.WithMaxRevisions(2), rt.WithHotReload(true))
	gives(t, "watch_paths", f.Manager().WatchPaths(), []string{path, beside})
	for n := range 3 {
		f.fence(path, n+2)
	}
	gives(t, "max_versions", len(f.Manager().Revisions().List(0, 0)), 2)
	gives(t, "no watch_paths", follow(t, rt.File(path), rt.WithSettle(0)).Manager().WatchPaths(), []string{path})
	for _, c := range []struct {
		environment string
		opts        []rt.Option
		want        bool
	}{
		{"", nil, true},
		{"development", nil, true},
		{"production", nil, false},
		{"production", []rt.Option{rt.WithHotReload(true)}, true},
		{"production", []rt.Option{rt.AllowProduction()}, true},
		{"development", []rt.Option{rt.WithHotReload(false)}, false},
	} {
		t.Setenv("HOTBIND_ENV", c.environment)
		f, _ := inMemory(t, c.opts...)
		gives(t, "enabled in "+c.environment, f.Manager().Enabled(), c.want)
	}
	t.Setenv("HOTBIND_ENV", "")
	synctest.Test(t, func(t *testing.T) {
		source := newTelling(config(1))
		f := follow(t, source, rt.WithDebounce(time.Second), rt.WithSettle(0))
		source.tell(config(2))
		if d := takes(func() { f.left(2) }); d < time.Second || d > 2*time.Second {
			t.Errorf("debounce_ms: it took %v", d)
		}
	})
}

// "enable, disable, is_enabled": the same; the RuntimeError in production is
// ErrProductionReload.
func TestPart_EnableDisableIsEnabled(t *testing.T) {
	noEnvironment(t)
	t.Setenv("HOTBIND_ENV", "production")
	path := file(t, config(1))
	f := follow(t, rt.File(path), rt.WithSettle(0))
	if err := f.Manager().Enable(); !errors.Is(err, rt.ErrProductionReload) || f.Manager().Enabled() {
		t.Errorf("got %v in production", err)
	}
	f = follow(t, rt.File(path), rt.WithSettle(0), rt.AllowProduction(), rt.WithHotReload(false), rt.WithStrategy(rt.Manual()))
	m := f.Manager()
	must(t, m.Enable())
	gives(t, "is_enabled", m.Enabled(), true)
	replace(t, path, config(2))
	until(t, "a change is pending", func() bool { return len(m.PendingChanges()) == 1 })
	m.Disable()
	s := m.Status()
	gives(t, "is_enabled, watching, pending after disable", []any{m.Enabled(), s.Watching, len(s.PendingChanges)}, []any{false, false, 0})
	gives(t, "what is in force", f.Current().Left, 1)
	must(t, m.SetStrategy(rt.Immediate()))
	must(t, m.Enable())
	f.left(2) // what was missed
}

// "reload_now(force) → ReloadResult": Reload, and Force, which skips the validators of
// the application and never the schema. Success is a nil error, errors are the
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
	f.logged("WARN the validators are skipped", 1)
	source.set(config(4) + "workers: 900\n")
	_, err = m.Reload(t.Context(), rt.Force())
	fails[*rt.ValidationError](t, err, "900 is more than the maximum 100")
}

// "rollback(version_id, steps) → RollbackResult": Rollback to To or Steps; a version
// that does not exist is ErrRevisionNotFound. It validates, prepares and calls hooks
// as every change does, and holds until a file changes.
func TestPart_Rollback(t *testing.T) {
	t.Parallel()
	path := file(t, config(1))
	f := follow(t, rt.File(path), rt.WithSettle(0))
	m := f.Manager()
	f.fence(path, 2)
	f.fence(path, 3)
	var told noted
	f.Left().OnChange(told.call)
	r, err := m.Rollback(t.Context(), rt.Steps(1))
	must(t, err)
	gives(t, "from, to, its parent", []rt.RevisionID{r.From.ID, r.To.ID, r.To.Parent}, []rt.RevisionID{3, 4, 3})
	gives(t, "changes", r.Changes.String(), "left: 3 → 2\nright: 3 → 2")
	gives(t, "source, queued", []any{r.To.Cause, r.Queued, r.Duration > 0}, []any{rt.CauseRollback, false, true})
	f.refused("is held until a source changes")
	_, err = m.Rollback(t.Context(), rt.To(1))
	must(t, err)
	told.want(t, "3→2 2→1")
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
	_, err = m.WatchValue("note", func(context.Context, rt.ValueChange) error { return nil })
	must(t, err)
	s := m.Status()
	gives(t, "at first", []any{s.LastReload.IsZero(), s.Refusals, s.LastError, s.LastWarning, s.StoreError, s.AuditError}, []any{true, uint64(0), nil, nil, nil, nil})

	replace(t, path, "listen: ':81'\nnote: x\n")
	must(t, m.Refresh(t.Context()))
	replace(t, path, "listen: ':81'\nnote: x\nworkers: 5\n")
	if m.Refresh(t.Context()) == nil {
		t.Error("the hook refused nothing")
	}
	replace(t, path, "listen: ':81'\nnote: y\n")
	until(t, "a change is pending", func() bool { return len(m.PendingChanges()) == 1 })
	s = m.Status()
	gives(t, "enabled, watching, watch_paths", []any{s.Enabled, s.Watching, s.WatchPaths, s.Polled}, []any{true, true, []string{path}, []string(nil)})
	gives(t, "current_version", s.Revision, m.Revisions().Current())
	gives(t, "pending_changes", s.PendingChanges, m.PendingChanges())
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
	if err := m.AddWatchPath(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	must(t, m.AddWatchPath(dir))
	must(t, m.AddWatchPath(gone))
	gives(t, "get_watch_paths", m.WatchPaths(), []string{app, dir, gone})
	m.RemoveWatchPath(gone)
	m.RemoveWatchPath(app) // of a source
	gives(t, "get_watch_paths", m.WatchPaths(), []string{app, dir})
	write(t, filepath.Join(gone, "x.yaml"), "")
	write(t, filepath.Join(dir, "x.yaml"), "")
	until(t, "a change is pending", func() bool { return len(m.PendingChanges()) > 0 })
	gives(t, "what has changed", []any{len(m.PendingChanges()), m.PendingChanges()[0].Source}, []any{1, dir})
	source.set(config(2))
	must(t, m.SetStrategy(rt.Immediate()))
	f.left(2)
}

// "add_validator(fn)": AddValidator, typed on Live and untyped on the Manager. A
// ValidationError is a Finding; its constraint and actual value stand in the message.
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
	_, err := f.Manager().Update(t.Context(), both...)
	got := fails[*rt.ValidationError](t, err, "").Findings
	gives(t, "path", []string{got[0].Path, got[1].Path}, []string{"workers", "database.pool_size"})
	gives(t, "message, hint", got[1].String(), "(api): database.pool_size: too large for development (50 is enough)")
	stopTyped()
	stopUntyped()
	_, err = f.Manager().Update(t.Context(), both...)
	must(t, err)
}

// "HotReloadableConfigProvider(config_dir, environment, load_dotenv, enable_hot_reload,
// hot_reload_options)": a Tree and its options, for Open or Load; its hot_reload is
// live.Manager().
func TestPart_HotReloadableConfigProvider(t *testing.T) {
	noEnvironment(t)
	dir := folder(t, map[string]string{
		"base.yaml":                     config(1),
		"environments/development.yaml": "database: {pool_size: 2}\n",
		"environments/test.yaml":        "database: {pool_size: 3}\n",
		"agents/a-1.yaml":               "ratio: 0.25\n",
		".env":                          "SHOP_WORKERS=7\n",
	})
	options := file(t, "max_revisions: 3\n")
	tree := rt.Tree(dir, rt.Environment("development"), rt.Agent("a-1"), rt.WithDotenv("SHOP"))
	f := follow(t, tree, rt.WithHotReload(true), rt.WithSettings(options), rt.WithSettle(0))
	c := f.Current()
	gives(t, "config_dir, environment, agent, load_dotenv", []any{c.Left, c.Database.PoolSize, c.Ratio, c.Workers}, []any{1, 2, 0.25, 7})
	gives(t, "hot_reload", []any{f.Manager().Enabled(), f.Manager().Status().Environment}, []any{true, "development"})
	for n := range 4 {
		replace(t, filepath.Join(dir, "agents", "a-1.yaml"), fmt.Sprintf("left: %d\nright: %d\n", n+2, n+2))
		f.left(n + 2)
	}
	gives(t, "hot_reload_options", len(f.Manager().Revisions().List(0, 0)), 3)

	t.Setenv("APP_ENV", "test")
	c, failed := loaded(t, dir, rt.Tree(dir))
	if failed != "" {
		t.Fatal(failed)
	}
	gives(t, "the environment that is detected, no .env", []any{c.Database.PoolSize, c.Workers}, []any{3, 4})
}

// "get(key), get_with_reload(key, default, timeout)": Get and GetWithReload; the
// timeout is that of the context. Most code needs neither: the fields are typed.
func TestPart_GetAndGetWithReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newTelling(config(1))
		f := follow(t, source, rt.WithSettle(0), rt.WithStrategy(rt.Batched(time.Hour, 0)))
		m := f.Manager()
		v, ok, err := m.Get("left")
		gives(t, "get", []any{v, ok, err}, []any{1, true, nil})
		v, ok, err = m.Get("tls.cert")
		gives(t, "get of what is absent", []any{v, ok, err}, []any{nil, false, nil})
		if _, _, err := m.Get("lfet"); err == nil || !strings.Contains(err.Error(), "did you mean left?") {
			t.Errorf("got %v for a key that cannot be", err)
		}
		v, err = m.GetWithReload(t.Context(), "tls.cert", "none")
		gives(t, "default", []any{v, err}, []any{"none", nil})

		source.tell(config(2))
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		took := takes(func() { v, err = m.GetWithReload(ctx, "left", 0) })
		gives(t, "timeout", []any{v, err, took}, []any{1, nil, time.Second})
		must(t, m.SetStrategy(rt.Immediate()))
		v, err = m.GetWithReload(t.Context(), "left", 0)
		gives(t, "after a pending reload", []any{v, err}, []any{2, nil})
	})
}

// "watch_value(key, cb, immediate), watch_pattern(glob, cb), unwatch, refresh":
// WatchValue, with WithCurrent for immediate, WatchPattern, and Stop of the handle or
// Unsubscribe; Refresh.
func TestPart_WatchValueWatchPatternUnwatchRefresh(t *testing.T) {
	t.Parallel()
	f, source := inMemory(t)
	m := f.Manager()
	var value, later, pattern, depth recorder
	h, err := m.WatchValue("workers", value.OnChange, rt.WithCurrent())
	must(t, err)
	_, err = m.WatchValue("workers", later.OnChange)
	must(t, err)
	g, err := m.WatchPattern("database.*", pattern.OnChange)
	must(t, err)
	_, err = m.WatchPattern("**.quota", depth.OnChange)
	must(t, err)
	gives(t, "immediate", value.take(), []string{"workers: added 4"})
	source.set(config(1) + "workers: 5\ndatabase: {pool_size: 20, url: x}\ntenants: {acme: {quota: 1}}\n")
	must(t, m.Refresh(t.Context()))
	gives(t, "watch_value", value.take(), []string{"workers: 4 → 5"})
	gives(t, "watch_value, not immediate", later.take(), []string{"workers: 4 → 5"})
	gives(t, "watch_pattern", pattern.take(), []string{`database.url: "postgres://localhost/app" → "x"`, "database.pool_size: 10 → 20"})
	gives(t, "watch_pattern at any depth", depth.take(), []string{"tenants.acme.quota: added 1"})
	h.Stop()
	gives(t, "unwatch", m.Unsubscribe(g), 1)
	source.set(config(1))
	must(t, m.Refresh(t.Context()))
	gives(t, "after unwatch", slices.Concat(value.take(), pattern.take()), nil)
	gives(t, "after unwatch of others", len(later.take()), 1)
	source.set("name: [")
	if m.Refresh(t.Context()) == nil {
		t.Error("refresh says nothing of a refusal")
	}
}

// "ConfigSubscriber: on_config_change, on_config_reload, on_reload_error, on_rollback":
// Subscriber has the first method; ReloadSubscriber, ErrorSubscriber and
// RollbackSubscriber are looked for.
func TestPart_ConfigSubscriber(t *testing.T) {
	t.Parallel()
	f, source := inMemory(t)
	m, all, plain := f.Manager(), &observant{}, &recorder{}
	var _ interface {
		rt.Subscriber
		rt.ReloadSubscriber
		rt.ErrorSubscriber
		rt.RollbackSubscriber
	} = all
	for _, s := range []rt.Subscriber{all, plain} {
		_, err := m.Subscribe("**", s)
		must(t, err)
	}
	update := func(edits ...rt.Edit) error { _, err := m.Update(t.Context(), edits...); return err }
	must(t, update(rt.Set("workers", 5), rt.Set("tls", map[string]any{"cert": "c"})))
	gives(t, "on_config_reload", all.take(), []string{"reload 2 changes: 1 added, 1 modified"})
	gives(t, "on_config_change for each", plain.take(), []string{"workers: 4 → 5", `tls: added {"cert":"c","min_version":"1.2"}`})
	must(t, update(rt.Unset("tls")))
	gives(t, "on_config_change", all.take(), []string{`tls: removed {"cert":"c","min_version":"1.2"}`})

	f.AddValidator(tooMany)
	stop := f.Left().OnChange(refusing)
	source.set(config(2) + "workers: [")
	for _, err := range []error{update(rt.Set("workers", 9)), update(rt.Set("left", 9)), m.Refresh(t.Context())} {
		if err == nil {
			t.Error("it was not refused")
		}
	}
	stop()
	errs := all.take()
	for i, want := range []string{"refused (1 change: 1 modified): ", "refused (1 change: 1 modified): ", "refused (no change): "} { // a broken document has none
		if len(errs) != 3 || !strings.HasPrefix(errs[i], want) {
			t.Errorf("on_reload_error: got %q", errs)
		}
	}
	_, err := m.Rollback(t.Context(), rt.Steps(1))
	must(t, err)
	got := all.take()
	gives(t, "on_rollback", got[len(got)-1], fmt.Sprintf("rollback 3 %d", m.Status().Revision.ID))
}

// "SubscriptionManager: subscribe(pattern, subscriber, priority), unsubscribe,
// unsubscribe_all; max_subscribers": the same on the Manager, with WithPriority and
// WithMaxSubscribers.
func TestPart_SubscriptionManager(t *testing.T) {
	t.Parallel()
	f, _ := inMemory(t, rt.WithMaxSubscribers(4))
	m := f.Manager()
	var told recorder
	as := func(name string) rt.Subscriber {
		return &named{name, func(c rt.ValueChange) error { told.note("%s %s", name, c.Path); return nil }}
	}
	low, normal, high := as("low"), as("normal"), as("high")
	subscribe := func(pattern string, s rt.Subscriber, opts ...rt.HookOption) rt.Handle {
		h, err := m.Subscribe(pattern, s, opts...)
		must(t, err)
		return h
	}
	h := subscribe("workers", low, rt.WithPriority(rt.PriorityLow))
	subscribe("workers", normal)
	subscribe("*", high, rt.WithPriority(rt.PriorityHigh))
	subscribe("database.*", high)
	_, err := m.Subscribe("name", normal)
	if !errors.Is(err, rt.ErrTooManySubscribers) {
		t.Errorf("max_subscribers: got %v", err)
	}
	_, err = m.Update(t.Context(), rt.Set("workers", 5))
	must(t, err)
	gives(t, "priority", told.take(), []string{"high workers", "normal workers", "low workers"})
	gives(t, "the handle", h.Pattern(), "workers")
	gives(t, "unsubscribe, again", []int{m.Unsubscribe(h), m.Unsubscribe(h)}, []int{1, 0})
	gives(t, "unsubscribe_all, again", []int{m.UnsubscribeAll(high), m.UnsubscribeAll(high)}, []int{2, 0})
	gives(t, "subscriber_count", m.Status().Subscribers, 1)
	_, err = m.Update(t.Context(), rt.Set("workers", 6))
	must(t, err)
	gives(t, "who is left", told.take(), []string{"normal workers"})
}

// A named is a subscriber that a test describes.
type named struct {
	name string
	tell func(rt.ValueChange) error
}

func (n *named) OnChange(_ context.Context, c rt.ValueChange) error { return n.tell(c) }

// "ConfigVersionManager: create_version, get_current_version, get_version,
// get_version_history(limit, offset), diff_versions, prune_old_versions(keep_count,
// keep_days)": Revisions. Create marks what is in force; a version of other values is
// made by Update.
func TestPart_ConfigVersionManager(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, source := inMemory(t)
		m, r := f.Manager(), f.Manager().Revisions()
		ctx := rt.ContextWithMetadata(t.Context(), map[string]string{"ticket": "7"})
		_, err := m.Update(ctx, rt.Set("workers", 5), rt.Set("tls", map[string]any{"cert": "c"}))
		must(t, err)
		source.set(config(2))
		must(t, m.Refresh(ctx))
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
		gives(t, "diff_versions", []any{diff.From.ID, diff.To.ID, diff.Summary(), diff.Changes[0].String(), diff.Changes[0].Kind.String()},
			[]any{rt.RevisionID(1), rt.RevisionID(2), "2 changes: 1 added, 1 modified", "workers: 4 → 5", "modified"})
		text, err := r.Config(1)
		must(t, err)
		gives(t, "the config of a version", strings.Contains(string(text), `"workers":4`), true)
		prune := func(opts ...rt.PruneOption) int { n, err := r.Prune(opts...); must(t, err); return n }
		gives(t, "prune_old_versions", prune(rt.KeepCount(3)), 2)
		gives(t, "keep_days", prune(rt.KeepFor(24*time.Hour)), 0)
		time.Sleep(48 * time.Hour)
		gives(t, "keep_days later", prune(rt.KeepFor(24*time.Hour)), 2)
		gives(t, "what is left", []rt.RevisionID{r.Current().ID, r.List(0, 0)[0].ID}, []rt.RevisionID{5, 5})
	})
}

// "ConfigChangeNotifier: notify_change, notify_batch(sync), set_notification_timeout,
// set_error_handler; NotificationResult": Notifier with Notify, NotifyAsync, SetTimeout
// and SetErrorHandler.
func TestPart_ConfigChangeNotifier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, _ := inMemory(t)
		m, n := f.Manager(), f.Manager().Notifier()
		var told recorder
		release, failed := make(chan struct{}), make(chan *rt.SubscriberError, 9)
		bad := &named{"bad", func(rt.ValueChange) error { return errors.New("no") }}
		for _, s := range []rt.Subscriber{&told, bad, &named{"slow", func(rt.ValueChange) error { <-release; return nil }}} {
			_, err := m.Subscribe("workers", s)
			must(t, err)
		}
		_, err := m.Subscribe("database.*", &told)
		must(t, err)
		n.SetErrorHandler(func(err *rt.SubscriberError) { failed <- err })
		must(t, n.SetTimeout(time.Second))
		one := rt.ValueChange{Path: "workers", Kind: rt.Modified, Old: 1, New: 2}
		var r rt.NotificationResult
		if d := takes(func() { r = n.Notify(t.Context(), one) }); d < time.Second || d > 2*time.Second {
			t.Errorf("set_notification_timeout: it took %v", d)
		}
		gives(t, "NotificationResult", []int{r.Total, r.Succeeded, r.Failed, len(r.Errors)}, []int{3, 1, 2, 2})
		gives(t, "notify_change", told.take(), []string{"workers: 1 → 2"})
		first := fails[*rt.SubscriberError](t, r.Errors[0], "no")
		gives(t, "its subscriber", first.Subscriber, rt.Subscriber(bad))
		gives(t, "set_error_handler", <-failed, first)

		close(release)
		synctest.Wait()
		batch := []rt.ValueChange{one, {Path: "database.url", Kind: rt.Added, New: "x"}, {Path: "database.password", Kind: rt.Removed, Old: "y"}}
		r = <-n.NotifyAsync(t.Context(), batch...)
		gives(t, "notify_batch", []int{r.Total, r.Succeeded, r.Failed}, []int{4, 3, 1})
		gives(t, "what it told", told.take(), []string{"workers: 1 → 2", `database.url: added "x"`, `database.password: removed "y"`})
	})
}

// "exceptions: HotReloadError, ReloadValidationError, VersionNotFoundError,
// RollbackError, WatcherError, SubscriberError": errors for errors.As and errors.Is.
// There is no common base: what is not one of them is not ours.
func TestPart_Exceptions(t *testing.T) {
	t.Parallel()
	source, path := newTelling(config(1)), file(t, "workers: 4\n")
	f := follow(t, source, rt.From(rt.File(path)), rt.WithSettle(0), rt.WithMaxSubscribers(1))
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
	h := fails[*rt.HookError](t, err, "the hook on workers (runtime/parts_test.go:")
	gives(t, "HookError", []any{h.Field, errors.Is(err, cause)}, []any{"workers", true})
	stop()
	bad := &named{"bad", func(rt.ValueChange) error { return cause }}
	_, err = m.Subscribe("workers", bad)
	must(t, err)
	_, err = m.Update(t.Context(), rt.Set("workers", 5))
	must(t, err)
	s := fails[*rt.SubscriberError](t, m.Status().LastWarning, "the subscriber of workers")
	gives(t, "SubscriberError", []any{s.Subscriber == bad, s.Pattern, errors.Is(s, cause)}, []any{true, "workers", true})

	// A source that stops telling; a system that refuses to watch is in
	// TestF091_WatchingImpaired.
	source.fail(cause)
	until(t, "the source is told of", func() bool { return strings.Contains(fmt.Sprint(m.Status().LastWarning), "memory.yaml: no") })
	gives(t, "WatcherError", fails[*rt.SourceError](t, m.Status().LastWarning, "").Source, "memory.yaml")
	fails[*rt.WatchError](t, fmt.Errorf("of the system: %w", &rt.WatchError{Cause: cause}), "watching is impaired, changes are found by polling: no")
	must(t, os.Remove(path))
	fails[*rt.SourceError](t, m.Refresh(t.Context()), "no such file")
	must(t, f.Close())
	for what, err := range map[string]error{"enable": m.Enable(), "refresh": m.Refresh(t.Context())} {
		gives(t, what+" after the end", errors.Is(err, rt.ErrClosed), true)
	}
}

// "HotReloadOptions: debounce_ms 100, max_versions 10, validate_on_reload,
// notification_timeout 5 s, max_subscribers 100, enable_metrics, enable_audit_log":
// options with these defaults, and a file of them with WithSettings, which wins.
func TestPart_HotReloadOptions(t *testing.T) {
	o := rt.NewOptions()
	gives(t, "debounce_ms, notification_timeout", []time.Duration{o.Debounce, o.NotificationTimeout}, []time.Duration{100 * time.Millisecond, 5 * time.Second})
	gives(t, "max_versions, max_subscribers", []int{o.MaxRevisions, o.MaxSubscribers}, []int{10, 100})
	gives(t, "validate_on_reload, enable_metrics, enable_audit_log", []bool{!o.SkipValidators, o.Metrics, o.AuditLog != ""}, []bool{true, false, false})
	log := filepath.Join(t.TempDir(), "audit.jsonl")
	settings := file(t, "debounce: 3s\nmax_revisions: 2\nvalidate_on_reload: false\nnotification_timeout: 7s\nmax_subscribers: 2\nmetrics: true\naudit: {file: '"+log+"'}\n")
	of := func(program, fromFile []rt.Option) {
		synctest.Test(t, func(t *testing.T) { tryOptions(t, program, fromFile, log) })
	}
	of([]rt.Option{
		rt.WithDebounce(3 * time.Second), rt.WithMaxRevisions(2), rt.WithValidateOnReload(false), rt.WithNotificationTimeout(7 * time.Second),
		rt.WithMaxSubscribers(2), rt.WithMetrics(true), rt.WithAuditLog(log, rt.AuditRefuse),
	}, nil)
	of([]rt.Option{
		rt.WithDebounce(time.Minute), rt.WithMaxRevisions(20), rt.WithValidateOnReload(true), rt.WithNotificationTimeout(time.Minute),
		rt.WithMaxSubscribers(0), rt.WithMetrics(false),
	}, []rt.Option{rt.WithSettings(settings)})
}

// tryOptions opens a configuration and tries what the options say of it.
func tryOptions(t *testing.T, program, fromFile []rt.Option, log string) {
	source := newTelling(config(1))
	f := follow(t, source, append(slices.Concat(program, fromFile), rt.WithSettle(0))...)
	m := f.Manager()
	f.AddValidator(func(*service.Config) []rt.Finding { return []rt.Finding{{Message: "no"}} })
	source.tell(config(2))
	d := takes(func() { f.left(2) }) // which looks again and again
	gives(t, "debounce_ms", d.Truncate(time.Second), 3*time.Second)
	for n := range 3 {
		_, err := m.Update(t.Context(), rt.Set("workers", n+5)) // validate_on_reload
		must(t, err)
	}
	gives(t, "max_versions", len(m.Revisions().List(0, 0)), 2)
	slow := &named{"slow", func(rt.ValueChange) error { time.Sleep(time.Hour); return nil }}
	for _, path := range []string{"workers", "name"} {
		_, err := m.Subscribe(path, slow)
		must(t, err)
	}
	_, err := m.Subscribe("left", slow)
	gives(t, "max_subscribers", errors.Is(err, rt.ErrTooManySubscribers), true)
	change := rt.ValueChange{Path: "workers", Kind: rt.Modified, Old: 1, New: 2}
	if d := takes(func() { m.Notifier().Notify(t.Context(), change) }); d < 7*time.Second || d > 9*time.Second {
		t.Errorf("notification_timeout: it took %v", d)
	}
	counted, err := m.Metrics()
	gives(t, "enable_metrics", []any{counted.Revision, err}, []any{rt.RevisionID(5), nil})
	text, err := os.ReadFile(log)
	gives(t, "enable_audit_log", []any{bytes.Contains(text, []byte(`"decision":"reload"`)), err}, []any{true, nil})
	time.Sleep(time.Hour) // the slow one returns
	must(t, f.Close())
	must(t, os.Remove(log))
}

// "reload strategies immediate, batched(batch_delay, max_batch_size), scheduled(interval),
// manual(pending changes)": Immediate, Batched, Scheduled and Manual for WithStrategy,
// and for SetStrategy while it runs; PendingChanges.
func TestPart_ReloadStrategies(t *testing.T) {
	for _, c := range []struct {
		s    rt.Strategy
		want time.Duration // from the change of one source
		both time.Duration // from the change of the second, an hour later
	}{
		{rt.Immediate(), 0, 0},
		{rt.Batched(10*time.Second, 0), 10 * time.Second, 10 * time.Second},
		{rt.Scheduled(3 * time.Hour), 2 * time.Hour, 2 * time.Hour},
	} {
		synctest.Test(t, func(t *testing.T) {
			source := newTelling(config(1))
			f := follow(t, source, rt.WithDebounce(0), rt.WithSettle(0), rt.WithStrategy(c.s))
			time.Sleep(time.Hour)
			source.tell(config(2))
			took := takes(func() {
				for f.Current().Left != 2 {
					time.Sleep(time.Second)
					synctest.Wait()
				}
			})
			gives(t, c.s.String(), took.Truncate(5*time.Second), c.want)
		})
	}
	synctest.Test(t, pendingAndBatches)
}

// pendingAndBatches is what is left of the strategies: a full batch, changes that wait
// for a request, and another strategy while it runs.
func pendingAndBatches(t *testing.T) {
	one, two := newTelling(config(1)), &another{newTelling("workers: 1")}
	f := follow(t, one, rt.From(two), rt.WithDebounce(0), rt.WithSettle(0), rt.WithStrategy(rt.Batched(time.Hour, 2)))
	m := f.Manager()
	one.tell(config(2))
	time.Sleep(time.Minute)
	gives(t, "max_batch_size is not reached", f.Current().Left, 1)
	two.tell("workers: 2")
	took := takes(func() { f.left(2) })
	gives(t, "max_batch_size", []any{f.Current().Workers, took < time.Second}, []any{2, true})

	must(t, m.SetStrategy(rt.Manual()))
	one.tell(config(3))
	time.Sleep(time.Hour)
	pending := m.PendingChanges()
	gives(t, "pending changes", []any{len(pending), pending[0].Source, time.Since(pending[0].First)}, []any{1, "memory.yaml", time.Hour})
	gives(t, "why", fails[*rt.PendingError](t, m.Status().LastError, "the strategy is manual").Changes, pending)
	_, err := m.Reload(t.Context())
	must(t, err)
	gives(t, "manual", []any{f.Current().Left, len(m.PendingChanges())}, []any{3, 0})
	one.tell(config(4))
	synctest.Wait()
	must(t, m.SetStrategy(rt.Immediate()))
	f.left(4)
	if m.SetStrategy(rt.Scheduled(0)) == nil || m.SetStrategy(rt.Batched(-1, 1)) == nil {
		t.Error("a strategy that cannot be is taken")
	}
}

// Another is a second source that tells of changes.
type another struct{ *telling }

func (s *another) Name() string { return "second.yaml" }

// "file patterns (*.yaml, *.yml, *.json), ignore patterns (*.tmp, *.bak, .*)":
// WithFilePatterns and WithIgnorePatterns with these defaults, and *.toml, for the files
// in a followed folder; a file that is named always counts.
func TestPart_FilePatterns(t *testing.T) {
	t.Parallel()
	o := rt.NewOptions()
	gives(t, "file patterns", o.FilePatterns, []string{"*.yaml", "*.yml", "*.json", "*.toml"})
	gives(t, "ignore patterns", o.IgnorePatterns, []string{"*.tmp", "*.bak", ".*"})
	for _, c := range []struct {
		opts             []rt.Option
		counted, ignored []string
	}{
		{nil, []string{"a.yaml", "a.yml", "a.json", "a.toml"}, []string{"a.tmp", "a.bak", ".a.yaml", "a.txt"}},
		{[]rt.Option{rt.WithFilePatterns("*.conf", "*.tmp"), rt.WithIgnorePatterns("b*")}, []string{"a.conf", "a.tmp", ".a.conf"}, []string{"a.yaml", "b.conf"}},
	} {
		named := filepath.Join(t.TempDir(), "a.tmp")
		write(t, named, "")
		files, want := []string{named}, []string{named}
		for _, name := range append(c.ignored, c.counted...) { // each in a folder of its own
			path := filepath.Join(t.TempDir(), name)
			files = append(files, path)
			if slices.Contains(c.counted, name) {
				want = append(want, filepath.Dir(path))
			}
		}
		f, _ := inMemory(t, append(c.opts, rt.WithStrategy(rt.Manual()))...)
		m := f.Manager()
		must(t, m.AddWatchPath(named))
		for _, path := range files[1:] {
			must(t, m.AddWatchPath(filepath.Dir(path)))
		}
		for _, path := range files { // what does not count comes before what does
			write(t, path, "x")
		}
		sources := func() (names []string) {
			for _, p := range m.PendingChanges() {
				names = append(names, p.Source)
			}
			return names
		}
		until(t, "what counts is pending", func() bool { return len(sources()) >= len(want) })
		gives(t, "what counts", slices.Sorted(slices.Values(sources())), slices.Sorted(slices.Values(want)))
	}
}

// "automatic rollback, backups (max_backups 5), get_config_backups": a hook that fails
// has the revision rolled back, unless KeepOnHookError is given; with a store the files
// of the newest revisions are kept: WithMaxBackups, Backups, RestoreBackup.
func TestPart_AutomaticRollbackAndBackups(t *testing.T) {
	t.Parallel()
	path, store := file(t, config(0)), filepath.Join(t.TempDir(), "store")
	live := mustOpen(t, path, store)
	m := live.Manager()
	var told noted
	live.Left().OnChange(told.call, rt.WithPriority(rt.PriorityHigh))
	stop := live.Right().OnChange(refusing)
	replace(t, path, config(99))
	r, err := m.Reload(t.Context())
	fails[*rt.HookError](t, err, "not today")
	gives(t, "automatic rollback", []any{r.RolledBack, r.Revision.ID, live.Current().Left}, []any{true, rt.RevisionID(1), 0})
	told.want(t, "0→99 99→0")
	stop()

	for n := range 6 {
		save(t, live, path, config(n+1))
	}
	backups, err := m.Backups()
	must(t, err)
	gives(t, "max_backups", []int{len(backups), rt.NewOptions().MaxBackups}, []int{5, 5})
	oldest := backups[4]
	gives(t, "get_config_backups", []any{oldest.Files, time.Since(oldest.Time) < time.Hour}, []any{[]string{path}, true})
	r, err = m.RestoreBackup(t.Context(), oldest.ID)
	must(t, err)
	text, err := os.ReadFile(path)
	must(t, err)
	gives(t, "the file", string(text), config(2))
	gives(t, "what is in force", []any{r.Changed, live.Current().Left}, []any{true, 2})
	_, err = m.RestoreBackup(t.Context(), 1)
	gives(t, "a backup that is not kept", errors.Is(err, rt.ErrBackupNotFound), true)

	f, source := inMemory(t, rt.KeepOnHookError())
	f.Left().OnChange(refusing)
	source.set(config(5))
	must(t, f.Manager().Refresh(t.Context()))
	gives(t, "enable_rollback=False", f.Current().Left, 5)
	_, err = f.Manager().Backups()
	gives(t, "backup_configs=False", errors.Is(err, rt.ErrNoStore), true)
}

// everyStep is a migration with all steps that there are.
const everyStep = `
from: 1
to: 2
version_at: note
steps:
  - rename:  {path: title, to: name}
  - move:    {path: pool, to: database.pool_size}
  - scale:   {path: left, by: 10}
  - copy:    {path: left, to: right}
  - delete:  {path: legacy}
  - set:     {path: log_level, value: warn}
  - default: {path: workers, value: 8}
  - map:     {path: database.url, values: {old: new}}
  - split:   {path: sink.both, by: ":", into: [kind, path]}
  - join:    {paths: [host, domain], by: ".", to: hosts}
  - wrap:    {path: hosts, in: list}
  - cast:    {path: verbose, to: boolean}
`

// "migrations directory, version detection, transformations, automatic migration on
// reload": WithMigrations, and WithMigration for those in Go; the files stay as they
// are, until hotbind migrate --write edits them.
func TestPart_Migrations(t *testing.T) {
	t.Parallel()
	old := func(left int) string {
		return fmt.Sprintf("note: \"1\"\ntitle: shop\npool: 20\nleft: %d\nlegacy: x\ndatabase: {url: old}\nsink: {both: 'file:/p'}\nhost: a\ndomain: example\nverbose: \"true\"\n", left)
	}
	path, dir, h := file(t, old(1)), folder(t, map[string]string{"1-to-2.yaml": everyStep}), &heard{}
	timeout := func(doc *document.Node) (*document.Node, error) {
		doc.Members = append(doc.Members, document.Member{Key: "timeout", Value: &document.Node{Kind: document.String, Text: "1m"}})
		return doc, nil
	}
	f := follow(t, rt.File(path), rt.WithSettle(0), rt.WithMigrations(dir), rt.WithMigration("2", "3", timeout), rt.WithChannel(h))
	want := func(left int) string {
		return fmt.Sprintf(`{"name":"shop","log_level":"warn","workers":8,"left":%d,"right":%[1]d,"ratio":0.5,"verbose":true,"timeout":"1m","hosts":["a.example"],"note":"3",`+
			`"database":{"url":"new","pool_size":20},"sink":{"kind":"file","path":"/p"}}`, left)
	}
	gives(t, "transformations", f.Current().String(), want(10))
	gives(t, "a migration told of", strings.Contains(h.await(t, rt.EventMigrationApplied).Message, path+" was read as version 3 instead of 1"), true)
	replace(t, path, old(2))
	f.left(20)
	gives(t, "automatic migration on reload", f.Current().String(), want(20))
	text, err := os.ReadFile(path)
	must(t, err)
	gives(t, "the file", string(text), old(2))
	replace(t, path, "note: \"3\"\nname: shop\nleft: 3\nright: 3\n")
	f.left(3) // needs no migration
	replace(t, path, "note: \"4\"\nname: shop\n")
	f.refused("config version 4 is newer than 3")
}

// "notification channels console, log, file, queue, callback, async callback": the six
// of package notify, and a Webhook.
func TestPart_NotificationChannels(t *testing.T) {
	t.Parallel()
	var console bytes.Buffer
	var log, called, calledAsync journal
	note := func(j *journal) func(context.Context, rt.Notification) error {
		return func(ctx context.Context, n rt.Notification) error {
			return j.Handle(ctx, slog.NewRecord(n.Time, slog.LevelInfo, n.Message, 0))
		}
	}
	path, queue := filepath.Join(t.TempDir(), "notifications.jsonl"), notify.NewQueue("queue", 10)
	lines, err := notify.File(path)
	must(t, err)
	f, source := inMemory(t)
	m := f.Manager()
	for _, c := range []rt.Channel{
		notify.Console(&console, notify.WithColor(false)), notify.Log(slog.New(&log)), lines, queue,
		notify.Callback("callback", note(&called)), notify.AsyncCallback("async callback", note(&calledAsync), 2),
	} {
		must(t, m.AddChannel(c, rt.WithFilter(rt.Filter{Events: []rt.Event{rt.EventReloaded}})))
	}
	source.set(config(2))
	must(t, m.Refresh(t.Context()))
	n, err := queue.Next(t.Context())
	must(t, err)
	const message = "revision 2 is in force: 2 changes: 2 modified"
	gives(t, "queue", []any{n.Message, n.Event, queue.Len(), queue.Dropped()}, []any{message, rt.EventReloaded, 0, uint64(0)})
	until(t, "all have it", func() bool {
		return !slices.ContainsFunc(m.ChannelStats(), func(s rt.ChannelStats) bool { return s.Sent == 0 })
	})
	must(t, f.Close())
	gives(t, "console", strings.Contains(console.String(), " ✓ "+message+"\n    ~ left: 1 → 2\n"), true)
	gives(t, "log", strings.HasPrefix(log.all(), "INFO "+message+" "), true)
	gives(t, "callback", called.all(), "INFO "+message)
	gives(t, "async callback", calledAsync.all(), "INFO "+message)
	text, err := os.ReadFile(path)
	must(t, err)
	var record struct{ Event, Message string }
	must(t, json.Unmarshal(text, &record))
	gives(t, "file", []string{record.Event, record.Message}, []string{"reloaded", message})
	_, err = queue.Next(t.Context())
	gives(t, "the queue at the end", errors.Is(err, rt.ErrClosed), true)
}

// "notification filter (event types, file patterns, priority, include_errors,
// include_success), statistics, add/remove subscriber, get_queue_handler": Filter,
// ChannelStats, AddChannel and RemoveChannel; the queue is its own handler.
func TestPart_NotificationFilter(t *testing.T) {
	t.Parallel()
	path := file(t, config(1))
	f := follow(t, rt.File(path), rt.WithSettle(0), rt.WithHotReload(false))
	m := f.Manager()
	const started, reloaded, refused = rt.EventReloadStarted, rt.EventReloaded, rt.EventRefused
	filters := []struct {
		name   string
		filter rt.Filter
		want   []rt.Event
	}{
		{"everything", rt.Filter{}, []rt.Event{started, reloaded, refused, started, reloaded}},
		{"event types", rt.Filter{Events: []rt.Event{reloaded, rt.EventRecovered}}, []rt.Event{reloaded, reloaded}},
		{"file patterns", rt.Filter{Files: []string{"*.yaml"}}, []rt.Event{started, reloaded, started, reloaded}},
		{"other files", rt.Filter{Files: []string{"*.json"}}, nil},
		{"priority", rt.Filter{Priorities: []rt.Priority{rt.PriorityHigh}}, []rt.Event{refused}},
		{"include_errors", rt.Filter{WithoutSuccesses: true}, []rt.Event{refused}},
		{"include_success", rt.Filter{WithoutErrors: true}, []rt.Event{started, reloaded, started, reloaded}},
		{"paths", rt.Filter{Paths: []string{"**.pool_size"}}, []rt.Event{reloaded}},
	}
	queues := map[string]*notify.Queue{}
	for _, c := range filters {
		queues[c.name] = notify.NewQueue(c.name, 100)
		must(t, m.AddChannel(queues[c.name], rt.WithFilter(c.filter)))
	}
	save(t, f.Live, path, config(2))
	_, err := m.Update(t.Context(), rt.Set("workers", 900))
	fails[*rt.ReloadError](t, err, "")
	save(t, f.Live, path, config(2)+"database: {pool_size: 20}\n")
	busy := func(s rt.ChannelStats) bool { return s.Sent+s.Filtered < 5 }
	until(t, "all was told", func() bool { return !slices.ContainsFunc(m.ChannelStats(), busy) })
	stats := m.ChannelStats()
	gives(t, "remove subscriber", []bool{m.RemoveChannel("paths"), m.RemoveChannel("paths")}, []bool{true, false})
	must(t, f.Close())
	for i, c := range filters {
		var got []rt.Event
		for range c.want {
			n, err := queues[c.name].Next(t.Context())
			must(t, err)
			got = append(got, n.Event)
		}
		gives(t, c.name, got, c.want)
		s, sent := stats[i], uint64(len(c.want))
		gives(t, "statistics of "+s.Name, []any{s.Name, s.Sent, s.Filtered, s.Failed, s.Dropped}, []any{c.name, sent, 5 - sent, uint64(0), uint64(0)})
	}
}

// "ReloadEvent, ReloadNotification": Event and Notification. The events that the
// documents name, and what each says.
func TestPart_ReloadEventReloadNotification(t *testing.T) {
	t.Parallel()
	path, h := file(t, "note: \"1\"\nold: 4\n"), &heard{}
	steps := folder(t, map[string]string{"m.yaml": "from: 1\nto: 2\nversion_at: note\nsteps:\n  - rename: {path: old, to: workers}\n"})
	live, err := layers.Open(t.Context(), rt.From(rt.File(path)), rt.WithChannel(h), rt.WithStore(filepath.Join(t.TempDir(), "store")),
		rt.WithMigrations(steps), rt.WithHotReload(true), rt.WithSettle(0), rt.WithPollInterval(0), quiet())
	must(t, err)
	m := live.Manager()
	replace(t, path, "note: \"1\"\nold: 5\nlisten: ':81'\n")
	n := h.await(t, rt.EventReloaded)
	gives(t, "ReloadNotification", []any{n.Event, n.Revision, n.Previous, n.Cause, n.Changes.String(), n.Files, n.Count, n.Priority, n.Error},
		[]any{rt.EventReloaded, rt.RevisionID(2), rt.RevisionID(1), rt.CauseFileChange, "workers: 4 → 5", []string{path}, 1, rt.PriorityNormal, ""})
	text, err := json.Marshal(n)
	must(t, err)
	var record map[string]any
	must(t, json.Unmarshal(text, &record))
	gives(t, "as JSON", slices.Sorted(maps.Keys(record)),
		[]string{"cause", "changes", "count", "duration_ms", "event", "files", "id", "message", "previous", "priority", "revision", "time"})
	live.Workers().OnChange(refusing)
	_, err = m.Update(t.Context(), rt.Set("workers", 6))
	fails[*rt.HookError](t, err, "not today")
	_, err = m.Update(t.Context(), rt.Set("database.pool_size", 6))
	must(t, err)
	_, err = m.Rollback(t.Context(), rt.Steps(1))
	must(t, err)
	m.Disable()
	for e, want := range map[rt.Event]string{
		rt.EventWatchingStarted:  "the sources are followed",
		rt.EventWatchingStopped:  "the sources are not followed any more",
		rt.EventChangeDetected:   path + " has changed",
		rt.EventReloadStarted:    "new content of the sources is looked at",
		rt.EventReloaded:         "revision 2 is in force: 1 change: 1 modified",
		rt.EventRefused:          "refused, revision 2 stays in force: the hook on workers",
		rt.EventRolledBack:       "rolled back: revision 5 is in force: 1 change: 1 modified",
		rt.EventBackupMade:       "the source files of revision 1 were copied",
		rt.EventMigrationApplied: path + " was read as version 2",
		rt.EventRestartPending:   "changes wait for a restart: 1 change: 1 modified",
		rt.EventHookFailed:       "the hook on workers",
	} {
		n := h.await(t, e)
		if !strings.HasPrefix(n.Message, want) || n.Time.IsZero() || n.ID == "" || e.Failed() != (n.Error != "") || n.Priority != e.Priority() {
			t.Errorf("%s: got %+v, want %q", e, n, want)
		}
		gives(t, "Events has "+string(e), slices.Contains(rt.Events(), e), true)
	}
	must(t, live.Close())
}

// "hierarchical config: global, environment, agent; dot paths; deep merge; inheritance":
// the layers of a Tree, below files, variables, flags and the API.
func TestPart_HierarchicalConfig(t *testing.T) {
	noEnvironment(t)
	dir := folder(t, map[string]string{
		"base.yaml":              "workers: 1\nhosts: [a]\npaths: [a]\nnote: x\ndatabase: {url: a, pool_size: 1, ratio: 0.1}\nservers: [{name: web, port: 1}, {name: db, port: 2}]\n",
		"environments/prod.yaml": "workers: 2\nhosts: [b]\npaths: [b]\nnote: null\ndatabase: {url: b, pool_size: 2}\nservers: [{name: web, weight: 2}]\n",
		"agents/a-1.yaml":        "workers: 3\nhosts: [c]\npaths: [c]\ndatabase: {url: c}\nservers: [{name: web, port: 3}]\n",
	})
	t.Setenv("SHOP_DATABASE_POOL_SIZE", "4")
	live, err := layers.Open(t.Context(), rt.From(rt.Tree(dir, rt.Environment("prod"), rt.Agent("a-1")), rt.Env("SHOP")), rt.WithHotReload(false), rt.WithSettle(0), quiet())
	must(t, err)
	defer live.Close()
	m := live.Manager()
	for path, want := range map[string]string{
		"workers":            "3",       // global, environment, agent
		"database.url":       "c",       // deep merge
		"database.ratio":     "0.1",     // inheritance
		"database.timeout":   "10s",     // of the schema
		"database.pool_size": "4",       // a variable above the files
		"paths":              "[c]",     // a list replaces
		"hosts":              "[a b c]", // x-merge: append
		"servers.web.port":   "3",       // x-merge: key
		"servers.db.port":    "2",
	} {
		v, ok, err := m.Get(path)
		gives(t, path, []any{fmt.Sprint(v), ok, err}, []any{want, true, nil})
	}
	gives(t, "null takes back", live.Current().Note.IsSet(), false)
	x, err := m.Explain("database.url")
	must(t, err)
	var said []string
	for _, s := range x.Said {
		said = append(said, strings.TrimPrefix(s.Pos.String(), dir+string(filepath.Separator))+" "+s.Value)
	}
	gives(t, "which layer says what", said[:3], []string{
		filepath.FromSlash("agents/a-1.yaml:4:17") + ` "c"`, filepath.FromSlash("environments/prod.yaml:5:17") + ` "b"`, filepath.FromSlash("base.yaml:5:17") + ` "a"`,
	})
	_, err = m.Update(t.Context(), layers.Set(live.Database().PoolSize(), 5))
	must(t, err)
	gives(t, "the API above all", live.Current().Database.PoolSize, 5)
	write(t, filepath.Join(dir, "environments", "prod.yaml"), "database: {ratio: 0.9}\n")
	must(t, m.Refresh(t.Context()))
	gives(t, "inheritance on reload", []any{live.Current().Database.Ratio, live.Current().Note.Or("")}, []any{0.9, "x"})
}

// "metrics, audit log": WithMetrics and Metrics, which modules of their own carry to
// Prometheus and OpenTelemetry; WithAuditLog and package audit.
func TestPart_MetricsAuditLog(t *testing.T) {
	t.Parallel()
	bare, _ := inMemory(t)
	if _, err := bare.Manager().Metrics(); !errors.Is(err, rt.ErrNoMetrics) {
		t.Errorf("got %v", err)
	}
	log := filepath.Join(t.TempDir(), "audit.jsonl")
	f, source := inMemory(t, rt.WithMetrics(true), rt.WithAuditLog(log, rt.AuditRefuse), rt.WithChannel(&heard{}))
	m := f.Manager()
	f.Workers().OnChange(func(context.Context, rt.Change[int]) error { return nil })
	_, err := m.WatchValue("workers", func(context.Context, rt.ValueChange) error { return errors.New("no") })
	must(t, err)
	alice := rt.ContextWithMetadata(t.Context(), map[string]string{rt.MetadataActor: "alice", "why": "load"})
	_, err = m.Update(alice, rt.Set("workers", 5), rt.Set("database.password", "hunter22"))
	must(t, err)
	source.set("name: [")
	_, err = m.Reload(alice)
	fails[*rt.ReloadError](t, err, "")
	s, err := m.Metrics()
	must(t, err)
	gives(t, "counters", s.Reloads, map[rt.Outcome]uint64{rt.OutcomeReloaded: 1, rt.OutcomeUnchanged: 0, rt.OutcomeRefused: 1, rt.OutcomeUndone: 0})
	gives(t, "durations", []uint64{s.ReloadDuration.Count, s.Hooks[rt.OutcomeSucceeded].Count, s.Subscribers[rt.OutcomeFailed].Count}, []uint64{2, 1, 1})
	gives(t, "gauges", []any{s.Revision, s.RegisteredHooks, s.Subscriptions, s.PendingRestarts, s.RefusedInRow, s.LastReloadSuccessful, s.WatchErrors, len(s.Channels)},
		[]any{rt.RevisionID(2), 1, 1, 0, uint64(1), false, uint64(0), 1})
	must(t, f.Close())

	text, err := os.ReadFile(log)
	must(t, err)
	gives(t, "secrets", bytes.Contains(text, []byte("hunter22")), false)
	gives(t, "who, what, when, why", auditLines(t, text), []string{
		"start  file_change 1  false false", "update alice api_update 2 load false false", "refusal alice manual 2 load true false",
	})
	r, err := audit.Verify(log)
	must(t, err)
	gives(t, "the chain", []any{r.Lines, len(r.Findings)}, []any{uint64(3), 0})
	write(t, log, strings.Replace(string(text), `"alice"`, `"bob"`, 1))
	r, err = audit.Verify(log)
	must(t, err)
	gives(t, "a line that was edited", len(r.Findings) > 0, true)
}

// auditLines says of each line of an audit log what it has.
func auditLines(t *testing.T, text []byte) (lines []string) {
	for line := range bytes.Lines(text) {
		var r struct {
			Decision, Actor, Cause, Error string
			Revision                      int
			Metadata                      map[string]string
			Time                          time.Time
		}
		must(t, json.Unmarshal(line, &r))
		lines = append(lines, fmt.Sprint(r.Decision, " ", r.Actor, " ", r.Cause, " ", r.Revision, " ", r.Metadata["why"], " ", r.Error != "", " ", r.Time.IsZero()))
	}
	return lines
}

// partPackages are those that the page names things of, by the name it uses.
var partPackages = map[string]string{
	"rt": "runtime", "notify": "runtime/notify", "audit": "runtime/audit", "config": "testdata/compile/service",
	"promhotbind": "metrics/promhotbind", "otelhotbind": "metrics/otelhotbind",
}

// docs/parts.md has each of the tests above once, under the name of its part, and says
// of nothing that it is there, or in a file, that is not.
func TestPartsPage(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "docs", "parts.md"))
	must(t, err)
	tests, declared, rows := partTests(t), partNames(t), 0
	for line := range strings.Lines(string(text)) {
		switch cells := strings.Split(strings.Trim(strings.TrimSpace(line), "| "), " | "); {
		case len(cells) == 4 && strings.Contains(cells[3], "`"):
			rows++
			part := strings.ReplaceAll(cells[0], "`", "")
			checkPart(t, part, coded(cells[1]), coded(cells[2]), declared)
			for _, name := range coded(cells[3]) {
				if comment, ok := tests[name]; !ok || !strings.HasPrefix(comment, `"`+part+`": `) {
					t.Errorf("%s: no test %s begins its comment with that: %.100s", part, name, comment)
				}
				delete(tests, name)
			}
		case len(cells) == 2:
			for _, name := range coded(cells[1]) {
				gives(t, name+" is declared", len(declared[name]) > 0, true)
			}
		}
	}
	gives(t, "tests that are not on the page", slices.Collect(maps.Keys(tests)), nil)
	gives(t, "rows", rows, 25)
}

// checkPart wants the names of a row to be declared in the files of the row, and the
// files to be there. The generated package is any.
func checkPart(t *testing.T, part string, names, files []string, declared map[string][]string) {
	t.Helper()
	for _, path := range files {
		if _, err := os.Stat(filepath.Join("..", filepath.FromSlash(path))); err != nil {
			t.Errorf("%s: %v", part, err)
		}
	}
	for _, name := range names {
		if !slices.ContainsFunc(declared[name], func(file string) bool {
			return slices.Contains(files, file) || strings.HasPrefix(file, partPackages["config"])
		}) {
			t.Errorf("%s: %s is declared in %q", part, name, declared[name])
		}
	}
}

var codeSpan = regexp.MustCompile("`([^`]+)`")

// coded is what a cell has in backquotes.
func coded(cell string) (list []string) {
	for _, m := range codeSpan.FindAllStringSubmatch(cell, -1) {
		list = append(list, m[1])
	}
	return list
}

// managerParts are the interfaces that a Manager embeds.
var managerParts = []string{"Values", "Subscriptions", "Channels"}

var _ interface {
	rt.Values
	rt.Subscriptions
	rt.Channels
} = rt.Manager(nil)

// partTests are the tests of this file with their comments, each on one line.
func partTests(t *testing.T) map[string]string {
	tests := map[string]string{}
	parsed, err := parser.ParseFile(token.NewFileSet(), "parts_test.go", nil, parser.ParseComments)
	must(t, err)
	for _, d := range parsed.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && strings.HasPrefix(fn.Name.Name, "TestPart_") {
			tests[fn.Name.Name] = strings.Join(strings.Fields(fn.Doc.Text()), " ")
		}
	}
	return tests
}

// partNames are the exported names of the packages, such as rt.Steps and Manager.Reload,
// with the files that declare them.
func partNames(t *testing.T) map[string][]string {
	names := map[string][]string{}
	for short, dir := range partPackages {
		files, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(dir), "*.go"))
		must(t, err)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			must(t, err)
			at := dir + "/" + filepath.Base(file)
			for _, d := range parsed.Decls {
				for _, name := range declaredBy(d, short) {
					names[name] = append(names[name], at)
					if of, member, _ := strings.Cut(name, "."); slices.Contains(managerParts, of) {
						names["Manager."+member] = append(names["Manager."+member], at)
					}
				}
			}
		}
	}
	return names
}

// declaredBy are the names that a declaration makes.
func declaredBy(d ast.Decl, short string) (names []string) {
	if fn, ok := d.(*ast.FuncDecl); ok {
		if fn.Recv == nil {
			return []string{short + "." + fn.Name.Name}
		}
		receiver := fn.Recv.List[0].Type
		if star, ok := receiver.(*ast.StarExpr); ok {
			receiver = star.X
		}
		if of, ok := receiver.(*ast.Ident); ok {
			names = append(names, of.Name+"."+fn.Name.Name)
		}
		return names
	}
	for _, spec := range d.(*ast.GenDecl).Specs {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			for _, name := range spec.Names {
				names = append(names, short+"."+name.Name)
			}
		case *ast.TypeSpec:
			names = append(names, short+"."+spec.Name.Name)
			var members *ast.FieldList
			switch of := spec.Type.(type) {
			case *ast.StructType:
				members = of.Fields
			case *ast.InterfaceType:
				members = of.Methods
			default:
				continue
			}
			for _, member := range members.List {
				for _, name := range member.Names {
					names = append(names, spec.Name.Name+"."+name.Name)
				}
			}
		}
	}
	return names
}
