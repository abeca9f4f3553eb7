package enginetest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/audit"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/migrate"
	"github.com/hotbind/hotbind/runtime/settings"
	"github.com/hotbind/hotbind/testdata/compile/layers"

	rt "github.com/hotbind/hotbind/runtime"
)

// "HotReloadOptions: debounce_ms 100, max_versions 10, validate_on_reload,
// notification_timeout 5 s, max_subscribers 100, enable_metrics, enable_audit_log":
// options with these defaults, or a file of them with settings.File, which overrides the
// program. Validators run for every reload; Force skips them for one request.
func TestPart_HotReloadOptions(t *testing.T) {
	o := load.NewOptions()
	gives(t, "debounce_ms, notification_timeout", []time.Duration{o.Debounce, o.NotificationTimeout}, []time.Duration{100 * time.Millisecond, 5 * time.Second})
	gives(t, "max_versions, max_subscribers", []int{o.Retention.Count, o.MaxSubscribers}, []int{10, 100})
	gives(t, "enable_metrics, enable_audit_log", []bool{o.Metrics, o.AuditLog != nil}, []bool{false, false})
	log := filepath.Join(t.TempDir(), "audit.jsonl")
	file := file(t, "debounce: 3s\nmax_revisions: 2\nnotification_timeout: 7s\nmax_subscribers: 2\nmetrics: true\naudit: {file: '"+log+"'}\n")
	of := func(program, fromFile []rt.Option) {
		synctest.Test(t, func(t *testing.T) { tryOptions(t, program, fromFile, log) })
	}
	of([]rt.Option{
		rt.WithDebounce(3 * time.Second), rt.WithRetention(rt.Retention{Count: 2}), rt.WithNotificationTimeout(7 * time.Second),
		rt.WithMaxSubscribers(2), rt.WithMetrics(true), audit.File(log, audit.Refuse),
	}, nil)
	of([]rt.Option{
		rt.WithDebounce(time.Minute), rt.WithRetention(rt.Retention{Count: 20}), rt.WithNotificationTimeout(time.Minute),
		rt.WithMaxSubscribers(0), rt.WithMetrics(false),
	}, []rt.Option{settings.File(file)})
}

// tryOptions opens a configuration and checks the effect of each option.
func tryOptions(t *testing.T, program, fromFile []rt.Option, log string) {
	source := newTelling(config(1))
	f := follow(t, source, append(slices.Concat(program, fromFile), rt.WithSettle(0))...)
	m := f.Manager()
	source.record(config(2))
	d := takes(func() { f.left(2) })
	gives(t, "debounce_ms", d.Truncate(time.Second), 3*time.Second)
	for n := range 3 {
		_, err := m.Update(t.Context(), rt.Set("workers", n+5))
		must(t, err)
	}
	gives(t, "max_versions", len(m.Revisions().List(0, 0)), 2)
	slow := &named{"slow", func(rt.ValueChange) error { time.Sleep(time.Hour); return nil }}
	for _, path := range []string{"workers", "name"} {
		_, err := m.Values().Subscribe(path, slow)
		must(t, err)
	}
	_, err := m.Values().Subscribe("left", slow)
	gives(t, "max_subscribers", errors.Is(err, rt.ErrTooManySubscribers), true)
	change := rt.ValueChange{Path: "workers", Kind: rt.Modified, Old: 1, New: 2}
	if d := takes(func() { m.Values().Notify(t.Context(), change) }); d < 7*time.Second || d > 9*time.Second {
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

// "reload strategies immediate, batched(batch_delay, max_batch_size),
// scheduled(interval), manual(pending changes)": Immediate, Batched, Scheduled and Manual
// for WithStrategy, and for Watching().SetStrategy at run time; Watching().Pending.
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
			source.record(config(2))
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

// pendingAndBatches covers the rest of the strategies: a full batch, changes that wait
// for a request, and a strategy set at run time.
func pendingAndBatches(t *testing.T) {
	one, two := newTelling(config(1)), &another{newTelling("workers: 1")}
	f := follow(t, one, rt.From(two), rt.WithDebounce(0), rt.WithSettle(0), rt.WithStrategy(rt.Batched(time.Hour, 2)))
	m := f.Manager()
	one.record(config(2))
	time.Sleep(time.Minute)
	gives(t, "max_batch_size is not reached", f.Current().Left, 1)
	two.record("workers: 2")
	took := takes(func() { f.left(2) })
	gives(t, "max_batch_size", []any{f.Current().Workers, took < time.Second}, []any{2, true})

	must(t, m.Watching().SetStrategy(rt.Manual()))
	one.record(config(3))
	time.Sleep(time.Hour)
	pending := m.Watching().Pending()
	gives(t, "pending changes", []any{len(pending), pending[0].Source, time.Since(pending[0].First)}, []any{1, "memory.yaml", time.Hour})
	gives(t, "why", []any{errors.Is(m.Status().LastError, rt.ErrPending), m.Status().LastError.Error()}, []any{true, "changes of memory.yaml are pending: the strategy is manual"})
	_, err := m.Reload(t.Context())
	must(t, err)
	gives(t, "manual", []any{f.Current().Left, len(m.Watching().Pending())}, []any{3, 0})
	one.record(config(4))
	synctest.Wait()
	must(t, m.Watching().SetStrategy(rt.Immediate()))
	f.left(4)
	if m.Watching().SetStrategy(rt.Scheduled(0)) == nil || m.Watching().SetStrategy(rt.Batched(-1, 1)) == nil {
		t.Error("an invalid strategy was accepted")
	}
}

// Another is a second source that reports its changes.
type another struct{ *telling }

func (s *another) Name() string { return "second.yaml" }

// "file patterns (*.yaml, *.yml, *.json), ignore patterns (*.tmp, *.bak, .*)":
// WithFilePatterns and WithIgnorePatterns with these defaults, and *.toml, for the files
// in a followed folder. A file given by name always counts.
func TestPart_FilePatterns(t *testing.T) {
	t.Parallel()
	o := load.NewOptions()
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
		// The long times prevent a look in between, after which unchanged files are no longer
		// pending.
		f, _ := inMemory(t, append(c.opts, rt.WithStrategy(rt.Manual()), rt.WithDebounce(time.Hour), rt.WithMaxWait(time.Hour))...)
		m := f.Manager()
		must(t, m.Watching().Add(named))
		for _, path := range files[1:] {
			must(t, m.Watching().Add(filepath.Dir(path)))
		}
		for _, path := range files { // ignored files come before counted ones
			write(t, path, "x")
		}
		sources := func() (names []string) {
			for _, p := range m.Watching().Pending() {
				names = append(names, p.Source)
			}
			return names
		}
		testkit.Until(t, "counted files are pending", func() bool { return len(sources()) >= len(want) })
		gives(t, "counted files", slices.Sorted(slices.Values(sources())), slices.Sorted(slices.Values(want)))
	}
}

// "automatic rollback, backups (max_backups 5), get_config_backups": a failing hook rolls
// the revision back, unless KeepOnHookError is set. With a store, the files of the newest
// revisions are saved: history.MaxBackups, Backups, RestoreBackup.
func TestPart_AutomaticRollbackAndBackups(t *testing.T) {
	t.Parallel()
	path, store := file(t, config(0)), filepath.Join(t.TempDir(), "store")
	live := mustOpen(t, path, store)
	m := live.Manager()
	var recorded noted
	live.Left().OnChange(recorded.call, rt.PriorityHigh)
	stop := live.Right().OnChange(refusing)
	replace(t, path, config(99))
	r, err := m.Reload(t.Context())
	fails[*rt.HookError](t, err, "not today")
	gives(t, "automatic rollback", []any{r.RolledBack, r.Revision.ID, live.Current().Left}, []any{true, rt.RevisionID(1), 0})
	recorded.want(t, "0→99 99→0")
	stop()

	for n := range 6 {
		save(t, live, path, config(n+1))
	}
	backups, err := m.Revisions().Backups()
	must(t, err)
	gives(t, "max_backups", []int{len(backups), load.NewOptions().MaxBackups}, []int{5, 5})
	oldest := backups[4]
	gives(t, "get_config_backups", []any{oldest.Files, time.Since(oldest.Time) < time.Hour}, []any{[]string{path}, true})
	r, err = m.Revisions().Restore(t.Context(), oldest.ID)
	must(t, err)
	text, err := os.ReadFile(path)
	must(t, err)
	gives(t, "the file", string(text), config(2))
	gives(t, "what is in force", []any{r.Changed, live.Current().Left}, []any{true, 2})
	_, err = m.Revisions().Restore(t.Context(), 1)
	gives(t, "a backup that is not kept", errors.Is(err, rt.ErrBackupNotFound), true)

	f, source := inMemory(t, rt.KeepOnHookError())
	f.Left().OnChange(refusing)
	source.set(config(5))
	must(t, reloadError(t.Context(), f.Manager()))
	gives(t, "enable_rollback=False", f.Current().Left, 5)
	_, err = f.Manager().Revisions().Backups()
	gives(t, "backup_configs=False", errors.Is(err, rt.ErrNoStore), true)
}

// everyStep is a migration with every kind of step.
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
// reload": migrate.With, with migrate.Func for those in Go. The files stay as they are
// until hotbind migrate --write edits them.
func TestPart_Migrations(t *testing.T) {
	t.Parallel()
	old := func(left int) string {
		return fmt.Sprintf("note: \"1\"\ntitle: shop\npool: 20\nleft: %d\nlegacy: x\ndatabase: {url: old}\nsink: {both: 'file:/p'}\nhost: a\ndomain: example\nverbose: \"true\"\n", left)
	}
	path, dir, h := file(t, old(1)), testkit.Folder(t, map[string]string{"1-to-2.yaml": everyStep}), &received{}
	timeout := func(doc *document.Node) (*document.Node, error) {
		doc.Set("timeout", document.NewScalar(document.String, "1m", document.Position{}))
		return doc, nil
	}
	f := follow(t, rt.File(path), rt.WithSettle(0), migrate.With(dir, migrate.Func("2", "3", timeout)), rt.WithChannel(h, rt.ChannelOptions{}))
	want := func(left int) string {
		return fmt.Sprintf(`{"name":"shop","log_level":"warn","workers":8,"left":%d,"right":%[1]d,"ratio":0.5,"verbose":true,"timeout":"1m","hosts":["a.example"],"note":"3",`+
			`"database":{"url":"new","pool_size":20},"sink":{"kind":"file","path":"/p"}}`, left)
	}
	gives(t, "transformations", f.Current().String(), want(10))
	gives(t, "the reported migration", strings.Contains(h.await(t, rt.EventMigrationApplied).Message, path+" was migrated from version 1 to 3"), true)
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

// "hierarchical config: global, environment, agent; dot paths; deep merge; inheritance":
// the layers of a Tree, below files, variables, flags and the API.
func TestPart_HierarchicalConfig(t *testing.T) {
	testkit.NoEnvironment(t)
	dir := testkit.Folder(t, map[string]string{
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
		v, ok, err := m.Values().Get(path)
		gives(t, path, []any{fmt.Sprint(v), ok, err}, []any{want, true, nil})
	}
	gives(t, "null takes back", live.Current().Note.IsSet(), false)
	x, err := m.Explain("database.url")
	must(t, err)
	var reported []string
	for _, s := range x.Layers {
		reported = append(reported, strings.TrimPrefix(s.Pos.String(), dir+string(filepath.Separator))+" "+s.Value)
	}
	gives(t, "the values of the layers", reported[:3], []string{
		filepath.FromSlash("agents/a-1.yaml:4:17") + ` "c"`, filepath.FromSlash("environments/prod.yaml:5:17") + ` "b"`, filepath.FromSlash("base.yaml:5:17") + ` "a"`,
	})
	_, err = m.Update(t.Context(), layers.Set(live.Database().PoolSize(), 5))
	must(t, err)
	gives(t, "the API above all", live.Current().Database.PoolSize, 5)
	write(t, filepath.Join(dir, "environments", "prod.yaml"), "database: {ratio: 0.9}\n")
	must(t, reloadError(t.Context(), m))
	gives(t, "inheritance on reload", []any{live.Current().Database.Ratio, live.Current().Note.Or("")}, []any{0.9, "x"})
}
