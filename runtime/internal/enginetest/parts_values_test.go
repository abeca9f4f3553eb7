package enginetest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/settings"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// "HotReloadableConfigProvider(config_dir, environment, load_dotenv, enable_hot_reload,
// hot_reload_options)": a Tree and its options, for Open or Load; its hot_reload is
// live.Manager().
func TestPart_HotReloadableConfigProvider(t *testing.T) {
	testkit.NoEnvironment(t)
	dir := testkit.Folder(t, map[string]string{
		"base.yaml":                     config(1),
		"environments/development.yaml": "database: {pool_size: 2}\n",
		"environments/test.yaml":        "database: {pool_size: 3}\n",
		"agents/a-1.yaml":               "ratio: 0.25\n",
		".env":                          "SHOP_WORKERS=7\n",
	})
	options := file(t, "max_revisions: 3\n")
	tree := rt.Tree(dir, rt.Environment("development"), rt.Agent("a-1"))
	f := follow(t, tree, rt.From(rt.Dotenv(filepath.Join(dir, ".env"), "SHOP")), rt.WithHotReload(true), settings.File(options), rt.WithSettle(0))
	c := f.Current()
	gives(t, "config_dir, environment, agent, load_dotenv", []any{c.Left, c.Database.PoolSize, c.Ratio, c.Workers}, []any{1, 2, 0.25, 7})
	gives(t, "hot_reload", []any{f.Manager().Watching().Enabled(), f.Manager().Status().Environment}, []any{true, "development"})
	for n := range 4 {
		replace(t, filepath.Join(dir, "agents", "a-1.yaml"), fmt.Sprintf("left: %d\nright: %d\n", n+2, n+2))
		f.left(n + 2)
	}
	gives(t, "hot_reload_options", len(f.Manager().Revisions().List(0, 0)), 3)

	t.Setenv("APP_ENV", "test")
	c, err := service.Load(t.Context(), rt.From(rt.Tree(dir)))
	must(t, err)
	gives(t, "the environment that is detected, no .env", []any{c.Database.PoolSize, c.Workers}, []any{3, 4})
}

// "get(key), get_with_reload(key, default, timeout)": Get; Reload before it reads the
// sources, with the timeout of the context. Most code needs neither, because fields are
// typed.
func TestPart_GetAndReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, source := inMemory(t, rt.WithStrategy(rt.Batched(time.Hour, 0)))
		m := f.Manager()
		v, ok, err := m.Values().Get("left")
		gives(t, "get", []any{v, ok, err}, []any{1, true, nil})
		v, ok, err = m.Values().Get("tls.cert")
		gives(t, "get of an absent value", []any{v, ok, err}, []any{nil, false, nil})
		if _, _, err := m.Values().Get("lfet"); err == nil || !strings.Contains(err.Error(), "did you mean left?") {
			t.Errorf("got %v for a key that cannot be", err)
		}
		source.set(config(2))
		must(t, reloadError(t.Context(), m))
		v, _, _ = m.Values().Get("left")
		gives(t, "after a reload, whatever the strategy", v, 2)
		source.set("name: [")
		err = reloadError(t.Context(), m)
		v, _, _ = m.Values().Get("left")
		gives(t, "after a refusal", []any{err != nil, v}, []any{true, 2})
	})
}

// "watch_value(key, cb, immediate), watch_pattern(glob, cb), unwatch, refresh":
// Watch, with WithCurrent for immediate, Stop of the handle, and Reload.
func TestPart_WatchUnwatchReload(t *testing.T) {
	t.Parallel()
	synctest.Test(t, watchesValues)
}

func watchesValues(t *testing.T) {
	f, source := inMemory(t)
	m := f.Manager()
	var value, later, pattern, depth recorder
	h, err := m.Values().Watch("workers", value.OnChange, rt.WithCurrent())
	must(t, err)
	_, err = m.Values().Watch("workers", later.OnChange)
	must(t, err)
	g, err := m.Values().Watch("database.*", pattern.OnChange)
	must(t, err)
	_, err = m.Values().Watch("**.quota", depth.OnChange)
	must(t, err)
	gives(t, "immediate", value.take(), []string{"workers: added 4"})
	source.set(config(1) + "workers: 5\ndatabase: {pool_size: 20, url: x}\ntenants: {acme: {quota: 1}}\n")
	must(t, reloadError(t.Context(), m))
	gives(t, "watch_value", value.take(), []string{"workers: 4 → 5"})
	gives(t, "watch_value, not immediate", later.take(), []string{"workers: 4 → 5"})
	gives(t, "watch_pattern", pattern.take(), []string{`database.url: "postgres://localhost/app" → "x"`, "database.pool_size: 10 → 20"})
	gives(t, "watch_pattern at any depth", depth.take(), []string{"tenants.acme.quota: added 1"})
	h.Stop()
	g.Stop()
	source.set(config(1))
	must(t, reloadError(t.Context(), m))
	gives(t, "after unwatch", slices.Concat(value.take(), pattern.take()), nil)
	gives(t, "after unwatch of others", len(later.take()), 1)
	source.set("name: [")
	if reloadError(t.Context(), m) == nil {
		t.Error("Reload returns no error for a refusal")
	}
}

// "ConfigSubscriber: on_config_change, on_config_reload, on_reload_error, on_rollback":
// Subscriber has the first method; the engine also calls those of ReloadSubscriber,
// ErrorSubscriber and RollbackSubscriber. Live has methods for the last two.
func TestPart_ConfigSubscriber(t *testing.T) {
	t.Parallel()
	synctest.Test(t, configSubscriber)
}

func configSubscriber(t *testing.T) {
	f, source := inMemory(t)
	m, all, plain := f.Manager(), &observant{}, &recorder{}
	var _ interface {
		rt.Subscriber
		rt.ReloadSubscriber
		rt.ErrorSubscriber
		rt.RollbackSubscriber
	} = all
	for _, s := range []rt.Subscriber{all, plain} {
		_, err := m.Values().Subscribe("**", s)
		must(t, err)
	}
	update := func(edits ...rt.Edit) error { _, err := m.Update(t.Context(), rt.Edits(edits)); return err }
	must(t, update(rt.Set("workers", 5), rt.Set("tls", map[string]any{"cert": "c"})))
	gives(t, "on_config_reload", all.take(), []string{"reload 2 changes: 1 added, 1 modified"})
	gives(t, "on_config_change for each", plain.take(), []string{"workers: 4 → 5", `tls: added {"cert":"c","min_version":"1.2"}`})
	must(t, update(rt.Unset("tls")))
	gives(t, "on_config_change", all.take(), []string{`tls: removed {"cert":"c","min_version":"1.2"}`})

	f.AddValidator(tooMany)
	stop := f.Left().OnChange(refusing)
	source.set(config(2) + "workers: [")
	for _, err := range []error{update(rt.Set("workers", 9)), update(rt.Set("left", 9)), reloadError(t.Context(), m)} {
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
	synctest.Test(t, func(t *testing.T) {
		f, _ := inMemory(t, rt.WithMaxSubscribers(4))
		m := f.Manager()
		var recorded recorder
		as := func(name string) rt.Subscriber {
			return &named{name, func(c rt.ValueChange) error { recorded.note("%s %s", name, c.Path); return nil }}
		}
		low, normal, high := as("low"), as("normal"), as("high")
		var handles []rt.Handle
		subscribe := func(pattern string, s rt.Subscriber, opts ...rt.SubscribeOption) rt.Handle {
			h, err := m.Values().Subscribe(pattern, s, opts...)
			must(t, err)
			handles = append(handles, h)
			return h
		}
		h := subscribe("workers", low, rt.PriorityLow)
		subscribe("workers", normal)
		subscribe("*", high, rt.PriorityHigh)
		subscribe("database.*", high)
		_, err := m.Values().Subscribe("name", normal)
		if !errors.Is(err, rt.ErrTooManySubscribers) {
			t.Errorf("max_subscribers: got %v", err)
		}
		_, err = m.Update(t.Context(), rt.Set("workers", 5))
		must(t, err)
		gives(t, "priority", recorded.take(), []string{"high workers", "normal workers", "low workers"})
		gives(t, "the handle", h.Pattern(), "workers")
		for _, h := range handles { // unsubscribe_all
			if h.Subscriber() != normal {
				h.Stop()
				h.Stop()
			}
		}
		gives(t, "subscriber_count", m.Status().Subscribers, 1)
		_, err = m.Update(t.Context(), rt.Set("workers", 6))
		must(t, err)
		gives(t, "the remaining subscribers", recorded.take(), []string{"normal workers"})
	})
}

// A named is a subscriber defined by a test.
type named struct {
	name   string
	report func(rt.ValueChange) error
}

func (n *named) OnChange(_ context.Context, c rt.ValueChange) error { return n.report(c) }
