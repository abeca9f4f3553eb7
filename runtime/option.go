package runtime

import (
	"log/slog"
	"time"

	"github.com/hotbind/hotbind/runtime/document"
)

// An Option settles one thing about how a configuration is opened and followed.
type Option func(*Options)

// Options are what the options of one call come to. Applications set them
// through the With functions and [From].
type Options struct {
	Sources      []Source
	Debounce     time.Duration
	Settle       time.Duration
	MaxWait      time.Duration
	PollInterval time.Duration
	HookTimeout  time.Duration
	MaxRevisions int
	Limits       document.Limits
	Logger       *slog.Logger
	AllowEmpty   bool
	WaitForFiles bool
	KeepOnError  bool
	Schema       string
}

// Defaults of the options, as the With functions state them.
const (
	DefaultDebounce     = 100 * time.Millisecond
	DefaultSettle       = 400 * time.Millisecond
	DefaultMaxWait      = 5 * time.Second
	DefaultPollInterval = 5 * time.Second
	DefaultHookTimeout  = 5 * time.Second
	DefaultMaxRevisions = 10
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
		Logger:       slog.Default(),
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
// force included. The default is 10; fewer than 1 counts as 1.
func WithMaxRevisions(n int) Option { return func(o *Options) { o.MaxRevisions = max(n, 1) } }

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

// A Priority orders hooks: all of a higher priority run before any of a lower.
type Priority int8

// The priorities; hooks of one priority run in the order of registration.
const (
	PriorityHigh   Priority = -1
	PriorityNormal Priority = 0
	PriorityLow    Priority = 1
)

// A HookOption settles one thing about a hook.
type HookOption func(*HookOptions)

// HookOptions are what the options of one hook come to.
type HookOptions struct {
	Priority Priority
	Current  bool
}

// WithPriority sets the priority of a hook. The default is [PriorityNormal].
func WithPriority(p Priority) HookOption { return func(o *HookOptions) { o.Priority = p } }

// WithCurrent calls the hook once, before its registration returns, with the
// value in force as the new one. No revision falls between that value and the
// first change the hook is told of. What the hook returns then cannot refuse
// anything: it is logged. Inside another hook the call is made when the running
// hooks are done.
func WithCurrent() HookOption { return func(o *HookOptions) { o.Current = true } }
