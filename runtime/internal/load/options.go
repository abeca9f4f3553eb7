package load

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"reflect"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/seam"
	"github.com/hotbind/hotbind/runtime/source"

	rt "github.com/hotbind/hotbind/runtime"
)

// NewOptions returns the defaults with opts applied in order.
func NewOptions(opts ...rt.Option) rt.Options {
	o := rt.Options{
		Debounce:     100 * time.Millisecond,
		Settle:       400 * time.Millisecond,
		MaxWait:      5 * time.Second,
		PollInterval: 5 * time.Second,
		HookTimeout:  5 * time.Second,
		Retention:    rt.Retention{Count: 10},
		MaxBackups:   5,
		Logger:       slog.Default(),

		FilePatterns:   []string{"*.yaml", "*.yml", "*.json", "*.toml"},
		IgnorePatterns: []string{"*.tmp", "*.bak", ".*"},

		NotificationTimeout: 5 * time.Second,
		MaxSubscribers:      100,
	}
	count := o.Retention.Count
	for _, opt := range opts {
		opt(&o)
	}
	if o.Retention.Count == 0 {
		o.Retention.Count = count
	}
	return o
}

// Check returns the errors in the sources of o.
func Check(o rt.Options) (errs []error) {
	if len(o.Sources) == 0 {
		errs = append(errs, errors.New("no sources: pass rt.From(…)"))
	}
	for i, s := range o.Sources {
		if s == nil {
			errs = append(errs, fmt.Errorf("From: source %d is nil", i+1))
		}
	}
	named := map[string]bool{}
	for _, s := range source.Flatten(o.Sources) {
		if s == nil || !Follows(s) {
			continue
		}
		if !reflect.ValueOf(s).Comparable() {
			errs = append(errs, fmt.Errorf("From: a source of type %T is not comparable: use a pointer", s))
		}
		if name := s.Name(); o.LastGood != nil && named[name] {
			errs = append(errs, fmt.Errorf("history.LastGood: two sources are named %s: names must be unique", name))
		} else {
			named[name] = true
		}
	}
	return errs
}

// followOptions returns an error for each given option that has no effect if sources are
// read once.
func followOptions(o rt.Options) (errs []error) {
	given, unset := reflect.ValueOf(o), reflect.ValueOf(NewOptions())
	for i := range given.NumField() {
		option := given.Type().Field(i).Tag.Get("follow")
		if option != "" && !reflect.DeepEqual(given.Field(i).Interface(), unset.Field(i).Interface()) {
			errs = append(errs, fmt.Errorf("%s: only for Open: sources that are read once are not followed", option))
		}
	}
	return errs
}

// CheckFollowed returns the errors in the options for followed sources, in the order
// below.
func CheckFollowed(o rt.Options) (errs []error) {
	add := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	errs = Check(o)
	for _, d := range []struct {
		option string
		value  time.Duration
	}{
		{"WithDebounce", o.Debounce}, {"WithSettle", o.Settle}, {"WithMaxWait", o.MaxWait}, {"WithPollInterval", o.PollInterval},
		{"WithHookTimeout", o.HookTimeout}, {"WithRetention", o.Retention.Age}, {"WithNotificationTimeout", o.NotificationTimeout},
	} {
		add(d.value >= 0, "%s: %v must not be negative", d.option, d.value)
	}
	for _, n := range []struct {
		option       string
		value, least int
	}{
		{"WithRetention", o.Retention.Count, 1}, {"history.MaxBackups", o.MaxBackups, 0}, {"WithMaxSubscribers", o.MaxSubscribers, 0},
	} {
		add(n.value >= n.least, "%s: %d is less than the minimum %d", n.option, n.value, n.least)
	}
	if err := seam.Of[seam.Strategy](o.Strategy).Check(); err != nil {
		errs = append(errs, fmt.Errorf("WithStrategy: %w", err))
	}
	for _, list := range []struct {
		option   string
		patterns []string
	}{{"WithFilePatterns", o.FilePatterns}, {"WithIgnorePatterns", o.IgnorePatterns}} {
		for _, p := range list.patterns {
			_, err := filepath.Match(p, "")
			add(err == nil, "%s: invalid pattern %q", list.option, p)
		}
	}
	for i, c := range o.Channels {
		if c.Channel == nil {
			add(false, "WithChannel: channel %d is nil", i+1)
			continue
		}
		add(c.Options.QueueLength >= 0, "WithChannel: QueueLength must not be negative, got %d", c.Options.QueueLength)
		add(c.Options.Timeout >= 0, "WithChannel: Timeout must not be negative, got %v", c.Options.Timeout)
	}
	return errs
}
