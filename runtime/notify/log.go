package notify

import (
	"context"
	"log/slog"
	"maps"
	"slices"

	"github.com/hotbind/hotbind/runtime/internal/lines"

	rt "github.com/hotbind/hotbind/runtime"
)

// Log returns a channel that writes records to a logger: failures at level Error,
// notifications of low priority at Debug, all others at Info. A record has the first ten
// changes. The default name is log.
//
// The configuration itself logs the most important events to the logger of
// [rt.WithLogger]; with the same logger here they appear twice.
func Log(logger *slog.Logger, opts ...LogOption) rt.Channel {
	if logger == nil {
		logger = slog.Default()
	}
	c := &logChannel{name: "log", handler: logger.Handler()}
	for _, opt := range opts {
		opt.log(c)
	}
	return c
}

type logChannel struct {
	name    string
	handler slog.Handler
}

func (c *logChannel) Name() string { return c.name }

func (c *logChannel) Send(ctx context.Context, n rt.Notification) error {
	level := levelOf(n.Event)
	if !c.handler.Enabled(ctx, level) {
		return nil
	}
	// Not every handler escapes control characters.
	r := slog.NewRecord(n.Time, level, lines.Visible(n.Message), 0)
	r.AddAttrs(attributes(n)...)
	return c.handler.Handle(ctx, r)
}

func levelOf(e rt.Event) slog.Level {
	switch {
	case e.Failed():
		return slog.LevelError
	case e.Priority() == rt.PriorityLow:
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// attributes returns the attributes of a record, in a fixed order.
func attributes(n rt.Notification) []slog.Attr {
	attrs := []slog.Attr{slog.String("event", lines.Visible(string(n.Event))), slog.String("id", lines.Visible(n.ID))}
	text := func(key, value string) {
		if value != "" {
			attrs = append(attrs, slog.String(key, lines.Visible(value)))
		}
	}
	text("environment", n.Environment)
	attrs = append(attrs, slog.Uint64("revision", uint64(n.Revision)))
	if n.Previous != 0 {
		attrs = append(attrs, slog.Uint64("previous", uint64(n.Previous)))
	}
	text("cause", string(n.Cause))
	for _, key := range slices.Sorted(maps.Keys(n.Metadata)) {
		text("metadata."+lines.Visible(key), n.Metadata[key])
	}
	if len(n.Files) > 0 {
		attrs = append(attrs, slog.Any("files", texts(n.Files, func(name string) string { return name })))
	}
	if len(n.Changes) > 0 {
		first := n.Changes[:min(len(n.Changes), mostChanges)]
		attrs = append(attrs, slog.Any("changes", texts(first, rt.ValueChange.String)))
	}
	if more := len(n.Changes) - mostChanges; more > 0 {
		attrs = append(attrs, slog.Int("more_changes", more))
	}
	switch lines := errorLines(n); {
	case len(lines) == 1:
		text("error", lines[0])
	case len(lines) > 1:
		attrs = append(attrs, slog.Any("errors", texts(lines[:min(len(lines), mostLines)], func(line string) string { return line })))
	}
	if n.Count > 1 {
		attrs = append(attrs, slog.Int("count", n.Count))
	}
	if n.Duration != 0 {
		attrs = append(attrs, slog.Duration("duration", n.Duration))
	}
	return attrs
}

// texts returns the texts of all, escaped for display.
func texts[T any](all []T, text func(T) string) []string {
	shown := make([]string, len(all))
	for i, one := range all {
		shown[i] = lines.Visible(text(one))
	}
	return shown
}
