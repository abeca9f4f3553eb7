package runtime

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/part"
	"github.com/hotbind/hotbind/runtime/internal/seam"
	"github.com/hotbind/hotbind/runtime/source"
)

// An Option configures Open and Load of a generated package.
type Option func(*Options)

// Options holds the resolved settings of one call. Applications set them through [From],
// the With functions and the options of other packages, such as history.Store. A field
// with a tag is refused by Load; the tag names the option that sets it.
type Options struct {
	Sources    []source.Source
	Limits     document.Limits
	AllowEmpty bool
	Migrations part.Migrations // nil: none
	Logger     *slog.Logger
	Schema     string

	Debounce     time.Duration `follow:"WithDebounce"`
	Settle       time.Duration `follow:"WithSettle"`
	MaxWait      time.Duration `follow:"WithMaxWait"`
	PollInterval time.Duration `follow:"WithPollInterval"`
	HookTimeout  time.Duration `follow:"WithHookTimeout"`
	WaitForFiles bool          `follow:"WaitForFiles"`
	KeepOnError  bool          `follow:"KeepOnHookError"`

	Strategy       Strategy  `follow:"WithStrategy"`
	HotReload      *bool     `follow:"WithHotReload"` // nil: decided by the environment
	WatchPaths     []string  `follow:"WithWatchPaths"`
	Subfolders     bool      `follow:"WithSubfolders"`
	FilePatterns   []string  `follow:"WithFilePatterns"`
	IgnorePatterns []string  `follow:"WithIgnorePatterns"`
	Retention      Retention `follow:"WithRetention"`
	Store          Store     `follow:"history.Store"` // nil: revisions are kept in memory only
	MaxBackups     int       // in the store
	LastGood       part.LastGood
	StartFromStore bool // if the sources are invalid

	NotificationTimeout time.Duration `follow:"WithNotificationTimeout"`
	MaxSubscribers      int           `follow:"WithMaxSubscribers"`
	Channels            []struct {
		Channel Channel
		Options ChannelOptions
	} `follow:"WithChannel"`
	Metrics       bool     `follow:"WithMetrics"`
	AuditLog      AuditLog `follow:"audit.File"` // nil: none
	AuditContinue bool     // whether a decision is carried out if it cannot be recorded
	// Settings applies the settings of an operator, see package settings; nil: none.
	Settings func(Options) (Options, error) `follow:"settings.File"`
}

// From adds sources, weakest first: where two set the same value, the later one wins.
// Objects are merged member by member; anything else is replaced.
func From(sources ...source.Source) Option {
	return func(o *Options) { o.Sources = append(o.Sources, sources...) }
}

// WithDebounce sets how long a file must be quiet before it is read, so that a burst of
// saves is one reload. The default is 100 ms.
func WithDebounce(d time.Duration) Option { return func(o *Options) { o.Debounce = d } }

// WithSettle sets how long a file that is written in place must be quiet before its
// content counts as complete; for a file that is replaced in one step only the debounce
// applies. The default is 400 ms.
func WithSettle(d time.Duration) Option { return func(o *Options) { o.Settle = d } }

// WithMaxWait sets the time after which a file that is never quiet is read anyway. Valid
// content then comes into force; content that is still invalid after the same time again
// is reported. The default is 5 s.
func WithMaxWait(d time.Duration) Option { return func(o *Options) { o.MaxWait = d } }

// WithPollInterval sets how often the sources are read without an event. The poll finds
// changes that the file system does not report: network file systems, memory maps,
// second hard links. The default is 5 s. 0 disables the poll; a failed read is then
// retried only on the next event.
func WithPollInterval(d time.Duration) Option { return func(o *Options) { o.PollInterval = d } }

// WithHookTimeout sets how long one hook may take before it counts as failed. The
// default is 5 s; 0 is no limit.
func WithHookTimeout(d time.Duration) Option { return func(o *Options) { o.HookTimeout = d } }

// WithRetention sets how many revisions are kept for a rollback, and for how long. The
// default is 10 revisions of any age.
func WithRetention(keep Retention) Option { return func(o *Options) { o.Retention = keep } }

// WithLimits limits what is read; a zero field has the default of [document.Limits].
func WithLimits(l document.Limits) Option { return func(o *Options) { o.Limits = l } }

// WithLogger sets the logger for revisions (level Info), warnings (Warn), and refused
// candidates and failed hooks (Error). The default is slog.Default(); a logger with
// slog.DiscardHandler logs nothing.
func WithLogger(l *slog.Logger) Option { return func(o *Options) { o.Logger = l } }

// AllowEmpty reads an empty file as an empty object. Without it an empty file is refused
// with [ErrEmpty], because an interrupted writer leaves one behind. A file that contains
// null is not empty.
func AllowEmpty() Option { return func(o *Options) { o.AllowEmpty = true } }

// WaitForFiles makes Open wait for missing files until its context ends. Without it a
// missing file is an error.
func WaitForFiles() Option { return func(o *Options) { o.WaitForFiles = true } }

// KeepOnHookError keeps a revision in force when one of its hooks fails. The failure is
// logged and reported by [Status]. Without it the revision is rolled back.
func KeepOnHookError() Option { return func(o *Options) { o.KeepOnError = true } }

// WithSchema warns at startup, with both SHA-256 hashes, if the schema file differs from
// the schema that the package was generated from. Formatting makes no difference.
func WithSchema(file string) Option { return func(o *Options) { o.Schema = file } }

// WithHotReload sets whether the sources are followed. The default is true, and false if
// the environment is production (see [Environment]); WithHotReload(true) follows the
// sources in production, too.
func WithHotReload(on bool) Option { return func(o *Options) { o.HotReload = &on } }

// WithStrategy sets when a change becomes a reload. The default is [Immediate].
func WithStrategy(s Strategy) Option { return func(o *Options) { o.Strategy = s } }

// WithWatchPaths watches files and folders that are not sources; a change in them reads
// all sources. See [Watching].
func WithWatchPaths(paths ...string) Option {
	return func(o *Options) { o.WatchPaths = append(o.WatchPaths, paths...) }
}

// WithSubfolders also watches the folders below the folders of [WithWatchPaths] and
// [Watching].Add, at any depth and including later ones, up to 1000 for each. Links to
// folders and folders that match [WithIgnorePatterns] are skipped. Without it only the
// files directly in a folder are watched, and the log warns about subfolders.
func WithSubfolders() Option { return func(o *Options) { o.Subfolders = true } }

// WithFilePatterns sets which files in a watched folder count, by patterns of
// [path/filepath.Match] for their names. The default is *.yaml, *.yml, *.json and *.toml.
// Sources and files given by path always count.
func WithFilePatterns(patterns ...string) Option {
	return func(o *Options) { o.FilePatterns = patterns }
}

// WithIgnorePatterns sets which files in a watched folder do not count, even if
// [WithFilePatterns] includes them. The default is *.tmp, *.bak and .* (names that begin
// with a dot).
func WithIgnorePatterns(patterns ...string) Option {
	return func(o *Options) { o.IgnorePatterns = patterns }
}

// WithNotificationTimeout sets how long one subscriber or channel may take for one
// notification before it counts as failed. The default is 5 s; 0 is no limit.
func WithNotificationTimeout(d time.Duration) Option {
	return func(o *Options) { o.NotificationTimeout = d }
}

// WithMaxSubscribers limits the number of subscriptions and watches. The default is 100;
// 0 allows none.
func WithMaxSubscribers(n int) Option { return func(o *Options) { o.MaxSubscribers = n } }

// WithChannel sends notifications to a channel; see package notify. The configuration
// owns the channel and closes it, also if Open fails.
func WithChannel(c Channel, opts ChannelOptions) Option {
	return func(o *Options) {
		o.Channels = append(o.Channels, struct {
			Channel Channel
			Options ChannelOptions
		}{c, opts})
	}
}

// WithMetrics sets whether [Manager].Metrics is available. The default is false.
func WithMetrics(on bool) Option { return func(o *Options) { o.Metrics = on } }

// A Priority orders hooks and subscribers, and rates notifications. It is a
// [HookOption]: hooks of a higher priority run before those of a lower one.
type Priority int8

// The priorities; the zero value is normal. Hooks of one priority run in order of
// registration.
const (
	PriorityHigh   Priority = -1
	PriorityNormal Priority = 0
	PriorityLow    Priority = 1
)

// String returns high, normal or low.
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
	return fmt.Errorf("unknown priority %q: want high, normal or low", text)
}

// Apply is called by the engine.
func (p Priority) Apply(h *seam.Hook) { h.Priority = int8(p) }

func (Priority) ofHook() {}

// A HookOption configures a hook: a [Priority].
type HookOption interface {
	SubscribeOption
	ofHook()
}

// A SubscribeOption configures a subscription or a watch: a [HookOption],
// [WithCurrent] or [WithRefusal].
type SubscribeOption interface{ Apply(*seam.Hook) }

type subscribeOption func(*seam.Hook)

func (f subscribeOption) Apply(h *seam.Hook) { f(h) }

// WithCurrent calls a subscriber or watch with the current values as new ones before its
// registration returns. It misses no revision between that call and the first change. If
// no value matches, it is called once with a [ValueChange] whose Path is the pattern and
// whose Kind, Old and New are zero. An error of that call refuses nothing and is logged.
// Inside a hook the call happens after the running hooks. Typed hooks have Follow instead.
func WithCurrent() SubscribeOption {
	return subscribeOption(func(h *seam.Hook) { h.Current = true })
}

// WithRefusal lets a subscriber or watch refuse a change like a hook: it is called among
// the hooks, and its failure is a [HookError] that rolls the revision back.
func WithRefusal() SubscribeOption {
	return subscribeOption(func(h *seam.Hook) { h.Refusal = true })
}
