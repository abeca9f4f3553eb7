package runtime

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/hotbind/hotbind/runtime/document"
)

// An Option settles one thing about how a configuration is opened and followed.
type Option func(*Options)

// Options are what the options of one call come to. Applications set them
// through the With functions and [From]. A field with a tag means nothing where
// sources are read once: the tag names the option that sets it.
type Options struct {
	Sources    []Source
	Limits     document.Limits
	AllowEmpty bool
	Migrations Migrations // nil: there are none
	Logger     *slog.Logger
	Schema     string

	Debounce     time.Duration `follow:"WithDebounce"`
	Settle       time.Duration `follow:"WithSettle"`
	MaxWait      time.Duration `follow:"WithMaxWait"`
	PollInterval time.Duration `follow:"WithPollInterval"`
	HookTimeout  time.Duration `follow:"WithHookTimeout"`
	WaitForFiles bool          `follow:"WaitForFiles"`
	KeepOnError  bool          `follow:"KeepOnHookError"`

	Strategy        Strategy      `follow:"WithStrategy"`
	HotReload       *bool         `follow:"WithHotReload"` // nil: by the environment
	AllowProduction bool          `follow:"AllowProduction"`
	WatchPaths      []string      `follow:"WithWatchPaths"`
	Subfolders      bool          `follow:"WithSubfolders"`
	FilePatterns    []string      `follow:"WithFilePatterns"`
	IgnorePatterns  []string      `follow:"WithIgnorePatterns"`
	MaxRevisions    int           `follow:"WithMaxRevisions"`
	MaxRevisionAge  time.Duration `follow:"WithMaxRevisionAge"` // 0: no limit
	Store           Store         `follow:"history.Store"`      // nil: revisions are kept in memory only
	MaxBackups      int           // in the store
	LastGood        LastGood      // nil: no content is kept
	StartFromStore  bool          // when the sources are bad

	SkipValidators      bool                `follow:"WithValidateOnReload"`
	NotificationTimeout time.Duration       `follow:"WithNotificationTimeout"`
	MaxSubscribers      int                 `follow:"WithMaxSubscribers"`
	Channels            []ConfiguredChannel `follow:"WithChannel"`
	Metrics             bool                `follow:"WithMetrics"`
	AuditLog            AuditLog            `follow:"audit.File"` // nil: none
	AuditContinue       bool                // whether to carry out what cannot be recorded
	// Settings applies what an operator set, see package settings; nil: nothing is.
	Settings func(Options) (Options, error) `follow:"settings.File"`
}

// Defaults of the options, as the With functions state them.
const (
	DefaultDebounce     = 100 * time.Millisecond
	DefaultSettle       = 400 * time.Millisecond
	DefaultMaxWait      = 5 * time.Second
	DefaultPollInterval = 5 * time.Second
	DefaultHookTimeout  = 5 * time.Second
	DefaultMaxRevisions = 10
	DefaultMaxBackups   = 5

	DefaultNotificationTimeout = 5 * time.Second
	DefaultMaxSubscribers      = 100
)

// NewOptions returns the defaults with opts applied in order.
func NewOptions(opts ...Option) Options {
	o := Options{
		Debounce:     DefaultDebounce,
		Settle:       DefaultSettle,
		MaxWait:      DefaultMaxWait,
		PollInterval: DefaultPollInterval,
		HookTimeout:  DefaultHookTimeout,
		MaxRevisions: DefaultMaxRevisions,
		MaxBackups:   DefaultMaxBackups,
		Logger:       slog.Default(),

		FilePatterns:   []string{"*.yaml", "*.yml", "*.json", "*.toml"},
		IgnorePatterns: []string{"*.tmp", "*.bak", ".*"},

		NotificationTimeout: DefaultNotificationTimeout,
		MaxSubscribers:      DefaultMaxSubscribers,
	}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// From names the sources, the weakest first: where two say something of the
// same value, the later one wins. Objects merge member by member; anything else
// is replaced.
func From(sources ...Source) Option {
	return func(o *Options) { o.Sources = append(o.Sources, sources...) }
}

// WithDebounce sets how long a file must be quiet before it is read, so that a
// burst of saves is one reload. The default is 100 ms.
func WithDebounce(d time.Duration) Option { return func(o *Options) { o.Debounce = d } }

// WithSettle sets how long a file that is written in place must be quiet before
// its content counts as whole; a file that is replaced in one step waits for
// the debounce only. The default is 400 ms.
func WithSettle(d time.Duration) Option { return func(o *Options) { o.Settle = d } }

// WithMaxWait sets when a file that is never quiet is read all the same. What
// is read then is put into force if it is valid; if it stays invalid for as long
// again, that is told. The default is 5 s.
func WithMaxWait(d time.Duration) Option { return func(o *Options) { o.MaxWait = d } }

// WithPollInterval sets how often the sources are read without any event, which
// finds what the file system does not tell of: network file systems, memory
// maps, second hard links. The default is 5 s; 0 switches the poll off, and an
// error in reading is then retried only when an event comes.
func WithPollInterval(d time.Duration) Option { return func(o *Options) { o.PollInterval = d } }

// WithHookTimeout sets how long one hook may take before it counts as failed.
// The default is 5 s; 0 is no limit.
func WithHookTimeout(d time.Duration) Option { return func(o *Options) { o.HookTimeout = d } }

// WithMaxRevisions sets how many revisions are kept for a rollback, the one in
// force included. The default is 10; it must be at least 1.
func WithMaxRevisions(n int) Option { return func(o *Options) { o.MaxRevisions = n } }

// WithLimits bounds what is read; a field left at zero has the default of
// [document.Limits].
func WithLimits(l document.Limits) Option { return func(o *Options) { o.Limits = l } }

// WithLogger sets where reloads, refusals and failing hooks are logged: new
// revisions at level Info, warnings at Warn, refusals at Error. The default is
// slog.Default; a logger with slog.DiscardHandler keeps quiet.
func WithLogger(l *slog.Logger) Option { return func(o *Options) { o.Logger = l } }

// AllowEmpty reads an empty file as an empty object, both at the start and
// later. Without it an empty file is refused: it is what a writer leaves behind
// that dies half-way. A file that says null is not empty: its value is null, and
// the schema decides.
func AllowEmpty() Option { return func(o *Options) { o.AllowEmpty = true } }

// WaitForFiles makes Open wait, until its context ends, for files that do not
// exist yet. Without it a missing file is an error.
func WaitForFiles() Option { return func(o *Options) { o.WaitForFiles = true } }

// KeepOnHookError keeps a revision in force when one of its hooks fails. The
// failure is logged and stands in [Status]; without this option it rolls the
// revision back.
func KeepOnHookError() Option { return func(o *Options) { o.KeepOnError = true } }

// WithSchema compares, when the configuration is opened, the schema in a file with
// the one that the package was generated from, and warns with the SHA-256 of both
// where they differ: somebody forgot to generate. How the file is formatted makes
// no difference.
func WithSchema(file string) Option { return func(o *Options) { o.Schema = file } }

// WithHotReload says whether the sources are followed. Without it they are, except
// where the environment is production and [AllowProduction] is not given: see
// [Environment], [DetectEnvironment] and [IsProduction].
func WithHotReload(on bool) Option { return func(o *Options) { o.HotReload = &on } }

// AllowProduction lets the sources be followed in production: from the start, unless
// [WithHotReload] says otherwise, and by [Manager].Enable.
func AllowProduction() Option { return func(o *Options) { o.AllowProduction = true } }

// WithStrategy sets when a change becomes a reload. The default is [Immediate].
func WithStrategy(s Strategy) Option { return func(o *Options) { o.Strategy = s } }

// WithWatchPaths follows files and folders that are no sources, as
// [Manager].AddWatchPath does.
func WithWatchPaths(paths ...string) Option {
	return func(o *Options) { o.WatchPaths = append(o.WatchPaths, paths...) }
}

// WithSubfolders follows also the folders at any depth below the folders of
// [WithWatchPaths] and [Manager].AddWatchPath, those that are made later included, up to
// 1000 for each. Folders that [WithIgnorePatterns] names and links to folders are left
// out. Without it only the files directly in a folder are followed, and the log warns
// of folders below.
func WithSubfolders() Option { return func(o *Options) { o.Subfolders = true } }

// WithFilePatterns sets which files in a followed folder count, by their names, as
// [path/filepath.Match] reads patterns. The default is *.yaml, *.yml, *.json and
// *.toml. Files that are named, as sources or by AddWatchPath, always count.
func WithFilePatterns(patterns ...string) Option {
	return func(o *Options) { o.FilePatterns = patterns }
}

// WithIgnorePatterns sets which of those files do not count. The default is *.tmp,
// *.bak and .* (names that begin with a dot).
func WithIgnorePatterns(patterns ...string) Option {
	return func(o *Options) { o.IgnorePatterns = patterns }
}

// WithMaxRevisionAge sets how long revisions are kept; the one in force always is.
// The default is 0, no limit.
func WithMaxRevisionAge(d time.Duration) Option { return func(o *Options) { o.MaxRevisionAge = d } }

// WithValidateOnReload sets whether the validators of the application look at what the
// sources say, in reloads on request, on changes and in dry runs; see
// [Manager].AddValidator. The default is true. False skips them as [Force] does, without
// its warning. Updates and rollbacks are validated all the same, and what Open reads
// never is: validators are added afterwards.
func WithValidateOnReload(on bool) Option { return func(o *Options) { o.SkipValidators = !on } }

// WithNotificationTimeout sets how long one subscriber or channel may take for one
// notification before it counts as failed. The default is 5 s; 0 is no limit.
func WithNotificationTimeout(d time.Duration) Option {
	return func(o *Options) { o.NotificationTimeout = d }
}

// WithMaxSubscribers sets how many subscriptions and watches there may be. The
// default is 100; 0 allows none.
func WithMaxSubscribers(n int) Option { return func(o *Options) { o.MaxSubscribers = n } }

// WithChannel has a channel get the notifications; see package notify. It belongs to
// the configuration from then on, which closes it, also where it cannot be opened.
func WithChannel(c Channel, opts ...ChannelOption) Option {
	return func(o *Options) { o.Channels = append(o.Channels, ConfiguredChannel{c, NewChannelOptions(opts...)}) }
}

// WithMetrics collects what [Manager].Metrics returns. The default is false.
func WithMetrics(on bool) Option { return func(o *Options) { o.Metrics = on } }

// A Priority orders hooks and subscribers, and says how much a notification matters.
// Of hooks all of a higher priority run before any of a lower.
type Priority int8

// The priorities; hooks of one priority run in the order of registration.
const (
	PriorityHigh   Priority = -1
	PriorityNormal Priority = 0
	PriorityLow    Priority = 1
)

// String is high, normal or low.
func (p Priority) String() string {
	switch {
	case p < PriorityNormal:
		return "high"
	case p > PriorityNormal:
		return "low"
	}
	return "normal"
}

// MarshalText writes what String returns.
func (p Priority) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (p *Priority) UnmarshalText(text []byte) error {
	for _, priority := range []Priority{PriorityHigh, PriorityNormal, PriorityLow} {
		if priority.String() == string(text) {
			*p = priority
			return nil
		}
	}
	return fmt.Errorf("%q is no priority", text)
}

// A HookOption configures a hook, a subscription or a watch.
type HookOption func(*HookOptions)

// HookOptions holds the resolved options of one hook.
type HookOptions struct{ Priority Priority }

// NewHookOptions resolves options.
func NewHookOptions(opts ...HookOption) (o HookOptions) {
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// A SubscribeOption configures a subscription or a watch. A [HookOption] is one.
type SubscribeOption interface{ Apply(*SubscribeOptions) }

// SubscribeOptions holds the resolved options of one subscription or watch.
type SubscribeOptions struct {
	HookOptions
	Current bool
	Refusal bool
}

// NewSubscribeOptions resolves options.
func NewSubscribeOptions(opts ...SubscribeOption) (o SubscribeOptions) {
	for _, opt := range opts {
		opt.Apply(&o)
	}
	return o
}

// Apply implements [SubscribeOption].
func (opt HookOption) Apply(o *SubscribeOptions) { opt(&o.HookOptions) }

type subscribeOption func(*SubscribeOptions)

func (opt subscribeOption) Apply(o *SubscribeOptions) { opt(o) }

// WithPriority sets the priority of a hook or a subscriber. The default is
// [PriorityNormal].
func WithPriority(p Priority) HookOption { return func(o *HookOptions) { o.Priority = p } }

// WithCurrent calls a subscriber or watch with the values in force as new ones, before
// its registration returns. No revision falls between them and the first change that
// it is called for. Where no value matches, it is called once, with a [ValueChange]
// whose Path is the pattern and that has no Kind, Old or New. What the call returns
// cannot refuse anything: it is logged. Inside a hook the call is made when the
// running hooks are done. Typed hooks have Follow instead.
func WithCurrent() SubscribeOption {
	return subscribeOption(func(o *SubscribeOptions) { o.Current = true })
}

// WithRefusal lets a subscriber or a watch refuse a change as a hook does: it is
// called among the hooks, and its failure is that of a hook, a *HookError, which takes
// the revision out of force again. A hook always may.
func WithRefusal() SubscribeOption {
	return subscribeOption(func(o *SubscribeOptions) { o.Refusal = true })
}
