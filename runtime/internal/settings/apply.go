package settings

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/hotbind/hotbind/runtime/audit"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/runtime/internal/seam"
	"github.com/hotbind/hotbind/runtime/migrate"
	"github.com/hotbind/hotbind/runtime/source"

	rt "github.com/hotbind/hotbind/runtime"
)

//go:generate go run ../../../cmd/hotbind generate --no-live ../../../schemas/settings.schema.json

// Apply returns o with the settings from a source. They override the options of the
// program; channels are appended. It returns a *source.Error if the source cannot be read,
// or a *rt.ValidationError with all findings; then no channel is open.
func Apply(src source.Source, o rt.Options) (rt.Options, error) {
	ctx := context.Background()
	data, err := src.Read(ctx)
	if err != nil {
		return o, &source.Error{Source: src.Name(), Cause: err}
	}
	c, err := Load(ctx, rt.From(readSource{src, data}), rt.WithLogger(nil))
	if err != nil {
		return o, err
	}
	doc, _ := src.Document(data, nil, document.Limits{}) // for the positions of findings
	a := &applier{opts: o, doc: doc}
	a.apply(c)
	if len(a.findings) > 0 {
		a.findings.Sort()
		return o, &rt.ValidationError{Findings: a.findings}
	}
	return a.opts, nil
}

// A readSource is a source whose content has been read.
type readSource struct {
	source.Source
	content []byte
}

func (s readSource) Read(context.Context) ([]byte, error) { return s.content, nil }

// An applier copies settings into options and collects findings.
type applier struct {
	opts     rt.Options
	doc      *document.Node
	findings document.Findings
}

func (a *applier) apply(c *Config) {
	a.durations(c)
	a.counts(c)
	a.switches(c)
	a.strategy(c.Strategy)
	a.limits(c.Limits)
	a.paths(c)
	a.store(c)
	a.audit(c.Audit)
	a.channels(c.Channels)
}

// find adds a finding about the value at path.
func (a *applier) find(path, format string, args ...any) {
	a.findings = append(a.findings, document.Finding{Pos: a.place(path), Path: path, Message: fmt.Sprintf(format, args...)})
}

// findSecret is like find for a value whose line must not be shown.
func (a *applier) findSecret(path, format string, args ...any) {
	a.find(path, format, args...)
	a.findings[len(a.findings)-1].Secret = true
}

// place returns the position of the value at path.
func (a *applier) place(path string) document.Position {
	if steps, err := document.ParsePath(path); err == nil {
		if n := a.doc.At(steps, nil); n != nil {
			return n.Pos()
		}
	}
	return a.doc.Pos()
}

// set applies a value, if there is one.
func set[T any](o *rt.Options, v rt.Optional[T], with func(T) rt.Option) {
	if v, ok := v.Get(); ok {
		with(v)(o)
	}
}

func (a *applier) durations(c *Config) {
	for _, d := range []struct {
		key   string
		value rt.Optional[time.Duration]
		with  func(time.Duration) rt.Option
	}{
		{"debounce", c.Debounce, rt.WithDebounce},
		{"settle", c.Settle, rt.WithSettle},
		{"max_wait", c.MaxWait, rt.WithMaxWait},
		{"poll_interval", c.PollInterval, rt.WithPollInterval},
		{"hook_timeout", c.HookTimeout, rt.WithHookTimeout},
		{"notification_timeout", c.NotificationTimeout, rt.WithNotificationTimeout},
		{"max_revision_age", c.MaxRevisionAge, func(d time.Duration) rt.Option { return func(o *rt.Options) { o.Retention.Age = d } }},
	} {
		a.notNegative(d.key, d.value)
		set(&a.opts, d.value, d.with)
	}
}

func (a *applier) notNegative(path string, v rt.Optional[time.Duration]) {
	if d, ok := v.Get(); ok && d < 0 {
		a.find(path, "%v must not be negative", d)
	}
}

func (a *applier) counts(c *Config) {
	a.opts.Retention.Count = c.MaxRevisions.Or(a.opts.Retention.Count)
	set(&a.opts, c.MaxSubscribers, rt.WithMaxSubscribers)
}

func (a *applier) switches(c *Config) {
	o := &a.opts
	set(o, c.HotReload, rt.WithHotReload)
	set(o, c.Metrics, rt.WithMetrics)
	// The options for these can only switch on.
	o.KeepOnError = c.KeepOnHookError.Or(o.KeepOnError)
	o.AllowEmpty = c.AllowEmpty.Or(o.AllowEmpty)
	o.WaitForFiles = c.WaitForFiles.Or(o.WaitForFiles)
	o.Subfolders = c.Subfolders.Or(o.Subfolders)
}

func (a *applier) strategy(s Strategy) {
	var chosen rt.Strategy
	var wrong string // path of the time that may be invalid
	switch s := s.(type) {
	case nil:
		return
	case StrategyImmediate:
		chosen = rt.Immediate()
	case StrategyBatched:
		chosen, wrong = rt.Batched(s.Delay, s.MaxFiles), "strategy.delay"
	case StrategyScheduled:
		chosen, wrong = rt.Scheduled(s.Interval), "strategy.interval"
	case StrategyManual:
		chosen = rt.Manual()
	}
	if err := seam.Of[seam.Strategy](chosen).Check(); err != nil {
		a.find(wrong, "%v", err)
	}
	rt.WithStrategy(chosen)(&a.opts)
}

func (a *applier) limits(given rt.Optional[Limits]) {
	l, ok := given.Get()
	if !ok {
		return
	}
	limits := a.opts.Limits
	if size, ok := l.Bytes.Get(); ok {
		limits.Bytes = a.size("limits.bytes", size)
	}
	limits.Nodes = l.Nodes.Or(limits.Nodes)
	limits.Depth = l.Depth.Or(limits.Depth)
	limits.AliasNodes = l.AliasNodes.Or(limits.AliasNodes)
	rt.WithLimits(limits)(&a.opts)
}

// size converts a size to an int.
func (a *applier) size(path string, size rt.ByteSize) int {
	switch {
	case size < 1:
		a.find(path, "%v is less than the minimum 1B", size)
	case int64(int(size)) != int64(size):
		a.find(path, "%v is too large for this program", size)
	}
	return int(size)
}

func (a *applier) paths(c *Config) {
	o := &a.opts
	set(o, c.Migrations, withMigrations)
	set(o, c.Schema, rt.WithSchema)
	if c.WatchPaths != nil {
		o.WatchPaths = nil
		rt.WithWatchPaths(c.WatchPaths...)(o)
	}
	if c.FilePatterns != nil {
		a.fileNames("file_patterns", c.FilePatterns)
		rt.WithFilePatterns(c.FilePatterns...)(o)
	}
	if c.IgnorePatterns != nil {
		a.fileNames("ignore_patterns", c.IgnorePatterns)
		rt.WithIgnorePatterns(c.IgnorePatterns...)(o)
	}
}

// store applies the settings of the store. An empty folder name means no store.
func (a *applier) store(c *Config) {
	o := &a.opts
	switch folder, ok := c.Store.Get(); {
	case ok && folder == "":
		o.Store = nil
	case ok:
		history.Store(folder)(o)
	}
	o.MaxBackups = c.MaxBackups.Or(o.MaxBackups)
	if c.StartFromStore.Or(false) && o.Store == nil {
		a.find("start_from_store", "no store to start from: set store, or name a folder in the program")
	}
	o.StartFromStore = c.StartFromStore.Or(o.StartFromStore) && o.Store != nil
}

// fileNames checks patterns for file names.
func (a *applier) fileNames(path string, patterns []string) {
	for i, p := range patterns {
		if _, err := filepath.Match(p, ""); err != nil {
			a.find(document.IndexPath(path, i), "invalid pattern %s", document.Quote(p))
		}
	}
}

func (a *applier) audit(given rt.Optional[Audit]) {
	g, ok := given.Get()
	if !ok {
		return
	}
	o := &a.opts
	switch file, ok := g.File.Get(); {
	case ok && file == "":
		o.AuditLog = nil
	case ok:
		policy := audit.Refuse
		if o.AuditContinue {
			policy = audit.Continue
		}
		audit.File(file, policy)(o)
	}
	switch policy, _ := g.Policy.Get(); policy {
	case PolicyRefuse:
		o.AuditContinue = false
	case PolicyContinue:
		o.AuditContinue = true
	}
	if g.Policy.IsSet() && o.AuditLog == nil {
		a.find("audit.policy", "no audit log: set audit.file, or name a file in the program")
	}
}

// withMigrations makes the program read its migrations from another folder.
func withMigrations(folder string) rt.Option {
	return func(o *rt.Options) {
		if o.Migrations == nil {
			migrate.With("")(o)
		}
		o.Migrations = o.Migrations.In(folder)
	}
}
