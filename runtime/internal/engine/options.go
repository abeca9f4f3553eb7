package engine

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
	"github.com/hotbind/hotbind/runtime/internal/load"
)

// settle applies the settings of an operator and checks the options. The error names
// everything that is wrong with them, in the order below.
func settle(opts rt.Options) (rt.Options, error) {
	if err := errors.Join(checkOptions(opts)...); err != nil {
		return opts, err
	}
	if opts.Settings == nil {
		return opts, nil
	}
	return opts.Settings(opts)
}

func checkOptions(o rt.Options) (errs []error) {
	add := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	errs = load.Check(o)
	for _, d := range []struct {
		option string
		value  time.Duration
	}{
		{"WithDebounce", o.Debounce}, {"WithSettle", o.Settle}, {"WithMaxWait", o.MaxWait}, {"WithPollInterval", o.PollInterval},
		{"WithHookTimeout", o.HookTimeout}, {"WithMaxRevisionAge", o.MaxRevisionAge}, {"WithNotificationTimeout", o.NotificationTimeout},
	} {
		add(d.value >= 0, "%s: %v must not be negative", d.option, d.value)
	}
	for _, n := range []struct {
		option       string
		value, least int
	}{
		{"WithMaxRevisions", o.MaxRevisions, 1}, {"history.MaxBackups", o.MaxBackups, 0}, {"WithMaxSubscribers", o.MaxSubscribers, 0},
	} {
		add(n.value >= n.least, "%s: %d is less than the minimum %d", n.option, n.value, n.least)
	}
	if err := o.Strategy.Check(); err != nil {
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
		add(c.Options.QueueLength >= 1, "WithQueueLength: %d is less than the minimum 1", c.Options.QueueLength)
		add(c.Options.Timeout >= 0, "WithSendTimeout: %v must not be negative", c.Options.Timeout)
		add(c.Options.RetryFor >= 0, "WithRetryFor: %v must not be negative", c.Options.RetryFor)
	}
	return errs
}
